/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of async_tx share
 */
#ifndef _ASYNC_TX_INTERNAL_H
#define _ASYNC_TX_INTERNAL_H

#include <linux/async_tx.h>
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/device/driver.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/workqueue.h>

/* Kinds that can be registered at a time; sizes the counters of an engine. */
#define ASYNC_TX_MAX_KINDS	16

/* Sources of one operation: 253 data disks, old P and, twice, old Q. */
#define ASYNC_TX_MAX_SRCS	256
#define ASYNC_TX_MAX_DSTS	2
#define ASYNC_TX_MAX_BUFS	(ASYNC_TX_MAX_SRCS + ASYNC_TX_MAX_DSTS)

/* Buffers of an operation from the pool of small ones. */
#define ASYNC_TX_SMALL_BUFS	18

/* lib/raid6 and the xor templates work on blocks of at most this many bytes. */
#define ASYNC_TX_SIMD_BLOCK	512
/* ... and load them with instructions that want this alignment. */
#define ASYNC_TX_SIMD_ALIGN	64

/**
 * struct async_tx_count - what one kind of operation did in one place
 * @executed: operations that completed there
 * @failed: attempts that failed there
 * @retried: those of @executed that had failed elsewhere before
 * @bytes: of those executed, length times number of blocks in the call: those
 *	of zeros count, a destination that is an input as well does not
 */
struct async_tx_count {
	u64 executed;
	u64 failed;
	u64 retried;
	u64 bytes;
};

/**
 * enum async_tx_why - why an operation ran where it ran
 * @ASYNC_TX_OFFLOADED: on an engine
 * @ASYNC_TX_NO_CHANNEL: no public channel has the capability
 * @ASYNC_TX_UNFIT: those that have cannot do this one: sources, alignment
 * @ASYNC_TX_CHEAP: to have it done by those that could costs the CPU more
 * @ASYNC_TX_BUSY: those that could have as much to do as pays
 * @ASYNC_TX_QUARANTINED: those that could have failed lately
 * @ASYNC_TX_LEAVING: those that could are being removed
 * @ASYNC_TX_NO_MAPPING: its buffers could not be mapped
 * @ASYNC_TX_NO_DESCRIPTOR: the channel had none, and nothing in flight
 * @ASYNC_TX_FAILED: an engine reported an error
 * @ASYNC_TX_STALLED: an engine made no progress and was stopped
 * @ASYNC_TX_ABORTED: its channel was removed, or terminated by somebody
 * @ASYNC_TX_NO_MEMORY: there was no struct async_tx_op for it
 * @ASYNC_TX_LONG: its blocks are longer than a page
 * @ASYNC_TX_NR_WHY: how many reasons
 *
 * Where there are several channels, with a reason each, the last of them in
 * this order is the one that says most.
 */
enum async_tx_why {
	ASYNC_TX_OFFLOADED,
	ASYNC_TX_NO_CHANNEL,
	ASYNC_TX_UNFIT,
	ASYNC_TX_CHEAP,
	ASYNC_TX_BUSY,
	ASYNC_TX_QUARANTINED,
	ASYNC_TX_LEAVING,
	ASYNC_TX_NO_MAPPING,
	ASYNC_TX_NO_DESCRIPTOR,
	ASYNC_TX_FAILED,
	ASYNC_TX_STALLED,
	ASYNC_TX_ABORTED,
	ASYNC_TX_NO_MEMORY,
	ASYNC_TX_LONG,
	ASYNC_TX_NR_WHY,
};

/**
 * struct async_tx_reasons - why operations of a kind ran on the CPU
 * @nr: how many, by enum async_tx_why; what has run with no channel in the
 *	system at all is not among them
 */
struct async_tx_reasons {
	u64 nr[ASYNC_TX_NR_WHY];
};

struct async_tx_op;

/* Sources that a kind gets to submit a sample of itself. */
#define ASYNC_TX_SAMPLE_SRCS	5

