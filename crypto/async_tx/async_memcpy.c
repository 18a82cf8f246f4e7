// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copying
 */
#include <linux/dma-mapping.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/module.h>

#include "internal.h"

static DEFINE_ASYNC_TX_COUNTS(memcpy_counts);

static __always_inline void
copy_block(struct page *dest, unsigned int dest_offset, struct page *src,
	   unsigned int src_offset, size_t len)
{
	void *to = kmap_local_page(dest);
	void *from = kmap_local_page(src);

	if (len == PAGE_SIZE && !dest_offset && !src_offset)
		copy_page(to, from);
	else
		memcpy(to + dest_offset, from + src_offset, len);
	kunmap_local(from);
	kunmap_local(to);
}

static void memcpy_run(struct async_tx_op *op)
{
	struct async_tx_buf *src = &op->buf[0], *dst = async_tx_dst(op, 0);

	copy_block(dst->page, dst->offset, src->page, src->offset, op->len);
}

static bool memcpy_fits(const struct async_tx_op *op, struct dma_device *dma)
{
	return is_dma_copy_aligned(dma, op->buf[0].offset, op->buf[1].offset, op->len);
}

static struct dma_async_tx_descriptor *
memcpy_prepare(struct async_tx_op *op, struct dma_chan *chan, unsigned long flags)
{
	op->next = 0;
	return chan->device->device_prep_dma_memcpy(chan, op->dma[1], op->dma[0],
						    op->len, flags);
}

static struct dma_async_tx_descriptor *
memcpy_sample(struct page **src, struct page **dst, size_t len,
	      struct async_submit_ctl *submit)
{
	return async_memcpy(dst[0], src[0], 0, 0, len, submit);
}

static struct async_tx_kind memcpy_kind = {
	.name = "memcpy",
	.cap = DMA_MEMCPY,
	.fits = memcpy_fits,
	.prepare = memcpy_prepare,
	.run = memcpy_run,
	.sample = memcpy_sample,
	.cpu = memcpy_counts,
};

static __always_inline struct dma_async_tx_descriptor *
memcpy_now(struct page *dest, struct page *src, unsigned int dest_offset,
	   unsigned int src_offset, size_t len, struct async_submit_ctl *submit)
{
	copy_block(dest, dest_offset, src, src_offset, len);
	return async_tx_ran(memcpy_counts, len, 1, submit);
}

/* With a parent, or where there are engines. */
static noinline struct dma_async_tx_descriptor *
memcpy_describe(struct page *dest, struct page *src, unsigned int dest_offset,
		unsigned int src_offset, size_t len, struct async_submit_ctl *submit)
{
	struct async_tx_op *op;

	op = async_tx_describe(&memcpy_kind, submit, 2, 1, len);
	if (op) {
		async_tx_add_src(op, src, src_offset);
		async_tx_add_dst(op, dest, dest_offset);
		return async_tx_op_submit(op, submit);
	}
	async_tx_settle(src, src_offset, len, false);
	async_tx_settle(dest, dest_offset, len, true);
	return memcpy_now(dest, src, dest_offset, src_offset, len, submit);
}

/**
 * async_memcpy - copy a block of memory
 * @dest: page to copy to
 * @src: page to copy from
 * @dest_offset: bytes from the beginning of @dest
 * @src_offset: bytes from the beginning of @src
 * @len: bytes to copy; the blocks must not overlap
 * @submit: flags (ASYNC_TX_ACK, ASYNC_TX_FENCE), parent and callback
 *
 * Context: any but hard interrupt; does not sleep.
 * Return: NULL if the copy is complete, else a handle.
 */
struct dma_async_tx_descriptor *
async_memcpy(struct page *dest, struct page *src, unsigned int dest_offset,
	     unsigned int src_offset, size_t len,
	     struct async_submit_ctl *submit)
{
	if (async_tx_on_cpu(submit))
		return memcpy_now(dest, src, dest_offset, src_offset, len, submit);
	return memcpy_describe(dest, src, dest_offset, src_offset, len, submit);
}
EXPORT_SYMBOL_GPL(async_memcpy);

async_tx_kind_module(memcpy_kind);

MODULE_DESCRIPTION("Asynchronous copying");
MODULE_LICENSE("GPL");
