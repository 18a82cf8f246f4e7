/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For drivers of engines that work on memory: descriptors, from one client to the next
 */
#ifndef M2M_DMA_H
#define M2M_DMA_H

#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/preempt.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>

#include "dmaengine.h"

/**
 * DOC: m2m-dma
 *
 * A channel has a fixed number of descriptors.  Each is with its client, in a list of
 * the driver's own while it is to be executed, or in a list here::
 *
 *   free --get--> prepared --submit--> queued ----------------+
 *    ^                                   |                    |
 *    |                               aborted              complete
 *    |                                   v                    v
 *    +-- acked? <--- callback, unless aborted or nobody waits-+
 *    |     | no
 *    +--- held
 *
 * The end of an operation has two parts.  With the channel's lock held its cookie is
 * completed, so that pollers see it at once.  Its callback and the return of its
 * descriptor follow in softirq context, a batch at a time.  A callback may poll the
 * channel, for what may stand behind it in the same batch: that goes on then.
 */

/* Callbacks that poll within callbacks that poll: each goes on with those behind it. */
#define M2M_MAX_DEPTH		8

/* Runs of failed cookies that a channel remembers: a client asks soon or not at all. */
#define M2M_FAILED_RUNS		16

/**
 * enum m2m_state - who has a descriptor
 * @M2M_FREE: nobody
 * @M2M_PREPARED: the client, who has not submitted it
 * @M2M_QUEUED: the driver, to execute it
 * @M2M_DONE: it is over, and a callback is due
 * @M2M_ABORTED: it is over, or will be, without a callback
 * @M2M_HELD: the client, who has not acknowledged it
 */
enum m2m_state {
	M2M_FREE,
	M2M_PREPARED,
	M2M_QUEUED,
	M2M_DONE,
	M2M_ABORTED,
	M2M_HELD,
};

/**
 * struct m2m_desc - a descriptor
 * @tx: what the client sees
 * @node: in one of the lists of its channel, or in none
 * @state: who has it
 * @result: how it ended
 */
struct m2m_desc {
	struct dma_async_tx_descriptor tx;
	struct list_head node;
	enum m2m_state state;
	struct dmaengine_result result;
};

/**
 * struct m2m_run - cookies of operations that failed
 * @first: the first
 * @last: the last; 0: none at all
 */
struct m2m_run {
	dma_cookie_t first;
	dma_cookie_t last;
};

/**
 * struct m2m_chan - a channel
 * @chan: what the core sees
 * @again: makes something call m2m_call_back() soon, in softirq context; called in any
 * @wait: for the end of callbacks; woken by the driver for what else is waited for
 * @lock: protects all that follows, and what else the driver likes; taken in any context
 * @calling: somebody is calling back ...
 * @caller: ... this CPU, which alone touches the next three meanwhile
 * @depth: callbacks under way that poll, and go on with the batch
 * @batch: what was in @done, and whose turn is still to come
 * @called: and what was called back
 * @batches: how often that came to its end
 * @free: descriptors that nobody has
 * @done: those that are over, for the callbacks
 * @held: those that wait for their client to acknowledge them
 * @any_failed: there is something in @failed
 * @latest: which of these is the latest
 * @failed: what failed
 */
struct m2m_chan {
	struct dma_chan chan;
	void (*again)(struct m2m_chan *mc);
	wait_queue_head_t wait;

	spinlock_t lock ____cacheline_aligned_in_smp;
	bool calling;
	int caller;
	unsigned int depth;
	struct list_head batch;
	struct list_head called;
	unsigned int batches;
	struct list_head free;
	struct list_head done;
	struct list_head held;
	bool any_failed;
	unsigned int latest;
	struct m2m_run failed[M2M_FAILED_RUNS];
};

static inline struct m2m_chan *to_m2m_chan(struct dma_chan *chan)
{
	return container_of(chan, struct m2m_chan, chan);
}

static inline struct m2m_desc *to_m2m_desc(struct dma_async_tx_descriptor *tx)
{
	return container_of(tx, struct m2m_desc, tx);
}

/**
 * enum m2m_turn - what a CPU has to do with what is over
 * @M2M_TURN_NONE: nothing
 * @M2M_TURN_OWN: to call back
 * @M2M_TURN_NESTED: to go on with it, in a callback that polls
 */
enum m2m_turn {
	M2M_TURN_NONE,
	M2M_TURN_OWN,
	M2M_TURN_NESTED,
};

/* core/m2m.c */
void m2m_chan_open(struct m2m_chan *mc);
void m2m_chan_close(struct m2m_chan *mc);
void m2m_reap_held(struct m2m_chan *mc);
void m2m_forget_failed(struct m2m_chan *mc);
void m2m_note_failed(struct m2m_chan *mc, dma_cookie_t first, dma_cookie_t last);
bool m2m_find_failed(struct m2m_chan *mc, dma_cookie_t cookie);
void m2m_give_back(struct m2m_chan *mc, enum m2m_turn turn);
void m2m_call_back(struct m2m_chan *mc);
void m2m_synchronize(struct m2m_chan *mc);

