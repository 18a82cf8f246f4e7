/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Arithmetic on blocks of memory, at any alignment and length.
 */
#ifndef DMA_SOFT_BLOCK_H
#define DMA_SOFT_BLOCK_H

#include <linux/types.h>

/* xor_blocks() takes no more sources at a time (see MAX_XOR_BLOCKS). */
#define SOFT_XOR_BATCH		4

bool soft_simd_usable(void);
bool soft_block_aligned(const void *block);
size_t soft_simd_len(size_t len);
void soft_xor_into(u8 *dst, void **srcs, unsigned int nr_srcs, size_t len,
		   bool simd);
void soft_mul_into(u8 *dst, const u8 *src, u8 coef, size_t len, u8 *trash,
		   bool simd);

#endif /* DMA_SOFT_BLOCK_H */
