// SPDX-License-Identifier: GPL-2.0-only
/*
 * For drivers of engines that work on memory: what is not done for every descriptor
 */
#include <linux/cleanup.h>
#include <linux/export.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/string.h>

#include "../m2m-dma.h"

/**
 * m2m_chan_open - the first client of a channel is coming
 * @mc: the channel
 *
 * Context: nobody else uses it.
 */
void m2m_chan_open(struct m2m_chan *mc)
{
	dma_cookie_init(&mc->chan);
	m2m_forget_failed(mc);
}
EXPORT_SYMBOL_GPL(m2m_chan_open);

/**
 * m2m_chan_close - the last client of a channel has gone
 * @mc: the channel, whose descriptors may be freed now
 *
 * Context: nobody else uses it.
 */
void m2m_chan_close(struct m2m_chan *mc)
{
	INIT_LIST_HEAD(&mc->free);
	INIT_LIST_HEAD(&mc->held);
}
EXPORT_SYMBOL_GPL(m2m_chan_close);

/**
 * m2m_reap_held - take descriptors back that are acknowledged by now
 * @mc: the channel
 *
 * Context: &m2m_chan.lock held.
 */
void m2m_reap_held(struct m2m_chan *mc)
{
	struct m2m_desc *desc, *next;

	lockdep_assert_held(&mc->lock);

	list_for_each_entry_safe(desc, next, &mc->held, node)
		if (async_tx_test_ack(&desc->tx))
			m2m_desc_put(mc, desc);
}
EXPORT_SYMBOL_GPL(m2m_reap_held);

/* --- operations that failed --- */

/**
 * m2m_forget_failed - no operation is known to have failed
 * @mc: the channel
 *
 * Context: &m2m_chan.lock held, or nobody else uses it.
 */
void m2m_forget_failed(struct m2m_chan *mc)
{
	memset(mc->failed, 0, sizeof(mc->failed));
	WRITE_ONCE(mc->any_failed, false);
}
EXPORT_SYMBOL_GPL(m2m_forget_failed);

/**
 * m2m_note_failed - remember operations that failed, or will never be complete
 * @mc: the channel
 * @first: cookie of the first
 * @last: cookie of the last; those between them failed, too
 *
 * Context: &m2m_chan.lock held.
 */
void m2m_note_failed(struct m2m_chan *mc, dma_cookie_t first, dma_cookie_t last)
{
	struct m2m_run *run = &mc->failed[mc->latest];

	lockdep_assert_held(&mc->lock);

	/* The cookies have started over in between. */
	if (last < first)
		first = DMA_MIN_COOKIE;
	if (run->last && first == run->last + 1) {
		run->last = last;
	} else {
		mc->latest = (mc->latest + 1) % M2M_FAILED_RUNS;
		mc->failed[mc->latest] = (struct m2m_run){ first, last };
	}
	WRITE_ONCE(mc->any_failed, true);
}
EXPORT_SYMBOL_GPL(m2m_note_failed);

/**
 * m2m_find_failed - look for an operation among those that failed
 * @mc: the channel
 * @cookie: the operation's
 *
 * Context: any but NMI.
 * Return: true if it is there.
 */
bool m2m_find_failed(struct m2m_chan *mc, dma_cookie_t cookie)
{
	const struct m2m_run *run;

	guard(spinlock_irqsave)(&mc->lock);
	for (run = mc->failed; run < mc->failed + M2M_FAILED_RUNS; run++)
		if (cookie >= run->first && cookie <= run->last)
			return true;
	return false;
}
EXPORT_SYMBOL_GPL(m2m_find_failed);

/* --- callbacks --- */

/**
 * m2m_give_back - give what is over back to the clients
 * @mc: the channel
 * @turn: what m2m_take_done() said
 *
 * Context: that of m2m_take_done(), but without the lock.
 */
void m2m_give_back(struct m2m_chan *mc, enum m2m_turn turn)
{
	bool waiting = false, more = false;
	struct m2m_desc *desc, *next;

	if (turn == M2M_TURN_NONE)
		return;
	mc->depth += turn == M2M_TURN_NESTED;
	while (!list_empty(&mc->batch)) {
		desc = list_first_entry(&mc->batch, struct m2m_desc, node);
		list_move_tail(&desc->node, &mc->called);
		if (desc->state == M2M_ABORTED) {
			dma_descriptor_unmap(&desc->tx);
			continue;
		}
		dmaengine_desc_get_callback_invoke(&desc->tx, &desc->result);
		dma_run_dependencies(&desc->tx);
	}
	if (turn == M2M_TURN_NESTED) {
		mc->depth--;
		return;
	}
	scoped_guard(spinlock_irqsave, &mc->lock) {
		list_for_each_entry_safe(desc, next, &mc->called, node)
			m2m_release(mc, desc);
		mc->calling = false;
		mc->batches++;
		more = !list_empty(&mc->done);
		/* Who waits looks with the lock held, after it has begun to wait. */
		waiting = waitqueue_active(&mc->wait);
	}
	if (waiting)
		wake_up_all(&mc->wait);
	if (more)
		mc->again(mc);
}
EXPORT_SYMBOL_GPL(m2m_give_back);

/**
 * m2m_call_back - give back what is over, if there is anything
 * @mc: the channel
 *
 * If another CPU is at that already, it is left to it.
 *
 * Context: softirq, or bottom halves disabled.
 */
void m2m_call_back(struct m2m_chan *mc)
{
	enum m2m_turn turn;

	scoped_guard(spinlock_irqsave, &mc->lock)
		turn = m2m_take_done(mc);
	m2m_give_back(mc, turn);
}
EXPORT_SYMBOL_GPL(m2m_call_back);

static bool m2m_is_past(struct m2m_chan *mc, unsigned int batches)
{
	guard(spinlock_irqsave)(&mc->lock);
	return m2m_is_idle(mc) || (int)(mc->batches - batches) >= 0;
}

/**
 * m2m_synchronize - wait until what is over by now has been given back
 * @mc: the channel
 *
 * Context: may sleep.
 */
void m2m_synchronize(struct m2m_chan *mc)
{
	unsigned int until = 0;

	/* What is being called back, and the batch behind it, of which it may become part */
	scoped_guard(spinlock_irqsave, &mc->lock)
		until = mc->batches + mc->calling + !list_empty(&mc->done);
	while (!m2m_is_past(mc, until)) {
		mc->again(mc);
		wait_event_timeout(mc->wait, m2m_is_past(mc, until), HZ);
	}
	/* Whoever called back is through with it then, also with what comes behind that. */
	synchronize_rcu();
}
EXPORT_SYMBOL_GPL(m2m_synchronize);

MODULE_DESCRIPTION("What drivers of DMA engines that work on memory share");
MODULE_LICENSE("GPL");
