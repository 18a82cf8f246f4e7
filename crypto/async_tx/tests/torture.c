// SPDX-License-Identifier: GPL-2.0-only
/*
 * Torture: random chains on engines that fail and disappear
 *
 * Threads make chains of random operations on buffers of their own, and on some
 * that all of them read, and compare every byte and every result with a
 * reference that works byte by byte.  Meanwhile simulated engines fail in every
 * way they know, and are unbound, pulled out and bound again.  Other engines that
 * are there take part, too; with simulated=0 it is only those.
 *
 * The choices are drawn from the seed: the same seed makes the same chains.  What
 * meets what in time is not under anybody's control.
 *
 * A run is started by loading the module, and ends after torture.seconds with
 * one line that sums it up; loading fails with -EBADMSG if anything went wrong.
 */
#include <linux/async_tx.h>
#include <linux/completion.h>
#include <linux/dma_sim.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/prandom.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/tracepoint.h>

#include "../trace.h"
#include "ref.h"

static unsigned long seed = 1;
module_param(seed, ulong, 0444);
MODULE_PARM_DESC(seed, "of all random choices (default 1)");

static unsigned int seconds = 30;
module_param(seconds, uint, 0444);
MODULE_PARM_DESC(seconds, "how long (default 30)");

static unsigned int nr_threads = 4;
module_param(nr_threads, uint, 0444);
MODULE_PARM_DESC(nr_threads, "threads that submit chains (default 4)");

static unsigned int chains = 4;
module_param(chains, uint, 0444);
MODULE_PARM_DESC(chains, "chains of a thread under way at a time (default 4)");

static unsigned int faults = 11000;
module_param(faults, uint, 0444);
MODULE_PARM_DESC(faults, "faults of each class in a million occasions (default 11000)");

static unsigned int rebind_ms = 100;
module_param(rebind_ms, uint, 0444);
MODULE_PARM_DESC(rebind_ms, "time between two unbindings, 0: none (default 100)");

static bool simulated = true;
module_param(simulated, bool, 0444);
MODULE_PARM_DESC(simulated, "make simulated engines, that fail and are rebound (default yes)");

static bool iova = true;
module_param(iova, bool, 0444);
MODULE_PARM_DESC(iova, "engines with an address space of their own (default yes)");

static unsigned int least_failovers;
module_param(least_failovers, uint, 0444);
MODULE_PARM_DESC(least_failovers, "failures of each class and form that the run has to see (default 0)");

static unsigned int least_crossings;
module_param(least_crossings, uint, 0444);
MODULE_PARM_DESC(least_crossings, "crossings between engines that each pair of kinds has to make (default 0)");

/* Buffers of a chain: those it writes and reads, those of validations. */
#define NR_OWN		16
#define NR_VAL		12
#define NR_BUFS		(NR_OWN + NR_VAL)
/* Buffers that all chains read. */
#define NR_SHARED	16
#define MAX_OPS		8
#define MAX_BLOCKS	12
#define WAIT_LIMIT	(60 * HZ)

enum torture_kind {
	T_MEMCPY, T_MEMSET, T_XOR, T_XOR_VAL, T_PQ, T_PQ_VAL, T_DATAP, T_2DATA,
	NR_KINDS
};

static const char * const kind_names[] = {
	"memcpy", "memset", "xor", "xor_val", "pq", "pq_val", "datap", "2data",
};

struct torture_buf {
	struct page *page;
	u8 *want;
};

struct torture_op {
	enum torture_kind kind;
	/* The one before it in its chain, or NULL. */
	struct torture_op *parent;
	/* Engine that completed it, or NULL. */
	struct device *ran_on;
	bool call;
	atomic_t called;
	struct torture_chain *chain;
	enum async_tx_flags flags;
	int nr;
	size_t len;
	struct torture_buf *blk[MAX_BLOCKS];
	unsigned int off[MAX_BLOCKS];
	struct torture_buf *dst;
	unsigned int dst_off;
	int faila;
	int failb;
	int val;
	enum sum_check_flags result;
	enum sum_check_flags want;
};

struct torture_chain {
	struct torture_buf bufs[NR_BUFS];
	/* Buffers of validations that the chain has not used yet. */
	int nr_val;
	struct torture_op ops[MAX_OPS];
	int nr;
	struct dma_async_tx_descriptor *tx;
	struct completion done;
	bool running;
};

struct torture_thread {
	struct task_struct *task;
	struct rnd_state rnd;
	struct torture_chain *chains;
	u8 *tmp[2];
	u64 nr_chains;
	u64 nr_ops;
	u64 bytes;
	u64 wrong;
	u64 lost;
	u64 twice;
	u64 errors;
	struct completion ended;
};

static struct torture_buf shared[NR_SHARED];

