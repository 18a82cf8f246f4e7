// SPDX-License-Identifier: GPL-2.0-only
/*
 * Channels, and operations on them
 */

/**
 * DOC: engines
 *
 * async_tx is the offload user of dmaengine's registry: it is told of each
 * public channel, and must let go of it when told that it leaves.
 *
 * An operation goes to the channel of its parent if that can do it, else to the
 * one that the registry has for this kind and CPU, else to any that can.  It
 * is mapped, prepared and submitted there; if it is too large for the engine, in
 * parts, of which one that works in order gets as many at a time as it has
 * descriptors for.  A child may get there before its parent is
 * complete, see train.c.  A channel without a free descriptor parks it
 * until another operation on that channel has ended.
 *
 * Of the engine's descriptor nothing is kept after it has been submitted.  The
 * report may come from any context and with any lock of the driver held: then it
 * only notes the result.  A driver that promises better (callback_unlocked in
 * struct dma_device) saves its operations that detour.
 *
 * Whatever goes wrong (no mapping, no descriptor, an error, a stall, a channel
 * that leaves) has one outcome: the operation runs on the CPU, from the
 * beginning.  A channel that fails operations is left alone for a while, each
 * time twice as long.
 *
 * The one exception is an engine that hangs and cannot be stopped: its buffers
 * are not ours to touch.  It gets no more work, and what it has stays with it
 * until it is removed.  If its driver says that it does know how to stop the
 * engine and fails, the clients are told, see async_tx_lose(); if the driver
 * does not say so, they wait, as they would on such hardware without us.
 */
#include <linux/cleanup.h>
#include <linux/dma-mapping.h>
#include <linux/dma_offload.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/xarray.h>

#include "trace.h"

#define ASYNC_TX_BACKOFF	(HZ / 100 + 1)
#define ASYNC_TX_MAX_BACKOFF	12

/* A channel that leaves is given this long to end what it has. */
#define ASYNC_TX_DRAIN		HZ
/* ... and one that cannot be told to stop, this long. */
#define ASYNC_TX_DRAIN_LONG	(10 * HZ)

/* A channel that has stalled is given this long to stop. */
#define ASYNC_TX_STOP		(5 * HZ)

static unsigned int stall_ms = 1000;
module_param(stall_ms, uint, 0644);
MODULE_PARM_DESC(stall_ms, "time without progress after which a channel is stopped (default 1000)");

bool async_tx_active __read_mostly;
EXPORT_SYMBOL_GPL(async_tx_active);

/* There are none any more, or yet; what they had may still be under way. */
bool async_tx_no_chans __read_mostly = true;

static void async_tx_calm(struct work_struct *work);
static DECLARE_DELAYED_WORK(calm_work, async_tx_calm);

/* Protects the lists of channels and engines against changes. */
static DEFINE_MUTEX(chans_lock);
static LIST_HEAD(chans);
static LIST_HEAD(engines);
static DEFINE_XARRAY_ALLOC1(chan_ids);

/* --- counting --- */

/* Operations whose chain was on another channel before */
static DEFINE_PER_CPU(unsigned long, crossings);

static void async_tx_count_done(const struct async_tx_op *op,
				const struct async_tx_chan *achan)
{
	struct async_tx_count __percpu *counts = achan->engine->counts;
	int id = op->kind->id;

	this_cpu_inc(counts[id].executed);
	this_cpu_add(counts[id].bytes, (u64)op->len * op->blocks);
}

static void async_tx_count_failed(const struct async_tx_op *op,
				  const struct async_tx_chan *achan)
{
	this_cpu_inc(achan->engine->counts[op->kind->id].failed);
}

/**
 * async_tx_crossings - how often a chain was continued on another channel
 *
 * Return: the number since it was last set to 0.
 */
unsigned long async_tx_crossings(void)
{
	unsigned long sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(*per_cpu_ptr(&crossings, cpu));
	return sum;
}

/**
 * async_tx_reset_crossings - count them anew
 */
void async_tx_reset_crossings(void)
{
	async_tx_zero(&crossings, sizeof(crossings));
}

/**
 * async_tx_chan_for_each - call a function for each channel
 * @fn: the function
 * @arg: passed to it
 *
 * Context: process.
 */
void async_tx_chan_for_each(void (*fn)(struct async_tx_chan *achan, void *arg),
			    void *arg)
{
	struct async_tx_chan *achan;

	guard(mutex)(&chans_lock);
	list_for_each_entry(achan, &chans, node)
		fn(achan, arg);
}

/**
 * async_tx_engine_for_each - call a function for each engine there was
 * @fn: the function
 * @arg: passed to it
 *
 * Context: process.
 */
void async_tx_engine_for_each(void (*fn)(struct async_tx_engine *engine,
					 void *arg), void *arg)
{
	struct async_tx_engine *engine;

	guard(mutex)(&chans_lock);
	list_for_each_entry(engine, &engines, node)
		fn(engine, arg);
}

/* --- issuing --- */

/**
 * async_tx_issue - issue what a CPU has submitted and not issued
 * @cpu: the CPU
 *
 * Context: any but hard interrupt.
 */
void async_tx_issue(struct async_tx_cpu *cpu)
{
	struct async_tx_chan *achan;

	if (!READ_ONCE(cpu->unissued))
		return;
	rcu_read_lock();
	achan = xchg(&cpu->unissued, NULL);
	if (achan)
		dma_async_issue_pending(achan->chan);
	rcu_read_unlock();
}

/*
 * A CPU holds back the doorbell of one channel at a time.  Context: BHs
 * disabled.
 */
static void async_tx_hold_back(struct async_tx_chan *achan)
{
	struct async_tx_cpu *cpu = this_cpu_ptr(&async_tx_cpus);
	struct async_tx_chan *old;

	if (READ_ONCE(cpu->unissued) == achan)
		return;
	rcu_read_lock();
	old = xchg(&cpu->unissued, achan);
	if (old && old != achan)
		dma_async_issue_pending(old->chan);
	rcu_read_unlock();
}

static void async_tx_issue_this_cpu(void)
{
	async_tx_issue(raw_cpu_ptr(&async_tx_cpus));
}

/* For dma_issue_pending_all(): its caller may have submitted on another CPU. */
static void async_tx_issue_all(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		async_tx_issue(per_cpu_ptr(&async_tx_cpus, cpu));
}

