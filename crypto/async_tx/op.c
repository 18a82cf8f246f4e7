// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of an operation
 */

/**
 * DOC: the life of an operation
 *
 * An operation that does not finish inside the call is a struct async_tx_op.
 * It holds all that is needed to run it, from the start and more than once:
 * the caller's arrays are free for reuse when the call returns.
 *
 * At any time it waits for at most one thing, another operation, and stands on
 * that one's list: first for its parent, then for whoever has a range of memory
 * that it needs.  When the other one is done, it is looked at again::
 *
 *   DESCRIBED --> WAITING --> READY --> DISPATCHED --> LANDED --> DONE
 *       |            ^          |         |    ^           |         ^
 *       |            |          |         v    |           | failed  |
 *       |            +----------+       PARKED             v         |
 *       +--------------------------------------------> FOR_CPU --> RUNNING
 *
 * On the way to an engine it is ENTERING, on the way back REPORTED.  A child need
 * not wait for a parent that is DISPATCHED, see train.c.
 *
 * The handle that the client gets belongs to a channel of async_tx's own, one
 * a CPU, so that submitters on different CPUs write no line in common.  It
 * follows the rules of dmaengine, whatever runs the operation.
 *
 * An operation is released when it is done and acknowledged.  Where the latter
 * comes last, as a store by the client that nobody sees, it is found by looking
 * at two of the operations in question at each submission, and at all of them
 * once a second.
 *
 * What is released is kept for the next ones on the same CPU, which costs less
 * than the allocator.  It is not reused at once, but after 32 others: a client
 * that submits with ASYNC_TX_ACK and then passes the handle to
 * async_tx_issue_pending() is wrong, but existed before.
 */
#include <linux/dma-mapping.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/mempool.h>
#include <linux/module.h>
#include <linux/slab.h>

#define CREATE_TRACE_POINTS
#include "trace.h"

EXPORT_TRACEPOINT_SYMBOL_GPL(async_tx_reported);

/* Operations of a CPU that are done and not acknowledged ... */
#define ASYNC_TX_MAX_RETIRED	1024
/* ... and how long the oldest is kept if there are more. */
#define ASYNC_TX_RETIRED_AGE	(5 * HZ)

static unsigned int reserve = 32;
module_param(reserve, uint, 0444);
MODULE_PARM_DESC(reserve, "operations kept for when there is no memory (default 32)");

static void async_tx_op_ctor(void *obj);
static void async_tx_big_op_ctor(void *obj);

struct async_tx_pool {
	const char *name;
	u16 max_bufs;
	void (*ctor)(void *obj);
	struct kmem_cache *cache;
	mempool_t *pool;
};

static struct async_tx_pool pools[] = {
	{ "async_tx_op", ASYNC_TX_SMALL_BUFS, async_tx_op_ctor },
	{ "async_tx_op_big", ASYNC_TX_MAX_BUFS, async_tx_big_op_ctor },
};

DEFINE_PER_CPU(struct async_tx_cpu, async_tx_cpus);

static atomic_long_t abandoned = ATOMIC_LONG_INIT(0);

const char * const async_tx_state_names[] = {
	[ASYNC_TX_DESCRIBED] = "described",
	[ASYNC_TX_WAITING] = "waiting",
	[ASYNC_TX_READY] = "ready",
	[ASYNC_TX_PARKED] = "parked",
	[ASYNC_TX_ENTERING] = "entering",
	[ASYNC_TX_DISPATCHED] = "dispatched",
	[ASYNC_TX_REPORTED] = "reported",
	[ASYNC_TX_LANDED] = "landed",
	[ASYNC_TX_FOR_CPU] = "for-cpu",
	[ASYNC_TX_RUNNING] = "running",
	[ASYNC_TX_LOST] = "lost",
	[ASYNC_TX_DONE] = "done",
};

const char * const async_tx_why_names[] = {
	[ASYNC_TX_OFFLOADED] = "offloaded",
	[ASYNC_TX_NO_CHANNEL] = "no-channel",
	[ASYNC_TX_UNFIT] = "unfit",
	[ASYNC_TX_CHEAP] = "cheap",
	[ASYNC_TX_BUSY] = "busy",
	[ASYNC_TX_QUARANTINED] = "quarantined",
	[ASYNC_TX_LEAVING] = "leaving",
	[ASYNC_TX_NO_MAPPING] = "no-mapping",
	[ASYNC_TX_NO_DESCRIPTOR] = "no-descriptor",
	[ASYNC_TX_FAILED] = "failed",
	[ASYNC_TX_STALLED] = "stalled",
	[ASYNC_TX_ABORTED] = "aborted",
	[ASYNC_TX_NO_MEMORY] = "no-memory",
	[ASYNC_TX_LONG] = "long",
};

