// SPDX-License-Identifier: GPL-2.0-only
/*
 * RAID-6 recovery of two blocks
 *
 * With x < y the data blocks that are lost, Pxy and Qxy the syndromes of the
 * data that is left, A = 1 / (1 + g^(y-x)) and B = 1 / (g^x + g^y) (see H. Peter
 * Anvin, "The mathematics of RAID-6", section 4)::
 *
 *   Dy = A (P + Pxy) + B (Q + Qxy)        Dx = (P + Pxy) + Dy
 *
 * Multiplied out, Dy is one sum of products over that data, P and Q, which is
 * what an engine computes as a Q with factors of our choice; and Dx is a sum,
 * which is a P.  The same holds for a lost data block x together with P::
 *
 *   Dx = g^-x (Q + Qx)                    P = Px + Dx
 *
 * So on an engine a recovery has two parts, writes nothing but its two results,
 * reads none of them before it is complete, and needs no memory besides.  The
 * last source of the first part is Q; in the second, what was just recovered
 * takes its place.
 */
#include <linux/bitops.h>
#include <linux/dma-mapping.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/module.h>

#include "raid6.h"

static DEFINE_ASYNC_TX_COUNTS(datap_counts);
static DEFINE_ASYNC_TX_COUNTS(data2_counts);

/* g^(a-b), for a and b from 0 to 254. */
static u8 g_quotient(int a, int b)
{
	return raid6_gfexp[a >= b ? a - b : a - b + 255];
}

/**
 * struct recovery - what is lost, and how to get it back
 * @disks: blocks of the array, P and Q included
 * @first: computed as a sum of products
 * @second: computed as a sum afterwards
 * @use_p: P is there
 */
struct recovery {
	int disks;
	int first;
	int second;
	bool use_p;
};

/* Of the blocks x < y, where y may be P. */
static struct recovery recovery(int disks, int x, int y)
{
	if (y == disks - 2)
		return (struct recovery) { .disks = disks, .first = x, .second = y };
	return (struct recovery) {
		.disks = disks, .first = y, .second = x, .use_p = true,
	};
}

/* The factors of P and of Q in the sum of products. */
static void recovery_factors(const struct recovery *r, u8 *p, u8 *q)
{
	int x = r->second, y = r->first;

	if (r->use_p) {
		*p = raid6_gfexi[y - x];
		*q = raid6_gfinv[raid6_gfexp[x] ^ raid6_gfexp[y]];
	} else {
		*p = 0;
		*q = g_quotient(0, y);
	}
}

/* That of a data block that is left, from these two. */
static u8 recovery_coef(u8 p, u8 q, int disk)
{
	return p ^ raid6_gfmul[q][raid6_gfexp[disk]];
}

/* --- on the CPU --- */

/* From byte @from on: what the library cannot do. */
static noinline void recover_bytes(const struct recovery *r,
				   const struct raid6_piece *piece, size_t from)
{
	u8 *first = piece->ptrs[r->first], *second = piece->ptrs[r->second];
	u8 *p = piece->ptrs[r->disks - 2], *q = piece->ptrs[r->disks - 1];
	u8 p_coef, q_coef;
	size_t i;
	int z;

	recovery_factors(r, &p_coef, &q_coef);
	for (i = from; i < piece->len; i++) {
		u8 product = raid6_gfmul[q_coef][q[i]];
		u8 sum = 0;

		if (r->use_p) {
			product ^= raid6_gfmul[p_coef][p[i]];
			sum = p[i];
		}
		for (z = 0; z < r->disks - 2; z++) {
			u8 d = ((u8 *)piece->ptrs[z])[i];

			if (z == r->first || z == r->second)
				continue;
			product ^= raid6_gfmul[recovery_coef(p_coef, q_coef, z)][d];
			sum ^= d;
		}
		first[i] = product;
		second[i] = sum ^ product;
	}
}