/* Sorts of engines, of which none can do everything. */
static const struct {
	unsigned long kinds;
	unsigned int max_xor;
	unsigned int max_pq;
	bool pq_continue;
	unsigned int ring;
	unsigned int delay_ns;
} sorts[] = {
	{ BIT(DMA_MEMCPY) | BIT(DMA_MEMSET), 2, 4, false, 16, 0 },
	{ BIT(DMA_XOR) | BIT(DMA_XOR_VAL), 5, 4, false, 8, 2000 },
	{ BIT(DMA_PQ) | BIT(DMA_PQ_VAL), 2, 6, true, 4, 5000 },
	{ BIT(DMA_PQ) | BIT(DMA_XOR) | BIT(DMA_MEMCPY), 8, 4, false, 32, 1000 },
};

/*
 * What the blocks of an operation have to be aligned to: an engine of each sort
 * for each, so that there are crossings between engines of a sort.
 */
static const unsigned int aligns[] = { 0, 6, 9 };

/*
 * When an operation fails that does fail: an engine of each sort for each, see
 * moment_of.
 */
static const enum dma_sim_fault_class moments[] = {
	DMA_SIM_FAIL_BEFORE, DMA_SIM_FAIL_MIDDLE, DMA_SIM_FAIL_END,
};

static const char * const moment_names[] = { "before", "middle", "end" };

/* What it was that failed: nothing special, or one or more of the others. */
enum torture_form { PLAIN, IN_PLACE, SPLIT, BEHIND, NR_FORMS };

static const char * const form_names[] = { "plain", "in-place", "split", "queued ahead" };

/* Other faults. */
static const enum dma_sim_fault_class others[] = {
	DMA_SIM_STALL, DMA_SIM_LOSE_IRQ, DMA_SIM_REFUSE_PREP, DMA_SIM_REFUSE_MAP,
};

static const char * const other_names[] = {
	"stall", "lost interrupt", "prep refused", "mapping refused",
};

#define NR_ENGINES	(ARRAY_SIZE(sorts) * ARRAY_SIZE(moments))

/*
 * Which moment, by the engine, so that one can tell from that: each once in a sort,
 * and such that about as much work is with each.
 */
static const u8 moment_of[NR_ENGINES] = { 2, 0, 1, 0, 1, 2, 0, 1, 2, 0, 2, 1 };

static struct dma_sim *sims[NR_ENGINES];
/* It is being unbound, or has been pulled out. */
static bool gone[NR_ENGINES];
/* What engines have reported. */
static atomic_t failovers[ARRAY_SIZE(moments)][NR_FORMS];
static atomic_t crossings[NR_KINDS][NR_KINDS];
static atomic_t unplugged;
static u64 nr_rebinds;

static u32 rnd(struct torture_thread *t, u32 below)
{
	return prandom_u32_state(&t->rnd) % below;
}

static u8 *want(const struct torture_op *op, int i)
{
	return op->blk[i]->want + op->off[i];
}

/* --- the reference --- */

static void sum_data(const struct torture_op *op, int a, int b, u8 *p, u8 *q)
{
	int i;

	for (i = 0; i < op->nr - 2; i++) {
		if (!op->blk[i] || i == a || i == b)
			continue;
		if (p)
			ref_xor(p, want(op, i), op->len);
		if (q)
			ref_scale_xor(q, ref_gfexp(i), want(op, i), op->len);
	}
}

static void sum_blocks(const struct torture_op *op, int first, u8 *sum)
{
	int i;

	for (i = first; i < op->nr; i++)
		if (op->blk[i])
			ref_xor(sum, want(op, i), op->len);
}

static void model_pq(const struct torture_op *op)
{
	int p = op->nr - 2, q = op->nr - 1;
	bool add = op->flags & ASYNC_TX_PQ_XOR_DST;

	if (op->blk[p] && !add)
		memset(want(op, p), 0, op->len);
	if (op->blk[q] && !add)
		memset(want(op, q), 0, op->len);
	sum_data(op, -1, -1, op->blk[p] ? want(op, p) : NULL,
		 op->blk[q] ? want(op, q) : NULL);
}

static void model_datap(struct torture_thread *t, const struct torture_op *op)
{
	u8 *q = t->tmp[1], *p = want(op, op->nr - 2);

	memcpy(q, want(op, op->nr - 1), op->len);
	sum_data(op, op->faila, -1, NULL, q);
	ref_scale(q, ref_gfinv(ref_gfexp(op->faila)), op->len);
	memcpy(want(op, op->faila), q, op->len);
	memset(p, 0, op->len);
	sum_data(op, -1, -1, p, NULL);
}

