// SPDX-License-Identifier: GPL-2.0-only
/*
 * Software DMA engine: counters.
 *
 * The file "stats" in the engine's directory under debugfs dmaengine/ shows a
 * line for each channel and kind that it has done any of:
 *
 *	channel kind ops bytes
 *
 * and a line for each other counter, whose second column is in capitals.
 */
#include <linux/debugfs.h>
#include <linux/lockdep.h>
#include <linux/seq_file.h>
#include <kunit/visibility.h>

#include "soft.h"

static const char * const soft_kind_names[SOFT_NR_KINDS] = {
	[SOFT_INTERRUPT]	= "interrupt",
	[SOFT_MEMCPY]		= "memcpy",
	[SOFT_MEMSET]		= "memset",
	[SOFT_XOR]		= "xor",
	[SOFT_XOR_VAL]		= "xor_val",
	[SOFT_PQ]		= "pq",
	[SOFT_PQ_VAL]		= "pq_val",
};

/**
 * soft_stats_init - make the counters of a new channel usable
 * @sc: the channel
 */
void soft_stats_init(struct soft_chan *sc)
{
	u64_stats_init(&sc->stats.sync);
}

/**
 * soft_stats_count - count a completed operation
 * @sc: the channel
 * @desc: the operation's descriptor
 * @polled: whether a poller completed it, not the worker
 *
 * Context: &m2m_chan.lock held, interrupts off.
 */
void soft_stats_count(struct soft_chan *sc, const struct soft_desc *desc,
		      bool polled)
{
	const struct soft_op *op = &desc->op;
	struct soft_stats *stats = &sc->stats;

	lockdep_assert_held(&sc->mc.lock);

	u64_stats_update_begin(&stats->sync);
	u64_stats_inc(&stats->ops[op->kind]);
	u64_stats_add(&stats->bytes[op->kind],
		      op->len * max_t(size_t, op->nr_srcs, 1));
	if (op->error != DMA_TRANS_NOERROR)
		u64_stats_inc(&stats->failed);
	if (polled)
		u64_stats_inc(&stats->polled);
	u64_stats_update_end(&stats->sync);
}

/**
 * soft_stats_count_full - count a client that was turned away
 * @sc: the channel
 *
 * Context: &m2m_chan.lock held, interrupts off.
 */
void soft_stats_count_full(struct soft_chan *sc)
{
	lockdep_assert_held(&sc->mc.lock);

	u64_stats_update_begin(&sc->stats.sync);
	u64_stats_inc(&sc->stats.full);
	u64_stats_update_end(&sc->stats.sync);
}

/**
 * soft_stats_read - read the counters of a channel
 * @sc: the channel
 * @counters: where to
 *
 * Context: any in which interrupts are on; on machines of 32 bits it may have
 * to try again when it meets a writer.
 */
void soft_stats_read(struct soft_chan *sc, struct soft_counters *counters)
{
	struct soft_stats *stats = &sc->stats;
	unsigned int seq, i;

	do {
		seq = u64_stats_fetch_begin(&stats->sync);
		for (i = 0; i < SOFT_NR_KINDS; i++) {
			counters->ops[i] = u64_stats_read(&stats->ops[i]);
			counters->bytes[i] = u64_stats_read(&stats->bytes[i]);
		}
		counters->failed = u64_stats_read(&stats->failed);
		counters->polled = u64_stats_read(&stats->polled);
		counters->full = u64_stats_read(&stats->full);
	} while (u64_stats_fetch_retry(&stats->sync, seq));
}
EXPORT_SYMBOL_IF_KUNIT(soft_stats_read);

static int soft_stats_show(struct seq_file *s, void *unused)
{
	struct soft_dev *sd = s->private;
	struct soft_counters counters;
	unsigned int i, kind;

	seq_puts(s, "channel kind ops bytes\n");
	for (i = 0; i < sd->config.channels; i++) {
		soft_stats_read(&sd->chans[i], &counters);
		for (kind = 0; kind < SOFT_NR_KINDS; kind++)
			if (counters.ops[kind])
				seq_printf(s, "%u %s %llu %llu\n", i,
					   soft_kind_names[kind],
					   counters.ops[kind],
					   counters.bytes[kind]);
		seq_printf(s, "%u FAILED %llu\n", i, counters.failed);
		seq_printf(s, "%u POLLED %llu\n", i, counters.polled);
		seq_printf(s, "%u FULL %llu\n", i, counters.full);
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(soft_stats);

/**
 * soft_stats_register - show the counters in debugfs
 * @sd: the engine, already registered
 *
 * The registry removes the file together with the engine's directory.
 *
 * Context: may sleep.
 */
void soft_stats_register(struct soft_dev *sd)
{
	struct dentry *dir = dmaengine_get_debugfs_root(&sd->dma);

	if (!IS_ERR_OR_NULL(dir))
		debugfs_create_file("stats", 0444, dir, sd, &soft_stats_fops);
}
