// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of async_gen_syndrome() and async_syndrome_val()
 *
 * "Disks" are the data blocks, P and Q, as in the interface.
 */
#include "fixture.h"
#include "ref.h"

static const unsigned int counts[] = {
	3, 4, 5, 6, 7, 8, 9, 10, 11, 15, 16, 17, 18, 19, 31, 33, 34, 35, 64, 66, 255
};

static void count_desc(const unsigned int *count, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "disks=%u", *count);
}

KUNIT_ARRAY_PARAM(count, counts, count_desc);

/* a validation needs two data blocks */
static const unsigned int val_counts[] = { 4, 5, 6, 7, 10, 18, 34, 64, 255 };

KUNIT_ARRAY_PARAM(val_count, val_counts, count_desc);

static const unsigned int offsets[] = { 0, 512, 1, 64, 4095, 8, 65, 2048, 3, PAGE_SIZE };

enum missing {
	MISSING_NONE,
	MISSING_P,
	MISSING_Q,
	NR_MISSING
};

static struct atx_op *pq_op(struct kunit *test, enum atx_kind kind, unsigned int nr)
{
	struct atx_op *op = atx_op(test, kind, nr);

	if (kind == ATX_PQ_VAL)
		op->dst = atx_buf(test, ATX_DST);
	return op;
}

/* all blocks but a missing P or Q there again, with offsets as @how says */
static void set_blocks(struct kunit *test, struct atx_op *op, enum missing missing,
		       enum atx_offs how, unsigned int shift)
{
	unsigned int i;

	op->offs_how = how;
	for (i = 0; i < op->nr; i++) {
		op->blk[i] = atx_buf(test, ATX_BLK(i));
		switch (how) {
		case ATX_OFFS_EACH:
			op->off[i] = offsets[(shift + i) % ARRAY_SIZE(offsets)];
			break;
		case ATX_OFFS_COMMON:
			op->off[i] = offsets[shift % ARRAY_SIZE(offsets)];
			break;
		default:
			op->off[i] = 0;
		}
	}
	if (op->kind == ATX_PQ_VAL)
		op->dst_off = offsets[(shift + 5) % ARRAY_SIZE(offsets)];
	if (missing == MISSING_P)
		op->blk[op->nr - 2] = NULL;
	if (missing == MISSING_Q)
		op->blk[op->nr - 1] = NULL;
}

/* the reference itself: what makes GF(256) a field, and {02} a generator */
static void pq_reference(struct kunit *test)
{
	unsigned int a, n;

	KUNIT_EXPECT_EQ(test, ref_gfmul(0x80, 2), 0x1d);
	KUNIT_EXPECT_EQ(test, ref_gfmul(0xff, 0), 0);
	KUNIT_EXPECT_EQ(test, ref_gfexp(0), 1);
	KUNIT_EXPECT_EQ(test, ref_gfexp(8), 0x1d);
	KUNIT_EXPECT_EQ(test, ref_gfexp(255), 1);
	for (n = 1; n < 255; n++)
		KUNIT_EXPECT_NE_MSG(test, ref_gfexp(n), 1, "n=%u", n);
	for (a = 1; a < 256; a++) {
		KUNIT_EXPECT_EQ_MSG(test, ref_gfmul(a, ref_gfinv(a)), 1, "a=%u", a);
		KUNIT_EXPECT_EQ_MSG(test, ref_gfmul(a, 0x53), ref_gfmul(0x53, a), "a=%u", a);
		KUNIT_EXPECT_EQ_MSG(test, ref_gfmul(a, 3), ref_gfmul(a, 2) ^ a, "a=%u", a);
	}
}

static void pq_counts(struct kunit *test)
{
	const unsigned int *nr = test->param_value;
	struct atx_ctx *ctx = test->priv;
	struct atx_op *op = pq_op(test, ATX_PQ, *nr);
	unsigned int missing, add, i = *nr;

	for (missing = 0; missing < NR_MISSING; missing++) {
		for (add = 0; add < 2; add++) {
			op->flags = add ? ASYNC_TX_PQ_XOR_DST : 0;
			op->len = atx_lens[i++ % atx_nr_lens];
			set_blocks(test, op, missing, i % ATX_NR_OFFS, i);
			atx_op_fill(ctx, op);
			atx_run(ctx, op);
		}
	}
	/* and what RAID does: whole pages */
	op->flags = 0;
	op->len = PAGE_SIZE;
	set_blocks(test, op, MISSING_NONE, ATX_OFFS_COMMON, 0);
	atx_op_fill(ctx, op);
	atx_run(ctx, op);
	atx_report(test, ctx);
}

