// SPDX-License-Identifier: GPL-2.0-only
/*
 * Simulated DMA engines: counters, and the files in debugfs.
 */
#include <linux/cleanup.h>
#include <linux/debugfs.h>
#include <linux/export.h>
#include <linux/fs.h>
#include <linux/minmax.h>
#include <linux/seq_buf.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "sim.h"

/* Longest command for the file "fault". */
#define SIM_MAX_COMMAND		255

static struct dentry *sim_debugfs;

static const struct {
	const char *name;
	enum dma_transaction_type type;
} sim_kinds[SOFT_NR_KINDS] = {
	[SOFT_INTERRUPT]	= { "interrupt", DMA_INTERRUPT },
	[SOFT_MEMCPY]		= { "memcpy", DMA_MEMCPY },
	[SOFT_MEMSET]		= { "memset", DMA_MEMSET },
	[SOFT_XOR]		= { "xor", DMA_XOR },
	[SOFT_XOR_VAL]		= { "xor_val", DMA_XOR_VAL },
	[SOFT_PQ]		= { "pq", DMA_PQ },
	[SOFT_PQ_VAL]		= { "pq_val", DMA_PQ_VAL },
};

const char * const sim_fault_names[DMA_SIM_NR_FAULTS] = {
	[DMA_SIM_FAIL_BEFORE]		= "fail_before",
	[DMA_SIM_FAIL_MIDDLE]		= "fail_middle",
	[DMA_SIM_FAIL_END]		= "fail_end",
	[DMA_SIM_STALL]			= "stall",
	[DMA_SIM_LOSE_IRQ]		= "lose_irq",
	[DMA_SIM_REFUSE_PREP]		= "refuse_prep",
	[DMA_SIM_REFUSE_MAP]		= "refuse_map",
	[DMA_SIM_REFUSE_TERMINATE]	= "refuse_terminate",
	[DMA_SIM_DELAY_TERMINATE]	= "delay_terminate",
	[DMA_SIM_LOCKED_CALLBACK]	= "locked_callback",
	[DMA_SIM_VANISH]		= "vanish",
};

static const char * const sim_violation_names[DMA_SIM_NR_VIOLATIONS] = {
	[DMA_SIM_OUTSIDE]		= "outside",
	[DMA_SIM_UNMAPPED]		= "unmapped",
	[DMA_SIM_DIRECTION]		= "direction",
	[DMA_SIM_OVERLAP]		= "overlap",
	[DMA_SIM_IN_USE]		= "in_use",
	[DMA_SIM_TOUCHED]		= "touched",
	[DMA_SIM_BAD_UNMAP]		= "bad_unmap",
	[DMA_SIM_LIMIT]			= "limit",
};

/**
 * sim_kind_name - what a kind is called
 * @kind: the kind
 *
 * Return: its name.
 */
const char *sim_kind_name(enum soft_kind kind)
{
	return sim_kinds[kind].name;
}

/**
 * sim_count_n - add to a counter
 * @sim: the engine
 * @counter: some counter in &dma_sim.stats
 * @n: how much
 *
 * Context: any but NMI.
 */
void sim_count_n(struct dma_sim *sim, u64 *counter, u64 n)
{
	scoped_guard(spinlock_irqsave, &sim->stats_lock) {
		*counter += n;
	}
}

/**
 * sim_count_op - count an operation that the engine has ended
 * @sim: the engine
 * @op: the operation
 * @polled: whether a poller executed it
 *
 * Context: any but NMI.
 */
void sim_count_op(struct dma_sim *sim, const struct soft_op *op, bool polled)
{
	enum dma_transaction_type type = sim_kinds[op->kind].type;

	scoped_guard(spinlock_irqsave, &sim->stats_lock) {
		sim->stats.ops[type]++;
		sim->stats.bytes[type] += op->len *
					  max_t(size_t, op->nr_srcs, 1);
		if (op->error != DMA_TRANS_NOERROR)
			sim->stats.failed++;
		if (polled)
			sim->stats.polled++;
	}
}

/**
 * dma_sim_read_counters - read the counters of an engine
 * @sim: the engine
 * @counters: where to
 *
 * Context: any but NMI.
 */
void dma_sim_read_counters(struct dma_sim *sim,
			   struct dma_sim_counters *counters)
{
	scoped_guard(spinlock_irqsave, &sim->stats_lock) {
		*counters = sim->stats;
	}
}
EXPORT_SYMBOL_NS_GPL(dma_sim_read_counters, DMA_SIM);

/**
 * dma_sim_reset_counters - start counting anew
 * @sim: the engine
 *
 * What is mapped stays what it is.
 *
 * Context: any but NMI.
 */
void dma_sim_reset_counters(struct dma_sim *sim)
{
	scoped_guard(spinlock_irqsave, &sim->stats_lock)
		sim->stats = (struct dma_sim_counters) {
			.mapped = sim->stats.mapped,
		};
}
EXPORT_SYMBOL_NS_GPL(dma_sim_reset_counters, DMA_SIM);

