// SPDX-License-Identifier: GPL-2.0-only
/*
 * What async_tx is doing, and where
 *
 * async_tx/counters: what was executed, by kind and place.
 * async_tx/ops: operations that are not done, and what they wait for.
 * async_tx/status: which channels there are, and which kinds of operations they
 * take; how often a chain went from one to another; and why what ran on the CPU
 * ran there.
 * async_tx/gains: for which operations each engine is worth it, and why.  To set
 * that, write ENGINE KIND FROM DEPTH.
 * async_tx/reset: write to it to set the counters to 0.
 */
#include <linux/cpumask.h>
#include <linux/debugfs.h>
#include <linux/dma-mapping.h>
#include <linux/jiffies.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "core.h"

static struct dentry *root;

static struct async_tx_count async_tx_total(struct async_tx_count __percpu *counts, int nr)
{
	struct async_tx_count sum = {};
	int cpu, i;

	for_each_possible_cpu(cpu) {
		const struct async_tx_count *c = per_cpu_ptr(counts, cpu);

		for (i = 0; i < nr; i++) {
			sum.executed += READ_ONCE(c[i].executed);
			sum.failed += READ_ONCE(c[i].failed);
			sum.retried += READ_ONCE(c[i].retried);
			sum.bytes += READ_ONCE(c[i].bytes);
		}
	}
	return sum;
}

static struct async_tx_count async_tx_total_cpu(const struct async_tx_kind *kind)
{
	return async_tx_total(kind->cpu, ASYNC_TX_CPU_COUNTS);
}

static void async_tx_show_sum(struct seq_file *s, const char *kind, const char *place,
			      const struct async_tx_count sum)
{
	if (sum.executed || sum.failed)
		seq_printf(s, "%s %s %llu %llu %llu %llu\n", kind, place,
			   sum.executed, sum.failed, sum.retried, sum.bytes);
}

static void async_tx_reset_kind(struct async_tx_kind *kind, void *arg)
{
	async_tx_zero(kind->cpu, ASYNC_TX_CPU_COUNTS * sizeof(*kind->cpu));
	async_tx_zero(kind->reasons, sizeof(*kind->reasons));
}

#ifdef CONFIG_ASYNC_TX_DMA
struct async_tx_row {
	struct seq_file *s;
	const struct async_tx_kind *kind;
};

struct async_tx_status {
	struct seq_file *s;
	const struct async_tx_kind *kind;
	u64 cpu;
	u64 engines;
};

static struct async_tx_count async_tx_total_engine(const struct async_tx_engine *engine,
						   const struct async_tx_kind *kind)
{
	return async_tx_total(&engine->counts[kind->id], 1);
}

static void async_tx_show_engine(struct async_tx_engine *engine, void *arg)
{
	struct async_tx_row *row = arg;

	async_tx_show_sum(row->s, row->kind->name, engine->name,
			  async_tx_total_engine(engine, row->kind));
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
		async_tx_zero(&engine->counts[id], sizeof(*engine->counts));
}

