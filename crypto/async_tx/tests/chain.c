// SPDX-License-Identifier: GPL-2.0-only
/*
 * Chains that are made of two operations, or of more
 */
#include "chain.h"

const char * const atx_kind_names[ATX_NR_KINDS] = {
	"memcpy", "memset", "xor", "xor_val", "pq", "pq_val", "datap", "2data",
};

bool atx_is_val(enum atx_kind kind)
{
	return kind == ATX_XOR_VAL || kind == ATX_PQ_VAL;
}

struct atx_chain *atx_chain_new(struct kunit *test)
{
	struct atx_chain *chain = kunit_kzalloc(test, sizeof(*chain), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, chain);
	chain->ops = kunit_kcalloc(test, CHAIN_OPS, sizeof(*chain->ops), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, chain->ops);
	return chain;
}

void atx_chain_run(struct kunit *test, struct atx_chain *chain)
{
	atx_chain_start(test->priv, chain);
	atx_chain_finish(test->priv, chain);
}

/*
 * The chain is submitted and waited for with bottom halves disabled, so that
 * nothing but the caller gets to run where there is a single CPU.
 */
void atx_chain_run_without_bh(struct kunit *test, struct atx_chain *chain)
{
	struct dma_async_tx_descriptor *tx = NULL;
	struct atx_ctx *ctx = test->priv;
	unsigned int i;

	for (i = 0; i < chain->nr; i++)
		atx_op_fill(ctx, chain->ops[i]);
	local_bh_disable();
	for (i = 0; i < chain->nr; i++)
		tx = atx_op_submit(ctx, chain->ops[i], 0, tx, NULL, NULL);
	async_tx_quiesce(&tx);
	local_bh_enable();
	for (i = 0; i < chain->nr; i++)
		atx_op_check(ctx, chain->ops[i]);
}

/* a chain of copies, each of what the one before has written */
struct atx_chain *atx_copies(struct kunit *test, unsigned int nr)
{
	struct atx_chain *chain = atx_chain_new(test);

	for (; chain->nr < nr; chain->nr++)
		chain->ops[chain->nr] = atx_op_make(test, ATX_MEMCPY,
						    atx_buf(test, ATX_BLK(chain->nr)),
						    atx_buf(test, ATX_BLK(chain->nr + 1)),
						    ATX_BLK(60), PAGE_SIZE);
	return chain;
}

/*
 * An operation of @kind that reads @in and writes @out, as far as its kind
 * does; the rest of its blocks are the buffers from @base up.
 */
struct atx_op *atx_op_make(struct kunit *test, enum atx_kind kind, struct atx_buf *in,
			   struct atx_buf *out, unsigned int base, size_t len)
{
	struct atx_op *op = atx_op(test, kind, CHAIN_BLOCKS);
	unsigned int i;

	for (i = 0; i < CHAIN_BLOCKS; i++)
		op->blk[i] = atx_buf(test, base + i);
	if (!in)
		in = atx_buf(test, base + CHAIN_BLOCKS);
	if (!out)
		out = atx_buf(test, base + CHAIN_BLOCKS + 1);
	op->len = len;

	switch (kind) {
	case ATX_MEMCPY:
		op->nr = 1;
		op->blk[0] = in;
		op->dst = out;
		break;
	case ATX_MEMSET:
		op->nr = 0;
		op->dst = out;
		op->val = 0xc3;
		break;
	case ATX_XOR:
		op->nr = 3;
		op->flags = ASYNC_TX_XOR_ZERO_DST;
		op->blk[1] = in;
		op->dst = out;
		break;
	case ATX_XOR_VAL:
		op->nr = 3;
		op->blk[1] = in;
		op->dst = op->blk[0];
		break;
	case ATX_PQ:
		op->nr = 5;
		op->blk[1] = in;
		op->blk[3] = out;
		break;
	case ATX_PQ_VAL:
		op->nr = 5;
		op->blk[1] = in;
		op->dst = atx_buf(test, base + CHAIN_BLOCKS + 1);
		break;
	case ATX_DATAP:
		op->nr = 5;
		op->blk[1] = in;
		op->blk[2] = out;
		op->faila = 2;
		break;
	case ATX_2DATA:
		op->nr = 6;
		op->blk[0] = out;
		op->blk[1] = in;
		op->faila = 0;
		op->failb = 3;
		break;
	case ATX_NR_KINDS:
		break;
	}
	return op;
}

/* an operation that makes right what validation @val looks at */
struct atx_op *atx_op_make_generator(struct kunit *test, const struct atx_op *val)
{
	struct atx_op *op;
	unsigned int i, skip = val->kind == ATX_XOR_VAL;

	op = atx_op(test, skip ? ATX_XOR : ATX_PQ, val->nr - skip);
	op->len = val->len;
	for (i = 0; i < op->nr; i++) {
		op->blk[i] = val->blk[i + skip];
		op->off[i] = val->off[i + skip];
	}
	if (skip) {
		op->flags = ASYNC_TX_XOR_ZERO_DST;
		op->dst = val->dst;
		op->dst_off = val->dst_off;
	}
	return op;
}

const void *atx_pair_gen_params(const void *prev, char *desc)
{
	static struct atx_pair pairs[ATX_NR_KINDS * ATX_NR_KINDS];
	struct atx_pair *pair = prev ? (struct atx_pair *)prev + 1 : pairs;
	unsigned int i = pair - pairs;

	if (i == ARRAY_SIZE(pairs))
		return NULL;
	pair->first = i / ATX_NR_KINDS;
	pair->second = i % ATX_NR_KINDS;
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s -> %s", atx_kind_names[pair->first],
		 atx_kind_names[pair->second]);
	return pair;
}

