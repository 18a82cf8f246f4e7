// SPDX-License-Identifier: GPL-2.0-only
/*
 * Software DMA engine: channels.
 */

/**
 * DOC: channel
 *
 * A channel owns a fixed number of descriptors.  Each is in the hands of the
 * client or in one of the channel's lists, and its &enum soft_desc_state says
 * which::
 *
 *   free --prep--> prepared --submit--> submitted --issue--> issued
 *    ^                                      |                  |
 *    |                                  terminate          executed
 *    |                                      v                  v
 *    +-- acked? <--- callback <----- done (or aborted) <-------+
 *    |     | no
 *    +--- held
 *
 * Operations are executed in the order of their cookies, one at a time, by
 * whoever holds &soft_chan.exec_lock.  That is the channel's worker thread as a
 * rule, and a caller of device_tx_status who finds its cookie incomplete: a
 * poller that keeps the worker from its CPU does the work itself.  A long
 * operation is executed in steps; when the lock changes hands between two, the
 * next holder goes on where the last one stopped.
 *
 * The end of an operation has two parts.  The executor unmaps its buffers and
 * completes its cookie, so that pollers see it at once.  The callback, the
 * dependent operations and the return of the descriptor follow in softirq
 * context, a batch at a time.
 */
#include <linux/cleanup.h>
#include <linux/dma-direct.h>
#include <linux/err.h>
#include <linux/highmem.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "../dmaengine.h"
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

/*
 * Memory access
 */

/*
 * The bus addresses of a device without IOMMU are physical addresses, be it of
 * the client's page or of a bounce buffer.
 */
static struct page *soft_phys_page(phys_addr_t phys, size_t len)
{
	if (!pfn_valid(PHYS_PFN(phys)) || !pfn_valid(PHYS_PFN(phys + len - 1)))
		return NULL;
	return pfn_to_page(PHYS_PFN(phys));
}

static void *soft_map(struct soft_exec *exec, dma_addr_t addr, size_t len,
		      bool write)
{
	struct soft_chan *sc = container_of(exec, struct soft_chan, exec);
	phys_addr_t phys = dma_to_phys(sc->chan.device->dev, addr);
	struct page *page = soft_phys_page(phys, len);

	if (!page)
		return ERR_PTR(-EFAULT);
	if (IS_ENABLED(CONFIG_HIGHMEM))
		return kmap_local_page(page) + offset_in_page(phys);
	return phys_to_virt(phys);
}

static void soft_unmap_local(struct soft_exec *exec, void *vaddr)
{
	kunmap_local(vaddr);
}

/* Without high memory, what is contiguous to the device is so to the kernel. */
static const struct soft_access soft_access = {
	.map = soft_map,
	.unmap = IS_ENABLED(CONFIG_HIGHMEM) ? soft_unmap_local : NULL,
	.boundary = IS_ENABLED(CONFIG_HIGHMEM) ? PAGE_SIZE : 0,
	.max_maps = IS_ENABLED(CONFIG_HIGHMEM) ? 8 : SOFT_MAX_SRCS + 2,
};

/*
 * Descriptors
 */

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
	struct soft_desc *desc;

	guard(spinlock_irqsave)(&sc->lock);

	if (list_empty(&sc->free) || (wide && list_empty(&sc->wide)))
		soft_reap_held(sc);
	if (list_empty(&sc->free) || (wide && list_empty(&sc->wide))) {
		soft_stats_count_full(sc);
		return NULL;
	}

	desc = list_first_entry(&sc->free, struct soft_desc, node);
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

	guard(spinlock_irqsave)(&sc->lock);

	if (WARN_ON_ONCE(desc->state != SOFT_DESC_PREPARED))
		return -EINVAL;
	desc->state = SOFT_DESC_SUBMITTED;
	list_add_tail(&desc->node, &sc->submitted);
	return dma_cookie_assign(tx);
}

/*
 * Completion
 */

