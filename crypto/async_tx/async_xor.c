// SPDX-License-Identifier: GPL-2.0-only
/*
 * XOR of blocks, and whether it is zero
 *
 * The one user of the XOR library in async_tx.
 */
#include <crypto/utils.h>
#include <linux/dma-mapping.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/raid/xor.h>
#include <linux/string.h>

#include "internal.h"

static DEFINE_ASYNC_TX_COUNTS(xor_counts);
static DEFINE_ASYNC_TX_COUNTS(xor_val_counts);

/* --- on the CPU --- */

/* What the library cannot do: blocks that are not aligned, and rests. */
static noinline void xor_add_odd(void *dest, void **srcs, int nr, size_t len)
{
	unsigned long bits = (unsigned long)dest;
	size_t done = 0;
	int i;

	for (i = 0; i < nr; i++)
		bits |= (unsigned long)srcs[i];
	if (IS_ALIGNED(bits, ASYNC_TX_SIMD_ALIGN))
		done = round_down(len, ASYNC_TX_SIMD_BLOCK);
	if (done)
		xor_blocks(nr, done, dest, srcs);
	for (i = 0; i < nr; i++)
		crypto_xor(dest + done, srcs[i] + done, len - done);
}

/*
 * Add up to MAX_XOR_BLOCKS sources.  In the low bits of @odd, or-ed together, are
 * the addresses, and whether the length is not what the library takes.
 */
static __always_inline void xor_add(void *dest, void **srcs, int nr, size_t len,
				    unsigned long odd)
{
	if (likely(IS_ALIGNED(odd, ASYNC_TX_SIMD_ALIGN)))
		xor_blocks(nr, len, dest, srcs);
	else
		xor_add_odd(dest, srcs, nr, len);
}

/* What xor_add() wants to know of a destination and a length. */
static __always_inline unsigned long xor_odd(void *dest, size_t len)
{
	return (unsigned long)dest | (IS_ALIGNED(len, ASYNC_TX_SIMD_BLOCK) ? 0 : 1);
}

/*
 * Whether to begin a sum of @nr sources with a copy of the first, or with zeros.
 * A copy is one source less to add.  To copy whole pages is cheaper than to fill
 * them; of less than a page it is dearer, and pays where it saves a pass of the
 * library.
 */
static __always_inline bool xor_copies(bool whole_pages, unsigned int nr)
{
	return whole_pages || nr % MAX_XOR_BLOCKS == 1;
}

static __always_inline void xor_copy(void *sum, void *src, size_t len, bool whole_pages)
{
	if (whole_pages)
		copy_page(sum, src);
	else
		memcpy(sum, src, len);
}

/* @each, whether there are offsets, is known when compiling. */
static __always_inline void xor_add_pages(void *dest, unsigned int offset,
					  struct page **srcs, unsigned int *offs,
					  bool each, int nr, size_t len)
{
	unsigned long odd = xor_odd(dest, len) | (each ? 0 : offset);
	void *ptrs[MAX_XOR_BLOCKS];
	unsigned long n = 0;
	int i;

	for (i = 0; i < nr; i++) {
		if (unlikely(!srcs[i]))
			continue;
		if (each) {
			offset = offs[i];
			odd |= offset;
		}
		ptrs[n] = page_address(srcs[i]) + offset;
		if (++n < MAX_XOR_BLOCKS)
			continue;
		xor_add(dest, ptrs, MAX_XOR_BLOCKS, len, odd);
		n = 0;
	}
	if (n)
		xor_add(dest, ptrs, n, len, odd);
}

/* @sum is @offset bytes from the beginning of a page. */
static __always_inline void xor_pages(void *sum, unsigned int offset,
				      struct page **srcs, unsigned int *offs,
				      bool each, int nr, size_t len, bool empty)
{
	if (empty) {
		unsigned int first = each ? offs[0] : offset;
		bool whole = len == PAGE_SIZE && !(offset | first);

		if (xor_copies(whole, nr) && srcs[0]) {
			xor_copy(sum, page_address(*srcs++) + first, len, whole);
			offs++;
			nr--;
		} else {
			memset(sum, 0, len);
		}
	}
	xor_add_pages(sum, offset, srcs, offs, each, nr, len);
}

