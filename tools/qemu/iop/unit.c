/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * IOP model: a unit, its registers and its chain of descriptors.
 *
 * A timer of the virtual clock stands for the time that a descriptor takes: it is fetched
 * at the beginning, its work is done at the end, and the driver runs meanwhile.
 */
#include "iop.h"
#include "qemu/error-report.h"
#include "qemu/log.h"

/* Descriptors in a row when they take no time, so that the machine is not held up */
#define BURST 32

static const IopKind kinds[IOP_NR_UNITS] = {
    [IOP_DMA] = {
        "dma", IOP_DMA_DAR, IOP_DMA_NDAR, IOP_CSR_ACTIVE, IOP_CSR_EOT, IOP_CSR_EOC,
        IOP_CSR_SPLIT | IOP_CSR_PCI_TABORT | IOP_CSR_PCI_MABORT | IOP_CSR_MABORT,
        IOP_CSR_MABORT, IOP_DMA_WORDS, 32,
    },
    [IOP_AAU] = {
        "aau", IOP_AAU_ADAR, IOP_AAU_ANDAR, IOP_CSR_ACTIVE, IOP_CSR_EOT, IOP_CSR_EOC,
        IOP_CSR_MABORT, IOP_CSR_MABORT, IOP_AAU_WORDS, 32,
    },
    [IOP_ADMA] = {
        "adma", IOP_ADMA_ADAR, IOP_ADMA_ANDAR, IOP_ACSR_ACTIVE, IOP_ACSR_EOT, IOP_ACSR_EOC,
        IOP_ACSR_MABORT | IOP_ACSR_TABORT | IOP_ACSR_MCU | IOP_ACSR_PARITY,
        IOP_ACSR_MABORT, IOP_ADMA_WORDS, 32,
    },
};

void iop_violation(IopUnit *u, const char *what)
{
    u->dev->nr_violations++;
    qemu_log_mask(LOG_GUEST_ERROR, "iop: %s: %s\n", u->kind->name, what);
    warn_report_once("iop: %s: %s", u->kind->name, what);
}

static bool iop_fault_due(IopUnit *u, unsigned which)
{
    IopState *s = u->dev;
    IopFault *f = &s->fault[which];

    if (!(s->units & 1u << u->nr) || !f->left || --f->left) {
        return false;
    }
    if (s->repeat) {
        f->left = f->nth;
    }
    s->nr_faults++;
    return true;
}

/* Only a flag that is new interrupts. */
static void iop_unit_flag(IopUnit *u, uint32_t flags)
{
    uint32_t new = flags & ~u->csr;

    u->csr |= flags;
    if (new && !iop_fault_due(u, IOP_FAULT_LOSE_IRQ)) {
        iop_interrupt(u, new);
    }
}

static void iop_unit_fail(IopUnit *u, uint32_t error)
{
    u->fetched = false;
    u->csr &= ~u->kind->active;
    u->dev->nr_errors++;
    iop_unit_flag(u, error);
}

static bool iop_unit_busy(const IopUnit *u)
{
    return (u->csr & u->kind->active) && !u->hung && !u->dev->gone;
}

/* The current descriptor's link, which may have been written since it was fetched */
static bool iop_unit_read_link(IopUnit *u)
{
    IopDesc d;

    u->resume = false;
    if (!iop_fetch(u, u->dar, &d)) {
        iop_unit_fail(u, u->kind->abort);
        return false;
    }
    u->link = d.word[0];
    return u->link != 0;
}

/* Behind a descriptor: on to the next one, or to the end. */
static void iop_unit_go_on(IopUnit *u, bool irq)
{
    uint32_t flags = irq ? u->kind->eot : 0;

    u->fetched = false;
    u->nr_executed++;
    if (!(u->ccr & IOP_CCR_ENABLE)) {
        u->csr &= ~u->kind->active;
    } else if (!u->link && !(u->resume && iop_unit_read_link(u))) {
        u->csr &= ~u->kind->active;
        flags |= u->kind->eoc;
    }
    u->resume = false;
    iop_unit_flag(u, flags);
}

/* Fetch the next descriptor: what it says is done later. */
static void iop_unit_fetch(IopUnit *u)
{
    IopState *s = u->dev;
    bool stuck = iop_fault_due(u, IOP_FAULT_STUCK);

    if (u->link % u->kind->align) {
        iop_violation(u, "a descriptor is not aligned");
    }
    if (stuck || iop_fault_due(u, IOP_FAULT_HANG)) {
        u->dar = u->link;
        u->hung = true;
        u->stuck = stuck;
        return;
    }
    if (s->error && iop_fault_due(u, IOP_FAULT_ERROR)) {
        u->dar = u->link;
        iop_unit_fail(u, s->error & u->kind->errors ? s->error & u->kind->errors : u->kind->abort);
        return;
    }
    if (!iop_fetch(u, u->link, &u->desc)) {
        iop_unit_fail(u, u->kind->abort);
        return;
    }
    u->dar = u->link;
    u->link = u->desc.word[0];
    u->fetched = true;
}

