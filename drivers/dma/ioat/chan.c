// SPDX-License-Identifier: GPL-2.0-only
/*
 * Intel I/OAT: channels, their control and set-up
 */
#include <linux/cleanup.h>
#include <linux/dma-mapping.h>
#include <linux/jiffies.h>
#include <linux/preempt.h>

#include "../dmaengine.h"
#include "ioat.h"

/* What a channel has is done in that time, or it hangs. */
#define IOAT_DRAIN_WAIT		(HZ / 2)

/* Beyond the limits of suspending and resetting, with some to spare */
#define IOAT_RESET_WAIT		HZ

/**
 * ioat_issue_pending - dmaengine's device_issue_pending
 * @chan: the channel
 *
 * Context: any but NMI.
 */
void ioat_issue_pending(struct dma_chan *chan)
{
	struct ioat_chan *ic = to_ioat_chan(chan);

	/* Who has submitted something sees it. */
	if (READ_ONCE(ic->head) == READ_ONCE(ic->issued))
		return;
	scoped_guard(spinlock_irqsave, &ic->lock)
		ioat_ring_doorbell(ic);
}

/**
 * ioat_tx_status - dmaengine's device_tx_status
 * @chan: the channel
 * @cookie: the operation asked for
 * @state: for details, or %NULL
 *
 * Looks for completions while @cookie is incomplete.  With bottom halves disabled it
 * also calls back.
 *
 * Context: any but NMI.
 * Return: %DMA_COMPLETE, %DMA_IN_PROGRESS, or %DMA_ERROR for an operation that failed.
 */
enum dma_status ioat_tx_status(struct dma_chan *chan, dma_cookie_t cookie,
			       struct dma_tx_state *state)
{
	struct ioat_chan *ic = to_ioat_chan(chan);
	enum dma_status status = dma_cookie_status(chan, cookie, state);
	bool due;

	if (status != DMA_COMPLETE || READ_ONCE(ic->failed_last)) {
		scoped_guard(spinlock_irqsave, &ic->lock) {
			due = status != DMA_COMPLETE && ioat_collect(ic, false);
			status = dma_cookie_status(chan, cookie, state);
			if (status == DMA_COMPLETE && ioat_cookie_failed(ic, cookie))
				status = DMA_ERROR;
		}
		if (due && in_softirq() && !irqs_disabled())
			ioat_call_back(ic);
		else if (due)
			tasklet_schedule(&ic->clean);
	}
	/* Pairs with ioat_finish(): after the cookie comes the data. */
	smp_rmb();
	return status;
}

/* Everything is dropped, without callbacks; a reset follows if the device has any of it. */
static void ioat_drop_all(struct ioat_chan *ic)
{
	bool busy = ic->tail != ic->issued;
	struct ioat_desc *desc, *next;

	lockdep_assert_held(&ic->lock);

	list_for_each_entry(desc, &ic->queued, node) {
		desc->state = IOAT_DESC_ABORTED;
		desc->error = DMA_TRANS_ABORTED;
	}
	ic->issued = ic->head;
	if (busy && ic->state == IOAT_CHAN_RUNNING)
		ioat_reset_begin(ic);
	if (ic->state == IOAT_CHAN_RUNNING && !busy) {
		list_for_each_entry_safe(desc, next, &ic->queued, node)
			ioat_finish(ic, desc);
		ic->tail = ic->issued;
		ic->chain_set = false;
	}
}

/**
 * ioat_terminate_all - dmaengine's device_terminate_all
 * @chan: the channel
 *
 * Context: any but NMI.
 * Return: 0.
 */
int ioat_terminate_all(struct dma_chan *chan)
{
	struct ioat_chan *ic = to_ioat_chan(chan);

	guard(spinlock_irqsave)(&ic->lock);
	if (ic->state != IOAT_CHAN_DEAD && !list_empty(&ic->queued))
		ioat_drop_all(ic);
	return 0;
}

static bool ioat_is_quiet(struct ioat_chan *ic)
{
	guard(spinlock_irqsave)(&ic->lock);
	return ioat_reset_step(ic) && !ic->calling && list_empty(&ic->done);
}

