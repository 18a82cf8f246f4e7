// SPDX-License-Identifier: GPL-2.0-only
/*
 * Filling
 */
#include <linux/dma-mapping.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/module.h>

#include "internal.h"

static DEFINE_ASYNC_TX_COUNTS(memset_counts);

static __always_inline void fill_block(struct page *dest, unsigned int offset, int val, size_t len)
{
	void *to = kmap_local_page(dest);

	memset(to + offset, val, len);
	kunmap_local(to);
}

static void memset_run(struct async_tx_op *op)
{
	struct async_tx_buf *dst = async_tx_dst(op, 0);

	fill_block(dst->page, dst->offset, op->arg.value, op->len);
}

static bool memset_fits(const struct async_tx_op *op, struct dma_device *dma)
{
	return is_dma_fill_aligned(dma, op->buf[0].offset, 0, op->len);
}

static struct dma_async_tx_descriptor *
memset_prepare(struct async_tx_op *op, struct dma_chan *chan, unsigned long flags)
{
	op->next = 0;
	return chan->device->device_prep_dma_memset(chan, op->dma[0], op->arg.value,
						    op->len, flags);
}

static struct dma_async_tx_descriptor *
memset_sample(struct page **src, struct page **dst, size_t len,
	      struct async_submit_ctl *submit)
{
	return async_memset(dst[0], 0, 0, len, submit);
}

static struct async_tx_kind memset_kind = {
	.name = "memset",
	.cap = DMA_MEMSET,
	.fits = memset_fits,
	.prepare = memset_prepare,
	.run = memset_run,
	.sample = memset_sample,
	.cpu = memset_counts,
};

static __always_inline struct dma_async_tx_descriptor *
memset_now(struct page *dest, int val, unsigned int offset, size_t len,
	   struct async_submit_ctl *submit)
{
	fill_block(dest, offset, val, len);
	return async_tx_ran(memset_counts, len, 1, submit);
}

/* With a parent, or where there are engines. */
static noinline struct dma_async_tx_descriptor *
memset_describe(struct page *dest, int val, unsigned int offset, size_t len,
		struct async_submit_ctl *submit)
{
	struct async_tx_op *op;

	op = async_tx_describe(&memset_kind, submit, 1, 1, len);
	if (op) {
		op->arg.value = val & 0xff;
		async_tx_add_dst(op, dest, offset);
		return async_tx_op_submit(op, submit);
	}
	async_tx_settle(dest, offset, len, true);
	return memset_now(dest, val, offset, len, submit);
}

/**
 * async_memset - fill a block of memory
 * @dest: page to fill
 * @val: byte to fill it with
 * @offset: bytes from the beginning of @dest
 * @len: bytes to fill
 * @submit: flags (ASYNC_TX_ACK, ASYNC_TX_FENCE), parent and callback
 *
 * Context: any but hard interrupt; does not sleep.
 * Return: NULL if the block is filled, else a handle.
 */
struct dma_async_tx_descriptor *
async_memset(struct page *dest, int val, unsigned int offset, size_t len,
	     struct async_submit_ctl *submit)
{
	if (async_tx_on_cpu(submit))
		return memset_now(dest, val, offset, len, submit);
	return memset_describe(dest, val, offset, len, submit);
}
EXPORT_SYMBOL_GPL(async_memset);

async_tx_kind_module(memset_kind);

MODULE_DESCRIPTION("Asynchronous filling");
MODULE_LICENSE("GPL");
