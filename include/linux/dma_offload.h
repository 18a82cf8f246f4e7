/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The offload user of public DMA channels
 */
#ifndef _LINUX_DMA_OFFLOAD_H
#define _LINUX_DMA_OFFLOAD_H

#include <linux/dmaengine.h>
#include <linux/errno.h>
#include <linux/types.h>

/**
 * DOC: dma_offload
 *
 * Most clients own the channels they use.  The offload user does not: it works
 * on every public channel there is, beside any number of dmaengine_get()
 * clients, and gives each one back when its provider wants to leave.  There is
 * one such user, async_tx.
 *
 * The registry counts the offload user in &dma_chan.client_count and keeps
 * the channel's resources allocated for it, as for dmaengine_get().  What it
 * does not take is a reference to the provider's module: unregistering a
 * device revokes the channels through chan_removed() instead of waiting for
 * somebody to unload the offload user.
 */

/**
 * struct dma_offload_ops - what the registry tells the offload user
 * @chan_added: a public channel can be used from now on; its resources are
 *	allocated.  The function may store a cookie of its own in *@priv, see
 *	dma_offload_find_channel().  A negative errno leaves the channel unused; it
 *	may be offered again.
 * @chan_removed: the channel goes away, because it is unregistered, its device
 *	becomes private or the offload user itself leaves.  The registry no
 *	longer hands it out for offloading, dma_offload_find_channel() gives no
 *	cookie for it, and an RCU grace period has passed since.  On return the offload user
 *	has ended everything it had on the channel and will not touch it again.
 * @issue_pending: called by dma_issue_pending_all() for what the user has
 *	submitted and not started, on whatever CPU; in the context of that
 *	function's caller, which may be atomic, and under rcu_read_lock().  Not
 *	called while no public channel is in use.  May be NULL if the user starts
 *	what it submits at once.
 *
 * chan_added() and chan_removed() run in process context under the registry's
 * mutex: they may sleep and must not call what takes it, such as dmaengine_get()
 * or dma_request_chan().  A channel that a user of dmaengine_get() has as well can
 * be found by dma_find_channel() before chan_added() and after chan_removed().
 */
struct dma_offload_ops {
	int (*chan_added)(struct dma_chan *chan, void **priv);
	void (*chan_removed)(struct dma_chan *chan, void *priv);
	void (*issue_pending)(void);
};

#ifdef CONFIG_DMA_ENGINE
int dma_offload_register(const struct dma_offload_ops *ops);
void dma_offload_unregister(const struct dma_offload_ops *ops);
struct dma_chan *dma_offload_find_channel(enum dma_transaction_type tx_type,
					  void **priv);
#else
static inline int dma_offload_register(const struct dma_offload_ops *ops)
{
	return -ENODEV;
}

static inline void dma_offload_unregister(const struct dma_offload_ops *ops)
{
}

static inline struct dma_chan *
dma_offload_find_channel(enum dma_transaction_type tx_type, void **priv)
{
	return NULL;
}
#endif /* CONFIG_DMA_ENGINE */

#endif /* _LINUX_DMA_OFFLOAD_H */