/**
 * ioat_synchronize - dmaengine's device_synchronize
 * @chan: the channel
 *
 * Context: may sleep.
 */
void ioat_synchronize(struct dma_chan *chan)
{
	struct ioat_chan *ic = to_ioat_chan(chan);

	/* The timer takes each step of a reset; a callback says when it is over. */
	while (!wait_event_timeout(ic->wait, ioat_is_quiet(ic), IOAT_RESET_WAIT))
		tasklet_schedule(&ic->clean);
	tasklet_unlock_wait(&ic->clean);
}

/**
 * ioat_stop - dmaengine's device_stop
 * @chan: the channel
 *
 * Context: any but NMI.
 * Return: 0 when nothing is left of what was aborted, -EINPROGRESS to be asked again,
 * -EIO if the channel cannot be reset.
 */
int ioat_stop(struct dma_chan *chan)
{
	struct ioat_chan *ic = to_ioat_chan(chan);

	guard(spinlock_irqsave)(&ic->lock);
	if (ic->state != IOAT_CHAN_DEAD && !list_empty(&ic->queued))
		ioat_drop_all(ic);
	if (!ioat_reset_step(ic) || ic->calling || !list_empty(&ic->done))
		return -EINPROGRESS;
	return ic->stuck ? -EIO : 0;
}

/* --- set-up --- */

/* What the device reads and writes.  What a client may still have is not among it. */
static void ioat_free_ring(struct ioat_chan *ic)
{
	struct device *dev = ioat_chan_dev(ic);
	unsigned int slots = ic->mask + 1, i;

	scoped_guard(spinlock_irqsave, &ic->lock)
		for (i = 0; ic->descs && i < slots; i++)
			ioat_free_sed(ic, &ic->descs[i]);
	/* It may write for ever, as long as it is there: better lost than shared. */
	if (ic->stuck)
		return;
	if (ic->ring)
		dma_free_coherent(dev, slots * IOAT_DESC_SIZE, ic->ring, ic->ring_dma);
	ic->ring = NULL;
	if (ic->completion)
		dma_free_coherent(dev, sizeof(*ic->completion), ic->completion,
				  ic->completion_dma);
	ic->completion = NULL;
}

static int ioat_alloc_ring(struct ioat_chan *ic)
{
	struct device *dev = ioat_chan_dev(ic);
	unsigned int slots = BIT(ioat_ring_order), i;

	ic->mask = slots - 1;
	ic->completion = dma_alloc_coherent(dev, sizeof(*ic->completion), &ic->completion_dma,
					    GFP_KERNEL);
	ic->ring = dma_alloc_coherent(dev, slots * IOAT_DESC_SIZE, &ic->ring_dma, GFP_KERNEL);
	ic->descs = kvcalloc_node(slots, sizeof(*ic->descs), GFP_KERNEL, dev_to_node(dev));
	if (!ic->completion || !ic->ring || !ic->descs) {
		ioat_free_ring(ic);
		kvfree(ic->descs);
		ic->descs = NULL;
		return -ENOMEM;
	}
	for (i = 0; i < slots; i++) {
		struct ioat_desc *desc = &ic->descs[i];

		ic->ring[i].word[IOAT_W_NEXT] =
			cpu_to_le64(ic->ring_dma + ((i + 1) & ic->mask) * IOAT_DESC_SIZE);
		dma_async_tx_descriptor_init(&desc->tx, &ic->chan);
		desc->tx.tx_submit = ioat_tx_submit;
		list_add_tail(&desc->node, &ic->free);
	}
	return slots;
}

/* Reset it, and wait for that. */
static int ioat_chan_reset(struct ioat_chan *ic)
{
	scoped_guard(spinlock_irqsave, &ic->lock) {
		ic->state = IOAT_CHAN_RUNNING;
		ioat_reset_begin(ic);
	}
	ioat_synchronize(&ic->chan);
	return ic->state == IOAT_CHAN_RUNNING ? 0 : -EIO;
}

/**
 * ioat_alloc_chan_resources - dmaengine's device_alloc_chan_resources
 * @chan: the channel; its first client is coming
 *
 * Context: may sleep.
 * Return: the number of slots, or a negative errno.
 */
