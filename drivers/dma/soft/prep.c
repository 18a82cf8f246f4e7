// SPDX-License-Identifier: GPL-2.0-only
/*
 * Software DMA engine: preparing descriptors.
 *
 * Each function here fills a descriptor in and hands it to the client, who
 * submits it.  None sleeps, none allocates, and none holds a lock on return;
 * with no descriptor left they return NULL, and the client comes again when
 * some operation has completed.
 */
#include <linux/string.h>

#include "soft.h"

static struct soft_desc *soft_prep(struct dma_chan *chan, enum soft_kind kind,
				   const dma_addr_t *src, unsigned int nr_srcs,
				   size_t len, unsigned long flags)
{
	struct soft_desc *desc;

	if (nr_srcs > SOFT_MAX_SRCS || (!len && kind != SOFT_INTERRUPT))
		return NULL;

	desc = soft_desc_get(to_soft_chan(chan), nr_srcs);
	if (!desc)
		return NULL;

	m2m_desc_reset(&desc->md, flags);
	desc->op = (struct soft_op) {
		.kind = kind,
		.nr_srcs = nr_srcs,
		.len = len,
		.src = desc->wide ? desc->wide->src : desc->src,
		.coef = desc->wide ? desc->wide->coef : desc->coef,
		.error = DMA_TRANS_NOERROR,
	};
	memcpy(desc->op.src, src, nr_srcs * sizeof(*src));
	return desc;
}

static struct dma_async_tx_descriptor *
soft_prep_memcpy(struct dma_chan *chan, dma_addr_t dst, dma_addr_t src,
		 size_t len, unsigned long flags)
{
	struct soft_desc *desc = soft_prep(chan, SOFT_MEMCPY, &src, 1, len,
					   flags);

	if (!desc)
		return NULL;
	desc->op.dst[0] = dst;
	return &desc->md.tx;
}

static struct dma_async_tx_descriptor *
soft_prep_memset(struct dma_chan *chan, dma_addr_t dst, int value, size_t len,
		 unsigned long flags)
{
	struct soft_desc *desc = soft_prep(chan, SOFT_MEMSET, NULL, 0, len,
					   flags);

	if (!desc)
		return NULL;
	desc->op.dst[0] = dst;
	desc->op.value = value;
	return &desc->md.tx;
}

static struct dma_async_tx_descriptor *
soft_prep_xor(struct dma_chan *chan, dma_addr_t dst, dma_addr_t *src,
	      unsigned int nr_srcs, size_t len, unsigned long flags)
{
	struct soft_desc *desc = soft_prep(chan, SOFT_XOR, src, nr_srcs, len,
					   flags);

	if (!desc)
		return NULL;
	desc->op.dst[0] = dst;
	return &desc->md.tx;
}

static struct dma_async_tx_descriptor *
soft_prep_xor_val(struct dma_chan *chan, dma_addr_t *src, unsigned int nr_srcs,
		  size_t len, enum sum_check_flags *result, unsigned long flags)
{
	struct soft_desc *desc = soft_prep(chan, SOFT_XOR_VAL, src, nr_srcs,
					   len, flags);

	if (!desc)
		return NULL;
	desc->op.result = result;
	return &desc->md.tx;
}

static struct soft_desc *
soft_prep_pq_common(struct dma_chan *chan, enum soft_kind kind,
		    const dma_addr_t *pq, const dma_addr_t *src,
		    unsigned int nr_srcs, const u8 *coef, size_t len,
		    unsigned long flags)
{
	struct soft_desc *desc;

	/* Neither of them wanted: nothing that a client can mean. */
	if ((flags & DMA_PREP_PQ_DISABLE_P) && (flags & DMA_PREP_PQ_DISABLE_Q))
		return NULL;

	desc = soft_prep(chan, kind, src, nr_srcs, len, flags);
	if (!desc)
		return NULL;

	/* The address of a disabled one need not even be initialised. */
	if (flags & DMA_PREP_PQ_DISABLE_P)
		desc->op.flags |= SOFT_OP_NO_P;
	else
		desc->op.dst[SOFT_P] = pq[SOFT_P];

	if (flags & DMA_PREP_PQ_DISABLE_Q) {
		desc->op.flags |= SOFT_OP_NO_Q;
	} else {
		desc->op.dst[SOFT_Q] = pq[SOFT_Q];
		memcpy(desc->op.coef, coef, nr_srcs);
	}
	return desc;
}

static struct dma_async_tx_descriptor *
soft_prep_pq(struct dma_chan *chan, dma_addr_t *dst, dma_addr_t *src,
	     unsigned int nr_srcs, const unsigned char *coef, size_t len,
	     unsigned long flags)
{
	struct soft_desc *desc = soft_prep_pq_common(chan, SOFT_PQ, dst, src,
						     nr_srcs, coef, len, flags);

	if (!desc)
		return NULL;
	if (flags & DMA_PREP_CONTINUE)
		desc->op.flags |= SOFT_OP_CONTINUE;
	return &desc->md.tx;
}

static struct dma_async_tx_descriptor *
soft_prep_pq_val(struct dma_chan *chan, dma_addr_t *pq, dma_addr_t *src,
		 unsigned int nr_srcs, const unsigned char *coef, size_t len,
		 enum sum_check_flags *result, unsigned long flags)
{
	struct soft_desc *desc = soft_prep_pq_common(chan, SOFT_PQ_VAL, pq, src,
						     nr_srcs, coef, len, flags);

	if (!desc)
		return NULL;
	desc->op.result = result;
	return &desc->md.tx;
}

static struct dma_async_tx_descriptor *
soft_prep_interrupt(struct dma_chan *chan, unsigned long flags)
{
	struct soft_desc *desc = soft_prep(chan, SOFT_INTERRUPT, NULL, 0, 0,
					   flags);

	return desc ? &desc->md.tx : NULL;
}

/**
 * soft_set_prep - tell the registry what operations there are
 * @dma: the engine, about to be registered
 */
void soft_set_prep(struct dma_device *dma)
{
	dma_cap_set(DMA_MEMCPY, dma->cap_mask);
	dma->device_prep_dma_memcpy = soft_prep_memcpy;

	dma_cap_set(DMA_MEMSET, dma->cap_mask);
	dma->device_prep_dma_memset = soft_prep_memset;

	dma_cap_set(DMA_XOR, dma->cap_mask);
	dma->device_prep_dma_xor = soft_prep_xor;
	dma_cap_set(DMA_XOR_VAL, dma->cap_mask);
	dma->device_prep_dma_xor_val = soft_prep_xor_val;
	dma->max_xor = SOFT_MAX_SRCS;

	dma_cap_set(DMA_PQ, dma->cap_mask);
	dma->device_prep_dma_pq = soft_prep_pq;
	dma_cap_set(DMA_PQ_VAL, dma->cap_mask);
	dma->device_prep_dma_pq_val = soft_prep_pq_val;
	dma_set_maxpq(dma, SOFT_MAX_SRCS, 1);

	dma_cap_set(DMA_INTERRUPT, dma->cap_mask);
	dma->device_prep_dma_interrupt = soft_prep_interrupt;

	dma->copy_align = DMAENGINE_ALIGN_1_BYTE;
	dma->fill_align = DMAENGINE_ALIGN_1_BYTE;
	dma->xor_align = DMAENGINE_ALIGN_1_BYTE;
	dma->pq_align = DMAENGINE_ALIGN_1_BYTE;
}
