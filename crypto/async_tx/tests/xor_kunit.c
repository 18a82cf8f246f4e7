// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of async_xor(), async_xor_offs(), async_xor_val(), async_xor_val_offs()
 */
#include "fixture.h"

static const unsigned int counts[] = {
	1, 2, 3, 4, 5, 8, 9, 15, 16, 17, 31, 32, 33, 64, 255
};

static void count_desc(const unsigned int *count, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "sources=%u", *count);
}

KUNIT_ARRAY_PARAM(count, counts, count_desc);

static const enum async_tx_flags dst_modes[] = {
	ASYNC_TX_XOR_ZERO_DST,
	ASYNC_TX_XOR_DROP_DST,
	0,
};

/* offsets from aligned to odd, none of them the same for neighbours */
static const unsigned int offsets[] = { 0, 512, 1, 64, 4095, 8, 65, 2048, 3, PAGE_SIZE };

static struct atx_op *xor_op(struct kunit *test, enum atx_kind kind, unsigned int nr)
{
	struct atx_op *op = atx_op(test, kind, nr);
	unsigned int i;

	op->dst = atx_buf(test, ATX_DST);
	for (i = 0; i < nr; i++)
		op->blk[i] = atx_buf(test, ATX_BLK(i));
	return op;
}

/* the destination's own place among the sources is the first */
static void dst_is_first(struct atx_op *op)
{
	op->blk[0] = op->dst;
	op->off[0] = op->dst_off;
}

/* sources that are all there again, with offsets as @how says */
static void set_sources(struct kunit *test, struct atx_op *op, enum atx_offs how,
			unsigned int shift)
{
	unsigned int i;

	op->offs_how = how;
	op->dst_off = offsets[shift % ARRAY_SIZE(offsets)];
	for (i = 0; i < op->nr; i++) {
		op->blk[i] = atx_buf(test, ATX_BLK(i));
		op->off[i] = how != ATX_OFFS_EACH ? op->dst_off :
			     offsets[(shift + i + 1) % ARRAY_SIZE(offsets)];
	}
	if (op->flags & ASYNC_TX_XOR_DROP_DST || op->kind == ATX_XOR_VAL)
		dst_is_first(op);
}

static void xor_counts(struct kunit *test)
{
	const unsigned int *nr = test->param_value;
	struct atx_ctx *ctx = test->priv;
	struct atx_op *op = xor_op(test, ATX_XOR, *nr);
	unsigned int mode, how, i = *nr;

	for (mode = 0; mode < ARRAY_SIZE(dst_modes); mode++) {
		for (how = 0; how < ATX_NR_OFFS; how++) {
			op->flags = dst_modes[mode];
			op->len = atx_lens[i++ % atx_nr_lens];
			set_sources(test, op, how, i);
			atx_op_fill(ctx, op);
			atx_run(ctx, op);
		}
	}
	/* and what RAID does: whole pages */
	op->flags = ASYNC_TX_XOR_ZERO_DST;
	op->len = PAGE_SIZE;
	set_sources(test, op, ATX_OFFS_COMMON, 0);
	atx_op_fill(ctx, op);
	atx_run(ctx, op);
	atx_report(test, ctx);
}

static void xor_lens(struct kunit *test)
{
	static const unsigned int some_counts[] = { 1, 2, 3, 4, 5, 6, 10 };
	const size_t *len = test->param_value;
	struct atx_ctx *ctx = test->priv;
	unsigned int i, mode, how, shift = 0;

	for (i = 0; i < ARRAY_SIZE(some_counts); i++) {
		struct atx_op *op = xor_op(test, ATX_XOR, some_counts[i]);

		op->len = *len;
		for (mode = 0; mode < ARRAY_SIZE(dst_modes); mode++) {
			for (how = 0; how < ATX_NR_OFFS; how++) {
				op->flags = dst_modes[mode];
				set_sources(test, op, how, shift++);
				atx_op_fill(ctx, op);
				atx_run(ctx, op);
			}
		}
	}
	atx_report(test, ctx);
}

