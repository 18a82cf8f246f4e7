// SPDX-License-Identifier: GPL-2.0-only
/*
 * Engines of the Intel I/O processors: the chain of descriptors
 */

/**
 * DOC: chain
 *
 * Descriptors are in the slots of a ring, and each is linked to the next when that is
 * written.  The link of the last one that the unit was told of is 0: there it ends, or
 * goes on if it is told to resume, for which it reads that link again.  So the slot at
 * which it stands has to stay as it is until it stands at another::
 *
 *    tail            issued        wanted        head
 *      |   known to    |  to be told |  not issued |
 *      v   the unit    v  of         v  yet        v
 *    --[d]->[d]->[d]---[d]->[d]->[d]-[d]->[d]->[d]-[ ]--
 *             ^
 *             current descriptor: those before it are complete
 *
 * The second part is empty but while the unit is to stop, and gets a new chain.
 *
 * A unit that was stopped still says at which descriptor it stood.  Until it says
 * otherwise it has not begun with the new chain, and the slot of that descriptor is not
 * used in it.
 */
#include <kunit/visibility.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "iop.h"

static __le32 *iop_slot(const struct iop_chan *ic, u16 nr)
{
	return ic->ring + (nr & ic->mask) * ic->id->unit->slot;
}

/**
 * iop_slot_addr - the address by which the unit knows a slot
 * @ic: the channel
 * @nr: the slot
 *
 * Return: the address.
 */
u32 iop_slot_addr(const struct iop_chan *ic, u16 nr)
{
	return ic->ring_dma + (nr & ic->mask) * ic->id->unit->slot;
}

/**
 * iop_slot_at - which slot an address means
 * @ic: the channel
 * @addr: the address
 *
 * Return: the slot, or -1 if it means none.
 */
int iop_slot_at(const struct iop_chan *ic, u32 addr)
{
	u32 off = addr - (u32)ic->ring_dma, nr = off / ic->id->unit->slot;

	return nr > ic->mask || off % ic->id->unit->slot ? -1 : nr;
}
EXPORT_SYMBOL_IF_KUNIT(iop_slot_at);

static void iop_link(struct iop_chan *ic, u16 nr)
{
	WRITE_ONCE(iop_slot(ic, nr - 1)[IOP_W_NEXT], cpu_to_le32(iop_slot_addr(ic, nr)));
}

/* --- writing --- */

static void iop_write_slot(struct iop_chan *ic, const struct iop_hw_op *op)
{
	__le32 *word = iop_slot(ic, ic->head);

	word[IOP_W_NEXT] = 0;
	ic->id->unit->write(word, op);
	if (ic->head != ic->wanted)
		iop_link(ic, ic->head);
	ic->head = (ic->head + 1) & ic->mask;
}

/* The sums are made where nobody else is, then each is compared with what it should be. */
static void iop_write_wide(struct iop_chan *ic, const struct iop_desc *desc, struct iop_hw_op *op)
{
	const dma_addr_t sum[2] = { op->dst[0], op->dst[1] };
	const bool irq = op->irq;
	int i;

	op->op = desc->no_q ? IOP_XOR : IOP_PQ;
	op->irq = false;
	for (i = 0; i < 2; i++)
		op->dst[i] = ic->scratch + i * IOP_SCRATCH;
	iop_write_slot(ic, op);

	op->op = IOP_XOR_VAL;
	op->nr = 2;
	for (i = 0; i < 2; i++) {
		if (i ? desc->no_q : desc->no_p)
			continue;
		op->src[0] = sum[i];
		op->src[1] = ic->scratch + i * IOP_SCRATCH;
		op->irq = irq && (i || desc->no_q);
		iop_write_slot(ic, op);
	}
}

/**
 * iop_chain_write - write an operation into the ring
 * @ic: the channel
 * @desc: the operation, whose slots are reserved
 *
 * The unit is not told.
 *
 * Context: &m2m_chan.lock held.
 */