static void async_tx_reap_all(struct work_struct *work);
static DECLARE_DELAYED_WORK(reaper, async_tx_reap_all);

static struct async_tx_op *to_op(struct dma_async_tx_descriptor *tx)
{
	return container_of(tx, struct async_tx_op, tx);
}

static struct async_tx_cpu *op_cpu(const struct async_tx_op *op)
{
	return container_of(op->tx.chan, struct async_tx_cpu, chan);
}

/* Handles that were reclaimed although their clients never gave them up. */
unsigned long async_tx_abandoned(void)
{
	return atomic_long_read(&abandoned);
}

/* To its client an operation that is lost is done as well. */
static bool async_tx_op_done(const struct async_tx_op *op)
{
	/* Pairs with async_tx_set_state(). */
	return smp_load_acquire(&op->state) >= ASYNC_TX_LOST;
}

/* --- memory --- */

/*
 * Readers follow pointers to operations under RCU, so the memory of one that
 * is free, in the reserve too, keeps what its constructor wrote or what was in
 * it last: the pool must not poison it, as it does with pools of its own kinds.
 */
static void *async_tx_pool_alloc(gfp_t gfp, void *data)
{
	struct async_tx_pool *pool = data;

	return kmem_cache_alloc(pool->cache, gfp);
}

static void async_tx_pool_free(void *obj, void *data)
{
	struct async_tx_pool *pool = data;

	kmem_cache_free(pool->cache, obj);
}

static size_t async_tx_op_size(unsigned int bufs)
{
	return struct_size_t(struct async_tx_op, buf, bufs) +
	       bufs * (sizeof(dma_addr_t) + sizeof(u8));
}

/* What an operation has from the beginning, and again when it is released. */
static void async_tx_op_make(struct async_tx_op *op, unsigned int max_bufs)
{
	unsigned int i;

	op->tx.unmap = NULL;
	op->max_bufs = max_bufs;
	op->dma = (dma_addr_t *)&op->buf[max_bufs];
	op->coef = (u8 *)&op->dma[max_bufs];
	spin_lock_init(&op->lock);
	INIT_LIST_HEAD(&op->waiters);
	INIT_LIST_HEAD(&op->inflight);
	async_tx_train_start(op);
	op->waits_on = NULL;
	op->achan = NULL;
	op->on = NULL;
	op->state = ASYNC_TX_DONE;
	for (i = 0; i < max_bufs; i++) {
		op->buf[i].bounce = NULL;
		op->buf[i].op = op;
	}
}

static void async_tx_op_ctor(void *obj)
{
	async_tx_op_make(obj, ASYNC_TX_SMALL_BUFS);
}

static void async_tx_big_op_ctor(void *obj)
{
	async_tx_op_make(obj, ASYNC_TX_MAX_BUFS);
}

static mempool_t *op_pool(const struct async_tx_op *op)
{
	return pools[op->max_bufs > ASYNC_TX_SMALL_BUFS].pool;
}

/* Of those that a CPU keeps, the one that was released first.  BHs are disabled. */
static struct async_tx_op *async_tx_oldest_freed(struct async_tx_cpu *cpu)
{
	return cpu->freed[(cpu->next_freed - cpu->nr_freed--) % ASYNC_TX_FREED];
}

/* BHs are disabled.  True if there was something to give back. */
static bool async_tx_flush_freed(struct async_tx_cpu *cpu)
{
	bool any = cpu->nr_freed;

	while (cpu->nr_freed) {
		struct async_tx_op *op = async_tx_oldest_freed(cpu);

		mempool_free(op, op_pool(op));
	}
	return any;
}

/* BHs are disabled. */
static void async_tx_op_free(struct async_tx_op *op)
{
	struct async_tx_op *old = NULL;
	struct async_tx_cpu *cpu;

	if (unlikely(op->max_bufs > ASYNC_TX_SMALL_BUFS)) {
		mempool_free(op, op_pool(op));
		return;
	}

	cpu = this_cpu_ptr(&async_tx_cpus);
	if (unlikely(cpu->nr_freed == ASYNC_TX_FREED))
		old = async_tx_oldest_freed(cpu);
	cpu->freed[cpu->next_freed++ % ASYNC_TX_FREED] = op;
	cpu->nr_freed++;
	if (unlikely(old))
		mempool_free(old, op_pool(old));
}

