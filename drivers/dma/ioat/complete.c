// SPDX-License-Identifier: GPL-2.0-only
/*
 * Intel I/OAT: completions, errors, and channels that hang
 *
 * The device writes the address of the last descriptor that it completed, and its
 * state, to memory.  Who finds something new there completes the cookies; callbacks
 * follow in softirq context, a batch at a time.
 *
 * A channel that has halted, or does not get on, is suspended, reset and started anew.
 * The operation that it was at has failed, and those that the device knew of behind it
 * are aborted; what was not yet issued stays.  No step of that waits for the device:
 * it is looked after by a timer, by who polls, and by who stops the channel.
 */
#include <linux/bitfield.h>
#include <linux/cleanup.h>
#include <linux/jiffies.h>

#include "ioat.h"

/* How long a channel may take to be suspended, and to be reset */
#define IOAT_SUSPEND_LIMIT	msecs_to_jiffies(100)
#define IOAT_RESET_LIMIT	msecs_to_jiffies(300)

/* Operations that come in at once, from which interrupts may be late, and how much */
#define IOAT_BUSY_BATCH		8
#define IOAT_BUSY_DELAY		4

/* The MSI-X table and the pending bits, which some devices lose with a reset */
#define IOAT_MSIX_TABLE		0x1000
#define IOAT_MSIX_PENDING	0x1800

static const char * const ioat_errors[] = {
	"source address", "destination address", "next descriptor's address",
	"descriptor's alignment", "chain address", "command", "chipset's data integrity",
	"data integrity", "reading data", "writing data", "descriptor's control",
	"length", "completion address", "interrupt configuration",
	"super extended descriptor's address", "unaffiliated", "P or CRC", "Q",
	"descriptor count", "all F", "guard tag", "application tag", "reference tag",
	"bundle bit", "result all F", "result guard tag", "result application tag",
	"result reference tag",
};

static void ioat_report(struct ioat_chan *ic, const char *what, u64 status, u32 err)
{
	unsigned int i;

	dev_err_ratelimited(ioat_chan_dev(ic), "channel %u: %s, CHANSTS %#llx, CHANERR %#x\n",
			    ioat_chan_nr(ic), what, status, err);
	for (i = 0; i < ARRAY_SIZE(ioat_errors); i++)
		if (err & BIT(i))
			dev_err_ratelimited(ioat_chan_dev(ic), "channel %u: error of: %s\n",
					    ioat_chan_nr(ic), ioat_errors[i]);
}

/* --- the end of an operation --- */

/**
 * ioat_finish - an operation is over, as &m2m_desc.result says
 * @ic: the channel
 * @desc: the operation; called back later if it is not aborted and somebody waits
 *
 * Context: &m2m_chan.lock held.
 */
void ioat_finish(struct ioat_chan *ic, struct ioat_desc *desc)
{
	lockdep_assert_held(&ic->mc.lock);

	if (desc->md.result.result != DMA_TRANS_NOERROR) {
		desc->md.result.residue = desc->len;
	} else if (desc->result && (desc->flags & IOAT_CTL_WRITE_BACK)) {
		u32 found = ioat_ring_result(ic, desc);

		if (found & IOAT_WB_P)
			*desc->result |= SUM_CHECK_P_RESULT;
		if (found & IOAT_WB_Q)
			*desc->result |= SUM_CHECK_Q_RESULT;
	}
	ioat_free_sed(ic, desc);
	dma_descriptor_unmap(&desc->md.tx);
	m2m_complete(&ic->mc, &desc->md);
}

/* The slot that tells the end of an operation */
static u16 ioat_last_slot(const struct ioat_desc *desc)
{
	return desc->first + (desc->tail ? desc->slots - 1 : desc->slots - desc->stride);
}