/* A + B = p and g^a A + g^b B = q, p and q being what is left of P and Q. */
static void model_2data(struct torture_thread *t, const struct torture_op *op)
{
	u8 ga = ref_gfexp(op->faila), gb = ref_gfexp(op->failb);
	u8 *p = t->tmp[0], *q = t->tmp[1];

	memcpy(p, want(op, op->nr - 2), op->len);
	memcpy(q, want(op, op->nr - 1), op->len);
	sum_data(op, op->faila, op->failb, p, q);
	ref_scale_xor(q, gb, p, op->len);
	ref_scale(q, ref_gfinv(ga ^ gb), op->len);
	ref_xor(p, q, op->len);
	memcpy(want(op, op->faila), q, op->len);
	memcpy(want(op, op->failb), p, op->len);
}

static void model(struct torture_thread *t, struct torture_op *op)
{
	u8 *dst = op->dst ? op->dst->want + op->dst_off : NULL;

	switch (op->kind) {
	case T_MEMCPY:
		memcpy(dst, want(op, 0), op->len);
		break;
	case T_MEMSET:
		memset(dst, op->val, op->len);
		break;
	case T_XOR:
		if (op->flags & ASYNC_TX_XOR_ZERO_DST)
			memset(dst, 0, op->len);
		sum_blocks(op, op->flags & ASYNC_TX_XOR_DROP_DST ? 1 : 0, dst);
		break;
	case T_PQ:
		model_pq(op);
		break;
	case T_DATAP:
		model_datap(t, op);
		break;
	case T_2DATA:
		model_2data(t, op);
		break;
	default:
		break;
	}
}

/* --- drawing operations --- */

static void draw_off(struct torture_thread *t, struct torture_op *op, unsigned int *off)
{
	*off = 0;
	if (op->len < PAGE_SIZE)
		*off = 64 * rnd(t, (PAGE_SIZE - op->len) / 64 + 1);
}

/* @nr different buffers of the chain; one in four is a shared one, if only read. */
static void draw_blocks(struct torture_thread *t, struct torture_chain *c,
			struct torture_op *op, int nr)
{
	u8 order[NR_OWN];
	int i, j;

	for (i = 0; i < NR_OWN; i++)
		order[i] = i;
	for (i = 0; i < nr; i++) {
		j = i + rnd(t, NR_OWN - i);
		swap(order[i], order[j]);
		op->blk[i] = &c->bufs[order[i]];
		draw_off(t, op, &op->off[i]);
	}
}

static void share(struct torture_thread *t, struct torture_op *op, int i)
{
	if (!rnd(t, 4))
		op->blk[i] = &shared[rnd(t, NR_SHARED)];
}

/* A buffer of a validation, that nothing before it in the chain has touched. */
static struct torture_buf *draw_val(struct torture_chain *c)
{
	return c->nr_val < NR_VAL ? &c->bufs[NR_OWN + c->nr_val++] : NULL;
}

static void settle_val(struct torture_op *op, int i)
{
	memcpy(page_address(op->blk[i]->page) + op->off[i], want(op, i), op->len);
}

/*
 * Blocks of a validation, of @least and more.  An engine does it as a whole or not
 * at all: half of them are small.
 */
static int draw_nr(struct torture_thread *t, int least)
{
	return least + rnd(t, rnd(t, 2) ? 4 : MAX_BLOCKS - least);
}

/* What is checked is right in half of the cases, as far as it can be made so now. */
static bool draw_xor_val(struct torture_thread *t, struct torture_chain *c,
			 struct torture_op *op)
{
	struct torture_buf *sum = draw_val(c);
	int i;

	if (!sum)
		return false;
	op->nr = draw_nr(t, 2);
	draw_blocks(t, c, op, op->nr);
	op->blk[0] = sum;
	op->dst = sum;
	op->dst_off = op->off[0];
	memset(want(op, 0), 0, op->len);
	for (i = 1; i < op->nr; i++) {
		share(t, op, i);
		ref_xor(want(op, 0), want(op, i), op->len);
	}
	op->want = 0;
	if (rnd(t, 2)) {
		*want(op, 0) ^= 0x10;
		op->want = SUM_CHECK_P_RESULT;
	}
	settle_val(op, 0);
	return true;
}

static bool draw_pq_val(struct torture_thread *t, struct torture_chain *c,
			struct torture_op *op)
{
	struct torture_buf *sums[2] = { draw_val(c), draw_val(c) };
	struct torture_buf *spare = draw_val(c);
	int i, p, q;

