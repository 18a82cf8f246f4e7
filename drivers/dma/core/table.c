// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmaengine core: which public channel a CPU uses for which operation
 */

/**
 * DOC: channel table
 *
 * Public channels are handed out by a table: for each CPU and each operation
 * one channel, so that dma_find_channel() is a single load.  The table is made
 * anew when channels come or go and when CPUs do; channels enter and leave
 * it by public.c.
 *
 * A CPU gets a channel on its own NUMA node if there is one, among those the
 * one that has the fewest places in the table so far, and among those the one
 * that came first.  So with enough channels no two CPUs share one, and with one
 * CPU no two operations do.
 *
 * Places are dealt out operation by operation.  The least used channel is found
 * without going through all of them each time: the count of a channel only
 * grows while the table is made, so a search can start where the last one for
 * the same operation and node ended, and stop at the first channel with the
 * count that was the lowest then.  When the search has come to the end of the
 * list, that count is no longer to be found, and the next one is tried.  To
 * register a channel therefore costs the same however many there are, if there
 * are enough.
 *
 * An entry that is replaced may be in use by whoever has just read it, under
 * rcu_read_lock() or with preemption disabled.  Who takes a channel from the
 * table waits for an RCU grace period before its resources are freed.
 *
 * Of the channels in the table, a second list holds those that dma_find_channel()
 * has given to somebody: nobody else leaves it to dma_issue_pending_all() to
 * start what a channel has.  The offload user starts its own.  So that function
 * costs the same however many channels there are.
 *
 * The registry's mutex protects the list of channels and the writing of the
 * table.  A CPU hotplug callback must not take it: the mutex is held around
 * drivers' callbacks, and what those call may wait for CPU hotplug.  The
 * callbacks queue work instead.  A CPU that has come before that has run finds
 * no channel.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpuhotplug.h>
#include <linux/dma_offload.h>
#include <linux/export.h>
#include <linux/init.h>
#include <linux/nodemask.h>
#include <linux/numa.h>
#include <linux/percpu.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/topology.h>
#include <linux/workqueue.h>

#include "internal.h"

struct table_row {
	struct dma_chan __rcu *chan[DMA_TX_TYPE_END];
};

static DEFINE_PER_CPU(struct table_row, table);

/* Public channels in use, in the order of their arrival. */
static LIST_HEAD(table_chans);

/* Those of them that dma_find_channel() has found. */
static LIST_HEAD(table_found);

/*
 * Protects the list of those found, &dmaengine_chan.found and changes of
 * &dmaengine_chan.in_table, in any context.  Nothing inside it.
 */
static DEFINE_RAW_SPINLOCK(table_found_lock);

/* The list has changed since the table was made. */
static bool table_stale;

/* How many of them offer a capability. */
static int table_offers[DMA_TX_TYPE_END];

/* Operations that have channels in the table. */
static dma_cap_mask_t table_caps;

/**
 * struct table_search - where to look for the next channel of an operation
 * @last: the one found last, or the list's head
 * @count: no channel has fewer places, and none up to @last so few
 * @none: there is no channel for this node
 */
struct table_search {
	struct list_head *last;
	int count;
	bool none;
};

/* One for each node, and behind those one for all channels of whatever node. */
static struct table_search *table_searches;

/* Capabilities that are no operations: nobody looks up a channel by them. */
static bool table_is_operation(enum dma_transaction_type cap)
{
	return cap != DMA_INTERRUPT && cap != DMA_PRIVATE && cap != DMA_SLAVE;
}

static bool table_fits(const struct dmaengine_chan *dc, int cap, int node)
{
	int chan_node;

	if (!test_bit(cap, dc->table_caps.bits))
		return false;
	chan_node = dev_to_node(dc->chan->device->dev);
	return node == NUMA_NO_NODE || chan_node == NUMA_NO_NODE ||
	       chan_node == node;
}

/* The channel with the fewest places, @node's or with NUMA_NO_NODE anybody's. */
static struct dma_chan *table_least_used(int cap, int node)
{
	struct table_search *search =
		&table_searches[node == NUMA_NO_NODE ? nr_node_ids : node];
	struct dmaengine_chan *dc;
	bool whole;
	int least;

