// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buffers, operations and chains for the async_tx tests
 *
 * Every buffer exists twice: as memory that the API works on, and as a model
 * in plain memory.  An operation is applied to the model by the reference
 * arithmetic when it is submitted; when its chain has ended, memory and model
 * of the whole buffer, guard pages included, have to be the same.  So a wrong
 * result, a byte too many and a changed source are all found by one
 * comparison.
 */
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/preempt.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "fixture.h"
#include "ref.h"

#define ATX_TIMEOUT	(5 * HZ)

static unsigned long long seed = 0x612;
module_param(seed, ullong, 0444);
MODULE_PARM_DESC(seed, "Seed of the random numbers (default 0x612)");

const size_t atx_lens[] = {
	1, 63, 64, 65, 511, 512, PAGE_SIZE - 1, PAGE_SIZE,
};

const unsigned int atx_nr_lens = ARRAY_SIZE(atx_lens);

static const char * const kind_names[ATX_NR_KINDS] = {
	[ATX_MEMCPY]	= "memcpy",
	[ATX_MEMSET]	= "memset",
	[ATX_XOR]	= "xor",
	[ATX_XOR_VAL]	= "xor_val",
	[ATX_PQ]	= "pq",
	[ATX_PQ_VAL]	= "pq_val",
	[ATX_DATAP]	= "datap",
	[ATX_2DATA]	= "2data",
};

static struct atx_buf bufs[ATX_MAX_BUFS];
static unsigned int nr_bufs;

/* calls of the API, and those of them that returned a handle */
static atomic_t api_calls[ATX_NR_KINDS];
static atomic_t api_handles[ATX_NR_KINDS];

/**
 * atx_len_gen_params - parameter generator: the lengths of atx_lens
 * @prev: parameter before, or NULL
 * @desc: its name
 */
const void *atx_len_gen_params(const void *prev, char *desc)
{
	const size_t *len = prev ? (const size_t *)prev + 1 : atx_lens;

	if (len == atx_lens + atx_nr_lens)
		return NULL;
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "len=%zu", *len);
	return len;
}

static const struct atx_null null_patterns[] = {
	{ "first missing", ATX_NULL_FIRST },
	{ "last missing", ATX_NULL_LAST },
	{ "both ends missing", ATX_NULL_ENDS },
	{ "middle missing", ATX_NULL_MIDDLE },
	{ "every other missing", ATX_NULL_ODD },
	{ "all but first missing", ATX_NULL_BUT_FIRST },
	{ "all but last missing", ATX_NULL_BUT_LAST },
	{ "all but middle missing", ATX_NULL_BUT_MIDDLE },
	{ "all missing", ATX_NULL_ALL },
};

/**
 * atx_null_gen_params - parameter generator: patterns of missing blocks
 * @prev: parameter before, or NULL
 * @desc: its name
 */
const void *atx_null_gen_params(const void *prev, char *desc)
{
	const struct atx_null *null = prev ? (const struct atx_null *)prev + 1 : null_patterns;

	if (null == null_patterns + ARRAY_SIZE(null_patterns))
		return NULL;
	strscpy(desc, null->name, KUNIT_PARAM_DESC_SIZE);
	return null;
}

/**
 * atx_is_null - whether a pattern leaves out a block
 * @null: pattern
 * @i: number of the block
 * @nr: how many blocks
 */
bool atx_is_null(const struct atx_null *null, unsigned int i, unsigned int nr)
{
	switch (null->pattern) {
	case ATX_NULL_FIRST:
		return i == 0;
	case ATX_NULL_LAST:
		return i == nr - 1;
	case ATX_NULL_ENDS:
		return i == 0 || i == nr - 1;
	case ATX_NULL_MIDDLE:
		return i == nr / 2;
	case ATX_NULL_ODD:
		return i & 1;
	case ATX_NULL_BUT_FIRST:
		return i != 0;
	case ATX_NULL_BUT_LAST:
		return i != nr - 1;
	case ATX_NULL_BUT_MIDDLE:
		return i != nr / 2;
	case ATX_NULL_ALL:
		return true;
	}
	return false;
}

/**
 * atx_ctx_init - prepare a context
 * @test: the test that owns it
 * @ctx: the context
 * @stream: number of the thread; each has random numbers of its own
 */
int atx_ctx_init(struct kunit *test, struct atx_ctx *ctx, u32 stream)
{
	unsigned int i;

	prandom_seed_state(&ctx->rnd, seed + stream);
	for (i = 0; i < ARRAY_SIZE(ctx->tmp); i++) {
		ctx->tmp[i] = kunit_kzalloc(test, ATX_WINDOW, GFP_KERNEL);
		if (!ctx->tmp[i])
			return -ENOMEM;
	}
	return 0;
}

