/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How async_pq.c and async_raid6_recov.c hand their blocks to lib/raid6
 *
 * The library takes an array of addresses, one a disk: the data disks, then P,
 * then Q.  A data block that is not there is a page of zeros, so blocks are
 * worked on in pieces of at most a page.
 */
#ifndef _ASYNC_TX_RAID6_H
#define _ASYNC_TX_RAID6_H

#include <linux/raid/pq.h>

#include "internal.h"

#define ASYNC_TX_MAX_DISKS	255

/**
 * struct raid6_piece - a piece of the blocks of an array
 * @ptrs: addresses, by disk
 * @disks: how many there are, P and Q included
 * @len: bytes
 * @first: first data block that is there, or -1; only set on demand
 * @last: last data block that is there, or -1
 * @addrs: all addresses, or-ed together
 * @holes: some block is not there
 */
struct raid6_piece {
	void **ptrs;
	int disks;
	size_t len;
	int first;
	int last;
	unsigned long addrs;
	bool holes;
};

/* How many bytes of the piece the library can do, from the beginning. */
static __always_inline size_t raid6_piece_simd(const struct raid6_piece *piece)
{
	if (unlikely(piece->addrs % ASYNC_TX_SIMD_ALIGN))
		return 0;
	return round_down(piece->len, ASYNC_TX_SIMD_BLOCK);
}

/* @offs or NULL, and @range, are known when compiling. */
static __always_inline void raid6_piece_fill(struct raid6_piece *piece,
					     struct page **blocks,
					     unsigned int *offs, size_t done,
					     bool range)
{
	int i, disks = piece->disks, first = -1, last = -1;
	void **ptrs = piece->ptrs;
	unsigned long addrs = 0;
	bool holes = false;

	for (i = 0; i < disks; i++) {
		void *addr = (void *)raid6_empty_zero_page;

		if (likely(blocks[i])) {
			addr = page_address(blocks[i]) + (offs ? offs[i] : 0) + done;
			addrs |= (unsigned long)addr;
			if (range && i < disks - 2) {
				first = first < 0 ? i : first;
				last = i;
			}
		} else {
			holes = true;
		}
		ptrs[i] = addr;
	}
	piece->holes = holes;
	piece->addrs = addrs;
	piece->first = first;
	piece->last = last;
}

/*
 * Look up the blocks that a client has given; @done bytes of them are done.
 * With @range, find out which are there.
 */
static __always_inline void raid6_piece_init(struct raid6_piece *piece,
					     struct page **blocks,
					     unsigned int *offs, size_t done,
					     bool range)
{
	if (offs)
		raid6_piece_fill(piece, blocks, offs, done, range);
	else
		raid6_piece_fill(piece, blocks, NULL, done, range);
}

/* Look up the blocks of an operation, which remember their disks. */
static inline void raid6_piece_init_op(struct raid6_piece *piece,
				       struct async_tx_op *op, size_t done)
{
	void *addr;
	int i;

	piece->first = -1;
	piece->last = -1;
	piece->addrs = 0;
	for (i = 0; i < piece->disks; i++)
		piece->ptrs[i] = (void *)raid6_empty_zero_page;
	for (i = 0; i < op->nr_srcs + op->nr_dsts; i++) {
		if (!op->buf[i].page)
			continue;
		addr = async_tx_buf_addr(&op->buf[i]) + done;
		piece->ptrs[op->buf[i].disk] = addr;
		piece->addrs |= (unsigned long)addr;
		if (op->buf[i].disk < piece->disks - 2) {
			if (piece->first < 0)
				piece->first = op->buf[i].disk;
			piece->last = op->buf[i].disk;
		}
	}
}

static inline void raid6_add_src(struct async_tx_op *op, int disk, u8 coef,
				 struct page **blocks, unsigned int *offs)
{
	op->buf[op->nr_srcs].disk = disk;
	op->coef[op->nr_srcs] = coef;
	async_tx_add_src(op, blocks[disk], offs ? offs[disk] : 0);
}

static inline void raid6_add_dst(struct async_tx_op *op, int disk,
				 struct page **blocks, unsigned int *offs)
{
	op->buf[op->nr_srcs + op->nr_dsts].disk = disk;
	async_tx_add_dst(op, blocks[disk], offs ? offs[disk] : 0);
}

static inline bool raid6_op_aligned(const struct async_tx_op *op,
				    struct dma_device *dma)
{
	unsigned int offsets = 0;
	int i;

	for (i = 0; i < op->nr_srcs + op->nr_dsts; i++)
		if (op->buf[i].page)
			offsets |= op->buf[i].offset;
	return is_dma_pq_aligned(dma, offsets, 0, op->len);
}

/* Whether @nr sources fit, in one part or in several with these flags. */
static inline bool raid6_srcs_fit(struct dma_device *dma, int nr,
				  enum dma_ctrl_flags flags)
{
	return nr > 1 && (nr <= dma_maxpq(dma, flags) ||
			  (dma_maxpq(dma, flags) > 0 &&
			   dma_maxpq(dma, flags | DMA_PREP_CONTINUE) > 0));
}

static inline void raid6_settle(struct page **blocks, unsigned int *offs, int disks,
				size_t len, int written1, int written2)
{
	int i;

	for (i = 0; i < disks; i++)
		async_tx_settle(blocks[i], offs ? offs[i] : 0, len,
				i == written1 || i == written2);
}

#endif /* _ASYNC_TX_RAID6_H */