/* --- choosing --- */

static bool async_tx_quarantined(const struct async_tx_chan *achan)
{
	return READ_ONCE(achan->failures) &&
	       time_before(jiffies, READ_ONCE(achan->retry_at));
}

/* Whether a channel is one for an operation; or why it is not. */
static __always_inline bool async_tx_suits(const struct async_tx_chan *achan,
					   struct async_tx_op *op)
{
	const struct async_tx_gain *gain = &achan->engine->gains[op->kind->id];
	struct dma_device *dma = achan->chan->device;
	enum async_tx_why why = ASYNC_TX_OFFLOADED;

	if (!dma_has_cap(op->kind->cap, dma->cap_mask))
		why = ASYNC_TX_NO_CHANNEL;
	else if (!op->kind->fits(op, dma))
		why = ASYNC_TX_UNFIT;
	else if (op->len < READ_ONCE(gain->from))
		why = ASYNC_TX_CHEAP;
	else if (READ_ONCE(achan->nr_inflight) >= READ_ONCE(gain->depth))
		why = ASYNC_TX_BUSY;
	else if (READ_ONCE(achan->leaving))
		why = ASYNC_TX_LEAVING;
	else if (READ_ONCE(achan->closed) || async_tx_quarantined(achan))
		why = ASYNC_TX_QUARANTINED;
	if (likely(!why))
		return true;

	op->why = max_t(u8, op->why, why);
	return false;
}

static struct async_tx_chan *async_tx_by_table(const struct async_tx_op *op)
{
	void *priv;

	return dma_offload_find_channel(op->kind->cap, &priv) ? priv : NULL;
}

/* The first choice was not suitable: another channel that is. */
static noinline struct async_tx_chan *
async_tx_search(struct async_tx_op *op, struct async_tx_chan *first, enum async_tx_choice *how)
{
	struct async_tx_chan *achan;
	void *priv;

	/* Then no channel there is can do it. */
	if (!dma_offload_find_channel(op->kind->cap, &priv))
		return NULL;
	if (*how == ASYNC_TX_BY_PARENT) {
		*how = ASYNC_TX_BY_TABLE;
		achan = priv;
		if (achan && async_tx_suits(achan, op))
			return achan;
	}

	*how = ASYNC_TX_BY_SEARCH;
	list_for_each_entry_rcu(achan, &chans, node)
		if (achan != first && async_tx_suits(achan, op))
			return achan;
	return NULL;
}

static bool async_tx_in_order(const struct async_tx_chan *achan)
{
	return !dma_has_cap(DMA_COMPLETION_NO_ORDER, achan->chan->device->cap_mask);
}

/* Choose a channel for an operation, as op->achan. */
static bool async_tx_choose(struct async_tx_op *op, enum async_tx_choice *how)
{
	struct async_tx_chan *achan;

	guard(rcu)();

	op->why = ASYNC_TX_NO_CHANNEL;
	*how = op->hint ? ASYNC_TX_BY_PARENT : ASYNC_TX_BY_TABLE;
	achan = op->hint ? xa_load(&chan_ids, op->hint) : async_tx_by_table(op);
	if (unlikely(!achan || !async_tx_suits(achan, op)))
		achan = async_tx_search(op, achan, how);
	WRITE_ONCE(op->achan, achan);
	return achan;
}

/* --- running --- */

/*
 * Whether what the report of an operation leads to may be done at once.  Not if
 * that is its next part: the descriptor of this one is free only after the
 * callback, and it may be the only one that it will get.
 */
static bool async_tx_may_finish(const struct async_tx_op *op)
{
	return op->achan->unlocked && !op->next && !this_cpu_read(async_tx_depth);
}

static enum dmaengine_tx_result async_tx_trans(const struct dmaengine_result *result)
{
	return result ? result->result : DMA_TRANS_NOERROR;
}

/* The engine has called back for the last, or only, part that it has. */
static __always_inline void async_tx_called_back(struct async_tx_op *op)
{
	if (!async_tx_move_state(op, ASYNC_TX_DISPATCHED, ASYNC_TX_REPORTED)) {
		/* Who is submitting it, maybe this very CPU, will see to it. */
		if (async_tx_move_state(op, ASYNC_TX_ENTERING, ASYNC_TX_REPORTED))
			return;
		if (!async_tx_move_state(op, ASYNC_TX_DISPATCHED, ASYNC_TX_REPORTED)) {
			/* It was given up for lost: it stays so until the engine leaves. */
			WARN_ON_ONCE(READ_ONCE(op->state) != ASYNC_TX_LOST);
			return;
		}
	}
	if (!async_tx_may_finish(op)) {
		async_tx_queue_todo(op);
		return;
	}
	async_tx_engine_report(op);
	/* What a callback has submitted. */
	async_tx_issue_this_cpu();
}

static void async_tx_engine_result(void *param, const struct dmaengine_result *result)
{
	struct async_tx_op *op = param;

	op->trans = async_tx_trans(result);
	async_tx_called_back(op);
}

/* For engines that do not know of callbacks with a result. */
static void async_tx_engine_done(void *param)
{
	async_tx_engine_result(param, NULL);
}

/* The same for one of several parts: the first that fails says how. */
static void async_tx_part_result(void *param, const struct dmaengine_result *result)
{
	struct async_tx_op *op = param;

	if (op->trans == DMA_TRANS_NOERROR)
		op->trans = async_tx_trans(result);
	if (atomic_dec_and_test(&op->parts))
		async_tx_called_back(op);
}

static void async_tx_part_done(void *param)
{
	async_tx_part_result(param, NULL);
}

/*
 * Something has left the channel: one of those parked there may have its place.
 * If nothing else is there that will leave, all of them go on, wherever that is.
 */
static noinline void async_tx_unpark(struct async_tx_chan *achan)
{
	struct async_tx_op *op, *next;

	lockdep_assert_held(&achan->lock);

	list_for_each_entry_safe(op, next, &achan->parked, node) {
		list_del(&op->node);
		async_tx_set_state(op, ASYNC_TX_READY);
		async_tx_queue_todo(op);
		if (!list_empty(&achan->inflight))
			break;
	}
}

