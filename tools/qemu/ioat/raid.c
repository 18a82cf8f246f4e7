/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * I/OAT model: XOR and P+Q, generated and checked.
 *
 * Q is the sum of coefficient times source in GF(2^8) with the polynomial 0x11d.
 */
#include "ioat.h"

#define MAX_SRCS 16

/* Sources and coefficients of an operation, wherever its descriptors keep them */
typedef struct IoatSums {
    unsigned nr;
    uint64_t src[MAX_SRCS];
    uint8_t coef[MAX_SRCS];
} IoatSums;

/* Where the nth source is: in which descriptor of the operation, in which word of it */
typedef struct IoatPlace {
    uint8_t desc, word;
} IoatPlace;

#define XOR_SRCS 8
static const IoatPlace xor_places[XOR_SRCS] = {
    { 0, 1 }, { 0, 4 }, { 0, 5 }, { 0, 6 }, { 0, 7 }, { 1, 0 }, { 1, 1 }, { 1, 2 },
};

#define PQ_SRCS 8
static const IoatPlace pq_places[PQ_SRCS] = {
    { 0, 1 }, { 0, 4 }, { 0, 5 }, { 1, 0 }, { 1, 1 }, { 1, 2 }, { 1, 4 }, { 1, 5 },
};

/* Of 9 to 16 sources: behind the descriptor there are two more, elsewhere in memory. */
static const IoatPlace pq16_places[MAX_SRCS] = {
    { 0, 1 }, { 0, 4 }, { 1, 1 }, { 1, 2 }, { 1, 3 }, { 1, 4 }, { 1, 5 }, { 1, 6 }, { 1, 7 },
    { 2, 0 }, { 2, 1 }, { 2, 2 }, { 2, 3 }, { 2, 4 }, { 2, 5 }, { 2, 6 },
};

static uint8_t gf_mul(uint8_t a, uint8_t b)
{
    uint8_t sum = 0;

    for (; b; b >>= 1) {
        if (b & 1) {
            sum ^= a;
        }
        a = (a << 1) ^ (a & 0x80 ? 0x1d : 0);
    }
    return sum;
}

static void gf_add(uint8_t *sum, const uint8_t *src, uint32_t len, uint8_t coef)
{
    uint8_t table[256];
    uint32_t i;

    for (i = 0; i < ARRAY_SIZE(table); i++) {
        table[i] = gf_mul(coef, i);
    }
    for (i = 0; i < len; i++) {
        sum[i] ^= table[src[i]];
    }
}

static void sums_place(IoatSums *sums, const IoatPlace *places, const IoatDesc *const descs[])
{
    unsigned i;

    for (i = 0; i < sums->nr; i++) {
        sums->src[i] = descs[places[i].desc]->word[places[i].word];
    }
}

static void coefs_take(uint8_t *coef, uint64_t word)
{
    unsigned i;

    for (i = 0; i < sizeof(word); i++) {
        coef[i] = word >> (8 * i);
    }
}

/* Sum up into P and Q, of which either may be NULL. */
static uint32_t sums_make(IoatState *s, const IoatSums *sums, uint32_t len, uint8_t *p, uint8_t *q)
{
    g_autofree uint8_t *src = g_malloc(len);
    uint32_t err;
    unsigned i;

    for (i = 0; i < sums->nr; i++) {
        err = ioat_read(s, sums->src[i], src, len);
        if (err) {
            return err;
        }
        if (p) {
            gf_add(p, src, len, 1);
        }
        if (q) {
            gf_add(q, src, len, sums->coef[i]);
        }
    }
    return 0;
}

/* Write a sum, or compare it with what is there. */
static uint32_t sum_end(IoatState *s, uint64_t addr, const uint8_t *sum, uint32_t len, bool check,
                        uint32_t differs)
{
    g_autofree uint8_t *old = NULL;
    uint32_t err;

    if (!sum) {
        return 0;
    }
    if (!check) {
        return ioat_write(s, addr, sum, len);
    }
    old = g_malloc(len);
    err = ioat_read(s, addr, old, len);
    return err ? err : memcmp(old, sum, len) ? differs : 0;
}

static bool ioat_is_pq16(uint8_t op)
{
    return op == IOAT_OP_PQ_16S || op == IOAT_OP_PQ_VAL_16S;
}

static unsigned ioat_nr_srcs(const IoatDesc *d)
{
    return IOAT_CTL_SRCS(ioat_ctl(d)) + (ioat_is_pq16(IOAT_CTL_OP(ioat_ctl(d))) ? 9 : 2);
}