/* core/selftest.c */
int m2m_self_test(struct dma_chan *chan);

/* --- set-up --- */

/**
 * m2m_chan_init - prepare a channel for the registry
 * @mc: the channel, zeroed
 * @dma: its device, to whose channels it is added
 * @again: see &m2m_chan.again
 */
static inline void m2m_chan_init(struct m2m_chan *mc, struct dma_device *dma,
				 void (*again)(struct m2m_chan *mc))
{
	/* Here, so that lockdep knows the locks of each driver apart. */
	spin_lock_init(&mc->lock);
	init_waitqueue_head(&mc->wait);
	mc->again = again;
	INIT_LIST_HEAD(&mc->batch);
	INIT_LIST_HEAD(&mc->called);
	INIT_LIST_HEAD(&mc->free);
	INIT_LIST_HEAD(&mc->done);
	INIT_LIST_HEAD(&mc->held);
	mc->chan.device = dma;
	list_add_tail(&mc->chan.device_node, &dma->channels);
}

/**
 * m2m_desc_add - give a channel one more descriptor
 * @mc: the channel, which nobody uses
 * @desc: the descriptor, zeroed
 * @submit: its tx_submit
 */
static inline void m2m_desc_add(struct m2m_chan *mc, struct m2m_desc *desc,
				dma_cookie_t (*submit)(struct dma_async_tx_descriptor *tx))
{
	dma_async_tx_descriptor_init(&desc->tx, &mc->chan);
	desc->tx.tx_submit = submit;
	list_add_tail(&desc->node, &mc->free);
}

/* --- to the client --- */

/**
 * m2m_desc_get - take a descriptor for a new operation
 * @mc: the channel
 *
 * Context: &m2m_chan.lock held.
 * Return: the descriptor, or %NULL if there is none.
 */
static inline struct m2m_desc *m2m_desc_get(struct m2m_chan *mc)
{
	struct m2m_desc *desc;

	lockdep_assert_held(&mc->lock);

	if (list_empty(&mc->free))
		m2m_reap_held(mc);
	desc = list_first_entry_or_null(&mc->free, struct m2m_desc, node);
	if (!desc)
		return NULL;
	list_del_init(&desc->node);
	desc->state = M2M_PREPARED;
	return desc;
}

/**
 * m2m_desc_put - nobody needs a descriptor any more
 * @mc: the channel
 * @desc: the descriptor
 *
 * Context: &m2m_chan.lock held.
 */
static inline void m2m_desc_put(struct m2m_chan *mc, struct m2m_desc *desc)
{
	desc->state = M2M_FREE;
	/* At the front: it is the one most likely to be in the cache. */
	list_move(&desc->node, &mc->free);
}

/**
 * m2m_desc_reset - what a prep function sets in each descriptor
 * @desc: the descriptor
 * @flags: the client's
 */
static inline void m2m_desc_reset(struct m2m_desc *desc, unsigned long flags)
{
	struct dma_async_tx_descriptor *tx = &desc->tx;

	tx->flags = flags;
	tx->cookie = -EBUSY;
	tx->callback = NULL;
	tx->callback_result = NULL;
	tx->callback_param = NULL;
	tx->unmap = NULL;
	txd_clear_parent(tx);
	txd_clear_next(tx);
	desc->result.result = DMA_TRANS_NOERROR;
	desc->result.residue = 0;
}

/**
 * m2m_submit - number a descriptor, and queue it
 * @mc: the channel
 * @desc: the descriptor
 * @queue: the driver's list
 *
 * Context: &m2m_chan.lock held.
 * Return: its cookie, or -EINVAL for one that is not freshly prepared.
 */
static inline dma_cookie_t m2m_submit(struct m2m_chan *mc, struct m2m_desc *desc,
				      struct list_head *queue)
{
	dma_cookie_t cookie;

	lockdep_assert_held(&mc->lock);

	if (WARN_ON_ONCE(desc->state != M2M_PREPARED))
		return -EINVAL;
	desc->state = M2M_QUEUED;
	list_add_tail(&desc->node, queue);
	cookie = dma_cookie_assign(&desc->tx);
	/* The same numbers come again: they have not failed yet. */
	if (cookie == DMA_MIN_COOKIE)
		m2m_forget_failed(mc);
	return cookie;
}

/* --- its end --- */

/**
 * m2m_release - the driver is done with a descriptor
 * @mc: the channel
 * @desc: the descriptor, which is free as soon as its client is done with it
 *
 * Context: &m2m_chan.lock held.
 */
