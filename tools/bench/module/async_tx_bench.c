// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an operation costs its caller
 *
 * Uses the public API only, and so measures the stock kernel and ours with the
 * same code.  Each row of the table runs in small batches, and the cheapest
 * batch counts: what interrupts and other tasks add is noise, and all that
 * the operation itself needs is in every batch.
 *
 * Where nothing is offloaded, a row ends when the last operation is quiesced, which
 * it is when the call returns.  With offload=1 there are engines, and it
 * ends when the last callback has been seen by who sleeps for it.
 *
 * Rows of the library are what lib/raid6 and the XOR templates need for the same work
 * when they are called at once, in as few passes as they can: what no caller of
 * them can save.  "library: nothing" is what the client's own code takes.  With
 * least=1 there are rows of the least that the API's call can do: the client's own
 * code, the address of each block, and the library.
 *
 * Whatever disturbs for longer than a batch may not do so in the next pass: there can
 * be several, each with results of its own.
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
#include <linux/raid/pq.h>
#include <linux/raid/xor.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/timex.h>

#define BENCH_PAGES	72
#define BENCH_FLIGHT	32

static bool offload;
module_param(offload, bool, 0444);
MODULE_PARM_DESC(offload, "there is an engine: wait for callbacks (default no)");

static bool least;
module_param(least, bool, 0444);
MODULE_PARM_DESC(least, "rows of the least that a call can do (default no)");

static unsigned int batch = 4;
module_param(batch, uint, 0444);
MODULE_PARM_DESC(batch, "how often a row is run for one measurement (default 4)");

static unsigned int batch_ns;
module_param(batch_ns, uint, 0444);
MODULE_PARM_DESC(batch_ns, "more often, if that takes less than this (default 0)");

static unsigned int batches = 25;
module_param(batches, uint, 0444);
MODULE_PARM_DESC(batches, "measurements of a row, of which the cheapest counts (default 25)");

static unsigned int passes = 1;
module_param(passes, uint, 0444);
MODULE_PARM_DESC(passes, "how often to go through all rows (default 1)");

static unsigned int lens[8] = { 512, 4096 };
static int nr_lens = 2;
module_param_array(lens, uint, &nr_lens, 0444);
MODULE_PARM_DESC(lens, "bytes of a block (default 512,4096)");

static char *only;
module_param(only, charp, 0444);
MODULE_PARM_DESC(only, "rows whose names begin with this only (default all)");

struct bench_row {
	const char *name;
	void (*run)(const struct bench_row *row, size_t len);
	/* Sources or disks, and operations in one run. */
	int n;
	int ops;
	enum async_tx_flags flags;
	/* Which block is NULL, but for the first. */
	int missing;
	/* For run_least() */
	void (*work)(const struct bench_row *row, size_t len);
};

static struct page *pages[BENCH_PAGES];
static struct page *blocks[BENCH_PAGES];
static unsigned int offs[BENCH_PAGES];
static addr_conv_t scribble[BENCH_PAGES];
static void *addrs[BENCH_PAGES];
static struct page *spare;
static enum sum_check_flags sum;

static atomic_t bench_left;
static DECLARE_COMPLETION(bench_all_seen);

static void bench_callback(void *param)
{
}

static void bench_seen(void *param)
{
	if (atomic_dec_and_test(&bench_left))
		complete(&bench_all_seen);
}

/* For an operation that another one depends on. */
static void bench_init(struct async_submit_ctl *submit, enum async_tx_flags flags,
		       struct dma_async_tx_descriptor *parent)
{
	init_async_submit(submit, flags, parent, NULL, NULL, scribble);
}

/* For the last of a chain. */
static void bench_last(struct async_submit_ctl *submit, enum async_tx_flags flags,
		       struct dma_async_tx_descriptor *parent)
{
	if (offload) {
		atomic_set(&bench_left, 1);
		reinit_completion(&bench_all_seen);
		init_async_submit(submit, flags | ASYNC_TX_ACK, parent, bench_seen,
				  NULL, scribble);
	} else {
		bench_init(submit, flags, parent);
	}
}

