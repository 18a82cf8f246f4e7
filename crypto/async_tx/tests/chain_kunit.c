// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of what connects operations: dependencies, callbacks, handles
 */
#include <linux/kthread.h>
#include <linux/sched.h>

#include "chain.h"

static void chain_pairs(struct kunit *test)
{
	const struct atx_pair *pair = test->param_value;
	static const size_t lens[] = { PAGE_SIZE, 512, 65 };
	enum atx_hazard hazard;
	enum atx_end end;

	for (hazard = 0; hazard < NR_HAZARDS; hazard++) {
		if (!atx_hazard_fits(pair, hazard))
			continue;
		for (end = 0; end < ATX_NR_ENDS; end++) {
			size_t len = lens[end % ARRAY_SIZE(lens)];

			atx_pair_run(test, pair, hazard, len, end, false);
			if (atx_is_val(pair->second))
				atx_pair_run(test, pair, hazard, len, end, true);
		}
	}
	atx_report(test, test->priv);
}

/* xor, copy of its result, validation of the copy: one submit structure, as documented */
static void chain_document_example(struct kunit *test)
{
	struct atx_buf *sum = atx_buf(test, ATX_BLK(0));
	struct atx_buf *copied = atx_buf(test, ATX_BLK(1));
	struct dma_async_tx_descriptor *tx;
	struct atx_op *xor, *copy, *val;
	struct atx_ctx *ctx = test->priv;
	struct async_submit_ctl submit;
	struct atx_probe *probe;
	unsigned int i, turn;

	probe = kunit_kzalloc(test, sizeof(*probe), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, probe);
	xor = atx_op(test, ATX_XOR, 3);
	copy = atx_op(test, ATX_MEMCPY, 1);
	val = atx_op(test, ATX_XOR_VAL, 4);
	xor->len = PAGE_SIZE;
	copy->len = PAGE_SIZE;
	val->len = PAGE_SIZE;
	xor->offs_how = ATX_OFFS_COMMON;
	val->offs_how = ATX_OFFS_COMMON;
	xor->flags = ASYNC_TX_XOR_DROP_DST;
	xor->dst = sum;
	copy->dst = copied;
	copy->blk[0] = sum;
	val->dst = copied;

	for (turn = 0; turn < 4; turn++) {
		xor->blk[0] = sum;
		for (i = 1; i < 3; i++)
			xor->blk[i] = atx_buf(test, ATX_BLK(10 + i));
		/* the sum is its own copy, so the copy and the sum cancel */
		val->nr = 2;
		val->blk[0] = copied;
		val->blk[1] = sum;
		atx_op_fill(ctx, xor);
		atx_fill(ctx, copied, 0, PAGE_SIZE);

		atx_probe_init(probe, val);
		init_async_submit(&submit, xor->flags | ASYNC_TX_FENCE, NULL, NULL, NULL,
				  xor->scribble);
		tx = atx_op_submit_ctl(ctx, xor, &submit);

		submit.depend_tx = tx;
		tx = atx_op_submit_ctl(ctx, copy, &submit);

		init_async_submit(&submit, ASYNC_TX_XOR_DROP_DST | ASYNC_TX_ACK, tx,
				  atx_probe_cb, probe, val->scribble);
		atx_op_submit_ctl(ctx, val, &submit);
		async_tx_issue_pending_all();

		atx_probe_wait(ctx, val, probe);
		if (val->want_result)
			atx_fail(ctx, val, "the reference finds the copy wrong");
		atx_op_check(ctx, xor);
		atx_op_check(ctx, copy);
		atx_op_check(ctx, val);
		atx_probe_check(ctx, val, probe, 1);
	}
	atx_report(test, ctx);
}

/* each operation takes what the one before has written */
static void chain_long(struct kunit *test)
{
	static const enum atx_kind kinds[] = { ATX_MEMCPY, ATX_XOR, ATX_PQ, ATX_DATAP, ATX_2DATA };
	struct atx_chain *chain = atx_chain_new(test);
	struct atx_ctx *ctx = test->priv;
	unsigned int i;

	for (i = 0; i < CHAIN_OPS; i++) {
		struct atx_buf *in = atx_buf(test, ATX_BLK(i));
		struct atx_buf *out = atx_buf(test, ATX_BLK(i + 1));

		chain->ops[i] = atx_op_make(test, kinds[i % ARRAY_SIZE(kinds)], in, out,
					    ATX_BLK(50 + 10 * (i % 4)), PAGE_SIZE);
		if (i % 7 == 6)
			chain->ops[i]->len = 511;
	}
	chain->nr = CHAIN_OPS;
	for (chain->end = 0; chain->end < ATX_NR_ENDS; chain->end++) {
		for (i = 0; i < CHAIN_OPS; i++)
			atx_op_fill(ctx, chain->ops[i]);
		chain->atomic = chain->end & 1;
		atx_chain_run(test, chain);
	}
	atx_report(test, ctx);
}