/**
 * async_tx_xor_blocks - add up blocks, now and here
 * @dest: where the sum goes
 * @srcs: addresses of @nr blocks
 * @nr: how many
 * @len: bytes of each
 * @empty: what @dest holds before does not count
 *
 * For the other kinds, which call no XOR library of their own.
 *
 * Context: any but hard interrupt.
 */
void async_tx_xor_blocks(void *dest, void **srcs, int nr, size_t len, bool empty)
{
	unsigned long odd = xor_odd(dest, len);
	int i, n;

	if (empty) {
		bool whole = len == PAGE_SIZE && nr &&
			     PAGE_ALIGNED((unsigned long)dest | (unsigned long)*srcs);

		if (xor_copies(whole, nr)) {
			xor_copy(dest, *srcs++, len, whole);
			nr--;
		} else {
			memset(dest, 0, len);
		}
	}
	for (i = 0; i < nr; i++)
		odd |= (unsigned long)srcs[i];
	for (; nr; srcs += n, nr -= n) {
		n = min(nr, MAX_XOR_BLOCKS);
		xor_add(dest, srcs, n, len, odd);
	}
}
EXPORT_SYMBOL_GPL(async_tx_xor_blocks);

static void xor_op(struct async_tx_op *op, int first, bool empty)
{
	struct async_tx_work *work = async_tx_work_get();
	int i;

	for (i = first; i < op->nr_srcs; i++)
		work->ptrs[i] = async_tx_buf_addr(&op->buf[i]);
	async_tx_xor_blocks(async_tx_buf_addr(async_tx_dst(op, 0)), work->ptrs + first,
			    op->nr_srcs - first, op->len, empty);
	async_tx_work_put();
}

/* Without ASYNC_TX_XOR_ZERO_DST, the first source is the destination. */
static void xor_run(struct async_tx_op *op)
{
	bool empty = op->flags & ASYNC_TX_XOR_ZERO_DST;

	xor_op(op, empty ? 0 : 1, empty);
}

static enum sum_check_flags xor_check(void *sum, size_t len)
{
	return memchr_inv(sum, 0, len) ? SUM_CHECK_P_RESULT : 0;
}

static bool xor_val_in_place(struct page *dest, unsigned int offset,
			     struct page *src, unsigned int src_offset)
{
	return dest == src && offset == src_offset;
}

static void xor_val_run(struct async_tx_op *op)
{
	struct async_tx_buf *dst = async_tx_dst(op, 0);
	bool in_place = op->nr_srcs && xor_val_in_place(dst->page, dst->offset,
							op->buf[0].page, op->buf[0].offset);

	xor_op(op, in_place ? 1 : 0, !in_place);
	op->sum = xor_check(async_tx_buf_addr(dst), op->len);
}

/* --- on an engine --- */

static bool xor_aligned(const struct async_tx_op *op, struct dma_device *dma)
{
	unsigned int offsets = 0;
	int i;

	for (i = 0; i < op->nr_srcs + op->nr_dsts; i++)
		offsets |= op->buf[i].offset;
	return is_dma_xor_aligned(dma, offsets, 0, op->len);
}

static bool xor_fits(const struct async_tx_op *op, struct dma_device *dma)
{
	return op->nr_srcs > 1 && dma->max_xor > 1 && xor_aligned(op, dma);
}

/* The parts after the first have the destination as a source, in front. */
static struct dma_async_tx_descriptor *
xor_prepare(struct async_tx_op *op, struct dma_chan *chan, unsigned long flags)
{
	struct dma_device *dma = chan->device;
	dma_addr_t dest = op->dma[op->nr_srcs];
	dma_addr_t *src = &op->dma[op->step];
	int room = op->step ? dma->max_xor - 1 : dma->max_xor;
	int nr = min(op->nr_srcs - op->step, room);
	struct dma_async_tx_descriptor *desc;
	dma_addr_t before;

	op->next = op->step + nr < op->nr_srcs ? op->step + nr : 0;
	if (op->next)
		flags |= DMA_PREP_FENCE;
	if (!op->step)
		return dma->device_prep_dma_xor(chan, dest, src, nr, op->len, flags);

	before = *--src;
	*src = dest;
	desc = dma->device_prep_dma_xor(chan, dest, src, nr + 1, op->len, flags);
	*src = before;
	return desc;
}

