// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an operation costs its caller
 *
 * Uses the public API only, and so measures the stock kernel and ours with the
 * same code.  Each row of the table runs in small batches, and the cheapest
 * batch counts: what interrupts and other tasks add is noise, and all that
 * the operation itself needs is in every batch.
 *
 * With offload=1 the rows are those for an engine: from the first submission until
 * the last callback has been seen by who sleeps for it.
 *
 * Results go to the log, a line each: "bench|row|bytes|cost", the cost being
 * that of one operation in thousandths of a cycle or, without a cycle counter,
 * of a nanosecond.
 */
#include <linux/async_tx.h>
#include <linux/completion.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/timex.h>

#define BENCH_PAGES	72
#define BENCH_FLIGHT	32
#define BENCH_BATCH	4
#define BENCH_BATCHES	25

static bool offload;
module_param(offload, bool, 0444);
MODULE_PARM_DESC(offload, "rows for an engine (default no)");

struct bench_row {
	const char *name;
	void (*run)(const struct bench_row *row, size_t len);
	/* Sources or disks, and operations in one run. */
	int n;
	int ops;
	enum async_tx_flags flags;
	/* Which block is NULL, but for the first. */
	int missing;
};

static struct page *pages[BENCH_PAGES];
static struct page *blocks[BENCH_PAGES];
static unsigned int offs[BENCH_PAGES];
static addr_conv_t scribble[BENCH_PAGES];
static struct page *spare;
static enum sum_check_flags sum;

static void bench_callback(void *param)
{
}

static void bench_init(struct async_submit_ctl *submit, enum async_tx_flags flags,
		       struct dma_async_tx_descriptor *parent)
{
	init_async_submit(submit, flags, parent, NULL, NULL, scribble);
}

static void bench_finish(struct dma_async_tx_descriptor *tx)
{
	async_tx_issue_pending(tx);
	async_tx_quiesce(&tx);
}

static void run_trigger(const struct bench_row *row, size_t len)
{
	struct async_submit_ctl submit;

	init_async_submit(&submit, 0, NULL, bench_callback, NULL, scribble);
	bench_finish(async_trigger_callback(&submit));
}

static void run_memcpy(const struct bench_row *row, size_t len)
{
	struct async_submit_ctl submit;

	bench_init(&submit, 0, NULL);
	bench_finish(async_memcpy(pages[0], pages[1], 0, 0, len, &submit));
}

#ifdef HAVE_ASYNC_MEMSET
static void run_memset(const struct bench_row *row, size_t len)
{
	struct async_submit_ctl submit;

	bench_init(&submit, 0, NULL);
	bench_finish(async_memset(pages[0], 0x5a, 0, len, &submit));
}
#endif

/* With ASYNC_TX_XOR_DROP_DST the destination is the first of the sources. */
static void run_xor(const struct bench_row *row, size_t len)
{
	struct async_submit_ctl submit;
	bool drop = row->flags & ASYNC_TX_XOR_DROP_DST;

	bench_init(&submit, row->flags, NULL);
	bench_finish(async_xor(drop ? blocks[0] : spare, blocks, 0, row->n, len,
			       &submit));
}

static void run_xor_val(const struct bench_row *row, size_t len)
{
	struct async_submit_ctl submit;

	bench_init(&submit, row->flags, NULL);
	bench_finish(async_xor_val(blocks[0], blocks, 0, row->n, len, &sum, &submit));
}

static void run_pq(const struct bench_row *row, size_t len)
{
	struct async_submit_ctl submit;

	bench_init(&submit, row->flags, NULL);
	bench_finish(async_gen_syndrome(blocks, offs, row->n, len, &submit));
}

/* As md does when it writes part of a stripe: two blocks of ten. */
static void run_pq_xor_dst(const struct bench_row *row, size_t len)
{
	struct page *some[BENCH_PAGES] = { };
	struct async_submit_ctl submit;

	some[3] = blocks[3];
	some[4] = blocks[4];
	some[row->n - 2] = blocks[row->n - 2];
	some[row->n - 1] = blocks[row->n - 1];
	bench_init(&submit, row->flags, NULL);
	bench_finish(async_gen_syndrome(some, offs, row->n, len, &submit));
}