struct ordered_cb {
	struct atx_probe probe;
	atomic_t *next;
	int place;
	bool out_of_order;
};

static void ordered_cb(void *param)
{
	struct ordered_cb *cb = param;

	if (atomic_fetch_inc(cb->next) != cb->place)
		cb->out_of_order = true;
	atx_probe_cb(&cb->probe);
}

/* a callback for each operation of a chain, in the order of the chain */
static void chain_callback_order(struct kunit *test)
{
	enum { NR = 16 };
	struct dma_async_tx_descriptor *tx = NULL;
	struct atx_ctx *ctx = test->priv;
	struct ordered_cb *cbs;
	struct atx_op *ops[NR];
	atomic_t next = ATOMIC_INIT(0);
	unsigned int i;

	cbs = kunit_kcalloc(test, NR, sizeof(*cbs), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, cbs);
	for (i = 0; i < NR; i++) {
		ops[i] = atx_op_make(test, i & 1 ? ATX_XOR : ATX_MEMCPY, atx_buf(test, ATX_BLK(i)),
				     atx_buf(test, ATX_BLK(i + 1)), ATX_BLK(30), PAGE_SIZE);
		atx_op_fill(ctx, ops[i]);
		cbs[i].next = &next;
		cbs[i].place = i;
		atx_probe_init(&cbs[i].probe, ops[i]);
	}
	for (i = 0; i < NR; i++)
		tx = atx_op_submit(ctx, ops[i], ASYNC_TX_FENCE | (i == NR - 1 ? ASYNC_TX_ACK : 0),
				   tx, ordered_cb, &cbs[i]);
	async_tx_issue_pending_all();
	for (i = 0; i < NR; i++)
		atx_probe_wait(ctx, ops[i], &cbs[i].probe);
	for (i = 0; i < NR; i++) {
		atx_op_check(ctx, ops[i]);
		atx_probe_check(ctx, ops[i], &cbs[i].probe, 1);
		if (cbs[i].out_of_order)
			atx_fail(ctx, ops[i], "callback %u of the chain out of order", i);
	}
	atx_report(test, ctx);
}

/* a callback by itself comes at once or soon, and only once */
static void chain_trigger_alone(struct kunit *test)
{
	struct atx_ctx *ctx = test->priv;
	struct async_submit_ctl submit;
	struct atx_probe *probe;
	unsigned int i;

	probe = kunit_kzalloc(test, sizeof(*probe), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, probe);
	for (i = 0; i < 4; i++) {
		struct dma_async_tx_descriptor *tx;

		atx_probe_init(probe, NULL);
		init_async_submit(&submit, i & 1 ? ASYNC_TX_ACK : 0, NULL, atx_probe_cb, probe,
				  NULL);
		tx = async_trigger_callback(&submit);
		async_tx_issue_pending_all();
		atx_probe_wait(ctx, NULL, probe);
		if (tx && !(i & 1))
			async_tx_ack(tx);
		atx_probe_check(ctx, NULL, probe, 1);
	}
	/* without a callback there is nothing to do, and nothing to go wrong */
	init_async_submit(&submit, ASYNC_TX_ACK, NULL, NULL, NULL, NULL);
	async_trigger_callback(&submit);
	async_tx_issue_pending_all();
	atx_report(test, ctx);
}

/* behind an operation that has already ended, and that has its own callback */
static void chain_trigger_late(struct kunit *test)
{
	struct dma_async_tx_descriptor *tx;
	struct atx_ctx *ctx = test->priv;
	struct async_submit_ctl submit;
	struct atx_probe *probes;
	struct atx_op *op;

	probes = kunit_kcalloc(test, 2, sizeof(*probes), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, probes);
	op = atx_op_make(test, ATX_XOR, NULL, NULL, ATX_BLK(0), PAGE_SIZE);
	atx_op_fill(ctx, op);
	atx_probe_init(&probes[0], op);
	atx_probe_init(&probes[1], op);

	tx = atx_op_submit(ctx, op, 0, NULL, atx_probe_cb, &probes[0]);
	async_tx_issue_pending_all();
	atx_probe_wait(ctx, op, &probes[0]);
	init_async_submit(&submit, ASYNC_TX_ACK, tx, atx_probe_cb, &probes[1], NULL);
	async_trigger_callback(&submit);
	async_tx_issue_pending_all();
	atx_probe_wait(ctx, op, &probes[1]);
	atx_op_check(ctx, op);
	atx_probe_check(ctx, op, &probes[0], 1);
	atx_probe_check(ctx, op, &probes[1], 1);
	atx_report(test, ctx);
}

