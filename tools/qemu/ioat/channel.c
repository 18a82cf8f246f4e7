/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * I/OAT model: a channel, its chain of descriptors, what it reports, and what goes wrong.
 *
 * A timer of the virtual clock stands for the time that a descriptor takes: its work is
 * done when that is over, and the driver runs meanwhile.
 */
#include "ioat.h"

/* Descriptors in a row when they take no time, so that the machine is not held up */
#define BURST 32

static bool ioat_fault_due(IoatState *s, unsigned which)
{
    IoatFault *f = &s->fault[which];

    if (!f->left || --f->left) {
        return false;
    }
    if (s->repeat) {
        f->left = f->nth;
    }
    s->nr_faults++;
    return true;
}

uint64_t ioat_chan_status(const IoatChan *c)
{
    return c->last | c->status;
}

/* One that is lost counts as sent: there is no other before it is rearmed. */
static void ioat_chan_send(IoatChan *c)
{
    c->disarmed = true;
    if (!ioat_fault_due(c->dev, IOAT_FAULT_LOSE_IRQ)) {
        ioat_interrupt(c);
    }
}

static void ioat_chan_interrupt(IoatChan *c, uint32_t delay_us)
{
    if (c->disarmed) {
        c->pending = true;
    } else if (!delay_us) {
        timer_del(c->irq_timer);
        ioat_chan_send(c);
    } else if (!timer_pending(c->irq_timer)) {
        timer_mod(c->irq_timer, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) + delay_us * 1000ull);
    }
}

static void ioat_chan_delayed_interrupt(void *opaque)
{
    ioat_chan_interrupt(opaque, 0);
}

void ioat_chan_rearm(IoatChan *c)
{
    c->disarmed = false;
    if (c->pending) {
        c->pending = false;
        ioat_chan_interrupt(c, c->dev->intrdelay);
    }
}

static uint32_t ioat_chan_write_completion(IoatChan *c)
{
    uint64_t status = cpu_to_le64(ioat_chan_status(c));

    if (ioat_fault_due(c->dev, IOAT_FAULT_LOSE_CMP)) {
        return 0;
    }
    if (c->cmp % sizeof(status) || ioat_write(c->dev, c->cmp, &status, sizeof(status))) {
        return IOAT_ERR_CMPL_ADDR;
    }
    return 0;
}

static void ioat_chan_halt(IoatChan *c, uint32_t err)
{
    c->err |= err;
    c->status = IOAT_STS_HALTED;
    c->dev->nr_errors++;
    ioat_log_error(c->dev, err);
    if (c->ctrl & IOAT_CHANCTRL_ERR_CMPL) {
        c->err |= ioat_chan_write_completion(c);
    }
    if (c->ctrl & IOAT_CHANCTRL_ERR_INT) {
        ioat_chan_interrupt(c, 0);
    }
}

/* Is there something to do, and may it be done? */
static bool ioat_chan_busy(const IoatChan *c)
{
    return c->status == IOAT_STS_ACTIVE && !c->hung && !c->dev->gone;
}

static void ioat_chan_schedule(IoatChan *c)
{
    if (ioat_chan_busy(c) && !timer_pending(c->timer)) {
        timer_mod(c->timer, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) + c->dev->delay_ns);
    }
}

/* Fetch the next descriptor, and the one that extends it, and do what they say. */
static uint32_t ioat_chan_execute(IoatChan *c, IoatDesc *d, IoatDesc *ext, bool *has_ext)
{
    uint32_t err = ioat_fetch(c->dev, c->next, d);

    if (err) {
        return err;
    }
    *has_ext = ioat_has_ext(d);
    if (*has_ext) {
        if ((uint16_t)(c->count - c->done) < 2) {
            return IOAT_ERR_COUNT;
        }
        err = ioat_fetch(c->dev, d->word[IOAT_W_NEXT], ext);
    }
    return err ? err : ioat_execute(c->dev, d, ext);
}

