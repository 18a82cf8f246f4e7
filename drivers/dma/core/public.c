// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmaengine core: users of public channels
 */

/**
 * DOC: public users
 *
 * Two kinds of users share the public channels: those who have called
 * dmaengine_get(), of whom there may be any number, and the offload user, see
 * include/linux/dma_offload.h.  Each of them holds a reference to every public
 * channel, and a channel that somebody holds is in the table.
 *
 * What should be held follows from few facts: how many users there are, whether
 * the channel is registered, and whether its device is private.  Whoever changes
 * one of these calls the function that brings a channel, a device or everything
 * into line with them, and the order in which things happen makes no difference.
 *
 * For users of dmaengine_get() the target is their number, on a channel that is
 * public.  On one that is not, or no longer registered, users may still be at
 * work who have found it before; nobody knows which, but there are no more of
 * them than references, nor than users.  So there references are not added, and
 * go when there are fewer users.
 *
 * For the offload user the target is one reference or none, as it can be told
 * to let go.  In that order: the channel leaves the table, everybody who has
 * looked it up there is waited for, the user is told, the reference is dropped.
 */
#include <linux/dma_offload.h>
#include <linux/export.h>
#include <linux/rcupdate.h>

#include "internal.h"

/* Calls of dmaengine_get() without their dmaengine_put(). */
static int public_gets;

/*
 * The offload user.  Readers under RCU; for who holds the registry's mutex it is
 * NULL as soon as the user is to lose its channels.
 */
static const struct dma_offload_ops __rcu *offload_ops;

/* The same, until the user has lost them. */
static const struct dma_offload_ops *offload_user;

/* Channels that are unregistered, with references for dmaengine_get(). */
static LIST_HEAD(public_orphans);

/* One run of bringing references into line. */
struct public_change {
	struct list_head removed;
	bool withdrawn;
};

static bool public_offload_wanted(void)
{
	return rcu_access_pointer(offload_ops);
}

static bool public_chan(struct dma_chan *chan)
{
	return dmaengine_chan_live(chan) &&
	       !dma_has_cap(DMA_PRIVATE, chan->device->cap_mask);
}

/* Make unfindable what is to lose its users. */
static void public_withdraw(struct dma_chan *chan, struct public_change *change)
{
	struct dmaengine_chan *dc = to_dmaengine_chan(chan);
	bool public = public_chan(chan), stays;

	stays = public && dc->offloaded && public_offload_wanted();
	if (dc->offloaded && !stays) {
		RCU_INIT_POINTER(dc->offload_priv, NULL);
		list_add_tail(&dc->removed_node, &change->removed);
		change->withdrawn = true;
	}

	stays |= public && dc->gets && public_gets;
	if (dc->in_table && !stays) {
		dmaengine_table_del(dc);
		change->withdrawn = true;
	}
}

static void public_remove(struct dmaengine_chan *dc)
{
	dc->offloaded = false;
	offload_user->chan_removed(dc->chan, dc->offload_cookie);
	dmaengine_chan_put(dc->chan, false);
}

static void public_lower(struct dmaengine_chan *dc)
{
	struct dma_chan *chan = dc->chan;
	int excess = dc->gets - public_gets;

	if (excess <= 0)
		return;
	dc->gets -= excess;
	if (!dc->gets)
		list_del_init(&dc->orphan_node);
	/* The last of these may free dc. */
	while (excess--)
		dmaengine_chan_put(chan, true);
}

static void public_lower_chan(struct dma_chan *chan, struct public_change *change)
{
	public_lower(to_dmaengine_chan(chan));
}

static int public_offer(struct dma_chan *chan)
{
	struct dmaengine_chan *dc = to_dmaengine_chan(chan);
	void *priv = NULL;
	int err;

	err = dmaengine_chan_get(chan, false);
	if (err)
		return err;
	err = offload_user->chan_added(chan, &priv);
	if (err) {
		dmaengine_chan_put(chan, false);
		return err;
	}
	dc->offloaded = true;
	dc->offload_cookie = priv;
	rcu_assign_pointer(dc->offload_priv, priv);
	return 0;
}

static void public_raise(struct dma_chan *chan, struct public_change *change)
{
	struct dmaengine_chan *dc = to_dmaengine_chan(chan);
	int err = 0;

	if (!public_chan(chan))
		return;
	if (public_offload_wanted() && !dc->offloaded)
		err = public_offer(chan);
	while (dc->gets < public_gets) {
		err = dmaengine_chan_get(chan, true);
		if (err)
			break;
		dc->gets++;
	}
	if (err)
		dev_dbg(chan->device->dev, "%s: not for public use: %d\n",
			dma_chan_name(chan), err);
	if ((dc->gets || dc->offloaded) && !dc->in_table)
		dmaengine_table_add(dc);
}

/* For one channel, else for one device, else for all that are registered. */
static void public_each(struct dma_chan *chan, struct dma_device *device,
			void (*fn)(struct dma_chan *, struct public_change *),
			struct public_change *change)
{
	struct dmaengine_chan *dc;

