// SPDX-License-Identifier: GPL-2.0-only
/*
 * Simulated DMA engines: execution, by the workqueue or by who polls.
 */
#include <linux/cleanup.h>
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/preempt.h>
#include <linux/sizes.h>
#include <linux/workqueue.h>

#include "sim.h"

/*
 * Bytes that the holder of the exec_lock reads and writes before it lets go.
 * It bounds how long bottom halves stay disabled, and what a single call of
 * device_tx_status costs.
 */
#define SIM_BUDGET		(256 * 1024)

/* What an operation costs besides its data, in the same currency. */
#define SIM_OP_COST		1024

/*
 * Order among channels
 */

static void sim_enter_order(struct sim_chan *sc, struct sim_desc *desc)
{
	struct sim_dev *sd = sc->sd;

	if (!sd->sim->config.in_order)
		return;
	scoped_guard(spinlock_irqsave, &sd->order_lock)
		list_add_tail(&desc->order, &sd->order);
}

/**
 * sim_leave_order - let the other channels pass
 * @sc: the channel
 * @desc: a descriptor of it that is not issued any more
 *
 * Context: any; &m2m_chan.lock held.
 */
void sim_leave_order(struct sim_chan *sc, struct sim_desc *desc)
{
	struct sim_dev *sd = sc->sd;
	struct sim_chan *next_chan;
	struct sim_desc *next;

	if (!sd->sim->config.in_order)
		return;
	scoped_guard(spinlock_irqsave, &sd->order_lock) {
		list_del_init(&desc->order);
		next = list_first_entry_or_null(&sd->order, struct sim_desc,
						order);
		next_chan = next ? to_sim_chan(next->md.tx.chan) : sc;
		if (next_chan != sc)
			queue_work(sim_wq, &next_chan->run_work);
	}
}

/* The channel whose turn it is, as far as that matters; or @sc itself. */
static struct sim_chan *sim_first_in_order(struct sim_chan *sc)
{
	struct sim_dev *sd = sc->sd;
	struct sim_desc *first;

	if (!sd->sim->config.in_order)
		return sc;
	scoped_guard(spinlock_irqsave, &sd->order_lock) {
		first = list_first_entry_or_null(&sd->order, struct sim_desc,
						 order);
		if (first)
			sc = to_sim_chan(first->md.tx.chan);
	}
	return sc;
}

/*
 * What is next, and when
 */

static ktime_t sim_delay(const struct dma_sim_config *config, size_t len)
{
	u64 ns = mul_u64_u32_div(len, config->delay_kib_ns, SZ_1K);

	return ns_to_ktime(config->delay_ns + ns);
}

/* Come again at this time, if not earlier. */
static void sim_run_at(struct sim_chan *sc, ktime_t when)
{
	lockdep_assert_held(&sc->mc.lock);

	if (!hrtimer_is_queued(&sc->timer) ||
	    ktime_before(when, hrtimer_get_expires(&sc->timer)))
		hrtimer_start(&sc->timer, when, HRTIMER_MODE_ABS);
}

/* The device has stopped at last: what was terminated is dropped. */
static void sim_stopped(struct sim_chan *sc)
{
	struct sim_desc *desc, *next;

	lockdep_assert_held(&sc->mc.lock);

	list_for_each_entry_safe(desc, next, &sc->issued, md.node) {
		if (desc->md.state != M2M_ABORTED)
			break;
		sc->stalled = false;
		sim_leave_order(sc, desc);
		sim_desc_aborted(sc, desc);
	}
	sc->stopping = false;
	wake_up_all(&sc->mc.wait);
	sim_again(&sc->mc);
}

/* The descriptor that may be worked on now.  Arranges for the time when not. */
static struct sim_desc *sim_next(struct sim_chan *sc)
{
	bool gone = READ_ONCE(sc->sd->gone);
	ktime_t now = ktime_get();
	struct sim_desc *desc;

	lockdep_assert_held(&sc->mc.lock);

	if (sc->stopping) {
		if (gone || !ktime_before(now, sc->stop_at))
			sim_stopped(sc);
		else
			sim_run_at(sc, sc->stop_at);
	}
	if (gone || sc->paused || sc->stalled)
		return NULL;

	desc = list_first_entry_or_null(&sc->issued, struct sim_desc, md.node);
	if (!desc || sim_first_in_order(sc) != sc)
		return NULL;

	if (!desc->ready)
		desc->ready = ktime_add(now, sim_delay(&sc->sd->sim->config,
						       desc->op.len));
	if (ktime_before(now, desc->ready)) {
		sim_run_at(sc, desc->ready);
		return NULL;
	}
	return desc;
}

/*
 * Execution
 */

