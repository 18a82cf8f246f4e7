// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmaengine core: descriptors, and waiting for them
 */
#include <linux/export.h>
#include <linux/jiffies.h>
#include <linux/processor.h>
#include <linux/spinlock.h>

#include "internal.h"

/* Longer than this no transaction takes that is not lost. */
#define WAIT_LIMIT_MS	5000

/**
 * dma_async_tx_descriptor_init - initialize a descriptor, for its provider
 * @tx: the descriptor, zeroed
 * @chan: its channel
 */
void dma_async_tx_descriptor_init(struct dma_async_tx_descriptor *tx,
				  struct dma_chan *chan)
{
	tx->chan = chan;
#ifdef CONFIG_ASYNC_TX_ENABLE_CHANNEL_SWITCH
	spin_lock_init(&tx->lock);
#endif
}
EXPORT_SYMBOL(dma_async_tx_descriptor_init);

static enum dma_status wait_until(struct dma_chan *chan, dma_cookie_t cookie,
				  unsigned long deadline)
{
	enum dma_status status;
	bool late;

	dma_async_issue_pending(chan);
	do {
		/* In this order: whoever was kept from running asks once more. */
		late = time_after_eq(jiffies, deadline);
		status = dma_async_is_tx_complete(chan, cookie, NULL, NULL);
		if (status != DMA_IN_PROGRESS)
			return status;
		cpu_relax();
	} while (!late);

	dev_err(chan->device->dev, "transaction %d has not ended in time\n", cookie);
	return DMA_ERROR;
}

/**
 * dma_sync_wait - wait for a transaction, busily
 * @chan: its channel
 * @cookie: its number; what has been submitted to the channel is issued first
 *
 * Polls, as the caller may be atomic, but for five seconds at most.
 *
 * Context: any in which the provider's operations may be called.
 * Return: what became of it; %DMA_ERROR also if nothing did, or if its submission
 *	had failed.
 */
enum dma_status dma_sync_wait(struct dma_chan *chan, dma_cookie_t cookie)
{
	if (dma_submit_error(cookie))
		return DMA_ERROR;
	return wait_until(chan, cookie, jiffies + msecs_to_jiffies(WAIT_LIMIT_MS));
}
EXPORT_SYMBOL(dma_sync_wait);

/**
 * dma_wait_for_async_tx - wait for a descriptor, busily
 * @tx: the descriptor; it may be waiting to be submitted itself.  NULL is
 *	complete.
 *
 * Polls, as the caller may be atomic, but for five seconds at most.
 *
 * Context: any in which the provider's operations may be called.
 * Return: as dma_sync_wait().
 */
enum dma_status dma_wait_for_async_tx(struct dma_async_tx_descriptor *tx)
{
	unsigned long deadline = jiffies + msecs_to_jiffies(WAIT_LIMIT_MS);
	dma_cookie_t cookie;

	if (!tx)
		return DMA_COMPLETE;

	while ((cookie = READ_ONCE(tx->cookie)) == -EBUSY) {
		if (time_after_eq(jiffies, deadline)) {
			dev_err(tx->chan->device->dev,
				"transaction was not submitted in time\n");
			return DMA_ERROR;
		}
		cpu_relax();
	}
	if (dma_submit_error(cookie))
		return DMA_ERROR;
	return wait_until(tx->chan, cookie, deadline);
}
EXPORT_SYMBOL_GPL(dma_wait_for_async_tx);

/**
 * dma_run_dependencies - submit what waits for a descriptor, for its provider
 * @tx: the descriptor, complete
 *
 * Those who wait form a chain.  It is followed as long as it stays on one
 * channel; from there on, the provider of that channel goes on.
 *
 * Context: any but hard interrupt; none of the provider's locks that are taken to
 *	submit.
 */
void dma_run_dependencies(struct dma_async_tx_descriptor *tx)
{
	struct dma_async_tx_descriptor *waiting = txd_next(tx), *behind;
	struct dma_chan *chan;

	if (!waiting)
		return;
	txd_clear_next(tx);

	chan = waiting->chan;
	while (waiting) {
		txd_lock(waiting);
		txd_clear_parent(waiting);
		behind = txd_next(waiting);
		if (behind && behind->chan != chan)
			behind = NULL;
		else
			txd_clear_next(waiting);
		txd_unlock(waiting);

		/* May be complete, and another one, when this returns. */
		waiting->tx_submit(waiting);
		waiting = behind;
	}
	dma_async_issue_pending(chan);
}
EXPORT_SYMBOL_GPL(dma_run_dependencies);