/* BHs are disabled. */
static noinline struct async_tx_op *async_tx_op_alloc_new(bool big)
{
	gfp_t gfp = GFP_NOWAIT | __GFP_NOWARN;
	struct async_tx_op *op;

	op = mempool_alloc(pools[big].pool, gfp);
	if (!op && async_tx_flush_freed(this_cpu_ptr(&async_tx_cpus)))
		op = mempool_alloc(pools[big].pool, gfp);
	return op;
}

/* With one, BHs are disabled on return. */
static __always_inline struct async_tx_op *async_tx_op_alloc(unsigned int bufs)
{
	bool big = bufs > ASYNC_TX_SMALL_BUFS;
	struct async_tx_cpu *cpu;
	struct async_tx_op *op;

	local_bh_disable();
	cpu = this_cpu_ptr(&async_tx_cpus);
	if (likely(!big && cpu->nr_freed > ASYNC_TX_FREED_LATELY))
		return async_tx_oldest_freed(cpu);
	op = async_tx_op_alloc_new(big);
	if (!op)
		local_bh_enable();
	return op;
}

/* --- acknowledging --- */

static void async_tx_release(struct async_tx_op *op)
{
	struct async_tx_cpu *cpu = op_cpu(op);
	bool mine;

	local_bh_disable();
	spin_lock(&cpu->lock);
	async_tx_ack(&op->tx);
	mine = op->retired;
	if (mine) {
		list_del(&op->live);
		op->retired = false;
		cpu->nr_retired--;
	}
	spin_unlock(&cpu->lock);

	if (mine)
		async_tx_op_free(op);
	local_bh_enable();
}

/* The operation is done, and nobody in here needs it any more. */
static void async_tx_retire(struct async_tx_op *op)
{
	struct async_tx_cpu *cpu = op_cpu(op);
	bool acked;

	spin_lock(&cpu->lock);
	list_del(&op->live);
	acked = async_tx_test_ack(&op->tx);
	if (!acked) {
		list_add_tail(&op->live, &cpu->retired);
		op->retired = true;
		cpu->nr_retired++;
	}
	spin_unlock(&cpu->lock);

	if (acked)
		async_tx_op_free(op);
	else if (!delayed_work_pending(&reaper))
		schedule_delayed_work(&reaper, HZ);
}

/*
 * Look at the @nr oldest operations that are done, and release those that have
 * been acknowledged.
 */
static void async_tx_reap(struct async_tx_cpu *cpu, unsigned int nr)
{
	struct async_tx_op *op, *next;
	LIST_HEAD(acked);

	local_bh_disable();
	spin_lock(&cpu->lock);
	nr = min(nr, cpu->nr_retired);
	while (nr--) {
		op = list_first_entry(&cpu->retired, struct async_tx_op, live);
		if (async_tx_test_ack(&op->tx)) {
			list_move(&op->live, &acked);
			op->retired = false;
			cpu->nr_retired--;
		} else {
			list_move_tail(&op->live, &cpu->retired);
		}
	}
	spin_unlock(&cpu->lock);

	list_for_each_entry_safe(op, next, &acked, live)
		async_tx_op_free(op);
	local_bh_enable();
}

static void async_tx_reap_all(struct work_struct *work)
{
	bool more = false;
	int i;

	for_each_possible_cpu(i) {
		struct async_tx_cpu *cpu = per_cpu_ptr(&async_tx_cpus, i);

		if (!READ_ONCE(cpu->nr_retired))
			continue;
		async_tx_reap(cpu, ASYNC_TX_MAX_RETIRED);
		more |= READ_ONCE(cpu->nr_retired);
	}
	if (more)
		schedule_delayed_work(&reaper, HZ);
}

/*
 * This CPU has as many handles outside that nobody gives up as it may have.
 * Reclaim the oldest if it has been lying there for long; else do without.
 */
