/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Simulated DMA engines: what their files share.
 */
#ifndef DMA_SIM_H
#define DMA_SIM_H

#include <linux/dma_sim.h>
#include <linux/errno.h>
#include <linux/fault-inject.h>
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/prandom.h>
#include <linux/rbtree.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "../m2m-dma.h"
#include "../soft/exec.h"

#define SIM_NAME		"dma-sim"

struct seq_buf;
struct sim_dev;
struct sim_mapping;

/**
 * struct sim_plan - the faults that a descriptor is to suffer
 * @fail: it is to fail
 * @at: when: %DMA_SIM_FAIL_BEFORE, %DMA_SIM_FAIL_MIDDLE or %DMA_SIM_FAIL_END
 * @result: with which result
 * @stall: it is to stall
 * @lose_irq: its interrupt is to be lost
 * @vanish: the device is to vanish when it comes to this descriptor
 */
struct sim_plan {
	bool fail;
	enum dma_sim_fault_class at;
	enum dmaengine_tx_result result;
	bool stall;
	bool lose_irq;
	bool vanish;
};

/**
 * struct sim_desc - descriptor
 * @md: what the client sees, and who has it
 * @op: what is to be done; its arrays have room for as many sources as the
 *	engine can take
 * @order: in &sim_dev.order while issued
 * @ready: when the operation is over; 0 while it has not begun
 * @plan: what is to go wrong
 */
struct sim_desc {
	struct m2m_desc md;
	struct soft_op op;
	struct list_head order;
	ktime_t ready;
	struct sim_plan plan;
};

/**
 * struct sim_chan - channel
 * @mc: what the registry sees.  Its lock protects what says nothing else, and is
 *	inside of the other two; only &sim_dev.order_lock and locks that are
 *	innermost are inside of it.
 * @sd: engine
 * @index: number of the channel
 * @client_lock: taken around what clients call, and around their callbacks, as
 *	long as %DMA_SIM_LOCKED_CALLBACK is armed.  Outermost.
 * @exec_lock: makes its holder the one who executes.  Held with bottom halves
 *	disabled, for a bounded amount of work.
 * @exec: executor, under @exec_lock
 * @accessed: mappings that @exec is working on, under @exec_lock
 * @nr_accessed: number of them
 * @submitted: have a cookie, wait for device_issue_pending
 * @issued: to be executed, in order; the first may be half finished
 * @executed: to be noticed by the driver
 * @active: first of @issued while a step is done on it
 * @paused: no further step may begin
 * @stalled: the first of @issued has stalled
 * @stopping: terminated, but the device has not stopped yet
 * @stop_at: when it will
 * @unreported: executed since the last interrupt
 * @timer: for when the first of @issued is ready, or @stop_at has come
 * @run_work: executes
 * @irq_timer: raises a coalesced interrupt
 * @irq_work: interrupt handler: completes and calls back, in softirq context
 * @descs: memory of the descriptors
 * @srcs: memory for their sources
 * @coefs: memory for their coefficients
 */
struct sim_chan {
	struct m2m_chan mc;
	struct sim_dev *sd;
	unsigned int index;

	spinlock_t client_lock;	/* see above */

	spinlock_t exec_lock;	/* the right to execute */
	struct soft_exec exec;
	struct sim_mapping *accessed[SOFT_MAX_SRCS + 2];
	unsigned int nr_accessed;

	struct list_head submitted;
	struct list_head issued;
	struct list_head executed;
	struct sim_desc *active;
	bool paused;
	bool stalled;
	bool stopping;
	ktime_t stop_at;
	unsigned int unreported;

	struct hrtimer timer;
	struct work_struct run_work;
	struct hrtimer irq_timer;
	struct work_struct irq_work;

	struct sim_desc *descs;
	dma_addr_t *srcs;
	u8 *coefs;
};

/**
 * struct sim_dev - an engine while it is bound
 * @dma: what the registry sees
 * @sim: the engine, also while it is not
 * @gone: the device has vanished
 * @order_lock: protects @order.  Inside &sim_chan.lock.
 * @order: issued descriptors of all channels, if they are to complete in order
 * @chans: its channels
 *
 * Lives until the registry drops the last reference, which may be long after
 * the driver was unbound.
 */
struct sim_dev {
	struct dma_device dma;
	struct dma_sim *sim;
	bool gone;
	spinlock_t order_lock;	/* order */
	struct list_head order;
	struct sim_chan chans[];
};

/**
 * struct sim_rule - when faults of a class happen by script
 * @fault: the script
 * @on: there is one
 * @seen: occasions so far
 * @hits: those that were used
 */
struct sim_rule {
	struct dma_sim_fault fault;
	bool on;
	u64 seen;
	u64 hits;
};

/**
 * struct sim_faults - what is to go wrong
 * @lock: protects @rules and @rnd.  Innermost.
 * @rules: by script
 * @rnd: source of all that is random in them
 * @attrs: by the kernel's fault injection
 */
struct sim_faults {
	spinlock_t lock;	/* rules and rnd */
	struct sim_rule rules[DMA_SIM_NR_FAULTS];
	struct rnd_state rnd;
	struct fault_attr attrs[DMA_SIM_NR_FAULTS];
};

/**
 * struct sim_space - bus addresses of an engine, and what is mapped there
 * @lock: protects the rest, and mappings that are there.  Inside all locks of
 *	channels.
 * @tree: &struct sim_mapping
 * @base: lowest address
 * @last: highest address
 * @next: where the next mapping goes
 */
struct sim_space {
	spinlock_t lock;	/* see above */
	struct rb_root_cached tree;
	dma_addr_t base;
	dma_addr_t last;
	dma_addr_t next;
};