	if (!spare)
		return false;
	op->nr = draw_nr(t, 4);
	draw_blocks(t, c, op, op->nr);
	p = op->nr - 2;
	q = op->nr - 1;
	op->blk[p] = sums[0];
	op->blk[q] = sums[1];
	op->dst = spare;
	op->dst_off = 0;
	for (i = 0; i < p; i++) {
		share(t, op, i);
		if (!rnd(t, 8))
			op->blk[i] = NULL;
	}
	memset(want(op, p), 0, op->len);
	memset(want(op, q), 0, op->len);
	sum_data(op, -1, -1, want(op, p), want(op, q));
	op->want = 0;
	if (!rnd(t, 3)) {
		want(op, p)[op->len - 1] ^= 1;
		op->want |= SUM_CHECK_P_RESULT;
	}
	if (!rnd(t, 3)) {
		want(op, q)[op->len / 2] ^= 0x80;
		op->want |= SUM_CHECK_Q_RESULT;
	}
	settle_val(op, p);
	settle_val(op, q);
	if (!rnd(t, 6)) {
		i = rnd(t, 2);
		op->blk[p + i] = NULL;
		op->want &= i ? SUM_CHECK_P_RESULT : SUM_CHECK_Q_RESULT;
	}
	return true;
}

static void draw_xor(struct torture_thread *t, struct torture_chain *c,
		     struct torture_op *op)
{
	static const enum async_tx_flags flags[] = {
		ASYNC_TX_XOR_ZERO_DST, ASYNC_TX_XOR_DROP_DST, 0,
	};
	int i;

	op->flags = flags[rnd(t, ARRAY_SIZE(flags))];
	op->nr = 2 + rnd(t, MAX_BLOCKS - 2);
	draw_blocks(t, c, op, op->nr + 1);
	op->dst = op->blk[op->nr];
	op->dst_off = op->off[op->nr];
	for (i = 0; i < op->nr; i++)
		share(t, op, i);
	if (op->flags & ASYNC_TX_XOR_DROP_DST) {
		op->blk[0] = op->dst;
		op->off[0] = op->dst_off;
	} else if (!rnd(t, 8)) {
		op->blk[rnd(t, op->nr)] = NULL;
	}
}

static void draw_raid6(struct torture_thread *t, struct torture_chain *c,
		       struct torture_op *op)
{
	int i;

	op->nr = 4 + rnd(t, MAX_BLOCKS - 4);
	draw_blocks(t, c, op, op->nr);
	op->faila = rnd(t, op->nr - 2);
	do {
		op->failb = rnd(t, op->nr - 2);
	} while (op->failb == op->faila);
	if (op->failb < op->faila)
		swap(op->faila, op->failb);
	for (i = 0; i < op->nr - 2; i++) {
		if (op->kind != T_PQ && (i == op->faila || i == op->failb))
			continue;
		share(t, op, i);
		if (!rnd(t, 8))
			op->blk[i] = NULL;
	}
	if (op->kind != T_PQ)
		return;
	if (rnd(t, 2))
		op->flags = ASYNC_TX_PQ_XOR_DST;
	if (!rnd(t, 6))
		op->blk[op->nr - 1 - rnd(t, 2)] = NULL;
}

static void draw_op(struct torture_thread *t, struct torture_chain *c,
		    struct torture_op *op, const struct torture_op *before)
{
	/* Of which some fit each of the alignments. */
	static const size_t lens[] = { 4096, 1000, 512, 200, 2048, 3000, 320, 72 };
	/* Validations take more than others, as not every engine can do them. */
	static const u8 kinds[] = {
		T_MEMCPY, T_MEMCPY, T_MEMSET, T_MEMSET, T_XOR, T_XOR, T_XOR_VAL, T_XOR_VAL,
		T_PQ, T_PQ, T_PQ_VAL, T_PQ_VAL, T_PQ_VAL, T_DATAP, T_DATAP, T_2DATA, T_2DATA,
	};
	bool good = true;

	memset(op, 0, sizeof(*op));
	/* Like and like often follow each other on one engine. */
	op->kind = before && !rnd(t, 6) ? before->kind : kinds[rnd(t, ARRAY_SIZE(kinds))];
	op->len = lens[rnd(t, ARRAY_SIZE(lens))];
	switch (op->kind) {
	case T_XOR:
		draw_xor(t, c, op);
		break;
	case T_PQ:
	case T_DATAP:
	case T_2DATA:
		draw_raid6(t, c, op);
		break;
	case T_XOR_VAL:
		good = draw_xor_val(t, c, op);
		break;
	case T_PQ_VAL:
		good = draw_pq_val(t, c, op);
		break;
	default:
		break;
	}
	if (!good)
		op->kind = T_MEMCPY;
	if (op->kind == T_MEMCPY || op->kind == T_MEMSET) {
		draw_blocks(t, c, op, 2);
		share(t, op, 0);
		op->dst = op->blk[1];
		op->dst_off = op->off[1];
		op->nr = op->kind == T_MEMCPY;
		op->val = rnd(t, 256);
	}
}