static bool xor_val_fits(const struct async_tx_op *op, struct dma_device *dma)
{
	return op->nr_srcs > 1 && op->nr_srcs <= dma->max_xor && xor_aligned(op, dma);
}

static struct dma_async_tx_descriptor *
xor_val_prepare(struct async_tx_op *op, struct dma_chan *chan, unsigned long flags)
{
	op->next = 0;
	op->sum = 0;
	return chan->device->device_prep_dma_xor_val(chan, op->dma, op->nr_srcs,
						     op->len, &op->sum, flags);
}

static struct dma_async_tx_descriptor *
xor_sample(struct page **src, struct page **dst, size_t len,
	   struct async_submit_ctl *submit)
{
	submit->flags |= ASYNC_TX_XOR_ZERO_DST;
	return async_xor(dst[0], src, 0, 4, len, submit);
}

static struct dma_async_tx_descriptor *
xor_val_sample(struct page **src, struct page **dst, size_t len,
	       struct async_submit_ctl *submit)
{
	/* Nobody looks at it. */
	static enum sum_check_flags result;
	struct page *blocks[] = { dst[0], src[0], src[1], src[2] };

	return async_xor_val(dst[0], blocks, 0, ARRAY_SIZE(blocks), len, &result, submit);
}

static struct async_tx_kind xor_kind = {
	.name = "xor",
	.cap = DMA_XOR,
	.fits = xor_fits,
	.prepare = xor_prepare,
	.run = xor_run,
	.sample = xor_sample,
	.cpu = xor_counts,
};

static struct async_tx_kind xor_val_kind = {
	.name = "xor_val",
	.cap = IS_ENABLED(CONFIG_ASYNC_TX_DISABLE_XOR_VAL_DMA) ? DMA_TX_TYPE_END :
								  DMA_XOR_VAL,
	.fits = xor_val_fits,
	.prepare = xor_val_prepare,
	.run = xor_val_run,
	.sample = xor_val_sample,
	.cpu = xor_val_counts,
};

/* --- the API --- */

static void xor_describe(struct async_tx_op *op, struct page **srcs,
			 unsigned int *offs, unsigned int offset, int nr)
{
	int i;

	for (i = 0; i < nr; i++)
		if (srcs[i])
			async_tx_add_src(op, srcs[i], offs ? offs[i] : offset);
}

static void xor_settle(struct page *dest, unsigned int offset, struct page **srcs,
		       unsigned int *offs, int nr, size_t len)
{
	int i;

	for (i = 0; i < nr; i++)
		async_tx_settle(srcs[i], offs ? offs[i] : offset, len, false);
	async_tx_settle(dest, offset, len, true);
}

/* Whether the destination stands among the sources, first. */
static __always_inline bool xor_dest_listed(const struct async_submit_ctl *submit)
{
	return (submit->flags & (ASYNC_TX_XOR_ZERO_DST | ASYNC_TX_XOR_DROP_DST)) ==
	       ASYNC_TX_XOR_DROP_DST;
}

static __always_inline struct dma_async_tx_descriptor *
xor_now(struct page *dest, unsigned int offset, struct page **srcs,
	unsigned int *offs, bool each, int nr, size_t len,
	struct async_submit_ctl *submit)
{
	bool empty = submit->flags & ASYNC_TX_XOR_ZERO_DST;
	bool listed = xor_dest_listed(submit);

	/* Here, where there are registers for it. */
	async_tx_count_cpu(xor_counts, len, nr);
	xor_pages(page_address(dest) + offset, offset, srcs + listed,
		  each ? offs + listed : NULL, each, nr - listed, len, empty);
	return async_tx_callback(submit);
}