/* more than a page at once */
static void xor_two_pages(struct kunit *test)
{
	struct atx_ctx *ctx = test->priv;
	struct atx_op *op = xor_op(test, ATX_XOR, 6);
	unsigned int end;

	op->len = ATX_WINDOW;
	for (end = 0; end < ATX_NR_ENDS; end++) {
		op->flags = dst_modes[end % ARRAY_SIZE(dst_modes)];
		set_sources(test, op, ATX_OFFS_COMMON, 0);
		atx_op_fill(ctx, op);
		atx_run(ctx, op);
	}
	atx_report(test, ctx);
}

static void xor_null_sources(struct kunit *test)
{
	static const unsigned int some_counts[] = { 2, 3, 5, 6, 17, 33, 255 };
	const struct atx_null *null = test->param_value;
	struct atx_ctx *ctx = test->priv;
	unsigned int i, j, mode, shift = 0;

	for (i = 0; i < ARRAY_SIZE(some_counts); i++) {
		struct atx_op *op = xor_op(test, ATX_XOR, some_counts[i]);

		for (mode = 0; mode < ARRAY_SIZE(dst_modes); mode++) {
			op->flags = dst_modes[mode];
			op->len = atx_lens[atx_rnd(ctx, atx_nr_lens)];
			set_sources(test, op, shift % ATX_NR_OFFS, shift);
			shift++;
			for (j = 0; j < op->nr; j++)
				if (atx_is_null(null, j, op->nr))
					op->blk[j] = NULL;
			/* the destination cannot be missing */
			if (op->flags & ASYNC_TX_XOR_DROP_DST)
				dst_is_first(op);
			atx_op_fill(ctx, op);
			atx_run(ctx, op);
		}
	}
	atx_report(test, ctx);
}

/* a source that is named twice cancels itself */
static void xor_same_source_twice(struct kunit *test)
{
	struct atx_ctx *ctx = test->priv;
	struct atx_op *op = xor_op(test, ATX_XOR, 5);
	unsigned int mode, i;

	op->len = PAGE_SIZE;
	for (mode = 0; mode < ARRAY_SIZE(dst_modes); mode++) {
		for (i = 2; i < op->nr; i++) {
			op->flags = dst_modes[mode];
			set_sources(test, op, ATX_OFFS_COMMON, 0);
			op->blk[i] = op->blk[1];
			atx_op_fill(ctx, op);
			atx_run(ctx, op);
		}
	}
	atx_report(test, ctx);
}

/* several blocks of one page: what per-source offsets are for */
static void xor_blocks_of_one_page(struct kunit *test)
{
	struct atx_ctx *ctx = test->priv;
	struct atx_op *op = xor_op(test, ATX_XOR, 4);
	unsigned int mode, i;

	op->len = 512;
	for (mode = 0; mode < ARRAY_SIZE(dst_modes); mode++) {
		op->flags = dst_modes[mode];
		op->offs_how = ATX_OFFS_EACH;
		op->dst_off = 3 * 512;
		for (i = 0; i < op->nr; i++) {
			op->blk[i] = op->dst;
			op->off[i] = (i + (i > 2)) * 512;
		}
		if (op->flags & ASYNC_TX_XOR_DROP_DST)
			dst_is_first(op);
		atx_op_fill(ctx, op);
		atx_run(ctx, op);
	}
	atx_report(test, ctx);
}

/*
 * A validation with the parity right, wrong in the first byte, wrong in the
 * last, and right with wrong neighbours.
 */
static void run_val(struct atx_ctx *ctx, struct atx_op *op)
{
	ssize_t first = op->dst_off, last = first + op->len - 1;

	atx_op_make_parity(op);
	atx_run(ctx, op);
	if (op->want_result)
		atx_fail(ctx, op, "the reference finds right parity wrong");

	atx_op_make_parity(op);
	atx_flip(op->dst, first, 0x01);
	atx_run(ctx, op);
	if (!op->want_result)
		atx_fail(ctx, op, "the reference finds wrong parity right");

	atx_op_make_parity(op);
	atx_flip(op->dst, last, 0x80);
	atx_run(ctx, op);

	atx_op_make_parity(op);
	atx_flip(op->dst, first + op->len / 2, 0x10);
	atx_run(ctx, op);

	atx_op_make_parity(op);
	atx_flip(op->dst, first - 1, 0xff);
	atx_flip(op->dst, last + 1, 0xff);
	atx_run(ctx, op);

	/* wrong in a source, if there is one beside the destination */
	atx_op_make_parity(op);
	if (op->nr > 1 && op->blk[op->nr - 1])
		atx_flip(op->blk[op->nr - 1], op->off[op->nr - 1] + op->len - 1, 0x04);
	atx_run(ctx, op);
}

