// SPDX-License-Identifier: GPL-2.0-only
/*
 * Simulated DMA engines: channels, their control and set-up.
 */

/**
 * DOC: channel
 *
 * A simulated channel consists of a device and of its driver, which know of each
 * other only what an engine and its driver do.  The device executes what has
 * been issued, when its time has come, and raises an interrupt.  The driver
 * notices by the interrupt, or when a client polls, what was executed; it
 * completes the cookies and calls back::
 *
 *   --submit--> submitted --issue--> issued --the device--> executed
 *                   |                  |                       |
 *                   |              terminate               the driver
 *                   |                  v                       v
 *                   +--terminate--> aborted -->               done --callback-->
 *
 * What lies between "executed" and "done" is where interrupts are coalesced or
 * lost.  The rest is as in m2m-dma.h.
 *
 * Operations of a channel are executed in the order of their cookies, by whoever
 * holds &sim_chan.exec_lock: the workqueue, or a caller of device_tx_status who
 * finds its cookie incomplete.  An operation reads and writes memory at the end
 * of its delay, in steps.
 */
#include <linux/cleanup.h>
#include <linux/hrtimer.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "sim.h"

/*
 * Control
 */

/**
 * sim_pause - dmaengine's device_pause
 * @chan: the channel
 *
 * A step that is being executed is finished; no other begins.
 *
 * Context: any but NMI.
 * Return: 0.
 */
int sim_pause(struct dma_chan *chan)
{
	struct sim_chan *sc = to_sim_chan(chan);

	scoped_guard(spinlock_irqsave, &sc->mc.lock)
		WRITE_ONCE(sc->paused, true);
	return 0;
}

/**
 * sim_resume - dmaengine's device_resume
 * @chan: the channel
 *
 * Context: any but NMI.
 * Return: 0.
 */
int sim_resume(struct dma_chan *chan)
{
	struct sim_chan *sc = to_sim_chan(chan);

	scoped_guard(spinlock_irqsave, &sc->mc.lock) {
		WRITE_ONCE(sc->paused, false);
		queue_work(sim_wq, &sc->run_work);
	}
	return 0;
}

static void sim_abort_list(struct sim_chan *sc, struct list_head *list)
{
	struct sim_desc *desc, *next;

	lockdep_assert_held(&sc->mc.lock);

	list_for_each_entry_safe(desc, next, list, md.node) {
		sim_leave_order(sc, desc);
		if (desc == sc->active) {
			/* Its executor is using it, and passes it on. */
			desc->md.state = M2M_ABORTED;
			list_del_init(&desc->md.node);
		} else {
			sim_desc_aborted(sc, desc);
		}
	}
}

/* The device goes on with what is issued until this time. */
static void sim_abort_later(struct sim_chan *sc, unsigned int delay_ms)
{
	struct sim_desc *desc;

	lockdep_assert_held(&sc->mc.lock);

	list_for_each_entry(desc, &sc->issued, md.node)
		desc->md.state = M2M_ABORTED;
	sc->stop_at = ktime_add_ms(ktime_get(), delay_ms);
	sc->stopping = true;
	queue_work(sim_wq, &sc->run_work);
}

/* Note all as failed that is to be aborted. */
static void sim_fail_pending(struct sim_chan *sc)
{
	struct sim_desc *desc;
	dma_cookie_t first = 0;

	lockdep_assert_held(&sc->mc.lock);

	/* They are in the order of their cookies. */
	list_for_each_entry(desc, &sc->executed, md.node)
		first = first ?: desc->md.tx.cookie;
	list_for_each_entry(desc, &sc->issued, md.node)
		if (desc->md.state != M2M_ABORTED)
			first = first ?: desc->md.tx.cookie;
	list_for_each_entry(desc, &sc->submitted, md.node)
		first = first ?: desc->md.tx.cookie;
	if (first)
		m2m_note_failed(&sc->mc, first, sc->mc.chan.cookie);
}

