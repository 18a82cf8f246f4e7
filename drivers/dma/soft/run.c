// SPDX-License-Identifier: GPL-2.0-only
/*
 * Software DMA engine: execution, by the worker or by who polls.
 */
#include <linux/cleanup.h>
#include <linux/kthread.h>
#include <linux/lockdep.h>
#include <linux/preempt.h>
#include <linux/sched.h>

#include "soft.h"

/*
 * Bytes that the holder of the exec_lock reads and writes before it lets go:
 * some tens of microseconds.  It bounds how long bottom halves stay disabled,
 * how late callbacks of small operations come, and what a single call of
 * device_tx_status costs.
 */
#define SOFT_BUDGET		(256 * 1024)

/* What an operation costs besides its data, in the same currency. */
#define SOFT_OP_COST		1024

static bool soft_may_execute(struct soft_chan *sc)
{
	lockdep_assert_held(&sc->mc.lock);

	return !sc->paused && !list_empty(&sc->issued);
}

/*
 * Execute issued operations until there are none, or the budget is spent, or
 * @cookie is complete (0: a cookie that nobody has).
 */
static void soft_execute(struct soft_chan *sc, dma_cookie_t cookie, bool polled)
{
	size_t budget = SOFT_BUDGET;
	bool wake_client = false;
	unsigned long flags;

	lockdep_assert_held(&sc->exec_lock);

	spin_lock_irqsave(&sc->mc.lock, flags);
	while (budget && soft_may_execute(sc)) {
		struct soft_desc *desc = list_first_entry(&sc->issued,
							  struct soft_desc,
							  md.node);
		struct soft_op *op = &desc->op;
		size_t before = op->done;
		size_t traffic;
		bool ended;

		sc->active = desc;
		spin_unlock_irqrestore(&sc->mc.lock, flags);

		ended = soft_exec_step(&sc->exec, op, SIZE_MAX) ||
			soft_op_finished(op);
		traffic = soft_op_traffic(op, op->done - before);
		/*
		 * Before anyone can see the cookie complete: until a bounce
		 * buffer is unmapped the client's page holds the old data.
		 */
		if (ended)
			dma_descriptor_unmap(&desc->md.tx);

		spin_lock_irqsave(&sc->mc.lock, flags);
		sc->active = NULL;
		if (desc->md.state == M2M_ABORTED) {
			soft_free_wide(sc, desc);
			list_add_tail(&desc->md.node, &sc->mc.done);
			wake_client = true;
		} else if (ended) {
			dma_cookie_t done = desc->md.tx.cookie;

			wake_client |= soft_desc_executed(sc, desc, polled);
			if (done == cookie)
				break;
		}
		budget -= min(budget, traffic + SOFT_OP_COST);
	}
	spin_unlock_irqrestore(&sc->mc.lock, flags);

	/*
	 * Last, and with bottom halves still disabled: they run when the
	 * exec_lock is released, for all that was executed at once.
	 */
	if (wake_client)
		soft_again(&sc->mc);
}

/* Called by a poller, in whatever context it polls in. */
static void soft_help(struct soft_chan *sc, dma_cookie_t cookie)
{
	/* Only a hint, but one that a poller's next call sees. */
	if (data_race(list_empty(&sc->issued)))
		return;

	/*
	 * With interrupts off no bottom half can come in, and they must not be
	 * enabled.  The lock is only tried: in a hard interrupt, it may be held
	 * by what was interrupted.
	 */
	if (irqs_disabled()) {
		if (!spin_trylock(&sc->exec_lock))
			return;
		soft_execute(sc, cookie, true);
		spin_unlock(&sc->exec_lock);
	} else {
		if (!spin_trylock_bh(&sc->exec_lock))
			return;
		soft_execute(sc, cookie, true);
		spin_unlock_bh(&sc->exec_lock);
	}
}

/**
 * soft_claim_wakeup - tell whether the worker must be woken
 * @sc: the channel
 *
 * Context: &m2m_chan.lock held.
 * Return: true if the caller must wake it, without the lock.
 */
bool soft_claim_wakeup(struct soft_chan *sc)
{
	bool wake = sc->idle && soft_may_execute(sc);

	if (wake)
		WRITE_ONCE(sc->idle, false);
	return wake;
}

/**
 * soft_worker - the thread of a channel
 * @data: the &struct soft_chan
 *
 * Return: 0.
 */
int soft_worker(void *data)
{
	struct soft_chan *sc = data;

	set_user_nice(current, to_soft_dev(sc->mc.chan.device)->config.nice);

	while (!kthread_should_stop()) {
		scoped_guard(spinlock_irqsave, &sc->mc.lock) {
			WRITE_ONCE(sc->idle, !soft_may_execute(sc));
			if (sc->idle)
				set_current_state(TASK_IDLE);
		}

		if (READ_ONCE(sc->idle)) {
			/* kthread_stop() may have come before the state. */
			if (!kthread_should_stop())
				schedule();
			__set_current_state(TASK_RUNNING);
			continue;
		}
		/* Woken between the two: the state is another one already. */
		__set_current_state(TASK_RUNNING);

		spin_lock_bh(&sc->exec_lock);
		soft_execute(sc, 0, false);
		spin_unlock_bh(&sc->exec_lock);

		cond_resched();
	}
	return 0;
}

/**
 * soft_issue_pending - dmaengine's device_issue_pending
 * @chan: the channel
 *
 * Context: any but NMI.
 */
void soft_issue_pending(struct dma_chan *chan)
{
	struct soft_chan *sc = to_soft_chan(chan);
	bool wake = false;

	scoped_guard(spinlock_irqsave, &sc->mc.lock) {
		list_splice_tail_init(&sc->submitted, &sc->issued);
		wake = soft_claim_wakeup(sc);
	}
	if (wake)
		wake_up_process(sc->worker);
}

/**
 * soft_tx_status - dmaengine's device_tx_status
 * @chan: the channel
 * @cookie: the operation asked for
 * @state: for details, or %NULL
 *
 * Executes some of what is issued while @cookie is incomplete, so that polling
 * comes to an end even if it keeps the worker from running.  One call does a
 * bounded amount of work.
 *
 * Context: as m2m_polled().  In a hard interrupt that has interrupted an executor of
 * the same channel it makes no progress.
 * Return: %DMA_COMPLETE, %DMA_IN_PROGRESS, %DMA_PAUSED, or %DMA_ERROR for an
 * operation that failed or was terminated.
 */
enum dma_status soft_tx_status(struct dma_chan *chan, dma_cookie_t cookie,
			       struct dma_tx_state *state)
{
	struct soft_chan *sc = to_soft_chan(chan);
	enum dma_status status = m2m_status(&sc->mc, cookie, state);

	if (status == DMA_IN_PROGRESS) {
		if (READ_ONCE(sc->paused)) {
			status = DMA_PAUSED;
		} else {
			soft_help(sc, cookie);
			status = m2m_status(&sc->mc, cookie, state);
		}
	}
	m2m_polled(&sc->mc);
	return status;
}