	if (chan) {
		fn(chan, change);
		return;
	}
	list_for_each_entry(dc, &dmaengine_chans, node)
		if (!device || dc->chan->device == device)
			fn(dc->chan, change);
}

static void public_sync(struct dma_chan *chan, struct dma_device *device)
{
	struct public_change change = { LIST_HEAD_INIT(change.removed) };
	struct dmaengine_chan *dc, *next;

	dmaengine_assert_registry();

	public_each(chan, device, public_withdraw, &change);
	if (change.withdrawn) {
		dmaengine_table_update();
		synchronize_rcu();
	}
	list_for_each_entry_safe(dc, next, &change.removed, removed_node)
		public_remove(dc);
	public_each(chan, device, public_lower_chan, &change);
	if (!chan && !device)
		list_for_each_entry_safe(dc, next, &public_orphans, orphan_node)
			public_lower(dc);
	public_each(chan, device, public_raise, &change);
	dmaengine_table_update();
}

/**
 * dmaengine_public_sync_chan - bring a channel's public references into line
 * @chan: the channel, of a registered device
 *
 * Context: registry's mutex.
 */
void dmaengine_public_sync_chan(struct dma_chan *chan)
{
	public_sync(chan, NULL);
}

/**
 * dmaengine_public_sync_device - bring a device's public references into line
 * @device: the device, registered or just being unregistered
 *
 * Context: registry's mutex.
 */
void dmaengine_public_sync_device(struct dma_device *device)
{
	public_sync(NULL, device);
}

/**
 * dmaengine_public_orphan - remember a channel that is unregistered in use
 * @dc: the channel, with references for dmaengine_get()
 *
 * Context: registry's mutex.
 */
void dmaengine_public_orphan(struct dmaengine_chan *dc)
{
	dmaengine_assert_registry();
	list_add_tail(&dc->orphan_node, &public_orphans);
}

/**
 * dmaengine_get - begin to use public channels
 *
 * Those there are, and those that will be, are held until dmaengine_put(): their
 * providers can be unbound, but not be unloaded.
 *
 * Context: may sleep.
 */
void dmaengine_get(void)
{
	guard(dmaengine_registry)();
	public_gets++;
	public_sync(NULL, NULL);
}
EXPORT_SYMBOL(dmaengine_get);

/**
 * dmaengine_put - use public channels no longer
 *
 * Context: may sleep.
 */
void dmaengine_put(void)
{
	guard(dmaengine_registry)();
	if (WARN_ON_ONCE(!public_gets))
		return;
	public_gets--;
	public_sync(NULL, NULL);
}
EXPORT_SYMBOL(dmaengine_put);

/**
 * dma_issue_pending_all - start what has been submitted to public channels
 *
 * On whatever CPU: to those that dma_find_channel() has given to anybody, and what
 * the offload user has submitted.
 *
 * Context: any but hard interrupt.
 */
void dma_issue_pending_all(void)
{
	const struct dma_offload_ops *ops;

	/* Without channels nobody can hold anything back. */
	if (dmaengine_table_empty())
		return;

	guard(rcu)();
	ops = rcu_dereference(offload_ops);
	if (ops && ops->issue_pending)
		ops->issue_pending();
	dmaengine_table_issue_pending();
}
EXPORT_SYMBOL(dma_issue_pending_all);

/**
 * dma_offload_register - become the offload user
 * @ops: its functions; they must stay until dma_offload_unregister() returns
 *
 * Calls &dma_offload_ops.chan_added for the public channels that there are.
 *
 * Context: may sleep.
 * Return: 0; -EINVAL if one of the functions that must be there is not, -EBUSY if
 *	there is an offload user.
 */
int dma_offload_register(const struct dma_offload_ops *ops)
{
	if (!ops || !ops->chan_added || !ops->chan_removed)
		return -EINVAL;

	guard(dmaengine_registry)();
	if (offload_user)
		return -EBUSY;
	offload_user = ops;
	rcu_assign_pointer(offload_ops, ops);
	public_sync(NULL, NULL);
	return 0;
}
EXPORT_SYMBOL_GPL(dma_offload_register);

/**
 * dma_offload_unregister - be the offload user no longer
 * @ops: as given to dma_offload_register()
 *
 * Calls &dma_offload_ops.chan_removed for all channels that it has.  None of its
 * functions runs any more afterwards.
 *
 * Context: may sleep.
 */
void dma_offload_unregister(const struct dma_offload_ops *ops)
{
	guard(dmaengine_registry)();
	if (WARN_ON_ONCE(!ops || offload_user != ops))
		return;
	RCU_INIT_POINTER(offload_ops, NULL);
	public_sync(NULL, NULL);
	offload_user = NULL;
	/* dma_issue_pending_all() may be inside issue_pending(). */
	synchronize_rcu();
}
EXPORT_SYMBOL_GPL(dma_offload_unregister);
