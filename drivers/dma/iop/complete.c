// SPDX-License-Identifier: GPL-2.0-only
/*
 * Engines of the Intel I/O processors: completions, errors, and units that hang
 */

/**
 * DOC: complete
 *
 * A unit does not write that something is complete.  At which descriptor it stands, and
 * whether it is active, says so: all before that are complete, and it is as well if the
 * unit is not active.  Who finds something new there completes the cookies; callbacks
 * follow in softirq context, a batch at a time.
 *
 * A unit that has met an error, or does not get on, is stopped and given a new chain.
 * The operation that it was at has failed, and those that it knew of behind it are
 * aborted; what was not yet issued stays.  No step of that waits for the unit: it is
 * looked after by a timer, by who polls, and by who stops the channel.
 */
#include <linux/cleanup.h>
#include <linux/jiffies.h>

#include "iop.h"

/* How long a unit may take to stop: at worst, the longest transfer over a slow bus */
#define IOP_STOP_LIMIT		msecs_to_jiffies(300)

/* --- the end of an operation --- */

/**
 * iop_finish - an operation is over, as &m2m_desc.result says
 * @ic: the channel
 * @desc: the operation; called back later if it is not aborted and somebody waits
 *
 * Context: &m2m_chan.lock held.
 */
void iop_finish(struct iop_chan *ic, struct iop_desc *desc)
{
	lockdep_assert_held(&ic->mc.lock);

	if (desc->md.result.result != DMA_TRANS_NOERROR)
		desc->md.result.residue = desc->len;
	else if (desc->result)
		*desc->result |= iop_chain_found(ic, desc);
	dma_descriptor_unmap(&desc->md.tx);
	m2m_complete(&ic->mc, &desc->md);
}

/* --- errors --- */

static bool iop_is_gone(struct iop_chan *ic, u32 status)
{
	if (status == ~0U)
		WRITE_ONCE(ic->id->gone, true);
	return READ_ONCE(ic->id->gone);
}

/* Why the unit has stopped, each cause by its name; the first one is the result. */
static enum dmaengine_tx_result iop_report(struct iop_chan *ic, u32 errors)
{
	const struct iop_unit *unit = ic->id->unit;
	enum dmaengine_tx_result result = DMA_TRANS_NOERROR;
	const struct iop_cause *cause;

	for (cause = unit->causes; cause->bit; cause++) {
		if (!(errors & cause->bit))
			continue;
		dev_err_ratelimited(ic->id->dev, "error of: %s\n", cause->name);
		if (result == DMA_TRANS_NOERROR)
			result = cause->result;
	}
	return result;
}

/* What the unit knew of is given up; it goes on with the rest, if it can. */
static void iop_drop_issued(struct iop_chan *ic)
{
	u16 issued = iop_distance(ic, ic->tail, ic->issued);
	const u16 from = ic->tail;
	struct iop_desc *desc, *next;

	list_for_each_entry_safe(desc, next, &ic->queued, md.node) {
		if (iop_distance(ic, from, desc->first) >= issued)
			break;
		if (desc->md.result.result == DMA_TRANS_NOERROR)
			desc->md.result.result = DMA_TRANS_ABORTED;
		iop_finish(ic, desc);
	}
	ic->tail = ic->issued;
}

/**
 * iop_die - nothing is executed any more: give all of it back
 * @ic: the channel
 *
 * Context: &m2m_chan.lock held.
 */
void iop_die(struct iop_chan *ic)
{
	lockdep_assert_held(&ic->mc.lock);

	ic->state = IOP_CHAN_DEAD;
	ic->wanted = ic->head;
	ic->issued = ic->head;
	iop_drop_issued(ic);
	wake_up_all(&ic->mc.wait);
}

static void iop_stop_done(struct iop_chan *ic)
{
	const struct iop_unit *unit = ic->id->unit;

	iop_write(ic, IOP_CSR, unit->eot | unit->eoc | unit->errors);
	ic->errors = 0;
	ic->stuck = false;
	if (ic->closing) {
		iop_die(ic);
		return;
	}
	iop_drop_issued(ic);
	iop_chain_forget(ic);
	ic->state = IOP_CHAN_RUNNING;
	iop_chain_tell(ic);
	wake_up_all(&ic->mc.wait);
}

/**
 * iop_stop_begin - give up what the unit has, and give it a new chain
 * @ic: the channel
 *
 * iop_stop_step() goes on with it.
 *
 * Context: &m2m_chan.lock held.
 */
void iop_stop_begin(struct iop_chan *ic)
{
	lockdep_assert_held(&ic->mc.lock);

	if (ic->state != IOP_CHAN_RUNNING)
		return;
	if (iop_is_gone(ic, iop_read(ic, IOP_CSR))) {
		iop_die(ic);
		return;
	}
	iop_write(ic, IOP_CCR, 0);
	ic->state = IOP_CHAN_STOPPING;
	ic->since = jiffies;
	mod_timer(&ic->timer, jiffies + 1);
}

/**
 * iop_stop_step - look whether a unit that is to stop has stopped
 * @ic: the channel
 *
 * Context: &m2m_chan.lock held.
 * Return: true if it is not waited for any more.
 */