static bool async_tx_make_room(struct async_tx_cpu *cpu)
{
	struct async_tx_op *op = NULL, *o;

	if (READ_ONCE(cpu->nr_retired) < ASYNC_TX_MAX_RETIRED)
		return true;
	async_tx_reap(cpu, ASYNC_TX_MAX_RETIRED);

	spin_lock_bh(&cpu->lock);
	if (cpu->nr_retired >= ASYNC_TX_MAX_RETIRED) {
		list_for_each_entry(o, &cpu->retired, live)
			if (!op || time_before(o->born, op->born))
				op = o;
		if (time_before(jiffies, op->born + ASYNC_TX_RETIRED_AGE)) {
			spin_unlock_bh(&cpu->lock);
			return false;
		}
		list_del(&op->live);
		op->retired = false;
		cpu->nr_retired--;
	}
	spin_unlock_bh(&cpu->lock);

	if (op) {
		atomic_long_inc(&abandoned);
		pr_warn_once("async_tx: reclaimed an operation that was never acknowledged\n");
		local_bh_disable();
		async_tx_op_free(op);
		local_bh_enable();
	}
	return true;
}

/* --- submitting --- */

/* There is a parent.  If it has ended, forget it; true if it was lost. */
static noinline bool async_tx_parent_lost(struct async_submit_ctl *submit)
{
	struct dma_async_tx_descriptor *parent = submit->depend_tx;
	bool lost = false;

	if (async_tx_is_handle(parent)) {
		if (!async_tx_op_done(to_op(parent)))
			return false;
		lost = to_op(parent)->error == -EIO;
	}
	async_tx_quiesce(&submit->depend_tx);
	return lost;
}

/*
 * It is not as simple as to take memory for an operation: make room for it, or say why
 * its caller is to run it, and wait for its parent.
 */
static noinline struct async_tx_op *
async_tx_describe_hard(const struct async_tx_kind *kind, struct async_submit_ctl *submit,
		       int nr_bufs, size_t len, bool *lost)
{
	enum async_tx_why why = ASYNC_TX_NO_MEMORY;
	struct async_tx_op *op = NULL;

	/* What has lost its parent is not run, however long it is. */
	if (len > PAGE_SIZE && !*lost)
		why = ASYNC_TX_LONG;
	else if (nr_bufs > ASYNC_TX_MAX_BUFS || (!len && nr_bufs))
		why = ASYNC_TX_UNFIT;
	else if (async_tx_make_room(raw_cpu_ptr(&async_tx_cpus)))
		op = async_tx_op_alloc(nr_bufs);
	if (op)
		return op;

	this_cpu_inc(kind->reasons->nr[why]);
	if (submit->depend_tx) {
		async_tx_op_wait(to_op(submit->depend_tx));
		*lost |= to_op(submit->depend_tx)->error == -EIO;
		async_tx_quiesce(&submit->depend_tx);
	}
	/* It takes an operation to say that its parent is lost. */
	return *lost && nr_bufs <= ASYNC_TX_MAX_BUFS ? async_tx_op_alloc(nr_bufs) : NULL;
}

/**
 * async_tx_describe - begin to describe an operation
 * @kind: its kind
 * @submit: what it depends on
 * @nr_bufs: sources and destinations that it will have at most
 * @blocks: how many blocks the counters get for it
 * @len: bytes of each
 *
 * Blocks longer than a page are nothing that a client of today has, and would
 * make the table of ranges a good deal slower for all others: these operations
 * run in the caller.
 *
 * Return: an operation without buffers, for async_tx_op_submit(), with BHs disabled
 * until then.  Or NULL: the parent is complete, and the caller is to run the
 * operation itself, having called async_tx_settle() for each of its buffers.
 */
struct async_tx_op *async_tx_describe(const struct async_tx_kind *kind,
				      struct async_submit_ctl *submit,
				      int nr_bufs, int blocks, size_t len)
{
	bool lost = submit->depend_tx && async_tx_parent_lost(submit);
	struct async_tx_op *op = NULL;

	if (!lost && !submit->depend_tx) {
		/* Nothing is given to engines any more; what one has, the caller settles. */
		if (READ_ONCE(async_tx_no_chans))
			return NULL;
		if (len < READ_ONCE(kind->from)) {
			this_cpu_inc(kind->reasons->nr[ASYNC_TX_CHEAP]);
			return NULL;
		}
	}

	if (likely(len - 1 < PAGE_SIZE && nr_bufs <= ASYNC_TX_MAX_BUFS &&
		   raw_cpu_read(async_tx_cpus.nr_retired) < ASYNC_TX_MAX_RETIRED))
		op = async_tx_op_alloc(nr_bufs);
	if (unlikely(!op))
		op = async_tx_describe_hard(kind, submit, nr_bufs, len, &lost);
	if (unlikely(!op))
		return NULL;

	op->kind = kind;
	op->len = len;
	op->nr_srcs = 0;
	op->nr_dsts = 0;
	op->end = op->buf;
	op->blocks = blocks;
	op->arg.value = 0;
	op->result = NULL;
	op->sum = 0;
	op->error = 0;
	if (unlikely(lost))
		op->error = -EIO;
	op->flags = submit->flags;
	op->tx.callback = submit->cb_fn;
	op->tx.callback_param = submit->cb_param;
	return op;
}
EXPORT_SYMBOL_GPL(async_tx_describe);