static void chain_quiesce_null(struct kunit *test)
{
	struct dma_async_tx_descriptor *tx = NULL;

	async_tx_quiesce(&tx);
	KUNIT_EXPECT_NULL(test, tx);
	KUNIT_EXPECT_EQ(test, dma_wait_for_async_tx(NULL), DMA_COMPLETE);
}

/* the client may look at everything after it, and go on */
static void chain_quiesce_in_the_middle(struct kunit *test)
{
	struct dma_async_tx_descriptor *tx = NULL;
	struct atx_ctx *ctx = test->priv;
	enum atx_kind kind;

	for (kind = 0; kind < ATX_NR_KINDS; kind++) {
		struct atx_buf *common = atx_buf(test, ATX_BLK(0));
		struct atx_op *first, *second, *third;

		first = atx_op_make(test, ATX_XOR, NULL, common, ATX_BLK(10), PAGE_SIZE);
		second = atx_op_make(test, kind, common, NULL, ATX_BLK(20), PAGE_SIZE);
		third = atx_op_make(test, ATX_MEMCPY, NULL, common, ATX_BLK(30), PAGE_SIZE);
		atx_op_fill(ctx, first);
		atx_op_fill(ctx, second);
		atx_op_fill(ctx, third);

		tx = atx_op_submit(ctx, first, ASYNC_TX_FENCE, NULL, NULL, NULL);
		tx = atx_op_submit(ctx, second, 0, tx, NULL, NULL);
		async_tx_quiesce(&tx);
		if (tx)
			atx_fail(ctx, second, "async_tx_quiesce() left the handle");
		atx_op_check(ctx, first);
		atx_op_check(ctx, second);

		tx = atx_op_submit(ctx, third, 0, tx, NULL, NULL);
		async_tx_quiesce(&tx);
		atx_op_check(ctx, third);
	}
	atx_report(test, ctx);
}

static void chain_quiesce_without_bh(struct kunit *test)
{
	struct atx_chain *chain = atx_chain_new(test);
	unsigned int round;

	for (; chain->nr < 6; chain->nr++)
		chain->ops[chain->nr] = atx_op_make(test, chain->nr % 2 ? ATX_XOR : ATX_MEMCPY,
						    atx_buf(test, ATX_BLK(chain->nr)),
						    atx_buf(test, ATX_BLK(chain->nr + 1)),
						    ATX_BLK(10), PAGE_SIZE);
	for (round = 0; round < 20; round++)
		atx_chain_run_without_bh(test, chain);
	atx_report(test, test->priv);
}

/* a parent may have ended long before its child is submitted */
static void chain_parent_has_ended(struct kunit *test)
{
	struct dma_async_tx_descriptor *tx;
	struct atx_ctx *ctx = test->priv;
	enum atx_kind kind;

	for (kind = 0; kind < ATX_NR_KINDS; kind++) {
		struct atx_buf *common = atx_buf(test, ATX_BLK(0));
		struct atx_op *first, *second;

		first = atx_op_make(test, ATX_XOR, NULL, common, ATX_BLK(10), PAGE_SIZE);
		second = atx_op_make(test, kind, common, NULL, ATX_BLK(20), PAGE_SIZE);
		atx_op_fill(ctx, first);
		atx_op_fill(ctx, second);

		tx = atx_op_submit(ctx, first, ASYNC_TX_FENCE, NULL, NULL, NULL);
		if (dma_wait_for_async_tx(tx) != DMA_COMPLETE)
			atx_fail(ctx, first, "dma_wait_for_async_tx() reports an error");
		atx_op_check(ctx, first);
		tx = atx_op_submit(ctx, second, 0, tx, NULL, NULL);
		async_tx_quiesce(&tx);
		atx_op_check(ctx, second);
	}
	atx_report(test, ctx);
}

static void run_each_kind(struct kunit *test)
{
	struct atx_ctx *ctx = test->priv;
	unsigned int i;

	for (i = 0; i < ATX_NR_KINDS * ATX_NR_ENDS; i++) {
		struct atx_op *op = atx_op_make(test, i / ATX_NR_ENDS, NULL, NULL, ATX_BLK(0),
					    PAGE_SIZE);

		atx_op_fill(ctx, op);
		atx_run(ctx, op);
	}
}

/*
 * Nobody ever acknowledges these, and they have no callback.  What they hold
 * has to be bounded, so that everything goes on working.
 */
