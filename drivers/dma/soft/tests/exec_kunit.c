// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of the executor, against byte-wise references.
 *
 * The blocks of an operation stand in one arena, each with guard bytes before
 * and behind it, at its own alignment.  A test computes by the simplest means
 * what the arena must look like afterwards, runs the operation, and compares
 * the whole arena: so sources, guards and destinations are checked at once.
 */
#include <kunit/test.h>
#include <linux/bits.h>
#include <linux/err.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/prandom.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "../exec.h"

#define TEST_SEED	0x50f7

/* Bytes before and behind each block that must not change. */
#define TEST_GUARD	64

#define TEST_MAX_LEN	4097
#define TEST_LONG_LEN	150001
#define TEST_BLOCKS	(SOFT_MAX_SRCS + 2)
#define TEST_STRIDE	(3 * 4096)
#define TEST_ARENA	(TEST_BLOCKS * TEST_STRIDE)

/* How blocks lie in memory. */
enum test_layout {
	TEST_ALIGNED,		/* all at multiples of 64 */
	TEST_MIXED,		/* each at its own odd offset */
	TEST_CROSSING,		/* across page boundaries, each elsewhere */
	TEST_NR_LAYOUTS,
};

static const char * const test_layout_names[] = {
	"aligned", "mixed", "crossing",
};

/* Which coefficients Q has. */
enum test_coefs {
	TEST_RISING,		/* g^0, g^1, g^2 ... as of a whole array */
	TEST_GAPS,		/* rising, from g^1, with absent disks */
	TEST_SPARSE,		/* rising, far apart */
	TEST_ANY,		/* arbitrary, 0 and 1 among them */
	TEST_ONES,		/* all 1 */
	TEST_NR_COEFS,
};

static const char * const test_coefs_names[] = {
	"rising", "gaps", "sparse", "any", "ones",
};

/* Where a destination is a source too. */
enum test_alias {
	TEST_APART,
	TEST_FIRST,		/* the (first) destination is the first source */
	TEST_LAST,		/* the last destination is the last source */
	TEST_TWICE,		/* the (first) destination is two sources */
	TEST_BOTH,		/* P is the first source, Q is the last */
};

struct test_case {
	const char *name;
	enum soft_kind kind;
	u8 flags;
	enum test_alias alias;
	u8 spoil;		/* SUM_CHECK_*_RESULT of what does not match */
};

