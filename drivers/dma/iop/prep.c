// SPDX-License-Identifier: GPL-2.0-only
/*
 * Engines of the Intel I/O processors: preparing and submitting operations
 *
 * Preparing takes a descriptor and reserves slots; they are given out and written when
 * it is submitted, so that the chain is in the order of cookies whoever prepared first.
 */
#include <linux/align.h>
#include <linux/cleanup.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "iop.h"

/* --- descriptors --- */

/*
 * Two slots stay free, of which one is that at which the unit stands: see iop_chain_resume()
 * and iop_chain_forget().
 */
static bool iop_has_room(const struct iop_chan *ic, unsigned int slots)
{
	u16 floor = ic->fresh ? ic->keep : ic->tail;

	return iop_distance(ic, floor, ic->head) + ic->reserved + slots < ic->mask;
}

static struct iop_desc *iop_desc_take(struct iop_chan *ic, unsigned int slots)
{
	struct m2m_desc *md;

	guard(spinlock_irqsave)(&ic->mc.lock);
	if (ic->state == IOP_CHAN_DEAD || !iop_has_room(ic, slots))
		return NULL;
	md = m2m_desc_get(&ic->mc);
	if (!md)
		return NULL;
	ic->reserved += slots;
	return to_iop_desc(&md->tx);
}

/* An operation of pieces of @piece bytes at most, each of so many hardware descriptors */
static struct iop_desc *iop_desc_get(struct dma_chan *chan, enum iop_op op, size_t len, u32 piece,
				     unsigned int steps, unsigned long flags)
{
	size_t pieces = DIV_ROUND_UP(len, piece);
	struct iop_chan *ic = to_iop_chan(chan);
	struct iop_desc *desc;

	if (!pieces || pieces > ic->mask)
		return NULL;
	desc = iop_desc_take(ic, pieces * steps);
	if (!desc)
		return NULL;

	desc->op = op;
	desc->value = 0;
	desc->nr_srcs = 0;
	desc->no_p = flags & DMA_PREP_PQ_DISABLE_P;
	desc->no_q = flags & DMA_PREP_PQ_DISABLE_Q;
	desc->steps = steps;
	desc->slots = pieces * steps;
	desc->piece = piece;
	desc->len = len;
	desc->dst[0] = 0;
	desc->dst[1] = 0;
	desc->result = NULL;
	m2m_desc_reset(&desc->md, flags);
	return desc;
}

static void iop_desc_add_src(struct iop_desc *desc, dma_addr_t addr, u8 coef)
{
	/* Coefficients are of P+Q, which has no more sources than there is room for. */
	if (desc->nr_srcs < ARRAY_SIZE(desc->coef))
		desc->coef[desc->nr_srcs] = coef;
	desc->src[desc->nr_srcs++] = addr;
}

/**
 * iop_tx_submit - the tx_submit of each descriptor
 * @tx: the descriptor
 *
 * Context: any but NMI.
 * Return: its cookie, or -EINVAL for one that is not freshly prepared.
 */
dma_cookie_t iop_tx_submit(struct dma_async_tx_descriptor *tx)
{
	struct iop_chan *ic = to_iop_chan(tx->chan);
	struct iop_desc *desc = to_iop_desc(tx);
	dma_cookie_t cookie;

	guard(spinlock_irqsave)(&ic->mc.lock);
	cookie = m2m_submit(&ic->mc, &desc->md, &ic->queued);
	if (cookie < 0)
		return cookie;
	ic->reserved -= desc->slots;
	/* What the unit may have for ever is not over, nor is what comes behind it. */
	if (ic->state == IOP_CHAN_DEAD &&
	    (!ic->stuck || list_is_first(&desc->md.node, &ic->queued))) {
		desc->md.result.result = DMA_TRANS_ABORTED;
		iop_finish(ic, desc);
		tasklet_schedule(&ic->clean);
		return cookie;
	}
	iop_chain_write(ic, desc);
	return cookie;
}

/* --- copies, fills, and nothing --- */

