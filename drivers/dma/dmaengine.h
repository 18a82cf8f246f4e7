/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For drivers of DMA engines only; clients include <linux/dmaengine.h>.
 */
#ifndef DMAENGINE_H
#define DMAENGINE_H

#include <linux/bug.h>
#include <linux/dmaengine.h>

/**
 * DOC: cookies
 *
 * A channel numbers its transactions in the order they are submitted, and a
 * driver that completes them in that order needs no more than two numbers to
 * tell the state of each: the last one given out and the last one completed.
 * The helpers here keep them.  The driver calls dma_cookie_init() once, and
 * dma_cookie_assign() and dma_cookie_complete() with the channel's lock held;
 * dma_cookie_status() may be called without.
 */

/**
 * dma_cookie_init - start numbering
 * @chan: the channel
 */
static inline void dma_cookie_init(struct dma_chan *chan)
{
	chan->completed_cookie = DMA_MIN_COOKIE;
	chan->cookie = DMA_MIN_COOKIE;
}

/**
 * dma_cookie_assign - number a transaction
 * @tx: its descriptor
 *
 * Context: the caller serializes by a lock of the channel.
 * Return: the number, which is positive.
 */
static inline dma_cookie_t dma_cookie_assign(struct dma_async_tx_descriptor *tx)
{
	dma_cookie_t last = tx->chan->cookie;

	tx->cookie = last == S32_MAX || last < DMA_MIN_COOKIE ? DMA_MIN_COOKIE :
								last + 1;
	tx->chan->cookie = tx->cookie;
	return tx->cookie;
}

/**
 * dma_cookie_complete - a transaction is complete, and so are those before it
 * @tx: its descriptor
 *
 * Takes the number away from the descriptor: to complete it twice is an error,
 * which is reported and leaves the channel as it is.
 *
 * Context: the caller serializes by a lock of the channel.
 */
static inline void dma_cookie_complete(struct dma_async_tx_descriptor *tx)
{
	if (WARN_ON_ONCE(tx->cookie < DMA_MIN_COOKIE))
		return;
	tx->chan->completed_cookie = tx->cookie;
	tx->cookie = 0;
}

/**
 * dma_cookie_status - the state of a transaction, by its number
 * @chan: the channel
 * @cookie: the number
 * @state: where to put the channel's two numbers, and no residue; or NULL
 *
 * Return: %DMA_COMPLETE or %DMA_IN_PROGRESS.
 */
static inline enum dma_status
dma_cookie_status(struct dma_chan *chan, dma_cookie_t cookie,
		  struct dma_tx_state *state)
{
	/*
	 * In this order: a transaction that is submitted and completed in
	 * between must not make it seem as if the numbers had started over.
	 */
	dma_cookie_t last = READ_ONCE(chan->completed_cookie);
	dma_cookie_t used = READ_ONCE(chan->cookie);

	if (state)
		*state = (struct dma_tx_state){ .last = last, .used = used };
	return dma_async_is_complete(cookie, last, used);
}

/**
 * dma_set_residue - report what is still to do
 * @state: where, or NULL
 * @residue: bytes
 */
static inline void dma_set_residue(struct dma_tx_state *state, u32 residue)
{
	if (state)
		state->residue = residue;
}

/**
 * dma_set_in_flight_bytes - report what is read and not yet written
 * @state: where, or NULL
 * @in_flight_bytes: bytes
 */
static inline void dma_set_in_flight_bytes(struct dma_tx_state *state,
					   u32 in_flight_bytes)
{
	if (state)
		state->in_flight_bytes = in_flight_bytes;
}

/**
 * struct dmaengine_desc_callback - how to call back
 * @callback: without a result
 * @callback_result: with one
 * @callback_param: the argument of either
 *
 * A copy of what is in the descriptor, so that the client can be called when the
 * descriptor is already in use for something else.
 */
struct dmaengine_desc_callback {
	dma_async_tx_callback callback;
	dma_async_tx_callback_result callback_result;
	void *callback_param;
};

/**
 * dmaengine_desc_get_callback - copy a descriptor's callback
 * @tx: the descriptor
 * @cb: where to
 */
static inline void
dmaengine_desc_get_callback(struct dma_async_tx_descriptor *tx,
			    struct dmaengine_desc_callback *cb)
{
	*cb = (struct dmaengine_desc_callback){
		.callback_param = tx->callback_param,
		.callback_result = tx->callback_result,
		.callback = tx->callback,
	};
}

/**
 * dmaengine_desc_callback_invoke - call back
 * @cb: how
 * @result: the result; NULL: all is well
 *
 * Context: as the client expects its callback: bottom halves disabled, none of
 *	the driver's locks held.
 */
static inline void
dmaengine_desc_callback_invoke(struct dmaengine_desc_callback *cb,
			       const struct dmaengine_result *result)
{
	static const struct dmaengine_result fine = { .result = DMA_TRANS_NOERROR };

	if (cb->callback_result)
		cb->callback_result(cb->callback_param, result ?: &fine);
	else if (cb->callback)
		cb->callback(cb->callback_param);
}

/**
 * dmaengine_desc_get_callback_invoke - call back, straight from the descriptor
 * @tx: the descriptor
 * @result: the result; NULL: all is well
 *
 * Context: as dmaengine_desc_callback_invoke().
 */
static inline void
dmaengine_desc_get_callback_invoke(struct dma_async_tx_descriptor *tx,
				   const struct dmaengine_result *result)
{
	struct dmaengine_desc_callback copy;

	dmaengine_desc_get_callback(tx, &copy);
	dmaengine_desc_callback_invoke(&copy, result);
}

/**
 * dmaengine_desc_callback_valid - is there anybody to call?
 * @cb: the callback
 *
 * Return: true if so.
 */
static inline bool
dmaengine_desc_callback_valid(struct dmaengine_desc_callback *cb)
{
	return cb->callback || cb->callback_result;
}

struct dma_chan *dma_get_slave_channel(struct dma_chan *chan);
struct dma_chan *dma_get_any_slave_channel(struct dma_device *device);

#ifdef CONFIG_DEBUG_FS
#include <linux/debugfs.h>

/**
 * dmaengine_get_debugfs_root - the device's own directory in debugfs
 * @dma_dev: the device, registered
 *
 * The directory goes, with all that is in it, when the device is unregistered.
 *
 * Return: the directory, or NULL.
 */
static inline struct dentry *
dmaengine_get_debugfs_root(struct dma_device *dma_dev)
{
	return dma_dev->dbg_dev_root;
}
#else
struct dentry;

static inline struct dentry *
dmaengine_get_debugfs_root(struct dma_device *dma_dev)
{
	return NULL;
}
#endif /* CONFIG_DEBUG_FS */

#endif /* DMAENGINE_H */