/* A channel that cannot be told to stop is used again when it has ended all it had. */
static noinline void async_tx_reopen(struct async_tx_chan *achan)
{
	lockdep_assert_held(&achan->lock);

	if (!achan->dead || achan->chan->device->device_stop || achan->leaving ||
	    !list_empty(&achan->inflight))
		return;
	achan->dead = false;
	achan->stopping = false;
	achan->closed = false;
}

static __always_inline void async_tx_advance(struct async_tx_chan *achan)
{
	lockdep_assert_held(&achan->lock);

	achan->progress = jiffies;
	if (unlikely(!list_empty(&achan->parked)))
		async_tx_unpark(achan);
	if (unlikely(achan->dead))
		async_tx_reopen(achan);
}

/* Somebody uses a channel no more. */
static __always_inline void async_tx_put(struct async_tx_chan *achan)
{
	if (refcount_dec_and_test(&achan->users))
		complete(&achan->idle);
}

/* The engine did not take the operation. */
static void async_tx_leave(struct async_tx_chan *achan, struct async_tx_op *op)
{
	spin_lock(&achan->lock);
	list_del_init(&op->inflight);
	achan->nr_inflight--;
	/* Its place is free; the engine has done nothing. */
	if (!list_empty(&achan->parked))
		async_tx_unpark(achan);
	spin_unlock(&achan->lock);
}

/*
 * The engine is through with the operation.  @landed gets it, and who was
 * queued ahead with it, if it is through with all of them.  True if that is nobody
 * but itself; @landed is as it was then.
 */
static bool async_tx_land(struct async_tx_op *op, struct list_head *landed)
{
	struct async_tx_chan *achan = op->achan;
	bool lost, alone;

	spin_lock(&achan->lock);
	lost = op->stranded;
	alone = !lost && list_empty(&op->train);
	if (list_empty(&op->inflight))
		list_add(&op->inflight, &achan->inflight);
	else
		achan->nr_inflight--;
	if (likely(alone)) {
		async_tx_set_state(op, ASYNC_TX_LANDED);
		list_del_init(&op->inflight);
	} else if (!lost) {
		async_tx_train_land(op, landed);
	}
	async_tx_advance(achan);
	spin_unlock(&achan->lock);

	if (unlikely(lost))
		async_tx_lose(op);
	return alone;
}

static __always_inline void async_tx_give_back(struct async_tx_op *op)
{
	struct async_tx_chan *achan = op->achan;

	if (op->mapped)
		async_tx_unmap(op, achan->dev, false);
	WRITE_ONCE(op->achan, NULL);
	async_tx_put(achan);
}

/*
 * The channel has no descriptor.  True if the operation is parked there, or
 * about to be tried again.
 */
static bool async_tx_park(struct async_tx_op *op)
{
	struct async_tx_chan *achan = op->achan;
	bool parked;

	async_tx_unmap(op, achan->dev, false);

	spin_lock(&achan->lock);
	list_del_init(&op->inflight);
	achan->nr_inflight--;
	parked = !achan->closed && list_empty(&op->train) &&
		 !list_empty(&achan->inflight);
	if (parked) {
		WRITE_ONCE(op->achan, NULL);
		async_tx_set_state(op, ASYNC_TX_PARKED);
		list_add_tail(&op->node, &achan->parked);
	} else {
		/* Its place is free. */
		async_tx_unpark(achan);
	}
	spin_unlock(&achan->lock);

	if (parked)
		async_tx_put(achan);
	else
		op->why = ASYNC_TX_NO_DESCRIPTOR;
	return parked;
}

static noinline void async_tx_begin_watch(struct async_tx_chan *achan)
{
	unsigned int limit = READ_ONCE(stall_ms);

	lockdep_assert_held(&achan->lock);

	if (!limit)
		return;
	achan->watched = true;
	achan->progress = jiffies;
	mod_timer(&achan->watch, jiffies + msecs_to_jiffies(limit) + 1);
}

/*
 * Put an operation on the list of what the channel has, before it has it: its
 * report may come at once.  It is a user of the channel then.  False if the channel
 * takes nothing.
 */
static __always_inline bool async_tx_enter(struct async_tx_chan *achan, struct async_tx_op *op)
{
	bool open;

	spin_lock(&achan->lock);
	open = !achan->closed;
	if (likely(open)) {
		refcount_inc(&achan->users);
		atomic_inc(&achan->entering);
		op->dispatched = jiffies;
		list_add_tail(&op->inflight, &achan->inflight);
		achan->nr_inflight++;
		async_tx_set_state(op, ASYNC_TX_ENTERING);
		if (unlikely(!achan->watched))
			async_tx_begin_watch(achan);
	}
	spin_unlock(&achan->lock);
	return open;
}

/* The same for the next part of an operation that is on the list. */
static bool async_tx_enter_next(struct async_tx_chan *achan, struct async_tx_op *op)
{
	guard(spinlock)(&achan->lock);

	async_tx_advance(achan);
	if (achan->closed)
		return false;
	atomic_inc(&achan->entering);
	op->dispatched = jiffies;
	list_move_tail(&op->inflight, &achan->inflight);
	async_tx_set_state(op, ASYNC_TX_ENTERING);
	/* It may have been stopped, and watched no more, since the last part. */
	if (unlikely(!achan->watched))
		async_tx_begin_watch(achan);
	return true;
}

/* What async_tx_enter() has put on the list the channel has, or nobody has. */
static void async_tx_entered(struct async_tx_chan *achan)
{
	/* Pairs with async_tx_stop(). */
	atomic_fetch_sub_release(1, &achan->entering);
}

static void async_tx_quarantine(struct async_tx_chan *achan)
{
	unsigned int n = min(READ_ONCE(achan->failures), ASYNC_TX_MAX_BACKOFF);

	WRITE_ONCE(achan->retry_at, jiffies + (ASYNC_TX_BACKOFF << n));
	WRITE_ONCE(achan->failures, n + 1);
	trace_async_tx_quarantine(achan->chan, n + 1,
				  jiffies_to_msecs(ASYNC_TX_BACKOFF << n));
	pr_warn_ratelimited("async_tx: %s failed an operation, now on the CPU\n",
			    dma_chan_name(achan->chan));
}

static __always_inline void async_tx_success(struct async_tx_op *op)
{
	struct async_tx_chan *achan = op->achan;

	/* What it had when it failed says nothing. */
	if (READ_ONCE(achan->failures) &&
	    time_after_eq(op->dispatched, READ_ONCE(achan->retry_at)))
		WRITE_ONCE(achan->failures, 0);
	async_tx_count_done(op, achan);
	async_tx_give_back(op);
	async_tx_finish(op);
}