static const struct test_case test_cases[] = {
	{ "memcpy", SOFT_MEMCPY },
	{ "memset", SOFT_MEMSET },
	{ "xor", SOFT_XOR },
	{ "xor, dest is first source", SOFT_XOR, 0, TEST_FIRST },
	{ "xor, dest is last source", SOFT_XOR, 0, TEST_LAST },
	{ "xor, dest is two sources", SOFT_XOR, 0, TEST_TWICE },
	{ "xor_val, good", SOFT_XOR_VAL },
	{ "xor_val, bad", SOFT_XOR_VAL, .spoil = SUM_CHECK_P_RESULT },
	{ "pq", SOFT_PQ },
	{ "pq, no P", SOFT_PQ, SOFT_OP_NO_P },
	{ "pq, no Q", SOFT_PQ, SOFT_OP_NO_Q },
	{ "pq, continue", SOFT_PQ, SOFT_OP_CONTINUE },
	{ "pq, continue, no P", SOFT_PQ, SOFT_OP_CONTINUE | SOFT_OP_NO_P },
	{ "pq, continue, no Q", SOFT_PQ, SOFT_OP_CONTINUE | SOFT_OP_NO_Q },
	{ "pq, P is a source", SOFT_PQ, 0, TEST_FIRST },
	{ "pq, Q is a source", SOFT_PQ, 0, TEST_LAST },
	{ "pq, P and Q are sources", SOFT_PQ, 0, TEST_BOTH },
	{ "pq, P is two sources", SOFT_PQ, 0, TEST_TWICE },
	{ "pq, no P, Q is a source", SOFT_PQ, SOFT_OP_NO_P, TEST_LAST },
	{ "pq, no Q, P is a source", SOFT_PQ, SOFT_OP_NO_Q, TEST_FIRST },
	{ "pq, continue, P and Q are sources", SOFT_PQ, SOFT_OP_CONTINUE,
	  TEST_BOTH },
	{ "pq, continue, no Q, P is a source", SOFT_PQ,
	  SOFT_OP_CONTINUE | SOFT_OP_NO_Q, TEST_FIRST },
	{ "pq_val, good", SOFT_PQ_VAL },
	{ "pq_val, bad P", SOFT_PQ_VAL, .spoil = SUM_CHECK_P_RESULT },
	{ "pq_val, bad Q", SOFT_PQ_VAL, .spoil = SUM_CHECK_Q_RESULT },
	{ "pq_val, both bad", SOFT_PQ_VAL,
	  .spoil = SUM_CHECK_P_RESULT | SUM_CHECK_Q_RESULT },
	{ "pq_val, no P", SOFT_PQ_VAL, SOFT_OP_NO_P },
	{ "pq_val, no Q", SOFT_PQ_VAL, SOFT_OP_NO_Q },
	{ "pq_val, no P, bad Q", SOFT_PQ_VAL, SOFT_OP_NO_P,
	  .spoil = SUM_CHECK_Q_RESULT },
	{ "pq_val, no Q, bad P", SOFT_PQ_VAL, SOFT_OP_NO_Q,
	  .spoil = SUM_CHECK_P_RESULT },
};

static const size_t test_lens[] = {
	1, 63, 64, 65, 511, 512, 513, 4095, 4096, TEST_MAX_LEN,
};

static const unsigned int test_counts[] = { 1, 2, 3, 16, 17, SOFT_MAX_SRCS };

/**
 * struct test_ctx - what the tests of the suite share
 * @exec: executor under test, which finds its &struct test_ctx from here
 * @arena: the blocks
 * @wanted: what the arena must look like afterwards
 * @noise: what it is filled with
 * @maps: mappings that exist
 * @max_maps: the most there ever were
 * @bad_map: a mapping outside of the arena, or across a boundary, was asked for
 * @order: what is mapped, to check that it is unmapped in reverse
 * @forbidden: a block that cannot be mapped, or %NULL
 * @src: see &struct soft_op
 * @coef: see &struct soft_op
 * @what: what is being tested, for messages
 */
struct test_ctx {
	struct soft_exec exec;
	u8 *arena;
	u8 *wanted;
	u8 *noise;
	unsigned int maps;
	unsigned int max_maps;
	bool bad_map;
	void *order[TEST_BLOCKS];
	const u8 *forbidden;
	dma_addr_t src[SOFT_MAX_SRCS];
	u8 coef[SOFT_MAX_SRCS];
	char what[200];
};

static void *test_map(struct soft_exec *exec, dma_addr_t addr, size_t len,
		      bool write)
{
	struct test_ctx *ctx = container_of(exec, struct test_ctx, exec);
	u8 *block = (u8 *)(unsigned long)addr;
	size_t boundary = exec->access->boundary;

	if (block < ctx->arena || block + len > ctx->arena + TEST_ARENA)
		ctx->bad_map = true;
	if (boundary && (addr & (boundary - 1)) + len > boundary)
		ctx->bad_map = true;
	if (ctx->maps >= exec->access->max_maps)
		ctx->bad_map = true;
	if (ctx->bad_map || block == ctx->forbidden)
		return ERR_PTR(-EFAULT);

	ctx->order[ctx->maps++] = block;
	ctx->max_maps = max(ctx->max_maps, ctx->maps);
	return block;
}

static void test_unmap(struct soft_exec *exec, void *vaddr)
{
	struct test_ctx *ctx = container_of(exec, struct test_ctx, exec);

	if (!ctx->maps || ctx->order[--ctx->maps] != vaddr)
		ctx->bad_map = true;
}