static void recover_piece(const struct recovery *r, const struct raid6_piece *piece)
{
	size_t done = raid6_piece_simd(piece);

	if (likely(done) && r->use_p)
		raid6_2data_recov(r->disks, done, r->second, r->first, piece->ptrs);
	else if (likely(done))
		raid6_datap_recov(r->disks, done, r->first, piece->ptrs);
	if (unlikely(done < piece->len))
		recover_bytes(r, piece, done);
}

static void recover_run(struct async_tx_op *op)
{
	struct recovery r = recovery(op->arg.disks, op->arg.faila, op->arg.failb);
	struct async_tx_work *work = async_tx_work_get();
	struct raid6_piece piece = { .ptrs = work->ptrs, .disks = r.disks };
	size_t done;

	for (done = 0; done < op->len; done += piece.len) {
		piece.len = min_t(size_t, op->len - done, PAGE_SIZE);
		raid6_piece_init_op(&piece, op, done);
		recover_piece(&r, &piece);
	}
	async_tx_work_put();
}

/*
 * Whether there are two blocks to recover, x < y, of which the second is P if
 * that is lost.  As unsigned numbers, those below 0 are too large as well.
 */
static __always_inline bool recover_valid(unsigned int disks, unsigned int x,
					  unsigned int y, bool p_lost)
{
	unsigned int data = disks - 2;

	if (unlikely(data > ASYNC_TX_MAX_DISKS - 2 || y >= data + p_lost))
		return false;
	return likely(x < y);
}

/* Whether a block is not there that has to be. */
static bool recover_lacks(int disks, int x, int y, struct page **blocks)
{
	return !blocks[x] || !blocks[y] || !blocks[disks - 2] || !blocks[disks - 1];
}

/* The usual case: on the CPU, all is valid, there, aligned and fits. */
static __always_inline bool recover_simd(int disks, size_t len, int x, int y,
					 bool p_lost, struct page **blocks,
					 unsigned int *offs,
					 const struct async_submit_ctl *submit)
{
	struct raid6_piece piece = { .ptrs = submit->scribble, .disks = disks };

	if (unlikely(!async_tx_on_cpu(submit)) ||
	    unlikely(!recover_valid(disks, x, y, p_lost)) || unlikely(!piece.ptrs))
		return false;
	/* From one block to a page of them: also none if it is no whole number. */
	if (unlikely(ror64(len, ilog2(ASYNC_TX_SIMD_BLOCK)) - 1 >=
		     PAGE_SIZE / ASYNC_TX_SIMD_BLOCK))
		return false;
	raid6_piece_init(&piece, blocks, offs, 0, false);
	if (unlikely(piece.addrs % ASYNC_TX_SIMD_ALIGN ||
		     (piece.holes && recover_lacks(disks, x, y, blocks))))
		return false;
	if (p_lost)
		raid6_datap_recov(disks, len, x, piece.ptrs);
	else
		raid6_2data_recov(disks, len, x, y, piece.ptrs);
	return true;
}

static void recover_now(const struct recovery *r, struct page **blocks,
			unsigned int *offs, size_t len)
{
	struct async_tx_work *work = async_tx_work_get();
	struct raid6_piece piece = { .ptrs = work->ptrs, .disks = r->disks };
	size_t done;

	for (done = 0; done < len; done += piece.len) {
		piece.len = min_t(size_t, len - done, PAGE_SIZE);
		raid6_piece_init(&piece, blocks, offs, done, false);
		recover_piece(r, &piece);
	}
	async_tx_work_put();
}

/* --- on an engine --- */

static bool recover_fits(const struct async_tx_op *op, struct dma_device *dma)
{
	return raid6_srcs_fit(dma, op->nr_srcs, DMA_PREP_PQ_DISABLE_P) &&
	       raid6_srcs_fit(dma, op->nr_srcs, DMA_PREP_PQ_DISABLE_Q) &&
	       raid6_op_aligned(op, dma);
}