/* Slots, from the first that is not complete, up to the one that a status tells; or -1 */
static int ioat_news(struct ioat_chan *ic, u64 status)
{
	u64 off = (status & IOAT_STS_ADDR) - ic->ring_dma;
	u16 ahead;

	if (!(status & IOAT_STS_ADDR) || off / IOAT_DESC_SIZE > ic->mask)
		return -1;
	ahead = ioat_distance(ic, ic->tail, off / IOAT_DESC_SIZE);
	return ahead < ioat_distance(ic, ic->tail, ic->issued) ? ahead : -1;
}

/* Interrupts may be late where they come for many operations at once anyway. */
static void ioat_adapt(struct ioat_chan *ic, unsigned int batch)
{
	unsigned int delay = batch >= IOAT_BUSY_BATCH ? IOAT_BUSY_DELAY : 0;
	struct ioat_dev *id = ic->dev;

	if (!id->can_delay)
		return;
	if (ic->coalesce)
		delay = min_t(unsigned long, ic->coalesce * batch, IOAT_INTRDELAY_MAX);
	if (READ_ONCE(id->delay) != delay) {
		WRITE_ONCE(id->delay, delay);
		writew(delay, id->regs + IOAT_INTRDELAY);
	}
}

/* Complete what the device has, as it says by a status. */
static void ioat_take_status(struct ioat_chan *ic, u64 status)
{
	const u16 from = ic->tail;
	struct ioat_desc *desc, *next;
	int news = ioat_news(ic, status);
	unsigned int batch = 0;

	list_for_each_entry_safe(desc, next, &ic->queued, md.node) {
		if (news < ioat_distance(ic, from, ioat_last_slot(desc)))
			break;
		ic->tail = (desc->first + desc->slots) & ic->mask;
		ioat_finish(ic, desc);
		batch++;
	}
	if (batch) {
		ic->progress = jiffies;
		ioat_adapt(ic, batch);
	}
}

/* --- errors --- */

static u64 ioat_chansts(struct ioat_chan *ic)
{
	/* A ring does not cross 4 GiB: only the lower half changes. */
	return lo_hi_readq(ic->regs + IOAT_CHANSTS);
}

static bool ioat_is_gone(struct ioat_chan *ic, u64 status)
{
	if (status == ~0ULL)
		WRITE_ONCE(ic->dev->gone, true);
	return READ_ONCE(ic->dev->gone);
}

/**
 * ioat_clear_errors - the channel has no errors any more
 * @ic: the channel
 *
 * Context: &m2m_chan.lock held, or nobody else has the channel.
 */
void ioat_clear_errors(struct ioat_chan *ic)
{
	struct pci_dev *pdev = ic->dev->pdev;
	u32 err;

	writel(readl(ic->regs + IOAT_CHANERR), ic->regs + IOAT_CHANERR);
	if (ic->dev->version < IOAT_VER_3_3 &&
	    !pci_read_config_dword(pdev, IOAT_CFG_CHANERR, &err)) {
		pci_write_config_dword(pdev, IOAT_CFG_CHANERR, err);
		/* This part finds an error of parity there after a reset. */
		if (pdev->device == IOAT_ID_TBG0)
			pci_write_config_dword(pdev, IOAT_CFG_UNCERRSTS, BIT(4));
	}
}

/* What the device knew of is given up; it goes on with the rest, if it can. */
static void ioat_drop_issued(struct ioat_chan *ic)
{
	u16 issued = ioat_distance(ic, ic->tail, ic->issued);
	const u16 from = ic->tail;
	struct ioat_desc *desc, *next;

	list_for_each_entry_safe(desc, next, &ic->queued, md.node) {
		if (ioat_distance(ic, from, desc->first) >= issued)
			break;
		if (desc->md.result.result == DMA_TRANS_NOERROR)
			desc->md.result.result = DMA_TRANS_ABORTED;
		ioat_finish(ic, desc);
	}
	ic->tail = ic->issued;
}

/*
 * Some devices lose the MSI-X table with the reset of a channel.  What it was is known to
 * the first of those that are reset at a time, and written back after each.
 */
static bool ioat_reset_loses_msix(const struct ioat_dev *id)
{
	return id->atom && id->style == PCI_IRQ_MSIX;
}