/**
 * struct async_tx_kind - one kind of operation
 * @name: as it stands in counters and messages
 * @cap: what a channel must be able to do to run it; DMA_TX_TYPE_END: no
 *	channel can
 * @fits: whether @dma can run this very operation: alignment, sources, limits
 * @prepare: get a descriptor for the part of the operation that starts at
 *	op->step, and set op->next to where the following part starts or to 0.
 *	If there is one, the descriptor has DMA_PREP_FENCE, as it may be there
 *	at the same time.  Called with BHs disabled.  NULL when the channel has
 *	no descriptor.
 * @run: do the whole operation on the CPU, from the beginning.  Called with
 *	BHs disabled.  May be missing where there is nothing to do.
 * @sample: submit a typical one, to measure what it costs: with the pages @src,
 *	ASYNC_TX_SAMPLE_SRCS of them, and @dst, ASYNC_TX_MAX_DSTS
 * @from: shorter ones are not worth any engine there is
 * @cpu: what ran on the CPU, see DEFINE_ASYNC_TX_COUNTS()
 * @reasons: why, set at registration
 * @id: index into the counters of an engine, set at registration
 * @node: on the list of kinds
 *
 * All that the core knows of an operation beyond its buffers is in here.
 */
struct async_tx_kind {
	const char *name;
	enum dma_transaction_type cap;
	bool (*fits)(const struct async_tx_op *op, struct dma_device *dma);
	struct dma_async_tx_descriptor *(*prepare)(struct async_tx_op *op,
						   struct dma_chan *chan,
						   unsigned long flags);
	void (*run)(struct async_tx_op *op);
	struct dma_async_tx_descriptor *(*sample)(struct page **src, struct page **dst,
						  size_t len,
						  struct async_submit_ctl *submit);
	unsigned int from;
	struct async_tx_count __percpu *cpu;
	struct async_tx_reasons __percpu *reasons;
	int id;
	struct list_head node;
};

int async_tx_kind_register(struct async_tx_kind *kind);
void async_tx_kind_unregister(struct async_tx_kind *kind);
void async_tx_kind_for_each(void (*fn)(struct async_tx_kind *kind, void *arg),
			    void *arg);

/* init and exit of a module that is one kind of operation */
#define async_tx_kind_module(kind) \
	module_driver(kind, async_tx_kind_register, async_tx_kind_unregister)

/*
 * Operations that run on the CPU are counted by tasks and by softirqs, which may
 * interrupt a task that counts.  Where a per-CPU variable can be added to in an
 * instruction, that does no harm.  Elsewhere this_cpu_add() would disable
 * interrupts, which costs more than all the rest of a short operation; so there
 * softirqs have counts of their own, behind those of tasks.  (The same symbol
 * decides how mm/vmstat.c counts.)
 */
#define ASYNC_TX_CPU_COUNTS	(IS_ENABLED(CONFIG_HAVE_CMPXCHG_LOCAL) ? 1 : 2)

/* The counts of a kind for what ran on the CPU; @name is &async_tx_kind.cpu. */
#define DEFINE_ASYNC_TX_COUNTS(name) \
	DEFINE_PER_CPU(struct async_tx_count [ASYNC_TX_CPU_COUNTS], name)

/* Set what each CPU has of something to 0, with others counting on. */
static inline void async_tx_zero(void __percpu *counts, size_t size)
{
	int cpu;

	for_each_possible_cpu(cpu)
		memset(per_cpu_ptr(counts, cpu), 0, size);
}

/* Count an operation that ran on the CPU.  Any context but hard interrupt. */
static __always_inline void
async_tx_count_cpu(struct async_tx_count __percpu *counts, size_t len, int blocks)
{
	if (ASYNC_TX_CPU_COUNTS > 1) {
		struct async_tx_count *count;

		count = get_cpu_ptr(counts) + !!in_serving_softirq();
		count->executed++;
		count->bytes += (u64)len * blocks;
		put_cpu_ptr(counts);
		return;
	}
	this_cpu_inc(counts->executed);
	/* An operation without memory is a constant. */
	if (!__builtin_constant_p(blocks) || blocks)
		this_cpu_add(counts->bytes, (u64)len * blocks);
}

/**
 * struct async_tx_work - memory for one operation on this CPU
 * @ptrs: addresses of an operation's blocks
 * @pages: throw-away or intermediate results
 *
 * Between async_tx_work_get() and async_tx_work_put(), with BHs disabled.
 */
struct async_tx_work {
	void *ptrs[ASYNC_TX_MAX_BUFS];
	void *pages[ASYNC_TX_MAX_DSTS];
};

struct async_tx_work *async_tx_work_get(void);
struct async_tx_work *async_tx_work_here(void);
void async_tx_work_put(void);
int async_tx_work_init(void);
void async_tx_work_exit(void);