static void async_tx_failure(struct async_tx_op *op)
{
	struct async_tx_chan *achan = op->achan;

	if (op->why == ASYNC_TX_OFFLOADED)
		op->why = op->trans == DMA_TRANS_ABORTED ? ASYNC_TX_ABORTED :
							   ASYNC_TX_FAILED;
	if (op->why == ASYNC_TX_FAILED)
		async_tx_quarantine(achan);
	op->failed = op->why >= ASYNC_TX_FAILED;
	if (op->failed)
		async_tx_count_failed(op, achan);
	async_tx_give_back(op);
	async_tx_queue_work(op);
}

/* The engine is through with an operation that is in no train. */
static void async_tx_arrive_alone(struct async_tx_op *op)
{
	bool good = op->trans == DMA_TRANS_NOERROR;

	async_tx_unmap(op, op->achan->dev, good);
	if (good)
		async_tx_success(op);
	else
		async_tx_failure(op);
}

/*
 * The engine is through with a train.  Its members complete, in their order, up
 * to the first that has failed.
 */
static void async_tx_arrive(struct list_head *landed)
{
	struct async_tx_op *op, *next, *prev;
	bool good = true;

	/* Before the first completes, nothing is mapped that another can write. */
	list_for_each_entry(op, landed, inflight) {
		good &= op->trans == DMA_TRANS_NOERROR;
		async_tx_unmap(op, op->achan->dev, good);
	}

	list_for_each_entry_safe(op, next, landed, inflight) {
		if (op->trans != DMA_TRANS_NOERROR)
			break;
		list_del_init(&op->inflight);
		async_tx_success(op);
	}

	/* Those behind it have run on what it did not write. */
	list_for_each_entry_safe_reverse(op, prev, landed, inflight) {
		list_del_init(&op->inflight);
		if (list_empty(landed)) {
			async_tx_failure(op);
			break;
		}
		async_tx_give_back(op);
		/* Who waits holds nothing. */
		async_tx_ranges_put(op);
		async_tx_wait_for_parent(op, prev);
	}
}

/*
 * Queue an operation ahead of the end of its parent, as far as to board its
 * train.  False if it has to wait for the parent.
 */
static bool async_tx_board(struct async_tx_op *op, struct async_tx_op *parent,
			   bool mine)
{
	struct async_tx_chan *achan = READ_ONCE(parent->achan);

	if (!achan || parent->tx.callback || op->error ||
	    op->kind->cap == DMA_TX_TYPE_END ||
	    !async_tx_in_order(achan) || !async_tx_suits(achan, op))
		return false;

	WRITE_ONCE(op->achan, achan);
	/* Until it is in flight, the channel is not given up. */
	atomic_inc(&achan->entering);
	if (async_tx_train_board(op, parent, mine))
		return true;
	async_tx_entered(achan);
	WRITE_ONCE(op->achan, NULL);
	return false;
}

/* Who waits for an operation that is being submitted, and can follow it. */
static __always_inline struct async_tx_op *async_tx_next_aboard(struct async_tx_op *op)
{
	struct async_tx_op *child;

	if (likely(list_empty(&op->waiters)) || op->next)
		return NULL;
	child = async_tx_call_child(op);
	if (!child || async_tx_board(child, op, true))
		return child;
	async_tx_wait_for_parent(child, op);
	return NULL;
}

/* Submit a descriptor of an operation.  False if the engine does not take it. */
static __always_inline bool async_tx_hand_over(struct async_tx_op *op,
					       struct dma_async_tx_descriptor *desc,
					       dma_async_tx_callback done,
					       dma_async_tx_callback_result result)
{
	desc->callback = done;
	desc->callback_result = result;
	desc->callback_param = op;
	desc->unmap = NULL;
	txd_clear_parent(desc);
	txd_clear_next(desc);
	return !dma_submit_error(dmaengine_submit(desc));
}

/*
 * Submit several parts of an operation, the first of which is @desc, as far as there are
 * descriptors.  What is left is given when these have been reported; they are not before
 * the caller has given up its share of op->parts.  False if the engine takes none.
 */
static noinline bool async_tx_give_parts(struct async_tx_op *op,
					 struct dma_async_tx_descriptor *desc,
					 unsigned long flags)
{
	struct dma_chan *chan = op->achan->chan;
	unsigned int last = op->step, begin = op->step, given = 0;

	op->trans = DMA_TRANS_NOERROR;
	atomic_set(&op->parts, 1);
	while (desc) {
		atomic_inc(&op->parts);
		if (!async_tx_hand_over(op, desc, async_tx_part_done, async_tx_part_result)) {
			atomic_dec(&op->parts);
			break;
		}
		given++;
		last = op->step;
		begin = op->next;
		if (!begin)
			return true;
		op->step = begin;
		desc = op->kind->prepare(op, chan, flags);
	}
	op->step = last;
	op->next = begin;
	return given;
}

/*
 * Give the part of an operation that begins at op->step to its channel, which it has
 * entered.  @next is who has boarded behind it.
 */
static __always_inline bool async_tx_engine_give(struct async_tx_op *op,
						 struct async_tx_op **next)
{
	unsigned long flags = DMA_PREP_INTERRUPT | DMA_CTRL_ACK;
	struct async_tx_chan *achan = op->achan;
	struct dma_async_tx_descriptor *desc;
	bool several, given, parked;

	/* Somebody may follow, and read what this one writes. */
	if (!op->tx.callback)
		flags |= DMA_PREP_FENCE;

	desc = op->kind->prepare(op, achan->chan, flags);
	if (!desc) {
		parked = async_tx_park(op);
		async_tx_entered(achan);
		return parked;
	}

	several = op->next && async_tx_in_order(achan);
	if (likely(!several))
		given = async_tx_hand_over(op, desc, async_tx_engine_done, async_tx_engine_result);
	else
		given = async_tx_give_parts(op, desc, flags);
	if (!given) {
		op->why = ASYNC_TX_NO_DESCRIPTOR;
		async_tx_leave(achan, op);
		async_tx_entered(achan);
		return false;
	}
	*next = async_tx_next_aboard(op);
	/* It is the engine's, unless that has already reported it. */
	if (unlikely(several && atomic_dec_and_test(&op->parts)))
		async_tx_move_state(op, ASYNC_TX_ENTERING, ASYNC_TX_REPORTED);
	if (!async_tx_move_state(op, ASYNC_TX_ENTERING, ASYNC_TX_DISPATCHED))
		async_tx_queue_todo(op);
	/* Until it is entered, the channel stays. */
	async_tx_hold_back(achan);
	async_tx_entered(achan);
	return true;
}

