/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A model of units of Intel's I/O processors on a PCI function, for QEMU.
 *
 * pci.c      the PCI function, its properties and its interrupts
 * unit.c     a unit: registers, the chain, what it reports, and what goes wrong
 * engine.c   what one descriptor says is done
 */
#ifndef IOP_H
#define IOP_H

#include "qemu/osdep.h"
#include "qemu/timer.h"
#include "hw/pci/pci.h"
#include "qom/object.h"

#include "regs.h"

#define TYPE_IOP "iop"
OBJECT_DECLARE_SIMPLE_TYPE(IopState, IOP)

enum {
    IOP_DMA,
    IOP_AAU,
    IOP_ADMA,
    IOP_NR_UNITS,
};

typedef struct IopDesc {
    uint64_t addr;
    uint32_t word[IOP_DESC_WORDS];
} IopDesc;

/* What is of a unit by its kind */
typedef struct IopKind {
    const char *name;
    unsigned dar, ndar;     /* where these registers are */
    uint32_t active, eot, eoc;
    uint32_t errors;        /* those that it knows, */
    uint32_t abort;         /* and that of an address where there is nothing */
    unsigned words;         /* of its largest descriptor */
    unsigned align;         /* and where that may be */
} IopKind;

typedef struct IopUnit {
    IopState *dev;
    unsigned nr;
    const IopKind *kind;
    MemoryRegion regs;
    QEMUTimer *timer;

    uint32_t ccr, csr, dar, ndar;
    uint32_t link;          /* of the next descriptor, as it was read */
    uint32_t signal;        /* flags of the status that interrupt */
    IopDesc desc;           /* the current one, ... */
    bool fetched;           /* ... if it is still to be executed */
    bool resume;            /* its link is to be read again */
    bool hung;              /* nothing is done until it is stopped, */
    bool stuck;             /* which it does not take notice of, either */
    uint64_t nr_executed;
} IopUnit;

/* Something that is to go wrong the nth time from now; with repeat, each nth time. */
typedef struct IopFault {
    uint32_t nth;
    uint32_t left;
} IopFault;

enum {
    IOP_FAULT_ERROR,        /* a descriptor fails */
    IOP_FAULT_HANG,         /* the unit stops at a descriptor */
    IOP_FAULT_STUCK,        /* likewise, and does not become inactive when it is disabled */
    IOP_FAULT_LOSE_IRQ,     /* an interrupt is sent, and does not arrive */
    IOP_FAULT_LOSE_RESUME,  /* what is appended is not noticed */
    IOP_NR_FAULTS,
};

struct IopState {
    PCIDevice parent_obj;

    MemoryRegion mmio;
    IopUnit unit[IOP_NR_UNITS];

    /* properties */
    uint32_t delay_ns;
    bool has_msix;
    bool has_msi;

    /* properties that may be set at any time */
    IopFault fault[IOP_NR_FAULTS];
    uint32_t error;         /* bits of the status for IOP_FAULT_ERROR */
    uint32_t units;         /* those that something goes wrong with, a bit each */
    bool repeat;
    bool gone;              /* as if pulled out */

    /* properties to be read */
    uint64_t nr_irqs;
    uint64_t nr_errors;
    uint64_t nr_faults;
    uint64_t nr_violations; /* what a driver must not do */
    uint64_t nr_appended;   /* to a chain that was under way */
    uint64_t nr_resumed;    /* chains that went on behind their end */
};

/* pci.c */
void iop_interrupt(IopUnit *u, uint32_t flags);
void iop_update_line(IopState *s);

/* unit.c */
extern const MemoryRegionOps iop_unit_ops;
void iop_unit_init(IopUnit *u, IopState *s, unsigned nr);
void iop_unit_free(IopUnit *u);
void iop_unit_reset(IopUnit *u);
void iop_violation(IopUnit *u, const char *what);

/* engine.c: false if there is nothing at an address, or a descriptor makes no sense */
bool iop_fetch(IopUnit *u, uint32_t addr, IopDesc *d);
bool iop_execute(IopUnit *u, const IopDesc *d, bool *irq);

#endif /* IOP_H */