/* Do the sources go on in the next descriptor of the chain? */
bool ioat_has_ext(const IoatDesc *d)
{
    unsigned nr = ioat_nr_srcs(d);

    switch (IOAT_CTL_OP(ioat_ctl(d))) {
    case IOAT_OP_XOR:
    case IOAT_OP_XOR_VAL:
        return nr <= XOR_SRCS && xor_places[nr - 1].desc;
    case IOAT_OP_PQ:
    case IOAT_OP_PQ_VAL:
        return nr <= PQ_SRCS && pq_places[nr - 1].desc;
    default:
        return false;
    }
}

uint32_t ioat_execute_xor(IoatState *s, const IoatDesc *d, const IoatDesc *ext)
{
    bool check = IOAT_CTL_OP(ioat_ctl(d)) == IOAT_OP_XOR_VAL;
    uint32_t len = ioat_len(d), err;
    g_autofree uint8_t *sum = g_malloc0(len);
    const IoatDesc *const descs[] = { d, ext };
    IoatSums sums = { .nr = ioat_nr_srcs(d) };

    if (sums.nr > XOR_SRCS) {
        return IOAT_ERR_CONTROL;
    }
    sums_place(&sums, xor_places, descs);
    err = sums_make(s, &sums, len, sum, NULL);
    return err ? err : sum_end(s, d->word[IOAT_W_DST], sum, len, check, IOAT_ERR_P);
}

/* What a check has found goes over the length, if that is asked for. */
static uint32_t pq_write_back(IoatState *s, const IoatDesc *d, uint32_t found)
{
    uint32_t status = IOAT_WB_VALID;

    if (!(ioat_ctl(d) & IOAT_CTL_WB_STATUS)) {
        return 0;
    }
    status |= found & IOAT_ERR_P ? IOAT_WB_P : 0;
    status |= found & IOAT_ERR_Q ? IOAT_WB_Q : 0;
    status = cpu_to_le32(status);
    return ioat_write(s, d->addr, &status, sizeof(status));
}

static uint32_t pq16_take(IoatState *s, const IoatDesc *d, IoatSums *sums)
{
    IoatDesc more[2];
    const IoatDesc *const descs[] = { d, &more[0], &more[1] };
    unsigned i;

    for (i = 0; i < pq16_places[sums->nr - 1].desc; i++) {
        if (ioat_fetch(s, d->word[IOAT_W_SED] + i * IOAT_DESC_SIZE, &more[i])) {
            return IOAT_ERR_SED_ADDR;
        }
    }
    coefs_take(sums->coef + 8, more[0].word[0]);
    sums_place(sums, pq16_places, descs);
    return 0;
}

uint32_t ioat_execute_pq(IoatState *s, const IoatDesc *d, const IoatDesc *ext)
{
    uint32_t ctl = ioat_ctl(d), len = ioat_len(d), op = IOAT_CTL_OP(ctl), err, found;
    bool check = op == IOAT_OP_PQ_VAL || op == IOAT_OP_PQ_VAL_16S;
    g_autofree uint8_t *p = ctl & IOAT_CTL_NO_P ? NULL : g_malloc0(len);
    g_autofree uint8_t *q = ctl & IOAT_CTL_NO_Q ? NULL : g_malloc0(len);
    const IoatDesc *const descs[] = { d, ext };
    IoatSums sums = { .nr = ioat_nr_srcs(d) };

    if ((!p && !q) || ((ctl & IOAT_CTL_WB_STATUS) && !(s->cap & IOAT_CAP_DWBES))) {
        return IOAT_ERR_CONTROL;
    }
    coefs_take(sums.coef, d->word[IOAT_W_COEF]);
    if (ioat_is_pq16(op)) {
        err = pq16_take(s, d, &sums);
        if (err) {
            return err;
        }
    } else if (sums.nr <= PQ_SRCS) {
        sums_place(&sums, pq_places, descs);
    } else {
        return IOAT_ERR_CONTROL;
    }

    err = sums_make(s, &sums, len, p, q);
    if (err) {
        return err;
    }
    found = sum_end(s, d->word[IOAT_W_DST], p, len, check, IOAT_ERR_P);
    found |= sum_end(s, d->word[IOAT_W_Q], q, len, check, IOAT_ERR_Q);
    if (check) {
        found |= pq_write_back(s, d, found);
    }
    return found;
}
