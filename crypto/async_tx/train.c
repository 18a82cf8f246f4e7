// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operations that an engine gets before their parents are complete
 */

/**
 * DOC: queueing ahead
 *
 * A child is given to the channel that has its parent, without waiting for it,
 * if that channel works in order and can do what the child needs: in its turn
 * it will find what its parent has written.  It may have waited when the parent
 * was not there yet.  Parent, child, and who follows in the same way, are a
 * train.
 *
 * What one of them writes and a later one reads has one mapping, the writer's,
 * until all of them have landed, that is, been reported.  Only then are they
 * complete, in their order.  So who has a callback is the last of its train, and
 * a train does not become long.
 *
 * No member writes what it or one before it reads or writes, so until the end
 * each can be run again.  If one fails, that is what happens to it, and then,
 * whatever the engine has said of them, to those behind it, who wait for it as
 * if they had never been queued ahead.
 */
#include <linux/dma-mapping.h>
#include <linux/kernel.h>

#include "core.h"

/* Members of a train. */
#define ASYNC_TX_TRAIN	32

static bool async_tx_in_flight(const struct async_tx_op *op)
{
	/* Who has been dispatched has a channel: pairs with async_tx_move_state(). */
	return smp_load_acquire(&op->state) == ASYNC_TX_DISPATCHED;
}

/**
 * async_tx_train_board - let an operation join the train of its parent
 * @op: is in no train
 * @parent: cannot be released meanwhile
 * @mine: @parent is being submitted by the caller
 *
 * From now on the train does not end without @op: it has to get in flight, or
 * to call async_tx_train_quit().  The caller is a user of op->achan.
 *
 * Context: BHs disabled.
 * Return: false if the parent is not in flight on that channel, or somebody
 * else follows it, or enough do.
 */
bool async_tx_train_board(struct async_tx_op *op, struct async_tx_op *parent,
			  bool mine)
{
	struct async_tx_chan *achan = op->achan;
	struct async_tx_op *lead;

	guard(spinlock)(&achan->lock);

	/* Without the lock nobody leaves the channel. */
	if (achan->closed || (!mine && !async_tx_in_flight(parent)) ||
	    READ_ONCE(parent->achan) != achan || parent->next)
		return false;
	lead = parent->lead;
	if (list_prev_entry(lead, train) != parent || lead->members >= ASYNC_TX_TRAIN)
		return false;

	list_add_tail(&op->train, &lead->train);
	WRITE_ONCE(op->lead, lead);
	lead->members++;
	lead->riding++;
	refcount_inc(&achan->users);
	return true;
}

/* A member less is out.  If it was the last, all of them go to @landed. */
static void async_tx_train_less(struct async_tx_op *lead, struct list_head *landed)
{
	struct async_tx_op *op = lead, *next;
	int n;

	if (--lead->riding)
		return;
	if (lead->members == 1) {
		list_move_tail(&lead->inflight, landed);
		lead->riding = 1;
		return;
	}
	for (n = lead->members; n; n--) {
		next = list_next_entry(op, train);
		list_move_tail(&op->inflight, landed);
		async_tx_train_start(op);
		op = next;
	}
}

/**
 * async_tx_train_quit - leave a train without having been in flight
 * @op: from async_tx_train_board()
 * @achan: the channel; op->achan is of no interest
 * @landed: gets the train, if it waited only for @op
 *
 * Context: BHs disabled.
 */
void async_tx_train_quit(struct async_tx_op *op, struct async_tx_chan *achan,
			 struct list_head *landed)
{
	struct async_tx_op *lead = op->lead;

	guard(spinlock)(&achan->lock);

	list_del(&op->train);
	async_tx_train_start(op);
	lead->members--;
	async_tx_train_less(lead, landed);
}

/**
 * async_tx_train_land - the engine is through with a member
 * @op: the member; not to be touched afterwards
 * @landed: gets the train, in its order, linked by async_tx_op.inflight, if this
 *	was its last
 *
 * Context: under the lock of the channel.
 */
void async_tx_train_land(struct async_tx_op *op, struct list_head *landed)
{
	lockdep_assert_held(&op->achan->lock);

	async_tx_set_state(op, ASYNC_TX_LANDED);
	async_tx_train_less(op->lead, landed);
}

/**
 * async_tx_train_strand - a train will never arrive
 * @op: one of its members
 *
 * It will not wait for the others, nor they for it.
 *
 * Context: under the lock of the channel.
 */
void async_tx_train_strand(struct async_tx_op *op)
{
	struct async_tx_op *member = op, *next;

	if (list_empty(&op->train))
		return;
	do {
		next = list_next_entry(member, train);
		member->stranded = true;
		async_tx_train_start(member);
		member = next;
	} while (member != op);
}

/**
 * async_tx_train_todo - who in a train has to be looked at
 * @op: memory of an operation
 *
 * Context: BHs disabled, under RCU.
 * Return: memory of a member on the todo list of a CPU; NULL if there is none.
 */
struct async_tx_op *async_tx_train_todo(struct async_tx_op *op)
{
	struct async_tx_chan *achan = READ_ONCE(op->achan);
	struct async_tx_op *member;

	if (!achan)
		return NULL;

	guard(spinlock)(&achan->lock);

	if (READ_ONCE(op->achan) != achan)
		return NULL;
	list_for_each_entry(member, &op->train, train)
		if (READ_ONCE(member->on))
			return member;
	return NULL;
}