/* Memory that is all there, as on machines without high memory. */
static const struct soft_access test_access_flat = {
	.map = test_map,
	.unmap = test_unmap,
	.max_maps = TEST_BLOCKS,
};

/* Memory that is mapped by the page, and little of it at a time. */
static const struct soft_access test_access_paged = {
	.map = test_map,
	.unmap = test_unmap,
	.boundary = 4096,
	.max_maps = 8,
};

/* The reference: multiplication in GF(2^8) modulo 0x11d by shifting. */
static u8 test_gf_mul(u8 a, u8 b)
{
	u8 product = 0;

	for (; b; b >>= 1) {
		if (b & 1)
			product ^= a;
		a = (a << 1) ^ (a & 0x80 ? 0x1d : 0);
	}
	return product;
}

static u8 test_gf_power(unsigned int exponent)
{
	u8 power = 1;

	while (exponent--)
		power = test_gf_mul(power, 2);
	return power;
}

static void test_fill_coefs(struct test_ctx *ctx, enum test_coefs style)
{
	unsigned int i;

	for (i = 0; i < SOFT_MAX_SRCS; i++) {
		switch (style) {
		case TEST_RISING:
			ctx->coef[i] = test_gf_power(i);
			break;
		case TEST_GAPS:
			/* As many as fit; then they start over. */
			ctx->coef[i] = test_gf_power((1 + i + i / 2) % 255);
			break;
		case TEST_SPARSE:
			ctx->coef[i] = test_gf_power((7 + 60 * i) % 255);
			break;
		case TEST_ANY:
			ctx->coef[i] = i % 8 < 2 ? i % 8 : ctx->noise[i];
			break;
		default:
			ctx->coef[i] = 1;
		}
	}
}

/* Offset of a block into the arena. */
static size_t test_block(enum test_layout layout, size_t len, unsigned int i)
{
	size_t pitch = ALIGN(len + 3 * TEST_GUARD, 64);

	switch (layout) {
	case TEST_ALIGNED:
		return i * pitch + TEST_GUARD;
	case TEST_MIXED:
		return i * pitch + TEST_GUARD + (i * 7 + 1) % 64;
	default:
		return i * TEST_STRIDE + 4096 - (i * 37 + 1) % min(len + 1, 999);
	}
}

static int test_ctx_init(struct kunit *test)
{
	struct test_ctx *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);
	struct rnd_state rnd;

	if (!ctx)
		return -ENOMEM;
	test->priv = ctx;
	ctx->arena = vzalloc(TEST_ARENA);
	ctx->wanted = vzalloc(TEST_ARENA);
	ctx->noise = vzalloc(TEST_ARENA);
	if (!ctx->arena || !ctx->wanted || !ctx->noise)
		return -ENOMEM;
	prandom_seed_state(&rnd, TEST_SEED);
	prandom_bytes_state(&rnd, ctx->noise, TEST_ARENA);
	return 0;
}

static void test_ctx_exit(struct kunit *test)
{
	struct test_ctx *ctx = test->priv;

	if (!ctx)
		return;
	vfree(ctx->arena);
	vfree(ctx->wanted);
	vfree(ctx->noise);
}

/* Q += coef * src, a byte at a time; products of one source come from a row. */
static void test_add_product(u8 *q, const u8 *src, u8 coef, size_t len)
{
	u8 row[256];
	size_t i;

	for (i = 0; i < sizeof(row); i++)
		row[i] = test_gf_mul(i, coef);
	for (i = 0; i < len; i++)
		q[i] ^= row[src[i]];
}

static void test_add(u8 *p, const u8 *src, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		p[i] ^= src[i];
}

/*
 * What the operation should leave in P and Q, or a sum in P, given what was in
 * them before.
 */
