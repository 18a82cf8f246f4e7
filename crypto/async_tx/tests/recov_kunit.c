// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of async_raid6_2data_recov() and async_raid6_datap_recov()
 *
 * Each starts from a stripe with right P and Q, fills the lost blocks with
 * random bytes and compares what comes back both with what was lost and with
 * what the reference recovers.
 */
#include "fixture.h"

/* every pair of lost blocks is tried */
static const unsigned int small_counts[] = { 4, 5, 6, 7, 8, 9 };

static void count_desc(const unsigned int *count, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "disks=%u", *count);
}

KUNIT_ARRAY_PARAM(small, small_counts, count_desc);

/* random pairs */
static const unsigned int large_counts[] = { 10, 15, 16, 17, 18, 19, 33, 34, 64, 255 };

KUNIT_ARRAY_PARAM(large, large_counts, count_desc);

static const unsigned int offsets[] = { 0, 512, 1, 64, 4095, 8, 65, 2048, 3, PAGE_SIZE };

static void set_blocks(struct kunit *test, struct atx_op *op, enum atx_offs how,
		       unsigned int shift)
{
	unsigned int i;

	op->offs_how = how;
	for (i = 0; i < op->nr; i++) {
		op->blk[i] = atx_buf(test, ATX_BLK(i));
		op->off[i] = how == ATX_OFFS_NULL ? 0 :
			     how == ATX_OFFS_COMMON ? offsets[shift % ARRAY_SIZE(offsets)] :
			     offsets[(shift + i) % ARRAY_SIZE(offsets)];
	}
}

/* lose block @i; its contents go to @saved */
static void lose(struct atx_ctx *ctx, struct atx_op *op, unsigned int i, u8 *saved)
{
	memcpy(saved, atx_want(op->blk[i], op->off[i]), op->len);
	atx_fill(ctx, op->blk[i], op->off[i], op->len);
}

static void expect_back(struct atx_ctx *ctx, struct atx_op *op, unsigned int i,
			const u8 *saved)
{
	if (memcmp(saved, atx_mem(op->blk[i], op->off[i]), op->len))
		atx_fail(ctx, op, "block %u is not what was lost", i);
}

/* the blocks are set, the lost ones named: one recovery from a right stripe */
static void run_recov(struct kunit *test, struct atx_op *op)
{
	unsigned int second = op->kind == ATX_DATAP ? op->nr - 2 : op->failb;
	struct atx_ctx *ctx = test->priv;
	u8 *saved[2];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(saved); i++) {
		saved[i] = kunit_kmalloc(test, op->len, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, saved[i]);
	}
	atx_op_fill(ctx, op);
	atx_op_make_syndrome(op);
	lose(ctx, op, op->faila, saved[0]);
	lose(ctx, op, second, saved[1]);
	atx_run(ctx, op);
	expect_back(ctx, op, op->faila, saved[0]);
	expect_back(ctx, op, second, saved[1]);
	for (i = 0; i < ARRAY_SIZE(saved); i++)
		kunit_kfree(test, saved[i]);
}

/* in both orders: the interface does not say which of the two is named first */
static void recov_2data_all_pairs(struct kunit *test)
{
	const unsigned int *nr = test->param_value;
	struct atx_ctx *ctx = test->priv;
	struct atx_op *op = atx_op(test, ATX_2DATA, *nr);
	unsigned int a, b, shift = 0;

	for (a = 0; a < *nr - 2; a++) {
		for (b = 0; b < *nr - 2; b++) {
			if (a == b)
				continue;
			set_blocks(test, op, shift % ATX_NR_OFFS, shift);
			op->len = atx_lens[shift++ % atx_nr_lens];
			op->faila = a;
			op->failb = b;
			run_recov(test, op);
		}
	}
	atx_report(test, ctx);
}

static void recov_datap_all(struct kunit *test)
{
	const unsigned int *nr = test->param_value;
	struct atx_ctx *ctx = test->priv;
	struct atx_op *op = atx_op(test, ATX_DATAP, *nr);
	unsigned int a, how, shift = 0;

	for (a = 0; a < *nr - 2; a++) {
		for (how = 0; how < ATX_NR_OFFS; how++) {
			set_blocks(test, op, how, shift);
			op->len = atx_lens[shift++ % atx_nr_lens];
			op->faila = a;
			run_recov(test, op);
		}
	}
	atx_report(test, ctx);
}

/* the first, the last, and some at random */
static int pick(struct atx_ctx *ctx, unsigned int nr_data, unsigned int turn)
{
	if (turn == 0)
		return 0;
	if (turn == 1)
		return nr_data - 1;
	return atx_rnd(ctx, nr_data);
}

static void recov_random(struct kunit *test)
{
	const unsigned int *nr = test->param_value;
	struct atx_ctx *ctx = test->priv;
	struct atx_op *two = atx_op(test, ATX_2DATA, *nr);
	struct atx_op *datap = atx_op(test, ATX_DATAP, *nr);
	unsigned int turns = *nr > 64 ? 5 : 10;
	unsigned int i;

	for (i = 0; i < turns; i++) {
		size_t len = atx_lens[(i + *nr) % atx_nr_lens];

		set_blocks(test, two, i % ATX_NR_OFFS, i);
		two->len = len;
		two->faila = pick(ctx, *nr - 2, i);
		do {
			two->failb = pick(ctx, *nr - 2, i + 1);
		} while (two->failb == two->faila);
		run_recov(test, two);

		set_blocks(test, datap, i % ATX_NR_OFFS, i);
		datap->len = len;
		datap->faila = pick(ctx, *nr - 2, i);
		run_recov(test, datap);
	}
	atx_report(test, ctx);
}