/*
 * Give an operation to its channel, from its beginning.  @how that was chosen;
 * @next as for async_tx_engine_give().
 */
static __always_inline bool async_tx_engine_begin(struct async_tx_op *op,
						  enum async_tx_choice how,
						  struct async_tx_op **next)
{
	struct async_tx_chan *achan = op->achan;
	bool mapped;

	*next = NULL;
	if (this_cpu_read(async_tx_cpus.no_engine) || !async_tx_enter(achan, op)) {
		op->why = ASYNC_TX_LEAVING;
		WRITE_ONCE(op->achan, NULL);
		return false;
	}

	op->why = ASYNC_TX_OFFLOADED;
	if (op->hint && op->hint != achan->id)
		this_cpu_inc(crossings);
	op->hint = achan->id;
	op->step = 0;
	trace_async_tx_dispatched(op, achan->chan, how);
	mapped = async_tx_map(op, achan->dev);
	trace_async_tx_mapped(op, achan->chan, mapped);
	if (likely(mapped && async_tx_engine_give(op, next)))
		return true;

	if (!mapped) {
		op->why = ASYNC_TX_NO_MAPPING;
		async_tx_leave(achan, op);
		async_tx_entered(achan);
	}
	async_tx_give_back(op);
	return false;
}

/* Get a member of a train in flight.  Returns who has boarded behind it. */
static struct async_tx_op *async_tx_ride(struct async_tx_op *op)
{
	struct async_tx_chan *achan = op->achan;
	struct async_tx_op *next;
	LIST_HEAD(landed);

	if (!async_tx_ranges_try(op) &&
	    async_tx_engine_begin(op, ASYNC_TX_AHEAD, &next)) {
		async_tx_entered(achan);
		async_tx_put(achan);
		return next;
	}

	/* It may have been about to share a mapping. */
	async_tx_forget_bufs(op);
	async_tx_ranges_put(op);
	WRITE_ONCE(op->achan, NULL);
	/* With this one aboard, its parent does not end. */
	async_tx_wait_for_parent(op, list_prev_entry(op, train));
	async_tx_train_quit(op, achan, &landed);
	/* Who has landed and waited for this one has left with it. */
	spin_lock(&achan->lock);
	async_tx_unpark(achan);
	spin_unlock(&achan->lock);
	async_tx_entered(achan);
	async_tx_put(achan);
	if (!list_empty(&landed))
		async_tx_arrive(&landed);
	return NULL;
}

/* The same for who has boarded behind that one, and so on; NULL is nobody. */
static void async_tx_ride_all(struct async_tx_op *op)
{
	while (op)
		op = async_tx_ride(op);
}

/**
 * async_tx_follow - give an operation to the engine that has its parent
 * @op: nobody else has it
 * @parent: cannot be released meanwhile
 *
 * Context: BHs disabled, which is a section of RCU, too.
 * Return: false if it has to wait for @parent.  If true, somebody else has it.
 */
bool async_tx_follow(struct async_tx_op *op, struct async_tx_op *parent)
{
	if (READ_ONCE(parent->state) != ASYNC_TX_DISPATCHED ||
	    !async_tx_board(op, parent, false))
		return false;
	async_tx_ride_all(op);
	return true;
}

/**
 * async_tx_dispatch - give an operation to an engine
 * @op: its ranges are held
 *
 * Context: BHs disabled, which is a section of RCU, too.
 * Return: true if an engine has it, or it is parked.  False if it is for the
 * CPU.
 */
bool async_tx_dispatch(struct async_tx_op *op)
{
	struct async_tx_op *next;
	enum async_tx_choice how;

	if (op->failed || op->kind->cap == DMA_TX_TYPE_END)
		return false;
	if (!async_tx_choose(op, &how))
		return false;

	if (!async_tx_engine_begin(op, how, &next))
		return false;
	async_tx_ride_all(next);
	return true;
}

/* Give the next part of an operation to its channel. */
static noinline bool async_tx_engine_go_on(struct async_tx_op *op)
{
	struct async_tx_op *next = NULL;

	op->step = op->next;
	if (this_cpu_read(async_tx_cpus.no_engine) || !async_tx_enter_next(op->achan, op)) {
		op->why = ASYNC_TX_LEAVING;
		return false;
	}
	if (!async_tx_engine_give(op, &next))
		return false;
	async_tx_ride_all(next);
	return true;
}

/**
 * async_tx_engine_report - deal with an operation that an engine has reported
 * @op: nobody else has it
 *
 * Context: BHs disabled.
 */
void async_tx_engine_report(struct async_tx_op *op)
{
	LIST_HEAD(landed);

	trace_async_tx_reported(op, op->achan->chan, op->trans);
	if (op->trans == DMA_TRANS_NOERROR && op->next) {
		if (async_tx_engine_go_on(op))
			return;
		/* It says why. */
		op->trans = DMA_TRANS_ABORTED;
	}
	if (likely(async_tx_land(op, &landed)))
		async_tx_arrive_alone(op);
	else if (!list_empty(&landed))
		async_tx_arrive(&landed);
}

static enum dma_status async_tx_poll_chan(struct async_tx_chan *achan)
{
	struct dma_chan *chan = achan->chan;

	dma_async_issue_pending(chan);
	return dmaengine_tx_status(chan, READ_ONCE(chan->cookie), NULL);
}

static void async_tx_watch(struct timer_list *timer);

/* Let a channel get on, and look for a stall if that is due. */
static void async_tx_prod(struct async_tx_chan *achan)
{
	if (!refcount_inc_not_zero(&achan->users))
		return;
	async_tx_poll_chan(achan);
	/* It may be for the caller that timers do not come through. */
	if (time_after(jiffies, READ_ONCE(achan->watch.expires)) &&
	    timer_delete(&achan->watch))
		async_tx_watch(&achan->watch);
	async_tx_put(achan);
}

