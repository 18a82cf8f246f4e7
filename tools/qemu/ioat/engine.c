/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * I/OAT model: what one descriptor says is done here.
 */
#include "ioat.h"

uint32_t ioat_read(IoatState *s, uint64_t addr, void *buf, size_t len)
{
    return pci_dma_read(PCI_DEVICE(s), addr, buf, len) == MEMTX_OK ? 0 : IOAT_ERR_READ;
}

uint32_t ioat_write(IoatState *s, uint64_t addr, const void *buf, size_t len)
{
    return pci_dma_write(PCI_DEVICE(s), addr, buf, len) == MEMTX_OK ? 0 : IOAT_ERR_WRITE;
}

uint32_t ioat_fetch(IoatState *s, uint64_t addr, IoatDesc *d)
{
    unsigned i;

    if (addr % IOAT_DESC_SIZE) {
        return IOAT_ERR_NEXT_ALIGN;
    }
    d->addr = addr;
    if (ioat_read(s, addr, d->word, sizeof(d->word))) {
        return IOAT_ERR_NEXT_ADDR;
    }
    for (i = 0; i < IOAT_DESC_WORDS; i++) {
        d->word[i] = le64_to_cpu(d->word[i]);
    }
    return 0;
}

static uint32_t ioat_execute_copy(IoatState *s, const IoatDesc *d, const IoatDesc *ext)
{
    uint32_t len = ioat_len(d), err;
    g_autofree uint8_t *buf = NULL;

    if (ioat_ctl(d) & IOAT_CTL_NULL) {
        return 0;
    }
    buf = g_malloc(len);
    err = ioat_read(s, d->word[IOAT_W_SRC], buf, len);
    return err ? err : ioat_write(s, d->word[IOAT_W_DST], buf, len);
}

static uint32_t ioat_execute_fill(IoatState *s, const IoatDesc *d, const IoatDesc *ext)
{
    uint64_t pattern = cpu_to_le64(d->word[IOAT_W_SRC]);
    uint32_t len = ioat_len(d), i;
    g_autofree uint8_t *buf = g_malloc(len);

    for (i = 0; i < len; i++) {
        buf[i] = ((uint8_t *)&pattern)[i % sizeof(pattern)];
    }
    return ioat_write(s, d->word[IOAT_W_DST], buf, len);
}

/* Operations, what a function must be able to do for them, and control bits that they lack */
static const struct {
    uint8_t op;
    uint32_t cap;
    uint32_t reserved;
    uint32_t (*execute)(IoatState *s, const IoatDesc *d, const IoatDesc *ext);
} ioat_ops[] = {
    { IOAT_OP_COPY, 0, IOAT_CTL_RESERVED, ioat_execute_copy },
    { IOAT_OP_FILL, IOAT_CAP_FILL, IOAT_CTL_RESERVED, ioat_execute_fill },
    { IOAT_OP_XOR, IOAT_CAP_XOR, IOAT_CTL_RESERVED, ioat_execute_xor },
    { IOAT_OP_XOR_VAL, IOAT_CAP_XOR, IOAT_CTL_RESERVED, ioat_execute_xor },
    { IOAT_OP_PQ, IOAT_CAP_PQ, IOAT_CTL_PQ_RESERVED, ioat_execute_pq },
    { IOAT_OP_PQ_VAL, IOAT_CAP_PQ, IOAT_CTL_PQ_RESERVED, ioat_execute_pq },
    { IOAT_OP_PQ_16S, IOAT_CAP_RAID16SS, IOAT_CTL_PQ_RESERVED, ioat_execute_pq },
    { IOAT_OP_PQ_VAL_16S, IOAT_CAP_RAID16SS, IOAT_CTL_PQ_RESERVED, ioat_execute_pq },
};

uint32_t ioat_execute(IoatState *s, const IoatDesc *d, const IoatDesc *ext)
{
    uint32_t ctl = ioat_ctl(d);
    unsigned i;

    if (!ioat_len(d) || ioat_len(d) > 1u << IOAT_XFERCAP_1M) {
        return IOAT_ERR_LENGTH;
    }
    for (i = 0; i < ARRAY_SIZE(ioat_ops); i++) {
        if (ioat_ops[i].op == IOAT_CTL_OP(ctl) && !(ioat_ops[i].cap & ~s->cap) &&
            !(ioat_ops[i].reserved & ctl)) {
            return ioat_ops[i].execute(s, d, ext);
        }
    }
    return IOAT_ERR_CONTROL;
}