/**
 * atx_init - init function of the suites: a context in test->priv
 * @test: the test
 */
int atx_init(struct kunit *test)
{
	struct atx_ctx *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);

	if (!ctx)
		return -ENOMEM;
	test->priv = ctx;
	return atx_ctx_init(test, ctx, 0);
}

/**
 * atx_exit - exit function of the suites: no buffer may have been touched that
 *	the case did not name, nor any after the case had looked at it
 * @test: the test
 */
void atx_exit(struct kunit *test)
{
	struct atx_ctx *ctx = test->priv;
	unsigned int i;

	if (!ctx)
		return;
	for (i = 0; i < nr_bufs; i++)
		atx_buf_check(ctx, NULL, &bufs[i], "any buffer, at the end of the case");
	atx_report(test, ctx);
}

/**
 * atx_suite_exit - suite_exit function of the suites: free the buffers, and
 *	begin to count anew
 * @suite: the suite
 */
void atx_suite_exit(struct kunit_suite *suite)
{
	enum atx_kind kind;

	for (kind = 0; kind < ATX_NR_KINDS; kind++) {
		atomic_set(&api_calls[kind], 0);
		atomic_set(&api_handles[kind], 0);
	}
	while (nr_bufs) {
		struct atx_buf *buf = &bufs[--nr_bufs];

		free_pages((unsigned long)buf->mem, ATX_BUF_ORDER);
		vfree(buf->want);
		vfree(buf->alt);
		memset(buf, 0, sizeof(*buf));
	}
}

/**
 * atx_rnd - random number
 * @ctx: context
 * @below: limit
 *
 * Return: number from 0 to @below - 1
 */
u32 atx_rnd(struct atx_ctx *ctx, u32 below)
{
	return prandom_u32_state(&ctx->rnd) % below;
}

static unsigned int nr_present(const struct atx_op *op)
{
	unsigned int i, present = 0;

	for (i = 0; i < op->nr; i++)
		present += !!op->blk[i];
	return present;
}

/**
 * atx_fail - note an error
 * @ctx: context
 * @op: the operation in question, or NULL
 * @fmt: what is wrong
 *
 * Any context.  Only the first error since the last report is kept in full.
 */
void atx_fail(struct atx_ctx *ctx, const struct atx_op *op, const char *fmt, ...)
{
	va_list args;
	size_t at;

	if (ctx->fails++)
		return;
	va_start(args, fmt);
	at = vscnprintf(ctx->msg, sizeof(ctx->msg), fmt, args);
	va_end(args);
	if (!op)
		return;
	at += scnprintf(ctx->msg + at, sizeof(ctx->msg) - at,
			"; %s len=%zu nr=%u present=%u flags=%#x offs=%u dst_off=%u",
			kind_names[op->kind], op->len, op->nr, nr_present(op),
			op->flags, op->offs_how, op->dst ? op->dst_off : 0);
	if (op->nr)
		at += scnprintf(ctx->msg + at, sizeof(ctx->msg) - at, " off=%u..%u",
				op->off[0], op->off[op->nr - 1]);
	if (op->kind == ATX_PQ || op->kind == ATX_PQ_VAL)
		at += scnprintf(ctx->msg + at, sizeof(ctx->msg) - at, " P=%d Q=%d spare=%d",
				!!op->blk[op->nr - 2], !!op->blk[op->nr - 1], !!op->dst);
	if (op->kind == ATX_DATAP || op->kind == ATX_2DATA)
		at += scnprintf(ctx->msg + at, sizeof(ctx->msg) - at, " faila=%d failb=%d",
				op->faila, op->failb);
	scnprintf(ctx->msg + at, sizeof(ctx->msg) - at, " scribble=%d atomic=%d turn=%u",
		  !op->no_scribble, op->atomic, ctx->turn);
}

/**
 * atx_report - make the errors of a context those of the test
 * @test: the test
 * @ctx: context; it has no errors afterwards
 *
 * Only from the thread of the test.
 */
void atx_report(struct kunit *test, struct atx_ctx *ctx)
{
	if (ctx->fails)
		KUNIT_FAIL(test, "%s (first of %u; seed=%#llx)", ctx->msg, ctx->fails, seed);
	ctx->fails = 0;
}

/**
 * atx_buf - get a buffer
 * @test: the test; it is aborted if there is no memory
 * @i: number of the buffer, from ATX_DST up
 *
 * The buffers live as long as the suite, full of random bytes.
 *
 * Return: the buffer
 */