void iop_chain_write(struct iop_chan *ic, struct iop_desc *desc)
{
	unsigned int pieces = desc->slots / desc->steps, piece, i;
	struct iop_hw_op op;
	size_t off = 0;

	lockdep_assert_held(&ic->mc.lock);

	desc->first = ic->head;
	for (piece = 0; piece < pieces; piece++) {
		bool last = piece == pieces - 1;

		op.op = desc->op;
		op.nr = desc->nr_srcs;
		op.no_p = desc->no_p;
		op.irq = last && (desc->md.tx.flags & DMA_PREP_INTERRUPT);
		op.len = min_t(size_t, desc->len - off, desc->piece);
		op.value = desc->value;
		for (i = 0; i < 2; i++)
			op.dst[i] = desc->dst[i] + off;
		for (i = 0; i < desc->nr_srcs; i++)
			op.src[i] = desc->src[i] + off;
		memcpy(op.coef, desc->coef, sizeof(op.coef));
		if (desc->op == IOP_WIDE_VAL)
			iop_write_wide(ic, desc, &op);
		else
			iop_write_slot(ic, &op);
		off += op.len;
	}
}

/**
 * iop_chain_found - what a check has written back
 * @ic: the channel
 * @desc: a check that is complete
 *
 * Context: &m2m_chan.lock held.
 * Return: SUM_CHECK_*_RESULT, each for a sum that differs.
 */
u32 iop_chain_found(struct iop_chan *ic, const struct iop_desc *desc)
{
	u32 found = 0;
	unsigned int i;

	for (i = 0; i < desc->slots; i++) {
		u32 bits = ic->id->unit->found(iop_slot(ic, desc->first + i));

		/* The last step of a wide check compares Q, unless there is none. */
		if (desc->op == IOP_WIDE_VAL && bits && !desc->no_q &&
		    i % desc->steps == desc->steps - 1)
			bits = SUM_CHECK_Q_RESULT;
		found |= bits;
	}
	return found;
}

/* --- telling --- */

/**
 * iop_chain_resume - let the unit read again where its chain goes on
 * @ic: the channel, which has a chain
 *
 * Does nothing to a unit that has not come to the end of it.
 *
 * Context: &m2m_chan.lock held.
 */
void iop_chain_resume(struct iop_chan *ic)
{
	iop_write(ic, IOP_CCR, IOP_CCR_ENABLE | IOP_CCR_RESUME);
}

/**
 * iop_chain_forget - there is no chain any more
 * @ic: the channel, which has stopped
 *
 * Until it was seen to stand elsewhere than now, it has not begun with the next chain.
 *
 * Context: &m2m_chan.lock held.
 */
void iop_chain_forget(struct iop_chan *ic)
{
	int at;

	ic->stale = iop_read(ic, ic->id->unit->dar);
	at = iop_slot_at(ic, ic->stale);
	ic->keep = at < 0 ? ic->tail : at;
	ic->fresh = true;
	ic->chained = false;
}

/**
 * iop_chain_tell - tell the unit what it is to be told of
 * @ic: the channel
 *
 * One that is to stop, or will have to, is told afterwards.
 *
 * Context: &m2m_chan.lock held.
 */
void iop_chain_tell(struct iop_chan *ic)
{
	lockdep_assert_held(&ic->mc.lock);

	if (ic->issued == ic->wanted || ic->state != IOP_CHAN_RUNNING)
		return;
	/*
	 * It has met an error, which the interrupt handler has cleared, so it would go on
	 * behind what has failed.  Who looks at it stops it, and then comes here.
	 */
	if (ic->errors)
		return;
	if (ic->tail == ic->issued) {
		ic->progress = jiffies;
		ic->reminded = false;
	}
	if (ic->chained) {
		/* All of the descriptors are there before the link to them. */
		dma_wmb();
		iop_link(ic, ic->issued);
		iop_chain_resume(ic);
	} else {
		iop_write(ic, ic->id->unit->ndar, iop_slot_addr(ic, ic->issued));
		iop_write(ic, IOP_CCR, IOP_CCR_ENABLE);
		ic->chained = true;
	}
	ic->issued = ic->wanted;
	if (!timer_pending(&ic->timer))
		mod_timer(&ic->timer, jiffies + msecs_to_jiffies(iop_completion_timeout));
}

/**
 * iop_chain_issue - what is in the ring is to be executed
 * @ic: the channel
 *
 * Context: &m2m_chan.lock held.
 */
void iop_chain_issue(struct iop_chan *ic)
{
	lockdep_assert_held(&ic->mc.lock);

	if (ic->wanted == ic->head)
		return;
	if (ic->wanted != ic->issued)
		iop_link(ic, ic->wanted);
	ic->wanted = ic->head;
	iop_chain_tell(ic);
}
