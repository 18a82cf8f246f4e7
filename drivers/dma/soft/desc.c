// SPDX-License-Identifier: GPL-2.0-only
/*
 * Software DMA engine: descriptors, from one client to the next.
 */
#include <linux/cleanup.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/workqueue.h>

#include "../dmaengine.h"
#include "soft.h"

static struct soft_desc *to_soft_desc(struct dma_async_tx_descriptor *tx)
{
	return container_of(tx, struct soft_desc, tx);
}

/* The client is done with it: the descriptor may serve the next one. */
static void soft_desc_put(struct soft_chan *sc, struct soft_desc *desc)
{
	lockdep_assert_held(&sc->lock);

	if (desc->wide) {
		list_add(&desc->wide->node, &sc->wide);
		desc->wide = NULL;
	}
	desc->state = SOFT_DESC_FREE;
	/* At the front: it is the one most likely to be in the cache. */
	list_move(&desc->node, &sc->free);
}

/* The engine is done with it; the client is, if it has acknowledged it. */
static void soft_desc_release(struct soft_chan *sc, struct soft_desc *desc)
{
	lockdep_assert_held(&sc->lock);

	if (async_tx_test_ack(&desc->tx)) {
		soft_desc_put(sc, desc);
	} else {
		desc->state = SOFT_DESC_HELD;
		list_move_tail(&desc->node, &sc->held);
	}
}

/* Acknowledging is a flag that the client sets: look which ones did. */
static void soft_reap_held(struct soft_chan *sc)
{
	struct soft_desc *desc, *next;

	lockdep_assert_held(&sc->lock);

	list_for_each_entry_safe(desc, next, &sc->held, node)
		if (async_tx_test_ack(&desc->tx))
			soft_desc_put(sc, desc);
}

static bool soft_has_room(struct soft_chan *sc, bool wide)
{
	lockdep_assert_held(&sc->lock);

	return !list_empty(&sc->free) && !(wide && list_empty(&sc->wide));
}

static struct soft_desc *soft_desc_take(struct soft_chan *sc, bool wide)
{
	struct soft_desc *desc = list_first_entry(&sc->free, struct soft_desc,
						  node);

	lockdep_assert_held(&sc->lock);

	list_del_init(&desc->node);
	desc->state = SOFT_DESC_PREPARED;
	if (wide) {
		desc->wide = list_first_entry(&sc->wide, struct soft_wide,
					      node);
		list_del(&desc->wide->node);
	}
	return desc;
}

/**
 * soft_desc_get - take a descriptor for a new operation
 * @sc: the channel
 * @nr_srcs: number of sources it must have room for
 *
 * Context: any but NMI.
 * Return: the descriptor, or %NULL when none is left.
 */
struct soft_desc *soft_desc_get(struct soft_chan *sc, unsigned int nr_srcs)
{
	bool wide = nr_srcs > SOFT_NEAR_SRCS;
	struct soft_desc *desc = NULL;

	scoped_guard(spinlock_irqsave, &sc->lock) {
		if (!soft_has_room(sc, wide))
			soft_reap_held(sc);
		if (soft_has_room(sc, wide))
			desc = soft_desc_take(sc, wide);
		else
			soft_stats_count_full(sc);
	}
	return desc;
}

/**
 * soft_tx_submit - dmaengine's tx_submit
 * @tx: the descriptor, fresh from its prep function
 *
 * Context: any but NMI.
 * Return: its cookie, or -EINVAL for one that was submitted before.
 */
dma_cookie_t soft_tx_submit(struct dma_async_tx_descriptor *tx)
{
	struct soft_chan *sc = to_soft_chan(tx->chan);
	struct soft_desc *desc = to_soft_desc(tx);
	dma_cookie_t cookie = -EINVAL;

	scoped_guard(spinlock_irqsave, &sc->lock) {
		if (WARN_ON_ONCE(desc->state != SOFT_DESC_PREPARED))
			break;
		desc->state = SOFT_DESC_SUBMITTED;
		list_add_tail(&desc->node, &sc->submitted);
		cookie = dma_cookie_assign(tx);
	}
	return cookie;
}

/*
 * Completion
 */

/**
 * soft_note_failed - remember cookies that will never be reported as complete
 * @sc: the channel
 * @first: the first of them
 * @last: the last of them
 *
 * Context: &soft_chan.lock held.
 */
void soft_note_failed(struct soft_chan *sc, dma_cookie_t first,
		      dma_cookie_t last)
{
	lockdep_assert_held(&sc->lock);

	/* Remember the latest run of them; a client asks soon or not at all. */
	if (!sc->failed || first != sc->failed_last + 1)
		sc->failed_first = first;
	/* The cookies have started over in the middle of the run. */
	if (last < sc->failed_first)
		sc->failed_first = DMA_MIN_COOKIE;
	sc->failed_last = last;
	WRITE_ONCE(sc->failed, true);
}

