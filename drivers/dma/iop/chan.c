// SPDX-License-Identifier: GPL-2.0-only
/*
 * Engines of the Intel I/O processors: a channel, its control and set-up
 */
#include <linux/cleanup.h>
#include <linux/dma-mapping.h>
#include <linux/iopoll.h>
#include <linux/jiffies.h>
#include <linux/preempt.h>
#include <linux/slab.h>

#include "iop.h"

/* What a unit has is done in that time, or it hangs. */
#define IOP_DRAIN_US		500000

/* A unit that somebody else has started stops in that time, or never. */
#define IOP_HALT_US		300000

/* Beyond the limit of stopping, with some to spare */
#define IOP_STOP_WAIT		HZ

/**
 * iop_issue_pending - dmaengine's device_issue_pending
 * @chan: the channel
 *
 * Context: any but NMI.
 */
void iop_issue_pending(struct dma_chan *chan)
{
	struct iop_chan *ic = to_iop_chan(chan);

	guard(spinlock_irqsave)(&ic->mc.lock);
	iop_chain_issue(ic);
}

/**
 * iop_tx_status - dmaengine's device_tx_status
 * @chan: the channel
 * @cookie: the operation asked for
 * @state: for details, or %NULL
 *
 * Looks at the unit while @cookie is incomplete.
 *
 * Context: as m2m_polled().
 * Return: %DMA_COMPLETE, %DMA_IN_PROGRESS, or %DMA_ERROR for an operation that failed.
 */
enum dma_status iop_tx_status(struct dma_chan *chan, dma_cookie_t cookie,
			      struct dma_tx_state *state)
{
	struct iop_chan *ic = to_iop_chan(chan);
	enum dma_status status = m2m_status(&ic->mc, cookie, state);

	if (status == DMA_IN_PROGRESS) {
		scoped_guard(spinlock_irqsave, &ic->mc.lock)
			iop_collect(ic);
		status = m2m_status(&ic->mc, cookie, state);
	}
	m2m_polled(&ic->mc);
	return status;
}

/* Everything is dropped, without callbacks; the unit stops first if it has any of it. */
static void iop_drop_all(struct iop_chan *ic)
{
	struct iop_desc *desc, *next;

	lockdep_assert_held(&ic->mc.lock);

	list_for_each_entry(desc, &ic->queued, md.node) {
		desc->md.state = M2M_ABORTED;
		desc->md.result.result = DMA_TRANS_ABORTED;
	}
	/* What is left in a dead channel the unit may have for ever. */
	if (ic->state == IOP_CHAN_DEAD)
		return;
	if (ic->tail != ic->issued || ic->state != IOP_CHAN_RUNNING) {
		ic->wanted = ic->head;
		ic->issued = ic->head;
		iop_stop_begin(ic);
		return;
	}
	list_for_each_entry_safe(desc, next, &ic->queued, md.node)
		iop_finish(ic, desc);
	/* The unit has heard of none: nothing is linked to their slots. */
	ic->wanted = ic->issued;
	ic->head = ic->issued;
}

/**
 * iop_terminate_all - dmaengine's device_terminate_all
 * @chan: the channel
 *
 * Context: any but NMI.
 * Return: 0.
 */
int iop_terminate_all(struct dma_chan *chan)
{
	struct iop_chan *ic = to_iop_chan(chan);

	guard(spinlock_irqsave)(&ic->mc.lock);
	if (!list_empty(&ic->queued))
		iop_drop_all(ic);
	return 0;
}

static bool iop_has_stopped(struct iop_chan *ic)
{
	guard(spinlock_irqsave)(&ic->mc.lock);
	return iop_stop_step(ic);
}

/**
 * iop_synchronize - dmaengine's device_synchronize
 * @chan: the channel
 *
 * Context: may sleep.
 */
void iop_synchronize(struct dma_chan *chan)
{
	struct iop_chan *ic = to_iop_chan(chan);

	/* The timer takes each step of stopping. */
	while (!wait_event_timeout(ic->mc.wait, iop_has_stopped(ic), IOP_STOP_WAIT))
		tasklet_schedule(&ic->clean);
	m2m_synchronize(&ic->mc);
	tasklet_unlock_wait(&ic->clean);
}