	while (!search->none) {
		whole = search->last == &table_chans;
		least = INT_MAX;
		dc = list_entry(search->last, struct dmaengine_chan, table_node);
		list_for_each_entry_continue(dc, &table_chans, table_node) {
			if (!table_fits(dc, cap, node))
				continue;
			if (dc->chan->table_count == search->count) {
				search->last = &dc->table_node;
				return dc->chan;
			}
			least = min(least, dc->chan->table_count);
		}
		search->last = &table_chans;
		search->none = whole && least == INT_MAX;
		search->count = whole ? least : search->count + 1;
	}
	return NULL;
}

static struct dma_chan *table_choose(int cap, int cpu)
{
	struct dma_chan *chan;

	chan = table_least_used(cap, cpu_to_node(cpu));
	if (!chan)
		chan = table_least_used(cap, NUMA_NO_NODE);
	if (chan)
		chan->table_count++;
	return chan;
}

static void table_deal(int cap)
{
	struct dma_chan *chan;
	int cpu, i;

	for (i = 0; i <= nr_node_ids; i++)
		table_searches[i] = (struct table_search){ .last = &table_chans };

	for_each_possible_cpu(cpu) {
		chan = cpu_online(cpu) ? table_choose(cap, cpu) : NULL;
		rcu_assign_pointer(per_cpu_ptr(&table, cpu)->chan[cap], chan);
	}
}

static struct dma_chan *table_entry(int cpu, int cap)
{
	return rcu_dereference_protected(per_cpu_ptr(&table, cpu)->chan[cap],
					 lockdep_is_held(&dmaengine_registry_mutex));
}

/* Take all channels' places away; the entries stay, for those who read them. */
static void table_collect(void)
{
	struct dma_chan *chan;
	int cap, cpu;

	for_each_possible_cpu(cpu) {
		for_each_dma_cap_mask(cap, table_caps) {
			chan = table_entry(cpu, cap);
			if (chan)
				chan->table_count = 0;
		}
	}
}

static void table_make(void)
{
	int cap;

	/* The system is out of memory before it is up. */
	if (!table_searches)
		return;

	table_collect();
	for (cap = 0; cap < DMA_TX_TYPE_END; cap++) {
		if (!table_is_operation(cap))
			continue;
		if (table_offers[cap])
			dma_cap_set(cap, table_caps);
		else if (!dma_has_cap(cap, table_caps))
			continue;
		table_deal(cap);
		if (!table_offers[cap])
			dma_cap_clear(cap, table_caps);
	}
	table_stale = false;
}

static void table_count_offers(const struct dmaengine_chan *dc, int change)
{
	int cap;

	for_each_dma_cap_mask(cap, dc->table_caps)
		table_offers[cap] += change;
}

/**
 * dmaengine_table_add - have a channel in the table
 * @dc: the channel, in use
 *
 * Takes effect with dmaengine_table_update().
 *
 * Context: registry's mutex.
 */
void dmaengine_table_add(struct dmaengine_chan *dc)
{
	dmaengine_assert_registry();
	scoped_guard(raw_spinlock_irqsave, &table_found_lock) {
		dc->in_table = true;
		/* By somebody who may have it still. */
		if (dc->found)
			list_add_tail_rcu(&dc->found_node, &table_found);
	}
	dc->table_caps = dc->chan->device->cap_mask;
	dc->chan->table_count = 0;
	table_count_offers(dc, 1);
	list_add_tail_rcu(&dc->table_node, &table_chans);
	table_stale = true;
}

/**
 * dmaengine_table_del - have a channel in the table no longer
 * @dc: the channel
 *
 * After dmaengine_table_update() and a grace period nobody finds it any more.
 * It must not be added again before that.
 *
 * Context: registry's mutex.
 */
void dmaengine_table_del(struct dmaengine_chan *dc)
{
	dmaengine_assert_registry();
	scoped_guard(raw_spinlock_irqsave, &table_found_lock) {
		if (dc->found)
			list_del_rcu(&dc->found_node);
		dc->in_table = false;
	}
	list_del_rcu(&dc->table_node);
	table_count_offers(dc, -1);
	table_stale = true;
}