static void bench_finish(struct dma_async_tx_descriptor *tx)
{
	if (offload) {
		async_tx_issue_pending_all();
		wait_for_completion(&bench_all_seen);
	} else {
		async_tx_issue_pending(tx);
		async_tx_quiesce(&tx);
	}
}

static void run_trigger(const struct bench_row *row, size_t len)
{
	struct async_submit_ctl submit;

	if (offload)
		bench_last(&submit, 0, NULL);
	else
		init_async_submit(&submit, 0, NULL, bench_callback, NULL, scribble);
	bench_finish(async_trigger_callback(&submit));
}

static void run_memcpy(const struct bench_row *row, size_t len)
{
	struct async_submit_ctl submit;

	bench_last(&submit, 0, NULL);
	bench_finish(async_memcpy(pages[0], pages[1], 0, 0, len, &submit));
}

#ifdef HAVE_ASYNC_MEMSET
static void run_memset(const struct bench_row *row, size_t len)
{
	struct async_submit_ctl submit;

	bench_last(&submit, 0, NULL);
	bench_finish(async_memset(pages[0], 0x5a, 0, len, &submit));
}
#endif

/* With ASYNC_TX_XOR_DROP_DST the destination is the first of the sources. */
static void run_xor(const struct bench_row *row, size_t len)
{
	struct async_submit_ctl submit;
	bool drop = row->flags & ASYNC_TX_XOR_DROP_DST;

	bench_last(&submit, row->flags, NULL);
	bench_finish(async_xor(drop ? blocks[0] : spare, blocks, 0, row->n, len,
			       &submit));
}

static void run_xor_val(const struct bench_row *row, size_t len)
{
	struct async_submit_ctl submit;

	bench_last(&submit, row->flags, NULL);
	bench_finish(async_xor_val(blocks[0], blocks, 0, row->n, len, &sum, &submit));
}

static void run_pq(const struct bench_row *row, size_t len)
{
	struct async_submit_ctl submit;

	bench_last(&submit, row->flags, NULL);
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
	bench_last(&submit, row->flags, NULL);
	bench_finish(async_gen_syndrome(some, offs, row->n, len, &submit));
}

static void run_pq_val(const struct bench_row *row, size_t len)
{
	struct async_submit_ctl submit;

	bench_last(&submit, row->flags, NULL);
	bench_finish(async_syndrome_val(blocks, offs, row->n, len, &sum, spare, 0,
					&submit));
}

static void run_datap(const struct bench_row *row, size_t len)
{
	struct async_submit_ctl submit;

	bench_last(&submit, row->flags, NULL);
	bench_finish(async_raid6_datap_recov(row->n, len, 2, blocks, offs, &submit));
}

static void run_2data(const struct bench_row *row, size_t len)
{
	struct async_submit_ctl submit;

	bench_last(&submit, row->flags, NULL);
	bench_finish(async_raid6_2data_recov(row->n, len, 2, 5, blocks, offs, &submit));
}

/* Three destinations, none of which is among its own sources. */
static void run_xor_copy_xor(const struct bench_row *row, size_t len)
{
	struct dma_async_tx_descriptor *tx;
	struct async_submit_ctl submit;

	bench_init(&submit, ASYNC_TX_XOR_ZERO_DST, NULL);
	tx = async_xor(pages[20], blocks, 0, 4, len, &submit);
	bench_init(&submit, 0, tx);
	tx = async_memcpy(pages[21], pages[20], 0, 0, len, &submit);
	bench_last(&submit, ASYNC_TX_XOR_ZERO_DST, tx);
	bench_finish(async_xor(pages[24], &pages[21], 0, 3, len, &submit));
}