/**
 * iop_stop - dmaengine's device_stop
 * @chan: the channel
 *
 * Context: any but NMI.
 * Return: 0 when nothing is left of what was aborted, -EINPROGRESS to be asked again,
 * -EIO if the unit does not stop.
 */
int iop_stop(struct dma_chan *chan)
{
	struct iop_chan *ic = to_iop_chan(chan);

	guard(spinlock_irqsave)(&ic->mc.lock);
	if (!list_empty(&ic->queued))
		iop_drop_all(ic);
	if (!iop_stop_step(ic) || !m2m_is_idle(&ic->mc))
		return -EINPROGRESS;
	return ic->stuck ? -EIO : 0;
}

/* --- set-up --- */

static size_t iop_ring_size(const struct iop_chan *ic)
{
	size_t size = (ic->mask + 1) * ic->id->unit->slot;

	return ic->id->unit->max_pq ? size + 2 * IOP_SCRATCH : size;
}

static void iop_free_ring(struct iop_chan *ic)
{
	/* A unit that does not stop may write for ever: better lost than shared. */
	if (ic->stuck || !ic->ring)
		return;
	dma_free_coherent(ic->id->dev, iop_ring_size(ic), ic->ring, ic->ring_dma);
	ic->ring = NULL;
}

static int iop_alloc_ring(struct iop_chan *ic)
{
	unsigned int slots = BIT(iop_ring_order), i;
	struct device *dev = ic->id->dev;

	ic->mask = slots - 1;
	ic->ring = dma_alloc_coherent(dev, iop_ring_size(ic), &ic->ring_dma, GFP_KERNEL);
	ic->descs = kvcalloc_node(slots, sizeof(*ic->descs), GFP_KERNEL, dev_to_node(dev));
	if (!ic->ring || !ic->descs) {
		iop_free_ring(ic);
		kvfree(ic->descs);
		ic->descs = NULL;
		return -ENOMEM;
	}
	ic->scratch = ic->ring_dma + slots * ic->id->unit->slot;
	for (i = 0; i < slots; i++) {
		struct iop_desc *desc = &ic->descs[i];

		m2m_desc_add(&ic->mc, &desc->md, iop_tx_submit);
	}
	return slots;
}

/* Stop it, whatever it does, and make it ready for a chain. */
static int iop_chan_start(struct iop_chan *ic)
{
	scoped_guard(spinlock_irqsave, &ic->mc.lock) {
		ic->closing = false;
		ic->state = IOP_CHAN_RUNNING;
		iop_stop_begin(ic);
	}
	iop_synchronize(&ic->mc.chan);
	guard(spinlock_irqsave)(&ic->mc.lock);
	if (ic->state != IOP_CHAN_RUNNING)
		return -EIO;
	/* Not at the very slot at which it stands. */
	ic->tail = (ic->keep + 1) & ic->mask;
	ic->issued = ic->tail;
	ic->wanted = ic->tail;
	ic->head = ic->tail;
	return 0;
}

static bool iop_is_idle(struct iop_chan *ic)
{
	guard(spinlock_irqsave)(&ic->mc.lock);
	return ic->state != IOP_CHAN_RUNNING ||
	       (ic->tail == ic->wanted && m2m_is_idle(&ic->mc));
}

/**
 * iop_chan_drain - wait until a channel has done what it was told, but not for ever
 * @ic: the channel
 *
 * Context: may sleep.
 */
void iop_chan_drain(struct iop_chan *ic)
{
	bool idle;

	if (read_poll_timeout(iop_is_idle, idle, idle, 1000, IOP_DRAIN_US, false, ic))
		dev_warn(ic->id->dev, "what it has is aborted\n");
}

static void iop_chan_close(struct iop_chan *ic)
{
	lockdep_assert_held(&ic->setup);

	if (!ic->ring)
		return;
	/* It is not started again after this, or after a stop that is under way. */
	scoped_guard(spinlock_irqsave, &ic->mc.lock) {
		ic->closing = true;
		iop_stop_begin(ic);
	}
	iop_synchronize(&ic->mc.chan);
	scoped_guard(spinlock_irqsave, &ic->mc.lock)
		iop_die(ic);
	timer_delete_sync(&ic->timer);
	tasklet_kill(&ic->clean);
	local_bh_disable();
	m2m_call_back(&ic->mc);
	local_bh_enable();
}