static void run_pq_val(const struct bench_row *row, size_t len)
{
	struct async_submit_ctl submit;

	bench_init(&submit, row->flags, NULL);
	bench_finish(async_syndrome_val(blocks, offs, row->n, len, &sum, spare, 0,
					&submit));
}

static void run_datap(const struct bench_row *row, size_t len)
{
	struct async_submit_ctl submit;

	bench_init(&submit, row->flags, NULL);
	bench_finish(async_raid6_datap_recov(row->n, len, 2, blocks, offs, &submit));
}

static void run_2data(const struct bench_row *row, size_t len)
{
	struct async_submit_ctl submit;

	bench_init(&submit, row->flags, NULL);
	bench_finish(async_raid6_2data_recov(row->n, len, 2, 5, blocks, offs, &submit));
}

static void run_xor_copy_xor(const struct bench_row *row, size_t len)
{
	struct dma_async_tx_descriptor *tx;
	struct async_submit_ctl submit;

	bench_init(&submit, ASYNC_TX_XOR_ZERO_DST, NULL);
	tx = async_xor(pages[20], blocks, 0, 4, len, &submit);
	bench_init(&submit, 0, tx);
	tx = async_memcpy(pages[21], pages[20], 0, 0, len, &submit);
	bench_init(&submit, ASYNC_TX_XOR_ZERO_DST, tx);
	bench_finish(async_xor(pages[24], &pages[21], 0, 3, len, &submit));
}

static void run_chain(const struct bench_row *row, size_t len)
{
	struct dma_async_tx_descriptor *tx = NULL;
	struct async_submit_ctl submit;
	int i;

	for (i = 0; i < row->n; i++) {
		bench_init(&submit, 0, tx);
		tx = async_memcpy(pages[i + 1], pages[i], 0, 0, len, &submit);
	}
	bench_finish(tx);
}

/* Many at once, each with a callback: XOR of @row->n sources, or copies. */
static void run_flight(const struct bench_row *row, size_t len)
{
	struct dma_async_tx_descriptor *tx[BENCH_FLIGHT];
	struct async_submit_ctl submit;
	int i;

	for (i = 0; i < BENCH_FLIGHT; i++) {
		init_async_submit(&submit, row->flags, NULL, bench_callback, NULL,
				  scribble);
		if (row->n)
			tx[i] = async_xor(pages[i], &pages[BENCH_FLIGHT], 0, row->n, len,
					  &submit);
		else
			tx[i] = async_memcpy(pages[i], pages[BENCH_FLIGHT + i], 0, 0,
					     len, &submit);
	}
	async_tx_issue_pending_all();
	for (i = 0; i < BENCH_FLIGHT; i++)
		async_tx_quiesce(&tx[i]);
}

static atomic_t bench_left;
static DECLARE_COMPLETION(bench_all_seen);

static void bench_seen(void *param)
{
	if (atomic_dec_and_test(&bench_left))
		complete(&bench_all_seen);
}

/* @row->ops at once: XOR of @row->n sources, or copies. */
static void run_offload(const struct bench_row *row, size_t len)
{
	struct async_submit_ctl submit;
	int i;

	atomic_set(&bench_left, row->ops);
	reinit_completion(&bench_all_seen);
	for (i = 0; i < row->ops; i++) {
		init_async_submit(&submit, row->flags | ASYNC_TX_ACK, NULL, bench_seen,
				  NULL, scribble);
		if (row->n)
			async_xor(pages[i], &pages[BENCH_FLIGHT], 0, row->n, len, &submit);
		else
			async_memcpy(pages[i], pages[BENCH_FLIGHT + i], 0, 0, len, &submit);
	}
	async_tx_issue_pending_all();
	wait_for_completion(&bench_all_seen);
}

#define ZERO	ASYNC_TX_XOR_ZERO_DST
#define DROP	ASYNC_TX_XOR_DROP_DST

