// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of async_memcpy()
 */
#include "fixture.h"

static const unsigned int offsets[] = { 0, 1, 7, 64, 511, 2048, PAGE_SIZE - 1, PAGE_SIZE };

static struct atx_op *copy_op(struct kunit *test)
{
	struct atx_op *op = atx_op(test, ATX_MEMCPY, 1);

	op->dst = atx_buf(test, ATX_DST);
	op->blk[0] = atx_buf(test, ATX_BLK(0));
	return op;
}

/* every pair of offsets; with the longer lengths many cross a page */
static void memcpy_offsets(struct kunit *test)
{
	const size_t *len = test->param_value;
	struct atx_ctx *ctx = test->priv;
	struct atx_op *op = copy_op(test);
	unsigned int i, j;

	op->len = *len;
	for (i = 0; i < ARRAY_SIZE(offsets); i++) {
		for (j = 0; j < ARRAY_SIZE(offsets); j++) {
			op->dst_off = offsets[i];
			op->off[0] = offsets[j];
			atx_op_fill(ctx, op);
			atx_run(ctx, op);
		}
	}
	atx_report(test, ctx);
}

/* source and destination in one page, side by side */
static void memcpy_same_page(struct kunit *test)
{
	static const size_t lens[] = { 1, 63, 64, 65, 511, 512, PAGE_SIZE / 2 };
	struct atx_ctx *ctx = test->priv;
	struct atx_op *op = copy_op(test);
	unsigned int i, swapped;

	op->dst = op->blk[0];
	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		for (swapped = 0; swapped < 2; swapped++) {
			op->len = lens[i];
			op->dst_off = swapped ? 0 : lens[i];
			op->off[0] = swapped ? lens[i] : 0;
			atx_op_fill(ctx, op);
			atx_run(ctx, op);
		}
	}
	atx_report(test, ctx);
}

/* more than a page at once */
static void memcpy_two_pages(struct kunit *test)
{
	struct atx_ctx *ctx = test->priv;
	struct atx_op *op = copy_op(test);
	unsigned int end;

	op->len = ATX_WINDOW;
	for (end = 0; end < ATX_NR_ENDS; end++) {
		atx_op_fill(ctx, op);
		atx_run(ctx, op);
	}
	atx_report(test, ctx);
}

static void memcpy_engine_at_work(struct kunit *test)
{
	static const enum atx_kind kinds[] = { ATX_MEMCPY };

	atx_engine_at_work(test, DMA_MEMCPY, kinds, ARRAY_SIZE(kinds));
}

static struct kunit_case memcpy_cases[] = {
	KUNIT_CASE_PARAM(memcpy_offsets, atx_len_gen_params),
	KUNIT_CASE(memcpy_same_page),
	KUNIT_CASE(memcpy_two_pages),
	KUNIT_CASE(memcpy_engine_at_work),
	{}
};

static struct kunit_suite memcpy_suite = {
	.name = "async_tx_memcpy",
	.init = atx_init,
	.exit = atx_exit,
	.suite_exit = atx_suite_exit,
	.test_cases = memcpy_cases,
};

kunit_test_suite(memcpy_suite);

MODULE_DESCRIPTION("KUnit tests for asynchronous bulk memory operations");
MODULE_LICENSE("GPL");