static void run_chain(const struct bench_row *row, size_t len)
{
	struct dma_async_tx_descriptor *tx = NULL;
	struct async_submit_ctl submit;
	int i;

	for (i = 0; i < row->n; i++) {
		if (i == row->n - 1)
			bench_last(&submit, 0, tx);
		else
			bench_init(&submit, 0, tx);
		tx = async_memcpy(pages[i + 1], pages[i], 0, 0, len, &submit);
	}
	bench_finish(tx);
}

/* Many at once, each with a callback: XOR of @row->n sources, or copies. */
static void run_flight(const struct bench_row *row, size_t len)
{
	enum async_tx_flags flags = row->flags | (offload ? ASYNC_TX_ACK : 0);
	struct dma_async_tx_descriptor *tx[BENCH_FLIGHT];
	struct async_submit_ctl submit;
	int i;

	if (offload) {
		atomic_set(&bench_left, row->ops);
		reinit_completion(&bench_all_seen);
	}
	for (i = 0; i < row->ops; i++) {
		init_async_submit(&submit, flags, NULL,
				  offload ? bench_seen : bench_callback, NULL,
				  scribble);
		if (row->n)
			tx[i] = async_xor(pages[i], &pages[BENCH_FLIGHT], 0, row->n, len,
					  &submit);
		else
			tx[i] = async_memcpy(pages[i], pages[BENCH_FLIGHT + i], 0, 0,
					     len, &submit);
	}
	async_tx_issue_pending_all();
	if (offload) {
		wait_for_completion(&bench_all_seen);
		return;
	}
	for (i = 0; i < row->ops; i++)
		async_tx_quiesce(&tx[i]);
}

static void lib_copy(void *to, void *from, size_t len)
{
	if (len == PAGE_SIZE)
		copy_page(to, from);
	else
		memcpy(to, from, len);
}

/* What is the client's own in trigger_callback: its callback, too. */
static void lib_nothing(const struct bench_row *row, size_t len)
{
	struct async_submit_ctl submit;
	dma_async_tx_callback callback;

	init_async_submit(&submit, 0, NULL, bench_callback, NULL, scribble);
	callback = READ_ONCE(submit.cb_fn);
	callback(submit.cb_param);
	bench_finish(NULL);
}

static void lib_memcpy(const struct bench_row *row, size_t len)
{
	lib_copy(addrs[0], addrs[1], len);
}

/* What is compared is looked at. */
static int lib_differs;

static void lib_xor(const struct bench_row *row, size_t len)
{
	void *sum_to = page_address(spare);
	int i = 0;

	/* To fill less than a page is cheaper than to copy it, for the same passes. */
	if (len == PAGE_SIZE || row->n % MAX_XOR_BLOCKS == 1)
		lib_copy(sum_to, addrs[i++], len);
	else
		memset(sum_to, 0, len);
	for (; i < row->n; i += MAX_XOR_BLOCKS)
		xor_blocks(min(row->n - i, MAX_XOR_BLOCKS), len, sum_to, &addrs[i]);
}

/* The destination is the first of the sources, and there are no more than fit. */
static void lib_xor_into(const struct bench_row *row, size_t len)
{
	xor_blocks(row->n - 1, len, addrs[0], &addrs[1]);
}

/* As the API's row, which has random blocks: no zeros there. */
static void lib_xor_val(const struct bench_row *row, size_t len)
{
	lib_xor_into(row, len);
	WRITE_ONCE(lib_differs, !!memchr_inv(addrs[1], 0, len));
}

static void lib_pq(const struct bench_row *row, size_t len)
{
	raid6_call.gen_syndrome(row->n, len, addrs);
}

/* As run_pq_xor_dst(). */
static void lib_pq_add(const struct bench_row *row, size_t len)
{
	void *ptrs[BENCH_PAGES];
	int i;

	for (i = 0; i < row->n; i++)
		ptrs[i] = i < 3 || (i > 4 && i < row->n - 2) ? (void *)raid6_empty_zero_page :
							      addrs[i];
	raid6_call.xor_syndrome(row->n, 3, 4, len, ptrs);
}