struct atx_buf *atx_buf(struct kunit *test, unsigned int i)
{
	struct atx_ctx *ctx = test->priv;

	KUNIT_ASSERT_LT(test, i, ATX_MAX_BUFS);
	while (nr_bufs <= i) {
		struct atx_buf *buf = &bufs[nr_bufs];

		buf->mem = (u8 *)__get_free_pages(GFP_KERNEL, ATX_BUF_ORDER);
		KUNIT_ASSERT_NOT_NULL(test, buf->mem);
		nr_bufs++;
		buf->want = vmalloc(ATX_BUF_SIZE);
		buf->alt = vmalloc(ATX_WINDOW);
		KUNIT_ASSERT_NOT_NULL(test, buf->want);
		KUNIT_ASSERT_NOT_NULL(test, buf->alt);
		buf->page = virt_to_page(buf->mem + PAGE_SIZE);
		prandom_bytes_state(&ctx->rnd, buf->want, ATX_BUF_SIZE);
		memcpy(buf->mem, buf->want, ATX_BUF_SIZE);
	}
	return &bufs[i];
}

/**
 * atx_want - the model of a byte
 * @buf: buffer
 * @off: offset in the window
 */
u8 *atx_want(const struct atx_buf *buf, ssize_t off)
{
	return buf->want + PAGE_SIZE + off;
}

/**
 * atx_mem - a byte as the API sees it
 * @buf: buffer
 * @off: offset in the window
 */
u8 *atx_mem(const struct atx_buf *buf, ssize_t off)
{
	return buf->mem + PAGE_SIZE + off;
}

/**
 * atx_fill - random bytes for memory and model
 * @ctx: context
 * @buf: buffer
 * @off: offset in the window
 * @len: bytes
 */
void atx_fill(struct atx_ctx *ctx, struct atx_buf *buf, unsigned int off, size_t len)
{
	prandom_bytes_state(&ctx->rnd, atx_want(buf, off), len);
	memcpy(atx_mem(buf, off), atx_want(buf, off), len);
	buf->alt_len = 0;
}

/**
 * atx_flip - change a byte in memory and model
 * @buf: buffer
 * @off: offset in the window
 * @bits: what to flip
 */
void atx_flip(struct atx_buf *buf, ssize_t off, u8 bits)
{
	*atx_want(buf, off) ^= bits;
	*atx_mem(buf, off) = *atx_want(buf, off);
}

/**
 * atx_buf_check - compare memory and model of a buffer, guards included
 * @ctx: context
 * @op: operation that used it, for the message
 * @buf: buffer
 * @what: its role, for the message
 *
 * After an error memory is made the same as the model, so that one error is
 * not reported by everybody else.
 *
 * Return: whether they are the same
 */
bool atx_buf_check(struct atx_ctx *ctx, const struct atx_op *op,
		   struct atx_buf *buf, const char *what)
{
	size_t at;

	if (!memcmp(buf->mem, buf->want, ATX_BUF_SIZE)) {
		/* buffers that several threads read have none */
		if (buf->alt_len)
			buf->alt_len = 0;
		return true;
	}
	if (buf->alt_len) {
		memcpy(atx_want(buf, buf->alt_off), buf->alt, buf->alt_len);
		buf->alt_len = 0;
		if (!memcmp(buf->mem, buf->want, ATX_BUF_SIZE))
			return true;
	}
	for (at = 0; at < ATX_BUF_SIZE - 1; at++)
		if (buf->mem[at] != buf->want[at])
			break;
	atx_fail(ctx, op, "%s (buffer %td): byte at %zd is %#04x, not %#04x",
		 what, buf - bufs, (ssize_t)at - (ssize_t)PAGE_SIZE,
		 buf->mem[at], buf->want[at]);
	memcpy(buf->mem, buf->want, ATX_BUF_SIZE);
	return false;
}

/**
 * atx_op - allocate an operation
 * @test: the test that owns it
 * @kind: which
 * @nr: blocks
 */
struct atx_op *atx_op(struct kunit *test, enum atx_kind kind, unsigned int nr)
{
	struct atx_op *op = kunit_kzalloc(test, sizeof(*op), GFP_KERNEL);
	size_t room = max(nr, 1U);