/* Abort all that was submitted and has not been noticed to be executed. */
static void sim_abort(struct sim_chan *sc, unsigned int delay_ms)
{
	scoped_guard(spinlock_irqsave, &sc->mc.lock) {
		WRITE_ONCE(sc->paused, false);
		sim_reported(sc);
		sim_fail_pending(sc);

		sim_abort_list(sc, &sc->executed);
		sim_abort_list(sc, &sc->submitted);
		if (delay_ms && !list_empty(&sc->issued)) {
			sim_abort_later(sc, delay_ms);
		} else {
			sim_abort_list(sc, &sc->issued);
			sc->stalled = false;
			sc->stopping = false;
			wake_up_all(&sc->mc.wait);
		}
	}
	sim_again(&sc->mc);
}

/**
 * sim_terminate_all - dmaengine's device_terminate_all
 * @chan: the channel
 *
 * Aborts all that has been submitted and is not complete, and ends a pause.
 * Aborted operations are not called back; those that are complete already are.
 * device_synchronize waits for the end of both, and of a step that may still be
 * writing.
 *
 * Context: any but NMI.
 * Return: 0, or -EIO if that is simulated.
 */
int sim_terminate_all(struct dma_chan *chan)
{
	struct sim_chan *sc = to_sim_chan(chan);
	struct dma_sim *sim = sc->sd->sim;
	struct dma_sim_fault fault = {};

	/* What is gone has stopped. */
	if (!READ_ONCE(sc->sd->gone)) {
		if (sim_fault(sim, DMA_SIM_REFUSE_TERMINATE, NULL)) {
			sim_fault_report(sim, DMA_SIM_REFUSE_TERMINATE);
			return -EIO;
		}
		if (sim_fault(sim, DMA_SIM_DELAY_TERMINATE, &fault))
			sim_fault_report(sim, DMA_SIM_DELAY_TERMINATE);
	}
	sim_abort(sc, fault.delay_ms);
	return 0;
}

/**
 * sim_stop - dmaengine's device_stop
 * @chan: the channel
 *
 * Context: any but NMI.
 * Return: 0 when nothing is left of what was aborted, -EINPROGRESS while there
 * is, or -EIO if that is simulated.
 */
int sim_stop(struct dma_chan *chan)
{
	struct sim_chan *sc = to_sim_chan(chan);
	bool busy = false, idle = false, over = false;
	int ret;

	scoped_guard(spinlock_irqsave, &sc->mc.lock)
		over = sc->stopping && (READ_ONCE(sc->sd->gone) ||
					!ktime_before(ktime_get(), sc->stop_at));
	/* It has stopped by now; nobody else may get to see that. */
	if (over)
		sim_abort(sc, 0);

	scoped_guard(spinlock_irqsave, &sc->mc.lock) {
		busy = sc->stopping || !m2m_is_idle(&sc->mc) ||
		       (sc->active && sc->active->md.state == M2M_ABORTED);
		idle = list_empty(&sc->issued) && list_empty(&sc->submitted) &&
		       list_empty(&sc->executed);
	}
	if (busy)
		return -EINPROGRESS;
	if (idle)
		return 0;
	ret = sim_terminate_all(chan);
	return ret ?: -EINPROGRESS;
}

static bool sim_stopping(struct sim_chan *sc)
{
	bool stopping = false;

	scoped_guard(spinlock_irqsave, &sc->mc.lock)
		stopping = sc->stopping;
	return stopping;
}

/**
 * sim_synchronize - dmaengine's device_synchronize
 * @chan: the channel
 *
 * On return no byte is written any more for an operation that was terminated
 * before, and its descriptor is out of the channel's hands.
 *
 * Context: may sleep.
 */
void sim_synchronize(struct dma_chan *chan)
{
	struct sim_chan *sc = to_sim_chan(chan);

	wait_event(sc->mc.wait, !sim_stopping(sc));

	/* Whoever executes has let go of the active descriptor after this. */
	spin_lock_bh(&sc->exec_lock);
	spin_unlock_bh(&sc->exec_lock);

	m2m_synchronize(&sc->mc);
	flush_work(&sc->irq_work);
}

/*
 * Set-up
 */