/* As where the API's rows have come to by then: P differs at once, Q is right. */
static void lib_pq_val_p(const struct bench_row *row, size_t len)
{
	const struct bench_row data = { .n = row->n - 2 };

	lib_xor(&data, len);
	WRITE_ONCE(lib_differs, !!memcmp(page_address(spare), addrs[0], len));
}

/* The syndrome goes elsewhere. */
static void lib_pq_beside(const struct bench_row *row, size_t len, void **ptrs)
{
	memcpy(ptrs, addrs, row->n * sizeof(*ptrs));
	ptrs[row->n - 2] = page_address(spare);
	ptrs[row->n - 1] = addrs[row->n];
	raid6_call.gen_syndrome(row->n, len, ptrs);
}

static void lib_pq_val_q(const struct bench_row *row, size_t len)
{
	void *ptrs[BENCH_PAGES];

	lib_pq_beside(row, len, ptrs);
	WRITE_ONCE(lib_differs, !!memcmp(ptrs[row->n - 1], addrs[row->n - 1], len));
}

static void lib_pq_val(const struct bench_row *row, size_t len)
{
	void *ptrs[BENCH_PAGES];

	lib_pq_beside(row, len, ptrs);
	WRITE_ONCE(lib_differs, !!memcmp(ptrs[row->n - 2], addrs[0], len) +
				!!memcmp(ptrs[row->n - 1], addrs[row->n - 1], len));
}

static void lib_datap(const struct bench_row *row, size_t len)
{
	raid6_datap_recov(row->n, len, 2, addrs);
}

static void lib_2data(const struct bench_row *row, size_t len)
{
	raid6_2data_recov(row->n, len, 2, 5, addrs);
}