/* With a parent, or where there are engines. */
static noinline struct dma_async_tx_descriptor *
xor_offload(struct page *dest, unsigned int offset, struct page **srcs,
	    unsigned int *offs, int nr, size_t len, struct async_submit_ctl *submit)
{
	bool listed = xor_dest_listed(submit);
	struct async_tx_op *op;

	op = async_tx_describe(&xor_kind, submit, nr + 2, nr, len);
	if (!op) {
		xor_settle(dest, offset, srcs, offs, nr, len);
		return xor_now(dest, offset, srcs, offs, offs, nr, len, submit);
	}
	if (!(submit->flags & ASYNC_TX_XOR_ZERO_DST))
		async_tx_add_src(op, dest, offset);
	xor_describe(op, srcs + listed, offs ? offs + listed : NULL, offset, nr - listed);
	async_tx_add_dst(op, dest, offset);
	return async_tx_op_submit(op, submit);
}

static __always_inline struct dma_async_tx_descriptor *
xor_submit(struct page *dest, unsigned int offset, struct page **srcs,
	   unsigned int *offs, bool each, int nr, size_t len,
	   struct async_submit_ctl *submit)
{
	if (unlikely(!dest || nr < 1))
		return async_tx_refuse(submit, "xor without source or destination");
	if (async_tx_on_cpu(submit))
		return xor_now(dest, offset, srcs, offs, each, nr, len, submit);
	return xor_offload(dest, offset, srcs, offs, nr, len, submit);
}

/**
 * async_xor_offs - add up blocks of memory in GF(2)
 * @dest: page of the result
 * @offset: bytes from the beginning of @dest
 * @src_list: @src_cnt pages of sources; NULL stands for a block of zeros
 * @src_offs: where the sources begin in their pages; NULL: at @offset, all
 * @src_cnt: number of sources, at least 1
 * @len: bytes of each block
 * @submit: flags, parent and callback
 *
 * Flags: ASYNC_TX_ACK, ASYNC_TX_FENCE, and for what the destination holds
 * before: with ASYNC_TX_XOR_ZERO_DST it does not count; with
 * ASYNC_TX_XOR_DROP_DST it counts, and stands at src_list[0] also; with neither
 * it counts and is not listed.
 *
 * The arrays are not changed, and are not needed after the call.
 *
 * Context: any but hard interrupt; does not sleep.
 * Return: NULL if the result is there, else a handle.
 */
struct dma_async_tx_descriptor *
async_xor_offs(struct page *dest, unsigned int offset,
	       struct page **src_list, unsigned int *src_offs,
	       int src_cnt, size_t len, struct async_submit_ctl *submit)
{
	if (!src_offs)
		return async_xor(dest, src_list, offset, src_cnt, len, submit);
	return xor_submit(dest, offset, src_list, src_offs, true, src_cnt, len, submit);
}
EXPORT_SYMBOL_GPL(async_xor_offs);

/**
 * async_xor - add up blocks of memory in GF(2), all at the same offset
 * @dest: page of the result
 * @src_list: @src_cnt pages of sources; NULL stands for a block of zeros
 * @offset: bytes from the beginning of each page
 * @src_cnt: number of sources, at least 1
 * @len: bytes of each block
 * @submit: flags, parent and callback
 *
 * See async_xor_offs().
 *
 * Context: any but hard interrupt; does not sleep.
 * Return: NULL if the result is there, else a handle.
 */
struct dma_async_tx_descriptor *
async_xor(struct page *dest, struct page **src_list, unsigned int offset,
	  int src_cnt, size_t len, struct async_submit_ctl *submit)
{
	return xor_submit(dest, offset, src_list, NULL, false, src_cnt, len, submit);
}
EXPORT_SYMBOL_GPL(async_xor);

static __always_inline struct dma_async_tx_descriptor *
xor_val_now(struct page *dest, unsigned int offset, struct page **blocks,
	    unsigned int *offs, bool each, int nr, size_t len,
	    enum sum_check_flags *result, struct async_submit_ctl *submit)
{
	bool in_place = xor_val_in_place(dest, offset, blocks[0], each ? offs[0] : offset);
	void *sum = page_address(dest) + offset;

	async_tx_count_cpu(xor_val_counts, len, nr);
	xor_pages(sum, offset, blocks + in_place, each ? offs + in_place : NULL, each,
		  nr - in_place, len, !in_place);
	*result = xor_check(sum, len);
	return async_tx_callback(submit);
}

/* With a parent, or where there are engines. */
static noinline struct dma_async_tx_descriptor *
xor_val_offload(struct page *dest, unsigned int offset, struct page **blocks,
		unsigned int *offs, int nr, size_t len, enum sum_check_flags *result,
		struct async_submit_ctl *submit)
{
	struct async_tx_op *op;

