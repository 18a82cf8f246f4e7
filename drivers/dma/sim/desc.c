// SPDX-License-Identifier: GPL-2.0-only
/*
 * Simulated DMA engines: descriptors, from one client to the next.
 */
#include <linux/cleanup.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "sim.h"

static struct sim_desc *to_sim_desc(struct dma_async_tx_descriptor *tx)
{
	return container_of(tx, struct sim_desc, md.tx);
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
	struct m2m_desc *md;

	if (sim_fault(sim, DMA_SIM_REFUSE_PREP, NULL)) {
		sim_fault_report(sim, DMA_SIM_REFUSE_PREP);
		return NULL;
	}

	scoped_guard(spinlock_irqsave, &sc->mc.lock)
		md = m2m_desc_get(&sc->mc);
	if (!md) {
		sim_count(sim, full);
		return NULL;
	}
	return to_sim_desc(&md->tx);
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
	desc->ready = 0;

	locked = sim_client_lock(sc);
	scoped_guard(spinlock_irqsave, &sc->mc.lock)
		cookie = m2m_submit(&sc->mc, &desc->md, &sc->submitted);
	sim_client_unlock(sc, locked);
	return cookie;
}

/*
 * Completion
 */

/**
 * sim_desc_aborted - pass a terminated operation on
 * @sc: the channel
 * @desc: the operation's descriptor, which the device has no longer
 *
 * Its cookie has been noted as failed.  The client is not called back.
 *
 * Context: &m2m_chan.lock held.
 */
void sim_desc_aborted(struct sim_chan *sc, struct sim_desc *desc)
{
	lockdep_assert_held(&sc->mc.lock);

	desc->md.state = M2M_ABORTED;
	sim_count(sc->sd->sim, aborted);
	list_move_tail(&desc->md.node, &sc->mc.done);
}

/* Complete an operation that the device has executed. */
static void sim_complete(struct sim_chan *sc, struct sim_desc *desc)
{
	lockdep_assert_held(&sc->mc.lock);

	desc->md.result.result = desc->op.error;
	desc->md.result.residue = desc->op.len - desc->op.done;
	if (desc->op.error == DMA_TRANS_NOERROR)
		soft_exec_publish(&desc->op);
	m2m_complete(&sc->mc, &desc->md);
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

	scoped_guard(spinlock_irqsave, &sc->mc.lock) {
		/* All that a device can say that is not there is ones. */
		if (!READ_ONCE(sc->sd->gone)) {
			sim_reported(sc);
			list_for_each_entry_safe(desc, next, &sc->executed,
						 md.node)
				sim_complete(sc, desc);
		}
		todo = !list_empty(&sc->mc.done);
	}
	return todo;
}

/**
 * sim_again - let the interrupt handler run soon
 * @mc: the channel
 *
 * Context: any.
 */
void sim_again(struct m2m_chan *mc)
{
	queue_work(system_bh_wq,
		   &container_of(mc, struct sim_chan, mc)->irq_work);
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
	m2m_call_back(&sc->mc);
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
		m2m_call_back(&sc->mc);
}