static void pq_lens(struct kunit *test)
{
	static const unsigned int some_counts[] = { 3, 4, 6, 10 };
	const size_t *len = test->param_value;
	struct atx_ctx *ctx = test->priv;
	unsigned int i, missing, how, add, shift = 0;

	for (i = 0; i < ARRAY_SIZE(some_counts); i++) {
		struct atx_op *op = pq_op(test, ATX_PQ, some_counts[i]);

		op->len = *len;
		for (missing = 0; missing < NR_MISSING; missing++) {
			for (how = 0; how < ATX_NR_OFFS; how++) {
				for (add = 0; add < 2; add++) {
					op->flags = add ? ASYNC_TX_PQ_XOR_DST : 0;
					set_blocks(test, op, missing, how, shift++);
					atx_op_fill(ctx, op);
					atx_run(ctx, op);
				}
			}
		}
	}
	atx_report(test, ctx);
}

/* more than a page at once: the interface allows it if P and Q are there */
static void pq_two_pages(struct kunit *test)
{
	struct atx_ctx *ctx = test->priv;
	struct atx_op *op = pq_op(test, ATX_PQ, 8);
	unsigned int end;

	op->len = ATX_WINDOW;
	for (end = 0; end < ATX_NR_ENDS; end++) {
		op->flags = end & 1 ? ASYNC_TX_PQ_XOR_DST : 0;
		set_blocks(test, op, MISSING_NONE, ATX_OFFS_COMMON, 0);
		atx_op_fill(ctx, op);
		atx_run(ctx, op);
	}
	atx_report(test, ctx);
}

/* missing data blocks are blocks of zeroes, and keep their coefficients */
static void remove_blocks(struct atx_op *op, const struct atx_null *null)
{
	unsigned int i;

	for (i = 0; i < op->nr - 2; i++)
		if (atx_is_null(null, i, op->nr - 2))
			op->blk[i] = NULL;
}

static void pq_null_blocks(struct kunit *test)
{
	static const unsigned int some_counts[] = { 4, 5, 6, 10, 18, 35, 255 };
	const struct atx_null *null = test->param_value;
	struct atx_ctx *ctx = test->priv;
	unsigned int i, missing, shift = 0;

	for (i = 0; i < ARRAY_SIZE(some_counts); i++) {
		struct atx_op *op = pq_op(test, ATX_PQ, some_counts[i]);

		for (missing = 0; missing < NR_MISSING; missing++, shift++) {
			op->flags = shift & 1 ? ASYNC_TX_PQ_XOR_DST : 0;
			op->len = atx_lens[atx_rnd(ctx, atx_nr_lens)];
			set_blocks(test, op, missing, shift % ATX_NR_OFFS, shift);
			remove_blocks(op, null);
			atx_op_fill(ctx, op);
			atx_run(ctx, op);
		}
	}
	atx_report(test, ctx);
}

/* flip bits of block @i in the middle, at the first and at the last byte */
static void flip_and_run(struct atx_ctx *ctx, struct atx_op *op, unsigned int i)
{
	const size_t at[] = { 0, op->len / 2, op->len - 1 };
	unsigned int j;

	if (!op->blk[i])
		return;
	for (j = 0; j < ARRAY_SIZE(at); j++) {
		atx_flip(op->blk[i], op->off[i] + at[j], 0x81);
		atx_run(ctx, op);
		if (!op->want_result)
			atx_fail(ctx, op, "the reference finds block %u right", i);
		atx_flip(op->blk[i], op->off[i] + at[j], 0x81);
	}
}

/*
 * A validation of what is right, of what has an error in P only, in Q only, in
 * both, in a data block, and of what has errors beside the blocks only.
 */
static void run_val(struct atx_ctx *ctx, struct atx_op *op)
{
	unsigned int p = op->nr - 2, q = op->nr - 1, i;

	atx_op_make_syndrome(op);
	atx_run(ctx, op);
	if (op->want_result)
		atx_fail(ctx, op, "the reference finds right P and Q wrong");

	flip_and_run(ctx, op, p);
	flip_and_run(ctx, op, q);
	flip_and_run(ctx, op, 0);
	flip_and_run(ctx, op, p - 1);

	if (op->blk[p] && op->blk[q]) {
		atx_flip(op->blk[q], op->off[q], 0x20);
		flip_and_run(ctx, op, p);
		atx_flip(op->blk[q], op->off[q], 0x20);
	}

	for (i = 0; i < op->nr; i++) {
		if (!op->blk[i])
			continue;
		atx_flip(op->blk[i], (ssize_t)op->off[i] - 1, 0xff);
		atx_flip(op->blk[i], op->off[i] + op->len, 0xff);
	}
	atx_run(ctx, op);
}

