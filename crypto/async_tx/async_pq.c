// SPDX-License-Identifier: GPL-2.0-only
/*
 * RAID-6 syndromes, and whether they are right
 *
 * P is the sum of the data blocks, Q the sum of the data blocks times the
 * powers of g = {02}, in GF(2^8) with the polynomial 0x11d.  See H. Peter Anvin,
 * "The mathematics of RAID-6".
 */
#include <linux/dma-mapping.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/string.h>

#include "raid6.h"

static DEFINE_ASYNC_TX_COUNTS(pq_counts);
static DEFINE_ASYNC_TX_COUNTS(pq_val_counts);

/* --- on the CPU --- */

static u8 times_g(u8 v)
{
	return (v << 1) ^ (v & 0x80 ? 0x1d : 0);
}

/* The syndrome from byte @from on: what the library cannot do. */
static noinline void pq_bytes(const struct raid6_piece *piece, size_t from, bool add)
{
	u8 *p = piece->ptrs[piece->disks - 2];
	u8 *q = piece->ptrs[piece->disks - 1];
	size_t i;
	int z;

	for (i = from; i < piece->len; i++) {
		u8 sum_p = 0, sum_q = 0;

		for (z = piece->disks - 3; z >= 0; z--) {
			u8 d = ((u8 *)piece->ptrs[z])[i];

			sum_p ^= d;
			sum_q = times_g(sum_q) ^ d;
		}
		p[i] = add ? p[i] ^ sum_p : sum_p;
		q[i] = add ? q[i] ^ sum_q : sum_q;
	}
}

static void pq_piece(const struct raid6_piece *piece, bool add)
{
	size_t done = raid6_piece_simd(piece);

	if (add && !raid6_call.xor_syndrome)
		done = 0;
	if (likely(done) && !add)
		raid6_call.gen_syndrome(piece->disks, done, piece->ptrs);
	else if (done && piece->first >= 0)
		raid6_call.xor_syndrome(piece->disks, piece->first, piece->last,
					done, piece->ptrs);
	if (unlikely(done < piece->len))
		pq_bytes(piece, done, add);
}

/* A result that nobody wants goes to memory that is good for nothing else. */
static void pq_drop_missing(struct raid6_piece *piece, struct async_tx_work *work)
{
	int i;

	for (i = 0; i < 2; i++) {
		int disk = piece->disks - 2 + i;

		if (piece->ptrs[disk] == raid6_empty_zero_page)
			piece->ptrs[disk] = work->pages[i];
	}
}

static void pq_run(struct async_tx_op *op)
{
	struct async_tx_work *work = async_tx_work_get();
	struct raid6_piece piece = { .ptrs = work->ptrs, .disks = op->arg.disks };
	size_t done;

	for (done = 0; done < op->len; done += piece.len) {
		piece.len = min_t(size_t, op->len - done, PAGE_SIZE);
		raid6_piece_init_op(&piece, op, done);
		pq_drop_missing(&piece, work);
		pq_piece(&piece, op->flags & ASYNC_TX_PQ_XOR_DST);
	}
	async_tx_work_put();
}

static void pq_now(struct page **blocks, unsigned int *offs, int disks, size_t len,
		   bool add)
{
	struct async_tx_work *work = async_tx_work_get();
	struct raid6_piece piece = { .ptrs = work->ptrs, .disks = disks };
	size_t done;

	for (done = 0; done < len; done += piece.len) {
		piece.len = min_t(size_t, len - done, PAGE_SIZE);
		raid6_piece_init(&piece, blocks, offs, done, true);
		pq_drop_missing(&piece, work);
		pq_piece(&piece, add);
	}
	async_tx_work_put();
}

/* The usual case: all is aligned and fits. */
static __always_inline bool pq_simd(struct page **blocks, unsigned int *offs, int disks,
				    size_t len, bool add, void **ptrs)
{
	struct raid6_piece piece = { .ptrs = ptrs, .disks = disks };

	if (unlikely(!ptrs || len > PAGE_SIZE || len % ASYNC_TX_SIMD_BLOCK))
		return false;
	if (add)
		raid6_piece_init(&piece, blocks, offs, 0, true);
	else
		raid6_piece_init(&piece, blocks, offs, 0, false);
	if (unlikely(piece.addrs % ASYNC_TX_SIMD_ALIGN))
		return false;
	if (unlikely(add && (piece.first < 0 || !raid6_call.xor_syndrome)))
		return false;

	/* Whoever else throws results away there meanwhile is welcome. */
	preempt_disable();
	if (unlikely(piece.holes) && (!blocks[disks - 2] || !blocks[disks - 1]))
		pq_drop_missing(&piece, async_tx_work_here());
	if (add)
		raid6_call.xor_syndrome(disks, piece.first, piece.last, len, ptrs);
	else
		raid6_call.gen_syndrome(disks, len, ptrs);
	preempt_enable();
	return true;
}