bool iop_stop_step(struct iop_chan *ic)
{
	u32 status;

	lockdep_assert_held(&ic->mc.lock);

	if (ic->state != IOP_CHAN_STOPPING)
		return true;
	status = iop_read(ic, IOP_CSR);
	if (iop_is_gone(ic, status)) {
		iop_die(ic);
	} else if (!(status & ic->id->unit->active)) {
		iop_stop_done(ic);
	} else if (time_after(jiffies, ic->since + IOP_STOP_LIMIT)) {
		dev_err(ic->id->dev, "it does not stop\n");
		ic->stuck = true;
		if (READ_ONCE(ic->id->leaving) && ic->id->cut_off)
			ic->id->cut_off(ic->id->dev);
		ic->state = IOP_CHAN_DEAD;
		wake_up_all(&ic->mc.wait);
	}
	return ic->state != IOP_CHAN_STOPPING;
}

/* --- who looks --- */

/* Complete what the unit is through with: so many slots. */
static void iop_take(struct iop_chan *ic, u16 slots)
{
	const u16 from = ic->tail;
	struct iop_desc *desc, *next;

	list_for_each_entry_safe(desc, next, &ic->queued, md.node) {
		if (slots < iop_distance(ic, from, desc->first) + desc->slots)
			break;
		ic->tail = (desc->first + desc->slots) & ic->mask;
		ic->progress = jiffies;
		ic->reminded = false;
		iop_finish(ic, desc);
	}
}

/* Slots that a unit which stands at @dar is through with */
static u16 iop_news(struct iop_chan *ic, u32 dar, bool active)
{
	int at = iop_slot_at(ic, dar);
	u16 before;

	if (ic->fresh && dar == ic->stale)
		return 0;
	ic->fresh = false;
	before = iop_distance(ic, ic->tail, at);
	/* It may still stand at the last of those that were complete before. */
	if (at < 0 || before >= iop_distance(ic, ic->tail, ic->issued))
		return 0;
	return active ? before : before + 1;
}

/* The unit has met an error, or makes no progress. */
static void iop_stopped(struct iop_chan *ic, u32 errors, const char *why)
{
	struct iop_desc *desc = list_first_entry_or_null(&ic->queued, struct iop_desc, md.node);

	lockdep_assert_held(&ic->mc.lock);

	dev_err_ratelimited(ic->id->dev, "%s, status %#x, at %#x\n", why,
			    iop_read(ic, IOP_CSR) | errors, iop_read(ic, ic->id->unit->dar));
	if (desc)
		desc->md.result.result = iop_report(ic, errors);
	iop_stop_begin(ic);
}

/**
 * iop_collect - complete what the unit has completed
 * @ic: the channel
 *
 * Context: &m2m_chan.lock held.
 */
void iop_collect(struct iop_chan *ic)
{
	const struct iop_unit *unit = ic->id->unit;
	u32 dar, status, errors;

	lockdep_assert_held(&ic->mc.lock);

	if (ic->state != IOP_CHAN_RUNNING)
		iop_stop_step(ic);
	if (ic->state != IOP_CHAN_RUNNING || ic->tail == ic->issued)
		return;

	/* In this order: a unit that is not active had gone at least so far before. */
	dar = iop_read(ic, unit->dar);
	status = iop_read(ic, IOP_CSR);
	if (iop_is_gone(ic, status)) {
		iop_die(ic);
		return;
	}
	errors = (status | ic->errors) & unit->errors;
	if (errors)
		/*
		 * It stands still now: at what has failed, or at the one before, if it could
		 * not fetch that.  There is no telling: done once more, that does no harm.
		 */
		dar = iop_read(ic, unit->dar);
	iop_take(ic, iop_news(ic, dar, errors || (status & unit->active)));
	if (errors)
		iop_stopped(ic, errors, "stopped");
}

/**
 * iop_again - look at a channel soon, as if an interrupt had come
 * @mc: the channel
 *
 * Context: any.
 */
void iop_again(struct m2m_chan *mc)
{
	tasklet_schedule(&container_of(mc, struct iop_chan, mc)->clean);
}

/**
 * iop_clean - an interrupt has come
 * @t: &iop_chan.clean
 *
 * Context: softirq.
 */
void iop_clean(struct tasklet_struct *t)
{
	struct iop_chan *ic = from_tasklet(ic, t, clean);

	scoped_guard(spinlock_irqsave, &ic->mc.lock)
		iop_collect(ic);
	m2m_call_back(&ic->mc);
}

/**
 * iop_timer - look after a channel with work
 * @t: &iop_chan.timer
 *
 * Finds completions whose interrupt was lost, and a unit that does not get on.
 *
 * Context: softirq.
 */
void iop_timer(struct timer_list *t)
{
	struct iop_chan *ic = from_timer(ic, t, timer);
	unsigned long limit = msecs_to_jiffies(iop_completion_timeout);

	scoped_guard(spinlock_irqsave, &ic->mc.lock) {
		iop_collect(ic);
		if (ic->state == IOP_CHAN_DEAD)
			break;
		if (ic->state == IOP_CHAN_STOPPING) {
			mod_timer(&ic->timer, jiffies + 1);
			break;
		}
		if (ic->tail == ic->issued)
			break;
		/* It gets another chance first, however late this timer is. */
		if (ic->reminded && time_after_eq(jiffies, ic->progress + 2 * limit)) {
			iop_stopped(ic, 0, "no progress");
			break;
		}
		/* Should it not have taken notice of what was appended. */
		if (time_after_eq(jiffies, ic->progress + limit)) {
			iop_chain_resume(ic);
			ic->reminded = true;
		}
		mod_timer(&ic->timer, jiffies + limit);
	}
	m2m_call_back(&ic->mc);
}
