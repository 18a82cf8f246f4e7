/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the core share: op.c, queue.c, engine.c, train.c, mapping.c
 */
#ifndef _ASYNC_TX_CORE_H
#define _ASYNC_TX_CORE_H

#include "internal.h"

/* Say that somebody waits when this much time has passed. */
#define ASYNC_TX_LONG_WAIT	(10 * HZ)

/* Operations that a CPU keeps after their release, a power of two ... */
#define ASYNC_TX_FREED		64
/* ... and of those, the ones that are not reused. */
#define ASYNC_TX_FREED_LATELY	32

/**
 * struct async_tx_cpu - what async_tx keeps for each CPU
 * @chan: the channel of the handles that this CPU has given out
 * @number: the CPU's
 * @lock: protects @last_cookie, @live, @retired and @nr_retired, and the
 *	acknowledging of operations on these lists.  Nothing inside it.
 * @last_cookie: of the latest handle
 * @live: operations submitted here that are not done, oldest first
 * @retired: those that are done but not acknowledged, oldest first
 * @nr_retired: how many
 * @todo_lock: protects @todo and @work.  Taken in hard interrupts; nothing
 *	inside it.
 * @todo: operations that became ready, or were reported by engines, here
 * @work: operations that are to run on this CPU
 * @todo_work: goes through @todo in softirq context
 * @cpu_work: goes through @work
 * @freed: operations released last, a ring, see async_tx_op_free()
 * @next_freed: where the next one goes
 * @nr_freed: how many there are
 * @no_engine: nesting of sections in which no descriptor may be prepared
 * @steer: channel on which operations are to be tried first, or 0
 * @unissued: channel on which this CPU has submitted what has not been issued;
 *	changed by xchg().  Others look at it, so it has a cache line to itself.
 */
struct async_tx_cpu {
	struct dma_chan chan;
	int number;

	spinlock_t lock; /* see above */
	dma_cookie_t last_cookie;
	struct list_head live;
	struct list_head retired;
	unsigned int nr_retired;

	spinlock_t todo_lock; /* see above */
	struct list_head todo;
	struct list_head work;
	struct work_struct todo_work;
	struct work_struct cpu_work;

	struct async_tx_op *freed[ASYNC_TX_FREED];
	unsigned int next_freed;
	unsigned int nr_freed;
	unsigned int no_engine;
	u32 steer;

	struct async_tx_chan *unissued ____cacheline_aligned_in_smp;
};

DECLARE_PER_CPU(struct async_tx_cpu, async_tx_cpus);

/* What is never long enough. */
#define ASYNC_TX_NEVER		UINT_MAX

/**
 * struct async_tx_gain - for which operations of a kind an engine pays, see gain.c
 * @cpu_ns: what the CPU takes for the blocks of one of a page, in ns
 * @submit_ns: what it takes to submit one
 * @engine_ns: what the engine takes for one of many
 * @from: shortest that pays, in bytes
 * @depth: most that a channel should have at a time
 * @known: it has been measured, or set
 */
struct async_tx_gain {
	unsigned int cpu_ns;
	unsigned int submit_ns;
	unsigned int engine_ns;
	unsigned int from;
	unsigned int depth;
	bool known;
};

/**
 * struct async_tx_engine - a provider of channels, by the name of its device
 * @name: that name
 * @counts: what ran on it, by kind
 * @gains: for which it pays, by kind
 * @nr_chans: its channels now; 0: it is gone, its counts stay
 * @node: on the list of engines
 */
struct async_tx_engine {
	char name[40];
	struct async_tx_count __percpu *counts;
	struct async_tx_gain gains[ASYNC_TX_MAX_KINDS];
	unsigned int nr_chans;
	struct list_head node;
};

/**
 * struct async_tx_chan - a channel that operations may be dispatched to
 * @chan: the channel
 * @dev: device to map buffers for
 * @engine: whose channel it is
 * @id: number, never 0
 * @unlocked: its callbacks come without locks of the driver, see engine.c
 * @users: one for each operation that has the channel, and one until it leaves
 * @idle: there are none any more
 * @lock: protects what follows, up to @progress, and @users becoming more.  Nothing
 *	of the engine is called under it.  The todo lock of a CPU is inside it.
 * @nr_inflight: operations that the engine has
 * @inflight: operations that the engine has, or has done ahead of others that it
 *	still has, see train.c
 * @parked: operations that found no descriptor; only while others are in flight
 * @closed: nothing is given to it: it is being stopped, or removed
 * @leaving: it is being removed, and will stay closed
 * @dead: it could not be stopped; what is in flight stays so until it is
 *	removed.  If it cannot be told to stop at all: or until that has ended
 * @watched: @watch is pending or running
 * @progress: jiffies when an operation last ended
 * @stopping: @watch has found a stall and is stopping the channel
 * @stop_since: jiffies when it began to
 * @entering: CPUs that are about to submit what is on @inflight already, or what
 *	has joined a train
 * @watch: looks for a stall while something is in flight
 * @failures: failed operations since the last good one
 * @retry_at: jiffies before which the channel is not used, if @failures
 * @node: on the list of channels, under RCU
 * @rcu: to free it after the last reader
 */
