// SPDX-License-Identifier: GPL-2.0-only
/*
 * Simulated DMA engines: preparing descriptors.
 *
 * An operation that the engine cannot do, because it has too many sources or is
 * not aligned, is a mistake of the client's: it is reported and refused.
 */
#include <linux/align.h>
#include <linux/bits.h>
#include <linux/device.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "sim.h"

/* What an operation consists of. */
struct sim_args {
	enum soft_kind kind;
	const dma_addr_t *dst;
	unsigned int nr_dsts;
	const dma_addr_t *src;
	unsigned int nr_srcs;
	unsigned int max_srcs;
	size_t len;
	unsigned int align;
	unsigned long flags;
};

static bool sim_is_aligned(const struct sim_args *args)
{
	dma_addr_t all = args->len;
	unsigned int i;

	for (i = 0; i < args->nr_dsts; i++)
		all |= args->dst[i];
	for (i = 0; i < args->nr_srcs; i++)
		all |= args->src[i];
	return IS_ALIGNED(all, BIT(args->align));
}

static bool sim_within_limits(struct sim_chan *sc, const struct sim_args *args)
{
	struct dma_sim *sim = sc->sd->sim;

	if (args->nr_srcs <= args->max_srcs && sim_is_aligned(args) &&
	    (args->len || args->kind == SOFT_INTERRUPT))
		return true;

	sim_count(sim, violations[DMA_SIM_LIMIT]);
	dev_err_ratelimited(&sim->pdev.dev,
			    "%s: %s of %u sources (at most %u), %zu bytes, alignment %lu: beyond limits\n",
			    sim->config.name, sim_kind_name(args->kind),
			    args->nr_srcs, args->max_srcs, args->len,
			    BIT(args->align));
	return false;
}

static struct sim_desc *sim_prep(struct dma_chan *chan,
				 const struct sim_args *args)
{
	struct sim_chan *sc = to_sim_chan(chan);
	struct sim_desc *desc;
	bool locked;

	if (!sim_within_limits(sc, args))
		return NULL;

	locked = sim_client_lock(sc);
	desc = sim_desc_get(sc);
	sim_client_unlock(sc, locked);
	if (!desc)
		return NULL;

	m2m_desc_reset(&desc->md, args->flags);
	desc->op = (struct soft_op) {
		.kind = args->kind,
		.nr_srcs = args->nr_srcs,
		.len = args->len,
		.src = desc->op.src,
		.coef = desc->op.coef,
		.error = DMA_TRANS_NOERROR,
	};
	if (args->nr_srcs)
		memcpy(desc->op.src, args->src, args->nr_srcs * sizeof(*args->src));
	if (args->nr_dsts == 1)
		desc->op.dst[0] = args->dst[0];
	return desc;
}

static struct dma_async_tx_descriptor *sim_tx(struct sim_desc *desc)
{
	return desc ? &desc->md.tx : NULL;
}

static struct dma_async_tx_descriptor *
sim_prep_memcpy(struct dma_chan *chan, dma_addr_t dst, dma_addr_t src,
		size_t len, unsigned long flags)
{
	return sim_tx(sim_prep(chan, &(struct sim_args) {
		.kind = SOFT_MEMCPY,
		.dst = &dst,
		.nr_dsts = 1,
		.src = &src,
		.nr_srcs = 1,
		.max_srcs = 1,
		.len = len,
		.align = chan->device->copy_align,
		.flags = flags,
	}));
}

static struct dma_async_tx_descriptor *
sim_prep_memset(struct dma_chan *chan, dma_addr_t dst, int value, size_t len,
		unsigned long flags)
{
	struct sim_desc *desc = sim_prep(chan, &(struct sim_args) {
		.kind = SOFT_MEMSET,
		.dst = &dst,
		.nr_dsts = 1,
		.len = len,
		.align = chan->device->fill_align,
		.flags = flags,
	});

	if (desc)
		desc->op.value = value;
	return sim_tx(desc);
}

static struct dma_async_tx_descriptor *
sim_prep_xor(struct dma_chan *chan, dma_addr_t dst, dma_addr_t *src,
	     unsigned int nr_srcs, size_t len, unsigned long flags)
{
	return sim_tx(sim_prep(chan, &(struct sim_args) {
		.kind = SOFT_XOR,
		.dst = &dst,
		.nr_dsts = 1,
		.src = src,
		.nr_srcs = nr_srcs,
		.max_srcs = chan->device->max_xor,
		.len = len,
		.align = chan->device->xor_align,
		.flags = flags,
	}));
}

static struct dma_async_tx_descriptor *
sim_prep_xor_val(struct dma_chan *chan, dma_addr_t *src, unsigned int nr_srcs,
		 size_t len, enum sum_check_flags *result, unsigned long flags)
{
	struct sim_desc *desc = sim_prep(chan, &(struct sim_args) {
		.kind = SOFT_XOR_VAL,
		.src = src,
		.nr_srcs = nr_srcs,
		.max_srcs = chan->device->max_xor,
		.len = len,
		.align = chan->device->xor_align,
		.flags = flags,
	});

	if (desc)
		desc->op.result = result;
	return sim_tx(desc);
}