static int sim_alloc_descs(struct sim_chan *sc)
{
	const struct dma_sim_config *config = &sc->sd->sim->config;
	unsigned int max_srcs = max(config->max_xor, config->max_pq);
	unsigned int i;

	sc->descs = kvcalloc_node(config->ring, sizeof(*sc->descs), GFP_KERNEL,
				  config->node);
	sc->srcs = kvcalloc_node(config->ring, max_srcs * sizeof(*sc->srcs),
				 GFP_KERNEL, config->node);
	sc->coefs = kvcalloc_node(config->ring, max_srcs * sizeof(*sc->coefs),
				  GFP_KERNEL, config->node);
	if (!sc->descs || !sc->srcs || !sc->coefs)
		return -ENOMEM;

	for (i = 0; i < config->ring; i++) {
		struct sim_desc *desc = &sc->descs[i];

		desc->op.src = sc->srcs + i * max_srcs;
		desc->op.coef = sc->coefs + i * max_srcs;
		INIT_LIST_HEAD(&desc->order);
		m2m_desc_add(&sc->mc, &desc->md, sim_tx_submit);
	}
	return 0;
}

static void sim_free_resources(struct sim_chan *sc)
{
	m2m_chan_close(&sc->mc);
	kvfree(sc->coefs);
	sc->coefs = NULL;
	kvfree(sc->srcs);
	sc->srcs = NULL;
	kvfree(sc->descs);
	sc->descs = NULL;
	soft_exec_destroy(&sc->exec);
}

/**
 * sim_alloc_chan_resources - dmaengine's device_alloc_chan_resources
 * @chan: the channel; its first client is coming
 *
 * Context: may sleep.
 * Return: the number of descriptors, or a negative errno.
 */
int sim_alloc_chan_resources(struct dma_chan *chan)
{
	struct sim_chan *sc = to_sim_chan(chan);
	struct dma_sim *sim = sc->sd->sim;
	const struct dma_sim_config *config = &sim->config;
	int ret;

	m2m_chan_open(&sc->mc);
	sc->paused = false;
	sc->stalled = false;
	sc->stopping = false;
	sc->unreported = 0;

	ret = soft_exec_init(&sc->exec, config->iova ? &sim_iova_access :
						       &soft_direct_access,
			     config->node);
	if (ret)
		return ret;
	sc->exec.dev = &sim->pdev.dev;
	ret = sim_alloc_descs(sc);
	if (ret) {
		sim_free_resources(sc);
		return ret;
	}
	return config->ring;
}

/**
 * sim_free_chan_resources - dmaengine's device_free_chan_resources
 * @chan: the channel; its last client has gone
 *
 * Stops the channel even if terminating it is refused.
 *
 * Context: may sleep.
 */
void sim_free_chan_resources(struct dma_chan *chan)
{
	struct sim_chan *sc = to_sim_chan(chan);

	/* With nothing issued any more no timer is started either. */
	sim_abort(sc, 0);
	sim_synchronize(chan);
	hrtimer_cancel(&sc->timer);
	hrtimer_cancel(&sc->irq_timer);
	cancel_work_sync(&sc->run_work);
	flush_work(&sc->irq_work);

	sim_free_resources(sc);
}

/**
 * sim_chan_init - prepare a channel for the registry
 * @sd: the engine it belongs to
 * @index: its number
 */
void sim_chan_init(struct sim_dev *sd, unsigned int index)
{
	struct sim_chan *sc = &sd->chans[index];

	sc->sd = sd;
	sc->index = index;
	spin_lock_init(&sc->client_lock);
	spin_lock_init(&sc->exec_lock);
	INIT_LIST_HEAD(&sc->submitted);
	INIT_LIST_HEAD(&sc->issued);
	INIT_LIST_HEAD(&sc->executed);
	hrtimer_init(&sc->timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS);
	sc->timer.function = sim_timer;
	INIT_WORK(&sc->run_work, sim_run_work);
	hrtimer_init(&sc->irq_timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	sc->irq_timer.function = sim_irq_timer;
	INIT_WORK(&sc->irq_work, sim_irq_work);
	m2m_chan_init(&sc->mc, &sd->dma, sim_again);
}
