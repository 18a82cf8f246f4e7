// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of async_memset()
 */
#include "fixture.h"

static struct atx_op *fill_op(struct kunit *test)
{
	struct atx_op *op = atx_op(test, ATX_MEMSET, 0);

	op->dst = atx_buf(test, ATX_DST);
	return op;
}

static void memset_offsets(struct kunit *test)
{
	static const unsigned int offsets[] = {
		0, 1, 7, 64, 511, 2048, PAGE_SIZE - 1, PAGE_SIZE
	};
	static const int vals[] = { 0, 0xa5, 0xff };
	const size_t *len = test->param_value;
	struct atx_ctx *ctx = test->priv;
	struct atx_op *op = fill_op(test);
	unsigned int i, j;

	op->len = *len;
	for (i = 0; i < ARRAY_SIZE(offsets); i++) {
		for (j = 0; j < ARRAY_SIZE(vals); j++) {
			op->dst_off = offsets[i];
			op->val = vals[j];
			atx_op_fill(ctx, op);
			atx_run(ctx, op);
		}
	}
	atx_report(test, ctx);
}

/* the value is an int as in memset(); only its low byte counts */
static void memset_low_byte(struct kunit *test)
{
	static const int vals[] = { 0x1234, -1, 0x100, INT_MIN };
	struct atx_ctx *ctx = test->priv;
	struct atx_op *op = fill_op(test);
	unsigned int i;

	op->len = PAGE_SIZE;
	for (i = 0; i < ARRAY_SIZE(vals); i++) {
		op->val = vals[i];
		atx_op_fill(ctx, op);
		atx_run(ctx, op);
	}
	atx_report(test, ctx);
}

static void memset_two_pages(struct kunit *test)
{
	struct atx_ctx *ctx = test->priv;
	struct atx_op *op = fill_op(test);
	unsigned int end;

	op->len = ATX_WINDOW;
	for (end = 0; end < ATX_NR_ENDS; end++) {
		op->val = 0x11 * (end + 1);
		atx_op_fill(ctx, op);
		atx_run(ctx, op);
	}
	atx_report(test, ctx);
}

static void memset_engine_at_work(struct kunit *test)
{
	static const enum atx_kind kinds[] = { ATX_MEMSET };

	atx_engine_at_work(test, DMA_MEMSET, kinds, ARRAY_SIZE(kinds));
}

static struct kunit_case memset_cases[] = {
	KUNIT_CASE_PARAM(memset_offsets, atx_len_gen_params),
	KUNIT_CASE(memset_low_byte),
	KUNIT_CASE(memset_two_pages),
	KUNIT_CASE(memset_engine_at_work),
	{}
};

static struct kunit_suite memset_suite = {
	.name = "async_tx_memset",
	.init = atx_init,
	.exit = atx_exit,
	.suite_exit = atx_suite_exit,
	.test_cases = memset_cases,
};

kunit_test_suite(memset_suite);
