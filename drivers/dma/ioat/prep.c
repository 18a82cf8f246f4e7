// SPDX-License-Identifier: GPL-2.0-only
/*
 * Intel I/OAT: preparing and submitting operations
 *
 * Preparing takes a descriptor and reserves slots; they are given out and written when
 * it is submitted, so that the ring is in the order of cookies whoever prepared first.
 */
#include <linux/bitfield.h>
#include <linux/cleanup.h>
#include <linux/math.h>
#include <linux/string.h>

#include "ioat.h"

/* An operation on its way into a descriptor */
struct ioat_op {
	u8 op;
	u8 nr_srcs;
	u8 stride;
	bool tail;
	bool sed;
	u32 ctl;
	size_t len;
	unsigned long flags;
};

/* --- descriptors --- */

/**
 * ioat_free_sed - the device does not read an operation any more
 * @ic: the channel
 * @desc: the operation
 *
 * Context: any but NMI.
 */
void ioat_free_sed(struct ioat_chan *ic, struct ioat_desc *desc)
{
	if (desc->sed)
		dma_pool_free(ic->dev->sed_pool, desc->sed, desc->sed_dma);
	desc->sed = NULL;
}

/*
 * Two slots stay free.  A full ring is not an empty one; and the status that told the end
 * of what is complete may name the slot before the last of that, which must not look like
 * one of those to come.
 */
static bool ioat_has_room(struct ioat_chan *ic, unsigned int slots)
{
	return ioat_distance(ic, ic->tail, ic->head) + ic->reserved + slots < ic->mask;
}

/* With @sed also what its extended descriptors are written to. */
static struct ioat_desc *ioat_desc_take(struct ioat_chan *ic, unsigned int slots, bool sed)
{
	struct ioat_desc *desc;
	struct m2m_desc *md;

	/* The lock keeps the device from leaving, and its pool with it. */
	guard(spinlock_irqsave)(&ic->mc.lock);
	if (ic->state == IOAT_CHAN_DEAD || !ioat_has_room(ic, slots))
		return NULL;
	md = m2m_desc_get(&ic->mc);
	if (!md)
		return NULL;
	desc = to_ioat_desc(&md->tx);
	if (sed) {
		desc->sed = dma_pool_alloc(ic->dev->sed_pool, GFP_NOWAIT | __GFP_NOWARN,
					   &desc->sed_dma);
		if (!desc->sed) {
			m2m_desc_put(&ic->mc, md);
			return NULL;
		}
	}
	desc->slots = slots;
	ic->reserved += slots;
	return desc;
}

/* Inlined, so that of what an operation does not have nothing is left. */
static __always_inline struct ioat_desc *ioat_desc_get(struct dma_chan *chan,
						       const struct ioat_op *op)
{
	struct ioat_chan *ic = to_ioat_chan(chan);
	size_t pieces = ((op->len - 1) >> ic->dev->xfercap) + 1;
	struct ioat_desc *desc;

	if (!op->len || pieces > ic->mask || (op->sed && pieces > IOAT_SED_PIECES))
		return NULL;
	desc = ioat_desc_take(ic, pieces * op->stride + op->tail, op->sed);
	if (!desc)
		return NULL;

	desc->op = op->op;
	desc->nr_srcs = op->nr_srcs;
	desc->stride = op->stride;
	desc->tail = op->tail;
	desc->pieces = pieces;
	desc->len = op->len;
	desc->result = NULL;
	desc->flags = op->ctl | FIELD_PREP(IOAT_CTL_OP, op->op);
	if (op->flags & DMA_PREP_INTERRUPT)
		desc->flags |= IOAT_CTL_INT;
	if (op->flags & DMA_PREP_FENCE)
		desc->flags |= IOAT_CTL_FENCE;

	m2m_desc_reset(&desc->md, op->flags);
	return desc;
}

/**
 * ioat_tx_submit - dmaengine's tx_submit
 * @tx: the descriptor
 *
 * What comes after the device has left is aborted.
 *
 * Context: any but NMI.
 * Return: its cookie, or -EINVAL for one that is not freshly prepared.
 */