/* --- running them --- */

static struct dma_async_tx_descriptor *
submit_op(struct torture_op *op, struct async_submit_ctl *submit)
{
	struct page *pages[MAX_BLOCKS], *dst = op->dst ? op->dst->page : NULL;
	unsigned int offs[MAX_BLOCKS];
	int i;

	for (i = 0; i < op->nr; i++) {
		pages[i] = op->blk[i] ? op->blk[i]->page : NULL;
		offs[i] = op->off[i];
	}
	op->result = -1;
	switch (op->kind) {
	case T_MEMCPY:
		return async_memcpy(dst, pages[0], op->dst_off, offs[0], op->len, submit);
	case T_MEMSET:
		return async_memset(dst, op->val, op->dst_off, op->len, submit);
	case T_XOR:
		return async_xor_offs(dst, op->dst_off, pages, offs, op->nr, op->len,
				      submit);
	case T_XOR_VAL:
		return async_xor_val_offs(dst, op->dst_off, pages, offs, op->nr, op->len,
					  &op->result, submit);
	case T_PQ:
		return async_gen_syndrome(pages, offs, op->nr, op->len, submit);
	case T_PQ_VAL:
		return async_syndrome_val(pages, offs, op->nr, op->len, &op->result, dst,
					  op->dst_off, submit);
	case T_DATAP:
		return async_raid6_datap_recov(op->nr, op->len, op->faila, pages, offs,
					       submit);
	case T_2DATA:
		return async_raid6_2data_recov(op->nr, op->len, op->faila, op->failb,
					       pages, offs, submit);
	default:
		return NULL;
	}
}

static void called_back(void *param)
{
	struct torture_op *op = param;
	struct torture_chain *c = op->chain;

	if (atomic_inc_return(&op->called) == 1 && op == &c->ops[c->nr - 1])
		complete(&c->done);
}

static void start_chain(struct torture_thread *t, struct torture_chain *c)
{
	struct dma_async_tx_descriptor *tx = NULL;
	struct async_submit_ctl submit;
	bool all_call = !rnd(t, 4);
	int i;

	reinit_completion(&c->done);
	c->nr = 1 + rnd(t, MAX_OPS);
	c->nr_val = 0;
	c->running = true;
	for (i = 0; i < c->nr; i++) {
		struct torture_op *op = &c->ops[i];

		draw_op(t, c, op, i ? op - 1 : NULL);
		model(t, op);
		op->chain = c;
		op->parent = i ? op - 1 : NULL;
		op->call = all_call || !rnd(t, 8);
	}

	for (i = 0; i < c->nr; i++) {
		struct torture_op *op = &c->ops[i];

		init_async_submit(&submit, op->flags | (rnd(t, 4) ? 0 : ASYNC_TX_FENCE),
				  tx, op->call ? called_back : NULL, op, NULL);
		tx = submit_op(op, &submit);
		t->nr_ops++;
		t->bytes += op->len * max(op->nr, 1);
	}
	c->tx = tx;
	if (rnd(t, 2))
		async_tx_issue_pending(tx);
	else
		async_tx_issue_pending_all();
	t->nr_chains++;
}

static void torture_complain(struct torture_thread *t, struct torture_op *op, int i,
			     const char *what)
{
	t->wrong++;
	if (t->wrong <= 5)
		pr_err("torture: seed %lu, chain %llu, operation %d (%s of %d, %zu bytes, flags %x): %s\n",
		       seed, t->nr_chains, i, kind_names[op->kind], op->nr, op->len,
		       op->flags, what);
}

static void finish_chain(struct torture_thread *t, struct torture_chain *c)
{
	int i;

	if (!c->running)
		return;
	c->running = false;

	if (c->ops[c->nr - 1].call) {
		if (!wait_for_completion_timeout(&c->done, WAIT_LIMIT))
			torture_complain(t, &c->ops[c->nr - 1], c->nr - 1, "no callback");
		else if (c->tx && async_tx_result(c->tx))
			t->errors++;
	}
	async_tx_quiesce(&c->tx);

	for (i = 0; i < c->nr; i++) {
		struct torture_op *op = &c->ops[i];
		int called = atomic_read(&op->called);

		t->lost += op->call && !called;
		t->twice += called > 1;
		if ((op->kind == T_XOR_VAL || op->kind == T_PQ_VAL) &&
		    op->result != op->want)
			torture_complain(t, op, i, "wrong verdict");
	}
	for (i = 0; i < NR_OWN; i++) {
		u8 *mem = page_address(c->bufs[i].page);

		if (!memcmp(mem, c->bufs[i].want, PAGE_SIZE))
			continue;
		torture_complain(t, &c->ops[c->nr - 1], c->nr, "wrong memory at its end");
		memcpy(mem, c->bufs[i].want, PAGE_SIZE);
	}
}