static void chain_never_acked(struct kunit *test)
{
	enum { NR = 5000, AT_ONCE = 8 };
	struct dma_async_tx_descriptor *tx[AT_ONCE];
	struct atx_ctx *ctx = test->priv;
	struct atx_op *op;
	unsigned int i, j;

	op = atx_op_make(test, ATX_MEMCPY, NULL, NULL, ATX_BLK(0), 64);
	for (i = 0; i < NR; i += AT_ONCE) {
		atx_op_fill(ctx, op);
		for (j = 0; j < AT_ONCE; j++)
			tx[j] = atx_op_submit(ctx, op, 0, NULL, NULL, NULL);
		for (j = 0; j < AT_ONCE; j++)
			if (dma_wait_for_async_tx(tx[j]) != DMA_COMPLETE)
				atx_fail(ctx, op, "dma_wait_for_async_tx() reports an error");
		if (memcmp(atx_mem(op->dst, 0), atx_want(op->dst, 0), op->len))
			atx_fail(ctx, op, "wrong result after %u operations", i);
		if (ctx->fails)
			break;
		cond_resched();
	}
	atx_op_check(ctx, op);
	run_each_kind(test);
	atx_report(test, ctx);
}

/*
 * A client may use a submit structure again and again without setting it up
 * again; then each operation depends on the one before, if that is pending.
 */
static void chain_submit_reused(struct kunit *test)
{
	enum { NR = 12 };
	struct atx_ctx *ctx = test->priv;
	struct async_submit_ctl submit;
	struct atx_op *ops[NR];
	struct atx_probe *probe;
	enum atx_kind kind;
	unsigned int i;

	probe = kunit_kzalloc(test, sizeof(*probe), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, probe);
	for (kind = 0; kind < ATX_NR_KINDS; kind++) {
		for (i = 0; i < NR; i++) {
			ops[i] = atx_op_make(test, kind, NULL, NULL, ATX_BLK(8 * i), PAGE_SIZE);
			atx_op_fill(ctx, ops[i]);
		}
		atx_probe_init(probe, NULL);
		init_async_submit(&submit, ops[0]->flags, NULL, atx_probe_cb, probe, NULL);
		for (i = 0; i < NR; i++) {
			atx_op_submit_ctl(ctx, ops[i], &submit);
			if (submit.flags != ops[0]->flags || submit.cb_fn != atx_probe_cb ||
			    submit.cb_param != probe || submit.scribble)
				atx_fail(ctx, ops[i], "the submit structure was changed");
		}
		async_tx_issue_pending_all();
		for (i = 0; i < NR; i++)
			atx_probe_wait(ctx, ops[i], probe);
		for (i = 0; i < NR; i++)
			atx_op_check(ctx, ops[i]);
		atx_probe_check(ctx, ops[0], probe, NR);
	}
	atx_report(test, ctx);
}

/* one of two fills, whole */
static bool window_is(const struct atx_buf *buf, const u8 *what, size_t len)
{
	return !memcmp(atx_mem(buf, 0), what, len);
}

/*
 * One chain copies a page, another, on which it does not depend, copies it as
 * well and then overwrites it.  Who comes first is open; but the first chain's
 * copy is the page before or after, never a mixture.
 */
static void chain_conflict(struct kunit *test)
{
	struct atx_buf *page = atx_buf(test, ATX_BLK(0));
	struct atx_ctx *ctx = test->priv;
	struct atx_op *reader, *other, *writer;
	unsigned int turn;
	u8 *before;

	before = kunit_kmalloc(test, PAGE_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, before);
	reader = atx_op_make(test, ATX_MEMCPY, page, NULL, ATX_BLK(10), PAGE_SIZE);
	other = atx_op_make(test, ATX_MEMCPY, page, NULL, ATX_BLK(20), PAGE_SIZE);
	writer = atx_op_make(test, ATX_XOR, NULL, page, ATX_BLK(30), PAGE_SIZE);

	for (turn = 0; turn < 40; turn++) {
		struct dma_async_tx_descriptor *tx1 = NULL, *tx2;
		bool reader_first = turn & 1;

		atx_op_fill(ctx, reader);
		atx_op_fill(ctx, other);
		atx_op_fill(ctx, writer);
		memcpy(before, atx_want(page, 0), PAGE_SIZE);

		if (reader_first)
			tx1 = atx_op_submit(ctx, reader, 0, NULL, NULL, NULL);
		tx2 = atx_op_submit(ctx, other, 0, NULL, NULL, NULL);
		tx2 = atx_op_submit(ctx, writer, 0, tx2, NULL, NULL);
		if (!reader_first)
			tx1 = atx_op_submit(ctx, reader, 0, NULL, NULL, NULL);
		if (turn & 2)
			async_tx_issue_pending_all();
		async_tx_quiesce(turn & 4 ? &tx1 : &tx2);
		async_tx_quiesce(turn & 4 ? &tx2 : &tx1);

		if (!window_is(reader->dst, before, PAGE_SIZE) &&
		    !window_is(reader->dst, atx_want(page, 0), PAGE_SIZE))
			atx_fail(ctx, reader, "copy of neither the old nor the new page");
		memcpy(atx_want(reader->dst, 0), atx_mem(reader->dst, 0), PAGE_SIZE);
		atx_op_check(ctx, other);
		atx_op_check(ctx, writer);
		atx_op_check(ctx, reader);
	}
	atx_report(test, ctx);
}