/**
 * dma_sim_violations - how often rules were broken
 * @sim: the engine
 *
 * Context: any but NMI.
 * Return: the sum of &dma_sim_counters.violations.
 */
u64 dma_sim_violations(struct dma_sim *sim)
{
	unsigned int i;
	u64 sum = 0;

	scoped_guard(spinlock_irqsave, &sim->stats_lock)
		for (i = 0; i < DMA_SIM_NR_VIOLATIONS; i++)
			sum += sim->stats.violations[i];
	return sum;
}
EXPORT_SYMBOL_NS_GPL(dma_sim_violations, DMA_SIM);

/**
 * sim_counters_print - show the counters of an engine
 * @sim: the engine
 * @s: where to, a line each
 *
 * Context: any but NMI.
 */
void sim_counters_print(struct dma_sim *sim, struct seq_buf *s)
{
	struct dma_sim_counters c;
	unsigned int i;

	dma_sim_read_counters(sim, &c);
	for (i = 0; i < SOFT_NR_KINDS; i++)
		seq_buf_printf(s, "ops %s %llu %llu\n", sim_kinds[i].name,
			       c.ops[sim_kinds[i].type],
			       c.bytes[sim_kinds[i].type]);
	seq_buf_printf(s, "failed %llu\n", c.failed);
	seq_buf_printf(s, "aborted %llu\n", c.aborted);
	seq_buf_printf(s, "polled %llu\n", c.polled);
	seq_buf_printf(s, "full %llu\n", c.full);
	seq_buf_printf(s, "irqs %llu\n", c.irqs);
	seq_buf_printf(s, "mapped %llu\n", c.mapped);
	for (i = 0; i < DMA_SIM_NR_FAULTS; i++)
		seq_buf_printf(s, "fault %s %llu\n", sim_fault_names[i],
			       c.faults[i]);
	for (i = 0; i < DMA_SIM_NR_VIOLATIONS; i++)
		seq_buf_printf(s, "violation %s %llu\n", sim_violation_names[i],
			       c.violations[i]);
}

/*
 * debugfs
 */

static int sim_show(struct seq_file *s,
		    void (*print)(struct dma_sim *sim, struct seq_buf *s))
{
	char *page __free(kfree) = kmalloc(PAGE_SIZE, GFP_KERNEL);
	struct seq_buf buf;

	if (!page)
		return -ENOMEM;
	seq_buf_init(&buf, page, PAGE_SIZE);
	print(s->private, &buf);
	seq_puts(s, seq_buf_str(&buf));
	return 0;
}

static int sim_counters_show(struct seq_file *s, void *unused)
{
	return sim_show(s, sim_counters_print);
}

/* Whatever is written resets them. */
static ssize_t sim_counters_write(struct file *file, const char __user *from,
				  size_t count, loff_t *pos)
{
	dma_sim_reset_counters(file_inode(file)->i_private);
	return count;
}

DEFINE_SHOW_STORE_ATTRIBUTE(sim_counters);

static int sim_fault_show(struct seq_file *s, void *unused)
{
	return sim_show(s, sim_faults_print);
}

static ssize_t sim_fault_write(struct file *file, const char __user *from,
			       size_t count, loff_t *pos)
{
	char command[SIM_MAX_COMMAND + 1];
	int ret;

	if (count > SIM_MAX_COMMAND)
		return -EINVAL;
	if (copy_from_user(command, from, count))
		return -EFAULT;
	command[count] = '\0';
	ret = sim_fault_command(file_inode(file)->i_private, command);
	return ret ?: count;
}

DEFINE_SHOW_STORE_ATTRIBUTE(sim_fault);

/**
 * sim_debugfs_add - show an engine in debugfs
 * @sim: the engine, with a device that has a name
 *
 * Context: may sleep.
 */
void sim_debugfs_add(struct dma_sim *sim)
{
	unsigned int i;

	sim->debugfs = debugfs_create_dir(dev_name(&sim->pdev.dev), sim_debugfs);
	debugfs_create_file("counters", 0644, sim->debugfs, sim,
			    &sim_counters_fops);
	debugfs_create_file("fault", 0644, sim->debugfs, sim, &sim_fault_fops);
	for (i = 0; i < DMA_SIM_NR_FAULTS; i++)
		fault_create_debugfs_attr(sim_fault_names[i], sim->debugfs,
					  &sim->faults.attrs[i]);
}

/**
 * sim_debugfs_del - undo sim_debugfs_add()
 * @sim: the engine
 *
 * Context: may sleep.
 */
void sim_debugfs_del(struct dma_sim *sim)
{
	debugfs_remove(sim->debugfs);
}

/**
 * sim_debugfs_init - make the directory for all engines
 */
void sim_debugfs_init(void)
{
	sim_debugfs = debugfs_create_dir(SIM_NAME, NULL);
}

/**
 * sim_debugfs_exit - undo sim_debugfs_init()
 */
void sim_debugfs_exit(void)
{
	debugfs_remove(sim_debugfs);
}