static struct sim_desc *
sim_prep_pq_common(struct dma_chan *chan, enum soft_kind kind,
		   const dma_addr_t *pq, const dma_addr_t *src,
		   unsigned int nr_srcs, unsigned int max_srcs, const u8 *coef,
		   size_t len, unsigned long flags)
{
	bool no_p = flags & DMA_PREP_PQ_DISABLE_P;
	bool no_q = flags & DMA_PREP_PQ_DISABLE_Q;
	struct sim_args args = {
		.kind = kind,
		/* The address of a disabled one need not be initialised. */
		.dst = no_p ? &pq[SOFT_Q] : pq,
		.nr_dsts = 2 - no_p - no_q,
		.src = src,
		.nr_srcs = nr_srcs,
		.max_srcs = max_srcs,
		.len = len,
		.align = chan->device->pq_align,
		.flags = flags,
	};
	struct sim_desc *desc;

	/* Neither of them wanted: nothing that a client can mean. */
	if (no_p && no_q)
		return NULL;

	desc = sim_prep(chan, &args);
	if (!desc)
		return NULL;

	desc->op.dst[SOFT_P] = no_p ? 0 : pq[SOFT_P];
	desc->op.dst[SOFT_Q] = no_q ? 0 : pq[SOFT_Q];
	if (no_p)
		desc->op.flags |= SOFT_OP_NO_P;
	if (no_q)
		desc->op.flags |= SOFT_OP_NO_Q;
	else
		memcpy(desc->op.coef, coef, nr_srcs);
	return desc;
}

static struct dma_async_tx_descriptor *
sim_prep_pq(struct dma_chan *chan, dma_addr_t *dst, dma_addr_t *src,
	    unsigned int nr_srcs, const unsigned char *coef, size_t len,
	    unsigned long flags)
{
	/*
	 * Engines that cannot go on from an old P and Q take them for sources.
	 * That is up to the driver; the client only has to leave room.
	 */
	unsigned int max_srcs = max(dma_maxpq(chan->device, flags), 0);
	struct sim_desc *desc = sim_prep_pq_common(chan, SOFT_PQ, dst, src,
						   nr_srcs, max_srcs, coef, len,
						   flags);

	if (desc && (flags & DMA_PREP_CONTINUE))
		desc->op.flags |= SOFT_OP_CONTINUE;
	return sim_tx(desc);
}

static struct dma_async_tx_descriptor *
sim_prep_pq_val(struct dma_chan *chan, dma_addr_t *pq, dma_addr_t *src,
		unsigned int nr_srcs, const unsigned char *coef, size_t len,
		enum sum_check_flags *result, unsigned long flags)
{
	struct sim_desc *desc = sim_prep_pq_common(chan, SOFT_PQ_VAL, pq, src,
						   nr_srcs,
						   dma_dev_to_maxpq(chan->device),
						   coef, len, flags);

	if (desc)
		desc->op.result = result;
	return sim_tx(desc);
}

static struct dma_async_tx_descriptor *
sim_prep_interrupt(struct dma_chan *chan, unsigned long flags)
{
	return sim_tx(sim_prep(chan, &(struct sim_args) {
		.kind = SOFT_INTERRUPT,
		.flags = flags,
	}));
}

/**
 * sim_set_prep - tell the registry what operations there are
 * @dma: the engine, about to be registered
 * @config: what it can do
 */
void sim_set_prep(struct dma_device *dma, const struct dma_sim_config *config)
{
	int kind;

	for_each_set_bit(kind, &config->kinds, DMA_TX_TYPE_END)
		dma_cap_set(kind, dma->cap_mask);

	if (dma_has_cap(DMA_MEMCPY, dma->cap_mask))
		dma->device_prep_dma_memcpy = sim_prep_memcpy;
	if (dma_has_cap(DMA_MEMSET, dma->cap_mask))
		dma->device_prep_dma_memset = sim_prep_memset;
	if (dma_has_cap(DMA_XOR, dma->cap_mask))
		dma->device_prep_dma_xor = sim_prep_xor;
	if (dma_has_cap(DMA_XOR_VAL, dma->cap_mask))
		dma->device_prep_dma_xor_val = sim_prep_xor_val;
	if (dma_has_cap(DMA_PQ, dma->cap_mask))
		dma->device_prep_dma_pq = sim_prep_pq;
	if (dma_has_cap(DMA_PQ_VAL, dma->cap_mask))
		dma->device_prep_dma_pq_val = sim_prep_pq_val;
	if (dma_has_cap(DMA_INTERRUPT, dma->cap_mask))
		dma->device_prep_dma_interrupt = sim_prep_interrupt;

	dma->max_xor = config->max_xor;
	dma_set_maxpq(dma, config->max_pq, config->pq_continue);
	dma->copy_align = config->copy_align;
	dma->fill_align = config->fill_align;
	dma->xor_align = config->xor_align;
	dma->pq_align = config->pq_align;
}