/* Make the operation a handle on the channel of this CPU. */
static void async_tx_enlist(struct async_tx_op *op, bool acked)
{
	struct async_tx_cpu *cpu = this_cpu_ptr(&async_tx_cpus);

	op->tx.flags = acked ? DMA_CTRL_ACK : 0;
	op->tx.chan = &cpu->chan;
	op->retired = false;
	op->held = false;
	op->mapped = false;
	op->lent = false;
	op->failed = false;
	op->child = false;
	op->stranded = false;
	op->told = false;
	op->why = ASYNC_TX_OFFLOADED;
	op->hint = cpu->steer;
	op->born = jiffies;
	async_tx_set_state(op, ASYNC_TX_DESCRIBED);

	spin_lock(&cpu->lock);
	if (++cpu->last_cookie < DMA_MIN_COOKIE)
		cpu->last_cookie = DMA_MIN_COOKIE;
	op->tx.cookie = cpu->last_cookie;
	list_add_tail(&op->live, &cpu->live);
	spin_unlock(&cpu->lock);

	if (unlikely(READ_ONCE(cpu->nr_retired)))
		async_tx_reap(cpu, 2);
}

/**
 * async_tx_wait_on - let one operation wait for another
 * @op: who waits; nobody else has it
 * @other: for whom, who cannot be released meanwhile
 *
 * For memory, @op waits until @other's is free; for its parent (&op->child),
 * until that has ended for the client.
 *
 * Context: BHs disabled.
 * Return: false if @other is done.  If true, @op belongs to @other.
 */
bool async_tx_wait_on(struct async_tx_op *op, struct async_tx_op *other)
{
	bool waiting;

	spin_lock(&other->lock);
	waiting = op->child ? other->state < ASYNC_TX_LOST :
			      other->state != ASYNC_TX_DONE;
	if (waiting) {
		WRITE_ONCE(op->waits_on, other);
		async_tx_set_state(op, ASYNC_TX_WAITING);
		list_add_tail(&op->node, &other->waiters);
	}
	spin_unlock(&other->lock);
	return waiting;
}

/**
 * async_tx_wait_for_parent - let an operation wait for its parent
 * @op: nobody else has it
 * @parent: cannot be released meanwhile
 *
 * Context: BHs disabled.
 * Return: false if @parent has ended.  If true, @op belongs to it.
 */
bool async_tx_wait_for_parent(struct async_tx_op *op, struct async_tx_op *parent)
{
	op->child = true;
	if (async_tx_wait_on(op, parent))
		return true;
	op->child = false;
	return false;
}

/**
 * async_tx_call_child - take a child away from an operation that it waits for
 * @op: cannot end meanwhile
 *
 * Context: BHs disabled.
 * Return: the one that has waited longest, now the caller's, or NULL.
 */
struct async_tx_op *async_tx_call_child(struct async_tx_op *op)
{
	struct async_tx_op *waiter;

	guard(spinlock)(&op->lock);

	list_for_each_entry(waiter, &op->waiters, node) {
		if (!waiter->child)
			continue;
		list_del(&waiter->node);
		WRITE_ONCE(waiter->waits_on, NULL);
		waiter->child = false;
		return waiter;
	}
	return NULL;
}

/**
 * async_tx_start - let an operation run whose parent is complete
 * @op: nobody else has it
 *
 * Context: BHs disabled.
 * Return: false if it is to be run on the CPU.  If true, somebody else has it.
 */
bool async_tx_start(struct async_tx_op *op)
{
	/* Nothing is left to be done, and its memory may not be touched. */
	if (op->error)
		return false;
	if (!op->held && async_tx_ranges_try(op) && !async_tx_ranges_wait(op))
		return true;
	return async_tx_dispatch(op);
}