static const struct bench_row rows[] = {
	{ "trigger_callback", run_trigger },
	{ "memcpy", run_memcpy },
#ifdef HAVE_ASYNC_MEMSET
	{ "memset", run_memset },
#endif
	{ "xor 2", run_xor, 2, 1, ZERO },
	{ "xor 4", run_xor, 4, 1, ZERO },
	{ "xor 5", run_xor, 5, 1, ZERO },
	{ "xor 8", run_xor, 8, 1, ZERO },
	{ "xor 9", run_xor, 9, 1, ZERO },
	{ "xor 13", run_xor, 13, 1, ZERO },
	{ "xor 15", run_xor, 15, 1, ZERO },
	{ "xor 31", run_xor, 31, 1, ZERO },
	{ "xor 5 drop_dst", run_xor, 5, 1, DROP },
	{ "xor_val 5", run_xor_val, 5, 1, DROP },
	{ "gen_syndrome 4", run_pq, 4 },
	{ "gen_syndrome 6", run_pq, 6 },
	{ "gen_syndrome 10", run_pq, 10 },
	{ "gen_syndrome 18", run_pq, 18 },
	{ "gen_syndrome 64", run_pq, 64 },
	{ "gen_syndrome 10 null", run_pq, 10, .missing = 1 },
	{ "gen_syndrome 10 no p", run_pq, 10, .missing = 8 },
	{ "gen_syndrome 2 of 10", run_pq_xor_dst, 10, 1, ASYNC_TX_PQ_XOR_DST },
	{ "syndrome_val 10 p", run_pq_val, 10, .missing = 9 },
	{ "syndrome_val 10 q", run_pq_val, 10, .missing = 8 },
	{ "syndrome_val 10", run_pq_val, 10 },
	{ "datap 10", run_datap, 10 },
	{ "2data 10", run_2data, 10 },
	{ "xor-copy-xor", run_xor_copy_xor, 0, 3 },
	{ "chain of 8", run_chain, 8, 8 },
	{ "32 memcpy", run_flight, 0, BENCH_FLIGHT },
	{ "32 xor 4", run_flight, 4, BENCH_FLIGHT, ZERO },
};

static const struct bench_row offload_rows[] = {
	{ "memcpy", run_offload, 0, 1 },
	{ "xor 4", run_offload, 4, 1, ZERO },
	{ "32 memcpy", run_offload, 0, BENCH_FLIGHT },
	{ "32 xor 4", run_offload, 4, BENCH_FLIGHT, ZERO },
};

static u64 bench_now(void)
{
	return IS_ENABLED(CONFIG_X86) && !IS_ENABLED(CONFIG_UML) ? get_cycles() :
								    ktime_get_ns();
}

static void bench_row(const struct bench_row *row, size_t len)
{
	int i, j, ops = max(row->ops, 1);
	struct page *missing = NULL;
	u64 best = U64_MAX;

	if (row->missing)
		swap(blocks[row->missing], missing);
	for (i = 0; i < BENCH_BATCHES; i++) {
		u64 began = bench_now();

		for (j = 0; j < BENCH_BATCH; j++)
			row->run(row, len);
		best = min(best, bench_now() - began);
		cond_resched();
	}
	if (row->missing)
		swap(blocks[row->missing], missing);
	pr_info("bench|%s|%zu|%llu\n", row->name, len,
		div_u64(best * 1000, BENCH_BATCH * ops));
}

static void bench_free(void)
{
	int i;

	for (i = 0; i < BENCH_PAGES; i++)
		if (pages[i])
			__free_page(pages[i]);
	if (spare)
		__free_page(spare);
}

static int __init bench_module_init(void)
{
	static const size_t lens[] = { 512, 4096 };
	int i, l;

	spare = alloc_page(GFP_KERNEL);
	for (i = 0; i < BENCH_PAGES; i++) {
		pages[i] = alloc_page(GFP_KERNEL);
		if (!pages[i] || !spare) {
			bench_free();
			return -ENOMEM;
		}
		get_random_bytes(page_address(pages[i]), PAGE_SIZE);
		blocks[i] = pages[i];
	}

	if (offload) {
		for (i = 0; i < ARRAY_SIZE(offload_rows); i++)
			bench_row(&offload_rows[i], PAGE_SIZE);
		return 0;
	}
	bench_row(&rows[0], 0);
	bench_row(&rows[1], 64);
	for (l = 0; l < ARRAY_SIZE(lens); l++)
		for (i = 1; i < ARRAY_SIZE(rows); i++)
			bench_row(&rows[i], lens[l]);
	return 0;
}
module_init(bench_module_init);

static void __exit bench_module_exit(void)
{
	bench_free();
}
module_exit(bench_module_exit);

MODULE_DESCRIPTION("Cost of asynchronous bulk memory operations");
MODULE_LICENSE("GPL");