/**
 * enum async_tx_state - where an operation is
 * @ASYNC_TX_DESCRIBED: being filled in by the call that makes it
 * @ASYNC_TX_WAITING: for another operation, on that one's list
 * @ASYNC_TX_READY: nothing to wait for any more; on a CPU's todo list
 * @ASYNC_TX_PARKED: the channel has no descriptor left; on the channel's list
 * @ASYNC_TX_ENTERING: somebody is about to give it to an engine
 * @ASYNC_TX_DISPATCHED: an engine has it
 * @ASYNC_TX_REPORTED: the engine is through with it; on a CPU's todo list
 * @ASYNC_TX_LANDED: the engine is through with it, but not with all that was
 *	queued ahead with it
 * @ASYNC_TX_FOR_CPU: no engine takes it, or one has failed; on a CPU's list
 * @ASYNC_TX_RUNNING: a CPU is at it
 * @ASYNC_TX_LOST: to the client it has ended, with an error; an engine that
 *	nothing stops still has its buffers
 * @ASYNC_TX_DONE: its results are there
 */
enum async_tx_state {
	ASYNC_TX_DESCRIBED,
	ASYNC_TX_WAITING,
	ASYNC_TX_READY,
	ASYNC_TX_PARKED,
	ASYNC_TX_ENTERING,
	ASYNC_TX_DISPATCHED,
	ASYNC_TX_REPORTED,
	ASYNC_TX_LANDED,
	ASYNC_TX_FOR_CPU,
	ASYNC_TX_RUNNING,
	ASYNC_TX_LOST,
	ASYNC_TX_DONE,
};

/* A destination that is not wanted: there is no page. */
#define ASYNC_TX_BUF_ABSENT	BIT(0)
/* It is not, or not only, in the first of the pages from @page on. */
#define ASYNC_TX_BUF_BEYOND	BIT(1)
/* A destination that is written only if a CPU runs the operation. */
#define ASYNC_TX_BUF_CPU_ONLY	BIT(2)
/* The mapping of another serves it as well. */
#define ASYNC_TX_BUF_SHARED	BIT(3)

/* What has no mapping of its own when its operation is mapped. */
#define ASYNC_TX_BUF_NOT_MAPPED	(ASYNC_TX_BUF_ABSENT | ASYNC_TX_BUF_CPU_ONLY | \
				 ASYNC_TX_BUF_SHARED)

/**
 * struct async_tx_buf - a block of memory that an operation reads or writes
 * @page: where it lies
 * @offset: bytes from the beginning of @page
 * @disk: position in the array, for kinds where that matters
 * @write: a destination
 * @odd: ASYNC_TX_BUF_*; 0 for nearly all there are
 * @bounce: what the engine writes instead, because the block is an input, too
 * @shared: destination of an operation of the same train, whose mapping serves
 *	this source as well
 * @node: in the table of ranges
 * @op: whose it is, for as long as there is memory for that
 *
 * @bounce is NULL, and nothing is shared, but while async_tx_op.lent says that it may
 * be otherwise.
 */
struct async_tx_buf {
	struct page *page;
	unsigned int offset;
	u8 disk;
	bool write;
	u8 odd;
	struct page *bounce;
	struct async_tx_buf *shared;
	struct hlist_node node;
	struct async_tx_op *op;
};

struct async_tx_cpu;
struct async_tx_chan;