/*
 * Compute both syndromes in one pass over the data, and compare those that are
 * there.  P alone is an XOR, and much less work.
 */
static enum sum_check_flags pq_check_piece(struct raid6_piece *piece,
					   struct async_tx_work *work)
{
	static const enum sum_check_flags wrong[] = {
		SUM_CHECK_P_RESULT, SUM_CHECK_Q_RESULT
	};
	enum sum_check_flags sum = 0;
	void *given[2];
	int i;

	for (i = 0; i < 2; i++) {
		given[i] = piece->ptrs[piece->disks - 2 + i];
		piece->ptrs[piece->disks - 2 + i] = work->pages[i];
	}
	if (given[1] == raid6_empty_zero_page)
		async_tx_xor_blocks(work->pages[0], piece->ptrs, piece->disks - 2,
				    piece->len, true);
	else
		pq_piece(piece, false);
	for (i = 0; i < 2; i++)
		if (given[i] != raid6_empty_zero_page &&
		    memcmp(given[i], work->pages[i], piece->len))
			sum |= wrong[i];
	return sum;
}

static void pq_val_run(struct async_tx_op *op)
{
	struct async_tx_work *work = async_tx_work_get();
	struct raid6_piece piece = { .ptrs = work->ptrs, .disks = op->arg.disks };
	size_t done;

	op->sum = 0;
	for (done = 0; done < op->len; done += piece.len) {
		piece.len = min_t(size_t, op->len - done, PAGE_SIZE);
		raid6_piece_init_op(&piece, op, done);
		op->sum |= pq_check_piece(&piece, work);
	}
	async_tx_work_put();
}

static enum sum_check_flags pq_val_now(struct page **blocks, unsigned int *offs,
				       int disks, size_t len)
{
	struct async_tx_work *work = async_tx_work_get();
	struct raid6_piece piece = { .ptrs = work->ptrs, .disks = disks };
	enum sum_check_flags sum = 0;
	size_t done;

	for (done = 0; done < len; done += piece.len) {
		piece.len = min_t(size_t, len - done, PAGE_SIZE);
		raid6_piece_init(&piece, blocks, offs, done, false);
		sum |= pq_check_piece(&piece, work);
	}
	async_tx_work_put();
	return sum;
}

/* --- on an engine --- */

static enum dma_ctrl_flags pq_disabled(const struct page *p, const struct page *q)
{
	return (p ? 0 : DMA_PREP_PQ_DISABLE_P) | (q ? 0 : DMA_PREP_PQ_DISABLE_Q);
}

static bool pq_fits(const struct async_tx_op *op, struct dma_device *dma)
{
	const struct async_tx_buf *dst = &op->buf[op->nr_srcs];

	return raid6_srcs_fit(dma, op->nr_srcs,
			      pq_disabled(dst[0].page, dst[1].page)) &&
	       raid6_op_aligned(op, dma);
}

static struct dma_async_tx_descriptor *
pq_prepare(struct async_tx_op *op, struct dma_chan *chan, unsigned long flags)
{
	struct dma_device *dma = chan->device;
	dma_addr_t *given = &op->dma[op->nr_srcs];
	/* Some drivers look at both, whatever the flags say. */
	dma_addr_t pq[2] = { given[0] ?: given[1], given[1] ?: given[0] };
	int nr;

	flags |= pq_disabled(async_tx_dst(op, 0)->page, async_tx_dst(op, 1)->page);
	if (op->step)
		flags |= DMA_PREP_CONTINUE;
	nr = min(op->nr_srcs - op->step, dma_maxpq(dma, flags));
	op->next = op->step + nr < op->nr_srcs ? op->step + nr : 0;
	if (op->next)
		flags |= DMA_PREP_FENCE;
	return dma->device_prep_dma_pq(chan, pq, &op->dma[op->step], nr,
				       &op->coef[op->step], op->len, flags);
}

/* P and Q are the last of the sources. */
static bool pq_val_fits(const struct async_tx_op *op, struct dma_device *dma)
{
	return op->arg.nr_data > 1 && op->nr_srcs > op->arg.nr_data &&
	       op->arg.nr_data + 2 <= dma_maxpq(dma, 0) && raid6_op_aligned(op, dma);
}

