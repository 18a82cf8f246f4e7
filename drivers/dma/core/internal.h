/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * dmaengine core: between its files
 */
#ifndef DMAENGINE_CORE_INTERNAL_H
#define DMAENGINE_CORE_INTERNAL_H

#include <linux/cleanup.h>
#include <linux/container_of.h>
#include <linux/dmaengine.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>

/**
 * struct dmaengine_chan - what the core knows of a channel
 * @cdev: what others see as &dma_chan.dev, first
 * @chan: the channel, also after it has been unregistered
 * @live: registered and not yet on the way out
 * @requested: owned by one client, to whom it was given by request.c
 * @gets: references held for users of dmaengine_get(), each of them with one on
 *	the provider's module; counted in &dma_chan.client_count too
 * @offloaded: the offload user has it; counted in &dma_chan.client_count too
 * @offload_cookie: what the offload user stored for it, for chan_removed()
 * @offload_priv: the same, for dma_offload_find_channel(); NULL as soon as the
 *	channel is withdrawn
 * @in_table: in the table's list of channels, see table.c
 * @found: dma_find_channel() has given it to somebody
 * @table_caps: what it was put there for
 * @table_node: in that list
 * @found_node: in the table's list of those found, if @found and @in_table
 * @node: in dmaengine_chans
 * @leaving_node: in a list of channels that are being unregistered
 * @removed_node: in a list of channels that are being taken from the offload
 *	user
 * @orphan_node: in public.c's list of channels that were unregistered while
 *	users of dmaengine_get() had them
 * @slave_link: the channel's link to its client in sysfs exists
 * @chan_link: the client's link to the channel in sysfs exists
 *
 * Allocated with the channel's registration, and freed when the channel is
 * neither registered nor in use: &dma_chan.client_count not being 0 counts as
 * one reference to @cdev.device.
 *
 * The registry's mutex protects all of it, but for @offload_priv and the links of
 * @table_node, which are read under RCU, and for @found and @found_node, see
 * table.c.
 */
struct dmaengine_chan {
	struct dma_chan_dev cdev;
	struct dma_chan *chan;
	bool live;
	bool requested;
	bool offloaded;
	bool in_table;
	bool found;
	bool slave_link;
	bool chan_link;
	int gets;
	void *offload_cookie;
	void __rcu *offload_priv;
	dma_cap_mask_t table_caps;
	struct list_head table_node;
	struct list_head found_node;
	struct list_head node;
	struct list_head leaving_node;
	struct list_head removed_node;
	struct list_head orphan_node;
};

/**
 * to_dmaengine_chan - the core's part of a channel
 * @chan: a channel that is registered or in use
 *
 * Return: the core's part.
 */
static inline struct dmaengine_chan *to_dmaengine_chan(struct dma_chan *chan)
{
	return container_of(chan->dev, struct dmaengine_chan, cdev);
}

/* registry.c */
extern struct mutex dmaengine_registry_mutex;
extern struct list_head dmaengine_devices;
extern struct list_head dmaengine_chans;

void dmaengine_registry_lock(void);
void dmaengine_registry_unlock(void);
DEFINE_LOCK_GUARD_0(dmaengine_registry, dmaengine_registry_lock(),
		    dmaengine_registry_unlock());

static inline void dmaengine_assert_registry(void)
{
	lockdep_assert_held(&dmaengine_registry_mutex);
}

bool dmaengine_device_registered(const struct dma_device *device);
int dmaengine_chan_get(struct dma_chan *chan, bool pin);
void dmaengine_chan_put(struct dma_chan *chan, bool pin);

/**
 * dmaengine_chan_known - is a channel the core's business?
 * @chan: one of &dma_device.channels of a registered device
 *
 * Drivers put channels there before they register them.
 *
 * Context: registry's mutex.
 * Return: true if it is registered, or just being unregistered.
 */
static inline bool dmaengine_chan_known(struct dma_chan *chan)
{
	dmaengine_assert_registry();
	return chan->local && chan->dev;
}

/**
 * dmaengine_chan_live - can a channel get new users?
 * @chan: one of &dma_device.channels of a registered device
 *
 * Context: registry's mutex.
 * Return: true if it is registered.
 */
static inline bool dmaengine_chan_live(struct dma_chan *chan)
{
	return dmaengine_chan_known(chan) && to_dmaengine_chan(chan)->live;
}

/* table.c */
void dmaengine_table_add(struct dmaengine_chan *dc);
void dmaengine_table_del(struct dmaengine_chan *dc);
void dmaengine_table_update(void);
bool dmaengine_table_empty(void);
void dmaengine_table_issue_pending(void);

/* public.c */
void dmaengine_public_sync_chan(struct dma_chan *chan);
void dmaengine_public_sync_device(struct dma_device *device);
void dmaengine_public_orphan(struct dmaengine_chan *dc);

/* request.c */
void dmaengine_unlink_slave(struct dma_chan *chan);

/* sysfs.c */
int dmaengine_sysfs_init(void);
struct dmaengine_chan *dmaengine_sysfs_add(struct dma_device *device,
					   struct dma_chan *chan,
					   const char *name);
void dmaengine_sysfs_del(struct dmaengine_chan *dc);

/* unmap.c */
int dmaengine_unmap_init(void);

/* debugfs.c */
#ifdef CONFIG_DEBUG_FS
void dmaengine_debugfs_init(void);
void dmaengine_debugfs_add(struct dma_device *device);
void dmaengine_debugfs_del(struct dma_device *device);
#else
static inline void dmaengine_debugfs_init(void)
{
}

static inline void dmaengine_debugfs_add(struct dma_device *device)
{
}

static inline void dmaengine_debugfs_del(struct dma_device *device)
{
}
#endif

#endif /* DMAENGINE_CORE_INTERNAL_H */