/* What waited for an operation goes on; its children go where it went. */
static noinline void async_tx_wake(const struct async_tx_op *op, struct list_head *waiters)
{
	struct async_tx_op *waiter, *next;

	list_for_each_entry_safe(waiter, next, waiters, node) {
		WRITE_ONCE(waiter->waits_on, NULL);
		if (waiter->child) {
			waiter->hint = op->hint;
			waiter->child = false;
			if (op->error == -EIO)
				waiter->error = -EIO;
		}
		async_tx_set_state(waiter, ASYNC_TX_READY);
		async_tx_queue_todo(waiter);
	}
	INIT_LIST_HEAD(waiters);
}

/* Call back; see async_tx_too_deep(). */
static void async_tx_tell(struct async_tx_op *op, dma_async_tx_callback fn)
{
	if (!fn)
		return;
	this_cpu_inc(async_tx_depth);
	fn(op->tx.callback_param);
	this_cpu_dec(async_tx_depth);
}

/* An operation is done, and its memory free: tell who waits for either. */
static __always_inline void async_tx_end(struct async_tx_op *op, dma_async_tx_callback fn)
{
	async_tx_ranges_put(op);
	spin_lock(&op->lock);
	/* From here on nobody begins to wait for it. */
	async_tx_set_state(op, ASYNC_TX_DONE);
	spin_unlock(&op->lock);

	/* Before anybody else can run, and call back, who waited for this one. */
	async_tx_tell(op, fn);
	if (unlikely(!list_empty(&op->waiters)))
		async_tx_wake(op, &op->waiters);
	async_tx_retire(op);
}

/**
 * async_tx_finish - an operation has done what it was to do
 * @op: nobody else has it; is gone on return
 *
 * Context: BHs disabled.
 */
void async_tx_finish(struct async_tx_op *op)
{
	trace_async_tx_completed(op);
	if (op->result && !op->error)
		*op->result = op->sum;
	async_tx_end(op, op->tx.callback);
}

/**
 * async_tx_lose - end an operation whose buffers an engine will not give back
 * @op: nobody else has it but an engine that cannot be stopped
 *
 * For the client it ends, and with it whatever it has made depend on it: with
 * an error, and without another look at its memory.  Who merely needs some of
 * the same memory waits on, until async_tx_found_again().
 *
 * Context: BHs disabled.
 */
void async_tx_lose(struct async_tx_op *op)
{
	struct async_tx_op *waiter, *next;
	LIST_HEAD(children);

	op->error = -EIO;
	trace_async_tx_completed(op);
	spin_lock(&op->lock);
	async_tx_set_state(op, ASYNC_TX_LOST);
	list_for_each_entry_safe(waiter, next, &op->waiters, node)
		if (waiter->child)
			list_move_tail(&waiter->node, &children);
	spin_unlock(&op->lock);

	async_tx_tell(op, op->tx.callback);
	async_tx_wake(op, &children);
	/* Pairs with async_tx_take_lost(). */
	smp_store_release(&op->told, true);
}

/**
 * async_tx_found_again - the engine of a lost operation is gone
 * @op: from async_tx_lose(); is gone on return
 *
 * Context: BHs disabled.
 */
void async_tx_found_again(struct async_tx_op *op)
{
	async_tx_end(op, NULL);
}

/**
 * async_tx_run - run an operation on this CPU
 * @op: nobody else has it; is gone on return
 *
 * Context: BHs disabled.
 */
void async_tx_run(struct async_tx_op *op)
{
	async_tx_set_state(op, ASYNC_TX_RUNNING);
	if (!op->error) {
		if (op->kind->run)
			op->kind->run(op);
		async_tx_count_cpu(op->kind->cpu, op->len, op->blocks);
		if (op->failed)
			this_cpu_inc(op->kind->cpu->retried);
		if (op->why != ASYNC_TX_OFFLOADED) {
			this_cpu_inc(op->kind->reasons->nr[op->why]);
			trace_async_tx_fallback(op, op->why);
		}
	}
	async_tx_finish(op);
}

/**
 * async_tx_op_submit - submit an operation that has been described
 * @op: from async_tx_describe(), with its buffers
 * @submit: as given to that function
 *
 * Context: BHs as async_tx_describe() has left them; they are enabled again.
 * Return: a handle, or NULL if the operation is complete, without an error.
 */