/*
 * Steps from 0 on are sources of the first part, those from nr_srcs on of the
 * second.
 */
static struct dma_async_tx_descriptor *
recover_prepare(struct async_tx_op *op, struct dma_chan *chan, unsigned long flags)
{
	bool second = op->step >= op->nr_srcs;
	int from = second ? op->step - op->nr_srcs : op->step;
	dma_addr_t *dst = &op->dma[op->nr_srcs], *last = dst - 1;
	dma_addr_t pq[2] = { dst[second], dst[second] };
	struct dma_device *dma = chan->device;
	struct dma_async_tx_descriptor *desc;
	dma_addr_t q = *last;
	int nr;

	flags |= second ? DMA_PREP_PQ_DISABLE_Q : DMA_PREP_PQ_DISABLE_P;
	if (from)
		flags |= DMA_PREP_CONTINUE;
	nr = min(op->nr_srcs - from, dma_maxpq(dma, flags));
	op->next = op->step + nr < 2 * op->nr_srcs ? op->step + nr : 0;
	if (op->next)
		flags |= DMA_PREP_FENCE;

	if (second)
		*last = dst[0];
	desc = dma->device_prep_dma_pq(chan, pq, &op->dma[from], nr, &op->coef[from],
				       op->len, flags);
	*last = q;
	return desc;
}

static struct dma_async_tx_descriptor *
data2_sample(struct page **src, struct page **dst, size_t len,
	     struct async_submit_ctl *submit)
{
	struct page *blocks[] = { dst[0], dst[1], src[0], src[1], src[2], src[3] };

	return async_raid6_2data_recov(ARRAY_SIZE(blocks), len, 0, 1, blocks, NULL, submit);
}

static struct dma_async_tx_descriptor *
datap_sample(struct page **src, struct page **dst, size_t len,
	     struct async_submit_ctl *submit)
{
	struct page *blocks[] = { dst[0], src[0], src[1], src[2], dst[1], src[3] };

	return async_raid6_datap_recov(ARRAY_SIZE(blocks), len, 0, blocks, NULL, submit);
}

static struct async_tx_kind data2_kind = {
	.name = "2data",
	.cap = DMA_PQ,
	.fits = recover_fits,
	.prepare = recover_prepare,
	.run = recover_run,
	.sample = data2_sample,
	.cpu = data2_counts,
};

static struct async_tx_kind datap_kind = {
	.name = "datap",
	.cap = DMA_PQ,
	.fits = recover_fits,
	.prepare = recover_prepare,
	.run = recover_run,
	.sample = datap_sample,
	.cpu = datap_counts,
};

/* --- the API --- */

static void recover_describe(struct async_tx_op *op, const struct recovery *r,
			     struct page **blocks, unsigned int *offs)
{
	u8 p_coef, q_coef;
	int i;

	recovery_factors(r, &p_coef, &q_coef);
	for (i = 0; i < r->disks - 2; i++)
		if (blocks[i] && i != r->first && i != r->second)
			raid6_add_src(op, i, recovery_coef(p_coef, q_coef, i), blocks, offs);
	if (r->use_p)
		raid6_add_src(op, r->disks - 2, p_coef, blocks, offs);
	raid6_add_src(op, r->disks - 1, q_coef, blocks, offs);
	raid6_add_dst(op, r->first, blocks, offs);
	raid6_add_dst(op, r->second, blocks, offs);
}

/* Any case: with a parent, on an engine, not aligned, not valid. */
static noinline struct dma_async_tx_descriptor *
recover(const struct async_tx_kind *kind, int disks, int x, int y,
	struct page **blocks, unsigned int *offs, size_t len,
	struct async_submit_ctl *submit)
{
	struct recovery r;

	if (unlikely(!recover_valid(disks, x, y, kind == &datap_kind) ||
		     recover_lacks(disks, x, y, blocks)))
		return async_tx_refuse(submit, "recovery of blocks that it is not for");