/**
 * async_tx_engine_poll - ask the engine that has an operation to get on with it
 * @op: memory of an operation
 *
 * A parked operation has no channel of its own: all are asked then.
 *
 * Context: BHs disabled, under RCU.
 */
void async_tx_engine_poll(struct async_tx_op *op)
{
	struct async_tx_chan *achan = READ_ONCE(op->achan);

	if (achan) {
		async_tx_prod(achan);
		return;
	}
	if (READ_ONCE(op->state) != ASYNC_TX_PARKED)
		return;
	list_for_each_entry_rcu(achan, &chans, node)
		if (!list_empty(&achan->parked))
			async_tx_prod(achan);
}

/* --- stopping channels --- */

/* Take away from a channel that has been stopped what it has not completed. */
static void async_tx_abort(struct async_tx_chan *achan, enum async_tx_why why)
{
	struct async_tx_op *op, *next;

	spin_lock_bh(&achan->lock);
	list_for_each_entry_safe(op, next, &achan->inflight, inflight) {
		if (!async_tx_move_state(op, ASYNC_TX_DISPATCHED, ASYNC_TX_REPORTED))
			continue;
		op->trans = DMA_TRANS_ABORTED;
		op->why = why;
		async_tx_queue_todo(op);
	}
	spin_unlock_bh(&achan->lock);
}

/* Give a channel nothing more.  What is entering already may still do so. */
static void async_tx_close(struct async_tx_chan *achan, bool leaving)
{
	spin_lock_bh(&achan->lock);
	achan->closed = true;
	achan->leaving |= leaving;
	while (!list_empty(&achan->parked))
		async_tx_unpark(achan);
	spin_unlock_bh(&achan->lock);
}

/* The operations that are lost with a channel, or found again without it. */
static void async_tx_each_lost(struct async_tx_chan *achan,
			       bool (*take)(struct async_tx_op *op),
			       void (*fn)(struct async_tx_op *op))
{
	struct async_tx_op *op, *next;
	LIST_HEAD(ops);

	spin_lock_bh(&achan->lock);
	list_for_each_entry_safe(op, next, &achan->inflight, inflight)
		if (take(op))
			list_move_tail(&op->inflight, &ops);
	spin_unlock_bh(&achan->lock);

	list_for_each_entry_safe(op, next, &ops, inflight) {
		spin_lock_bh(&achan->lock);
		list_move_tail(&op->inflight, &achan->inflight);
		spin_unlock_bh(&achan->lock);
		local_bh_disable();
		fn(op);
		local_bh_enable();
	}
}

/* What the engine has, or has done before something that it still has. */
static bool async_tx_take_hanging(struct async_tx_op *op)
{
	async_tx_train_strand(op);
	return async_tx_move_state(op, ASYNC_TX_DISPATCHED, ASYNC_TX_REPORTED) ||
	       async_tx_move_state(op, ASYNC_TX_LANDED, ASYNC_TX_REPORTED);
}

static bool async_tx_take_lost(struct async_tx_op *op)
{
	/* Pairs with async_tx_lose(): nobody is at it any more. */
	return smp_load_acquire(&op->told);
}

/* An engine that does not stop is left with what it has. */
static void async_tx_give_up(struct async_tx_chan *achan, int err)
{
	struct dma_chan *chan = achan->chan;

	spin_lock_bh(&achan->lock);
	achan->dead = true;
	achan->watched = false;
	/* It may have ended it meanwhile. */
	async_tx_reopen(achan);
	spin_unlock_bh(&achan->lock);
	if (err == -EOPNOTSUPP) {
		dev_err(chan->device->dev, "async_tx: %s cannot be told to stop, it keeps what it has\n",
			dma_chan_name(chan));
		return;
	}
	dev_err(chan->device->dev, "async_tx: %s does not stop (%d), what it has is lost\n",
		dma_chan_name(chan), err);
	async_tx_each_lost(achan, async_tx_take_hanging, async_tx_lose);
}

/* Stop a channel, a step each time.  True if that is over, well or not. */
static bool async_tx_stop(struct async_tx_chan *achan)
{
	struct dma_chan *chan = achan->chan;
	int err = -EOPNOTSUPP;

	/* Pairs with async_tx_entered(): their descriptors are submitted. */
	if (atomic_read_acquire(&achan->entering))
		return false;
	if (chan->device->device_stop)
		err = chan->device->device_stop(chan);
	if (err == -EINPROGRESS) {
		if (time_before(jiffies, achan->stop_since + ASYNC_TX_STOP))
			return false;
		err = -ETIMEDOUT;
	}
	if (err) {
		async_tx_give_up(achan, err);
		return true;
	}

	async_tx_abort(achan, ASYNC_TX_STALLED);
	spin_lock_bh(&achan->lock);
	achan->stopping = false;
	achan->watched = false;
	achan->closed = achan->leaving;
	spin_unlock_bh(&achan->lock);
	return true;
}

/* The oldest operation that the engine has. */
static struct async_tx_op *async_tx_first_out(struct async_tx_chan *achan)
{
	struct async_tx_op *op;

	lockdep_assert_held(&achan->lock);

	list_for_each_entry(op, &achan->inflight, inflight)
		if (READ_ONCE(op->state) == ASYNC_TX_DISPATCHED)
			return op;
	return NULL;
}

/* No CPU holds back the doorbell of a channel any more.  True if one has. */
static bool async_tx_take_back(struct async_tx_chan *achan)
{
	bool held = false;
	int i;

	for_each_possible_cpu(i)
		held |= cmpxchg(&per_cpu_ptr(&async_tx_cpus, i)->unissued, achan,
				NULL) == achan;
	return held;
}

/*
 * Has a channel that has work done any of it lately?  Returns when to look
 * again, in jiffies; 0 if there is no need to, -1 if it has stalled.
 */
static long async_tx_look(struct async_tx_chan *achan)
{
	unsigned long limit = msecs_to_jiffies(max(READ_ONCE(stall_ms), 1U)) + 1;
	/* What its client has not issued it cannot have done. */
	bool held = async_tx_take_back(achan);
	enum dma_status status = async_tx_poll_chan(achan);
	struct async_tx_op *first;
	unsigned long since;
	long left;

	guard(spinlock)(&achan->lock);

	if (list_empty(&achan->inflight)) {
		achan->watched = false;
		return 0;
	}
	first = async_tx_first_out(achan);
	if (held || status == DMA_PAUSED || !first)
		achan->progress = jiffies;
	since = achan->progress;
	if (first && time_after(first->dispatched, since))
		since = first->dispatched;
	left = since + limit - jiffies;
	return left > 0 ? left : -1;
}