dma_cookie_t ioat_tx_submit(struct dma_async_tx_descriptor *tx)
{
	struct ioat_chan *ic = to_ioat_chan(tx->chan);
	struct ioat_desc *desc = to_ioat_desc(tx);
	dma_cookie_t cookie;

	guard(spinlock_irqsave)(&ic->mc.lock);
	cookie = m2m_submit(&ic->mc, &desc->md, &ic->queued);
	if (cookie < 0)
		return cookie;
	ic->reserved -= desc->slots;
	/* What the device may have for ever is not over, nor is what comes behind it. */
	if (ic->state == IOAT_CHAN_DEAD &&
	    (!ic->stuck || list_is_first(&desc->md.node, &ic->queued))) {
		desc->md.result.result = DMA_TRANS_ABORTED;
		ioat_finish(ic, desc);
		tasklet_schedule(&ic->clean);
		return cookie;
	}
	ioat_ring_write(ic, desc);
	if (ioat_distance(ic, ic->issued, ic->head) > ioat_pending_level)
		ioat_ring_doorbell(ic);
	return cookie;
}

/* --- copies, fills, and nothing --- */

static struct dma_async_tx_descriptor *
ioat_prep_memcpy(struct dma_chan *chan, dma_addr_t dst, dma_addr_t src, size_t len,
		 unsigned long flags)
{
	struct ioat_desc *desc = ioat_desc_get(chan, &(struct ioat_op){
		.op = IOAT_OP_COPY, .nr_srcs = 1, .stride = 1, .len = len, .flags = flags });

	if (!desc)
		return NULL;
	desc->dst[0] = dst;
	desc->src[0] = src;
	return &desc->md.tx;
}

static struct dma_async_tx_descriptor *
ioat_prep_memset(struct dma_chan *chan, dma_addr_t dst, int value, size_t len,
		 unsigned long flags)
{
	struct ioat_desc *desc = ioat_desc_get(chan, &(struct ioat_op){
		.op = IOAT_OP_FILL, .stride = 1, .len = len, .flags = flags });

	if (!desc)
		return NULL;
	desc->dst[0] = dst;
	memset(&desc->src[0], value, sizeof(desc->src[0]));
	return &desc->md.tx;
}

static struct dma_async_tx_descriptor *
ioat_prep_interrupt(struct dma_chan *chan, unsigned long flags)
{
	struct ioat_desc *desc = ioat_desc_get(chan, &(struct ioat_op){
		.op = IOAT_OP_COPY, .stride = 1, .len = 1, .ctl = IOAT_CTL_NULL,
		.flags = flags | DMA_PREP_INTERRUPT });

	if (!desc)
		return NULL;
	desc->dst[0] = 0;
	desc->src[0] = 0;
	return &desc->md.tx;
}

/* --- XOR --- */

static struct dma_async_tx_descriptor *
ioat_make_xor(struct dma_chan *chan, u8 op, dma_addr_t dst, dma_addr_t *src, unsigned int nr,
	      size_t len, enum sum_check_flags *result, unsigned long flags)
{
	struct ioat_desc *desc;

	if (nr < 2 || nr > IOAT_XOR_MAX)
		return NULL;
	/*
	 * The completion that the RAID unit writes may overtake one of the unit for
	 * copies: a null descriptor, which is of the latter, keeps the order.
	 */
	desc = ioat_desc_get(chan, &(struct ioat_op){
		.op = op, .nr_srcs = nr, .stride = 1 + (nr > IOAT_XOR_NEAR), .tail = true,
		.ctl = FIELD_PREP(IOAT_CTL_SRCS, nr - 2), .len = len, .flags = flags });
	if (!desc)
		return NULL;
	desc->dst[0] = dst;
	memcpy(desc->src, src, nr * sizeof(*src));
	desc->result = result;
	return &desc->md.tx;
}

static struct dma_async_tx_descriptor *
ioat_prep_xor(struct dma_chan *chan, dma_addr_t dst, dma_addr_t *src, unsigned int nr,
	      size_t len, unsigned long flags)
{
	return ioat_make_xor(chan, IOAT_OP_XOR, dst, src, nr, len, NULL, flags);
}

