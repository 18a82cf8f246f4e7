// SPDX-License-Identifier: GPL-2.0-only
/*
 * Arithmetic on blocks of memory, at any alignment and length.
 *
 * The kernel's fast routines (xor_blocks() and lib/raid6) want aligned blocks
 * and lengths that are multiples of a sector, and some of them must not be
 * called where the vector unit is out of reach.  The functions here take any
 * block, hand the part that suits to the fast routines, and do the rest by
 * plain loads and stores.
 */
#include <linux/align.h>
#include <linux/bitops.h>
#include <linux/kernel.h>
#include <linux/preempt.h>
#include <linux/raid/pq.h>
#include <linux/raid/xor.h>
#include <linux/unaligned.h>
#include <asm/simd.h>

#include "block.h"

/* The widest vector of any lib/raid6 or xor routine. */
#define SOFT_VECTOR_ALIGN	64

/* The widest stride of any of them; their callers pass whole sectors. */
#define SOFT_SIMD_STRIDE	512

/**
 * soft_simd_usable - tell whether xor_blocks() and lib/raid6 may be called
 *
 * Context: any but NMI.
 * Return: true if the routines may use the vector unit here.
 */
bool soft_simd_usable(void)
{
	/*
	 * The generic may_use_simd() says no wherever bottom halves are merely
	 * disabled.  A task cannot have interrupted a user of the vector unit,
	 * so there it is safe on every architecture.
	 */
	return may_use_simd() || (in_task() && !irqs_disabled());
}

/**
 * soft_block_aligned - tell whether a block suits the vector routines
 * @block: its address
 *
 * Return: true if it does.
 */
bool soft_block_aligned(const void *block)
{
	return IS_ALIGNED((unsigned long)block, SOFT_VECTOR_ALIGN);
}

/**
 * soft_simd_len - how much of a block suits the vector routines
 * @len: length of the block in bytes
 *
 * Return: the length of the front part that does.
 */
size_t soft_simd_len(size_t len)
{
	return round_down(len, SOFT_SIMD_STRIDE);
}

static void soft_xor_plain(u8 *dst, const u8 *src, size_t len)
{
	for (; len >= sizeof(long); len -= sizeof(long)) {
		unsigned long sum = get_unaligned((unsigned long *)dst) ^
				    get_unaligned((const unsigned long *)src);

		put_unaligned(sum, (unsigned long *)dst);
		dst += sizeof(long);
		src += sizeof(long);
	}
	while (len--)
		*dst++ ^= *src++;
}

/**
 * soft_xor_into - XOR some blocks into another
 * @dst: block to change
 * @srcs: blocks to add; none may overlap @dst
 * @nr_srcs: number of @srcs, 1 to %SOFT_XOR_BATCH
 * @len: bytes of each block
 * @simd: what soft_simd_usable() said
 *
 * Context: any where @simd holds.
 */
void soft_xor_into(u8 *dst, void **srcs, unsigned int nr_srcs, size_t len,
		   bool simd)
{
	size_t fast = simd ? soft_simd_len(len) : 0;
	unsigned int i;

	if (!soft_block_aligned(dst))
		fast = 0;
	for (i = 0; fast && i < nr_srcs; i++)
		if (!soft_block_aligned(srcs[i]))
			fast = 0;

	if (fast)
		xor_blocks(nr_srcs, fast, dst, srcs);
	if (fast < len)
		for (i = 0; i < nr_srcs; i++)
			soft_xor_plain(dst + fast, srcs[i] + fast, len - fast);
}

/*
 * A product with a constant is a sum of doublings, one for each bit of the
 * constant, and sums of doublings are what a RAID-6 syndrome is: with the
 * source standing for each disk whose number is a set bit, Q grows by the
 * product.  Vector code does that faster than a table look-up for each byte.
 */
static void soft_mul_syndrome(u8 *dst, const u8 *src, u8 coef, size_t len,
			      u8 *trash)
{
	void *blocks[BITS_PER_BYTE + 2];
	int i;

	for (i = 0; i < BITS_PER_BYTE; i++)
		blocks[i] = coef & BIT(i) ? (void *)src :
					    (void *)raid6_empty_zero_page;
	blocks[BITS_PER_BYTE] = trash;
	blocks[BITS_PER_BYTE + 1] = dst;

	raid6_call.xor_syndrome(ARRAY_SIZE(blocks), __ffs(coef), __fls(coef),
				len, blocks);
}

static void soft_mul_table(u8 *dst, const u8 *src, u8 coef, size_t len)
{
	const u8 *product = raid6_gfmul[coef];

	for (; len >= 4; len -= 4, dst += 4, src += 4) {
		u32 word = get_unaligned_le32(src);
		u32 sum = product[word & 0xff] |
			  product[(word >> 8) & 0xff] << 8 |
			  product[(word >> 16) & 0xff] << 16 |
			  (u32)product[word >> 24] << 24;

		put_unaligned_le32(get_unaligned_le32(dst) ^ sum, dst);
	}
	while (len--)
		*dst++ ^= product[*src++];
}

/**
 * soft_mul_into - add the product of a block and a constant to another block
 * @dst: block to change
 * @src: block to multiply; must not overlap @dst
 * @coef: the constant, an element of GF(2^8) modulo 0x11d
 * @len: bytes of each block, at most PAGE_SIZE
 * @trash: another block as long, aligned, whose content nobody needs
 * @simd: what soft_simd_usable() said
 *
 * Context: any where @simd holds.
 */
void soft_mul_into(u8 *dst, const u8 *src, u8 coef, size_t len, u8 *trash,
		   bool simd)
{
	void *addend = (void *)src;
	size_t fast = 0;

	if (!coef)
		return;
	if (coef == 1) {
		soft_xor_into(dst, &addend, 1, len, simd);
		return;
	}

	/* Routines of priority 0 work on plain words: tables are faster. */
	if (simd && raid6_call.xor_syndrome && raid6_call.priority &&
	    soft_block_aligned(dst) && soft_block_aligned(src))
		fast = soft_simd_len(len);
	if (fast)
		soft_mul_syndrome(dst, src, coef, fast, trash);
	if (fast < len)
		soft_mul_table(dst + fast, src + fast, coef, len - fast);
}
