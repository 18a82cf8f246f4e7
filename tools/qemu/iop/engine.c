/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * IOP model: what one descriptor says is done here.
 *
 * Q is the sum of coefficient times source in GF(2^8) with the polynomial 0x11d.
 */
#include "iop.h"
#include "qemu/cutils.h"

/* What a descriptor says, whichever unit's */
typedef struct IopOp {
    uint32_t len;
    unsigned nr;
    uint32_t src[IOP_MAX_SRCS];
    uint8_t coef[IOP_MAX_SRCS];
    bool fill;
    uint32_t pattern;
    bool has_p, has_q;      /* there is a sum, or P; and Q */
    uint32_t p, q;          /* where they are, or what they are compared with */
    bool check;
    bool irq;
} IopOp;

static bool iop_read(IopUnit *u, uint32_t addr, void *buf, size_t len)
{
    return pci_dma_read(PCI_DEVICE(u->dev), addr, buf, len) == MEMTX_OK;
}

static bool iop_write(IopUnit *u, uint32_t addr, const void *buf, size_t len)
{
    return pci_dma_write(PCI_DEVICE(u->dev), addr, buf, len) == MEMTX_OK;
}

bool iop_fetch(IopUnit *u, uint32_t addr, IopDesc *d)
{
    unsigned i;

    memset(d, 0, sizeof(*d));
    d->addr = addr;
    if (!iop_read(u, addr, d->word, u->kind->words * sizeof(d->word[0]))) {
        return false;
    }
    for (i = 0; i < u->kind->words; i++) {
        d->word[i] = le32_to_cpu(d->word[i]);
    }
    return true;
}

/* --- DMA unit --- */

static void dma_decode(IopUnit *u, const IopDesc *d, IopOp *op)
{
    uint32_t ctl = d->word[IOP_DMA_W_CTL];

    if (!(ctl & IOP_DMA_MEM) || (ctl & ~IOP_DMA_KNOWN) || d->word[IOP_DMA_W_SRC_HI]) {
        iop_violation(u, "bits that it does not know");
    }
    op->irq = ctl & IOP_DMA_INT;
    op->len = d->word[IOP_DMA_W_COUNT];
    op->nr = 1;
    op->src[0] = d->word[IOP_DMA_W_SRC];
    op->has_p = true;
    op->p = d->word[IOP_DMA_W_DST];
}

/* --- AAU --- */

static void aau_block(IopUnit *u, IopOp *op, unsigned cmd, uint32_t word)
{
    switch (cmd) {
    case 0:
        return;
    case IOP_AAU_FILL:
        op->fill = true;
        op->pattern = word;
        return;
    case IOP_AAU_XOR:
    case IOP_AAU_DIRECT:
        if ((cmd == IOP_AAU_XOR) == !op->nr) {
            iop_violation(u, "the first block, and no other, is to be taken as it is");
        }
        op->src[op->nr++] = word;
        return;
    default:
        iop_violation(u, "a command that it does not know");
    }
}

static void aau_decode(IopUnit *u, const IopDesc *d, IopOp *op)
{
    static const unsigned extended[] = { 0, 0, 1, 3 };
    uint32_t ctl = d->word[IOP_AAU_W_CTL], size = IOP_AAU_SIZE(ctl), more;
    unsigned i, j;

    op->irq = ctl & IOP_AAU_INT;
    op->len = d->word[IOP_AAU_W_COUNT];
    for (i = 0; i < (size ? 8 : 4); i++) {
        aau_block(u, op, IOP_AAU_CMD(ctl, i),
                  d->word[i < 4 ? IOP_AAU_W_SRC + i : IOP_AAU_W_MINI + i - 4]);
    }
    if (!size && (ctl & 0x01ffe000u)) {
        iop_violation(u, "blocks that are not there");
    }
    for (j = 0; j < extended[size]; j++) {
        more = d->word[IOP_AAU_W_EXT(j)];
        for (i = 0; i < 8; i++) {
            aau_block(u, op, IOP_AAU_CMD(more, i), d->word[IOP_AAU_W_EXT(j) + 1 + i]);
        }
    }
    op->check = ctl & IOP_AAU_CHECK;
    op->has_p = ctl & IOP_AAU_WRITE;
    op->p = d->word[IOP_AAU_W_DST];
    if (op->check && (op->has_p || op->len > IOP_AAU_MAX_CHECK)) {
        iop_violation(u, "a check that it cannot do");
    }
}

static bool aau_report(IopUnit *u, const IopDesc *d, bool bad)
{
    uint32_t ctl = d->word[IOP_AAU_W_CTL] | IOP_AAU_COMPLETE | (bad ? IOP_AAU_NOT_ZERO : 0);

    ctl = cpu_to_le32(ctl);
    return iop_write(u, d->addr + 4 * IOP_AAU_W_CTL, &ctl, sizeof(ctl));
}

/* --- ADMA unit --- */