/* Faults in front of the first byte.  True if nothing is to be executed. */
static bool sim_begin(struct sim_chan *sc, struct sim_desc *desc)
{
	struct dma_sim *sim = sc->sd->sim;

	lockdep_assert_held(&sc->mc.lock);

	if (desc->op.done)
		return false;
	if (desc->plan.vanish) {
		sim_fault_report(sim, DMA_SIM_VANISH);
		WRITE_ONCE(sc->sd->gone, true);
		return true;
	}
	if (desc->plan.stall) {
		sim_fault_report(sim, DMA_SIM_STALL);
		sc->stalled = true;
		return true;
	}
	return false;
}

/* Do a piece of an operation.  Return whether that was the last one. */
static bool sim_step(struct sim_chan *sc, struct sim_desc *desc)
{
	const struct sim_plan *plan = &desc->plan;
	struct soft_op *op = &desc->op;
	size_t end = op->len;

	if (plan->fail && plan->at == DMA_SIM_FAIL_BEFORE)
		end = 0;
	else if (plan->fail && plan->at == DMA_SIM_FAIL_MIDDLE)
		end = DIV_ROUND_UP(op->len, 2);

	if (op->done < end && soft_exec_step(&sc->exec, op, end - op->done))
		return true;
	if (op->done < end)
		return false;

	if (plan->fail) {
		op->error = plan->result;
		sim_fault_report(sc->sd->sim, plan->at);
	}
	return true;
}

/**
 * sim_reported - no completion waits for an interrupt any more
 * @sc: the channel
 *
 * Context: any but NMI; &m2m_chan.lock held.
 */
void sim_reported(struct sim_chan *sc)
{
	lockdep_assert_held(&sc->mc.lock);

	sc->unreported = 0;
	/* If that comes too late, an interrupt comes too early: no harm. */
	hrtimer_try_to_cancel(&sc->irq_timer);
}

static void sim_interrupt(struct sim_chan *sc)
{
	lockdep_assert_held(&sc->mc.lock);

	sim_count(sc->sd->sim, irqs);
	sim_reported(sc);
	sim_again(&sc->mc);
}

/* An operation has ended, well or badly: tell the driver, by an interrupt. */
static void sim_executed(struct sim_chan *sc, struct sim_desc *desc,
			 bool polled)
{
	const struct dma_sim_config *config = &sc->sd->sim->config;

	lockdep_assert_held(&sc->mc.lock);

	list_move_tail(&desc->md.node, &sc->executed);
	sim_leave_order(sc, desc);
	sim_count_op(sc->sd->sim, &desc->op, polled);

	if (desc->plan.lose_irq)
		sim_fault_report(sc->sd->sim, DMA_SIM_LOSE_IRQ);
	else if (++sc->unreported >= config->coalesce_ops)
		sim_interrupt(sc);
	else if (!hrtimer_is_queued(&sc->irq_timer))
		hrtimer_start(&sc->irq_timer,
			      ns_to_ktime((u64)config->coalesce_us * NSEC_PER_USEC),
			      HRTIMER_MODE_REL);
}

/* A step is over.  True if the operation ended and it is the one to look for. */
static bool sim_stepped(struct sim_chan *sc, struct sim_desc *desc, bool ended,
			bool polled, dma_cookie_t cookie)
{
	bool found = ended && desc->md.tx.cookie == cookie;

	lockdep_assert_held(&sc->mc.lock);

	if (list_empty(&desc->md.node)) {
		/* It was terminated meanwhile. */
		sim_desc_aborted(sc, desc);
		sim_again(&sc->mc);
	} else if (ended && desc->md.state == M2M_ABORTED) {
		/* It was, and the device has not stopped in time. */
		sim_leave_order(sc, desc);
		sim_desc_aborted(sc, desc);
	} else if (ended) {
		sim_executed(sc, desc, polled);
	}
	return found;
}

/*
 * Execute issued operations until there are none, or the budget is spent, or
 * @cookie is executed (0: a cookie that nobody has).
 */
static void sim_execute(struct sim_chan *sc, dma_cookie_t cookie, bool polled)
{
	size_t budget = SIM_BUDGET;
	struct sim_desc *desc;
	unsigned long flags;
	bool found = false;

	lockdep_assert_held(&sc->exec_lock);

	spin_lock_irqsave(&sc->mc.lock, flags);
	while (budget && !found) {
		size_t before, traffic;
		bool ended;

		desc = sim_next(sc);
		if (!desc)
			break;
		if (sim_begin(sc, desc))
			continue;

		sc->active = desc;
		before = desc->op.done;
		spin_unlock_irqrestore(&sc->mc.lock, flags);

		ended = sim_step(sc, desc);
		traffic = soft_op_traffic(&desc->op, desc->op.done - before);
		/*
		 * Before anyone can see the cookie complete: until a bounce
		 * buffer is unmapped the client's page holds the old data.
		 */
		if (ended)
			dma_descriptor_unmap(&desc->md.tx);

		spin_lock_irqsave(&sc->mc.lock, flags);
		sc->active = NULL;
		found = sim_stepped(sc, desc, ended, polled, cookie);
		budget -= min(budget, traffic + SIM_OP_COST);
	}
	/* The rest is for the workqueue. */
	if (!budget || found)
		queue_work(sim_wq, &sc->run_work);
	spin_unlock_irqrestore(&sc->mc.lock, flags);
}