static void pq_val_counts(struct kunit *test)
{
	const unsigned int *nr = test->param_value;
	struct atx_ctx *ctx = test->priv;
	struct atx_op *op = pq_op(test, ATX_PQ_VAL, *nr);
	unsigned int missing, i = *nr;

	for (missing = 0; missing < NR_MISSING; missing++) {
		/* the largest at full length would take seconds under emulation */
		op->len = *nr > 64 ? 65 : atx_lens[i % atx_nr_lens];
		set_blocks(test, op, missing, i % ATX_NR_OFFS, i);
		atx_op_fill(ctx, op);
		run_val(ctx, op);
		i++;
	}
	op->len = PAGE_SIZE;
	set_blocks(test, op, MISSING_NONE, ATX_OFFS_COMMON, 0);
	atx_op_fill(ctx, op);
	atx_op_make_syndrome(op);
	atx_run(ctx, op);
	/* an engine needs no spare page, so there may be none */
	op->dst = NULL;
	atx_run(ctx, op);
	atx_report(test, ctx);
}

static void pq_val_lens(struct kunit *test)
{
	static const unsigned int some_counts[] = { 4, 6 };
	const size_t *len = test->param_value;
	struct atx_ctx *ctx = test->priv;
	unsigned int i, missing, how, shift = 0;

	for (i = 0; i < ARRAY_SIZE(some_counts); i++) {
		struct atx_op *op = pq_op(test, ATX_PQ_VAL, some_counts[i]);

		op->len = *len;
		for (missing = 0; missing < NR_MISSING; missing++) {
			for (how = 0; how < ATX_NR_OFFS; how++) {
				set_blocks(test, op, missing, how, shift++);
				atx_op_fill(ctx, op);
				run_val(ctx, op);
			}
		}
	}
	atx_report(test, ctx);
}

static void pq_val_null_blocks(struct kunit *test)
{
	static const unsigned int some_counts[] = { 4, 5, 10, 18 };
	const struct atx_null *null = test->param_value;
	struct atx_ctx *ctx = test->priv;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(some_counts); i++) {
		struct atx_op *op = pq_op(test, ATX_PQ_VAL, some_counts[i]);

		op->len = atx_lens[atx_rnd(ctx, atx_nr_lens)];
		set_blocks(test, op, i % NR_MISSING, i % ATX_NR_OFFS, i);
		remove_blocks(op, null);
		atx_op_fill(ctx, op);
		run_val(ctx, op);
	}
	atx_report(test, ctx);
}

static void pq_engine_at_work(struct kunit *test)
{
	static const enum atx_kind kinds[] = { ATX_PQ };

	atx_engine_at_work(test, DMA_PQ, kinds, ARRAY_SIZE(kinds));
}

static void pq_val_engine_at_work(struct kunit *test)
{
	static const enum atx_kind kinds[] = { ATX_PQ_VAL };

	if (IS_ENABLED(CONFIG_ASYNC_TX_DISABLE_PQ_VAL_DMA))
		kunit_skip(test, "validation by engines is configured off");
	atx_engine_at_work(test, DMA_PQ_VAL, kinds, ARRAY_SIZE(kinds));
}

static struct kunit_case pq_cases[] = {
	KUNIT_CASE(pq_reference),
	KUNIT_CASE_PARAM(pq_counts, count_gen_params),
	KUNIT_CASE_PARAM(pq_lens, atx_len_gen_params),
	KUNIT_CASE(pq_two_pages),
	KUNIT_CASE_PARAM(pq_null_blocks, atx_null_gen_params),
	KUNIT_CASE_PARAM(pq_val_counts, val_count_gen_params),
	KUNIT_CASE_PARAM(pq_val_lens, atx_len_gen_params),
	KUNIT_CASE_PARAM(pq_val_null_blocks, atx_null_gen_params),
	KUNIT_CASE(pq_engine_at_work),
	KUNIT_CASE(pq_val_engine_at_work),
	{}
};

static struct kunit_suite pq_suite = {
	.name = "async_tx_pq",
	.init = atx_init,
	.exit = atx_exit,
	.suite_exit = atx_suite_exit,
	.test_cases = pq_cases,
};

kunit_test_suite(pq_suite);