static struct dma_async_tx_descriptor *
pq_val_prepare(struct async_tx_op *op, struct dma_chan *chan, unsigned long flags)
{
	int disks = op->arg.disks, i = op->arg.nr_data;
	bool p = op->buf[i].disk == disks - 2;
	bool q = op->buf[op->nr_srcs - 1].disk == disks - 1;
	dma_addr_t pq[2] = { op->dma[i], op->dma[op->nr_srcs - 1] };

	if (!p)
		flags |= DMA_PREP_PQ_DISABLE_P;
	if (!q)
		flags |= DMA_PREP_PQ_DISABLE_Q;
	op->next = 0;
	op->sum = 0;
	return chan->device->device_prep_dma_pq_val(chan, pq, op->dma, i, op->coef,
						    op->len, &op->sum, flags);
}

static struct dma_async_tx_descriptor *
pq_sample(struct page **src, struct page **dst, size_t len,
	  struct async_submit_ctl *submit)
{
	struct page *blocks[] = { src[0], src[1], src[2], src[3], dst[0], dst[1] };

	return async_gen_syndrome(blocks, NULL, ARRAY_SIZE(blocks), len, submit);
}

static struct dma_async_tx_descriptor *
pq_val_sample(struct page **src, struct page **dst, size_t len,
	      struct async_submit_ctl *submit)
{
	/* Nobody looks at it. */
	static enum sum_check_flags result;
	struct page *blocks[] = { src[0], src[1], src[2], src[3], dst[0], dst[1] };

	return async_syndrome_val(blocks, NULL, ARRAY_SIZE(blocks), len, &result, src[4], 0,
				  submit);
}

static struct async_tx_kind pq_kind = {
	.name = "pq",
	.cap = DMA_PQ,
	.fits = pq_fits,
	.prepare = pq_prepare,
	.run = pq_run,
	.sample = pq_sample,
	.cpu = pq_counts,
};

static struct async_tx_kind pq_val_kind = {
	.name = "pq_val",
	.cap = IS_ENABLED(CONFIG_ASYNC_TX_DISABLE_PQ_VAL_DMA) ? DMA_TX_TYPE_END :
								 DMA_PQ_VAL,
	.fits = pq_val_fits,
	.prepare = pq_val_prepare,
	.run = pq_val_run,
	.sample = pq_val_sample,
	.cpu = pq_val_counts,
};

/* --- the API --- */

static void pq_describe(struct async_tx_op *op, struct page **blocks,
			unsigned int *offs, int disks)
{
	int i;

	op->arg.disks = disks;
	for (i = 0; i < disks - 2; i++)
		if (blocks[i])
			raid6_add_src(op, i, raid6_gfexp[i], blocks, offs);
	op->arg.nr_data = op->nr_srcs;
}

/*
 * What P and Q hold is added to the syndrome as further sources: P counts once
 * for P and not for Q.  Q counts once for Q and, as it is there twice, not for
 * P.
 */
static void pq_describe_old(struct async_tx_op *op, struct page **blocks,
			    unsigned int *offs, int disks)
{
	if (blocks[disks - 2])
		raid6_add_src(op, disks - 2, 0, blocks, offs);
	if (blocks[disks - 1])
		raid6_add_src(op, disks - 1, 1, blocks, offs);
	if (blocks[disks - 1] && blocks[disks - 2])
		raid6_add_src(op, disks - 1, 0, blocks, offs);
}

/* Any case: with a parent, on an engine, not aligned. */
static noinline struct dma_async_tx_descriptor *
gen_syndrome(struct page **blocks, unsigned int *offs, int disks, size_t len,
	     struct async_submit_ctl *submit)
{
	bool add = submit->flags & ASYNC_TX_PQ_XOR_DST;

	if (!async_tx_on_cpu(submit)) {
		struct async_tx_op *op;

		op = async_tx_describe(&pq_kind, submit, disks + 3, disks - 2, len);
		if (op) {
			pq_describe(op, blocks, offs, disks);
			if (add)
				pq_describe_old(op, blocks, offs, disks);
			raid6_add_dst(op, disks - 2, blocks, offs);
			raid6_add_dst(op, disks - 1, blocks, offs);
			return async_tx_op_submit(op, submit);
		}
		raid6_settle(blocks, offs, disks, len, disks - 2, disks - 1);
	}

