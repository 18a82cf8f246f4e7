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

#include "../dmaengine.h"
#include "iop.h"

/* How long a unit may take to stop: at worst, the longest transfer over a slow bus */
#define IOP_STOP_LIMIT		msecs_to_jiffies(300)

/* --- the end of an operation --- */

static void iop_note_failed(struct iop_chan *ic, dma_cookie_t cookie)
{
	lockdep_assert_held(&ic->lock);

	if (!ic->failed_last || cookie != ic->failed_last + 1)
		ic->failed_first = cookie;
	ic->failed_last = cookie;
}

/**
 * iop_cookie_failed - tell whether an operation failed
 * @ic: the channel
 * @cookie: the operation's
 *
 * Context: &iop_chan.lock held.
 * Return: true if it is known to have.
 */
bool iop_cookie_failed(struct iop_chan *ic, dma_cookie_t cookie)
{
	lockdep_assert_held(&ic->lock);

	return ic->failed_last && cookie >= ic->failed_first && cookie <= ic->failed_last;
}

/* Nobody waits for the end of this operation but by its cookie. */
static bool iop_desc_is_quiet(const struct iop_desc *desc)
{
	return !IS_ENABLED(CONFIG_ASYNC_TX_ENABLE_CHANNEL_SWITCH) &&
	       !desc->tx.callback && !desc->tx.callback_result;
}

/**
 * iop_finish - an operation is over, as &iop_desc.error says
 * @ic: the channel
 * @desc: the operation; called back later if it is not aborted and somebody waits
 *
 * Context: &iop_chan.lock held.
 */
void iop_finish(struct iop_chan *ic, struct iop_desc *desc)
{
	lockdep_assert_held(&ic->lock);

	if (desc->result && desc->error == DMA_TRANS_NOERROR)
		*desc->result |= iop_chain_found(ic, desc);
	dma_descriptor_unmap(&desc->tx);
	if (desc->error != DMA_TRANS_NOERROR)
		iop_note_failed(ic, desc->tx.cookie);
	/* Who sees the cookie without the lock sees the data. */
	smp_wmb();
	dma_cookie_complete(&desc->tx);

	if (desc->state == IOP_DESC_ABORTED || iop_desc_is_quiet(desc)) {
		iop_desc_release(ic, desc);
	} else {
		desc->state = IOP_DESC_DONE;
		list_move_tail(&desc->node, &ic->done);
	}
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

	list_for_each_entry_safe(desc, next, &ic->queued, node) {
		if (iop_distance(ic, from, desc->first) >= issued)
			break;
		if (desc->error == DMA_TRANS_NOERROR)
			desc->error = DMA_TRANS_ABORTED;
		iop_finish(ic, desc);
	}
	ic->tail = ic->issued;
}

/**
 * iop_die - nothing is executed any more: give all of it back
 * @ic: the channel
 *
 * Context: &iop_chan.lock held.
 */
void iop_die(struct iop_chan *ic)
{
	lockdep_assert_held(&ic->lock);

	ic->state = IOP_CHAN_DEAD;
	ic->wanted = ic->head;
	ic->issued = ic->head;
	iop_drop_issued(ic);
	wake_up_all(&ic->wait);
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
	wake_up_all(&ic->wait);
}

/**
 * iop_stop_begin - give up what the unit has, and give it a new chain
 * @ic: the channel
 *
 * iop_stop_step() goes on with it.
 *
 * Context: &iop_chan.lock held.
 */
void iop_stop_begin(struct iop_chan *ic)
{
	lockdep_assert_held(&ic->lock);

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
 * Context: &iop_chan.lock held.
 * Return: true if it is not waited for any more.
 */
bool iop_stop_step(struct iop_chan *ic)
{
	u32 status;

	lockdep_assert_held(&ic->lock);

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
		wake_up_all(&ic->wait);
	}
	return ic->state != IOP_CHAN_STOPPING;
}

/* --- who looks --- */

/* Complete what the unit is through with: so many slots. */
static void iop_take(struct iop_chan *ic, u16 slots)
{
	const u16 from = ic->tail;
	struct iop_desc *desc, *next;

	list_for_each_entry_safe(desc, next, &ic->queued, node) {
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
	struct iop_desc *desc = list_first_entry_or_null(&ic->queued, struct iop_desc, node);

	lockdep_assert_held(&ic->lock);

	dev_err_ratelimited(ic->id->dev, "%s, status %#x, at %#x\n", why,
			    iop_read(ic, IOP_CSR) | errors, iop_read(ic, ic->id->unit->dar));
	if (desc)
		desc->error = iop_report(ic, errors);
	iop_stop_begin(ic);
}

/**
 * iop_collect - complete what the unit has completed
 * @ic: the channel
 *
 * Context: &iop_chan.lock held.
 * Return: true if somebody waits to be called back.
 */
bool iop_collect(struct iop_chan *ic)
{
	const struct iop_unit *unit = ic->id->unit;
	u32 dar, status, errors;

	lockdep_assert_held(&ic->lock);

	if (ic->state != IOP_CHAN_RUNNING)
		iop_stop_step(ic);
	if (ic->state != IOP_CHAN_RUNNING || ic->tail == ic->issued)
		return !list_empty(&ic->done);

	/* In this order: a unit that is not active had gone at least so far before. */
	dar = iop_read(ic, unit->dar);
	status = iop_read(ic, IOP_CSR);
	if (iop_is_gone(ic, status)) {
		iop_die(ic);
		return !list_empty(&ic->done);
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
	return !list_empty(&ic->done);
}

/**
 * iop_call_back - give what is over back to the clients
 * @ic: the channel
 *
 * If somebody is at that already, it is left to them.
 *
 * Context: softirq, or bottom halves disabled.
 */
void iop_call_back(struct iop_chan *ic)
{
	struct iop_desc *desc, *next;
	bool more = false;
	LIST_HEAD(done);

	scoped_guard(spinlock_irqsave, &ic->lock) {
		if (ic->calling || list_empty(&ic->done))
			return;
		list_splice_init(&ic->done, &done);
		ic->calling = true;
	}
	list_for_each_entry(desc, &done, node) {
		struct dmaengine_result result = {
			.result = desc->error,
			.residue = desc->error == DMA_TRANS_NOERROR ? 0 : desc->len,
		};

		dmaengine_desc_get_callback_invoke(&desc->tx, &result);
		dma_run_dependencies(&desc->tx);
	}
	scoped_guard(spinlock_irqsave, &ic->lock) {
		list_for_each_entry_safe(desc, next, &done, node)
			iop_desc_release(ic, desc);
		ic->calling = false;
		more = !list_empty(&ic->done);
	}
	if (wq_has_sleeper(&ic->wait))
		wake_up_all(&ic->wait);
	if (more)
		tasklet_schedule(&ic->clean);
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

	scoped_guard(spinlock_irqsave, &ic->lock)
		iop_collect(ic);
	iop_call_back(ic);
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

	scoped_guard(spinlock_irqsave, &ic->lock) {
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
	iop_call_back(ic);
}