/* The device compares the sum of all but one with that one. */
static struct dma_async_tx_descriptor *
ioat_prep_xor_val(struct dma_chan *chan, dma_addr_t *src, unsigned int nr, size_t len,
		  enum sum_check_flags *result, unsigned long flags)
{
	return nr < 3 ? NULL : ioat_make_xor(chan, IOAT_OP_XOR_VAL, src[0], src + 1, nr - 1, len,
					     result, flags);
}

/* --- P+Q --- */

/* The sources of a P+Q, among them what it goes on from */
struct ioat_pq_srcs {
	unsigned int nr;
	dma_addr_t addr[IOAT_MAX_SRCS];
	u8 coef[IOAT_MAX_SRCS];
};

static bool ioat_pq_add(struct ioat_pq_srcs *srcs, dma_addr_t addr, u8 coef)
{
	if (srcs->nr == IOAT_MAX_SRCS)
		return false;
	srcs->addr[srcs->nr] = addr;
	srcs->coef[srcs->nr++] = coef;
	return true;
}

static bool ioat_pq_srcs(struct ioat_pq_srcs *srcs, const dma_addr_t *dst, const dma_addr_t *src,
			 unsigned int nr, const unsigned char *coef, unsigned long flags)
{
	unsigned int i;

	srcs->nr = 0;
	for (i = 0; i < nr; i++)
		if (!ioat_pq_add(srcs, src[i], coef ? coef[i] : 0))
			return false;
	/* The old sums, such that they are added to what each of them is to be. */
	if (dmaf_p_disabled_continue(flags)) {
		if (!ioat_pq_add(srcs, dst[1], 1))
			return false;
	} else if (dmaf_continue(flags)) {
		if (!ioat_pq_add(srcs, dst[0], 0) || !ioat_pq_add(srcs, dst[1], 1) ||
		    !ioat_pq_add(srcs, dst[1], 0))
			return false;
	}
	/* Two at least: one that adds nothing to Q does no harm, but to P. */
	if (srcs->nr == 1)
		return (flags & DMA_PREP_PQ_DISABLE_P) && ioat_pq_add(srcs, srcs->addr[0], 0);
	return srcs->nr;
}

static struct dma_async_tx_descriptor *
ioat_make_pq(struct dma_chan *chan, dma_addr_t *dst, dma_addr_t *src, unsigned int nr,
	     const unsigned char *coef, size_t len, enum sum_check_flags *result,
	     unsigned long flags)
{
	struct ioat_dev *id = to_ioat_dev(chan->device);
	/* The address of a sum that is not wanted has to be valid nevertheless. */
	const dma_addr_t sums[2] = {
		flags & DMA_PREP_PQ_DISABLE_P ? dst[1] : dst[0],
		flags & DMA_PREP_PQ_DISABLE_Q ? dst[0] : dst[1],
	};
	struct ioat_op op = { .stride = 1, .len = len, .flags = flags };
	struct ioat_pq_srcs srcs;
	struct ioat_desc *desc;

	if (!ioat_pq_srcs(&srcs, sums, src, nr, coef, flags))
		return NULL;
	op.nr_srcs = srcs.nr;
	if (srcs.nr >= IOAT_PQ16_MIN) {
		if (!(id->cap & IOAT_CAP_RAID16SS))
			return NULL;
		op.op = result ? IOAT_OP_PQ_VAL_16S : IOAT_OP_PQ_16S;
		op.ctl = FIELD_PREP(IOAT_CTL_SRCS, srcs.nr - IOAT_PQ16_MIN);
		op.sed = true;
	} else {
		op.op = result ? IOAT_OP_PQ_VAL : IOAT_OP_PQ;
		op.ctl = FIELD_PREP(IOAT_CTL_SRCS, srcs.nr - 2);
		op.stride = 1 + (srcs.nr > IOAT_PQ_NEAR);
	}
	/* As with XOR; later versions keep the order of P+Q themselves. */
	op.tail = id->version < IOAT_VER_3_3;
	if (result && (id->cap & IOAT_CAP_DWBES))
		op.ctl |= IOAT_CTL_WRITE_BACK;
	if (flags & DMA_PREP_PQ_DISABLE_P)
		op.ctl |= IOAT_CTL_NO_P;
	if (flags & DMA_PREP_PQ_DISABLE_Q)
		op.ctl |= IOAT_CTL_NO_Q;

	desc = ioat_desc_get(chan, &op);
	if (!desc)
		return NULL;
	memcpy(desc->dst, sums, sizeof(sums));
	memcpy(desc->src, srcs.addr, srcs.nr * sizeof(*srcs.addr));
	memcpy(desc->coef, srcs.coef, sizeof(desc->coef));
	desc->result = result;
	return &desc->md.tx;
}