static int torture_thread(void *data)
{
	struct torture_thread *t = data;
	unsigned long end = jiffies + seconds * HZ;
	int i;

	while (time_before(jiffies, end)) {
		i = rnd(t, chains);
		finish_chain(t, &t->chains[i]);
		start_chain(t, &t->chains[i]);
		cond_resched();
	}
	for (i = 0; i < chains; i++)
		finish_chain(t, &t->chains[i]);
	complete(&t->ended);
	return 0;
}

/* --- engines --- */

static void torture_rebind(struct rnd_state *state)
{
	int i = prandom_u32_state(state) % NR_ENGINES;
	struct dma_sim *sim = sims[i];

	WRITE_ONCE(gone[i], true);
	if (prandom_u32_state(state) % 2)
		dma_sim_vanish(sim);
	dma_sim_unbind(sim);
	WRITE_ONCE(gone[i], false);
	if (dma_sim_bind(sim))
		pr_err("torture: an engine cannot be bound again\n");
	else
		nr_rebinds++;
}

static void torture_engines_stop(void)
{
	int i;

	for (i = 0; i < NR_ENGINES; i++) {
		if (!sims[i])
			continue;
		dma_sim_clear_faults(sims[i]);
		dma_sim_unbind(sims[i]);
	}
}

static void torture_engines_remove(void)
{
	int i;

	for (i = 0; i < NR_ENGINES; i++)
		if (sims[i])
			dma_sim_destroy(sims[i]);
}

static struct dma_sim *torture_engine(int i)
{
	struct dma_sim_config config = dma_sim_defaults;
	int sort = i / ARRAY_SIZE(moments);
	unsigned int align = aligns[(sort + i) % ARRAY_SIZE(aligns)];

	config.kinds = sorts[sort].kinds;
	config.max_xor = sorts[sort].max_xor;
	config.max_pq = sorts[sort].max_pq;
	config.pq_continue = sorts[sort].pq_continue;
	config.ring = sorts[sort].ring;
	config.delay_ns = sorts[sort].delay_ns;
	config.channels = 1 + i % 2;
	config.copy_align = align;
	config.fill_align = align;
	config.xor_align = align;
	config.pq_align = align;
	config.callback_unlocked = i % 3;
	config.iova = iova;
	config.seed = seed + i;
	return dma_sim_create(&config);
}

static int torture_engine_faults(struct dma_sim *sim, enum dma_sim_fault_class moment)
{
	struct dma_sim_fault fault = { .ppm = faults };
	int i, err;

	err = dma_sim_set_fault(sim, moment, &fault);
	for (i = 0; !err && i < ARRAY_SIZE(others); i++) {
		if (others[i] == DMA_SIM_REFUSE_MAP && !iova)
			continue;
		/* A stall takes long; a few of them will do. */
		fault.ppm = others[i] == DMA_SIM_STALL ? DIV_ROUND_UP(faults, 25) : faults;
		err = dma_sim_set_fault(sim, others[i], &fault);
	}
	return err;
}

static int torture_engines_start(void)
{
	struct dma_sim *sim;
	int i, err;

	for (i = 0; simulated && i < NR_ENGINES; i++) {
		sim = torture_engine(i);
		if (IS_ERR(sim))
			return PTR_ERR(sim);
		sims[i] = sim;
		if (!faults)
			continue;
		err = torture_engine_faults(sim, moments[moment_of[i]]);
		if (err)
			return err;
	}
	return 0;
}

static int torture_engine_of(const struct device *dev)
{
	int i;

	for (i = 0; i < NR_ENGINES; i++)
		if (sims[i] && dma_sim_device(sims[i]) == dev)
			return i;
	return -1;
}

static bool torture_in_place(const struct async_tx_op *op)
{
	int i;

	for (i = 0; i < op->nr_dsts; i++)
		if (op->buf[op->nr_srcs + i].bounce)
			return true;
	return false;
}

static void torture_failed(const struct async_tx_op *op, atomic_t *count)
{
	bool is[NR_FORMS] = {
		[IN_PLACE] = torture_in_place(op),
		[SPLIT] = op->next || op->step,
		[BEHIND] = op->lead != op,
	};
	int form;

	is[PLAIN] = !is[IN_PLACE] && !is[SPLIT] && !is[BEHIND];
	for (form = 0; form < NR_FORMS; form++)
		if (is[form])
			atomic_inc(&count[form]);
}

/* The operation of ours that has this parameter, called back or not; NULL: none has. */
static struct torture_op *torture_op_of(struct torture_thread *threads, void *param)
{
	unsigned int i;

	for (i = 0; i < nr_threads; i++)
		if (param >= (void *)threads[i].chains &&
		    param < (void *)(threads[i].chains + chains))
			return param;
	return NULL;
}

