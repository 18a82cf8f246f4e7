/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reference arithmetic for the async_tx tests
 *
 * Plain on purpose: one byte at a time, multiplication by shifting; for a block,
 * all products are worked out so first.  Nothing here is shared with the code
 * under test, so an error in a table, in a vector routine or in the handling of a
 * tail cannot hide in the reference.
 */
#ifndef ATX_TESTS_REF_H
#define ATX_TESTS_REF_H

#include <linux/types.h>

/* RAID-6 works in GF(256) modulo x^8 + x^4 + x^3 + x^2 + 1 */
#define REF_POLY	0x11d

/**
 * ref_gfmul - product in GF(256)
 * @a: one factor
 * @b: other factor
 */
static inline u8 ref_gfmul(u8 a, u8 b)
{
	unsigned int shifted = a;
	unsigned int product = 0;

	while (b) {
		if (b & 1)
			product ^= shifted;
		shifted <<= 1;
		if (shifted & 0x100)
			shifted ^= REF_POLY;
		b >>= 1;
	}
	return product;
}

/**
 * ref_gfexp - power of the generator {02}
 * @n: exponent, that is the index of the data block
 */
static inline u8 ref_gfexp(unsigned int n)
{
	u8 power = 1;

	while (n--)
		power = ref_gfmul(power, 2);
	return power;
}

/**
 * ref_gfinv - multiplicative inverse, found by trying
 * @a: element; 0 has no inverse and gives 0
 */
static inline u8 ref_gfinv(u8 a)
{
	unsigned int b;

	for (b = 1; b < 256; b++)
		if (ref_gfmul(a, b) == 1)
			return b;
	return 0;
}

/**
 * ref_xor - dst ^= src
 * @dst: block to change
 * @src: block to add
 * @len: bytes
 */
static inline void ref_xor(u8 *dst, const u8 *src, size_t len)
{
	while (len--)
		*dst++ ^= *src++;
}

/* All products of @coef. */
static inline void ref_products(u8 *products, u8 coef)
{
	unsigned int i;

	for (i = 0; i < 256; i++)
		products[i] = ref_gfmul(i, coef);
}

/**
 * ref_scale - dst = coef * dst
 * @dst: block to change
 * @coef: factor
 * @len: bytes
 */
static inline void ref_scale(u8 *dst, u8 coef, size_t len)
{
	u8 products[256];

	ref_products(products, coef);
	for (; len--; dst++)
		*dst = products[*dst];
}

/**
 * ref_scale_xor - dst ^= coef * src
 * @dst: block to change
 * @coef: factor
 * @src: block to add
 * @len: bytes
 */
static inline void ref_scale_xor(u8 *dst, u8 coef, const u8 *src, size_t len)
{
	u8 products[256];

	ref_products(products, coef);
	while (len--)
		*dst++ ^= products[*src++];
}

#endif /* ATX_TESTS_REF_H */