static void iop_unit_execute(IopUnit *u)
{
    bool irq = false;

    if (iop_execute(u, &u->desc, &irq)) {
        iop_unit_go_on(u, irq);
    } else {
        iop_unit_fail(u, u->kind->abort);
    }
}

static void iop_unit_run(void *opaque)
{
    IopUnit *u = opaque;
    unsigned burst = u->dev->delay_ns ? 1 : BURST;

    if (u->fetched && !u->dev->gone) {
        iop_unit_execute(u);
    }
    while (burst-- && iop_unit_busy(u)) {
        iop_unit_fetch(u);
        if (u->fetched && !u->dev->delay_ns) {
            iop_unit_execute(u);
        }
    }
    if (iop_unit_busy(u)) {
        timer_mod(u->timer, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) + u->dev->delay_ns);
    }
}

/* What it has to do it does when the driver has gone on. */
static void iop_unit_kick(IopUnit *u)
{
    if (iop_unit_busy(u) && !timer_pending(u->timer)) {
        timer_mod(u->timer, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL));
    }
}

/* --- registers --- */

static void iop_unit_disable(IopUnit *u)
{
    u->resume = false;
    if (u->stuck) {
        return;
    }
    u->hung = false;
    /* One that is at something brings that to its end. */
    if (!u->fetched) {
        u->csr &= ~u->kind->active;
    }
}

static void iop_unit_resume(IopUnit *u)
{
    if (iop_fault_due(u, IOP_FAULT_LOSE_RESUME)) {
        return;
    }
    if (u->csr & u->kind->active) {
        u->dev->nr_appended++;
        u->resume = true;
    } else if (!(u->csr & u->kind->errors) && iop_unit_read_link(u)) {
        u->dev->nr_resumed++;
        u->csr |= u->kind->active;
    }
}

static void iop_unit_control(IopUnit *u, uint32_t value)
{
    bool was = u->ccr & IOP_CCR_ENABLE;

    u->ccr = value & IOP_CCR_ENABLE;
    if (!u->ccr) {
        iop_unit_disable(u);
    } else if (!was) {
        if (u->csr & (u->kind->errors | u->kind->active)) {
            iop_violation(u, "it is enabled with errors, or at work");
            return;
        }
        u->link = u->ndar;
        u->csr |= u->kind->active;
    } else if (value & IOP_CCR_RESUME) {
        iop_unit_resume(u);
    }
    iop_unit_kick(u);
}

/*
 * Who polls one unit keeps those from the lock who look after the timers of all: so what is
 * due is done here.
 */
static void iop_catch_up(IopState *s)
{
    int64_t now = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    unsigned i;

    for (i = 0; i < IOP_NR_UNITS; i++) {
        IopUnit *u = &s->unit[i];

        if (timer_pending(u->timer) && timer_expired(u->timer, now)) {
            timer_del(u->timer);
            iop_unit_run(u);
        }
    }
}

static uint64_t iop_unit_read(void *opaque, hwaddr addr, unsigned size)
{
    IopUnit *u = opaque;

    if (u->dev->gone) {
        return ~0u;
    }
    iop_catch_up(u->dev);
    if (addr == IOP_CCR) {
        return u->ccr;
    }
    if (addr == IOP_CSR) {
        return u->csr;
    }
    if (addr == u->kind->dar) {
        return u->dar;
    }
    return addr == u->kind->ndar ? u->ndar : 0;
}

static void iop_unit_write(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{
    IopUnit *u = opaque;

    if (u->dev->gone) {
        return;
    }
    if (addr == IOP_CCR) {
        iop_unit_control(u, value);
    } else if (addr == IOP_CSR) {
        u->csr &= ~(value & ~u->kind->active);
        u->signal &= u->csr;
        iop_update_line(u->dev);
    } else if (addr == u->kind->ndar) {
        if (u->ccr || (u->csr & u->kind->active)) {
            iop_violation(u, "a chain is set while there is another");
            return;
        }
        u->ndar = value;
    } else {
        iop_violation(u, "a register is written that is not to be");
    }
}

const MemoryRegionOps iop_unit_ops = {
    .read = iop_unit_read,
    .write = iop_unit_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 4, .max_access_size = 4 },
    .impl = { .min_access_size = 4, .max_access_size = 4 },
};

/* The address that it stands at is what it was: nothing promises more. */
void iop_unit_reset(IopUnit *u)
{
    timer_del(u->timer);
    u->ccr = 0;
    u->csr = 0;
    u->signal = 0;
    u->link = 0;
    u->fetched = false;
    u->resume = false;
    u->hung = false;
    u->stuck = false;
}

void iop_unit_init(IopUnit *u, IopState *s, unsigned nr)
{
    u->dev = s;
    u->nr = nr;
    u->kind = &kinds[nr];
    u->timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, iop_unit_run, u);
    iop_unit_reset(u);
}

void iop_unit_free(IopUnit *u)
{
    timer_free(u->timer);
}