/*
 * A timer, as whoever waits for the channel may do so without sleeping, on all
 * CPUs there are: nothing less would come through.
 */
static void async_tx_watch(struct timer_list *timer)
{
	struct async_tx_chan *achan = from_timer(achan, timer, watch);
	long delay = 1;

	if (!achan->stopping) {
		delay = async_tx_look(achan);
		if (!delay)
			return;
	}
	if (delay < 0) {
		dev_err(achan->chan->device->dev, "async_tx: %s makes no progress\n",
			dma_chan_name(achan->chan));
		async_tx_quarantine(achan);
		async_tx_close(achan, false);
		achan->stopping = true;
		achan->stop_since = jiffies;
		delay = 1;
	}
	if (!achan->stopping || !async_tx_stop(achan))
		mod_timer(&achan->watch, jiffies + delay);
}

/* --- channels come and go --- */

static struct async_tx_engine *async_tx_engine_get(struct device *dev)
{
	struct async_tx_engine *engine;

	lockdep_assert_held(&chans_lock);

	list_for_each_entry(engine, &engines, node) {
		if (!strncmp(engine->name, dev_name(dev), sizeof(engine->name) - 1))
			return engine;
	}

	engine = kzalloc(sizeof(*engine), GFP_KERNEL);
	if (!engine)
		return NULL;
	engine->counts = __alloc_percpu(ASYNC_TX_MAX_KINDS * sizeof(*engine->counts),
					__alignof__(*engine->counts));
	if (!engine->counts) {
		kfree(engine);
		return NULL;
	}
	strscpy(engine->name, dev_name(dev), sizeof(engine->name));
	list_add_tail(&engine->node, &engines);
	return engine;
}

/* An engine has come, maybe another one of a name that is known. */
static void async_tx_gain_reset(struct async_tx_engine *engine)
{
	int i;

	for (i = 0; i < ASYNC_TX_MAX_KINDS; i++)
		engine->gains[i] = (struct async_tx_gain) { .depth = UINT_MAX };
}

static int async_tx_chan_added(struct dma_chan *chan, void **priv)
{
	struct async_tx_chan *achan;
	int err;

	achan = kzalloc(sizeof(*achan), GFP_KERNEL);
	if (!achan)
		return -ENOMEM;
	achan->chan = chan;
	achan->dev = dmaengine_get_dma_device(chan);
	achan->unlocked = chan->device->callback_unlocked;
	refcount_set(&achan->users, 1);
	init_completion(&achan->idle);
	spin_lock_init(&achan->lock);
	INIT_LIST_HEAD(&achan->inflight);
	INIT_LIST_HEAD(&achan->parked);
	timer_setup(&achan->watch, async_tx_watch, 0);

	guard(mutex)(&chans_lock);
	achan->engine = async_tx_engine_get(chan->device->dev);
	err = achan->engine ? 0 : -ENOMEM;
	if (!err)
		err = xa_alloc(&chan_ids, &achan->id, achan, xa_limit_31b, GFP_KERNEL);
	if (err) {
		kfree(achan);
		return err;
	}

	if (!achan->engine->nr_chans++)
		async_tx_gain_reset(achan->engine);
	list_add_tail_rcu(&achan->node, &chans);
	*priv = achan;
	WRITE_ONCE(async_tx_no_chans, false);
	WRITE_ONCE(async_tx_active, true);
	async_tx_gain_changed();
	return 0;
}

static bool async_tx_drain(struct async_tx_chan *achan, unsigned long timeout)
{
	unsigned long end = jiffies + timeout;

	do {
		local_bh_disable();
		async_tx_poll_chan(achan);
		local_bh_enable();
		if (wait_for_completion_timeout(&achan->idle, 1))
			return true;
	} while (time_before(jiffies, end));
	return false;
}

static void async_tx_find_again(struct async_tx_op *op)
{
	spin_lock(&op->achan->lock);
	list_del_init(&op->inflight);
	spin_unlock(&op->achan->lock);
	async_tx_give_back(op);
	async_tx_found_again(op);
}

static void async_tx_stop_chan(struct async_tx_chan *achan)
{
	struct dma_chan *chan = achan->chan;
	bool can_stop = chan->device->device_terminate_all;

	if (!achan->dead &&
	    async_tx_drain(achan, can_stop ? ASYNC_TX_DRAIN : ASYNC_TX_DRAIN_LONG))
		return;

	dev_err(chan->device->dev, "async_tx: %s leaves with operations in flight\n",
		dma_chan_name(chan));
	/* A device that is taken away stops, whether or not it is told to. */
	if (can_stop)
		dmaengine_terminate_sync(chan);
	async_tx_abort(achan, ASYNC_TX_ABORTED);
	/* Who is being lost just now will be found in the next round. */
	do {
		async_tx_each_lost(achan, async_tx_take_lost, async_tx_find_again);
	} while (!wait_for_completion_timeout(&achan->idle, 1));
}

/*
 * The last channel has left.  What it had is done again by the CPU, which may be
 * under way: until all of that has ended, who runs an operation in the caller has
 * to look for its memory.
 */
static void async_tx_calm(struct work_struct *work)
{
	guard(mutex)(&chans_lock);

	if (!list_empty(&chans))
		return;
	if (async_tx_all_ended())
		WRITE_ONCE(async_tx_active, false);
	else
		schedule_delayed_work(&calm_work, HZ / 10);
}

static void async_tx_chan_removed(struct dma_chan *chan, void *priv)
{
	struct async_tx_chan *achan = priv;

	scoped_guard(mutex, &chans_lock) {
		list_del_rcu(&achan->node);
		xa_erase(&chan_ids, achan->id);
		achan->engine->nr_chans--;
		WRITE_ONCE(async_tx_no_chans, list_empty(&chans));
	}
	async_tx_gain_changed();
	async_tx_close(achan, true);
	async_tx_put(achan);
	while (atomic_read_acquire(&achan->entering))
		schedule_timeout_uninterruptible(1);
	/* Stalls are found until then: who waits, spinning, may let nobody else run. */
	async_tx_stop_chan(achan);
	timer_shutdown_sync(&achan->watch);

	async_tx_take_back(achan);
	/* Who has read the pointer before may still be issuing. */
	synchronize_rcu();
	kfree_rcu(achan, rcu);
	if (READ_ONCE(async_tx_no_chans))
		schedule_delayed_work(&calm_work, 1);
}