	KUNIT_ASSERT_NOT_NULL(test, op);
	op->kind = kind;
	op->nr = nr;
	op->blk = kunit_kcalloc(test, room, sizeof(*op->blk), GFP_KERNEL);
	op->off = kunit_kcalloc(test, room, sizeof(*op->off), GFP_KERNEL);
	op->pages = kunit_kcalloc(test, room, sizeof(*op->pages), GFP_KERNEL);
	op->offs = kunit_kcalloc(test, room, sizeof(*op->offs), GFP_KERNEL);
	op->scribble = kunit_kcalloc(test, room, sizeof(*op->scribble), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, op->blk);
	KUNIT_ASSERT_NOT_NULL(test, op->off);
	KUNIT_ASSERT_NOT_NULL(test, op->pages);
	KUNIT_ASSERT_NOT_NULL(test, op->offs);
	KUNIT_ASSERT_NOT_NULL(test, op->scribble);
	return op;
}

/**
 * atx_op_fill - random bytes for every block of an operation
 * @ctx: context
 * @op: operation
 */
void atx_op_fill(struct atx_ctx *ctx, struct atx_op *op)
{
	unsigned int i;

	for (i = 0; i < op->nr; i++)
		if (op->blk[i])
			atx_fill(ctx, op->blk[i], op->off[i], op->len);
	if (op->dst)
		atx_fill(ctx, op->dst, op->dst_off, op->len);
}

/* XOR of the data blocks but @a and @b (-1: none) to @p, syndrome to @q */
static void sum_data(const struct atx_op *op, int a, int b, u8 *p, u8 *q)
{
	u8 coef = 1;
	int i;

	for (i = 0; i < (int)op->nr - 2; i++, coef = ref_gfmul(coef, 2)) {
		if (!op->blk[i] || i == a || i == b)
			continue;
		if (p)
			ref_xor(p, atx_want(op->blk[i], op->off[i]), op->len);
		if (q)
			ref_scale_xor(q, coef, atx_want(op->blk[i], op->off[i]), op->len);
	}
}

/* where the model keeps block @i, NULL if it is missing; it will be written */
static u8 *written_want(const struct atx_op *op, unsigned int i)
{
	if (!op->blk[i])
		return NULL;
	op->blk[i]->alt_len = 0;
	return atx_want(op->blk[i], op->off[i]);
}

static void model_syndrome(const struct atx_op *op, bool add)
{
	u8 *p = written_want(op, op->nr - 2);
	u8 *q = written_want(op, op->nr - 1);

	if (p && !add)
		memset(p, 0, op->len);
	if (q && !add)
		memset(q, 0, op->len);
	sum_data(op, -1, -1, p, q);
}

static void model_syndrome_val(struct atx_ctx *ctx, struct atx_op *op)
{
	unsigned int i;

	memset(ctx->tmp[0], 0, op->len);
	memset(ctx->tmp[1], 0, op->len);
	sum_data(op, -1, -1, ctx->tmp[0], ctx->tmp[1]);

	op->want_result = 0;
	for (i = 0; i < 2; i++) {
		const struct atx_buf *buf = op->blk[op->nr - 2 + i];

		if (buf && memcmp(ctx->tmp[i], atx_want(buf, op->off[op->nr - 2 + i]), op->len))
			op->want_result |= i ? SUM_CHECK_Q_RESULT : SUM_CHECK_P_RESULT;
	}
}

/* Q = sum of g^i D_i gives the lost block, the data blocks give P */
static void model_datap(struct atx_ctx *ctx, const struct atx_op *op)
{
	u8 *lost = written_want(op, op->faila);
	u8 *p = written_want(op, op->nr - 2);

	memcpy(ctx->tmp[1], atx_want(op->blk[op->nr - 1], op->off[op->nr - 1]), op->len);
	sum_data(op, op->faila, -1, NULL, ctx->tmp[1]);
	ref_scale(ctx->tmp[1], ref_gfinv(ref_gfexp(op->faila)), op->len);
	memcpy(lost, ctx->tmp[1], op->len);
	memset(p, 0, op->len);
	sum_data(op, -1, -1, p, NULL);
}

/*
 * With p and q, what is left of P and Q without the surviving blocks:
 *	A + B = p, g^a A + g^b B = q, so A = (g^b p + q) / (g^a + g^b), B = p + A
 */
static void model_2data(struct atx_ctx *ctx, const struct atx_op *op)
{
	u8 ga = ref_gfexp(op->faila), gb = ref_gfexp(op->failb);
	u8 *p = ctx->tmp[0], *q = ctx->tmp[1];
	u8 *a = written_want(op, op->faila);
	u8 *b = written_want(op, op->failb);

	memcpy(p, atx_want(op->blk[op->nr - 2], op->off[op->nr - 2]), op->len);
	memcpy(q, atx_want(op->blk[op->nr - 1], op->off[op->nr - 1]), op->len);
	sum_data(op, op->faila, op->failb, p, q);
	ref_scale_xor(q, gb, p, op->len);
	ref_scale(q, ref_gfinv(ga ^ gb), op->len);
	memcpy(a, q, op->len);
	memcpy(b, p, op->len);
	ref_xor(b, q, op->len);
}