struct dma_async_tx_descriptor *
async_tx_op_submit(struct async_tx_op *op, struct async_submit_ctl *submit)
{
	struct dma_async_tx_descriptor *parent = submit->depend_tx;
	bool detached = (submit->flags & ASYNC_TX_ACK) && !submit->cb_fn;
	bool taken = false;

	async_tx_enlist(op, (submit->flags & ASYNC_TX_ACK) && !detached);
	trace_async_tx_described(op, parent);
	if (parent && to_op(parent) != op) {
		/*
		 * What another CPU holds back must not wait for a doorbell that
		 * a client who has moved on rings here.
		 */
		if (op_cpu(to_op(parent)) != this_cpu_ptr(&async_tx_cpus))
			async_tx_issue(op_cpu(to_op(parent)));
		taken = async_tx_follow(op, to_op(parent)) ||
			async_tx_wait_for_parent(op, to_op(parent));
		if (!taken && to_op(parent)->error == -EIO)
			op->error = -EIO;
	}
	if (!taken)
		taken = async_tx_start(op);
	if (!taken && async_tx_too_deep()) {
		async_tx_queue_work(op);
		taken = true;
	}
	if (!taken) {
		/* Of an error there has to be something to ask. */
		taken = op->error;
		if (!taken)
			async_tx_ack(&op->tx);
		async_tx_run(op);
	}
	local_bh_enable();

	if (parent && !WARN_ON_ONCE(async_tx_test_ack(parent)))
		async_tx_release(to_op(parent));
	submit->depend_tx = NULL;
	if (!taken)
		return NULL;

	if (detached) {
		async_tx_op_wait(op);
		async_tx_release(op);
		return NULL;
	}
	submit->depend_tx = &op->tx;
	return &op->tx;
}
EXPORT_SYMBOL_GPL(async_tx_op_submit);

/* --- waiting --- */

/**
 * async_tx_op_wait - wait until an operation is done, and help with it
 * @op: cannot be released meanwhile
 *
 * What an engine neither completes nor fails is taken away from it by
 * async_tx_watch().  Only with an engine of which it is not known whether it can
 * be stopped this waits on, as the memory is still the engine's, and the log
 * says so.
 */
void async_tx_op_wait(struct async_tx_op *op)
{
	unsigned long since = jiffies, next = since + ASYNC_TX_LONG_WAIT;

	while (!async_tx_op_done(op)) {
		async_tx_help(op);
		cpu_relax();
		if (time_after(jiffies, next)) {
			next = jiffies + ASYNC_TX_LONG_WAIT;
			pr_err("async_tx: waiting for %s, %s, for %u s\n",
			       op->kind->name, async_tx_state_names[op->state],
			       jiffies_to_msecs(jiffies - since) / 1000);
		}
	}
}

/* Wait for a handle, and give it up. */
void async_tx_op_quiesce(struct dma_async_tx_descriptor *tx)
{
	async_tx_op_wait(to_op(tx));
	async_tx_release(to_op(tx));
}

/*
 * The same for a caller that has prepared a descriptor and not submitted it:
 * it may hold a lock of the driver, so no other may be prepared meanwhile.
 */
void async_tx_op_quiesce_prepared(struct dma_async_tx_descriptor *tx)
{
	preempt_disable();
	this_cpu_inc(async_tx_cpus.no_engine);
	async_tx_op_quiesce(tx);
	this_cpu_dec(async_tx_cpus.no_engine);
	preempt_enable();
}

/* The number of operations that there have been, in a way; -1: some are under way. */
static s64 async_tx_count_ended(void)
{
	bool busy = false;
	s64 nr = 0;
	int i;

	for_each_possible_cpu(i) {
		struct async_tx_cpu *cpu = per_cpu_ptr(&async_tx_cpus, i);

		spin_lock_bh(&cpu->lock);
		busy |= !list_empty(&cpu->live);
		nr += cpu->last_cookie;
		spin_unlock_bh(&cpu->lock);
	}
	return busy ? -1 : nr;
}

/**
 * async_tx_all_ended - tell whether no operation is under way on any CPU
 *
 * What depends on nothing that is under way, and finds no engine, never is: its
 * caller runs it.
 *
 * Context: any but hard interrupt.
 * Return: true if there was a moment when none was.
 */
bool async_tx_all_ended(void)
{
	s64 nr = async_tx_count_ended();

	/* None has come to a CPU behind our back. */
	return nr >= 0 && nr == async_tx_count_ended();
}