static void test_reference(struct test_ctx *ctx, const struct soft_op *op,
			   u8 *p, u8 *q, const u8 *old_p, const u8 *old_q)
{
	bool add = op->flags & SOFT_OP_CONTINUE;
	unsigned int i;

	memset(p, 0, op->len);
	memset(q, 0, op->len);
	if (add && old_p)
		memcpy(p, old_p, op->len);
	if (add && old_q)
		memcpy(q, old_q, op->len);
	for (i = 0; i < op->nr_srcs; i++) {
		const u8 *src = (u8 *)(unsigned long)ctx->src[i];

		test_add(p, src, op->len);
		if (op->kind == SOFT_PQ || op->kind == SOFT_PQ_VAL)
			test_add_product(q, src, ctx->coef[i], op->len);
	}
}

/* One operation, with all that distinguishes it from the others. */
struct test_run {
	const struct test_case *c;
	enum test_layout layout;
	enum test_coefs coefs;
	unsigned int nr_srcs;
	size_t len;
	size_t step;
};

static void test_run_one(struct kunit *test, const struct test_run *run)
{
	struct test_ctx *ctx = test->priv;
	const struct test_case *c = run->c;
	enum sum_check_flags result = 0xff;
	struct soft_op op = {
		.kind = c->kind,
		.flags = c->flags,
		.value = 0xa5,
		.nr_srcs = run->nr_srcs,
		.len = run->len,
		.src = ctx->src,
		.coef = ctx->coef,
		.result = &result,
		.error = DMA_TRANS_NOERROR,
	};
	u8 *p = ctx->wanted + test_block(run->layout, run->len, run->nr_srcs);
	u8 *q = ctx->wanted + test_block(run->layout, run->len,
					 run->nr_srcs + 1);
	/* All that is laid out, and the guard behind it. */
	size_t extent = q - ctx->wanted + run->len + TEST_GUARD;
	u8 *dst[2], *new_p, *new_q;
	unsigned int i, steps = 0;
	int ret = 0;

	memcpy(ctx->arena, ctx->noise, extent);
	for (i = 0; i < run->nr_srcs; i++)
		ctx->src[i] = (unsigned long)ctx->arena +
			      test_block(run->layout, run->len, i);
	dst[0] = ctx->arena + (p - ctx->wanted);
	dst[1] = ctx->arena + (q - ctx->wanted);
	switch (c->alias) {
	case TEST_TWICE:
		ctx->src[run->nr_srcs - 1] = ctx->src[0];
		fallthrough;
	case TEST_FIRST:
		dst[0] = (u8 *)(unsigned long)ctx->src[0];
		break;
	case TEST_BOTH:
		dst[0] = (u8 *)(unsigned long)ctx->src[0];
		fallthrough;
	case TEST_LAST:
		i = c->kind == SOFT_PQ;
		dst[i] = (u8 *)(unsigned long)ctx->src[run->nr_srcs - 1];
		break;
	case TEST_APART:
		break;
	}
	op.dst[0] = (unsigned long)dst[0];
	op.dst[1] = (unsigned long)dst[1];

	new_p = kunit_kmalloc(test, 2 * run->len, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, new_p);
	new_q = new_p + run->len;
	switch (c->kind) {
	case SOFT_XOR_VAL:
		/* The last source becomes the sum of all others. */
		i = --op.nr_srcs;
		test_reference(ctx, &op, new_p, new_q, NULL, NULL);
		op.nr_srcs++;
		memcpy((u8 *)(unsigned long)ctx->src[i], new_p, run->len);
		if (c->spoil)
			*(u8 *)(unsigned long)(ctx->src[i] + run->len - 1) ^= 1;
		break;
	case SOFT_PQ_VAL:
		test_reference(ctx, &op, dst[0], dst[1], NULL, NULL);
		if (c->spoil & SUM_CHECK_P_RESULT)
			dst[0][run->len - 1] ^= 0x80;
		if (c->spoil & SUM_CHECK_Q_RESULT)
			dst[1][run->len / 2] ^= 0x04;
		/* What is not to be checked may be anything. */
		if (c->flags & SOFT_OP_NO_P)
			dst[0][0] ^= 1;
		if (c->flags & SOFT_OP_NO_Q)
			dst[1][0] ^= 1;
		break;
	default:
		test_reference(ctx, &op, new_p, new_q, dst[0], dst[1]);
	}

	memcpy(ctx->wanted, ctx->arena, extent);
	switch (c->kind) {
	case SOFT_MEMSET:
		memset(new_p, op.value, run->len);
		fallthrough;
	case SOFT_MEMCPY:
	case SOFT_XOR:
		memcpy(ctx->wanted + (dst[0] - ctx->arena), new_p, run->len);
		break;
	case SOFT_PQ:
		if (!(c->flags & SOFT_OP_NO_P))
			memcpy(ctx->wanted + (dst[0] - ctx->arena), new_p,
			       run->len);
		if (!(c->flags & SOFT_OP_NO_Q))
			memcpy(ctx->wanted + (dst[1] - ctx->arena), new_q,
			       run->len);
		break;
	default:
		break;
	}
	kunit_kfree(test, new_p);

	ctx->bad_map = false;
	do {
		ret = soft_exec_step(&ctx->exec, &op, run->step);
	} while (!ret && !soft_op_finished(&op) && ++steps <= run->len);
	soft_exec_publish(&op);

	scnprintf(ctx->what, sizeof(ctx->what),
		  "%s: %s access, %s, coefs %s, %u sources, len %zu, step %zu, seed %#x",
		  c->name, ctx->exec.access->boundary ? "paged" : "flat",
		  test_layout_names[run->layout], test_coefs_names[run->coefs],
		  run->nr_srcs, run->len, run->step, TEST_SEED);
	KUNIT_EXPECT_EQ_MSG(test, ret, 0, "%s", ctx->what);
	KUNIT_EXPECT_TRUE_MSG(test, soft_op_finished(&op), "%s", ctx->what);
	KUNIT_EXPECT_FALSE_MSG(test, ctx->bad_map || ctx->maps, "%s", ctx->what);
	KUNIT_EXPECT_TRUE_MSG(test, !memcmp(ctx->arena, ctx->wanted, extent),
			      "%s", ctx->what);
	KUNIT_EXPECT_EQ_MSG(test, (unsigned int)result, (unsigned int)c->spoil,
			    "%s", ctx->what);
}