int ioat_alloc_chan_resources(struct dma_chan *chan)
{
	struct ioat_chan *ic = to_ioat_chan(chan);
	int slots, err;

	if (READ_ONCE(ic->dev->gone) || ic->stuck)
		return -ENODEV;
	dma_cookie_init(chan);
	ic->head = 0;
	ic->issued = 0;
	ic->tail = 0;
	ic->reserved = 0;
	ic->failed_last = 0;
	slots = ioat_alloc_ring(ic);
	if (slots < 0)
		return slots;
	err = ioat_chan_reset(ic);
	if (err) {
		ioat_free_chan_resources(chan);
		return err;
	}
	return slots;
}

/**
 * ioat_free_chan_resources - dmaengine's device_free_chan_resources
 * @chan: the channel; its last client has gone
 *
 * Context: may sleep.
 */
void ioat_free_chan_resources(struct dma_chan *chan)
{
	struct ioat_chan *ic = to_ioat_chan(chan);

	ioat_terminate_all(chan);
	ioat_synchronize(chan);
	ioat_chan_remove(ic);
	INIT_LIST_HEAD(&ic->free);
	INIT_LIST_HEAD(&ic->held);
	kvfree(ic->descs);
	ic->descs = NULL;
}

/**
 * ioat_chan_remove - the device is not to be touched any more
 * @ic: the channel, which may still have a client
 *
 * Context: may sleep.
 */
void ioat_chan_remove(struct ioat_chan *ic)
{
	ioat_chan_shutdown(ic);
	ioat_free_ring(ic);
}

static bool ioat_is_idle(struct ioat_chan *ic)
{
	guard(spinlock_irqsave)(&ic->lock);
	return ic->state != IOAT_CHAN_RUNNING ||
	       (ic->tail == ic->issued && !ic->calling && list_empty(&ic->done));
}

/**
 * ioat_chan_drain - wait until a channel has done what it was told, but not for ever
 * @ic: the channel
 *
 * Context: may sleep.
 */
void ioat_chan_drain(struct ioat_chan *ic)
{
	if (!wait_event_timeout(ic->wait, ioat_is_idle(ic), IOAT_DRAIN_WAIT))
		dev_warn(ioat_chan_dev(ic), "channel %u: what it has is aborted\n",
			 ioat_chan_nr(ic));
}

/**
 * ioat_chan_shutdown - let a channel do nothing any more
 * @ic: the channel
 *
 * What it has comes to an end as aborted.
 *
 * Context: may sleep.
 */
void ioat_chan_shutdown(struct ioat_chan *ic)
{
	if (!ic->ring)
		return;
	if (ic->state == IOAT_CHAN_RUNNING)
		ioat_chan_reset(ic);
	scoped_guard(spinlock_irqsave, &ic->lock)
		ioat_die(ic);
	timer_delete_sync(&ic->timer);
	tasklet_kill(&ic->clean);
	local_bh_disable();
	ioat_call_back(ic);
	local_bh_enable();
}

/**
 * ioat_chan_restart - let a channel work again
 * @ic: the channel, which was shut down
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int ioat_chan_restart(struct ioat_chan *ic)
{
	return ic->ring ? ioat_chan_reset(ic) : 0;
}

/**
 * ioat_chan_init - prepare a channel for the registry
 * @id: its device
 * @nr: its number
 */
void ioat_chan_init(struct ioat_dev *id, unsigned int nr)
{
	struct ioat_chan *ic = &id->chans[nr];

	ic->dev = id;
	ic->regs = id->regs + (nr + 1) * IOAT_CHAN_SIZE;
	ic->state = IOAT_CHAN_DEAD;
	spin_lock_init(&ic->lock);
	init_waitqueue_head(&ic->wait);
	INIT_LIST_HEAD(&ic->free);
	INIT_LIST_HEAD(&ic->queued);
	INIT_LIST_HEAD(&ic->done);
	INIT_LIST_HEAD(&ic->held);
	tasklet_setup(&ic->clean, ioat_clean);
	timer_setup(&ic->timer, ioat_timer, 0);
	ic->chan.device = &id->dma;
	list_add_tail(&ic->chan.device_node, &id->dma.channels);
}