static void ioat_msix_get(struct ioat_dev *id)
{
	if (!ioat_reset_loses_msix(id))
		return;
	guard(spinlock_irqsave)(&id->msix_lock);
	if (id->resetting++)
		return;
	id->msix[0] = lo_hi_readq(id->regs + IOAT_MSIX_TABLE);
	id->msix[1] = lo_hi_readq(id->regs + IOAT_MSIX_TABLE + 8);
	id->msix[2] = lo_hi_readq(id->regs + IOAT_MSIX_PENDING);
}

static void ioat_msix_put(struct ioat_dev *id)
{
	if (!ioat_reset_loses_msix(id))
		return;
	guard(spinlock_irqsave)(&id->msix_lock);
	id->resetting--;
	if (READ_ONCE(id->gone))
		return;
	lo_hi_writeq(id->msix[0], id->regs + IOAT_MSIX_TABLE);
	lo_hi_writeq(id->msix[1], id->regs + IOAT_MSIX_TABLE + 8);
	lo_hi_writeq(id->msix[2], id->regs + IOAT_MSIX_PENDING);
}

/**
 * ioat_die - nothing is executed any more: give all of it back
 * @ic: the channel
 *
 * Context: &m2m_chan.lock held.
 */
void ioat_die(struct ioat_chan *ic)
{
	lockdep_assert_held(&ic->mc.lock);

	if (ic->state == IOAT_CHAN_RESETTING)
		ioat_msix_put(ic->dev);
	ic->state = IOAT_CHAN_DEAD;
	ic->issued = ic->head;
	ioat_drop_issued(ic);
	wake_up_all(&ic->mc.wait);
}

/**
 * ioat_chan_start - make a channel that was reset ready for a chain
 * @ic: the channel
 *
 * Context: &m2m_chan.lock held, or nobody else has the channel.
 */
void ioat_chan_start(struct ioat_chan *ic)
{
	WRITE_ONCE(*ic->completion, 0);
	writel(lower_32_bits(ic->completion_dma), ic->regs + IOAT_CHANCMP);
	writel(upper_32_bits(ic->completion_dma), ic->regs + IOAT_CHANCMP + 4);
	if (ic->dev->atom && (ic->dev->cap & IOAT_CAP_DWBES))
		writel(readl(ic->regs + IOAT_CHANERRMASK) | IOAT_ERR_P | IOAT_ERR_Q,
		       ic->regs + IOAT_CHANERRMASK);
	ioat_chan_tune(ic, true);
	writew(IOAT_CHANCTRL_RUN, ic->regs + IOAT_CHANCTRL);
	ic->chain_set = false;
	ic->stuck = false;
	ic->state = IOAT_CHAN_RUNNING;
}

static void ioat_reset_command(struct ioat_chan *ic)
{
	ioat_clear_errors(ic);
	ioat_msix_get(ic->dev);
	writeb(IOAT_CHANCMD_RESET, ic->regs + IOAT_CHANCMD);
	ic->state = IOAT_CHAN_RESETTING;
	ic->reset_since = jiffies;
}

static void ioat_reset_done(struct ioat_chan *ic)
{
	if (ic->closing) {
		ioat_die(ic);
		return;
	}
	ioat_msix_put(ic->dev);
	ioat_drop_issued(ic);
	ioat_chan_start(ic);
	ioat_ring_doorbell(ic);
	wake_up_all(&ic->mc.wait);
}

/**
 * ioat_reset_begin - give up what the device has, and start the channel anew
 * @ic: the channel
 *
 * ioat_reset_step() goes on with it.
 *
 * Context: &m2m_chan.lock held.
 */