/* What nobody can do without: the client's own code, and the addresses of the blocks. */
static void run_least(const struct bench_row *row, size_t len)
{
	struct async_submit_ctl submit;
	int i, op;

	for (op = 0; op < max(row->ops, 1); op++) {
		bench_last(&submit, row->flags, NULL);
		for (i = 0; i < row->n; i++)
			addrs[i] = page_address(blocks[i]) + offs[i];
		row->work(row, len);
		bench_finish(NULL);
	}
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

static const struct bench_row library_rows[] = {
	{ "library: nothing", lib_nothing },
	{ "library: memcpy", lib_memcpy },
	{ "library: xor 2", lib_xor, 2 },
	{ "library: xor 4", lib_xor, 4 },
	{ "library: xor 5", lib_xor, 5 },
	{ "library: xor 8", lib_xor, 8 },
	{ "library: xor 9", lib_xor, 9 },
	{ "library: xor 13", lib_xor, 13 },
	{ "library: xor 15", lib_xor, 15 },
	{ "library: xor 31", lib_xor, 31 },
	{ "library: gen_syndrome 4", lib_pq, 4 },
	{ "library: gen_syndrome 6", lib_pq, 6 },
	{ "library: gen_syndrome 10", lib_pq, 10 },
	{ "library: gen_syndrome 18", lib_pq, 18 },
	{ "library: gen_syndrome 64", lib_pq, 64 },
	{ "library: syndrome_val 10", lib_pq_val, 10 },
	{ "library: datap 10", lib_datap, 10 },
	{ "library: 2data 10", lib_2data, 10 },
};

static const struct bench_row least_rows[] = {
	{ "least: memcpy", run_least, 2, .work = lib_memcpy },
	{ "least: xor 2", run_least, 2, .work = lib_xor },
	{ "least: xor 4", run_least, 4, .work = lib_xor },
	{ "least: xor 5", run_least, 5, .work = lib_xor },
	{ "least: xor 8", run_least, 8, .work = lib_xor },
	{ "least: xor 9", run_least, 9, .work = lib_xor },
	{ "least: xor 13", run_least, 13, .work = lib_xor },
	{ "least: xor 15", run_least, 15, .work = lib_xor },
	{ "least: xor 31", run_least, 31, .work = lib_xor },
	{ "least: xor 5 drop_dst", run_least, 5, .work = lib_xor_into },
	{ "least: xor_val 5", run_least, 5, .work = lib_xor_val },
	{ "least: gen_syndrome 4", run_least, 4, .work = lib_pq },
	{ "least: gen_syndrome 6", run_least, 6, .work = lib_pq },
	{ "least: gen_syndrome 10", run_least, 10, .work = lib_pq },
	{ "least: gen_syndrome 18", run_least, 18, .work = lib_pq },
	{ "least: gen_syndrome 64", run_least, 64, .work = lib_pq },
	{ "least: gen_syndrome 2 of 10", run_least, 10, .work = lib_pq_add },
	{ "least: syndrome_val 10 p", run_least, 10, .work = lib_pq_val_p },
	{ "least: syndrome_val 10 q", run_least, 10, .work = lib_pq_val_q },
	{ "least: syndrome_val 10", run_least, 10, .work = lib_pq_val },
	{ "least: datap 10", run_least, 10, .work = lib_datap },
	{ "least: 2data 10", run_least, 10, .work = lib_2data },
};

static u64 bench_now(void)
{
	return IS_ENABLED(CONFIG_X86) && !IS_ENABLED(CONFIG_UML) ? get_cycles() :
								    ktime_get_ns();
}

static void bench_row(const struct bench_row *row, size_t len)
{
	unsigned int i, j, times = batch, ops = max(row->ops, 1);
	struct page *missing = NULL;
	u64 best = U64_MAX, began;

	if (only && strncmp(row->name, only, strlen(only)))
		return;
	if (row->missing)
		swap(blocks[row->missing], missing);
	if (batch_ns) {
		began = ktime_get_ns();
		for (j = 0; j < batch; j++)
			row->run(row, len);
		began = ktime_get_ns() - began;
		times = max(batch, div64_u64((u64)batch * batch_ns, max(began, 1)));
	}
	for (i = 0; i < batches; i++) {
		began = bench_now();
		for (j = 0; j < times; j++)
			row->run(row, len);
		best = min(best, bench_now() - began);
		cond_resched();
	}
	if (row->missing)
		swap(blocks[row->missing], missing);
	pr_info("bench|%s|%zu|%llu\n", row->name, len,
		div_u64(best * 1000, times * ops));
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

static void bench_pass(void)
{
	int i, l;

	bench_row(&rows[0], 0);
	if (!offload) {
		bench_row(&library_rows[0], 0);
		bench_row(&rows[1], 64);
	}
	for (l = 0; l < nr_lens; l++) {
		for (i = 1; i < ARRAY_SIZE(rows); i++)
			bench_row(&rows[i], lens[l]);
		for (i = 1; !offload && i < ARRAY_SIZE(library_rows); i++)
			bench_row(&library_rows[i], lens[l]);
		for (i = 0; !offload && least && i < ARRAY_SIZE(least_rows); i++)
			bench_row(&least_rows[i], lens[l]);
	}
}

static int __init bench_module_init(void)
{
	int i, l;

	if (!batch || !batches)
		return -EINVAL;
	for (l = 0; l < nr_lens; l++)
		if (!lens[l] || lens[l] > PAGE_SIZE)
			return -EINVAL;
	spare = alloc_page(GFP_KERNEL);
	for (i = 0; i < BENCH_PAGES; i++) {
		pages[i] = alloc_page(GFP_KERNEL);
		if (!pages[i] || !spare) {
			bench_free();
			return -ENOMEM;
		}
		get_random_bytes(page_address(pages[i]), PAGE_SIZE);
		blocks[i] = pages[i];
		addrs[i] = page_address(pages[i]);
	}

	for (i = 0; i < passes; i++)
		bench_pass();
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