/* An engine is through with an operation, or with a part of it. */
static void torture_reported(void *data, const struct async_tx_op *op,
			     struct dma_chan *chan, int result)
{
	struct device *dev = chan->device->dev;
	struct torture_op *top;
	int engine;

	top = torture_op_of(data, op->tx.callback_param);
	if (!top)
		return;
	if (result == DMA_TRANS_NOERROR) {
		if (op->next)
			return;
		WRITE_ONCE(top->ran_on, dev);
		if (top->parent && READ_ONCE(top->parent->ran_on) &&
		    READ_ONCE(top->parent->ran_on) != dev)
			atomic_inc(&crossings[top->parent->kind][top->kind]);
		return;
	}

	engine = torture_engine_of(dev);
	if (engine < 0)
		return;
	if (op->why == ASYNC_TX_OFFLOADED)
		torture_failed(op, failovers[moment_of[engine]]);
	else if (READ_ONCE(gone[engine]))
		atomic_inc(&unplugged);
}

/* --- the run --- */

static int torture_buf_init(struct torture_buf *buf, struct rnd_state *state)
{
	buf->page = alloc_page(GFP_KERNEL);
	buf->want = kmalloc(PAGE_SIZE, GFP_KERNEL);
	if (!buf->page || !buf->want)
		return -ENOMEM;
	prandom_bytes_state(state, buf->want, PAGE_SIZE);
	memcpy(page_address(buf->page), buf->want, PAGE_SIZE);
	return 0;
}

static void torture_buf_free(struct torture_buf *buf)
{
	if (buf->page)
		__free_page(buf->page);
	kfree(buf->want);
}

static void torture_thread_free(struct torture_thread *t)
{
	int i, j;

	if (t->task) {
		kthread_stop(t->task);
		put_task_struct(t->task);
	}
	for (i = 0; t->chains && i < chains; i++)
		for (j = 0; j < NR_BUFS; j++)
			torture_buf_free(&t->chains[i].bufs[j]);
	kfree(t->chains);
	kfree(t->tmp[0]);
	kfree(t->tmp[1]);
}

static int torture_thread_init(struct torture_thread *t, int number)
{
	int i, j;

	init_completion(&t->ended);
	prandom_seed_state(&t->rnd, seed * 1000 + number);
	t->tmp[0] = kmalloc(PAGE_SIZE, GFP_KERNEL);
	t->tmp[1] = kmalloc(PAGE_SIZE, GFP_KERNEL);
	t->chains = kcalloc(chains, sizeof(*t->chains), GFP_KERNEL);
	if (!t->tmp[0] || !t->tmp[1] || !t->chains)
		return -ENOMEM;
	for (i = 0; i < chains; i++) {
		init_completion(&t->chains[i].done);
		for (j = 0; j < NR_BUFS; j++)
			if (torture_buf_init(&t->chains[i].bufs[j], &t->rnd))
				return -ENOMEM;
	}
	t->task = kthread_create(torture_thread, t, "torture/%d", number);
	if (IS_ERR(t->task)) {
		int err = PTR_ERR(t->task);

		t->task = NULL;
		return err;
	}
	get_task_struct(t->task);
	return 0;
}

/* Whether something happened as often as it had to. */
static bool enough(unsigned int times, unsigned int least, const char *what,
		   const char *detail)
{
	if (times >= least)
		return true;
	pr_err("torture: only %u times: %s %s\n", times, what, detail);
	return false;
}

static bool torture_show_failovers(const u64 *injected)
{
	bool good = true;
	int i, j, nr;

	for (i = 0; i < ARRAY_SIZE(moments); i++) {
		for (j = 0; j < NR_FORMS; j++) {
			nr = atomic_read(&failovers[i][j]);
			good &= enough(nr, least_failovers, moment_names[i], form_names[j]);
			pr_info("torture: failed %s, %s: %d\n", moment_names[i],
				form_names[j], nr);
		}
	}
	for (i = 0; i < ARRAY_SIZE(others); i++) {
		if (others[i] != DMA_SIM_REFUSE_MAP || iova)
			good &= enough(injected[others[i]], least_failovers,
				       other_names[i], "");
		pr_info("torture: %s: %llu\n", other_names[i], injected[others[i]]);
	}
	if (rebind_ms)
		good &= enough(atomic_read(&unplugged), least_failovers, "unplugged", "");
	pr_info("torture: unplugged under way: %d\n", atomic_read(&unplugged));
	return good;
}

