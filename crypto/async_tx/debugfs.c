// SPDX-License-Identifier: GPL-2.0-only
/*
 * What async_tx is doing, and where
 *
 * async_tx/counters: what was executed, by kind and place.
 * async_tx/ops: operations that are not done, and what they wait for.
 * async_tx/reset: write to it to set the counters to 0.
 */
#include <linux/cpumask.h>
#include <linux/debugfs.h>
#include <linux/dma-mapping.h>
#include <linux/jiffies.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "core.h"

static struct dentry *root;

static void async_tx_sum(struct seq_file *s, const char *kind, const char *place,
			 struct async_tx_count __percpu *counts)
{
	struct async_tx_count sum = {};
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct async_tx_count *c = per_cpu_ptr(counts, cpu);

		sum.executed += READ_ONCE(c->executed);
		sum.failed += READ_ONCE(c->failed);
		sum.retried += READ_ONCE(c->retried);
		sum.bytes += READ_ONCE(c->bytes);
	}
	if (sum.executed || sum.failed)
		seq_printf(s, "%s %s %llu %llu %llu %llu\n", kind, place,
			   sum.executed, sum.failed, sum.retried, sum.bytes);
}

static void async_tx_reset_count(struct async_tx_count __percpu *counts)
{
	int cpu;

	for_each_possible_cpu(cpu)
		memset(per_cpu_ptr(counts, cpu), 0, sizeof(*counts));
}

static void async_tx_reset_kind(struct async_tx_kind *kind, void *arg)
{
	async_tx_reset_count(kind->cpu);
}

#ifdef CONFIG_ASYNC_TX_DMA
struct async_tx_row {
	struct seq_file *s;
	const struct async_tx_kind *kind;
};

static void async_tx_show_engine(struct async_tx_engine *engine, void *arg)
{
	struct async_tx_row *row = arg;

	async_tx_sum(row->s, row->kind->name, engine->name,
		     &engine->counts[row->kind->id]);
}

static void async_tx_show_engines(struct seq_file *s, const struct async_tx_kind *kind)
{
	struct async_tx_row row = { s, kind };

	async_tx_engine_for_each(async_tx_show_engine, &row);
}

static void async_tx_reset_engine(struct async_tx_engine *engine, void *arg)
{
	int id;

	for (id = 0; id < ASYNC_TX_MAX_KINDS; id++)
		async_tx_reset_count(&engine->counts[id]);
}

static void async_tx_reset_engines(void)
{
	async_tx_engine_for_each(async_tx_reset_engine, NULL);
}

static int ops_show(struct seq_file *s, void *unused)
{
	unsigned long lost = async_tx_abandoned();
	int i;

	seq_puts(s, "kind state cpu age_ms len sources waits_for\n");
	for_each_possible_cpu(i) {
		struct async_tx_cpu *cpu = per_cpu_ptr(&async_tx_cpus, i);
		struct async_tx_op *op, *other;

		rcu_read_lock();
		spin_lock_bh(&cpu->lock);
		list_for_each_entry(op, &cpu->live, live) {
			other = READ_ONCE(op->waits_on);
			seq_printf(s, "%s %s %d %u %zu %u %s\n", op->kind->name,
				   async_tx_state_names[READ_ONCE(op->state)], i,
				   jiffies_to_msecs(jiffies - op->born), op->len,
				   op->nr_srcs, other ? other->kind->name : "-");
		}
		spin_unlock_bh(&cpu->lock);
		rcu_read_unlock();
	}
	if (lost)
		seq_printf(s, "# %lu never acknowledged and reclaimed\n", lost);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(ops);

static void async_tx_debugfs_ops(void)
{
	debugfs_create_file("ops", 0444, root, NULL, &ops_fops);
}
#else
static void async_tx_show_engines(struct seq_file *s, const struct async_tx_kind *kind)
{
}

static void async_tx_reset_engines(void)
{
}

static void async_tx_debugfs_ops(void)
{
}
#endif

static void async_tx_show_kind(struct async_tx_kind *kind, void *arg)
{
	struct seq_file *s = arg;

	async_tx_sum(s, kind->name, "cpu", kind->cpu);
	async_tx_show_engines(s, kind);
}

static int counters_show(struct seq_file *s, void *unused)
{
	seq_puts(s, "kind engine executed failed retried bytes\n");
	async_tx_kind_for_each(async_tx_show_kind, s);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(counters);

static int async_tx_reset(void *data, u64 val)
{
	if (!val)
		return -EINVAL;
	async_tx_kind_for_each(async_tx_reset_kind, NULL);
	async_tx_reset_engines();
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(reset_fops, NULL, async_tx_reset, "%llu\n");

void async_tx_debugfs_init(void)
{
	root = debugfs_create_dir("async_tx", NULL);
	debugfs_create_file("counters", 0444, root, NULL, &counters_fops);
	debugfs_create_file_unsafe("reset", 0200, root, NULL, &reset_fops);
	async_tx_debugfs_ops();
}

void async_tx_debugfs_exit(void)
{
	debugfs_remove(root);
}
