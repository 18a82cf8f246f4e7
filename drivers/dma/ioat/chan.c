// SPDX-License-Identifier: GPL-2.0-only
/*
 * Intel I/OAT: channels, their control and set-up
 */
#include <linux/bitfield.h>
#include <linux/cleanup.h>
#include <linux/dma-mapping.h>
#include <linux/iopoll.h>
#include <linux/jiffies.h>
#include <linux/log2.h>
#include <linux/preempt.h>
#include <linux/sizes.h>

#include "ioat.h"

/* What a channel has is done in that time, or it hangs; likewise a command. */
#define IOAT_DRAIN_US		500000
#define IOAT_HALT_US		300000

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
	scoped_guard(spinlock_irqsave, &ic->mc.lock)
		ioat_ring_doorbell(ic);
}

/**
 * ioat_tx_status - dmaengine's device_tx_status
 * @chan: the channel
 * @cookie: the operation asked for
 * @state: for details, or %NULL
 *
 * Looks for completions while @cookie is incomplete.
 *
 * Context: as m2m_polled().
 * Return: %DMA_COMPLETE, %DMA_IN_PROGRESS, or %DMA_ERROR for an operation that failed.
 */
enum dma_status ioat_tx_status(struct dma_chan *chan, dma_cookie_t cookie,
			       struct dma_tx_state *state)
{
	struct ioat_chan *ic = to_ioat_chan(chan);
	enum dma_status status = m2m_status(&ic->mc, cookie, state);

	if (status == DMA_IN_PROGRESS) {
		scoped_guard(spinlock_irqsave, &ic->mc.lock)
			ioat_collect(ic, false);
		status = m2m_status(&ic->mc, cookie, state);
	}
	m2m_polled(&ic->mc);
	return status;
}

/* Everything is dropped, without callbacks; a reset follows if the device has any of it. */
static void ioat_drop_all(struct ioat_chan *ic)
{
	bool busy = ic->tail != ic->issued;
	struct ioat_desc *desc, *next;

	lockdep_assert_held(&ic->mc.lock);

	list_for_each_entry(desc, &ic->queued, md.node) {
		desc->md.state = M2M_ABORTED;
		desc->md.result.result = DMA_TRANS_ABORTED;
	}
	/* What is left in a dead channel the device may have for ever. */
	if (ic->state == IOAT_CHAN_DEAD)
		return;
	if (busy || ic->state != IOAT_CHAN_RUNNING) {
		ic->issued = ic->head;
		ioat_reset_begin(ic);
		return;
	}
	list_for_each_entry_safe(desc, next, &ic->queued, md.node)
		ioat_finish(ic, desc);
	/* The device has heard of none: their slots are as they were. */
	ic->head = ic->issued;
	ic->chain_set = false;
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

	guard(spinlock_irqsave)(&ic->mc.lock);
	if (!list_empty(&ic->queued))
		ioat_drop_all(ic);
	return 0;
}

static bool ioat_is_reset(struct ioat_chan *ic)
{
	guard(spinlock_irqsave)(&ic->mc.lock);
	return ioat_reset_step(ic);
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

	/* The timer takes each step of a reset. */
	while (!wait_event_timeout(ic->mc.wait, ioat_is_reset(ic), IOAT_RESET_WAIT))
		tasklet_schedule(&ic->clean);
	m2m_synchronize(&ic->mc);
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

	guard(spinlock_irqsave)(&ic->mc.lock);
	if (!list_empty(&ic->queued))
		ioat_drop_all(ic);
	if (!ioat_reset_step(ic) || !m2m_is_idle(&ic->mc))
		return -EINPROGRESS;
	return ic->stuck ? -EIO : 0;
}

/* --- set-up --- */

/* What the device reads and writes.  What a client may still have is not among it. */
static void ioat_free_ring(struct ioat_chan *ic)
{
	struct device *dev = ioat_chan_dev(ic);
	unsigned int slots = ic->mask + 1, i;

	scoped_guard(spinlock_irqsave, &ic->mc.lock)
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
		m2m_desc_add(&ic->mc, &desc->md, ioat_tx_submit);
	}
	return slots;
}

/* Reset it, and wait for that. */
static int ioat_chan_reset(struct ioat_chan *ic)
{
	scoped_guard(spinlock_irqsave, &ic->mc.lock) {
		ic->closing = false;
		ic->state = IOAT_CHAN_RUNNING;
		ioat_reset_begin(ic);
	}
	ioat_synchronize(&ic->mc.chan);
	return ic->state == IOAT_CHAN_RUNNING ? 0 : -EIO;
}

/* Pages of a ring that are fetched ahead, as a logarithm; or -1: it is too small or too large */
static int ioat_ring_pages(const struct ioat_chan *ic)
{
	size_t size = (ic->mask + 1) * IOAT_DESC_SIZE;

	return size < SZ_4K || size > SZ_2M ? -1 : ilog2(size / SZ_4K);
}

/**
 * ioat_chan_tune - what a function with one channel has besides
 * @ic: the channel
 * @active: it is going to work: descriptors are fetched ahead, and it has no patience
 *
 * Context: any.
 */