/**
 * struct async_tx_op - an operation that did not finish inside the call
 * @tx: the client's handle, on a channel of async_tx's own
 * @kind: what it is
 * @state: see enum async_tx_state; changed by async_tx_set_state() only
 * @flags: the client's modifiers
 * @len: bytes of each block
 * @nr_srcs: sources, at buf[0]
 * @nr_dsts: destinations, behind the sources
 * @max_bufs: room for buffers
 * @end: behind the last of them that is described
 * @blocks: how many the call listed, for the counters
 * @arg: what else the kind needs to know to run it
 * @result: where the client wants the result of a validation, or NULL
 * @sum: that result, until the operation is done
 * @error: negative errno when the arguments were not valid, or when the
 *	operation or one before it was lost
 * @lock: protects @waiters, and @state becoming ASYNC_TX_DONE against a new
 *	waiter.  Inside the lock of a bucket of ranges; nothing inside it.
 * @waiters: operations that go on when this one is done
 * @waits_on: the one that this one waits for
 * @node: on one of: another operation's @waiters, a CPU's todo or work list, a
 *	channel's list of parked operations
 * @on: the CPU on whose list it is; under that CPU's lock
 * @live: on the list of its submitter's CPU: not done, or done and not acked
 * @retired: it is on the list of those done and not acked
 * @held: all its ranges are in the table
 * @mapped: its buffers are mapped for @achan
 * @lent: some of them have a page in between, or share another's mapping
 * @failed: an engine has failed it
 * @child: what it waits for is its parent
 * @stranded: it was in a train that the engine will not complete
 * @told: it is lost, and who waited for its end knows
 * @why: why it is for the CPU
 * @trans: what the engine reported
 * @hint: channel of the parent, where it would best run
 * @achan: channel that runs it, or on which it is parked
 * @inflight: on @achan's list
 * @lead: first of the train that it is in, see train.c; itself if it is in none
 * @train: the others; under the lock of @achan, as the two that follow
 * @members: of @lead: how many have been in the train
 * @riding: of @lead: how many have not landed
 * @dispatched: jiffies when it was put there
 * @step: where the part begins that is being run
 * @next: where the following part begins; 0 when this one is the last
 * @parts: those that are on their way to the engine or there, if there are several
 * @born: jiffies at submission
 * @dma: addresses of the buffers for @achan's device
 * @coef: factor in GF(2^8) of each source, for kinds that have them
 * @buf: the buffers
 */
struct async_tx_op {
	struct dma_async_tx_descriptor tx;
	const struct async_tx_kind *kind;
	enum async_tx_state state;
	enum async_tx_flags flags;
	size_t len;
	u16 nr_srcs;
	u16 nr_dsts;
	u16 max_bufs;
	u16 blocks;
	struct async_tx_buf *end;
	union {
		int value;
		struct {
			u8 disks;
			u8 nr_data;
			u8 faila;
			u8 failb;
		};
	} arg;
	enum sum_check_flags *result;
	enum sum_check_flags sum;
	int error;

	spinlock_t lock; /* see above */
	struct list_head waiters;
	struct async_tx_op *waits_on;
	struct list_head node;
	struct async_tx_cpu *on;
	struct list_head live;
	bool retired;
	bool held;
	bool mapped;
	bool lent;
	bool failed;
	bool child;
	bool stranded;
	bool told;
	u8 why;
	enum dmaengine_tx_result trans;

	u32 hint;
	struct async_tx_chan *achan;
	struct list_head inflight;
	struct async_tx_op *lead;
	struct list_head train;
	u16 members;
	u16 riding;
	unsigned long dispatched;
	u16 step;
	u16 next;
	atomic_t parts;
	unsigned long born;

	dma_addr_t *dma;
	u8 *coef;
	struct async_tx_buf buf[];
};

static inline struct async_tx_buf *async_tx_dst(struct async_tx_op *op, int i)
{
	return &op->buf[op->nr_srcs + i];
}

static inline void *async_tx_buf_addr(const struct async_tx_buf *buf)
{
	return page_address(buf->page) + buf->offset;
}

static inline void async_tx_add_buf(struct async_tx_op *op, struct page *page,
				    unsigned int offset, bool write)
{
	struct async_tx_buf *buf = op->end++;

	buf->page = page;
	buf->offset = offset;
	buf->write = write;
	buf->odd = offset + op->len > PAGE_SIZE ? ASYNC_TX_BUF_BEYOND : 0;
}

/* Describe the next source; only before the first destination. */
static inline void async_tx_add_src(struct async_tx_op *op, struct page *page,
				    unsigned int offset)
{
	op->nr_srcs++;
	async_tx_add_buf(op, page, offset, false);
}

/* Describe the next destination; @page may be NULL. */
static inline void async_tx_add_dst(struct async_tx_op *op, struct page *page,
				    unsigned int offset)
{
	op->nr_dsts++;
	async_tx_add_buf(op, page, offset, true);
	if (unlikely(!page))
		op->end[-1].odd |= ASYNC_TX_BUF_ABSENT;
}

void async_tx_xor_blocks(void *dest, void **srcs, int nr, size_t len, bool empty);

struct dma_async_tx_descriptor *
async_tx_refuse(struct async_submit_ctl *submit, const char *what);