/* Cookies that were given out, and will never be reported as complete. */
static void soft_note_failed(struct soft_chan *sc, dma_cookie_t first,
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

static bool soft_cookie_failed(struct soft_chan *sc, dma_cookie_t cookie)
{
	if (!READ_ONCE(sc->failed))
		return false;

	guard(spinlock_irqsave)(&sc->lock);
	return sc->failed && cookie >= sc->failed_first &&
	       cookie <= sc->failed_last;
}

/* In softirq context: give what was executed or aborted back to the client. */
static void soft_complete_work(struct work_struct *work)
{
	struct soft_chan *sc = container_of(work, struct soft_chan,
					    complete_work);
	struct soft_desc *desc, *next;
	LIST_HEAD(done);

	scoped_guard(spinlock_irqsave, &sc->lock)
		list_splice_init(&sc->done, &done);

	list_for_each_entry(desc, &done, node) {
		struct dmaengine_result result = {
			.result = desc->op.error,
			.residue = desc->op.len - desc->op.done,
		};

		if (desc->state == SOFT_DESC_ABORTED) {
			dma_descriptor_unmap(&desc->tx);
			continue;
		}
		dmaengine_desc_get_callback_invoke(&desc->tx, &result);
		dma_run_dependencies(&desc->tx);
	}

	guard(spinlock_irqsave)(&sc->lock);
	list_for_each_entry_safe(desc, next, &done, node)
		soft_desc_release(sc, desc);
}

/* Nobody waits for the end of this operation but by its cookie. */
static bool soft_desc_is_quiet(const struct soft_desc *desc)
{
	return !IS_ENABLED(CONFIG_ASYNC_TX_ENABLE_CHANNEL_SWITCH) &&
	       !desc->tx.callback && !desc->tx.callback_result;
}

/*
 * The operation has come to its end, well or badly.  Returns whether there is
 * something left to do for soft_complete_work().
 */
static bool soft_desc_executed(struct soft_chan *sc, struct soft_desc *desc,
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

/*
 * Execution
 */

static bool soft_may_execute(struct soft_chan *sc)
{
	lockdep_assert_held(&sc->lock);

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

	spin_lock_irqsave(&sc->lock, flags);
	while (budget && soft_may_execute(sc)) {
		struct soft_desc *desc = list_first_entry(&sc->issued,
							  struct soft_desc,
							  node);
		struct soft_op *op = &desc->op;
		size_t before = op->done;
		size_t traffic;
		bool ended;

		sc->active = desc;
		spin_unlock_irqrestore(&sc->lock, flags);

		ended = soft_exec_step(&sc->exec, op, SIZE_MAX) ||
			soft_op_finished(op);
		traffic = soft_op_traffic(op, op->done - before);
		/*
		 * Before anyone can see the cookie complete: until a bounce
		 * buffer is unmapped the client's page holds the old data.
		 */
		if (ended)
			dma_descriptor_unmap(&desc->tx);

		spin_lock_irqsave(&sc->lock, flags);
		sc->active = NULL;
		if (desc->state == SOFT_DESC_ABORTED) {
			list_add_tail(&desc->node, &sc->done);
			wake_client = true;
		} else if (ended) {
			dma_cookie_t done = desc->tx.cookie;

			wake_client |= soft_desc_executed(sc, desc, polled);
			if (done == cookie)
				break;
		}
		budget -= min(budget, traffic + SOFT_OP_COST);
	}
	spin_unlock_irqrestore(&sc->lock, flags);

	/*
	 * Last, and with bottom halves still disabled: they run when the
	 * exec_lock is released, for all that was executed at once.
	 */
	if (wake_client)
		queue_work(system_bh_wq, &sc->complete_work);
}

/* Called by a poller, in whatever context it polls in. */
static void soft_help(struct soft_chan *sc, dma_cookie_t cookie)
{
	/* Only a hint, but one that a poller's next call sees. */
	if (list_empty(&sc->issued))
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

/* Returns whether the worker must be woken, which is done without the lock. */
static bool soft_claim_wakeup(struct soft_chan *sc)
{
	bool wake = sc->idle && soft_may_execute(sc);

	if (wake)
		WRITE_ONCE(sc->idle, false);
	return wake;
}

static int soft_worker(void *data)
{
	struct soft_chan *sc = data;

	set_user_nice(current, to_soft_dev(sc->chan.device)->config.nice);

	while (!kthread_should_stop()) {
		scoped_guard(spinlock_irqsave, &sc->lock) {
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
	struct soft_desc *desc;
	bool wake = false;

	scoped_guard(spinlock_irqsave, &sc->lock) {
		list_for_each_entry(desc, &sc->submitted, node)
			desc->state = SOFT_DESC_ISSUED;
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
 * Context: any but NMI.  In a hard interrupt that has interrupted an executor
 * of the same channel it makes no progress.
 * Return: %DMA_COMPLETE, %DMA_IN_PROGRESS, %DMA_PAUSED, or %DMA_ERROR for an
 * operation that failed or was terminated.
 */
enum dma_status soft_tx_status(struct dma_chan *chan, dma_cookie_t cookie,
			       struct dma_tx_state *state)
{
	struct soft_chan *sc = to_soft_chan(chan);
	enum dma_status status = dma_cookie_status(chan, cookie, state);

	if (status != DMA_COMPLETE && !soft_cookie_failed(sc, cookie)) {
		if (READ_ONCE(sc->paused))
			return DMA_PAUSED;
		soft_help(sc, cookie);
		status = dma_cookie_status(chan, cookie, state);
	}

	/* Pairs with soft_desc_executed(): after the cookie comes the data. */
	smp_rmb();
	return soft_cookie_failed(sc, cookie) ? DMA_ERROR : status;
}

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

	guard(spinlock_irqsave)(&sc->lock);
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

	scoped_guard(spinlock_irqsave, &sc->lock) {
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

	scoped_guard(spinlock_irqsave, &sc->lock) {
		WRITE_ONCE(sc->paused, false);
		list_splice_tail_init(&sc->issued, &aborted);
		list_splice_tail_init(&sc->submitted, &aborted);
		if (list_empty(&aborted))
			return 0;

		desc = list_first_entry(&aborted, struct soft_desc, node);
		soft_note_failed(sc, desc->tx.cookie, chan->cookie);
		list_for_each_entry(desc, &aborted, node)
			desc->state = SOFT_DESC_ABORTED;

		/* Its executor is using it, and passes it on. */
		if (sc->active)
			list_del_init(&sc->active->node);
		list_splice_tail(&aborted, &sc->done);
	}
	queue_work(system_bh_wq, &sc->complete_work);
	return 0;
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

	flush_work(&sc->complete_work);
}

/*
 * Set-up
 */

static int soft_alloc_descs(struct soft_chan *sc)
{
	const struct soft_config *config = &to_soft_dev(sc->chan.device)->config;
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

		dma_async_tx_descriptor_init(&desc->tx, &sc->chan);
		desc->tx.tx_submit = soft_tx_submit;
		list_add_tail(&desc->node, &sc->free);
	}
	for (i = 0; i < nr_wides; i++)
		list_add_tail(&sc->wides[i].node, &sc->wide);
	return 0;
}

static int soft_start_worker(struct soft_chan *sc)
{
	const struct soft_config *config = &to_soft_dev(sc->chan.device)->config;
	struct task_struct *worker;
	int node = config->node;

	if (sc->cpu >= 0)
		node = cpu_to_node(sc->cpu);
	worker = kthread_create_on_node(soft_worker, sc, node, "%s/%u",
					dev_name(sc->chan.device->dev),
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
	INIT_LIST_HEAD(&sc->free);
	INIT_LIST_HEAD(&sc->wide);
	INIT_LIST_HEAD(&sc->held);
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

	dma_cookie_init(chan);
	sc->paused = false;
	sc->idle = false;
	sc->failed = false;

	ret = soft_exec_init(&sc->exec, &soft_access, config->node);
	if (ret)
		return ret;
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
	spin_lock_init(&sc->lock);
	spin_lock_init(&sc->exec_lock);
	INIT_LIST_HEAD(&sc->free);
	INIT_LIST_HEAD(&sc->wide);
	INIT_LIST_HEAD(&sc->submitted);
	INIT_LIST_HEAD(&sc->issued);
	INIT_LIST_HEAD(&sc->done);
	INIT_LIST_HEAD(&sc->held);
	INIT_WORK(&sc->complete_work, soft_complete_work);
	soft_stats_init(sc);

	sc->chan.device = &sd->dma;
	list_add_tail(&sc->chan.device_node, &sd->dma.channels);
}