static struct dma_async_tx_descriptor *
iop_prep_memcpy(struct dma_chan *chan, dma_addr_t dst, dma_addr_t src, size_t len,
		unsigned long flags)
{
	struct iop_desc *desc = iop_desc_get(chan, IOP_COPY, len, IOP_MAX_COUNT, 1, flags);

	if (!desc)
		return NULL;
	desc->dst[0] = dst;
	iop_desc_add_src(desc, src, 0);
	return &desc->md.tx;
}

static struct dma_async_tx_descriptor *
iop_prep_memset(struct dma_chan *chan, dma_addr_t dst, int value, size_t len,
		unsigned long flags)
{
	struct iop_desc *desc = iop_desc_get(chan, IOP_FILL, len, IOP_MAX_COUNT, 1, flags);

	if (!desc)
		return NULL;
	desc->dst[0] = dst;
	desc->value = value;
	return &desc->md.tx;
}

static struct dma_async_tx_descriptor *
iop_prep_interrupt(struct dma_chan *chan, unsigned long flags)
{
	struct iop_desc *desc = iop_desc_get(chan, IOP_NULL, 1, 1, 1, flags | DMA_PREP_INTERRUPT);

	if (!desc)
		return NULL;
	/* One piece of nothing */
	desc->len = 0;
	iop_desc_add_src(desc, 0, 0);
	return &desc->md.tx;
}

/* --- XOR --- */

static struct dma_async_tx_descriptor *
iop_prep_xor(struct dma_chan *chan, dma_addr_t dst, dma_addr_t *src, unsigned int nr,
	     size_t len, unsigned long flags)
{
	struct iop_desc *desc;
	unsigned int i;

	if (!nr || nr > chan->device->max_xor)
		return NULL;
	desc = iop_desc_get(chan, IOP_XOR, len, IOP_MAX_COUNT, 1, flags);
	if (!desc)
		return NULL;
	desc->dst[0] = dst;
	for (i = 0; i < nr; i++)
		iop_desc_add_src(desc, src[i], 0);
	return &desc->md.tx;
}

static struct dma_async_tx_descriptor *
iop_prep_xor_val(struct dma_chan *chan, dma_addr_t *src, unsigned int nr, size_t len,
		 enum sum_check_flags *result, unsigned long flags)
{
	const struct iop_unit *unit = to_iop_dev(chan->device)->unit;
	struct iop_desc *desc;
	unsigned int i;

	if (nr < 2 || nr > chan->device->max_xor)
		return NULL;
	desc = iop_desc_get(chan, IOP_XOR_VAL, len, unit->max_check, 1, flags);
	if (!desc)
		return NULL;
	for (i = 0; i < nr; i++)
		iop_desc_add_src(desc, src[i], 0);
	desc->result = result;
	return &desc->md.tx;
}

/* --- P+Q --- */

/* What is there of them must be so aligned that they lie alike. */
static bool iop_pq_aligned(const dma_addr_t *dst, unsigned long flags)
{
	const unsigned int align = BIT(IOP_ADMA_PQ_ALIGN);

	return (flags & DMA_PREP_PQ_DISABLE_P || IS_ALIGNED(dst[0], align)) &&
	       (flags & DMA_PREP_PQ_DISABLE_Q || IS_ALIGNED(dst[1], align));
}

/* Sources that go on from the old sums, as each of them is to be added */
static unsigned int iop_pq_old(unsigned long flags)
{
	if (!dmaf_continue(flags))
		return 0;
	return flags & (DMA_PREP_PQ_DISABLE_P | DMA_PREP_PQ_DISABLE_Q) ? 1 : 3;
}

static void iop_pq_add_old(struct iop_desc *desc, unsigned int nr)
{
	if (nr == 1) {
		iop_desc_add_src(desc, desc->dst[desc->no_p], 1);
	} else if (nr) {
		iop_desc_add_src(desc, desc->dst[0], 0);
		iop_desc_add_src(desc, desc->dst[1], 1);
		iop_desc_add_src(desc, desc->dst[1], 0);
	}
}