/* Cookies come again after 2^31 operations: forget the failures in time. */
static void soft_forget_failed(struct soft_chan *sc, dma_cookie_t cookie)
{
	lockdep_assert_held(&sc->lock);

	if (sc->failed &&
	    (u32)cookie - (u32)sc->failed_last > SOFT_FAILED_MEMORY)
		WRITE_ONCE(sc->failed, false);
}

/**
 * soft_cookie_failed - tell whether an operation failed or was terminated
 * @sc: the channel
 * @cookie: the operation's
 *
 * Context: any but NMI.
 * Return: true if it is known to have.
 */
bool soft_cookie_failed(struct soft_chan *sc, dma_cookie_t cookie)
{
	bool failed = false;

	if (!READ_ONCE(sc->failed))
		return false;

	scoped_guard(spinlock_irqsave, &sc->lock)
		failed = sc->failed && cookie >= sc->failed_first &&
			 cookie <= sc->failed_last;
	return failed;
}

/**
 * soft_call_back - give what was executed or aborted back to the client
 * @sc: the channel
 *
 * If another CPU is at that already, it is left to it.  On the same CPU it is a
 * callback that polls: what it waits for may be behind it.
 *
 * Context: softirq, or bottom halves disabled.
 */
void soft_call_back(struct soft_chan *sc)
{
	struct soft_desc *desc, *next;
	bool nested, more = false;

	scoped_guard(spinlock_irqsave, &sc->lock) {
		nested = sc->calling;
		if (nested ? sc->caller != smp_processor_id() : list_empty(&sc->done))
			return;
		/* Two batches become one, of which this is the end of the first. */
		if (nested && !list_empty(&sc->done))
			WRITE_ONCE(sc->batches, sc->batches + 1);
		list_splice_tail_init(&sc->done, &sc->batch);
		sc->calling = true;
		sc->caller = smp_processor_id();
	}

	while (!list_empty(&sc->batch)) {
		struct dmaengine_result result = {};

		desc = list_first_entry(&sc->batch, struct soft_desc, node);
		list_move_tail(&desc->node, &sc->called);
		result.result = desc->op.error;
		result.residue = desc->op.len - desc->op.done;
		if (desc->state == SOFT_DESC_ABORTED) {
			dma_descriptor_unmap(&desc->tx);
			continue;
		}
		dmaengine_desc_get_callback_invoke(&desc->tx, &result);
		dma_run_dependencies(&desc->tx);
	}

	if (nested)
		return;
	scoped_guard(spinlock_irqsave, &sc->lock) {
		list_for_each_entry_safe(desc, next, &sc->called, node)
			soft_desc_release(sc, desc);
		sc->calling = false;
		WRITE_ONCE(sc->batches, sc->batches + 1);
		more = !list_empty(&sc->done);
	}
	if (more)
		queue_work(system_bh_wq, &sc->complete_work);
}

/**
 * soft_complete_work - call back, as an interrupt handler would
 * @work: &soft_chan.complete_work
 *
 * Context: softirq.
 */
void soft_complete_work(struct work_struct *work)
{
	soft_call_back(container_of(work, struct soft_chan, complete_work));
}

/* Nobody waits for the end of this operation but by its cookie. */
static bool soft_desc_is_quiet(const struct soft_desc *desc)
{
	return !IS_ENABLED(CONFIG_ASYNC_TX_ENABLE_CHANNEL_SWITCH) &&
	       !desc->tx.callback && !desc->tx.callback_result;
}

/**
 * soft_desc_executed - note that an operation has ended, well or badly
 * @sc: the channel
 * @desc: the operation's descriptor, unmapped
 * @polled: whether a poller ended it, not the worker
 *
 * Completes the cookie.
 *
 * Context: &soft_chan.lock held.
 * Return: true if something is left to do for soft_complete_work().
 */
bool soft_desc_executed(struct soft_chan *sc, struct soft_desc *desc,
			bool polled)
{
	lockdep_assert_held(&sc->lock);

	soft_forget_failed(sc, desc->tx.cookie);
	if (desc->op.error == DMA_TRANS_NOERROR)
		soft_exec_publish(&desc->op);
	else
		soft_note_failed(sc, desc->tx.cookie, desc->tx.cookie);
	soft_stats_count(sc, desc, polled);

	/* Pairs with soft_tx_status(): first the data, then the cookie. */
	smp_wmb();
	dma_cookie_complete(&desc->tx);
	desc->state = SOFT_DESC_DONE;

	if (soft_desc_is_quiet(desc)) {
		soft_desc_release(sc, desc);
		return false;
	}
	list_move_tail(&desc->node, &sc->done);
	return true;
}