static void async_tx_reset_engines(void)
{
	async_tx_engine_for_each(async_tx_reset_engine, NULL);
	async_tx_reset_crossings();
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

static const struct {
	enum dma_transaction_type cap;
	const char *name;
} async_tx_caps[] = {
	{ DMA_MEMCPY, "memcpy" }, { DMA_MEMSET, "memset" }, { DMA_XOR, "xor" },
	{ DMA_XOR_VAL, "xor_val" }, { DMA_PQ, "pq" }, { DMA_PQ_VAL, "pq_val" },
};

static void async_tx_show_chan(struct async_tx_chan *achan, void *arg)
{
	struct seq_file *s = arg;
	int i;
	unsigned long left = READ_ONCE(achan->retry_at) - jiffies;

	seq_printf(s, "channel %s of %s:", dma_chan_name(achan->chan),
		   achan->engine->name);
	if (READ_ONCE(achan->dead))
		seq_puts(s, " hangs and cannot be stopped, no longer used;");
	else if (READ_ONCE(achan->closed))
		seq_puts(s, " being stopped;");
	else if (READ_ONCE(achan->failures) && (long)left > 0)
		seq_printf(s, " has failed, not used for %u ms;",
			   jiffies_to_msecs(left));
	for (i = 0; i < ARRAY_SIZE(async_tx_caps); i++)
		if (dma_has_cap(async_tx_caps[i].cap, achan->chan->device->cap_mask))
			seq_printf(s, " %s", async_tx_caps[i].name);
	seq_putc(s, '\n');
}

static void async_tx_sum_engine(struct async_tx_engine *engine, void *arg)
{
	struct async_tx_status *status = arg;
	u64 executed = async_tx_total_engine(engine, status->kind).executed;

	status->engines += executed;
	if (executed)
		seq_printf(status->s, " %s %llu", engine->name, executed);
}

static void async_tx_show_reasons(struct async_tx_status *status)
{
	u64 nr[ASYNC_TX_NR_WHY] = { };
	u64 rest = status->cpu;
	int cpu, why;

	for_each_possible_cpu(cpu)
		for (why = 0; why < ASYNC_TX_NR_WHY; why++)
			nr[why] += per_cpu_ptr(status->kind->reasons, cpu)->nr[why];
	for (why = 0; why < ASYNC_TX_NR_WHY; why++) {
		if (!nr[why])
			continue;
		seq_printf(status->s, " %s %llu", async_tx_why_names[why], nr[why]);
		rest -= min(rest, nr[why]);
	}
	if (rest)
		seq_printf(status->s, " without-channels %llu", rest);
}

static void async_tx_show_status(struct async_tx_kind *kind, void *arg)
{
	struct async_tx_status status = { arg, kind, async_tx_total_cpu(kind).executed };

	if (kind->cap == DMA_TX_TYPE_END)
		return;
	seq_printf(arg, "%s: on engines", kind->name);
	async_tx_engine_for_each(async_tx_sum_engine, &status);
	if (!status.engines)
		seq_puts(arg, " 0");
	seq_printf(arg, ", on the CPU %llu", status.cpu);
	if (status.cpu) {
		seq_puts(arg, ", because:");
		async_tx_show_reasons(&status);
	}
	seq_putc(arg, '\n');
}

static int status_show(struct seq_file *s, void *unused)
{
	async_tx_chan_for_each(async_tx_show_chan, s);
	seq_printf(s, "crossings %lu\n", async_tx_crossings());
	async_tx_kind_for_each(async_tx_show_status, s);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(status);

static void async_tx_show_gain(struct async_tx_engine *engine, void *arg)
{
	struct async_tx_row *row = arg;
	const struct async_tx_gain *gain = &engine->gains[row->kind->id];

	if (gain->known)
		seq_printf(row->s, "%s %s %u %u %u %u %u\n", engine->name, row->kind->name,
			   gain->cpu_ns, gain->submit_ns, gain->engine_ns, gain->from,
			   gain->depth);
}

static void async_tx_show_kind_gains(struct async_tx_kind *kind, void *arg)
{
	struct async_tx_row row = { arg, kind };

	async_tx_engine_for_each(async_tx_show_gain, &row);
}

static int gains_show(struct seq_file *s, void *unused)
{
	seq_puts(s, "engine kind cpu_ns submit_ns engine_ns from depth\n");
	async_tx_kind_for_each(async_tx_show_kind_gains, s);
	return 0;
}

static ssize_t gains_write(struct file *file, const char __user *buf, size_t count,
			   loff_t *pos)
{
	char line[96], engine[40], kind[16];
	unsigned int from, depth;
	int err;

	if (count >= sizeof(line))
		return -EINVAL;
	if (copy_from_user(line, buf, count))
		return -EFAULT;
	line[count] = '\0';
	if (sscanf(line, "%39s %15s %u %u", engine, kind, &from, &depth) != 4)
		return -EINVAL;
	err = async_tx_gain_set(engine, kind, from, depth);
	return err ?: count;
}
DEFINE_SHOW_STORE_ATTRIBUTE(gains);

static void async_tx_debugfs_ops(void)
{
	debugfs_create_file("gains", 0644, root, NULL, &gains_fops);
	debugfs_create_file("ops", 0444, root, NULL, &ops_fops);
	debugfs_create_file("status", 0444, root, NULL, &status_fops);
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

	async_tx_show_sum(s, kind->name, "cpu", async_tx_total_cpu(kind));
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