void ioat_chan_tune(struct ioat_chan *ic, bool active)
{
	const u32 latency = IOAT_LTR_US | IOAT_LTR_REQUIRED;
	int pages = ioat_ring_pages(ic);
	struct ioat_dev *id = ic->dev;

	if (id->nr_chans > 1 || id->version < IOAT_VER_3_4 || READ_ONCE(id->gone))
		return;
	if (active && (id->cap & IOAT_CAP_DPS))
		writew(pages < 0 ? 0 : FIELD_PREP(IOAT_DRS_SIZE, pages) | IOAT_DRS_EN |
				       IOAT_DRS_AUTOWRAP, ic->regs + IOAT_DRSCTL);
	writel(latency, ic->regs + IOAT_LTR_ACTIVE);
	writel(latency | FIELD_PREP(IOAT_LTR_VALUE, IOAT_LTR_IDLE_US), ic->regs + IOAT_LTR_IDLE);
	writeb(!active, ic->regs + IOAT_LTR_SELECT);
}

static bool ioat_is_idle(struct ioat_chan *ic)
{
	guard(spinlock_irqsave)(&ic->mc.lock);
	return ic->state != IOAT_CHAN_RUNNING ||
	       (ic->tail == ic->issued && m2m_is_idle(&ic->mc));
}

/**
 * ioat_chan_drain - wait until a channel has done what it was told, but not for ever
 * @ic: the channel
 *
 * Context: may sleep.
 */
void ioat_chan_drain(struct ioat_chan *ic)
{
	bool idle;

	if (read_poll_timeout(ioat_is_idle, idle, idle, 1000, IOAT_DRAIN_US, false, ic))
		dev_warn(ioat_chan_dev(ic), "channel %u: what it has is aborted\n",
			 ioat_chan_nr(ic));
}

static void ioat_chan_close(struct ioat_chan *ic)
{
	lockdep_assert_held(&ic->setup);

	if (!ic->ring)
		return;
	ioat_chan_tune(ic, false);
	/* It is not started again after this reset, or one that is under way. */
	scoped_guard(spinlock_irqsave, &ic->mc.lock) {
		ic->closing = true;
		ioat_reset_begin(ic);
	}
	ioat_synchronize(&ic->mc.chan);
	scoped_guard(spinlock_irqsave, &ic->mc.lock)
		ioat_die(ic);
	timer_delete_sync(&ic->timer);
	tasklet_kill(&ic->clean);
	local_bh_disable();
	m2m_call_back(&ic->mc);
	local_bh_enable();
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
	guard(mutex)(&ic->setup);
	ioat_chan_close(ic);
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
	guard(mutex)(&ic->setup);
	/* Nobody has it, or it was allocated meanwhile. */
	if (!ic->descs || READ_ONCE(ic->state) != IOAT_CHAN_DEAD)
		return 0;
	return ioat_chan_reset(ic);
}

/**
 * ioat_chan_remove - the device is not to be touched any more
 * @ic: the channel, which may still have a client
 *
 * Context: may sleep.
 */
void ioat_chan_remove(struct ioat_chan *ic)
{
	guard(mutex)(&ic->setup);
	ioat_chan_close(ic);
	ioat_free_ring(ic);
}

/* Nobody has anything of the channel any more. */
static void ioat_chan_free(struct ioat_chan *ic)
{
	ioat_chan_close(ic);
	ioat_free_ring(ic);
	/* Without a ring, what came late was called back all the same. */
	tasklet_kill(&ic->clean);
	m2m_chan_close(&ic->mc);
	kvfree(ic->descs);
	ic->descs = NULL;
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

	guard(mutex)(&ic->setup);
	if (READ_ONCE(ic->dev->gone) || ic->stuck)
		return -ENODEV;
	m2m_chan_open(&ic->mc);
	ic->head = 0;
	ic->issued = 0;
	ic->tail = 0;
	ic->reserved = 0;
	slots = ioat_alloc_ring(ic);
	if (slots < 0)
		return slots;
	err = ioat_chan_reset(ic);
	if (err) {
		ioat_chan_free(ic);
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

	guard(mutex)(&ic->setup);
	ioat_terminate_all(chan);
	ioat_synchronize(chan);
	ioat_chan_free(ic);
}

/**
 * ioat_chan_halt - stop what somebody else may have started
 * @ic: the channel of a device that the driver has just found
 *
 * Another kernel may have had it, and have left it at work.
 *
 * Context: may sleep.
 * Return: 0 or -ETIMEDOUT.
 */
int ioat_chan_halt(struct ioat_chan *ic)
{
	u64 status = lo_hi_readq(ic->regs + IOAT_CHANSTS);
	u8 command;

	if (FIELD_GET(IOAT_STS_STATE, status) < IOAT_STS_SUSPENDED) {
		writeb(IOAT_CHANCMD_SUSPEND, ic->regs + IOAT_CHANCMD);
		/* If it does not, the reset may help. */
		read_poll_timeout(lo_hi_readq, status,
				  FIELD_GET(IOAT_STS_STATE, status) >= IOAT_STS_SUSPENDED,
				  100, IOAT_HALT_US, false, ic->regs + IOAT_CHANSTS);
	}
	ioat_clear_errors(ic);
	writeb(IOAT_CHANCMD_RESET, ic->regs + IOAT_CHANCMD);
	return read_poll_timeout(readb, command, !(command & IOAT_CHANCMD_RESET), 100,
				 IOAT_HALT_US, false, ic->regs + IOAT_CHANCMD);
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
	mutex_init(&ic->setup);
	INIT_LIST_HEAD(&ic->queued);
	tasklet_setup(&ic->clean, ioat_clean);
	timer_setup(&ic->timer, ioat_timer, 0);
	m2m_chan_init(&ic->mc, &id->dma, ioat_again);
}