void ioat_reset_begin(struct ioat_chan *ic)
{
	lockdep_assert_held(&ic->mc.lock);

	if (ic->state != IOAT_CHAN_RUNNING)
		return;
	if (ioat_is_gone(ic, ioat_chansts(ic))) {
		ioat_die(ic);
		return;
	}
	writeb(IOAT_CHANCMD_SUSPEND, ic->regs + IOAT_CHANCMD);
	ic->state = IOAT_CHAN_SUSPENDING;
	ic->reset_since = jiffies;
	mod_timer(&ic->timer, jiffies + 1);
}

/**
 * ioat_reset_step - look how far the reset of a channel is
 * @ic: the channel
 *
 * Context: &m2m_chan.lock held.
 * Return: true if none is under way any more.
 */
bool ioat_reset_step(struct ioat_chan *ic)
{
	u64 status;

	lockdep_assert_held(&ic->mc.lock);

	if (ic->state == IOAT_CHAN_SUSPENDING) {
		status = ioat_chansts(ic);
		if (ioat_is_gone(ic, status)) {
			ioat_die(ic);
			return true;
		}
		if (FIELD_GET(IOAT_STS_STATE, status) >= IOAT_STS_SUSPENDED ||
		    time_after(jiffies, ic->reset_since + IOAT_SUSPEND_LIMIT))
			ioat_reset_command(ic);
	}
	if (ic->state == IOAT_CHAN_RESETTING) {
		u8 command = readb(ic->regs + IOAT_CHANCMD);

		if (ioat_is_gone(ic, command == 0xff ? ioat_chansts(ic) : 0)) {
			ioat_die(ic);
		} else if (!(command & IOAT_CHANCMD_RESET)) {
			ioat_reset_done(ic);
		} else if (time_after(jiffies, ic->reset_since + IOAT_RESET_LIMIT)) {
			dev_err(ioat_chan_dev(ic), "channel %u: its reset does not end\n",
				ioat_chan_nr(ic));
			ioat_msix_put(ic->dev);
			ic->stuck = true;
			if (READ_ONCE(ic->dev->leaving))
				pci_clear_master(ic->dev->pdev);
			ic->state = IOAT_CHAN_DEAD;
			wake_up_all(&ic->mc.wait);
		}
	}
	return ic->state == IOAT_CHAN_RUNNING || ic->state == IOAT_CHAN_DEAD;
}

/* The piece of a check at which the device has stopped */
static u16 ioat_stopped_at(struct ioat_chan *ic, const struct ioat_desc *desc, u64 status)
{
	int last = ioat_news(ic, status);
	u16 ahead = ioat_distance(ic, ic->tail, desc->first);

	/* Of a new chain, it has done nothing yet. */
	if (!(status & IOAT_STS_ADDR))
		return ic->chain_first;
	return last < ahead ? desc->first : (ic->tail + last + desc->stride) & ic->mask;
}

/* A check has found a difference, which the device takes for an error.  Go on behind it. */
static void ioat_check_differs(struct ioat_chan *ic, struct ioat_desc *desc, u32 err, u64 status)
{
	u16 next = ioat_stopped_at(ic, desc, status) + desc->stride;

	if (err & IOAT_ERR_P)
		*desc->result |= SUM_CHECK_P_RESULT;
	if (err & IOAT_ERR_Q)
		*desc->result |= SUM_CHECK_Q_RESULT;
	ioat_clear_errors(ic);
	WRITE_ONCE(*ic->completion, 0);
	ic->issued = next & ic->mask;
	if (ioat_distance(ic, desc->first, ic->issued) >= desc->slots) {
		ic->tail = ic->issued;
		ioat_finish(ic, desc);
	}
	ic->chain_set = false;
	ioat_ring_doorbell(ic);
}