	op = async_tx_describe(&xor_val_kind, submit, nr + 1, nr, len);
	if (!op) {
		xor_settle(dest, offset, blocks, offs, nr, len);
		return xor_val_now(dest, offset, blocks, offs, offs, nr, len, result, submit);
	}
	xor_describe(op, blocks, offs, offset, nr);
	async_tx_add_dst(op, dest, offset);
	async_tx_dst(op, 0)->odd |= ASYNC_TX_BUF_CPU_ONLY;
	op->result = result;
	return async_tx_op_submit(op, submit);
}

static __always_inline struct dma_async_tx_descriptor *
xor_val_submit(struct page *dest, unsigned int offset, struct page **blocks,
	       unsigned int *offs, bool each, int nr, size_t len,
	       enum sum_check_flags *result, struct async_submit_ctl *submit)
{
	if (unlikely(!dest || nr < 1 || !result))
		return async_tx_refuse(submit, "xor_val without source or result");
	if (async_tx_on_cpu(submit))
		return xor_val_now(dest, offset, blocks, offs, each, nr, len, result, submit);
	return xor_val_offload(dest, offset, blocks, offs, nr, len, result, submit);
}

/**
 * async_xor_val_offs - check that blocks of memory add up to zero
 * @dest: page that may be used to add up in; it stands first among the
 *	sources, too, and is not to be relied on afterwards
 * @offset: bytes from the beginning of @dest
 * @src_list: @src_cnt pages; NULL stands for a block of zeros
 * @src_offs: where the blocks begin in their pages; NULL: at @offset, all
 * @src_cnt: number of blocks, at least 1
 * @len: bytes of each block
 * @result: set to 0 if the sum is zero, else to SUM_CHECK_P_RESULT; valid when
 *	the operation is complete
 * @submit: flags (ASYNC_TX_ACK, ASYNC_TX_FENCE), parent and callback
 *
 * Context: any but hard interrupt; does not sleep.
 * Return: NULL if the result is there, else a handle.
 */
struct dma_async_tx_descriptor *
async_xor_val_offs(struct page *dest, unsigned int offset,
		   struct page **src_list, unsigned int *src_offs,
		   int src_cnt, size_t len, enum sum_check_flags *result,
		   struct async_submit_ctl *submit)
{
	if (!src_offs)
		return async_xor_val(dest, src_list, offset, src_cnt, len, result, submit);
	return xor_val_submit(dest, offset, src_list, src_offs, true, src_cnt, len,
			      result, submit);
}
EXPORT_SYMBOL_GPL(async_xor_val_offs);

/**
 * async_xor_val - check that blocks at the same offset add up to zero
 * @dest: as for async_xor_val_offs()
 * @src_list: @src_cnt pages; NULL stands for a block of zeros
 * @offset: bytes from the beginning of each page
 * @src_cnt: number of blocks, at least 1
 * @len: bytes of each block
 * @result: as for async_xor_val_offs()
 * @submit: flags, parent and callback
 *
 * Context: any but hard interrupt; does not sleep.
 * Return: NULL if the result is there, else a handle.
 */
struct dma_async_tx_descriptor *
async_xor_val(struct page *dest, struct page **src_list, unsigned int offset,
	      int src_cnt, size_t len, enum sum_check_flags *result,
	      struct async_submit_ctl *submit)
{
	return xor_val_submit(dest, offset, src_list, NULL, false, src_cnt, len,
			      result, submit);
}
EXPORT_SYMBOL_GPL(async_xor_val);

static int __init async_xor_init(void)
{
	int err = async_tx_kind_register(&xor_kind);

	if (err)
		return err;
	err = async_tx_kind_register(&xor_val_kind);
	if (err)
		async_tx_kind_unregister(&xor_kind);
	return err;
}
module_init(async_xor_init);

static void __exit async_xor_exit(void)
{
	async_tx_kind_unregister(&xor_val_kind);
	async_tx_kind_unregister(&xor_kind);
}
module_exit(async_xor_exit);

MODULE_DESCRIPTION("Asynchronous XOR and its validation");
MODULE_LICENSE("GPL");