bool atx_hazard_fits(const struct atx_pair *pair, enum atx_hazard hazard)
{
	bool first_writes = !atx_is_val(pair->first), first_reads = pair->first != ATX_MEMSET;
	bool second_writes = !atx_is_val(pair->second), second_reads = pair->second != ATX_MEMSET;

	switch (hazard) {
	case WRITE_READ:
		return first_writes && second_reads;
	case READ_WRITE:
		return first_reads && second_writes;
	case WRITE_WRITE:
		return first_writes && second_writes;
	case READ_READ:
		return first_reads && second_reads;
	default:
		return false;
	}
}

/*
 * A validation in second place is tried twice: what it looks at is made right
 * after the first operation, or before it, so that running it too early gives
 * the wrong answer in either case.
 */
void atx_pair_run(struct kunit *test, const struct atx_pair *pair, enum atx_hazard hazard,
		  size_t len, enum atx_end end, bool right_before)
{
	struct atx_buf *common = atx_buf(test, ATX_BLK(0));
	bool first_writes = hazard == WRITE_READ || hazard == WRITE_WRITE;
	bool second_writes = hazard == READ_WRITE || hazard == WRITE_WRITE;
	struct atx_chain *chain = atx_chain_new(test);
	struct atx_ctx *ctx = test->priv;
	struct atx_op *first, *second;
	unsigned int i;

	first = atx_op_make(test, pair->first, first_writes ? NULL : common,
			    first_writes ? common : NULL, ATX_BLK(10), len);
	second = atx_op_make(test, pair->second, second_writes ? NULL : common,
			     second_writes ? common : NULL, ATX_BLK(20), len);
	/* not all of what the first wrote, so that some of it has to stay */
	if (hazard == WRITE_WRITE)
		second->len = len / 2 + 1;

	if (atx_is_val(pair->second) && right_before)
		chain->ops[chain->nr++] = atx_op_make_generator(test, second);
	if (atx_is_val(pair->first))
		chain->ops[chain->nr++] = atx_op_make_generator(test, first);
	chain->ops[chain->nr++] = first;
	if (atx_is_val(pair->second) && !right_before)
		chain->ops[chain->nr++] = atx_op_make_generator(test, second);
	chain->ops[chain->nr++] = second;
	for (i = 0; i < chain->nr; i++)
		atx_op_fill(ctx, chain->ops[i]);

	chain->end = end;
	chain->atomic = atx_rnd(ctx, 2);
	atx_chain_run(test, chain);
	ctx->turn++;
}

/* callbacks that submit, against the rule */
#define RELAY_RUNS	1000
/* a stack of 8 KiB would end somewhere near here */
#define RELAY_NESTED	16

struct relay {
	struct page *page[2];
	struct page *aside;
	struct completion done;
	unsigned int runs;
	atomic_t nested;
	bool too_deep;
};

static void relay_cb(void *param)
{
	struct relay *relay = param;
	struct async_submit_ctl submit;
	unsigned int from = relay->runs++ & 1;

	if (atomic_inc_return(&relay->nested) > RELAY_NESTED)
		relay->too_deep = true;
	if (relay->runs > RELAY_RUNS || relay->too_deep) {
		atomic_dec(&relay->nested);
		complete(&relay->done);
		return;
	}
	/* One that nobody can ask for later: the call waits for it. */
	init_async_submit(&submit, ASYNC_TX_ACK, NULL, NULL, NULL, NULL);
	async_memcpy(relay->aside, relay->page[from], 0, 0, 512, &submit);
	init_async_submit(&submit, ASYNC_TX_ACK, NULL, relay_cb, relay, NULL);
	async_memcpy(relay->page[!from], relay->page[from], 0, 0, 512, &submit);
	async_tx_issue_pending_all();
	atomic_dec(&relay->nested);
}

/* Callbacks submit operations with such callbacks, which is not allowed. */
void atx_relay(struct kunit *test)
{
	struct atx_ctx *ctx = test->priv;
	struct async_submit_ctl submit;
	struct atx_buf *a, *b, *c;
	struct relay *relay;

	relay = kunit_kzalloc(test, sizeof(*relay), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, relay);
	a = atx_buf(test, ATX_BLK(0));
	b = atx_buf(test, ATX_BLK(1));
	c = atx_buf(test, ATX_BLK(2));
	atx_fill(ctx, a, 0, 512);
	memcpy(atx_want(b, 0), atx_want(a, 0), 512);
	memcpy(atx_want(c, 0), atx_want(a, 0), 512);
	relay->page[0] = a->page;
	relay->page[1] = b->page;
	relay->aside = c->page;
	init_completion(&relay->done);

	init_async_submit(&submit, ASYNC_TX_ACK, NULL, relay_cb, relay, NULL);
	async_trigger_callback(&submit);
	async_tx_issue_pending_all();
	if (!wait_for_completion_timeout(&relay->done, 30 * HZ))
		atx_fail(ctx, NULL, "stuck after %u callbacks of %u", relay->runs, RELAY_RUNS);
	if (relay->too_deep)
		atx_fail(ctx, NULL, "%u callbacks within each other", RELAY_NESTED);
	atx_buf_check(ctx, NULL, a, "source");
	atx_buf_check(ctx, NULL, b, "destination");
	atx_buf_check(ctx, NULL, c, "destination aside");
	atx_report(test, ctx);
}
