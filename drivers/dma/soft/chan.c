// SPDX-License-Identifier: GPL-2.0-only
/*
 * Software DMA engine: channels, their control and set-up.
 */

/**
 * DOC: channel
 *
 * A channel owns a fixed number of descriptors, in the way of m2m-dma.h.  Those
 * that are queued there are in one of two lists of this engine's::
 *
 *   --submit--> submitted --issue--> issued --executed--> done --callback-->
 *                   |                  |
 *                   +---- terminate ---+----------------> aborted -->
 *
 * Operations are executed in the order of their cookies, one at a time, by
 * whoever holds &soft_chan.exec_lock.  That is the channel's worker thread as a
 * rule, and a caller of device_tx_status who finds its cookie incomplete: a
 * poller that keeps the worker from its CPU does the work itself.  A long
 * operation is executed in steps; when the lock changes hands between two, the
 * next holder goes on where the last one stopped.
 *
 * The executor unmaps the buffers of an operation and completes its cookie, so
 * that pollers see it at once.
 */
#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "soft.h"

/*
 * Control
 */

/**
 * soft_pause - dmaengine's device_pause
 * @chan: the channel
 *
 * A step that is being executed is finished; no other begins.
 *
 * Context: any but NMI.
 * Return: 0.
 */
int soft_pause(struct dma_chan *chan)
{
	struct soft_chan *sc = to_soft_chan(chan);

	scoped_guard(spinlock_irqsave, &sc->mc.lock)
		WRITE_ONCE(sc->paused, true);
	return 0;
}

/**
 * soft_resume - dmaengine's device_resume
 * @chan: the channel
 *
 * Context: any but NMI.
 * Return: 0.
 */
int soft_resume(struct dma_chan *chan)
{
	struct soft_chan *sc = to_soft_chan(chan);
	bool wake = false;

	scoped_guard(spinlock_irqsave, &sc->mc.lock) {
		WRITE_ONCE(sc->paused, false);
		wake = soft_claim_wakeup(sc);
	}
	if (wake)
		wake_up_process(sc->worker);
	return 0;
}

/**
 * soft_terminate_all - dmaengine's device_terminate_all
 * @chan: the channel
 *
 * Aborts all that has been submitted and is not complete, and ends a pause.
 * Aborted operations are not called back; those that are complete already are.
 * device_synchronize waits for the end of both, and of a step that may still be
 * writing.
 *
 * Context: any but NMI.
 * Return: 0.
 */
int soft_terminate_all(struct dma_chan *chan)
{
	struct soft_chan *sc = to_soft_chan(chan);
	struct soft_desc *desc;
	LIST_HEAD(aborted);

	scoped_guard(spinlock_irqsave, &sc->mc.lock) {
		WRITE_ONCE(sc->paused, false);
		list_splice_tail_init(&sc->issued, &aborted);
		list_splice_tail_init(&sc->submitted, &aborted);
		if (list_empty(&aborted))
			return 0;

		desc = list_first_entry(&aborted, struct soft_desc, md.node);
		m2m_note_failed(&sc->mc, desc->md.tx.cookie, chan->cookie);
		list_for_each_entry(desc, &aborted, md.node) {
			desc->md.state = M2M_ABORTED;
			if (desc != sc->active)
				soft_free_wide(sc, desc);
		}

		/* Its executor is using it, and passes it on. */
		if (sc->active)
			list_del_init(&sc->active->md.node);
		list_splice_tail(&aborted, &sc->mc.done);
	}
	soft_again(&sc->mc);
	return 0;
}

/**
 * soft_stop - dmaengine's device_stop
 * @chan: the channel
 *
 * Context: any but NMI.
 * Return: 0 when nothing is left of what was aborted, else -EINPROGRESS.
 */
int soft_stop(struct dma_chan *chan)
{
	struct soft_chan *sc = to_soft_chan(chan);
	bool busy = false, idle = false;

	scoped_guard(spinlock_irqsave, &sc->mc.lock) {
		busy = !m2m_is_idle(&sc->mc) ||
		       (sc->active && sc->active->md.state == M2M_ABORTED);
		idle = list_empty(&sc->issued) && list_empty(&sc->submitted);
	}
	if (!idle)
		soft_terminate_all(chan);
	return busy || !idle ? -EINPROGRESS : 0;
}

/**
 * soft_synchronize - dmaengine's device_synchronize
 * @chan: the channel
 *
 * On return no byte is written any more for an operation that was terminated
 * before, and its descriptor is out of the channel's hands.
 *
 * Context: may sleep.
 */