/* The channel has halted, or makes no progress. */
static void ioat_stopped(struct ioat_chan *ic, u64 status, const char *why)
{
	struct ioat_desc *desc = list_first_entry_or_null(&ic->queued, struct ioat_desc, md.node);
	u32 err = readl(ic->regs + IOAT_CHANERR);
	bool first = desc && ioat_distance(ic, ic->tail, ic->issued);

	lockdep_assert_held(&ic->mc.lock);

	if (ioat_is_gone(ic, err == ~0U ? ~0ULL : status)) {
		ioat_die(ic);
		return;
	}
	/* One that hangs has found nothing, whatever was found before. */
	if (first && desc->result && err && !(err & ~(IOAT_ERR_P | IOAT_ERR_Q)) &&
	    FIELD_GET(IOAT_STS_STATE, status) == IOAT_STS_HALTED) {
		ioat_check_differs(ic, desc, err, status);
		return;
	}
	ioat_report(ic, why, status, err);
	if (first && err & IOAT_ERR_READ)
		desc->md.result.result = DMA_TRANS_READ_FAILED;
	else if (first && err & IOAT_ERR_WRITE)
		desc->md.result.result = DMA_TRANS_WRITE_FAILED;
	ioat_reset_begin(ic);
}

/* --- who looks --- */

/**
 * ioat_collect - complete what the device has completed
 * @ic: the channel
 * @look: at the register, too: what it should have written may not have arrived
 *
 * Context: &m2m_chan.lock held.
 */
void ioat_collect(struct ioat_chan *ic, bool look)
{
	u64 status;

	lockdep_assert_held(&ic->mc.lock);

	if (ic->state != IOAT_CHAN_RUNNING) {
		ioat_reset_step(ic);
		return;
	}
	status = le64_to_cpu(READ_ONCE(*ic->completion));
	if (look) {
		status = ioat_chansts(ic);
		if (ioat_is_gone(ic, status)) {
			ioat_die(ic);
			return;
		}
	}
	/* The descriptors' memory is not read before the address. */
	dma_rmb();
	ioat_take_status(ic, status);
	if (FIELD_GET(IOAT_STS_STATE, status) == IOAT_STS_HALTED && ic->chain_set)
		ioat_stopped(ic, status, "halted");
}

/**
 * ioat_again - look at a channel soon, as if an interrupt had come
 * @mc: the channel
 *
 * Context: any.
 */
void ioat_again(struct m2m_chan *mc)
{
	tasklet_schedule(&container_of(mc, struct ioat_chan, mc)->clean);
}

/**
 * ioat_clean - an interrupt has come
 * @t: &ioat_chan.clean
 *
 * Context: softirq.
 */
void ioat_clean(struct tasklet_struct *t)
{
	struct ioat_chan *ic = from_tasklet(ic, t, clean);
	enum m2m_turn turn;

	scoped_guard(spinlock_irqsave, &ic->mc.lock) {
		/* What is completed before that may have no other interrupt. */
		if (ic->state == IOAT_CHAN_RUNNING)
			writew(IOAT_CHANCTRL_RUN, ic->regs + IOAT_CHANCTRL);
		ioat_collect(ic, false);
		turn = m2m_take_done(&ic->mc);
	}
	m2m_give_back(&ic->mc, turn);
}

/**
 * ioat_timer - look after a channel with work
 * @t: &ioat_chan.timer
 *
 * Finds completions whose interrupt or whose write was lost, and a channel that does
 * not get on.
 *
 * Context: softirq.
 */
void ioat_timer(struct timer_list *t)
{
	struct ioat_chan *ic = from_timer(ic, t, timer);
	unsigned long limit = msecs_to_jiffies(ioat_completion_timeout);

	scoped_guard(spinlock_irqsave, &ic->mc.lock) {
		ioat_collect(ic, true);
		if (ic->state == IOAT_CHAN_DEAD)
			break;
		if (ic->state != IOAT_CHAN_RUNNING) {
			mod_timer(&ic->timer, jiffies + 1);
			break;
		}
		writew(IOAT_CHANCTRL_RUN, ic->regs + IOAT_CHANCTRL);
		if (ic->tail == ic->issued)
			break;
		if (time_after_eq(jiffies, ic->progress + 2 * limit))
			ioat_stopped(ic, ioat_chansts(ic), "no progress");
		else
			mod_timer(&ic->timer, jiffies + limit);
	}
	m2m_call_back(&ic->mc);
}