struct async_tx_chan {
	struct dma_chan *chan;
	struct device *dev;
	struct async_tx_engine *engine;
	u32 id;
	bool unlocked;
	struct completion idle;
	refcount_t users;
	spinlock_t lock; /* see above */
	unsigned int nr_inflight;
	struct list_head inflight;
	struct list_head parked;
	bool closed;
	bool leaving;
	bool dead;
	bool watched;
	unsigned long progress;
	bool stopping;
	unsigned long stop_since;
	atomic_t entering;
	struct timer_list watch;
	unsigned int failures;
	unsigned long retry_at;
	struct list_head node;
	struct rcu_head rcu;
};

/* How a channel came to be chosen. */
enum async_tx_choice {
	ASYNC_TX_AHEAD,
	ASYNC_TX_BY_PARENT,
	ASYNC_TX_BY_TABLE,
	ASYNC_TX_BY_SEARCH,
};

extern const char * const async_tx_state_names[];
extern const char * const async_tx_why_names[];

/* The one place where a state changes ... */
static inline void async_tx_set_state(struct async_tx_op *op, enum async_tx_state state)
{
	/* Whoever sees that an operation is done sees its results as well. */
	smp_store_release(&op->state, state);
}

/*
 * ... and the other one, for a change for which several may compete: the engine's
 * report, and the removal of its channel.
 */
static inline bool async_tx_move_state(struct async_tx_op *op, enum async_tx_state from,
				       enum async_tx_state to)
{
	return cmpxchg(&op->state, from, to) == from;
}

/* op.c */
bool async_tx_all_ended(void);
int async_tx_op_init(void);
void async_tx_op_exit(void);
bool async_tx_wait_on(struct async_tx_op *op, struct async_tx_op *other);
struct async_tx_op *async_tx_call_child(struct async_tx_op *op);
bool async_tx_wait_for_parent(struct async_tx_op *op, struct async_tx_op *parent);
bool async_tx_start(struct async_tx_op *op);
void async_tx_finish(struct async_tx_op *op);
void async_tx_lose(struct async_tx_op *op);
void async_tx_found_again(struct async_tx_op *op);
void async_tx_run(struct async_tx_op *op);
void async_tx_op_wait(struct async_tx_op *op);
unsigned long async_tx_abandoned(void);

/* queue.c */
int async_tx_queue_init(void);
void async_tx_queue_exit(void);
void async_tx_queue_cpu_init(struct async_tx_cpu *cpu);
void async_tx_queue_todo(struct async_tx_op *op);
void async_tx_queue_work(struct async_tx_op *op);
void async_tx_help(struct async_tx_op *op);

/* engine.c */
bool async_tx_dispatch(struct async_tx_op *op);
bool async_tx_follow(struct async_tx_op *op, struct async_tx_op *parent);
void async_tx_engine_report(struct async_tx_op *op);
void async_tx_engine_poll(struct async_tx_op *op);
void async_tx_issue(struct async_tx_cpu *cpu);
extern bool async_tx_no_chans;
unsigned long async_tx_crossings(void);
void async_tx_reset_crossings(void);
void async_tx_chan_for_each(void (*fn)(struct async_tx_chan *achan, void *arg),
			    void *arg);
void async_tx_engine_for_each(void (*fn)(struct async_tx_engine *engine,
					 void *arg), void *arg);

/* gain.c */
void async_tx_gain_limits(struct async_tx_gain *gain);
void async_tx_gain_flush(void);
void async_tx_gain_exit(void);

/* engine.c, for gain.c */
u64 async_tx_executed(const struct async_tx_engine *engine, const struct async_tx_kind *kind);
struct async_tx_engine *async_tx_gain_next(const struct async_tx_kind *kind, u32 *id);
void async_tx_gain_put(struct async_tx_engine *engine, const struct async_tx_kind *kind,
		       const struct async_tx_gain *gain);
void async_tx_gain_update(struct async_tx_kind *kind);
int async_tx_gain_set(const char *engine, const char *kind, unsigned int from,
		      unsigned int depth);

/* train.c */
/* Make an operation that is in no train one of its own. */
static inline void async_tx_train_start(struct async_tx_op *op)
{
	WRITE_ONCE(op->lead, op);
	INIT_LIST_HEAD(&op->train);
	op->members = 1;
	op->riding = 1;
}

bool async_tx_train_board(struct async_tx_op *op, struct async_tx_op *parent,
			  bool mine);
void async_tx_train_quit(struct async_tx_op *op, struct async_tx_chan *achan,
			 struct list_head *landed);
void async_tx_train_land(struct async_tx_op *op, struct list_head *landed);
void async_tx_train_strand(struct async_tx_op *op);
struct async_tx_op *async_tx_train_todo(struct async_tx_op *op);

/* mapping.c */
int async_tx_mapping_init(void);
void async_tx_mapping_exit(void);
struct async_tx_buf *async_tx_ranges_try(struct async_tx_op *op);
bool async_tx_ranges_wait(struct async_tx_op *op);
void async_tx_ranges_put(struct async_tx_op *op);
bool async_tx_map(struct async_tx_op *op, struct device *dev);
void async_tx_forget_bufs(struct async_tx_op *op);
void async_tx_unmap(struct async_tx_op *op, struct device *dev, bool copy);

#endif /* _ASYNC_TX_CORE_H */