void soft_synchronize(struct dma_chan *chan)
{
	struct soft_chan *sc = to_soft_chan(chan);

	/* Whoever executes has let go of the active descriptor after this. */
	spin_lock_bh(&sc->exec_lock);
	spin_unlock_bh(&sc->exec_lock);

	m2m_synchronize(&sc->mc);
	flush_work(&sc->complete_work);
}

/*
 * Set-up
 */

static int soft_alloc_descs(struct soft_chan *sc)
{
	const struct soft_config *config = &to_soft_dev(sc->mc.chan.device)->config;
	unsigned int nr_wides = max(config->ring / SOFT_DESCS_PER_WIDE, 2);
	unsigned int i;

	sc->descs = kvcalloc_node(config->ring, sizeof(*sc->descs), GFP_KERNEL,
				  config->node);
	sc->wides = kvcalloc_node(nr_wides, sizeof(*sc->wides), GFP_KERNEL,
				  config->node);
	if (!sc->descs || !sc->wides)
		return -ENOMEM;

	for (i = 0; i < config->ring; i++) {
		struct soft_desc *desc = &sc->descs[i];

		m2m_desc_add(&sc->mc, &desc->md, soft_tx_submit);
	}
	for (i = 0; i < nr_wides; i++)
		list_add_tail(&sc->wides[i].node, &sc->wide);
	return 0;
}

static int soft_start_worker(struct soft_chan *sc)
{
	const struct soft_config *config = &to_soft_dev(sc->mc.chan.device)->config;
	struct task_struct *worker;
	int node = config->node;

	if (sc->cpu >= 0)
		node = cpu_to_node(sc->cpu);
	worker = kthread_create_on_node(soft_worker, sc, node, "%s/%u",
					dev_name(sc->mc.chan.device->dev),
					sc->index);
	if (IS_ERR(worker))
		return PTR_ERR(worker);

	if (sc->cpu >= 0)
		kthread_bind(worker, sc->cpu);
	sc->worker = worker;
	wake_up_process(worker);
	return 0;
}

static void soft_free_resources(struct soft_chan *sc)
{
	INIT_LIST_HEAD(&sc->wide);
	m2m_chan_close(&sc->mc);
	kvfree(sc->wides);
	sc->wides = NULL;
	kvfree(sc->descs);
	sc->descs = NULL;
	soft_exec_destroy(&sc->exec);
}

/**
 * soft_alloc_chan_resources - dmaengine's device_alloc_chan_resources
 * @chan: the channel; its first client is coming
 *
 * Context: may sleep.
 * Return: the number of descriptors, or a negative errno.
 */
int soft_alloc_chan_resources(struct dma_chan *chan)
{
	const struct soft_config *config = &to_soft_dev(chan->device)->config;
	struct soft_chan *sc = to_soft_chan(chan);
	int ret;

	m2m_chan_open(&sc->mc);
	sc->paused = false;
	sc->idle = false;

	ret = soft_exec_init(&sc->exec, &soft_direct_access, config->node);
	if (ret)
		return ret;
	sc->exec.dev = chan->device->dev;
	ret = soft_alloc_descs(sc);
	if (!ret)
		ret = soft_start_worker(sc);
	if (ret) {
		soft_free_resources(sc);
		return ret;
	}
	return config->ring;
}

/**
 * soft_free_chan_resources - dmaengine's device_free_chan_resources
 * @chan: the channel; its last client has gone
 *
 * Context: may sleep.
 */
void soft_free_chan_resources(struct dma_chan *chan)
{
	struct soft_chan *sc = to_soft_chan(chan);

	soft_terminate_all(chan);
	kthread_stop(sc->worker);
	sc->worker = NULL;
	soft_synchronize(chan);

	soft_free_resources(sc);
}

/**
 * soft_chan_init - prepare a channel for the registry
 * @sd: the engine it belongs to
 * @index: its number
 * @cpu: CPU to bind its worker to, or -1
 */
void soft_chan_init(struct soft_dev *sd, unsigned int index, int cpu)
{
	struct soft_chan *sc = &sd->chans[index];

	sc->index = index;
	sc->cpu = cpu;
	spin_lock_init(&sc->exec_lock);
	INIT_LIST_HEAD(&sc->wide);
	INIT_LIST_HEAD(&sc->submitted);
	INIT_LIST_HEAD(&sc->issued);
	INIT_WORK(&sc->complete_work, soft_complete_work);
	soft_stats_init(sc);
	m2m_chan_init(&sc->mc, &sd->dma, soft_again);
}
