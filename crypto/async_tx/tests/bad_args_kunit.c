// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of arguments that make no sense
 *
 * Each of them is answered by a kernel warning, which most test runs count as
 * a failure.  So these tests are off unless the module parameter bad_args asks
 * for them.  What has to hold: the kernel lives, no memory is touched, the
 * caller's arrays are as before, and the callback comes, in its turn.
 */
#include <linux/moduleparam.h>

#include "fixture.h"

static bool bad_args;
module_param(bad_args, bool, 0444);
MODULE_PARM_DESC(bad_args, "Run the tests that cause kernel warnings (default: no)");

/* enough blocks for the wrong counts */
#define BAD_BLOCKS	260

struct bad_param {
	const char *name;
	enum atx_kind kind;
	unsigned int nr;
	bool no_p_no_q;
	int faila;
	int failb;
	int missing;		/* block that is NULL, -1 for none */
	size_t len;
};

static const struct bad_param bad_params[] = {
	{ "xor of no source", ATX_XOR, 0, false, 0, 0, -1, 512 },
	{ "xor_val of no source", ATX_XOR_VAL, 0, false, 0, 0, -1, 512 },
	{ "pq of no disk", ATX_PQ, 0, false, 0, 0, -1, 512 },
	{ "pq of P and Q alone", ATX_PQ, 2, false, 0, 0, -1, 512 },
	{ "pq of 256 disks", ATX_PQ, 256, false, 0, 0, -1, 512 },
	{ "pq without P and Q", ATX_PQ, 6, true, 0, 0, -1, 512 },
	{ "pq_val of 2 disks", ATX_PQ_VAL, 2, false, 0, 0, -1, 512 },
	{ "pq_val of 256 disks", ATX_PQ_VAL, 256, false, 0, 0, -1, 512 },
	{ "2data of 256 disks", ATX_2DATA, 256, false, 0, 1, -1, 512 },
	{ "2data of 3 disks", ATX_2DATA, 3, false, 0, 0, -1, 512 },
	{ "2data, the same block twice", ATX_2DATA, 6, false, 2, 2, -1, 512 },
	{ "2data, P as lost data", ATX_2DATA, 6, false, 1, 4, -1, 512 },
	{ "2data, block out of range", ATX_2DATA, 6, false, 1, 9, -1, 512 },
	{ "2data, block below zero", ATX_2DATA, 6, false, -1, 1, -1, 512 },
	{ "2data, nowhere to put a block", ATX_2DATA, 6, false, 0, 1, 1, 512 },
	{ "2data without P", ATX_2DATA, 6, false, 0, 1, 4, 512 },
	{ "datap of 256 disks", ATX_DATAP, 256, false, 0, 0, -1, 512 },
	{ "datap, Q as lost data", ATX_DATAP, 6, false, 5, 0, -1, 512 },
	{ "datap, block below zero", ATX_DATAP, 6, false, -1, 0, -1, 512 },
	{ "datap, nowhere to put the block", ATX_DATAP, 6, false, 2, 0, 2, 512 },
	{ "datap without Q", ATX_DATAP, 6, false, 2, 0, 5, 512 },
	{ "memcpy of nothing", ATX_MEMCPY, 1, false, 0, 0, -1, 0 },
	{ "memset of nothing", ATX_MEMSET, 0, false, 0, 0, -1, 0 },
	{ "xor of nothing", ATX_XOR, 3, false, 0, 0, -1, 0 },
	{ "pq of nothing", ATX_PQ, 6, false, 0, 0, -1, 0 },
};

KUNIT_ARRAY_PARAM_DESC(bad, bad_params, name);

static struct atx_op *bad_op(struct kunit *test, const struct bad_param *param)
{
	struct atx_op *op = atx_op(test, param->kind, BAD_BLOCKS);
	unsigned int i;

	for (i = 0; i < BAD_BLOCKS; i++)
		op->blk[i] = atx_buf(test, ATX_BLK(i % ATX_MAX_BLOCKS));
	op->nr = param->nr;
	op->bad = true;
	op->len = param->len;
	op->faila = param->faila;
	op->failb = param->failb;
	op->dst = atx_buf(test, ATX_DST);
	if (param->kind == ATX_XOR)
		op->flags = ASYNC_TX_XOR_ZERO_DST;
	if (param->missing >= 0)
		op->blk[param->missing] = NULL;
	if (param->no_p_no_q) {
		op->blk[op->nr - 2] = NULL;
		op->blk[op->nr - 1] = NULL;
	}
	return op;
}

/* behind a parent that may be pending, and before a child that is right */
static void bad_arguments(struct kunit *test)
{
	const struct bad_param *param = test->param_value;
	struct dma_async_tx_descriptor *tx;
	struct atx_op *parent, *bad, *child;
	struct atx_ctx *ctx = test->priv;
	struct atx_probe *probes;

	if (!bad_args)
		kunit_skip(test, "causes kernel warnings; bad_args=1 runs it");

	probes = kunit_kcalloc(test, 2, sizeof(*probes), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, probes);
	bad = bad_op(test, param);
	parent = atx_op(test, ATX_MEMCPY, 1);
	parent->len = PAGE_SIZE;
	parent->blk[0] = atx_buf(test, ATX_BLK(20));
	parent->dst = atx_buf(test, ATX_BLK(21));
	child = atx_op(test, ATX_MEMCPY, 1);
	child->len = PAGE_SIZE;
	child->blk[0] = parent->dst;
	child->dst = atx_buf(test, ATX_BLK(22));
	atx_op_fill(ctx, parent);
	atx_op_fill(ctx, child);
	/* seen from the callback of the bad operation, the parent is done */
	atx_probe_init(&probes[0], parent);
	atx_probe_init(&probes[1], child);

	tx = atx_op_submit(ctx, parent, ASYNC_TX_FENCE, NULL, NULL, NULL);
	tx = atx_op_submit(ctx, bad, 0, tx, atx_probe_cb, &probes[0]);
	tx = atx_op_submit(ctx, child, ASYNC_TX_ACK, tx, atx_probe_cb, &probes[1]);
	async_tx_issue_pending_all();
	atx_probe_wait(ctx, bad, &probes[0]);
	atx_probe_wait(ctx, child, &probes[1]);
	atx_probe_check(ctx, bad, &probes[0], 1);
	atx_probe_check(ctx, child, &probes[1], 1);
	bad->result = 0;
	bad->want_result = 0;
	atx_op_check(ctx, parent);
	atx_op_check(ctx, bad);
	atx_op_check(ctx, child);
	atx_report(test, ctx);
}

static struct kunit_case bad_args_cases[] = {
	KUNIT_CASE_PARAM(bad_arguments, bad_gen_params),
	{}
};

static struct kunit_suite bad_args_suite = {
	.name = "async_tx_bad_args",
	.init = atx_init,
	.exit = atx_exit,
	.suite_exit = atx_suite_exit,
	.test_cases = bad_args_cases,
};

kunit_test_suite(bad_args_suite);
