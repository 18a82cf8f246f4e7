// SPDX-License-Identifier: GPL-2.0-only
/*
 * Simulated DMA engines: descriptors, from one client to the next.
 */
#include <linux/cleanup.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "../dmaengine.h"
#include "sim.h"

static struct sim_desc *to_sim_desc(struct dma_async_tx_descriptor *tx)
{
	return container_of(tx, struct sim_desc, tx);
}

/* The driver is done with it.  The client is, if it has acknowledged it. */
static void sim_desc_put(struct sim_chan *sc, struct sim_desc *desc)
{
	lockdep_assert_held(&sc->lock);

	if (async_tx_test_ack(&desc->tx)) {
		desc->state = SIM_DESC_FREE;
		list_move_tail(&desc->node, &sc->free);
	} else {
		desc->state = SIM_DESC_HELD;
		list_move_tail(&desc->node, &sc->held);
	}
}

static void sim_reap_held(struct sim_chan *sc)
{
	struct sim_desc *desc, *next;

	lockdep_assert_held(&sc->lock);

	list_for_each_entry_safe(desc, next, &sc->held, node)
		if (async_tx_test_ack(&desc->tx))
			sim_desc_put(sc, desc);
}

/**
 * sim_desc_get - take a descriptor for a new operation
 * @sc: the channel
 *
 * Context: any but NMI.
 * Return: the descriptor, or %NULL when none is free or that is simulated.
 */
struct sim_desc *sim_desc_get(struct sim_chan *sc)
{
	struct dma_sim *sim = sc->sd->sim;
	struct sim_desc *desc = NULL;

	if (sim_fault(sim, DMA_SIM_REFUSE_PREP, NULL)) {
		sim_fault_report(sim, DMA_SIM_REFUSE_PREP);
		return NULL;
	}

	scoped_guard(spinlock_irqsave, &sc->lock) {
		if (list_empty(&sc->free))
			sim_reap_held(sc);
		desc = list_first_entry_or_null(&sc->free, struct sim_desc,
						node);
		if (!desc) {
			sim_count(sim, full);
			break;
		}
		list_del_init(&desc->node);
		desc->state = SIM_DESC_PREPARED;
	}
	return desc;
}

/**
 * sim_tx_submit - dmaengine's tx_submit
 * @tx: the descriptor, fresh from its prep function
 *
 * Context: any but NMI; no hard interrupt while %DMA_SIM_LOCKED_CALLBACK is
 * armed.
 * Return: its cookie, or -EINVAL for one that was submitted before.
 */
dma_cookie_t sim_tx_submit(struct dma_async_tx_descriptor *tx)
{
	struct sim_chan *sc = to_sim_chan(tx->chan);
	struct sim_desc *desc = to_sim_desc(tx);
	dma_cookie_t cookie = -EINVAL;
	bool locked;

	sim_fault_plan(sc->sd->sim, &desc->plan);

	locked = sim_client_lock(sc);
	scoped_guard(spinlock_irqsave, &sc->lock) {
		dma_cookie_t before = tx->chan->cookie;

		if (WARN_ON_ONCE(desc->state != SIM_DESC_PREPARED))
			break;
		desc->state = SIM_DESC_SUBMITTED;
		desc->ready = 0;
		list_add_tail(&desc->node, &sc->submitted);
		cookie = dma_cookie_assign(tx);
		/* The same numbers come again: they have not failed yet. */
		if (cookie < before)
			memset(sc->failed, 0, sizeof(sc->failed));
	}
	sim_client_unlock(sc, locked);
	return cookie;
}

/*
 * Completion
 */

/**
 * sim_note_failed - remember cookies that will never be reported as complete
 * @sc: the channel
 * @first: the first of them
 * @last: the last of them
 *
 * Context: &sim_chan.lock held.
 */
void sim_note_failed(struct sim_chan *sc, dma_cookie_t first, dma_cookie_t last)
{
	lockdep_assert_held(&sc->lock);

	/* The numbers have started over in between. */
	if (last < first)
		first = DMA_MIN_COOKIE;
	sc->failed[sc->next_failed] = (struct sim_failed_run) { first, last };
	sc->next_failed = (sc->next_failed + 1) % SIM_FAILED_RUNS;
}

/**
 * sim_cookie_failed - tell whether an operation failed or was terminated
 * @sc: the channel
 * @cookie: the operation's
 *
 * Only the latest failures are remembered: a client asks soon or not at all.
 *
 * Context: any but NMI.
 * Return: true if it is known to have.
 */
bool sim_cookie_failed(struct sim_chan *sc, dma_cookie_t cookie)
{
	bool failed = false;
	unsigned int i;

	scoped_guard(spinlock_irqsave, &sc->lock)
		for (i = 0; i < SIM_FAILED_RUNS; i++)
			failed |= cookie >= sc->failed[i].first &&
				  cookie <= sc->failed[i].last;
	return failed;
}