/*
 * A page that is the first and the last of many sources cancels itself, if no
 * other chain changes it in between.  One that does nothing else is under way,
 * where possible on another channel.
 */
static void chain_conflict_within(struct kunit *test)
{
	enum { SOURCES = 64, WRITES = 16 };
	struct atx_buf *page = atx_buf(test, ATX_BLK(0));
	struct atx_op *reader, *writers[WRITES];
	struct atx_ctx *ctx = test->priv;
	unsigned int turn, i;

	reader = atx_op(test, ATX_XOR, SOURCES);
	reader->len = PAGE_SIZE;
	reader->flags = ASYNC_TX_XOR_ZERO_DST;
	reader->dst = atx_buf(test, ATX_DST);
	for (i = 1; i < SOURCES - 1; i++)
		reader->blk[i] = atx_buf(test, ATX_BLK(i));
	reader->blk[0] = page;
	reader->blk[SOURCES - 1] = page;
	for (i = 0; i < WRITES; i++)
		writers[i] = atx_op_make(test, ATX_MEMCPY, atx_buf(test, ATX_BLK(SOURCES + i % 2)),
					 page, ATX_BLK(SOURCES + 2), PAGE_SIZE);
	atx_op_fill(ctx, reader);

	for (turn = 0; turn < 40; turn++) {
		struct dma_async_tx_descriptor *tx1 = NULL, *tx2 = NULL;

		atx_op_fill(ctx, writers[0]);
		atx_op_fill(ctx, writers[1]);
		for (i = 0; i < WRITES; i++) {
			tx2 = atx_op_submit(ctx, writers[i], 0, tx2, NULL, NULL);
			/* the reader somewhere among the writers */
			if (i == turn % WRITES)
				tx1 = atx_op_submit(ctx, reader, 0, NULL, NULL, NULL);
			if (i == 0 && turn & 1)
				async_tx_issue_pending_all();
		}
		async_tx_issue_pending_all();
		async_tx_quiesce(turn & 2 ? &tx1 : &tx2);
		async_tx_quiesce(turn & 2 ? &tx2 : &tx1);
		atx_op_check(ctx, reader);
		for (i = 0; i < WRITES; i++)
			atx_op_check(ctx, writers[i]);
	}
	atx_report(test, ctx);
}

/* any number of chains may read a page */
static void chain_shared_reads(struct kunit *test)
{
	enum { NR = 24 };
	struct atx_buf *page = atx_buf(test, ATX_BLK(0));
	struct dma_async_tx_descriptor *tx[NR];
	struct atx_ctx *ctx = test->priv;
	struct atx_op *ops[NR];
	unsigned int i;

	for (i = 0; i < NR; i++) {
		enum atx_kind kind = i % 3 == 0 ? ATX_MEMCPY : i % 3 == 1 ? ATX_XOR : ATX_PQ;

		ops[i] = atx_op_make(test, kind, page, NULL, ATX_BLK(8 + 8 * i), PAGE_SIZE);
		atx_op_fill(ctx, ops[i]);
	}
	for (i = 0; i < NR; i++)
		tx[i] = atx_op_submit(ctx, ops[i], 0, NULL, NULL, NULL);
	async_tx_issue_pending_all();
	for (i = NR; i-- > 0;)
		async_tx_quiesce(&tx[i]);
	for (i = 0; i < NR; i++)
		atx_op_check(ctx, ops[i]);
	atx_report(test, ctx);
}

/* it is not allowed, but it must neither deadlock nor eat up the stack */
static void chain_callback_submits(struct kunit *test)
{
	atx_relay(test);
}

/*
 * Threads, each with chains in buffers of its own and with sources that all of
 * them read.
 */
#define THREADS		4
#define THREAD_CHAINS	200
#define WORLD_DATA	9
#define WORLD_BUFS	(WORLD_DATA + 4)
#define SHARED_BUFS	4
#define STEPS		6
#define STEP_OPS	3