/* Wait until no operation of a kind is under way. */
void async_tx_kind_drain(const struct async_tx_kind *kind)
{
	struct async_tx_op *op;
	bool busy;
	int i;

	do {
		busy = false;
		for_each_possible_cpu(i) {
			struct async_tx_cpu *cpu = per_cpu_ptr(&async_tx_cpus, i);

			spin_lock_bh(&cpu->lock);
			list_for_each_entry(op, &cpu->live, live)
				busy |= op->kind == kind;
			spin_unlock_bh(&cpu->lock);
			async_tx_issue(cpu);
		}
		if (busy)
			schedule_timeout_uninterruptible(1);
	} while (busy);
}

/* --- the channel of the handles --- */

static enum dma_status async_tx_tx_status(struct dma_chan *chan,
					  dma_cookie_t cookie,
					  struct dma_tx_state *state)
{
	struct async_tx_cpu *cpu = container_of(chan, struct async_tx_cpu, chan);
	enum dma_status status = DMA_COMPLETE;
	struct async_tx_op *op, *found = NULL;

	rcu_read_lock();
	spin_lock_bh(&cpu->lock);
	list_for_each_entry(op, &cpu->live, live) {
		if (op->tx.cookie == cookie) {
			status = DMA_IN_PROGRESS;
			found = op;
			break;
		}
	}
	if (!found) {
		list_for_each_entry(op, &cpu->retired, live) {
			if (op->tx.cookie == cookie && op->error)
				status = DMA_ERROR;
		}
	} else if (async_tx_op_done(found)) {
		status = found->error ? DMA_ERROR : DMA_COMPLETE;
	}
	if (state)
		*state = (struct dma_tx_state) { .used = cpu->last_cookie };
	spin_unlock_bh(&cpu->lock);

	if (status == DMA_IN_PROGRESS)
		async_tx_help(found);
	rcu_read_unlock();
	return status;
}

static void async_tx_issue_pending_chan(struct dma_chan *chan)
{
	async_tx_issue(container_of(chan, struct async_tx_cpu, chan));
}

/* Not on any bus: it has a name, for messages. */
static struct dma_chan_dev async_tx_chan_dev = {
	.device = { .init_name = "async_tx" },
};

static struct dma_device async_tx_device = {
	.dev = &async_tx_chan_dev.device,
	.channels = LIST_HEAD_INIT(async_tx_device.channels),
	.device_tx_status = async_tx_tx_status,
	.device_issue_pending = async_tx_issue_pending_chan,
};

/* Of an operation that has ended: how. */
int async_tx_op_result(struct dma_async_tx_descriptor *tx)
{
	struct async_tx_op *op = to_op(tx);

	return async_tx_op_done(op) ? op->error : -EINPROGRESS;
}

bool async_tx_is_handle(const struct dma_async_tx_descriptor *tx)
{
	return tx->chan->device == &async_tx_device;
}

void async_tx_op_exit(void)
{
	int i;

	cancel_delayed_work_sync(&reaper);
	for_each_possible_cpu(i) {
		struct async_tx_cpu *cpu = per_cpu_ptr(&async_tx_cpus, i);
		struct async_tx_op *op, *next;

		list_for_each_entry_safe(op, next, &cpu->retired, live)
			mempool_free(op, op_pool(op));
		INIT_LIST_HEAD(&cpu->retired);
		async_tx_flush_freed(cpu);
	}
	for (i = 0; i < ARRAY_SIZE(pools); i++) {
		mempool_destroy(pools[i].pool);
		kmem_cache_destroy(pools[i].cache);
	}
}

int async_tx_op_init(void)
{
	int i;

	for_each_possible_cpu(i) {
		struct async_tx_cpu *cpu = per_cpu_ptr(&async_tx_cpus, i);

		cpu->number = i;
		spin_lock_init(&cpu->lock);
		INIT_LIST_HEAD(&cpu->live);
		INIT_LIST_HEAD(&cpu->retired);
		cpu->chan.device = &async_tx_device;
		cpu->chan.dev = &async_tx_chan_dev;
		async_tx_queue_cpu_init(cpu);
	}

	for (i = 0; i < ARRAY_SIZE(pools); i++) {
		struct async_tx_pool *pool = &pools[i];

		pool->cache = kmem_cache_create(pool->name,
						async_tx_op_size(pool->max_bufs), 0,
						SLAB_HWCACHE_ALIGN | SLAB_TYPESAFE_BY_RCU,
						pool->ctor);
		if (!pool->cache)
			goto err;
		pool->pool = mempool_create(max(reserve, 1U), async_tx_pool_alloc,
					    async_tx_pool_free, pool);
		if (!pool->pool)
			goto err;
	}
	return 0;

err:
	async_tx_op_exit();
	return -ENOMEM;
}