/* sum of the sources that are not the destination itself */
static void sum_sources(const struct atx_op *op, bool dst_is_first, u8 *sum)
{
	unsigned int i;

	for (i = dst_is_first; i < op->nr; i++)
		if (op->blk[i])
			ref_xor(sum, atx_want(op->blk[i], op->off[i]), op->len);
}

static void model_xor(struct atx_ctx *ctx, const struct atx_op *op)
{
	u8 *sum = ctx->tmp[0];

	if (op->flags & ASYNC_TX_XOR_ZERO_DST)
		memset(sum, 0, op->len);
	else
		memcpy(sum, atx_want(op->dst, op->dst_off), op->len);
	sum_sources(op, op->flags & ASYNC_TX_XOR_DROP_DST, sum);
	memcpy(atx_want(op->dst, op->dst_off), sum, op->len);
	op->dst->alt_len = 0;
}

static void model_xor_val(struct atx_op *op)
{
	struct atx_buf *dst = op->dst;

	memcpy(dst->alt, atx_want(dst, op->dst_off), op->len);
	sum_sources(op, true, dst->alt);
	dst->alt_off = op->dst_off;
	dst->alt_len = op->len;
	op->want_result = memchr_inv(dst->alt, 0, op->len) ? SUM_CHECK_P_RESULT : 0;
}

/**
 * atx_op_model - do an operation on the model
 * @ctx: context
 * @op: operation
 */
void atx_op_model(struct atx_ctx *ctx, struct atx_op *op)
{
	switch (op->kind) {
	case ATX_MEMCPY:
		memcpy(atx_want(op->dst, op->dst_off),
		       atx_want(op->blk[0], op->off[0]), op->len);
		op->dst->alt_len = 0;
		break;
	case ATX_MEMSET:
		memset(atx_want(op->dst, op->dst_off), op->val, op->len);
		op->dst->alt_len = 0;
		break;
	case ATX_XOR:
		model_xor(ctx, op);
		break;
	case ATX_XOR_VAL:
		model_xor_val(op);
		break;
	case ATX_PQ:
		model_syndrome(op, op->flags & ASYNC_TX_PQ_XOR_DST);
		break;
	case ATX_PQ_VAL:
		model_syndrome_val(ctx, op);
		break;
	case ATX_DATAP:
		model_datap(ctx, op);
		break;
	case ATX_2DATA:
		model_2data(ctx, op);
		break;
	case ATX_NR_KINDS:
		break;
	}
}

static void copy_window(const struct atx_buf *buf, unsigned int off, size_t len)
{
	memcpy(atx_mem(buf, off), atx_want(buf, off), len);
}

/**
 * atx_op_make_syndrome - put right P and Q into memory and model
 * @op: operation whose last two blocks are P and Q
 */
void atx_op_make_syndrome(struct atx_op *op)
{
	unsigned int i;

	model_syndrome(op, false);
	for (i = op->nr - 2; i < op->nr; i++)
		if (op->blk[i])
			copy_window(op->blk[i], op->off[i], op->len);
}

/**
 * atx_op_make_parity - put the sum of the other sources into the destination
 * @op: xor validation
 */
void atx_op_make_parity(struct atx_op *op)
{
	u8 *dst = atx_want(op->dst, op->dst_off);

	memset(dst, 0, op->len);
	sum_sources(op, true, dst);
	copy_window(op->dst, op->dst_off, op->len);
	op->dst->alt_len = 0;
}

static struct dma_async_tx_descriptor *
call_xor(struct atx_op *op, unsigned int *offs, struct async_submit_ctl *submit)
{
	if (op->offs_how == ATX_OFFS_COMMON)
		return async_xor(op->dst->page, op->pages, op->dst_off, op->nr, op->len, submit);
	return async_xor_offs(op->dst->page, op->dst_off, op->pages, offs, op->nr, op->len,
			      submit);
}

static struct dma_async_tx_descriptor *
call_xor_val(struct atx_op *op, unsigned int *offs, struct async_submit_ctl *submit)
{
	if (op->offs_how == ATX_OFFS_COMMON)
		return async_xor_val(op->dst->page, op->pages, op->dst_off, op->nr, op->len,
				     &op->result, submit);
	return async_xor_val_offs(op->dst->page, op->dst_off, op->pages, offs, op->nr, op->len,
				  &op->result, submit);
}