/**
 * struct dma_sim - simulated engine
 * @pdev: its device, whose release frees this
 * @config: what it is like
 * @node: in the list of those that the module parameter has made
 * @lock: protects @sd and @probe_error
 * @sd: while it is bound
 * @probe_error: why it is not
 * @faults: what goes wrong
 * @space: bus addresses, with &dma_sim_config.iova
 * @stats_lock: protects @stats.  Innermost.
 * @stats: counters
 * @debugfs: its directory
 */
struct dma_sim {
	struct platform_device pdev;
	struct dma_sim_config config;
	struct list_head node;
	struct mutex lock;	/* see above */
	struct sim_dev *sd;
	int probe_error;
	struct sim_faults faults;
	struct sim_space space;
	spinlock_t stats_lock;	/* stats */
	struct dma_sim_counters stats;
	struct dentry *debugfs;
};

/* What executes; owned by sim.c. */
extern struct workqueue_struct *sim_wq;

static inline struct sim_chan *to_sim_chan(struct dma_chan *chan)
{
	return container_of(chan, struct sim_chan, mc.chan);
}

static inline struct sim_dev *to_sim_dev(struct dma_device *dma)
{
	return container_of(dma, struct sim_dev, dma);
}

static inline struct dma_sim *dev_to_sim(struct device *dev)
{
	return container_of(dev, struct dma_sim, pdev.dev);
}

/* config.c */
int sim_config_set(struct dma_sim_config *config, const char *name,
		   const char *value);
int sim_config_show(const struct dma_sim_config *config, const char *name,
		    char *page);
int sim_config_check(const struct dma_sim_config *config);
int sim_config_parse(struct dma_sim_config *config, char *text);

/* configfs.c */
int sim_configfs_init(void);
void sim_configfs_exit(void);

/* chan.c */
void sim_chan_init(struct sim_dev *sd, unsigned int index);
int sim_alloc_chan_resources(struct dma_chan *chan);
void sim_free_chan_resources(struct dma_chan *chan);
int sim_pause(struct dma_chan *chan);
int sim_resume(struct dma_chan *chan);
int sim_terminate_all(struct dma_chan *chan);
int sim_stop(struct dma_chan *chan);
void sim_synchronize(struct dma_chan *chan);

/* desc.c */
struct sim_desc *sim_desc_get(struct sim_chan *sc);
dma_cookie_t sim_tx_submit(struct dma_async_tx_descriptor *tx);
void sim_desc_aborted(struct sim_chan *sc, struct sim_desc *desc);
bool sim_collect(struct sim_chan *sc);
bool sim_call_back_locked(struct sim_chan *sc, bool locked);
void sim_again(struct m2m_chan *mc);
void sim_irq_work(struct work_struct *work);

/* run.c */
void sim_leave_order(struct sim_chan *sc, struct sim_desc *desc);
void sim_reported(struct sim_chan *sc);
void sim_run_work(struct work_struct *work);
enum hrtimer_restart sim_timer(struct hrtimer *timer);
enum hrtimer_restart sim_irq_timer(struct hrtimer *timer);
void sim_issue_pending(struct dma_chan *chan);
enum dma_status sim_tx_status(struct dma_chan *chan, dma_cookie_t cookie,
			      struct dma_tx_state *state);

/* prep.c */
void sim_set_prep(struct dma_device *dma, const struct dma_sim_config *config);

/* fault.c */
void sim_faults_init(struct dma_sim *sim);
bool sim_fault_armed(struct dma_sim *sim, enum dma_sim_fault_class class);
bool sim_fault(struct dma_sim *sim, enum dma_sim_fault_class class,
	       struct dma_sim_fault *fault);
void sim_fault_plan(struct dma_sim *sim, struct sim_plan *plan);
void sim_fault_report(struct dma_sim *sim, enum dma_sim_fault_class class);
int sim_fault_command(struct dma_sim *sim, char *text);
void sim_faults_print(struct dma_sim *sim, struct seq_buf *s);
bool sim_client_lock(struct sim_chan *sc);
void sim_client_unlock(struct sim_chan *sc, bool locked);

/* stats.c */
extern const char * const sim_fault_names[DMA_SIM_NR_FAULTS];
void sim_count_n(struct dma_sim *sim, u64 *counter, u64 n);
void sim_count_op(struct dma_sim *sim, const struct soft_op *op, bool polled);
void sim_counters_print(struct dma_sim *sim, struct seq_buf *s);
void sim_debugfs_init(void);
void sim_debugfs_exit(void);
void sim_debugfs_add(struct dma_sim *sim);
void sim_debugfs_del(struct dma_sim *sim);
const char *sim_kind_name(enum soft_kind kind);

/* Count one more of what &struct dma_sim_counters has under this name. */
#define sim_count(sim, counter) do {				\
	struct dma_sim *__sim = (sim);				\
								\
	sim_count_n(__sim, &__sim->stats.counter, 1);		\
} while (0)

/* iova.c */
#ifdef CONFIG_ARCH_HAS_DMA_OPS
extern const struct soft_access sim_iova_access;
void sim_space_init(struct dma_sim *sim);
int sim_space_setup(struct dma_sim *sim);
void sim_space_destroy(struct dma_sim *sim);
#else
#define sim_iova_access		soft_direct_access
static inline void sim_space_init(struct dma_sim *sim)
{
}

static inline int sim_space_setup(struct dma_sim *sim)
{
	return -EOPNOTSUPP;
}

static inline void sim_space_destroy(struct dma_sim *sim)
{
}
#endif

#endif /* DMA_SIM_H */