	pq_now(blocks, offs, disks, len, add);
	return async_tx_ran(pq_counts, len, disks - 2, submit);
}

/**
 * async_gen_syndrome - compute the P and Q of an array
 * @blocks: @disks pages: the data blocks, of which those that are NULL are
 *	blocks of zeros; then P and Q, of which one may be NULL if it is not
 *	wanted
 * @offsets: where the blocks begin in their pages; NULL: at 0, all
 * @disks: number of blocks, P and Q included, wanted or not: 3 to 255
 * @len: bytes of each block
 * @submit: flags, parent and callback
 *
 * Flags: ASYNC_TX_ACK, ASYNC_TX_FENCE, and ASYNC_TX_PQ_XOR_DST: the syndrome of
 * the data given is added to what P and Q hold.
 *
 * The arrays are not changed, and are not needed after the call.
 *
 * Context: any but hard interrupt; does not sleep.
 * Return: NULL if the result is there, else a handle.
 */
struct dma_async_tx_descriptor *
async_gen_syndrome(struct page **blocks, unsigned int *offsets, int disks,
		   size_t len, struct async_submit_ctl *submit)
{
	if (unlikely(disks < 3 || disks > ASYNC_TX_MAX_DISKS ||
		     (!blocks[disks - 2] && !blocks[disks - 1])))
		return async_tx_refuse(submit, "syndrome of too few or too many disks");

	if (async_tx_on_cpu(submit) &&
	    pq_simd(blocks, offsets, disks, len, submit->flags & ASYNC_TX_PQ_XOR_DST,
		    submit->scribble))
		return async_tx_ran(pq_counts, len, disks - 2, submit);
	return gen_syndrome(blocks, offsets, disks, len, submit);
}
EXPORT_SYMBOL_GPL(async_gen_syndrome);

/**
 * async_syndrome_val - check the P and Q of an array
 * @blocks: as for async_gen_syndrome()
 * @offsets: as for async_gen_syndrome()
 * @disks: number of blocks, P and Q included: 4 to 255
 * @len: bytes of each block
 * @pqres: set to SUM_CHECK_P_RESULT if P is there and not right, and
 *	SUM_CHECK_Q_RESULT likewise, or 0; valid when the operation is complete
 * @spare: not used; a page in which the result could be computed
 * @s_off: not used
 * @submit: flags (ASYNC_TX_ACK, ASYNC_TX_FENCE), parent and callback
 *
 * The blocks and the arrays are not changed.
 *
 * Context: any but hard interrupt; does not sleep.
 * Return: NULL if the result is there, else a handle.
 */
struct dma_async_tx_descriptor *
async_syndrome_val(struct page **blocks, unsigned int *offsets, int disks,
		   size_t len, enum sum_check_flags *pqres, struct page *spare,
		   unsigned int s_off, struct async_submit_ctl *submit)
{
	if (unlikely(disks < 4 || disks > ASYNC_TX_MAX_DISKS || !pqres))
		return async_tx_refuse(submit, "validation of too few or too many disks");

	if (!async_tx_on_cpu(submit)) {
		struct async_tx_op *op;

		op = async_tx_describe(&pq_val_kind, submit, disks, disks, len);
		if (op) {
			pq_describe(op, blocks, offsets, disks);
			if (blocks[disks - 2])
				raid6_add_src(op, disks - 2, 0, blocks, offsets);
			if (blocks[disks - 1])
				raid6_add_src(op, disks - 1, 0, blocks, offsets);
			op->result = pqres;
			return async_tx_op_submit(op, submit);
		}
		raid6_settle(blocks, offsets, disks, len, -1, -1);
	}

	*pqres = pq_val_now(blocks, offsets, disks, len);
	return async_tx_ran(pq_val_counts, len, disks, submit);
}
EXPORT_SYMBOL_GPL(async_syndrome_val);

static int __init async_pq_init(void)
{
	int err = async_tx_kind_register(&pq_kind);

	if (err)
		return err;
	err = async_tx_kind_register(&pq_val_kind);
	if (err)
		async_tx_kind_unregister(&pq_kind);
	return err;
}
module_init(async_pq_init);

static void __exit async_pq_exit(void)
{
	async_tx_kind_unregister(&pq_val_kind);
	async_tx_kind_unregister(&pq_kind);
}
module_exit(async_pq_exit);

MODULE_DESCRIPTION("Asynchronous RAID-6 syndromes and their validation");
MODULE_LICENSE("GPL");