/**
 * iop_chan_shutdown - let a channel do nothing any more
 * @ic: the channel
 *
 * What it has comes to an end as aborted.
 *
 * Context: may sleep.
 */
void iop_chan_shutdown(struct iop_chan *ic)
{
	guard(mutex)(&ic->setup);
	iop_chan_close(ic);
}

/**
 * iop_chan_restart - let a channel work again
 * @ic: the channel, which was shut down
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int iop_chan_restart(struct iop_chan *ic)
{
	guard(mutex)(&ic->setup);
	/* Nobody has it, or it was allocated meanwhile. */
	if (!ic->descs || READ_ONCE(ic->state) != IOP_CHAN_DEAD)
		return 0;
	return iop_chan_start(ic);
}

/**
 * iop_chan_remove - the unit is not to be touched any more
 * @ic: the channel, which may still have a client
 *
 * Context: may sleep.
 */
void iop_chan_remove(struct iop_chan *ic)
{
	guard(mutex)(&ic->setup);
	iop_chan_close(ic);
	iop_free_ring(ic);
}

/* Nobody has anything of the channel any more. */
static void iop_chan_free(struct iop_chan *ic)
{
	iop_chan_close(ic);
	iop_free_ring(ic);
	/* Without a ring, what came late was called back all the same. */
	tasklet_kill(&ic->clean);
	m2m_chan_close(&ic->mc);
	kvfree(ic->descs);
	ic->descs = NULL;
}

/**
 * iop_alloc_chan_resources - dmaengine's device_alloc_chan_resources
 * @chan: the channel; its first client is coming
 *
 * Context: may sleep.
 * Return: the number of slots, or a negative errno.
 */
int iop_alloc_chan_resources(struct dma_chan *chan)
{
	struct iop_chan *ic = to_iop_chan(chan);
	int slots, err;

	guard(mutex)(&ic->setup);
	if (READ_ONCE(ic->id->gone) || ic->stuck)
		return -ENODEV;
	m2m_chan_open(&ic->mc);
	ic->head = 0;
	ic->wanted = 0;
	ic->issued = 0;
	ic->tail = 0;
	ic->reserved = 0;
	slots = iop_alloc_ring(ic);
	if (slots < 0)
		return slots;
	err = iop_chan_start(ic);
	if (err) {
		iop_chan_free(ic);
		return err;
	}
	return slots;
}

/**
 * iop_free_chan_resources - dmaengine's device_free_chan_resources
 * @chan: the channel; its last client has gone
 *
 * Context: may sleep.
 */
void iop_free_chan_resources(struct dma_chan *chan)
{
	struct iop_chan *ic = to_iop_chan(chan);

	guard(mutex)(&ic->setup);
	iop_terminate_all(chan);
	iop_synchronize(chan);
	iop_chan_free(ic);
}

/**
 * iop_chan_halt - stop what somebody else may have started
 * @ic: the channel of a unit that the driver has just found
 *
 * Firmware or another kernel may have had it, and have left it at work.
 *
 * Context: may sleep.
 * Return: 0 or -ETIMEDOUT.
 */
int iop_chan_halt(struct iop_chan *ic)
{
	const struct iop_unit *unit = ic->id->unit;
	u32 status;
	int err;

	iop_write(ic, IOP_CCR, 0);
	err = read_poll_timeout(iop_read, status, !(status & unit->active), 100, IOP_HALT_US,
				false, ic, IOP_CSR);
	/* Nor is there to be an interrupt for what it did. */
	iop_write(ic, IOP_CSR, unit->eot | unit->eoc | unit->errors);
	return err;
}

/**
 * iop_chan_init - prepare a channel for the registry
 * @id: its device
 */
void iop_chan_init(struct iop_dev *id)
{
	struct iop_chan *ic = &id->ic;

	ic->id = id;
	ic->state = IOP_CHAN_DEAD;
	mutex_init(&ic->setup);
	INIT_LIST_HEAD(&ic->queued);
	tasklet_setup(&ic->clean, iop_clean);
	timer_setup(&ic->timer, iop_timer, 0);
	m2m_chan_init(&ic->mc, &id->dma, iop_again);
}