static struct dma_async_tx_descriptor *
ioat_prep_pq(struct dma_chan *chan, dma_addr_t *dst, dma_addr_t *src, unsigned int nr,
	     const unsigned char *coef, size_t len, unsigned long flags)
{
	return ioat_make_pq(chan, dst, src, nr, coef, len, NULL, flags);
}

static struct dma_async_tx_descriptor *
ioat_prep_pq_val(struct dma_chan *chan, dma_addr_t *pq, dma_addr_t *src, unsigned int nr,
		 const unsigned char *coef, size_t len, enum sum_check_flags *result,
		 unsigned long flags)
{
	return ioat_make_pq(chan, pq, src, nr, coef, len, result, flags);
}

/* A device without XOR that has P+Q: the P of it. */
static struct dma_async_tx_descriptor *
ioat_prep_pq_xor(struct dma_chan *chan, dma_addr_t dst, dma_addr_t *src, unsigned int nr,
		 size_t len, unsigned long flags)
{
	dma_addr_t pq[2] = { dst, dst };

	return nr < 2 ? NULL : ioat_make_pq(chan, pq, src, nr, NULL, len, NULL,
					    flags | DMA_PREP_PQ_DISABLE_Q);
}

static struct dma_async_tx_descriptor *
ioat_prep_pq_xor_val(struct dma_chan *chan, dma_addr_t *src, unsigned int nr, size_t len,
		     enum sum_check_flags *result, unsigned long flags)
{
	dma_addr_t pq[2] = { src[0], src[0] };

	return nr < 3 ? NULL : ioat_make_pq(chan, pq, src + 1, nr - 1, NULL, len, result,
					    flags | DMA_PREP_PQ_DISABLE_Q);
}

/**
 * ioat_set_prep - what the device can do
 * @id: the device, with &ioat_dev.cap
 */
void ioat_set_prep(struct ioat_dev *id)
{
	struct dma_device *dma = &id->dma;
	bool many = id->cap & IOAT_CAP_RAID16SS;

	dma_cap_set(DMA_MEMCPY, dma->cap_mask);
	dma->device_prep_dma_memcpy = ioat_prep_memcpy;
	dma_cap_set(DMA_INTERRUPT, dma->cap_mask);
	dma->device_prep_dma_interrupt = ioat_prep_interrupt;
	if (id->cap & IOAT_CAP_FILL) {
		dma_cap_set(DMA_MEMSET, dma->cap_mask);
		dma->device_prep_dma_memset = ioat_prep_memset;
	}
	if (id->cap & IOAT_CAP_PQ) {
		dma_cap_set(DMA_PQ, dma->cap_mask);
		dma_cap_set(DMA_PQ_VAL, dma->cap_mask);
		dma->device_prep_dma_pq = ioat_prep_pq;
		dma->device_prep_dma_pq_val = ioat_prep_pq_val;
		dma_set_maxpq(dma, many ? IOAT_PQ16_MAX : IOAT_PQ_MAX, 0);
		dma->max_xor = many ? IOAT_PQ16_MAX : IOAT_PQ_MAX;
		dma->device_prep_dma_xor = ioat_prep_pq_xor;
		dma->device_prep_dma_xor_val = ioat_prep_pq_xor_val;
	}
	if (id->cap & IOAT_CAP_XOR) {
		dma->max_xor = IOAT_XOR_MAX;
		dma->device_prep_dma_xor = ioat_prep_xor;
		dma->device_prep_dma_xor_val = ioat_prep_xor_val;
	}
	if (id->cap & (IOAT_CAP_XOR | IOAT_CAP_PQ)) {
		dma_cap_set(DMA_XOR, dma->cap_mask);
		dma_cap_set(DMA_XOR_VAL, dma->cap_mask);
	}
}
