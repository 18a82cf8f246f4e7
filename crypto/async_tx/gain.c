// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which work is worth an engine
 */

/**
 * DOC: what offload gains
 *
 * To have an engine run an operation costs the CPU something, too: describing and
 * mapping it, and its completion.  For a short one that is more than it takes to run
 * it; and an engine that is slower than the CPU holds up its clients, who have but so
 * many operations under way at a time.
 *
 * So for each engine and kind three times are measured when the two meet, with some
 * blocks of a page: what the CPU takes to run one, what it takes to submit one, and at
 * what intervals the engine completes them.  From that follow two limits:
 *
 * - the length from which the engine pays: where the CPU would take longer than
 *   twice the time of submission, as completion takes about as long;
 * - how many operations a channel may have at a time: so many that the last of them
 *   is over when the CPU would have done ASYNC_TX_PATIENCE.
 *
 * What is shorter, or comes when the channel has so many, the CPU runs.
 *
 * An engine whose driver says that its work is always worth it (offload_always in
 * struct dma_device) has no such limits unless somebody sets them.
 */
#include <linux/completion.h>
#include <linux/dma-mapping.h>
#include <linux/gfp.h>
#include <linux/kref.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/sched/clock.h>
#include <linux/slab.h>

#include "core.h"

/* How many operations of the CPU's a client waits for one of an engine's. */
#define ASYNC_TX_PATIENCE	64
/* An engine that has one and knows of the next need not idle. */
#define ASYNC_TX_MIN_DEPTH	2

/* Operations of one measurement, and measurements of which the best counts */
#define ASYNC_TX_TRIAL		8
#define ASYNC_TX_TRIALS		3

/* An engine that takes longer for that is not worth anything. */
#define ASYNC_TX_TRIAL_TIME	HZ

static bool weigh = true;
module_param(weigh, bool, 0644);
MODULE_PARM_DESC(weigh, "measure for which work a new engine pays, and give it no other (default yes)");

static void async_tx_gain_work(struct work_struct *work);
static DECLARE_WORK(gain_work, async_tx_gain_work);

/**
 * struct async_tx_trial - what a measurement needs until its last operation is over
 * @ref: of who measures, and of each operation
 * @left: operations that are not over
 * @over: none is
 * @src: pages to read
 * @dst: pages to write, of each operation
 */
struct async_tx_trial {
	struct kref ref;
	atomic_t left;
	struct completion over;
	struct page *src[ASYNC_TX_SAMPLE_SRCS];
	struct page *dst[ASYNC_TX_TRIAL][ASYNC_TX_MAX_DSTS];
};

static void async_tx_trial_free(struct kref *ref)
{
	struct async_tx_trial *trial = container_of(ref, struct async_tx_trial, ref);
	int i, j;

	for (i = 0; i < ASYNC_TX_SAMPLE_SRCS; i++)
		if (trial->src[i])
			__free_page(trial->src[i]);
	for (i = 0; i < ASYNC_TX_TRIAL; i++)
		for (j = 0; j < ASYNC_TX_MAX_DSTS; j++)
			if (trial->dst[i][j])
				__free_page(trial->dst[i][j]);
	kfree(trial);
}

static struct page *async_tx_trial_page(bool *all)
{
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);

	*all &= !!page;
	return page;
}

static struct async_tx_trial *async_tx_trial_alloc(void)
{
	struct async_tx_trial *trial = kzalloc(sizeof(*trial), GFP_KERNEL);
	bool all = true;
	int i, j;

	if (!trial)
		return NULL;
	kref_init(&trial->ref);
	init_completion(&trial->over);
	for (i = 0; i < ASYNC_TX_SAMPLE_SRCS; i++)
		trial->src[i] = async_tx_trial_page(&all);
	for (i = 0; i < ASYNC_TX_TRIAL; i++)
		for (j = 0; j < ASYNC_TX_MAX_DSTS; j++)
			trial->dst[i][j] = async_tx_trial_page(&all);
	if (all)
		return trial;
	kref_put(&trial->ref, async_tx_trial_free);
	return NULL;
}

static void async_tx_trial_over(void *param)
{
	struct async_tx_trial *trial = param;

	if (atomic_dec_and_test(&trial->left))
		complete(&trial->over);
	kref_put(&trial->ref, async_tx_trial_free);
}

/* What the CPU takes to run an operation, in ns. */
static u64 async_tx_time_cpu(const struct async_tx_kind *kind, struct async_tx_trial *trial,
			     size_t len)
{
	struct dma_async_tx_descriptor *tx;
	struct async_submit_ctl submit;
	u64 best = U64_MAX, since;
	int i;

	for (i = 0; i < ASYNC_TX_TRIALS; i++) {
		init_async_submit(&submit, 0, NULL, NULL, NULL, NULL);
		local_bh_disable();
		this_cpu_inc(async_tx_cpus.no_engine);
		since = local_clock();
		tx = kind->sample(trial->src, trial->dst[0], len, &submit);
		best = min(best, local_clock() - since);
		this_cpu_dec(async_tx_cpus.no_engine);
		local_bh_enable();
		async_tx_quiesce(&tx);
	}
	return best;
}