struct world {
	struct atx_buf *data[WORLD_DATA];
	struct atx_buf *sum;		/* destination of xor and xor_val only */
	struct atx_buf *p, *q;		/* of pq_val only */
	struct atx_buf *spare;
	struct atx_buf **shared;
	struct atx_op *ops[STEPS * STEP_OPS];
	struct atx_chain chain;
	size_t sum_len;
	unsigned int sum_off;
};

struct worker {
	struct atx_ctx ctx;
	struct world worlds[2];
	struct atx_buf *shared[SHARED_BUFS];
	struct completion done;
	unsigned int chains;
	unsigned int nr_ops;
};

static struct atx_op *next_op(struct world *world, enum atx_kind kind, unsigned int nr,
			      size_t len)
{
	struct atx_op *op = world->ops[world->chain.nr++];

	op->kind = kind;
	op->nr = nr;
	op->len = len;
	op->flags = 0;
	op->dst = NULL;
	op->dst_off = 0;
	op->offs_how = ATX_OFFS_EACH;
	return op;
}

static unsigned int random_off(struct atx_ctx *ctx, size_t len)
{
	unsigned int off = atx_rnd(ctx, 2) ? 0 : atx_rnd(ctx, PAGE_SIZE);

	return min_t(size_t, off, ATX_WINDOW - len);
}

/* blocks @from to @to - 1: a shared one, a missing one, or own ones in random order */
static void random_blocks(struct atx_ctx *ctx, struct world *world, struct atx_op *op,
			  unsigned int from, unsigned int to, unsigned int *next)
{
	unsigned int i;

	for (i = from; i < to; i++) {
		op->off[i] = random_off(ctx, op->len);
		switch (atx_rnd(ctx, 8)) {
		case 0:
			op->blk[i] = world->shared[atx_rnd(ctx, SHARED_BUFS)];
			break;
		case 1:
			op->blk[i] = NULL;
			break;
		default:
			op->blk[i] = world->data[(*next)++ % WORLD_DATA];
		}
	}
}

static void own_block(struct atx_ctx *ctx, struct world *world, struct atx_op *op,
		      unsigned int i, unsigned int *next)
{
	op->blk[i] = world->data[(*next)++ % WORLD_DATA];
	op->off[i] = random_off(ctx, op->len);
}

/* spoil one byte that a validation looks at, or none */
static void maybe_spoil(struct atx_ctx *ctx, struct world *world, struct atx_buf *buf,
			unsigned int off, size_t len)
{
	struct atx_op *op;

	if (atx_rnd(ctx, 2))
		return;
	op = next_op(world, ATX_MEMSET, 0, 1);
	op->dst = buf;
	op->dst_off = off + atx_rnd(ctx, len);
	op->val = atx_rnd(ctx, 256);
}

static void add_xor_val(struct atx_ctx *ctx, struct world *world, unsigned int *next)
{
	unsigned int nr = 1 + atx_rnd(ctx, 5), i;
	struct atx_op *gen, *val;

	gen = next_op(world, ATX_XOR, nr, world->sum_len);
	gen->flags = ASYNC_TX_XOR_ZERO_DST;
	gen->dst = world->sum;
	gen->dst_off = world->sum_off;
	random_blocks(ctx, world, gen, 0, nr, next);
	maybe_spoil(ctx, world, world->sum, world->sum_off, world->sum_len);
	val = next_op(world, ATX_XOR_VAL, nr + 1, world->sum_len);
	val->dst = world->sum;
	val->dst_off = world->sum_off;
	val->blk[0] = val->dst;
	val->off[0] = val->dst_off;
	for (i = 0; i < nr; i++) {
		val->blk[i + 1] = gen->blk[i];
		val->off[i + 1] = gen->off[i];
	}
}

static void add_pq_val(struct atx_ctx *ctx, struct world *world, size_t len, unsigned int *next)
{
	unsigned int nr = 4 + atx_rnd(ctx, 3), i;
	struct atx_op *gen, *val;

	gen = next_op(world, ATX_PQ, nr, len);
	random_blocks(ctx, world, gen, 0, nr - 2, next);
	gen->blk[nr - 2] = world->p;
	gen->blk[nr - 1] = world->q;
	gen->off[nr - 2] = random_off(ctx, len);
	gen->off[nr - 1] = random_off(ctx, len);
	maybe_spoil(ctx, world, gen->blk[nr - 1], gen->off[nr - 1], len);
	val = next_op(world, ATX_PQ_VAL, nr, len);
	val->dst = world->spare;
	val->dst_off = random_off(ctx, len);
	for (i = 0; i < nr; i++) {
		val->blk[i] = gen->blk[i];
		val->off[i] = gen->off[i];
	}
}