static struct dma_async_tx_descriptor *
call_api(struct atx_op *op, struct async_submit_ctl *submit)
{
	unsigned int *offs = op->offs_how == ATX_OFFS_NULL ? NULL : op->offs;

	switch (op->kind) {
	case ATX_MEMCPY:
		return async_memcpy(op->dst->page, op->blk[0]->page, op->dst_off, op->off[0],
				    op->len, submit);
	case ATX_MEMSET:
		return async_memset(op->dst->page, op->val, op->dst_off, op->len, submit);
	case ATX_XOR:
		return call_xor(op, offs, submit);
	case ATX_XOR_VAL:
		return call_xor_val(op, offs, submit);
	case ATX_PQ:
		return async_gen_syndrome(op->pages, offs, op->nr, op->len, submit);
	case ATX_PQ_VAL:
		return async_syndrome_val(op->pages, offs, op->nr, op->len, &op->result,
					  op->dst ? op->dst->page : NULL, op->dst_off, submit);
	case ATX_DATAP:
		return async_raid6_datap_recov(op->nr, op->len, op->faila, op->pages, offs,
					       submit);
	case ATX_2DATA:
		return async_raid6_2data_recov(op->nr, op->len, op->faila, op->failb, op->pages,
					       offs, submit);
	case ATX_NR_KINDS:
		break;
	}
	return NULL;
}

/*
 * The arrays belong to the caller: they have to come back as they were, and
 * what the caller does with them then must not matter to an operation that is
 * still under way.  So they are filled with a page that no operation names and
 * with offsets into its guard.
 */
static void check_and_spoil_arrays(struct atx_ctx *ctx, struct atx_op *op)
{
	unsigned int i;

	for (i = 0; i < op->nr; i++) {
		if (op->pages[i] != (op->blk[i] ? op->blk[i]->page : NULL))
			atx_fail(ctx, op, "entry %u of the caller's pages was changed", i);
		if (op->offs[i] != op->off[i])
			atx_fail(ctx, op, "entry %u of the caller's offsets was changed", i);
		op->pages[i] = bufs[ATX_DECOY].page;
		op->offs[i] = 1;
	}
	memset(op->scribble, 0x5a, op->nr * sizeof(*op->scribble));
}

/**
 * atx_op_submit_ctl - do an operation on the model and submit it
 * @ctx: context
 * @op: operation
 * @submit: how; belongs to the caller, who may use it again
 *
 * Return: the handle, or NULL when it is done
 */
struct dma_async_tx_descriptor *
atx_op_submit_ctl(struct atx_ctx *ctx, struct atx_op *op, struct async_submit_ctl *submit)
{
	struct dma_async_tx_descriptor *tx;
	unsigned int i;

	if (!op->bad)
		atx_op_model(ctx, op);
	for (i = 0; i < op->nr; i++) {
		op->pages[i] = op->blk[i] ? op->blk[i]->page : NULL;
		op->offs[i] = op->off[i];
	}
	memset(&op->result, 0xff, sizeof(op->result));

	if (op->atomic)
		preempt_disable();
	tx = call_api(op, submit);
	if (op->atomic)
		preempt_enable();

	atomic_inc(&api_calls[op->kind]);
	if (tx)
		atomic_inc(&api_handles[op->kind]);

	check_and_spoil_arrays(ctx, op);
	/* the spare page as well is the caller's again: new contents, to stay */
	if (op->kind == ATX_PQ_VAL && op->dst)
		atx_fill(ctx, op->dst, op->dst_off, op->len);
	return tx;
}

/**
 * atx_op_submit - do an operation on the model and submit it
 * @ctx: context
 * @op: operation
 * @flags: flags beside those of the operation itself
 * @depend_tx: parent
 * @cb_fn: callback
 * @cb_param: its parameter
 *
 * Return: the handle, or NULL when it is done
 */
struct dma_async_tx_descriptor *
atx_op_submit(struct atx_ctx *ctx, struct atx_op *op, enum async_tx_flags flags,
	      struct dma_async_tx_descriptor *depend_tx,
	      dma_async_tx_callback cb_fn, void *cb_param)
{
	struct dma_async_tx_descriptor *tx;
	struct async_submit_ctl submit;

	init_async_submit(&submit, op->flags | flags, depend_tx, cb_fn, cb_param,
			  op->no_scribble ? NULL : op->scribble);
	tx = atx_op_submit_ctl(ctx, op, &submit);
	/* and so is the structure itself */
	memset(&submit, 0x5a, sizeof(submit));
	return tx;
}