/*
 * What the CPU takes to submit an operation to a channel, and the channel to run one of
 * many.  False if it did not run them in time.
 */
static bool async_tx_time_engine(const struct async_tx_kind *kind,
				 struct async_tx_trial *trial, u32 id,
				 struct async_tx_gain *gain)
{
	struct async_submit_ctl submit;
	u64 since, submitted;
	int i;

	atomic_set(&trial->left, ASYNC_TX_TRIAL);
	reinit_completion(&trial->over);

	preempt_disable();
	this_cpu_write(async_tx_cpus.steer, id);
	since = local_clock();
	for (i = 0; i < ASYNC_TX_TRIAL; i++) {
		kref_get(&trial->ref);
		init_async_submit(&submit, ASYNC_TX_ACK, NULL, async_tx_trial_over, trial,
				  NULL);
		kind->sample(trial->src, trial->dst[i], PAGE_SIZE, &submit);
	}
	submitted = local_clock() - since;
	this_cpu_write(async_tx_cpus.steer, 0);
	preempt_enable();

	async_tx_issue_pending_all();
	if (!wait_for_completion_timeout(&trial->over, ASYNC_TX_TRIAL_TIME))
		return false;
	gain->submit_ns = min_t(u64, gain->submit_ns, div_u64(submitted, ASYNC_TX_TRIAL));
	gain->engine_ns = min_t(u64, gain->engine_ns,
				div_u64(local_clock() - since, ASYNC_TX_TRIAL));
	return true;
}

/**
 * async_tx_gain_limits - the limits that follow from what was measured
 * @gain: with the times; gets the limits
 *
 * Exported for KUnit.
 */
void async_tx_gain_limits(struct async_tx_gain *gain)
{
	u64 from = 2ULL * gain->submit_ns * PAGE_SIZE;
	u64 depth = (u64)gain->cpu_ns * ASYNC_TX_PATIENCE;

	from = round_up(div_u64(from, max(gain->cpu_ns, 1U)), L1_CACHE_BYTES);
	gain->from = from > PAGE_SIZE ? ASYNC_TX_NEVER : from;
	gain->depth = clamp_t(u64, div_u64(depth, max(gain->engine_ns, 1U)),
			      ASYNC_TX_MIN_DEPTH, UINT_MAX);
}
EXPORT_SYMBOL_GPL(async_tx_gain_limits);

static void async_tx_gain_measure(const struct async_tx_kind *kind,
				  struct async_tx_engine *engine, u32 id)
{
	struct async_tx_gain gain = { .submit_ns = UINT_MAX, .engine_ns = UINT_MAX };
	struct async_tx_trial *trial = async_tx_trial_alloc();
	u64 before, part, whole;
	bool in_time = true;
	int i;

	if (!trial)
		return;
	part = async_tx_time_cpu(kind, trial, PAGE_SIZE / 8);
	whole = async_tx_time_cpu(kind, trial, PAGE_SIZE);
	/* By the byte: what a call costs besides is there on either way. */
	gain.cpu_ns = whole > part ? min_t(u64, div_u64((whole - part) * 8, 7), UINT_MAX) : 0;

	before = async_tx_executed(engine, kind);
	for (i = 0; in_time && i < ASYNC_TX_TRIALS; i++)
		in_time = async_tx_time_engine(kind, trial, id, &gain);
	if (!in_time)
		gain.from = ASYNC_TX_NEVER;
	else if (async_tx_executed(engine, kind) - before >= ASYNC_TX_TRIAL * ASYNC_TX_TRIALS)
		async_tx_gain_limits(&gain);
	else
		/* It has failed, or left: what was measured is not its. */
		gain = (struct async_tx_gain) { .depth = UINT_MAX };
	async_tx_gain_put(engine, kind, &gain);
	kref_put(&trial->ref, async_tx_trial_free);
}

static void async_tx_gain_kind(struct async_tx_kind *kind, void *unused)
{
	struct async_tx_engine *engine;
	u32 id;

	if (!kind->sample || kind->cap == DMA_TX_TYPE_END)
		return;
	while (READ_ONCE(weigh) && (engine = async_tx_gain_next(kind, &id)))
		async_tx_gain_measure(kind, engine, id);
	async_tx_gain_update(kind);
}

static void async_tx_gain_work(struct work_struct *work)
{
	async_tx_kind_for_each(async_tx_gain_kind, NULL);
}

/**
 * async_tx_gain_changed - a channel or a kind has come or gone
 *
 * Context: any.
 */
void async_tx_gain_changed(void)
{
	queue_work(system_long_wq, &gain_work);
}

/**
 * async_tx_gain_flush - wait until all that there is has been measured
 *
 * Context: process.
 */
void async_tx_gain_flush(void)
{
	flush_work(&gain_work);
}
EXPORT_SYMBOL_GPL(async_tx_gain_flush);

/* Nothing is measured any more. */
void async_tx_gain_exit(void)
{
	cancel_work_sync(&gain_work);
}
