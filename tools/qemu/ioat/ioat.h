/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A model of an Intel I/OAT function, for QEMU.
 *
 * pci.c      the PCI function, its properties and its interrupts
 * mmio.c     the registers
 * channel.c  a channel: what it does when, what it reports, what goes wrong
 * engine.c   what one descriptor says is done: copies and fills
 * raid.c     the same: XOR and P+Q
 */
#ifndef IOAT_H
#define IOAT_H

#include "qemu/osdep.h"
#include "qemu/timer.h"
#include "hw/pci/pci.h"
#include "qom/object.h"

#include "regs.h"

#define TYPE_IOAT "ioat"
OBJECT_DECLARE_SIMPLE_TYPE(IoatState, IOAT)

typedef struct IoatChan {
    IoatState *dev;
    unsigned nr;
    QEMUTimer *timer;       /* the next descriptor is done when it fires */
    QEMUTimer *irq_timer;   /* an interrupt that waits for more to report */

    uint16_t ctrl;
    uint16_t count;         /* descriptors that the driver has written */
    uint16_t done;          /* of these, those that are executed */
    uint64_t chain;
    uint64_t last;          /* the descriptor executed last */
    uint64_t next;          /* the one to be fetched */
    uint64_t cmp;           /* where completions are written to */
    uint32_t err;
    uint32_t errmask;
    unsigned status;
    bool disarmed;          /* an interrupt was sent, and not rearmed since */
    bool pending;           /* another one is due */
    bool hung;
    uint8_t rest[IOAT_CHAN_SIZE];   /* registers that only keep what they are given */
} IoatChan;

/* Something that is to go wrong the nth time from now; with repeat, each nth time. */
typedef struct IoatFault {
    uint32_t nth;
    uint32_t left;
} IoatFault;

enum {
    IOAT_FAULT_ERROR,       /* a descriptor fails */
    IOAT_FAULT_HANG,        /* the channel stops at a descriptor */
    IOAT_FAULT_LOSE_IRQ,    /* an interrupt is sent, and does not arrive */
    IOAT_FAULT_LOSE_CMP,    /* a completion is not written */
    IOAT_NR_FAULTS,
};

struct IoatState {
    PCIDevice parent_obj;

    MemoryRegion mmio;
    MemoryRegion regs;
    IoatChan chan[IOAT_MAX_CHANS];
    uint8_t version;
    uint32_t cap;
    bool loses_vector;      /* see ioat_lose_vector() */
    uint8_t intrctrl;
    uint16_t intrdelay;
    uint32_t attn;
    bool level;             /* of INTx, or what would be */

    /* properties */
    uint16_t device_id;
    uint32_t wanted;        /* of the optional abilities */
    uint32_t nr_chans;
    uint32_t delay_ns;
    bool has_msix;
    bool has_msi;

    /* properties that may be set at any time */
    IoatFault fault[IOAT_NR_FAULTS];
    uint32_t error;         /* bits of CHANERR for IOAT_FAULT_ERROR */
    bool repeat;
    bool gone;              /* as if pulled out */

    /* properties to be read */
    uint64_t nr_executed;
    uint64_t nr_irqs;
    uint64_t nr_errors;
    uint64_t nr_faults;
};

typedef struct IoatDesc {
    uint64_t addr;
    uint64_t word[IOAT_DESC_WORDS];
} IoatDesc;

/* Length and control are the halves of the first word. */
static inline uint32_t ioat_len(const IoatDesc *d)
{
    return d->word[0];
}

static inline uint32_t ioat_ctl(const IoatDesc *d)
{
    return d->word[0] >> 32;
}

/* pci.c */
void ioat_update_line(IoatState *s);
void ioat_interrupt(IoatChan *c);
void ioat_log_error(IoatState *s, uint32_t err);
void ioat_lose_vector(IoatState *s);

/* mmio.c */
extern const MemoryRegionOps ioat_mmio_ops;

/* channel.c */
void ioat_chan_init(IoatChan *c, IoatState *s, unsigned nr);
void ioat_chan_free(IoatChan *c);
void ioat_chan_reset(IoatChan *c);
void ioat_chan_suspend(IoatChan *c);
void ioat_chan_resume(IoatChan *c);
void ioat_chan_set_chain(IoatChan *c);
void ioat_chan_set_count(IoatChan *c, uint16_t count);
void ioat_chan_rearm(IoatChan *c);
uint64_t ioat_chan_status(const IoatChan *c);

/* engine.c: 0, or bits of CHANERR */
uint32_t ioat_read(IoatState *s, uint64_t addr, void *buf, size_t len);
uint32_t ioat_write(IoatState *s, uint64_t addr, const void *buf, size_t len);
uint32_t ioat_fetch(IoatState *s, uint64_t addr, IoatDesc *d);
uint32_t ioat_execute(IoatState *s, const IoatDesc *d, const IoatDesc *ext);

/* raid.c */
bool ioat_has_ext(const IoatDesc *d);
uint32_t ioat_execute_xor(IoatState *s, const IoatDesc *d, const IoatDesc *ext);
uint32_t ioat_execute_pq(IoatState *s, const IoatDesc *d, const IoatDesc *ext);

#endif /* IOAT_H */