/**
 * sim_desc_aborted - pass a terminated operation on
 * @sc: the channel
 * @desc: the operation's descriptor, which the device has no longer
 *
 * Its cookie has been noted as failed.  The client is not called back.
 *
 * Context: &sim_chan.lock held.
 */
void sim_desc_aborted(struct sim_chan *sc, struct sim_desc *desc)
{
	lockdep_assert_held(&sc->lock);

	desc->state = SIM_DESC_ABORTED;
	sim_count(sc->sd->sim, aborted);
	list_move_tail(&desc->node, &sc->reported);
}

/* Nobody waits for the end of this operation but by its cookie. */
static bool sim_desc_is_quiet(const struct sim_desc *desc)
{
	return !IS_ENABLED(CONFIG_ASYNC_TX_ENABLE_CHANNEL_SWITCH) &&
	       !desc->tx.callback && !desc->tx.callback_result;
}

/* Complete an operation that the device has executed. */
static void sim_complete(struct sim_chan *sc, struct sim_desc *desc)
{
	lockdep_assert_held(&sc->lock);

	if (desc->op.error == DMA_TRANS_NOERROR)
		soft_exec_publish(&desc->op);
	else
		sim_note_failed(sc, desc->tx.cookie, desc->tx.cookie);

	/* Pairs with sim_tx_status(): first the data, then the cookie. */
	smp_wmb();
	dma_cookie_complete(&desc->tx);

	if (sim_desc_is_quiet(desc)) {
		sim_desc_put(sc, desc);
	} else {
		desc->state = SIM_DESC_REPORTED;
		list_move_tail(&desc->node, &sc->reported);
	}
}

/**
 * sim_collect - notice what the device has executed
 * @sc: the channel
 *
 * Completes the cookies.  The callbacks are left to the caller.
 *
 * Context: any but NMI.
 * Return: whether somebody is to be called back.
 */
bool sim_collect(struct sim_chan *sc)
{
	struct sim_desc *desc, *next;
	bool todo = false;

	scoped_guard(spinlock_irqsave, &sc->lock) {
		/* All that a device can say that is not there is ones. */
		if (!READ_ONCE(sc->sd->gone)) {
			sim_reported(sc);
			list_for_each_entry_safe(desc, next, &sc->executed,
						 node)
				sim_complete(sc, desc);
		}
		todo = !list_empty(&sc->reported);
	}
	return todo;
}

/**
 * sim_call_back - give what was completed or aborted back to the client
 * @sc: the channel
 *
 * If another CPU is at that already, it is left to it.  On the same CPU it is a
 * callback that polls: what it waits for may be behind it.
 *
 * Context: softirq, or bottom halves disabled.
 */
void sim_call_back(struct sim_chan *sc)
{
	struct sim_desc *desc, *next;
	bool nested, more = false;

	scoped_guard(spinlock_irqsave, &sc->lock) {
		nested = sc->calling;
		if (nested ? sc->caller != smp_processor_id() : list_empty(&sc->reported))
			return;
		/* Two batches become one, of which this is the end of the first. */
		if (nested && !list_empty(&sc->reported))
			WRITE_ONCE(sc->batches, sc->batches + 1);
		list_splice_tail_init(&sc->reported, &sc->batch);
		sc->calling = true;
		sc->caller = smp_processor_id();
	}

	while (!list_empty(&sc->batch)) {
		struct dmaengine_result result = {};

		desc = list_first_entry(&sc->batch, struct sim_desc, node);
		list_move_tail(&desc->node, &sc->called);
		result.result = desc->op.error;
		result.residue = desc->op.len - desc->op.done;
		if (desc->state == SIM_DESC_ABORTED) {
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
			sim_desc_put(sc, desc);
		sc->calling = false;
		WRITE_ONCE(sc->batches, sc->batches + 1);
		more = !list_empty(&sc->reported);
	}
	if (more)
		queue_work(system_bh_wq, &sc->irq_work);
}

/**
 * sim_call_back_locked - call back as some drivers do, with a lock held
 * @sc: the channel
 * @locked: whether the lock is held, by sim_client_lock()
 *
 * Context: bottom halves disabled.
 * Return: whether that was done; if not, it is left to the caller.
 */
bool sim_call_back_locked(struct sim_chan *sc, bool locked)
{
	struct dma_sim *sim = sc->sd->sim;

	if (!locked || !sim_fault(sim, DMA_SIM_LOCKED_CALLBACK, NULL))
		return false;
	sim_fault_report(sim, DMA_SIM_LOCKED_CALLBACK);
	sim_call_back(sc);
	return true;
}

/**
 * sim_irq_work - interrupt handler of a channel
 * @work: &sim_chan.irq_work
 *
 * Context: softirq.
 */
void sim_irq_work(struct work_struct *work)
{
	struct sim_chan *sc = container_of(work, struct sim_chan, irq_work);
	bool locked, todo;

	locked = sim_client_lock(sc);
	todo = sim_collect(sc) && !sim_call_back_locked(sc, locked);
	sim_client_unlock(sc, locked);

	if (todo)
		sim_call_back(sc);
}