#ifdef CONFIG_ASYNC_TX_DMA
/* There are channels to offload to, or there were, and what they had is under way. */
extern bool async_tx_active;

bool async_tx_is_handle(const struct dma_async_tx_descriptor *tx);

/**
 * async_tx_on_cpu - whether an operation can be run in the caller, right now
 * @submit: what it depends on
 *
 * The path that most operations take: no parent, and nobody to offload to.
 *
 * Return: true if so.
 */
static inline bool async_tx_on_cpu(const struct async_submit_ctl *submit)
{
	return !submit->depend_tx && !READ_ONCE(async_tx_active);
}

struct async_tx_op *async_tx_describe(const struct async_tx_kind *kind,
				      struct async_submit_ctl *submit,
				      int nr_bufs, int blocks, size_t len);
struct dma_async_tx_descriptor *
async_tx_op_submit(struct async_tx_op *op, struct async_submit_ctl *submit);
void async_tx_settle(struct page *page, unsigned int offset, size_t len,
		     bool write);
void async_tx_kind_drain(const struct async_tx_kind *kind);
int async_tx_op_result(struct dma_async_tx_descriptor *tx);
void async_tx_op_quiesce(struct dma_async_tx_descriptor *tx);
void async_tx_op_quiesce_prepared(struct dma_async_tx_descriptor *tx);
void async_tx_engine_forget(int id);
void async_tx_gain_changed(void);
int async_tx_engine_init(void);
void async_tx_engine_exit(void);
#else
static inline bool async_tx_is_handle(const struct dma_async_tx_descriptor *tx)
{
	return false;
}

static inline bool async_tx_on_cpu(const struct async_submit_ctl *submit)
{
	return !submit->depend_tx;
}

static inline struct async_tx_op *
async_tx_describe(const struct async_tx_kind *kind,
		  struct async_submit_ctl *submit, int nr_bufs, int blocks,
		  size_t len)
{
	async_tx_quiesce(&submit->depend_tx);
	return NULL;
}

static inline struct dma_async_tx_descriptor *
async_tx_op_submit(struct async_tx_op *op, struct async_submit_ctl *submit)
{
	return NULL;
}

static inline void async_tx_settle(struct page *page, unsigned int offset,
				   size_t len, bool write)
{
}

static inline int async_tx_op_result(struct dma_async_tx_descriptor *tx)
{
	return 0;
}

static inline void async_tx_op_quiesce(struct dma_async_tx_descriptor *tx)
{
}

static inline void
async_tx_op_quiesce_prepared(struct dma_async_tx_descriptor *tx)
{
}

static inline void async_tx_kind_drain(const struct async_tx_kind *kind)
{
}

static inline void async_tx_engine_forget(int id)
{
}

static inline void async_tx_gain_changed(void)
{
}

static inline int async_tx_engine_init(void)
{
	return 0;
}

static inline void async_tx_engine_exit(void)
{
}
#endif /* CONFIG_ASYNC_TX_DMA */

/* Callbacks that submit operations, whose callbacks submit operations, ... */
#define ASYNC_TX_MAX_DEPTH	8

DECLARE_PER_CPU(unsigned int, async_tx_depth);

/* From here on somebody else has to call back.  Preemption is disabled. */
static inline bool async_tx_too_deep(void)
{
	return this_cpu_read(async_tx_depth) >= ASYNC_TX_MAX_DEPTH;
}

struct dma_async_tx_descriptor *async_tx_call_back(struct async_submit_ctl *submit);

/* End of an operation that is done inside the call, and what the API returns then. */
static __always_inline struct dma_async_tx_descriptor *
async_tx_callback(struct async_submit_ctl *submit)
{
	return submit->cb_fn ? async_tx_call_back(submit) : NULL;
}

/* The same of one that its caller has run. */
static __always_inline struct dma_async_tx_descriptor *
async_tx_ran(struct async_tx_count __percpu *counts, size_t len, int blocks,
	     struct async_submit_ctl *submit)
{
	async_tx_count_cpu(counts, len, blocks);
	return async_tx_callback(submit);
}

#ifdef CONFIG_DEBUG_FS
void async_tx_debugfs_init(void);
void async_tx_debugfs_exit(void);
#else
static inline void async_tx_debugfs_init(void)
{
}

static inline void async_tx_debugfs_exit(void)
{
}
#endif

#endif /* _ASYNC_TX_INTERNAL_H */
