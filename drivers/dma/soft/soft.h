/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Software DMA engine: what its files share.
 */
#ifndef DMA_SOFT_H
#define DMA_SOFT_H

#include <linux/cpumask.h>
#include <linux/types.h>
#include <linux/u64_stats_sync.h>
#include <linux/workqueue.h>

#include "../m2m-dma.h"
#include "exec.h"

#define SOFT_NAME		"dma-soft"

/* Sources that every descriptor has room for; RAID sets are rarely wider. */
#define SOFT_NEAR_SRCS		16

/* One set of room for more sources, for each so many descriptors. */
#define SOFT_DESCS_PER_WIDE	8

#define SOFT_MIN_RING		2
#define SOFT_MAX_RING		65536
#define SOFT_MAX_CHANNELS	256

/**
 * struct soft_config - how to build an instance of the engine
 * @channels: number of channels, at least 1
 * @ring: descriptors of each channel, a power of two
 * @node: NUMA node of the memory and of unbound workers, or %NUMA_NO_NODE
 * @nice: nice level of the workers
 * @private: offer the channels to exclusive users only (DMA_PRIVATE)
 * @cpus: CPUs to bind the workers to, in turn; none if empty
 *
 * Given as platform data, or made from the module parameters without.
 */
struct soft_config {
	unsigned int channels;
	unsigned int ring;
	int node;
	int nice;
	bool private;
	struct cpumask cpus;
};

/**
 * struct soft_wide - room for the sources of a wide operation
 * @node: in &soft_chan.wide while unused
 * @src: addresses
 * @coef: coefficients
 */
struct soft_wide {
	struct list_head node;
	dma_addr_t src[SOFT_MAX_SRCS];
	u8 coef[SOFT_MAX_SRCS];
};

/**
 * struct soft_desc - descriptor
 * @md: what the client sees, and who has it
 * @op: what is to be done
 * @wide: room for more than %SOFT_NEAR_SRCS sources, or %NULL
 * @src: room for fewer
 * @coef: room for their coefficients
 */
struct soft_desc {
	struct m2m_desc md;
	struct soft_op op;
	struct soft_wide *wide;
	dma_addr_t src[SOFT_NEAR_SRCS];
	u8 coef[SOFT_NEAR_SRCS];
};

/**
 * struct soft_counters - what a channel has done so far
 * @ops: completed operations of each kind, failed ones included
 * @bytes: length times number of sources of those (of a fill: its length)
 * @failed: operations that could not reach their memory
 * @polled: completed operations that a caller of device_tx_status finished
 * @full: descriptors refused for want of room
 */
struct soft_counters {
	u64 ops[SOFT_NR_KINDS];
	u64 bytes[SOFT_NR_KINDS];
	u64 failed;
	u64 polled;
	u64 full;
};

/**
 * struct soft_stats - the counters of a channel, while they change
 * @ops: see &struct soft_counters; like the next three, for writers that hold
 *	&m2m_chan.lock
 * @bytes: see &struct soft_counters
 * @failed: see &struct soft_counters
 * @polled: see &struct soft_counters
 * @full: see &struct soft_counters
 * @sync: lets readers do without the lock
 */
struct soft_stats {
	u64_stats_t ops[SOFT_NR_KINDS];
	u64_stats_t bytes[SOFT_NR_KINDS];
	u64_stats_t failed;
	u64_stats_t polled;
	u64_stats_t full;
	struct u64_stats_sync sync;
};

/**
 * struct soft_chan - channel
 * @mc: what the registry sees.  Its lock protects the lists, flags and counters
 *	below, too; it is innermost, and never held while data is moved.
 * @index: its number
 * @cpu: where its worker is bound to, or -1
 * @wide: unused &struct soft_wide
 * @submitted: have a cookie, wait for device_issue_pending
 * @issued: to be executed, in order; the first may be half finished
 * @active: first of @issued while a step is done on it
 * @paused: no further step may begin
 * @idle: the worker sleeps, or is about to, and must be woken
 * @stats: counters
 * @exec_lock: makes its holder the one who executes.  Held with bottom halves
 *	disabled for a bounded amount of work, so that whoever polls a channel
 *	either gets it or knows that its holder is running elsewhere.  Outside
 *	the other.
 * @exec: executor, under @exec_lock
 * @descs: memory of the descriptors
 * @wides: memory of @wide
 * @worker: kernel thread that executes
 * @complete_work: calls back, in softirq context
 */
struct soft_chan {
	struct m2m_chan mc;
	unsigned int index;
	int cpu;

	struct list_head wide;
	struct list_head submitted;
	struct list_head issued;
	struct soft_desc *active;
	bool paused;
	bool idle;
	struct soft_stats stats;

	spinlock_t exec_lock;	/* the right to execute */
	struct soft_exec exec;

	struct soft_desc *descs;
	struct soft_wide *wides;
	struct task_struct *worker;
	struct work_struct complete_work;
};

/**
 * struct soft_dev - instance of the engine
 * @dma: what the registry sees
 * @config: how it was built
 * @chans: its channels
 *
 * Lives until the registry drops the last reference, which may be long after
 * the driver was unbound.
 */
struct soft_dev {
	struct dma_device dma;
	struct soft_config config;
	struct soft_chan chans[];
};

static inline struct soft_chan *to_soft_chan(struct dma_chan *chan)
{
	return container_of(chan, struct soft_chan, mc.chan);
}

static inline struct soft_dev *to_soft_dev(struct dma_device *dma)
{
	return container_of(dma, struct soft_dev, dma);
}

/* chan.c */
void soft_chan_init(struct soft_dev *sd, unsigned int index, int cpu);
int soft_alloc_chan_resources(struct dma_chan *chan);
void soft_free_chan_resources(struct dma_chan *chan);
int soft_pause(struct dma_chan *chan);
int soft_resume(struct dma_chan *chan);
int soft_terminate_all(struct dma_chan *chan);
int soft_stop(struct dma_chan *chan);
void soft_synchronize(struct dma_chan *chan);

/* run.c */
bool soft_claim_wakeup(struct soft_chan *sc);
int soft_worker(void *data);
void soft_issue_pending(struct dma_chan *chan);
enum dma_status soft_tx_status(struct dma_chan *chan, dma_cookie_t cookie,
			       struct dma_tx_state *state);

/* desc.c */
struct soft_desc *soft_desc_get(struct soft_chan *sc, unsigned int nr_srcs);
void soft_free_wide(struct soft_chan *sc, struct soft_desc *desc);
dma_cookie_t soft_tx_submit(struct dma_async_tx_descriptor *tx);
bool soft_desc_executed(struct soft_chan *sc, struct soft_desc *desc,
			bool polled);
void soft_again(struct m2m_chan *mc);
void soft_complete_work(struct work_struct *work);

/* prep.c */
void soft_set_prep(struct dma_device *dma);

/* stats.c */
void soft_stats_init(struct soft_chan *sc);
void soft_stats_count(struct soft_chan *sc, const struct soft_desc *desc,
		      bool polled);
void soft_stats_count_full(struct soft_chan *sc);
void soft_stats_read(struct soft_chan *sc, struct soft_counters *counters);
void soft_stats_register(struct soft_dev *sd);

#endif /* DMA_SOFT_H */