static void ioat_chan_step(IoatChan *c)
{
    IoatState *s = c->dev;
    IoatDesc d, ext;
    bool has_ext = false;
    uint32_t err;

    if (ioat_fault_due(s, IOAT_FAULT_HANG)) {
        c->hung = true;
        return;
    }
    if (s->error && ioat_fault_due(s, IOAT_FAULT_ERROR)) {
        err = s->error;
    } else {
        err = ioat_chan_execute(c, &d, &ext, &has_ext) & ~c->errmask;
    }
    if (err) {
        ioat_chan_halt(c, err);
        return;
    }

    s->nr_executed++;
    c->last = d.addr;
    c->next = has_ext ? ext.word[IOAT_W_NEXT] : d.word[IOAT_W_NEXT];
    c->done += has_ext ? 2 : 1;
    if (c->done == c->count) {
        c->status = IOAT_STS_DONE;
    }
    if (ioat_ctl(&d) & IOAT_CTL_CMPL) {
        err = ioat_chan_write_completion(c);
        if (err) {
            ioat_chan_halt(c, err);
            return;
        }
    }
    if (ioat_ctl(&d) & IOAT_CTL_INT) {
        ioat_chan_interrupt(c, s->intrdelay);
    }
}

static void ioat_chan_run(void *opaque)
{
    IoatChan *c = opaque;
    unsigned burst = c->dev->delay_ns ? 1 : BURST;

    while (burst-- && ioat_chan_busy(c)) {
        ioat_chan_step(c);
    }
    ioat_chan_schedule(c);
}

/* More descriptors: an idle channel goes on behind the one it did last. */
void ioat_chan_set_count(IoatChan *c, uint16_t count)
{
    c->count = count;
    if (c->status == IOAT_STS_DONE && c->done != c->count) {
        c->status = IOAT_STS_ACTIVE;
    }
    ioat_chan_schedule(c);
}

static void ioat_chan_stop(IoatChan *c)
{
    timer_del(c->timer);
    c->count = 0;
    c->done = 0;
    c->last = 0;
    c->next = 0;
    c->hung = false;
}

/*
 * A new chain, which counts anew.  One that is under way must have been stopped before,
 * and errors have to be cleared.
 */
void ioat_chan_set_chain(IoatChan *c)
{
    if (ioat_chan_busy(c)) {
        ioat_chan_halt(c, IOAT_ERR_CHAIN_ADDR);
        return;
    }
    if (c->err & ~c->errmask) {
        return;
    }
    ioat_chan_stop(c);
    c->next = c->chain;
    c->status = IOAT_STS_DONE;
}

void ioat_chan_suspend(IoatChan *c)
{
    if (c->status == IOAT_STS_ACTIVE || c->status == IOAT_STS_DONE) {
        timer_del(c->timer);
        c->status = IOAT_STS_SUSPENDED;
    }
}

void ioat_chan_resume(IoatChan *c)
{
    if (c->status == IOAT_STS_SUSPENDED) {
        c->status = c->done == c->count ? IOAT_STS_DONE : IOAT_STS_ACTIVE;
        ioat_chan_schedule(c);
    }
}

/* The addresses and what is enabled stay. */
void ioat_chan_reset(IoatChan *c)
{
    ioat_chan_stop(c);
    timer_del(c->irq_timer);
    c->err = 0;
    c->disarmed = false;
    c->pending = false;
    c->status = IOAT_STS_HALTED;
}

void ioat_chan_init(IoatChan *c, IoatState *s, unsigned nr)
{
    c->dev = s;
    c->nr = nr;
    c->timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, ioat_chan_run, c);
    c->irq_timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, ioat_chan_delayed_interrupt, c);
    ioat_chan_reset(c);
}

void ioat_chan_free(IoatChan *c)
{
    timer_free(c->timer);
    timer_free(c->irq_timer);
}