static struct dma_async_tx_descriptor *
iop_prep_pq(struct dma_chan *chan, dma_addr_t *dst, dma_addr_t *src, unsigned int nr,
	    const unsigned char *coef, size_t len, unsigned long flags)
{
	/* The unit makes no P+Q without Q: that is an XOR. */
	bool no_q = flags & DMA_PREP_PQ_DISABLE_Q;
	unsigned int old = iop_pq_old(flags), i;
	struct iop_desc *desc;

	if (!nr || nr + old > IOP_MAX_PQ_SRCS || !iop_pq_aligned(dst, flags))
		return NULL;
	desc = iop_desc_get(chan, no_q ? IOP_XOR : IOP_PQ, len, IOP_MAX_COUNT, 1, flags);
	if (!desc)
		return NULL;
	for (i = 0; i < 2; i++)
		desc->dst[i] = dst[i];
	for (i = 0; i < nr; i++)
		iop_desc_add_src(desc, src[i], no_q ? 0 : coef[i]);
	iop_pq_add_old(desc, old);
	return &desc->md.tx;
}

static struct dma_async_tx_descriptor *
iop_prep_pq_val(struct dma_chan *chan, dma_addr_t *pq, dma_addr_t *src, unsigned int nr,
		const unsigned char *coef, size_t len, enum sum_check_flags *result,
		unsigned long flags)
{
	bool no_p = flags & DMA_PREP_PQ_DISABLE_P, no_q = flags & DMA_PREP_PQ_DISABLE_Q;
	/* What is compared are sources of the unit, too. */
	bool wide = nr + (no_q ? 1 : 2) > IOP_MAX_PQ_SRCS;
	struct iop_desc *desc;
	unsigned int i;

	if (!nr || nr > IOP_MAX_PQ_SRCS || !iop_pq_aligned(pq, flags))
		return NULL;
	if (wide)
		desc = iop_desc_get(chan, IOP_WIDE_VAL, len, IOP_SCRATCH, 1 + !no_p + !no_q,
				    flags);
	else
		desc = iop_desc_get(chan, no_q ? IOP_XOR_VAL : IOP_PQ_VAL, len, IOP_MAX_COUNT, 1,
				    flags);
	if (!desc)
		return NULL;
	for (i = 0; i < 2; i++)
		desc->dst[i] = pq[i];
	for (i = 0; i < nr; i++)
		iop_desc_add_src(desc, src[i], no_q ? 0 : coef[i]);
	if (no_q && !wide)
		iop_desc_add_src(desc, pq[0], 0);
	desc->result = result;
	return &desc->md.tx;
}

/**
 * iop_set_prep - what the unit can do
 * @id: the device
 */
void iop_set_prep(struct iop_dev *id)
{
	const struct iop_unit *unit = id->unit;
	struct dma_device *dma = &id->dma;

	dma_cap_set(DMA_INTERRUPT, dma->cap_mask);
	dma->device_prep_dma_interrupt = iop_prep_interrupt;
	if (unit->copies) {
		dma_cap_set(DMA_MEMCPY, dma->cap_mask);
		dma->device_prep_dma_memcpy = iop_prep_memcpy;
	}
	if (unit->fills) {
		dma_cap_set(DMA_MEMSET, dma->cap_mask);
		dma->device_prep_dma_memset = iop_prep_memset;
	}
	if (unit->max_xor) {
		dma_cap_set(DMA_XOR, dma->cap_mask);
		dma_cap_set(DMA_XOR_VAL, dma->cap_mask);
		dma->max_xor = unit->max_xor;
		dma->device_prep_dma_xor = iop_prep_xor;
		dma->device_prep_dma_xor_val = iop_prep_xor_val;
	}
	if (unit->max_pq) {
		dma_cap_set(DMA_PQ, dma->cap_mask);
		dma_cap_set(DMA_PQ_VAL, dma->cap_mask);
		dma_set_maxpq(dma, unit->max_pq, 0);
		dma->pq_align = IOP_ADMA_PQ_ALIGN;
		dma->device_prep_dma_pq = iop_prep_pq;
		dma->device_prep_dma_pq_val = iop_prep_pq_val;
	}
}
