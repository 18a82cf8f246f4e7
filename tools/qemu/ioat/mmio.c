/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * I/OAT model: registers.
 *
 * The function's are at the beginning, those of channel n at 0x80 * (n + 1).
 */
#include "ioat.h"
#include "qemu/log.h"

/* What a read of some bytes within a register of up to eight gives */
static uint64_t ioat_part(uint64_t value, hwaddr addr, hwaddr base, unsigned size)
{
    value >>= 8 * (addr - base);
    return size < 8 ? value & ((1ull << (8 * size)) - 1) : value;
}

static uint64_t ioat_put(uint64_t old, hwaddr addr, hwaddr base, uint64_t value, unsigned size)
{
    unsigned shift = 8 * (addr - base);
    uint64_t mask = size < 8 ? (1ull << (8 * size)) - 1 : ~0ull;

    return (old & ~(mask << shift)) | ((value & mask) << shift);
}

/*
 * One vector for all channels: reading disables it, until the handler writes what it has
 * read.  With a vector for each there is nothing to be read.
 */
static uint8_t ioat_read_intrctrl(IoatState *s)
{
    uint8_t value = s->intrctrl;

    if (s->attn) {
        value |= IOAT_INTRCTRL_STATUS;
        value |= value & IOAT_INTRCTRL_MASTER ? IOAT_INTRCTRL_INT : 0;
    }
    if (!(value & IOAT_INTRCTRL_VECTORS)) {
        s->intrctrl &= ~IOAT_INTRCTRL_MASTER;
        ioat_update_line(s);
    }
    return value;
}

static uint32_t ioat_read_attn(IoatState *s)
{
    uint32_t value = s->attn;

    s->attn = 0;
    ioat_update_line(s);
    return value;
}

static uint64_t ioat_function_read(IoatState *s, hwaddr addr)
{
    switch (addr) {
    case IOAT_CHANCNT:
        return s->nr_chans;
    case IOAT_XFERCAP:
        return IOAT_XFERCAP_1M;
    case IOAT_INTRCTRL:
        return ioat_read_intrctrl(s);
    case IOAT_ATTNSTATUS:
        return ioat_read_attn(s);
    case IOAT_VER:
        return s->version;
    case IOAT_INTRDELAY:
        return s->intrdelay | IOAT_INTRDELAY_CAN;
    case IOAT_DMACAP:
        return s->cap;
    default:
        return 0;
    }
}

static void ioat_function_write(IoatState *s, hwaddr addr, uint64_t value)
{
    switch (addr) {
    case IOAT_INTRCTRL:
        s->intrctrl = value & (IOAT_INTRCTRL_MASTER | IOAT_INTRCTRL_VECTORS);
        ioat_update_line(s);
        break;
    case IOAT_INTRDELAY:
        s->intrdelay = value & IOAT_INTRDELAY_TIME;
        break;
    default:
        break;
    }
}

static uint64_t ioat_chan_read(IoatChan *c, hwaddr addr, unsigned size)
{
    switch (addr) {
    case IOAT_CHANCTRL:
        return c->ctrl | (c->disarmed ? IOAT_CHANCTRL_REARM : 0);
    case IOAT_CHANCMD:
        return 0;
    case IOAT_DMACOUNT:
        return c->count;
    case IOAT_CHANSTS ... IOAT_CHANSTS + 7:
        return ioat_part(ioat_chan_status(c), addr, IOAT_CHANSTS, size);
    case IOAT_CHAINADDR_LO ... IOAT_CHAINADDR_LO + 7:
        return ioat_part(c->chain, addr, IOAT_CHAINADDR_LO, size);
    case IOAT_CHANCMP_LO ... IOAT_CHANCMP_LO + 7:
        return ioat_part(c->cmp, addr, IOAT_CHANCMP_LO, size);
    case IOAT_CDAR ... IOAT_CDAR + 7:
        return ioat_part(c->next, addr, IOAT_CDAR, size);
    case IOAT_CHANERR:
        return c->err;
    case IOAT_CHANERRMASK:
        return c->errmask;
    default:
        return ldn_le_p(c->rest + addr, size);
    }
}

static void ioat_chan_command(IoatChan *c, uint8_t command)
{
    if (command & IOAT_CMD_RESET) {
        ioat_chan_reset(c);
        ioat_lose_vector(c->dev);
    } else if (command & (IOAT_CMD_SUSPEND | IOAT_CMD_ABORT)) {
        ioat_chan_suspend(c);
    } else if (command & IOAT_CMD_RESUME) {
        ioat_chan_resume(c);
    }
}

static void ioat_chan_write(IoatChan *c, hwaddr addr, uint64_t value, unsigned size)
{
    switch (addr) {
    case IOAT_CHANCTRL:
        c->ctrl = value & ~IOAT_CHANCTRL_REARM;
        if (value & IOAT_CHANCTRL_REARM) {
            ioat_chan_rearm(c);
        }
        break;
    case IOAT_CHANCMD:
        ioat_chan_command(c, value);
        break;
    case IOAT_DMACOUNT:
        ioat_chan_set_count(c, value);
        break;
    case IOAT_CHAINADDR_LO ... IOAT_CHAINADDR_LO + 7:
        c->chain = ioat_put(c->chain, addr, IOAT_CHAINADDR_LO, value, size);
        if (addr + size == IOAT_CHAINADDR_LO + 8) {
            ioat_chan_set_chain(c);
        }
        break;
    case IOAT_CHANCMP_LO ... IOAT_CHANCMP_LO + 7:
        c->cmp = ioat_put(c->cmp, addr, IOAT_CHANCMP_LO, value, size);
        break;
    case IOAT_CHANERR:
        c->err &= ~value;
        break;
    case IOAT_CHANERRMASK:
        c->errmask = value;
        break;
    default:
        stn_le_p(c->rest + addr, size, value);
        break;
    }
}

static IoatChan *ioat_chan_at(IoatState *s, hwaddr *addr)
{
    unsigned nr = *addr / IOAT_CHAN_SIZE;

    *addr %= IOAT_CHAN_SIZE;
    return nr && nr <= s->nr_chans ? &s->chan[nr - 1] : NULL;
}

static uint64_t ioat_mmio_read(void *opaque, hwaddr addr, unsigned size)
{
    IoatState *s = opaque;
    hwaddr at = addr;
    IoatChan *c = ioat_chan_at(s, &at);

    if (s->gone) {
        return ~0ull;
    }
    if (c) {
        return ioat_chan_read(c, at, size);
    }
    return addr < IOAT_CHAN_SIZE ? ioat_function_read(s, addr) : 0;
}

static void ioat_mmio_write(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{
    IoatState *s = opaque;
    hwaddr at = addr;
    IoatChan *c = ioat_chan_at(s, &at);

    if (s->gone) {
        return;
    }
    /* Eight bytes may be read at once, but are not taken at once. */
    if (size == 8) {
        qemu_log_mask(LOG_GUEST_ERROR, "ioat: 8 bytes written to register 0x%" HWADDR_PRIx "\n", addr);
        return;
    }
    if (c) {
        ioat_chan_write(c, at, value, size);
    } else if (addr < IOAT_CHAN_SIZE) {
        ioat_function_write(s, addr, value);
    }
}

const MemoryRegionOps ioat_mmio_ops = {
    .read = ioat_mmio_read,
    .write = ioat_mmio_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 8 },
    .impl = { .min_access_size = 1, .max_access_size = 8 },
};