static inline void m2m_release(struct m2m_chan *mc, struct m2m_desc *desc)
{
	lockdep_assert_held(&mc->lock);

	if (async_tx_test_ack(&desc->tx)) {
		m2m_desc_put(mc, desc);
	} else {
		desc->state = M2M_HELD;
		list_move_tail(&desc->node, &mc->held);
	}
}

/* Nobody waits for the end of this operation but by its cookie. */
static inline bool m2m_is_quiet(const struct m2m_desc *desc)
{
	return !IS_ENABLED(CONFIG_ASYNC_TX_ENABLE_CHANNEL_SWITCH) &&
	       !desc->tx.callback && !desc->tx.callback_result;
}

/**
 * m2m_complete - an operation is over, as &m2m_desc.result says
 * @mc: the channel
 * @desc: the operation, unmapped; called back later if it is not aborted and somebody waits
 *
 * Context: &m2m_chan.lock held.
 * Return: true if it is to be called back.
 */
static inline bool m2m_complete(struct m2m_chan *mc, struct m2m_desc *desc)
{
	lockdep_assert_held(&mc->lock);

	if (desc->result.result != DMA_TRANS_NOERROR)
		m2m_note_failed(mc, desc->tx.cookie, desc->tx.cookie);
	/* Pairs with m2m_status(): first the data, then the cookie. */
	smp_wmb();
	dma_cookie_complete(&desc->tx);

	if (desc->state == M2M_ABORTED || m2m_is_quiet(desc)) {
		m2m_release(mc, desc);
		return false;
	}
	desc->state = M2M_DONE;
	list_move_tail(&desc->node, &mc->done);
	return true;
}

/**
 * m2m_is_idle - nothing waits to be called back, and nobody is at it
 * @mc: the channel
 *
 * Context: &m2m_chan.lock held, or it is only a hint.
 * Return: true if so.
 */
static inline bool m2m_is_idle(struct m2m_chan *mc)
{
	return !mc->calling && list_empty(&mc->done);
}

/**
 * m2m_take_done - take what is over, to give it back
 * @mc: the channel
 *
 * If another CPU is at that already, it is left to it.  On the same CPU it is a callback
 * that polls: what it waits for may be behind it.  If all of them poll, that has an end.
 *
 * Context: &m2m_chan.lock held, in softirq context or with bottom halves disabled, until
 *	m2m_give_back() has followed; that without the lock.
 * Return: what m2m_give_back() is told.
 */
static inline enum m2m_turn m2m_take_done(struct m2m_chan *mc)
{
	bool nested = mc->calling;

	lockdep_assert_held(&mc->lock);

	if (nested ? mc->caller != smp_processor_id() || mc->depth == M2M_MAX_DEPTH :
		     list_empty(&mc->done))
		return M2M_TURN_NONE;
	list_splice_tail_init(&mc->done, &mc->batch);
	mc->calling = true;
	mc->caller = smp_processor_id();
	return nested ? M2M_TURN_NESTED : M2M_TURN_OWN;
}

/* --- pollers --- */

/**
 * m2m_cookie_failed - tell whether an operation failed or was terminated
 * @mc: the channel
 * @cookie: the operation's
 *
 * Context: any but NMI; takes &m2m_chan.lock if anything failed.
 * Return: true if it is known to have.
 */
static inline bool m2m_cookie_failed(struct m2m_chan *mc, dma_cookie_t cookie)
{
	return READ_ONCE(mc->any_failed) && m2m_find_failed(mc, cookie);
}

/**
 * m2m_status - the state of an operation as it is now known
 * @mc: the channel
 * @cookie: the operation's
 * @state: for details, or %NULL
 *
 * Context: any but NMI.
 * Return: %DMA_COMPLETE, %DMA_IN_PROGRESS, or %DMA_ERROR for one that failed.
 */
static inline enum dma_status m2m_status(struct m2m_chan *mc, dma_cookie_t cookie,
					 struct dma_tx_state *state)
{
	enum dma_status status = dma_cookie_status(&mc->chan, cookie, state);

	/* Pairs with m2m_complete(): after the cookie comes the data. */
	smp_rmb();
	return m2m_cookie_failed(mc, cookie) ? DMA_ERROR : status;
}

/**
 * m2m_polled - see to it that what a poller has found is called back
 * @mc: the channel
 *
 * With bottom halves disabled none will come before the poller is through: it calls back
 * itself, what others have found included.
 *
 * Context: any but NMI; with bottom halves disabled, no lock held that a callback takes.
 */
static inline void m2m_polled(struct m2m_chan *mc)
{
	/* Only a hint, but one that a poller's next call sees. */
	if (data_race(m2m_is_idle(mc)))
		return;
	if (in_softirq() && !irqs_disabled())
		m2m_call_back(mc);
	/* A hint again: what has come since then sees to itself. */
	else if (!data_race(list_empty(&mc->done)))
		mc->again(mc);
}

#endif /* M2M_DMA_H */