/**
 * dmaengine_table_update - make the table anew if channels have come or gone
 *
 * Context: registry's mutex.
 */
void dmaengine_table_update(void)
{
	dmaengine_assert_registry();
	if (table_stale)
		table_make();
}

/**
 * dmaengine_table_empty - are there no channels to be found?
 *
 * Context: any.
 * Return: true if so.
 */
bool dmaengine_table_empty(void)
{
	return list_empty(&table_chans);
}

static struct dma_chan *table_look_up(enum dma_transaction_type cap)
{
	if (WARN_ON_ONCE((unsigned int)cap >= DMA_TX_TYPE_END))
		return NULL;
	return (__force struct dma_chan *)this_cpu_read(table.chan[cap]);
}

static void table_note_found(struct dmaengine_chan *dc)
{
	guard(raw_spinlock_irqsave)(&table_found_lock);
	if (dc->found)
		return;
	WRITE_ONCE(dc->found, true);
	if (dc->in_table)
		list_add_tail_rcu(&dc->found_node, &table_found);
}

/**
 * dma_find_channel - the channel for an operation on this CPU
 * @tx_type: the operation
 *
 * Context: any.  The channel stays for as long as preemption is disabled or
 *	rcu_read_lock() is held around this and the use of it; or until
 *	dmaengine_put() for who has called dmaengine_get().
 * Return: a public channel, or NULL.
 */
struct dma_chan *dma_find_channel(enum dma_transaction_type tx_type)
{
	struct dmaengine_chan *dc;
	struct dma_chan *chan;

	guard(rcu)();
	chan = table_look_up(tx_type);
	if (!chan)
		return NULL;
	dc = to_dmaengine_chan(chan);
	if (!READ_ONCE(dc->found))
		table_note_found(dc);
	return chan;
}
EXPORT_SYMBOL(dma_find_channel);

/**
 * dma_offload_find_channel - the same, for the offload user
 * @tx_type: the operation
 * @priv: set to what dma_offload_ops.chan_added has stored for the channel; to NULL
 *	if the channel is not the offload user's, or is being taken from it
 *
 * dma_issue_pending_all() does not start what is submitted to a channel that was
 * found this way: that is up to dma_offload_ops.issue_pending.
 *
 * Context: any, under rcu_read_lock(), which the channel and *@priv stay for.
 * Return: a public channel, or NULL; then *@priv is not set.
 */
struct dma_chan *dma_offload_find_channel(enum dma_transaction_type tx_type,
					  void **priv)
{
	struct dma_chan *chan = table_look_up(tx_type);

	if (chan)
		*priv = rcu_dereference(to_dmaengine_chan(chan)->offload_priv);
	return chan;
}
EXPORT_SYMBOL_GPL(dma_offload_find_channel);

/**
 * dmaengine_table_issue_pending - start what may wait for
 *	dma_issue_pending_all()
 *
 * Context: rcu_read_lock().
 */
void dmaengine_table_issue_pending(void)
{
	struct dmaengine_chan *dc;

	list_for_each_entry_rcu(dc, &table_found, found_node)
		dma_async_issue_pending(dc->chan);
}

static void table_cpus_changed(struct work_struct *work)
{
	guard(dmaengine_registry)();
	table_make();
}

static DECLARE_WORK(table_cpus_work, table_cpus_changed);

static int table_cpu_changed(unsigned int cpu)
{
	schedule_work(&table_cpus_work);
	return 0;
}

static int __init table_init(void)
{
	int err;

	table_searches = kcalloc(nr_node_ids + 1, sizeof(*table_searches), GFP_KERNEL);
	if (!table_searches)
		return -ENOMEM;

	/* When a CPU is up, and when it is down: it counts as online in between. */
	err = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "dma/engine:online",
					table_cpu_changed, NULL);
	if (err >= 0)
		err = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN, "dma/engine:dead",
						NULL, table_cpu_changed);
	if (err < 0)
		pr_warn("channels do not follow CPU hotplug: %d\n", err);
	return 0;
}
arch_initcall(table_init);