static void adma_decode(IopUnit *u, const IopDesc *d, IopOp *op)
{
    uint32_t ctl = d->word[IOP_ADMA_W_CTL];
    unsigned i;

    if (IOP_ADMA_DIR(ctl) != 3 || (ctl & ~IOP_ADMA_KNOWN) || d->word[IOP_ADMA_W_DST_HI]) {
        iop_violation(u, "bits that it does not know");
    }
    if (!(ctl & IOP_ADMA_CHECK) != !(ctl & IOP_ADMA_STATUS)) {
        iop_violation(u, "a check without a result, or the other way round");
    }
    op->irq = ctl & IOP_ADMA_INT;
    op->len = d->word[IOP_ADMA_W_COUNT];
    op->check = ctl & IOP_ADMA_CHECK;
    op->p = d->word[IOP_ADMA_W_DST];
    op->has_p = !op->check;
    if (ctl & IOP_ADMA_FILL) {
        op->fill = true;
        op->pattern = d->word[IOP_ADMA_W_DATA];
        return;
    }
    op->nr = IOP_ADMA_SRCS(ctl);
    for (i = 0; i < op->nr; i++) {
        op->src[i] = d->word[IOP_ADMA_W_SRC(i)];
        op->coef[i] = d->word[IOP_ADMA_W_SRC(i) + 1] >> 24;
        if (d->word[IOP_ADMA_W_SRC(i) + 1] & 0xffffff) {
            iop_violation(u, "an address above 4 GiB");
        }
    }
    if (!(ctl & IOP_ADMA_PQ)) {
        return;
    }
    op->has_p = !(ctl & IOP_ADMA_NO_P);
    op->has_q = true;
    op->q = d->word[IOP_ADMA_W_DATA];
    if ((op->p ^ op->q) & 15) {
        iop_violation(u, "P and Q lie differently");
    }
    if (op->check && op->nr > 2) {
        op->nr -= 2;
        op->p = op->src[op->nr];
        op->q = op->src[op->nr + 1];
    }
}

static bool adma_report(IopUnit *u, const IopDesc *d, bool bad, bool bad_q)
{
    uint32_t count = d->word[IOP_ADMA_W_COUNT] | IOP_ADMA_COMPLETE | (bad ? IOP_ADMA_BAD : 0) |
                     (bad_q ? IOP_ADMA_BAD_Q : 0);

    count = cpu_to_le32(count);
    return iop_write(u, d->addr + 4 * IOP_ADMA_W_COUNT, &count, sizeof(count));
}

/* --- all of them --- */

static uint8_t gf_mul(uint8_t a, uint8_t b)
{
    uint8_t sum = 0;

    while (b) {
        sum ^= b & 1 ? a : 0;
        a = (a << 1) ^ (a & 0x80 ? 0x1d : 0);
        b >>= 1;
    }
    return sum;
}

static void gf_add(uint8_t *sum, const uint8_t *src, uint32_t len, uint8_t coef)
{
    uint8_t times[256];
    uint32_t i;

    for (i = 0; i < ARRAY_SIZE(times); i++) {
        times[i] = gf_mul(i, coef);
    }
    for (i = 0; i < len; i++) {
        sum[i] ^= times[src[i]];
    }
}

static void add(uint8_t *sum, const uint8_t *src, uint32_t len)
{
    uint32_t i;

    for (i = 0; i < len; i++) {
        sum[i] ^= src[i];
    }
}

static bool sums_make(IopUnit *u, const IopOp *op, uint8_t *p, uint8_t *q)
{
    g_autofree uint8_t *buf = g_malloc(op->len);
    uint32_t i;

    for (i = 0; op->fill && i < op->len; i++) {
        p[i] = op->pattern >> 8 * (i % 4);
    }
    for (i = 0; i < op->nr; i++) {
        if (!iop_read(u, op->src[i], buf, op->len)) {
            return false;
        }
        add(p, buf, op->len);
        if (op->has_q) {
            gf_add(q, buf, op->len, op->coef[i]);
        }
    }
    return true;
}

static bool sum_differs(IopUnit *u, uint32_t addr, uint8_t *sum, uint32_t len, bool *ok)
{
    g_autofree uint8_t *buf = g_malloc(len);

    if (!iop_read(u, addr, buf, len)) {
        *ok = false;
        return false;
    }
    return memcmp(buf, sum, len) != 0;
}

static bool check(IopUnit *u, const IopDesc *d, const IopOp *op, uint8_t *p, uint8_t *q)
{
    bool ok = true, bad, bad_q = false;

    if (op->has_q) {
        bad = op->has_p && sum_differs(u, op->p, p, op->len, &ok);
        bad_q = sum_differs(u, op->q, q, op->len, &ok);
    } else {
        bad = !buffer_is_zero(p, op->len);
    }
    if (!ok) {
        return false;
    }
    return u->nr == IOP_AAU ? aau_report(u, d, bad) : adma_report(u, d, bad, bad_q);
}

bool iop_execute(IopUnit *u, const IopDesc *d, bool *irq)
{
    static void (*const decode[])(IopUnit *u, const IopDesc *d, IopOp *op) = {
        [IOP_DMA] = dma_decode, [IOP_AAU] = aau_decode, [IOP_ADMA] = adma_decode,
    };
    g_autofree uint8_t *p = NULL, *q = NULL;
    IopOp op = { 0 };

    decode[u->nr](u, d, &op);
    *irq = op.irq;
    if (op.len > IOP_MAX_COUNT) {
        iop_violation(u, "a count of more than 24 bits");
        return false;
    }
    /* Nothing, but for its interrupt. */
    if (!op.len) {
        return true;
    }
    p = g_malloc0(op.len);
    q = op.has_q ? g_malloc0(op.len) : NULL;
    if (!sums_make(u, &op, p, q)) {
        return false;
    }
    if (op.check) {
        return check(u, d, &op, p, q);
    }
    return (!op.has_p || iop_write(u, op.p, p, op.len)) &&
           (!op.has_q || iop_write(u, op.q, q, op.len));
}