static bool torture_show_crossings(void)
{
	unsigned int nr, sum = 0;
	bool good = true;
	char line[160];
	int i, j, len;

	for (i = 0; i < NR_KINDS; i++) {
		for (j = 0, len = 0; j < NR_KINDS; j++) {
			nr = atomic_read(&crossings[i][j]);
			good &= enough(nr, least_crossings, kind_names[i], kind_names[j]);
			sum += nr;
			len += scnprintf(line + len, sizeof(line) - len, " %s %u",
					 kind_names[j], nr);
		}
		pr_info("torture: crossings from %s to:%s\n", kind_names[i], line);
	}
	pr_info("torture: %u crossings\n", sum);
	return good;
}

static int torture_sum_up(struct torture_thread *threads)
{
	u64 violations = 0, on_engines = 0, all_faults = 0;
	u64 injected[DMA_SIM_NR_FAULTS] = { };
	struct torture_thread sum = { };
	struct dma_sim_counters c;
	bool good = true;
	int i, j;

	for (i = 0; i < nr_threads; i++) {
		sum.nr_chains += threads[i].nr_chains;
		sum.nr_ops += threads[i].nr_ops;
		sum.bytes += threads[i].bytes;
		sum.wrong += threads[i].wrong;
		sum.lost += threads[i].lost;
		sum.twice += threads[i].twice;
		sum.errors += threads[i].errors;
	}
	for (i = 0; i < NR_SHARED; i++)
		if (memcmp(page_address(shared[i].page), shared[i].want, PAGE_SIZE))
			sum.wrong++;
	for (i = 0; simulated && i < NR_ENGINES; i++) {
		dma_sim_read_counters(sims[i], &c);
		for (j = 0; j < DMA_SIM_NR_VIOLATIONS; j++)
			violations += c.violations[j];
		for (j = 0; j < DMA_SIM_NR_FAULTS; j++) {
			injected[j] += c.faults[j];
			all_faults += c.faults[j];
		}
		for (j = 0; j < DMA_TX_TYPE_END; j++)
			on_engines += c.bytes[j];
		violations += c.mapped;
	}
	if (faults)
		good = torture_show_failovers(injected);
	good &= torture_show_crossings();
	good &= sum.nr_ops && !sum.wrong && !sum.lost && !sum.twice && !sum.errors &&
		!violations && (!faults || all_faults);
	pr_info("torture: %s: seed %lu, %u s: %llu chains, %llu operations, %llu KiB, on engines %llu KiB; %llu faults, %llu rebinds; wrong %llu, callbacks lost %llu, twice %llu, errors %llu, violations %llu\n",
		good ? "SUCCESS" : "FAILURE", seed, seconds, sum.nr_chains, sum.nr_ops,
		sum.bytes >> 10, on_engines >> 10, all_faults, nr_rebinds, sum.wrong,
		sum.lost, sum.twice, sum.errors, violations);
	return good ? 0 : -EBADMSG;
}

static int __init torture_init(void)
{
	struct torture_thread *threads;
	struct rnd_state state;
	unsigned long end;
	int i, err = -ENOMEM;

	if (!nr_threads || !chains || !seconds)
		return -EINVAL;
	if (!simulated) {
		faults = 0;
		rebind_ms = 0;
	}
	threads = kcalloc(nr_threads, sizeof(*threads), GFP_KERNEL);
	if (!threads)
		return -ENOMEM;
	prandom_seed_state(&state, seed);
	for (i = 0; i < NR_SHARED; i++)
		if (torture_buf_init(&shared[i], &state))
			goto out;
	for (i = 0; i < nr_threads; i++) {
		err = torture_thread_init(&threads[i], i);
		if (err)
			goto out;
	}
	err = register_trace_async_tx_reported(torture_reported, threads);
	if (err)
		goto out;
	err = torture_engines_start();
	if (err)
		goto out_trace;

	end = jiffies + seconds * HZ;
	for (i = 0; i < nr_threads; i++)
		wake_up_process(threads[i].task);
	while (rebind_ms && time_before(jiffies, end)) {
		schedule_timeout_uninterruptible(msecs_to_jiffies(rebind_ms));
		torture_rebind(&state);
	}
	for (i = 0; i < nr_threads; i++)
		wait_for_completion(&threads[i].ended);
	torture_engines_stop();
	err = torture_sum_up(threads);

out_trace:
	unregister_trace_async_tx_reported(torture_reported, threads);
	tracepoint_synchronize_unregister();
	torture_engines_remove();
out:
	for (i = 0; i < nr_threads; i++)
		torture_thread_free(&threads[i]);
	for (i = 0; i < NR_SHARED; i++)
		torture_buf_free(&shared[i]);
	kfree(threads);
	return err;
}
module_init(torture_init);

static void __exit torture_exit(void)
{
}
module_exit(torture_exit);

MODULE_DESCRIPTION("Torture of asynchronous bulk memory operations");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(DMA_SIM);
