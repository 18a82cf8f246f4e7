// SPDX-License-Identifier: GPL-2.0-only
/*
 * Software DMA engine: descriptors, from one client to the next.
 */
#include <linux/cleanup.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/workqueue.h>

#include "soft.h"

static struct soft_desc *to_soft_desc(struct dma_async_tx_descriptor *tx)
{
	return container_of(tx, struct soft_desc, md.tx);
}

/**
 * soft_free_wide - the sources of an operation are not read any more
 * @sc: the channel
 * @desc: the operation
 *
 * Context: &m2m_chan.lock held.
 */
void soft_free_wide(struct soft_chan *sc, struct soft_desc *desc)
{
	lockdep_assert_held(&sc->mc.lock);

	if (desc->wide)
		list_add(&desc->wide->node, &sc->wide);
	desc->wide = NULL;
}

static struct soft_desc *soft_desc_take(struct soft_chan *sc, bool wide)
{
	struct soft_desc *desc;
	struct m2m_desc *md;

	if (wide && list_empty(&sc->wide))
		return NULL;
	md = m2m_desc_get(&sc->mc);
	if (!md)
		return NULL;
	desc = to_soft_desc(&md->tx);
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
	struct soft_desc *desc;

	guard(spinlock_irqsave)(&sc->mc.lock);
	desc = soft_desc_take(sc, nr_srcs > SOFT_NEAR_SRCS);
	if (!desc)
		soft_stats_count_full(sc);
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
	dma_cookie_t cookie = -EINVAL;

	scoped_guard(spinlock_irqsave, &sc->mc.lock)
		cookie = m2m_submit(&sc->mc, to_m2m_desc(tx), &sc->submitted);
	return cookie;
}

/*
 * Completion
 */

/**
 * soft_again - let somebody call back soon
 * @mc: the channel
 *
 * Context: any.
 */
void soft_again(struct m2m_chan *mc)
{
	queue_work(system_bh_wq,
		   &container_of(mc, struct soft_chan, mc)->complete_work);
}

/**
 * soft_complete_work - call back, as an interrupt handler would
 * @work: &soft_chan.complete_work
 *
 * Context: softirq.
 */
void soft_complete_work(struct work_struct *work)
{
	m2m_call_back(&container_of(work, struct soft_chan, complete_work)->mc);
}

/**
 * soft_desc_executed - note that an operation has ended, well or badly
 * @sc: the channel
 * @desc: the operation's descriptor, unmapped
 * @polled: whether a poller ended it, not the worker
 *
 * Completes the cookie.
 *
 * Context: &m2m_chan.lock held.
 * Return: true if something is left to do for soft_complete_work().
 */
bool soft_desc_executed(struct soft_chan *sc, struct soft_desc *desc,
			bool polled)
{
	lockdep_assert_held(&sc->mc.lock);

	desc->md.result.result = desc->op.error;
	desc->md.result.residue = desc->op.len - desc->op.done;
	if (desc->op.error == DMA_TRANS_NOERROR)
		soft_exec_publish(&desc->op);
	soft_stats_count(sc, desc, polled);
	soft_free_wide(sc, desc);
	return m2m_complete(&sc->mc, &desc->md);
}