static void xor_val_counts(struct kunit *test)
{
	const unsigned int *nr = test->param_value;
	struct atx_ctx *ctx = test->priv;
	struct atx_op *op = xor_op(test, ATX_XOR_VAL, *nr);
	unsigned int how, i = *nr;

	for (how = 0; how < ATX_NR_OFFS; how++) {
		op->len = atx_lens[i++ % atx_nr_lens];
		set_sources(test, op, how, i);
		atx_op_fill(ctx, op);
		run_val(ctx, op);
	}
	atx_report(test, ctx);
}

static void xor_val_lens(struct kunit *test)
{
	static const unsigned int some_counts[] = { 2, 3, 5, 6 };
	const size_t *len = test->param_value;
	struct atx_ctx *ctx = test->priv;
	unsigned int i, how, shift = 0;

	for (i = 0; i < ARRAY_SIZE(some_counts); i++) {
		struct atx_op *op = xor_op(test, ATX_XOR_VAL, some_counts[i]);

		op->len = *len;
		for (how = 0; how < ATX_NR_OFFS; how++) {
			set_sources(test, op, how, shift++);
			atx_op_fill(ctx, op);
			run_val(ctx, op);
		}
	}
	atx_report(test, ctx);
}

static void xor_val_null_sources(struct kunit *test)
{
	static const unsigned int some_counts[] = { 2, 3, 5, 6, 17 };
	const struct atx_null *null = test->param_value;
	struct atx_ctx *ctx = test->priv;
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(some_counts); i++) {
		struct atx_op *op = xor_op(test, ATX_XOR_VAL, some_counts[i]);

		op->len = atx_lens[atx_rnd(ctx, atx_nr_lens)];
		set_sources(test, op, i % ATX_NR_OFFS, i);
		for (j = 1; j < op->nr; j++)
			if (atx_is_null(null, j, op->nr))
				op->blk[j] = NULL;
		atx_op_fill(ctx, op);
		run_val(ctx, op);
	}
	atx_report(test, ctx);
}

static void xor_engine_at_work(struct kunit *test)
{
	static const enum atx_kind kinds[] = { ATX_XOR };

	atx_engine_at_work(test, DMA_XOR, kinds, ARRAY_SIZE(kinds));
}

static void xor_val_engine_at_work(struct kunit *test)
{
	static const enum atx_kind kinds[] = { ATX_XOR_VAL };

	if (IS_ENABLED(CONFIG_ASYNC_TX_DISABLE_XOR_VAL_DMA))
		kunit_skip(test, "validation by engines is configured off");
	atx_engine_at_work(test, DMA_XOR_VAL, kinds, ARRAY_SIZE(kinds));
}

static struct kunit_case xor_cases[] = {
	KUNIT_CASE_PARAM(xor_counts, count_gen_params),
	KUNIT_CASE_PARAM(xor_lens, atx_len_gen_params),
	KUNIT_CASE(xor_two_pages),
	KUNIT_CASE_PARAM(xor_null_sources, atx_null_gen_params),
	KUNIT_CASE(xor_same_source_twice),
	KUNIT_CASE(xor_blocks_of_one_page),
	KUNIT_CASE_PARAM(xor_val_counts, count_gen_params),
	KUNIT_CASE_PARAM(xor_val_lens, atx_len_gen_params),
	KUNIT_CASE_PARAM(xor_val_null_sources, atx_null_gen_params),
	KUNIT_CASE(xor_engine_at_work),
	KUNIT_CASE(xor_val_engine_at_work),
	{}
};

static struct kunit_suite xor_suite = {
	.name = "async_tx_xor",
	.init = atx_init,
	.exit = atx_exit,
	.suite_exit = atx_suite_exit,
	.test_cases = xor_cases,
};

kunit_test_suite(xor_suite);
