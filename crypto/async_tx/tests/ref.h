/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reference arithmetic for the async_tx tests
 */
#ifndef ATX_TESTS_REF_H
#define ATX_TESTS_REF_H

#include <linux/types.h>

/* RAID-6 works in GF(256) modulo x^8 + x^4 + x^3 + x^2 + 1 */
#define REF_POLY	0x11d

u8 ref_gfmul(u8 a, u8 b);
u8 ref_gfexp(unsigned int n);
u8 ref_gfinv(u8 a);
void ref_xor(u8 *dst, const u8 *src, size_t len);
void ref_scale(u8 *dst, u8 coef, size_t len);
void ref_scale_xor(u8 *dst, u8 coef, const u8 *src, size_t len);

#endif /* ATX_TESTS_REF_H */