static void add_xor(struct atx_ctx *ctx, struct world *world, size_t len, unsigned int *next)
{
	struct atx_op *op = next_op(world, ATX_XOR, 2 + atx_rnd(ctx, 5), len);
	static const enum async_tx_flags modes[] = {
		ASYNC_TX_XOR_ZERO_DST, ASYNC_TX_XOR_DROP_DST, 0,
	};

	op->flags = modes[atx_rnd(ctx, ARRAY_SIZE(modes))];
	random_blocks(ctx, world, op, 0, op->nr, next);
	own_block(ctx, world, op, 0, next);
	op->dst = op->blk[0];
	op->dst_off = op->off[0];
	/* only then is the destination a source */
	if (!(op->flags & ASYNC_TX_XOR_DROP_DST))
		op->blk[0] = NULL;
}

static void add_pq(struct atx_ctx *ctx, struct world *world, size_t len, unsigned int *next)
{
	struct atx_op *op = next_op(world, ATX_PQ, 3 + atx_rnd(ctx, 4), len);

	op->flags = atx_rnd(ctx, 2) ? ASYNC_TX_PQ_XOR_DST : 0;
	random_blocks(ctx, world, op, 0, op->nr - 2, next);
	own_block(ctx, world, op, op->nr - 2, next);
	own_block(ctx, world, op, op->nr - 1, next);
	if (atx_rnd(ctx, 4) == 0)
		op->blk[op->nr - 1 - atx_rnd(ctx, 2)] = NULL;
}

static void add_recov(struct atx_ctx *ctx, struct world *world, enum atx_kind kind, size_t len,
		      unsigned int *next)
{
	struct atx_op *op = next_op(world, kind, 4 + atx_rnd(ctx, 4), len);
	unsigned int nr_data = op->nr - 2;

	op->faila = atx_rnd(ctx, nr_data);
	op->failb = (op->faila + 1 + atx_rnd(ctx, nr_data - 1)) % nr_data;
	random_blocks(ctx, world, op, 0, nr_data, next);
	own_block(ctx, world, op, op->faila, next);
	if (kind == ATX_2DATA)
		own_block(ctx, world, op, op->failb, next);
	own_block(ctx, world, op, op->nr - 2, next);
	own_block(ctx, world, op, op->nr - 1, next);
}

/* a step is an operation, or a validation with what makes its input */
static void add_step(struct atx_ctx *ctx, struct world *world)
{
	unsigned int next = atx_rnd(ctx, WORLD_DATA);
	size_t len = atx_lens[atx_rnd(ctx, atx_nr_lens)];
	enum atx_kind kind = atx_rnd(ctx, ATX_NR_KINDS);
	struct atx_op *op;

	switch (kind) {
	case ATX_MEMCPY:
		op = next_op(world, kind, 1, len);
		own_block(ctx, world, op, 0, &next);
		op->dst = world->data[next % WORLD_DATA];
		op->dst_off = random_off(ctx, len);
		break;
	case ATX_MEMSET:
		op = next_op(world, kind, 0, len);
		op->dst = world->data[next % WORLD_DATA];
		op->dst_off = random_off(ctx, len);
		op->val = atx_rnd(ctx, 256);
		break;
	case ATX_XOR:
		add_xor(ctx, world, len, &next);
		break;
	case ATX_XOR_VAL:
		add_xor_val(ctx, world, &next);
		break;
	case ATX_PQ:
		add_pq(ctx, world, len, &next);
		break;
	case ATX_PQ_VAL:
		add_pq_val(ctx, world, len, &next);
		break;
	default:
		add_recov(ctx, world, kind, len, &next);
	}
}

static void start_world(struct atx_ctx *ctx, struct world *world)
{
	unsigned int steps = 1 + atx_rnd(ctx, STEPS);
	unsigned int i;

	/* copies and fills make buffers alike in time: new contents for one */
	atx_fill(ctx, world->data[atx_rnd(ctx, WORLD_DATA)], 0, ATX_WINDOW);
	world->sum_len = atx_lens[atx_rnd(ctx, atx_nr_lens)];
	world->sum_off = random_off(ctx, world->sum_len);
	world->chain.nr = 0;
	for (i = 0; i < steps; i++)
		add_step(ctx, world);
	for (i = 0; i < world->chain.nr; i++)
		world->ops[i]->no_scribble = atx_rnd(ctx, 2);
	world->chain.end = atx_rnd(ctx, ATX_NR_ENDS);
	world->chain.atomic = atx_rnd(ctx, 4) == 0;
	ctx->turn++;
	atx_chain_start(ctx, &world->chain);
}