static void recov_lens(struct kunit *test)
{
	static const unsigned int some_counts[] = { 4, 5, 6, 10 };
	static const enum atx_kind kinds[] = { ATX_2DATA, ATX_DATAP };
	const size_t *len = test->param_value;
	struct atx_ctx *ctx = test->priv;
	unsigned int i, j, how, shift = 0;

	for (i = 0; i < ARRAY_SIZE(some_counts); i++) {
		for (j = 0; j < ARRAY_SIZE(kinds); j++) {
			struct atx_op *op = atx_op(test, kinds[j], some_counts[i]);

			op->len = *len;
			for (how = 0; how < ATX_NR_OFFS; how++) {
				set_blocks(test, op, how, shift++);
				op->faila = atx_rnd(ctx, op->nr - 2);
				op->failb = (op->faila + 1) % (op->nr - 2);
				run_recov(test, op);
			}
		}
	}
	atx_report(test, ctx);
}

/*
 * Data blocks that are missing are zero.  With @keep the only one left, the
 * recovery has few sources or none: the cases that engines cannot do in the
 * general way.
 */
static void remove_blocks(struct atx_op *op, int keep, unsigned int every)
{
	int i;

	for (i = 0; i < (int)op->nr - 2; i++) {
		if (i == op->faila || (op->kind == ATX_2DATA && i == op->failb))
			continue;
		if (i != keep && i % every == 0)
			op->blk[i] = NULL;
	}
}

static void recov_null_blocks(struct kunit *test)
{
	static const enum atx_kind kinds[] = { ATX_2DATA, ATX_DATAP };
	static const unsigned int some_counts[] = { 5, 6, 10, 18, 64 };
	struct atx_ctx *ctx = test->priv;
	unsigned int i, j, pattern, shift = 0;

	for (i = 0; i < ARRAY_SIZE(some_counts); i++) {
		for (j = 0; j < ARRAY_SIZE(kinds); j++) {
			struct atx_op *op = atx_op(test, kinds[j], some_counts[i]);

			/* none, first, last or a random one left; half of them left */
			for (pattern = 0; pattern < 5; pattern++) {
				int keep = -1;

				set_blocks(test, op, shift % ATX_NR_OFFS, shift);
				op->len = atx_lens[shift++ % atx_nr_lens];
				op->faila = atx_rnd(ctx, op->nr - 2);
				op->failb = (op->faila + 1 + atx_rnd(ctx, op->nr - 3)) %
					    (op->nr - 2);
				if (pattern >= 1 && pattern <= 3)
					keep = pick(ctx, op->nr - 2, pattern - 1);
				remove_blocks(op, keep, pattern == 4 ? 2 : 1);
				run_recov(test, op);
			}
		}
	}
	atx_report(test, ctx);
}

/* more than a page at once */
static void recov_two_pages(struct kunit *test)
{
	static const enum atx_kind kinds[] = { ATX_2DATA, ATX_DATAP };
	struct atx_ctx *ctx = test->priv;
	unsigned int i, end;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct atx_op *op = atx_op(test, kinds[i], 6);

		op->len = ATX_WINDOW;
		for (end = 0; end < ATX_NR_ENDS; end++) {
			set_blocks(test, op, ATX_OFFS_NULL, 0);
			op->faila = end % 4;
			op->failb = (end + 2) % 4;
			run_recov(test, op);
		}
	}
	atx_report(test, ctx);
}

/* a single data block: Q is the same as P and as the block */
static void recov_datap_three_disks(struct kunit *test)
{
	struct atx_ctx *ctx = test->priv;
	struct atx_op *op = atx_op(test, ATX_DATAP, 3);
	unsigned int i;

	for (i = 0; i < atx_nr_lens; i++) {
		set_blocks(test, op, i % ATX_NR_OFFS, i);
		op->len = atx_lens[i];
		run_recov(test, op);
	}
	atx_report(test, ctx);
}

/* recoveries are made of sums of products: any engine that can do P+Q helps */
static void recov_engine_at_work(struct kunit *test)
{
	static const enum atx_kind kinds[] = { ATX_2DATA, ATX_DATAP };

	atx_engine_at_work(test, DMA_PQ, kinds, ARRAY_SIZE(kinds));
}

static struct kunit_case recov_cases[] = {
	KUNIT_CASE_PARAM(recov_2data_all_pairs, small_gen_params),
	KUNIT_CASE_PARAM(recov_datap_all, small_gen_params),
	KUNIT_CASE_PARAM(recov_random, large_gen_params),
	KUNIT_CASE_PARAM(recov_lens, atx_len_gen_params),
	KUNIT_CASE(recov_null_blocks),
	KUNIT_CASE(recov_two_pages),
	KUNIT_CASE(recov_datap_three_disks),
	KUNIT_CASE(recov_engine_at_work),
	{}
};

static struct kunit_suite recov_suite = {
	.name = "async_tx_recov",
	.init = atx_init,
	.exit = atx_exit,
	.suite_exit = atx_suite_exit,
	.test_cases = recov_cases,
};

kunit_test_suite(recov_suite);