/* Whether an operation can have so many sources at all. */
static bool test_count_fits(const struct test_case *c, unsigned int nr_srcs)
{
	switch (c->kind) {
	case SOFT_MEMCPY:
		return nr_srcs == 1;
	case SOFT_MEMSET:
		return nr_srcs == 1;
	case SOFT_XOR_VAL:
		return nr_srcs >= 2;
	default:
		return (c->alias != TEST_TWICE && c->alias != TEST_BOTH) ||
		       nr_srcs >= 3;
	}
}

static void test_run_all(struct kunit *test, const struct soft_access *access,
			 unsigned long coefs)
{
	struct test_ctx *ctx = test->priv;
	const struct test_case *c = test->param_value;
	struct test_run run = { .c = c };
	unsigned int i, j;
	bool q = c->kind == SOFT_PQ || c->kind == SOFT_PQ_VAL;

	KUNIT_ASSERT_EQ(test, 0, soft_exec_init(&ctx->exec, access,
						NUMA_NO_NODE));
	for (run.coefs = 0; run.coefs < (q ? TEST_NR_COEFS : 1); run.coefs++) {
		if (!(coefs & BIT(run.coefs)))
			continue;
		test_fill_coefs(ctx, run.coefs);
		for (i = 0; i < ARRAY_SIZE(test_counts); i++) {
			run.nr_srcs = test_counts[i];
			if (!test_count_fits(c, run.nr_srcs))
				continue;
			for (j = 0; j < ARRAY_SIZE(test_lens); j++) {
				run.len = test_lens[j];
				/* Wide and long at once takes long: rarely. */
				if (run.nr_srcs > 17 && run.len > 64 &&
				    run.len != 4096 - (run.coefs & 1))
					continue;
				run.layout = (i + j + run.coefs) %
					     TEST_NR_LAYOUTS;
				run.step = (j + run.coefs) % 4 ? SIZE_MAX : 200;
				test_run_one(test, &run);
			}
		}
		cond_resched();
	}
	soft_exec_destroy(&ctx->exec);
}