	r = recovery(disks, x, y);
	if (!async_tx_on_cpu(submit)) {
		struct async_tx_op *op;

		op = async_tx_describe(kind, submit, disks, disks - 2, len);
		if (op) {
			op->arg.disks = disks;
			op->arg.faila = x;
			op->arg.failb = y;
			recover_describe(op, &r, blocks, offs);
			return async_tx_op_submit(op, submit);
		}
		raid6_settle(blocks, offs, disks, len, r.first, r.second);
	}

	recover_now(&r, blocks, offs, len);
	return async_tx_ran(kind->cpu, len, disks - 2, submit);
}

/**
 * async_raid6_2data_recov - recover two data blocks of an array
 * @disks: number of blocks, P and Q included: 4 to 255
 * @bytes: bytes of each block
 * @faila: index of a data block that is lost
 * @failb: index of the other one
 * @blocks: @disks pages: the data blocks, of which those that are NULL are
 *	blocks of zeros; then P and Q.  Those at @faila and @failb are written
 * @offs: where the blocks begin in their pages; NULL: at 0, all
 * @submit: flags (ASYNC_TX_ACK, ASYNC_TX_FENCE), parent and callback
 *
 * The arrays are not changed, and are not needed after the call.
 *
 * Context: any but hard interrupt; does not sleep.
 * Return: NULL if the blocks are recovered, else a handle.
 */
struct dma_async_tx_descriptor *
async_raid6_2data_recov(int disks, size_t bytes, int faila, int failb,
			struct page **blocks, unsigned int *offs,
			struct async_submit_ctl *submit)
{
	if (recover_simd(disks, bytes, faila, failb, false, blocks, offs, submit))
		return async_tx_ran(data2_counts, bytes, disks - 2, submit);
	return recover(&data2_kind, disks, min(faila, failb), max(faila, failb), blocks,
		       offs, bytes, submit);
}
EXPORT_SYMBOL_GPL(async_raid6_2data_recov);

/**
 * async_raid6_datap_recov - recover a data block and P of an array
 * @disks: number of blocks, P and Q included: 3 to 255
 * @bytes: bytes of each block
 * @faila: index of the data block that is lost
 * @blocks: @disks pages: the data blocks, of which those that are NULL are
 *	blocks of zeros; then P and Q.  P and that at @faila are written
 * @offs: where the blocks begin in their pages; NULL: at 0, all
 * @submit: flags (ASYNC_TX_ACK, ASYNC_TX_FENCE), parent and callback
 *
 * The arrays are not changed, and are not needed after the call.
 *
 * Context: any but hard interrupt; does not sleep.
 * Return: NULL if the blocks are recovered, else a handle.
 */
struct dma_async_tx_descriptor *
async_raid6_datap_recov(int disks, size_t bytes, int faila,
			struct page **blocks, unsigned int *offs,
			struct async_submit_ctl *submit)
{
	int p = disks - 2;

	if (recover_simd(disks, bytes, faila, p, true, blocks, offs, submit))
		return async_tx_ran(datap_counts, bytes, disks - 2, submit);
	return recover(&datap_kind, disks, faila, p, blocks, offs, bytes, submit);
}
EXPORT_SYMBOL_GPL(async_raid6_datap_recov);

static int __init async_raid6_recov_init(void)
{
	int err = async_tx_kind_register(&data2_kind);

	if (err)
		return err;
	err = async_tx_kind_register(&datap_kind);
	if (err)
		async_tx_kind_unregister(&data2_kind);
	return err;
}
module_init(async_raid6_recov_init);

static void __exit async_raid6_recov_exit(void)
{
	async_tx_kind_unregister(&datap_kind);
	async_tx_kind_unregister(&data2_kind);
}
module_exit(async_raid6_recov_exit);

MODULE_DESCRIPTION("Asynchronous RAID-6 recovery");
MODULE_LICENSE("GPL");