static void worker_run(struct worker *worker)
{
	struct atx_ctx *ctx = &worker->ctx;
	unsigned int i;

	for (; worker->chains < THREAD_CHAINS && !ctx->fails; worker->chains += 2) {
		for (i = 0; i < 2; i++)
			start_world(ctx, &worker->worlds[i]);
		for (i = 0; i < 2; i++) {
			atx_chain_finish(ctx, &worker->worlds[i].chain);
			worker->nr_ops += worker->worlds[i].chain.nr;
		}
		cond_resched();
	}
}

static int worker_fn(void *data)
{
	struct worker *worker = data;

	worker_run(worker);
	kthread_complete_and_exit(&worker->done, 0);
}

static void init_world(struct kunit *test, struct worker *worker, struct world *world,
		       unsigned int base)
{
	struct atx_buf *all[WORLD_BUFS];
	unsigned int i;

	for (i = 0; i < WORLD_BUFS; i++) {
		all[i] = atx_buf(test, base + i);
		atx_fill(&worker->ctx, all[i], 0, ATX_WINDOW);
	}
	memcpy(world->data, all, sizeof(world->data));
	world->sum = all[WORLD_DATA];
	world->p = all[WORLD_DATA + 1];
	world->q = all[WORLD_DATA + 2];
	world->spare = all[WORLD_DATA + 3];
	world->shared = worker->shared;
	for (i = 0; i < ARRAY_SIZE(world->ops); i++)
		world->ops[i] = atx_op(test, ATX_MEMCPY, 8);
	world->chain.ops = world->ops;
}

static void chain_threads(struct kunit *test)
{
	struct worker *workers[THREADS];
	struct task_struct *tasks[THREADS];
	unsigned int i, j, base = ATX_BLK(SHARED_BUFS);

	for (i = 0; i < THREADS; i++) {
		struct worker *worker = kunit_kzalloc(test, sizeof(*worker), GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, worker);
		KUNIT_ASSERT_EQ(test, atx_ctx_init(test, &worker->ctx, i + 1), 0);
		init_completion(&worker->done);
		for (j = 0; j < SHARED_BUFS; j++)
			worker->shared[j] = atx_buf(test, ATX_BLK(j));
		for (j = 0; j < ARRAY_SIZE(worker->worlds); j++) {
			init_world(test, worker, &worker->worlds[j], base);
			base += WORLD_BUFS;
		}
		workers[i] = worker;
	}
	for (i = 0; i < THREADS; i++)
		tasks[i] = kthread_run(worker_fn, workers[i], "async_tx_kunit/%u", i);
	for (i = 0; i < THREADS; i++) {
		if (!IS_ERR(tasks[i]))
			wait_for_completion(&workers[i]->done);
		else
			KUNIT_FAIL(test, "thread %u did not start: %ld", i, PTR_ERR(tasks[i]));
	}
	for (i = 0; i < THREADS; i++) {
		kunit_info(test, "thread %u: %u chains of %u operations in all", i,
			   workers[i]->chains, workers[i]->nr_ops);
		atx_report(test, &workers[i]->ctx);
	}
}

static void chain_engine_at_work(struct kunit *test)
{
	static const enum atx_kind kinds[] = {
		ATX_MEMCPY, ATX_MEMSET, ATX_XOR, ATX_XOR_VAL,
		ATX_PQ, ATX_PQ_VAL, ATX_DATAP, ATX_2DATA,
	};

	atx_engine_at_work(test, DMA_MEMCPY, kinds, ARRAY_SIZE(kinds));
}

static struct kunit_case chain_cases[] = {
	KUNIT_CASE(chain_document_example),
	KUNIT_CASE_PARAM(chain_pairs, atx_pair_gen_params),
	KUNIT_CASE(chain_long),
	KUNIT_CASE(chain_callback_order),
	KUNIT_CASE(chain_trigger_alone),
	KUNIT_CASE(chain_trigger_late),
	KUNIT_CASE(chain_quiesce_null),
	KUNIT_CASE(chain_quiesce_in_the_middle),
	KUNIT_CASE(chain_quiesce_without_bh),
	KUNIT_CASE(chain_parent_has_ended),
	KUNIT_CASE(chain_submit_reused),
	KUNIT_CASE(chain_conflict),
	KUNIT_CASE(chain_conflict_within),
	KUNIT_CASE(chain_shared_reads),
	KUNIT_CASE(chain_callback_submits),
	KUNIT_CASE(chain_threads),
	KUNIT_CASE(chain_engine_at_work),
	/* last: what it leaves behind may keep engines from others for a while */
	KUNIT_CASE(chain_never_acked),
	{}
};

static struct kunit_suite chain_suite = {
	.name = "async_tx_chain",
	.init = atx_init,
	.exit = atx_exit,
	.suite_exit = atx_suite_exit,
	.test_cases = chain_cases,
};

kunit_test_suite(chain_suite);