static void soft_exec_flat(struct kunit *test)
{
	test_run_all(test, &test_access_flat, GENMASK(TEST_NR_COEFS - 1, 0));
}

static void soft_exec_paged(struct kunit *test)
{
	struct test_ctx *ctx = test->priv;

	test_run_all(test, &test_access_paged, BIT(TEST_RISING) | BIT(TEST_ANY));
	KUNIT_EXPECT_LE(test, ctx->max_maps, 8);
}

/* The shortest lengths, all of them, at every alignment, for each kind. */
static void soft_exec_short(struct kunit *test)
{
	struct test_ctx *ctx = test->priv;
	struct test_run run = {
		.c = test->param_value,
		.coefs = TEST_GAPS,
		.nr_srcs = 3,
		.step = SIZE_MAX,
	};

	if (!test_count_fits(run.c, run.nr_srcs))
		run.nr_srcs = 1;
	KUNIT_ASSERT_EQ(test, 0, soft_exec_init(&ctx->exec, &test_access_flat,
						NUMA_NO_NODE));
	test_fill_coefs(ctx, run.coefs);
	for (run.layout = 0; run.layout < TEST_NR_LAYOUTS; run.layout++)
		for (run.len = 1; run.len < 20; run.len++)
			test_run_one(test, &run);
	soft_exec_destroy(&ctx->exec);
}

/* Copies and fills that take several steps even when nothing limits a step. */
static void soft_exec_long(struct kunit *test)
{
	struct test_ctx *ctx = test->priv;
	u8 *src = ctx->arena + 4093, *dst = ctx->arena + 2 * TEST_LONG_LEN;
	struct soft_op op = {
		.kind = SOFT_MEMCPY,
		.nr_srcs = 1,
		.len = TEST_LONG_LEN,
		.src = ctx->src,
		.dst = { (unsigned long)dst },
	};

	KUNIT_ASSERT_EQ(test, 0, soft_exec_init(&ctx->exec, &test_access_flat,
						NUMA_NO_NODE));
	memcpy(ctx->arena, ctx->noise, TEST_ARENA);
	memcpy(ctx->wanted, ctx->noise, TEST_ARENA);
	memcpy(ctx->wanted + (dst - ctx->arena), src, op.len);
	ctx->src[0] = (unsigned long)src;
	while (!soft_op_finished(&op)) {
		size_t before = op.done;

		KUNIT_ASSERT_EQ(test, 0, soft_exec_step(&ctx->exec, &op,
							SIZE_MAX));
		KUNIT_ASSERT_GT(test, op.done, before);
		KUNIT_EXPECT_LE(test, op.done - before, SOFT_LINEAR_CHUNK);
	}
	KUNIT_EXPECT_TRUE(test, !memcmp(ctx->arena, ctx->wanted, TEST_ARENA));

	op.kind = SOFT_MEMSET;
	op.nr_srcs = 0;
	op.done = 0;
	op.value = 0x3c;
	memset(ctx->wanted + (dst - ctx->arena), op.value, op.len);
	while (!soft_op_finished(&op))
		KUNIT_ASSERT_EQ(test, 0, soft_exec_step(&ctx->exec, &op,
							SIZE_MAX));
	KUNIT_EXPECT_TRUE(test, !memcmp(ctx->arena, ctx->wanted, TEST_ARENA));
	soft_exec_destroy(&ctx->exec);
}