static bool window_ok(const struct atx_buf *buf, unsigned int off, size_t len)
{
	return !buf || !memcmp(atx_mem(buf, off), atx_want(buf, off), len);
}

static bool block_ok(const struct atx_op *op, unsigned int i)
{
	return window_ok(op->blk[i], op->off[i], op->len);
}

/**
 * atx_op_result_ok - whether an operation's result is there
 * @op: operation; no later one changes what it wrote
 *
 * Any context.
 */
bool atx_op_result_ok(const struct atx_op *op)
{
	switch (op->kind) {
	case ATX_MEMCPY:
	case ATX_MEMSET:
	case ATX_XOR:
		return window_ok(op->dst, op->dst_off, op->len);
	case ATX_XOR_VAL:
	case ATX_PQ_VAL:
		return op->result == op->want_result;
	case ATX_PQ:
		return block_ok(op, op->nr - 2) && block_ok(op, op->nr - 1);
	case ATX_DATAP:
		return block_ok(op, op->faila) && block_ok(op, op->nr - 2);
	case ATX_2DATA:
		return block_ok(op, op->faila) && block_ok(op, op->failb);
	case ATX_NR_KINDS:
		break;
	}
	return false;
}

/**
 * atx_op_check - compare everything an operation could reach
 * @ctx: context
 * @op: operation that has ended, with its chain
 */
void atx_op_check(struct atx_ctx *ctx, struct atx_op *op)
{
	unsigned int i;

	if ((op->kind == ATX_XOR_VAL || op->kind == ATX_PQ_VAL) &&
	    op->result != op->want_result)
		atx_fail(ctx, op, "result is %#x, not %#x", op->result, op->want_result);
	if (op->dst)
		atx_buf_check(ctx, op, op->dst,
			      op->kind == ATX_PQ_VAL ? "spare" : "destination");
	for (i = 0; i < op->nr; i++)
		if (op->blk[i])
			atx_buf_check(ctx, op, op->blk[i], "block");
}

/**
 * atx_probe_init - prepare a callback's parameter
 * @probe: parameter for atx_probe_cb()
 * @op: operation whose result has to be there when it is called, or NULL
 */
void atx_probe_init(struct atx_probe *probe, const struct atx_op *op)
{
	init_completion(&probe->done);
	atomic_set(&probe->calls, 0);
	probe->hardirq = false;
	probe->wrong = false;
	probe->op = op;
}

/**
 * atx_probe_cb - a callback
 * @param: &struct atx_probe
 */
void atx_probe_cb(void *param)
{
	struct atx_probe *probe = param;

	atomic_inc(&probe->calls);
	if (in_hardirq())
		probe->hardirq = true;
	if (probe->op && !atx_op_result_ok(probe->op))
		probe->wrong = true;
	complete(&probe->done);
}

/**
 * atx_probe_wait - wait for a callback, with a limit
 * @ctx: context
 * @op: operation, for the message
 * @probe: the callback's parameter
 *
 * A callback that comes too late is told from one that never comes, and does
 * not find its parameter freed.
 */
void atx_probe_wait(struct atx_ctx *ctx, const struct atx_op *op, struct atx_probe *probe)
{
	if (wait_for_completion_timeout(&probe->done, ATX_TIMEOUT))
		return;
	if (wait_for_completion_timeout(&probe->done, 3 * ATX_TIMEOUT))
		atx_fail(ctx, op, "callback came after more than %u s", ATX_TIMEOUT / HZ);
	else
		atx_fail(ctx, op, "callback never came");
}

/**
 * atx_probe_check - see what a callback has seen
 * @ctx: context
 * @op: operation, for the message
 * @probe: the callback's parameter
 * @calls: how often it has to have been called
 */
void atx_probe_check(struct atx_ctx *ctx, const struct atx_op *op,
		     struct atx_probe *probe, int calls)
{
	if (atomic_read(&probe->calls) != calls)
		atx_fail(ctx, op, "callback came %d times, not %d",
			 atomic_read(&probe->calls), calls);
	if (probe->hardirq)
		atx_fail(ctx, op, "callback in hard interrupt context");
	if (probe->wrong)
		atx_fail(ctx, op, "callback before the result");
}

static bool end_has_cb(enum atx_end end)
{
	return end == ATX_END_CB || end == ATX_END_CB_ACK || end == ATX_END_TRIGGER;
}

/**
 * atx_chain_start - submit a chain
 * @ctx: context
 * @chain: chain
 */