static const struct dma_offload_ops async_tx_offload_ops = {
	.chan_added = async_tx_chan_added,
	.chan_removed = async_tx_chan_removed,
	.issue_pending = async_tx_issue_all,
};

/* Counts of a kind whose number another may get. */
void async_tx_engine_forget(int id)
{
	struct async_tx_engine *engine;

	guard(mutex)(&chans_lock);
	list_for_each_entry(engine, &engines, node) {
		async_tx_zero(&engine->counts[id], sizeof(*engine->counts));
		engine->gains[id] = (struct async_tx_gain) { .depth = UINT_MAX };
	}
}

/* --- what is worth it, see gain.c --- */

/**
 * async_tx_executed - how many operations of a kind an engine has executed
 * @engine: the engine
 * @kind: the kind
 *
 * Context: any.
 * Return: the number.
 */
u64 async_tx_executed(const struct async_tx_engine *engine, const struct async_tx_kind *kind)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(engine->counts, cpu)[kind->id].executed);
	return sum;
}

/**
 * async_tx_gain_next - an engine of which is not known what it is worth
 * @kind: for this kind
 * @id: gets the number of one of its channels
 *
 * It counts as known from now on.
 *
 * Context: process.
 * Return: an engine, which stays; NULL: there is none.
 */
struct async_tx_engine *async_tx_gain_next(const struct async_tx_kind *kind, u32 *id)
{
	struct async_tx_chan *achan;

	guard(mutex)(&chans_lock);
	list_for_each_entry(achan, &chans, node) {
		struct dma_device *dma = achan->chan->device;
		struct async_tx_gain *gain = &achan->engine->gains[kind->id];

		if (dma->offload_always || gain->known || !dma_has_cap(kind->cap, dma->cap_mask))
			continue;
		gain->known = true;
		*id = achan->id;
		return achan->engine;
	}
	return NULL;
}

/**
 * async_tx_gain_put - now it is known for which operations an engine pays
 * @engine: the engine
 * @kind: their kind
 * @gain: for which
 *
 * Context: process.
 */
void async_tx_gain_put(struct async_tx_engine *engine, const struct async_tx_kind *kind,
		       const struct async_tx_gain *gain)
{
	guard(mutex)(&chans_lock);
	engine->gains[kind->id] = *gain;
	engine->gains[kind->id].known = true;
}

/**
 * async_tx_gain_update - find out which operations are worth no engine there is
 * @kind: the kind, whose limit is set
 *
 * Context: process.
 */
void async_tx_gain_update(struct async_tx_kind *kind)
{
	unsigned int from = ASYNC_TX_NEVER;
	struct async_tx_chan *achan;
	bool any = false;

	guard(mutex)(&chans_lock);
	list_for_each_entry(achan, &chans, node) {
		if (!dma_has_cap(kind->cap, achan->chan->device->cap_mask))
			continue;
		any = true;
		from = min(from, achan->engine->gains[kind->id].from);
	}
	/* Of what no engine can do at all, the reason is another one. */
	WRITE_ONCE(kind->from, any ? from : 0);
}

struct async_tx_gain_wish {
	const char *engine;
	const char *kind;
	struct async_tx_gain gain;
	bool found;
};

static void async_tx_gain_wish(struct async_tx_kind *kind, void *arg)
{
	struct async_tx_gain_wish *wish = arg;
	struct async_tx_engine *engine;

	if (kind->cap == DMA_TX_TYPE_END || strcmp(kind->name, wish->kind))
		return;
	scoped_guard(mutex, &chans_lock) {
		list_for_each_entry(engine, &engines, node) {
			struct async_tx_gain *gain = &engine->gains[kind->id];

			if (strcmp(engine->name, wish->engine))
				continue;
			WRITE_ONCE(gain->from, wish->gain.from);
			WRITE_ONCE(gain->depth, wish->gain.depth);
			gain->known = true;
			wish->found = true;
		}
	}
	async_tx_gain_update(kind);
}

/**
 * async_tx_gain_set - say for which operations an engine is to be used
 * @engine: its name
 * @kind: their kind's
 * @from: bytes of the shortest; ASYNC_TX_NEVER: for none
 * @depth: most that a channel of it may have at a time, at least 1
 *
 * Holds until the engine or the kind leaves.
 *
 * Context: process.
 * Return: 0, -EINVAL, or -ENOENT if there is no such engine or kind.
 */
int async_tx_gain_set(const char *engine, const char *kind, unsigned int from,
		      unsigned int depth)
{
	struct async_tx_gain_wish wish = {
		.engine = engine, .kind = kind, .gain = { .from = from, .depth = depth },
	};

	if (!depth)
		return -EINVAL;
	/* What is being measured would be put in its place. */
	async_tx_gain_flush();
	async_tx_kind_for_each(async_tx_gain_wish, &wish);
	return wish.found ? 0 : -ENOENT;
}
EXPORT_SYMBOL_GPL(async_tx_gain_set);

int async_tx_engine_init(void)
{
	int err;

	err = async_tx_op_init();
	if (err)
		return err;
	err = async_tx_queue_init();
	if (err)
		goto err_op;
	err = async_tx_mapping_init();
	if (err)
		goto err_queue;
	err = dma_offload_register(&async_tx_offload_ops);
	if (err)
		goto err_mapping;
	return 0;

err_mapping:
	async_tx_gain_exit();
	async_tx_mapping_exit();
err_queue:
	async_tx_queue_exit();
err_op:
	async_tx_op_exit();
	return err;
}

void async_tx_engine_exit(void)
{
	struct async_tx_engine *engine, *next;

	dma_offload_unregister(&async_tx_offload_ops);
	async_tx_gain_exit();
	cancel_delayed_work_sync(&calm_work);
	async_tx_queue_exit();
	async_tx_mapping_exit();
	async_tx_op_exit();
	list_for_each_entry_safe(engine, next, &engines, node) {
		free_percpu(engine->counts);
		kfree(engine);
	}
	xa_destroy(&chan_ids);
	rcu_barrier();
}