/**
 * sim_run_work - execute
 * @work: &sim_chan.run_work
 *
 * Context: process.
 */
void sim_run_work(struct work_struct *work)
{
	struct sim_chan *sc = container_of(work, struct sim_chan, run_work);

	spin_lock_bh(&sc->exec_lock);
	sim_execute(sc, 0, false);
	spin_unlock_bh(&sc->exec_lock);
}

/**
 * sim_timer - it is time to execute
 * @timer: &sim_chan.timer
 *
 * Return: %HRTIMER_NORESTART.
 */
enum hrtimer_restart sim_timer(struct hrtimer *timer)
{
	struct sim_chan *sc = container_of(timer, struct sim_chan, timer);

	queue_work(sim_wq, &sc->run_work);
	return HRTIMER_NORESTART;
}

/**
 * sim_irq_timer - completions have waited long enough for more to come
 * @timer: &sim_chan.irq_timer
 *
 * Return: %HRTIMER_NORESTART.
 */
enum hrtimer_restart sim_irq_timer(struct hrtimer *timer)
{
	struct sim_chan *sc = container_of(timer, struct sim_chan, irq_timer);

	scoped_guard(spinlock_irqsave, &sc->mc.lock)
		if (sc->unreported)
			sim_interrupt(sc);
	return HRTIMER_NORESTART;
}

/**
 * sim_issue_pending - dmaengine's device_issue_pending
 * @chan: the channel
 *
 * Context: any but NMI.
 */
void sim_issue_pending(struct dma_chan *chan)
{
	struct sim_chan *sc = to_sim_chan(chan);
	struct sim_desc *desc;

	scoped_guard(spinlock_irqsave, &sc->mc.lock) {
		if (list_empty(&sc->submitted))
			break;
		list_for_each_entry(desc, &sc->submitted, md.node)
			sim_enter_order(sc, desc);
		list_splice_tail_init(&sc->submitted, &sc->issued);
		queue_work(sim_wq, &sc->run_work);
	}
}

/*
 * Polling
 */

/* Get on with what is issued, in whatever context the poller is. */
static void sim_help(struct sim_chan *sc, dma_cookie_t cookie)
{
	/*
	 * With interrupts off no bottom half can come in, and they must not be
	 * enabled.  The lock is only tried: in a hard interrupt, it may be held
	 * by what was interrupted.
	 */
	if (irqs_disabled()) {
		if (!spin_trylock(&sc->exec_lock))
			return;
		sim_execute(sc, cookie, true);
		spin_unlock(&sc->exec_lock);
	} else {
		if (!spin_trylock_bh(&sc->exec_lock))
			return;
		sim_execute(sc, cookie, true);
		spin_unlock_bh(&sc->exec_lock);
	}
}

/* Look what the device has done, without an interrupt. */
static void sim_poll(struct sim_chan *sc, dma_cookie_t cookie)
{
	struct sim_chan *first = sim_first_in_order(sc);
	bool locked;

	if (first != sc)
		sim_help(first, 0);
	sim_help(sc, cookie);

	locked = sim_client_lock(sc);
	if (sim_collect(sc))
		sim_call_back_locked(sc, locked);
	sim_client_unlock(sc, locked);
}

/**
 * sim_tx_status - dmaengine's device_tx_status
 * @chan: the channel
 * @cookie: the operation asked for
 * @state: for details, or %NULL
 *
 * While @cookie is incomplete it executes what may be executed now, within a
 * budget, and notices what was executed without an interrupt, so that polling
 * comes to an end even if it keeps everything else from running.
 *
 * Context: as m2m_polled(); no hard interrupt while %DMA_SIM_LOCKED_CALLBACK is
 * armed.  In a hard interrupt that has interrupted an executor of the same channel
 * it makes no progress.
 * Return: %DMA_COMPLETE, %DMA_IN_PROGRESS, %DMA_PAUSED, or %DMA_ERROR for an
 * operation that failed or was terminated, or whose device has vanished.
 */
enum dma_status sim_tx_status(struct dma_chan *chan, dma_cookie_t cookie,
			      struct dma_tx_state *state)
{
	struct sim_chan *sc = to_sim_chan(chan);
	enum dma_status status = m2m_status(&sc->mc, cookie, state);

	if (status == DMA_IN_PROGRESS) {
		if (READ_ONCE(sc->sd->gone)) {
			status = DMA_ERROR;
		} else if (READ_ONCE(sc->paused)) {
			status = DMA_PAUSED;
		} else {
			sim_poll(sc, cookie);
			status = m2m_status(&sc->mc, cookie, state);
		}
	}
	m2m_polled(&sc->mc);
	return status;
}