void atx_chain_start(struct atx_ctx *ctx, struct atx_chain *chain)
{
	struct atx_op *last = chain->ops[chain->nr - 1];
	struct dma_async_tx_descriptor *tx = NULL;
	enum atx_end end = chain->end;
	unsigned int i;

	atx_probe_init(&chain->probe, last);

	if (chain->atomic)
		preempt_disable();
	for (i = 0; i + 1 < chain->nr; i++)
		tx = atx_op_submit(ctx, chain->ops[i], ASYNC_TX_FENCE, tx, NULL, NULL);
	if (end == ATX_END_CB)
		tx = atx_op_submit(ctx, last, ASYNC_TX_ACK, tx, atx_probe_cb, &chain->probe);
	else if (end == ATX_END_CB_ACK)
		tx = atx_op_submit(ctx, last, 0, tx, atx_probe_cb, &chain->probe);
	else if (end == ATX_END_ACK)
		tx = atx_op_submit(ctx, last, ASYNC_TX_ACK, tx, NULL, NULL);
	else
		tx = atx_op_submit(ctx, last, 0, tx, NULL, NULL);
	if (end == ATX_END_TRIGGER) {
		struct async_submit_ctl submit;

		init_async_submit(&submit, ASYNC_TX_ACK, tx, atx_probe_cb, &chain->probe, NULL);
		tx = async_trigger_callback(&submit);
	}
	chain->tx = tx;
	async_tx_issue_pending_all();
	if (chain->atomic)
		preempt_enable();
}

/**
 * atx_chain_finish - wait for a chain in its way and check everything
 * @ctx: context
 * @chain: chain
 */
void atx_chain_finish(struct atx_ctx *ctx, struct atx_chain *chain)
{
	struct atx_op *last = chain->ops[chain->nr - 1];
	unsigned int i;

	switch (chain->end) {
	case ATX_END_CB:
	case ATX_END_TRIGGER:
		atx_probe_wait(ctx, last, &chain->probe);
		break;
	case ATX_END_CB_ACK:
		atx_probe_wait(ctx, last, &chain->probe);
		if (chain->tx)
			async_tx_ack(chain->tx);
		break;
	case ATX_END_WAIT:
		if (dma_wait_for_async_tx(chain->tx) != DMA_COMPLETE)
			atx_fail(ctx, last, "dma_wait_for_async_tx() reports an error");
		if (chain->tx)
			async_tx_ack(chain->tx);
		break;
	case ATX_END_QUIESCE:
	case ATX_END_ACK:
		async_tx_quiesce(&chain->tx);
		if (chain->tx)
			atx_fail(ctx, last, "async_tx_quiesce() left the handle");
		break;
	case ATX_NR_ENDS:
		break;
	}
	for (i = 0; i < chain->nr; i++)
		atx_op_check(ctx, chain->ops[i]);
	atx_probe_check(ctx, last, &chain->probe, end_has_cb(chain->end));
	chain->tx = NULL;
}

/**
 * atx_run - run a single operation
 * @ctx: context
 * @op: operation, filled in
 *
 * How its end is awaited changes from call to call, so that every case sees
 * every way.  Whether preemption is off and whether there is scribble space
 * changes at random.
 */
void atx_run(struct atx_ctx *ctx, struct atx_op *op)
{
	struct atx_chain chain = {
		.ops = &op,
		.nr = 1,
		.end = ctx->turn++ % ATX_NR_ENDS,
	};

	op->no_scribble = atx_rnd(ctx, 2);
	op->atomic = atx_rnd(ctx, 2);
	atx_chain_start(ctx, &chain);
	atx_chain_finish(ctx, &chain);
}

/**
 * atx_engine_at_work - fail if there is an engine and nothing ran on it
 * @test: the test
 * @cap: capability that a public channel has to have
 * @kinds: operations of which at least one has to have returned a handle
 * @nr: how many
 */
void atx_engine_at_work(struct kunit *test, enum dma_transaction_type cap,
			const enum atx_kind *kinds, unsigned int nr)
{
	int nr_calls = 0, nr_handles = 0;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		int c = atomic_read(&api_calls[kinds[i]]);
		int h = atomic_read(&api_handles[kinds[i]]);

		kunit_info(test, "%s: %d of %d calls returned a handle",
			   kind_names[kinds[i]], h, c);
		nr_calls += c;
		nr_handles += h;
	}
	if (!dma_find_channel(cap))
		kunit_skip(test, "no public channel with capability %d", cap);
	if (!nr_calls)
		kunit_skip(test, "no operation was submitted before");
	KUNIT_EXPECT_GT_MSG(test, nr_handles, 0, "all of %d calls ran on the CPU", nr_calls);
}