/* Each block in turn cannot be accessed: an error, and no mapping is left. */
static void soft_exec_no_access(struct kunit *test)
{
	const struct test_case *c = test->param_value;
	struct test_ctx *ctx = test->priv;
	unsigned int coefs, bad, i;
	struct soft_op op;

	KUNIT_ASSERT_EQ(test, 0, soft_exec_init(&ctx->exec, &test_access_flat,
						NUMA_NO_NODE));
	memcpy(ctx->arena, ctx->noise, TEST_ARENA);
	for (coefs = TEST_RISING; coefs < TEST_NR_COEFS; coefs++) {
		test_fill_coefs(ctx, coefs);
		for (bad = 0; bad < 8; bad++) {
			bool bad_src = bad < 6;

			op = (struct soft_op) {
				.kind = c->kind,
				.flags = c->flags,
				.nr_srcs = c->kind == SOFT_MEMSET ? 0 :
					   c->kind == SOFT_MEMCPY ? 1 : 6,
				.len = 100,
				.src = ctx->src,
				.coef = ctx->coef,
			};
			for (i = 0; i < 6; i++)
				ctx->src[i] = (unsigned long)ctx->arena +
					      test_block(TEST_ALIGNED, 100, i);
			for (i = 0; i < 2; i++)
				op.dst[i] = (unsigned long)ctx->arena +
					    test_block(TEST_ALIGNED, 100,
						       6 + i);

			/* Skip what this operation does not have. */
			if (bad_src && bad >= op.nr_srcs)
				continue;
			if (bad == 6 && (c->flags & SOFT_OP_NO_P))
				continue;
			if (bad == 7 && (c->flags & SOFT_OP_NO_Q))
				continue;
			if (bad == 7 && c->kind != SOFT_PQ &&
			    c->kind != SOFT_PQ_VAL)
				continue;
			if (bad == 6 && c->kind == SOFT_XOR_VAL)
				continue;

			ctx->forbidden = ctx->arena +
					 test_block(TEST_ALIGNED, 100, bad);
			KUNIT_EXPECT_EQ_MSG(test, -EFAULT,
					    soft_exec_step(&ctx->exec, &op,
							   SIZE_MAX),
					    "%s: coefs %s, block %u", c->name,
					    test_coefs_names[coefs], bad);
			KUNIT_EXPECT_EQ(test, op.done, (size_t)0);
			KUNIT_EXPECT_EQ(test, op.error,
					bad_src || c->kind == SOFT_PQ_VAL ?
					DMA_TRANS_READ_FAILED :
					DMA_TRANS_WRITE_FAILED);
			KUNIT_EXPECT_EQ_MSG(test, ctx->maps, 0,
					    "%s: coefs %s, block %u", c->name,
					    test_coefs_names[coefs], bad);
		}
	}
	ctx->forbidden = NULL;
	soft_exec_destroy(&ctx->exec);
}

static void test_case_desc(const struct test_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(test_case, test_cases, test_case_desc);

static struct kunit_case soft_exec_cases[] = {
	KUNIT_CASE_PARAM_ATTR(soft_exec_flat, test_case_gen_params,
			      { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE_PARAM_ATTR(soft_exec_paged, test_case_gen_params,
			      { .speed = KUNIT_SPEED_SLOW }),
	KUNIT_CASE_PARAM(soft_exec_short, test_case_gen_params),
	KUNIT_CASE(soft_exec_long),
	KUNIT_CASE_PARAM(soft_exec_no_access, test_case_gen_params),
	{}
};

static struct kunit_suite soft_exec_suite = {
	.name = "dma_soft_exec",
	.init = test_ctx_init,
	.exit = test_ctx_exit,
	.test_cases = soft_exec_cases,
};

kunit_test_suite(soft_exec_suite);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("KUnit tests of the software DMA engine");
MODULE_IMPORT_NS(DMA_SOFT);
MODULE_IMPORT_NS(EXPORTED_FOR_KUNIT_TESTING);
