// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmaengine core: devices, channels and the references to them
 */

/**
 * DOC: registry
 *
 * A provider registers a &struct dma_device with its channels, and may register
 * more channels later.  From then on it is counted who uses what:
 *
 * - &dma_chan.client_count is the number of users of a channel: the client that
 *   has requested it, or each dmaengine_get(), and the offload user.  The
 *   channel's resources are allocated for the first and freed after the last.
 * - &dma_device.ref is one for being registered and one for each channel in use.
 *   When it drops to zero, &dma_device.device_release is called, without the
 *   registry's mutex, and the memory belongs to the provider again.
 * - Each user but the offload user also holds a reference to the provider's
 *   module, so that rmmod fails while there are any.
 *
 * A device may be unregistered at any time, used or not, and that does not wait
 * for clients.  Its channels can no longer be requested or looked up, and the
 * offload user gives them back; who has one keeps it, works on it as well as the
 * provider still can, and the last release ends in device_release().  What
 * clients may touch until then, &dma_chan.dev included, stays.
 *
 * One mutex protects all of this: the list of devices, &dma_device.channels of
 * registered devices, the counts above, which channels are public and whose
 * they are.  It is held around &dma_device.device_alloc_chan_resources and
 * device_free_chan_resources, filter functions and the offload user's
 * callbacks; so those must not call what takes it.  It is taken before locks
 * of providers and clients.  It must not be taken where CPU hotplug waits, and
 * no device of a channel may be removed under it, because that waits for readers
 * of attributes who need it.  Looking up channels and
 * dma_issue_pending_all() take RCU instead, see table.c.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/export.h>
#include <linux/idr.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/xarray.h>

#include "internal.h"

/* See above.  Taken by dmaengine_registry_lock() only. */
DEFINE_MUTEX(dmaengine_registry_mutex);

/* Registered devices, by the order of registration and by number. */
LIST_HEAD(dmaengine_devices);

/* Registered channels, and those being unregistered, of all devices. */
LIST_HEAD(dmaengine_chans);

static DEFINE_XARRAY_ALLOC(device_ids);

/* Devices without references, to be released when the mutex is. */
static LIST_HEAD(dead_devices);

/**
 * dmaengine_registry_lock - lock the registry
 *
 * Context: may sleep.
 */
void dmaengine_registry_lock(void)
{
	mutex_lock(&dmaengine_registry_mutex);
}

/**
 * dmaengine_registry_unlock - unlock the registry, release devices
 *
 * Devices whose last reference has gone meanwhile are given back to their
 * providers.
 */
void dmaengine_registry_unlock(void)
{
	struct dma_device *device, *next;
	struct module *owner;
	LIST_HEAD(dead);

	list_splice_init(&dead_devices, &dead);
	mutex_unlock(&dmaengine_registry_mutex);

	list_for_each_entry_safe(device, next, &dead, global_node) {
		owner = device->owner;
		if (device->device_release)
			device->device_release(device);
		module_put(owner);
	}
}

static void device_dead(struct kref *ref)
{
	struct dma_device *device = container_of(ref, struct dma_device, ref);

	/* device_release() is code of the module whose last user may be going. */
	__module_get(device->owner);
	list_add_tail(&device->global_node, &dead_devices);
}

static void device_put_ref(struct dma_device *device)
{
	dmaengine_assert_registry();
	kref_put(&device->ref, device_dead);
}

/* --- channels --- */

static int chan_first_user(struct dma_chan *chan)
{
	struct dma_device *device = chan->device;
	int ret;

	if (!kref_get_unless_zero(&device->ref))
		return -ENODEV;
	if (device->device_alloc_chan_resources) {
		ret = device->device_alloc_chan_resources(chan);
		if (ret < 0) {
			device_put_ref(device);
			return ret;
		}
	}
	get_device(&chan->dev->device);
	return 0;
}

static void chan_last_user(struct dma_chan *chan)
{
	struct dmaengine_chan *dc = to_dmaengine_chan(chan);
	struct dma_device *device = chan->device;

	dmaengine_synchronize(chan);
	if (device->device_free_chan_resources)
		device->device_free_chan_resources(chan);

	if (chan->router && chan->router->route_free) {
		chan->router->route_free(chan->router->dev, chan->route_data);
		chan->router = NULL;
		chan->route_data = NULL;
	}

	if (!dc->cdev.chan)
		chan->dev = NULL;
	put_device(&dc->cdev.device);
	device_put_ref(device);
}

/**
 * dmaengine_chan_get - count one more user of a channel
 * @chan: the channel
 * @pin: hold the provider's module too
 *
 * Context: registry's mutex.
 * Return: 0, -ENODEV if the provider is leaving, or what it returned when it was
 *	to allocate resources.
 */
int dmaengine_chan_get(struct dma_chan *chan, bool pin)
{
	struct module *owner = chan->device->owner;
	int err;

	dmaengine_assert_registry();

	if (pin && !try_module_get(owner))
		return -ENODEV;
	if (!chan->client_count) {
		err = chan_first_user(chan);
		if (err) {
			if (pin)
				module_put(owner);
			return err;
		}
	}
	chan->client_count++;
	return 0;
}

/**
 * dmaengine_chan_put - count one user of a channel less
 * @chan: the channel; not to be touched afterwards, unless it is known to have
 *	other users or to be registered
 * @pin: as it was given to dmaengine_chan_get()
 *
 * Context: registry's mutex.
 */
void dmaengine_chan_put(struct dma_chan *chan, bool pin)
{
	struct module *owner = chan->device->owner;

	dmaengine_assert_registry();

	if (WARN_ON_ONCE(chan->client_count <= 0))
		return;
	if (!--chan->client_count)
		chan_last_user(chan);
	if (pin)
		module_put(owner);
}

/* Make a channel known in sysfs.  The registry does not know it yet. */
static int chan_add(struct dma_device *device, struct dma_chan *chan,
		    const char *name)
{
	struct dmaengine_chan *dc;
	int id;

	id = ida_alloc(&device->chan_ida, GFP_KERNEL);
	if (id < 0) {
		dev_err(device->dev, "no number for a channel: %d\n", id);
		return id;
	}

	chan->chan_id = id;
	chan->client_count = 0;
	chan->table_count = 0;
	chan->local = alloc_percpu(struct dma_chan_percpu);
	if (!chan->local) {
		ida_free(&device->chan_ida, id);
		return -ENOMEM;
	}

	dc = dmaengine_sysfs_add(device, chan, name);
	if (IS_ERR(dc)) {
		free_percpu(chan->local);
		chan->local = NULL;
		chan->dev = NULL;
		ida_free(&device->chan_ida, id);
		return PTR_ERR(dc);
	}
	return 0;
}

/* Let clients in. */
static void chan_begin(struct dma_device *device, struct dma_chan *chan)
{
	struct dmaengine_chan *dc = to_dmaengine_chan(chan);

	dmaengine_assert_registry();
	dc->live = true;
	list_add_tail(&dc->node, &dmaengine_chans);
	device->chancnt++;
}

/* Let no clients in any more.  Those inside are up to chans_hide(). */
static void chan_end(struct dma_device *device, struct dma_chan *chan,
		     struct list_head *leaving)
{
	struct dmaengine_chan *dc = to_dmaengine_chan(chan);

	dmaengine_assert_registry();
	dc->live = false;
	device->chancnt--;
	list_add_tail(&dc->leaving_node, leaving);
}

/* Forget channels, but for what those still need who use them. */
static void chans_hide(struct list_head *leaving)
{
	struct dmaengine_chan *dc;
	struct dma_chan *chan;

	dmaengine_assert_registry();

	list_for_each_entry(dc, leaving, leaving_node) {
		chan = dc->chan;
		list_del_init(&dc->node);
		WARN_ONCE(chan->client_count && !chan->device->device_release,
			  "%s has %d users and is unregistered\n",
			  dev_name(&dc->cdev.device), chan->client_count);
		if (dc->gets)
			dmaengine_public_orphan(dc);
		dmaengine_unlink_slave(chan);
		dc->cdev.chan = NULL;
		if (!chan->client_count)
			chan->dev = NULL;
	}
}

/*
 * Undo chan_add(), after chans_hide().  Not with the mutex held: readers of
 * attributes, for whom this waits, may be waiting for it.
 */
static void chans_del(struct dma_device *device, struct list_head *leaving)
{
	struct dmaengine_chan *dc, *next;
	struct dma_chan *chan;

	list_for_each_entry_safe(dc, next, leaving, leaving_node) {
		chan = dc->chan;
		free_percpu(chan->local);
		chan->local = NULL;
		ida_free(&device->chan_ida, chan->chan_id);
		dmaengine_sysfs_del(dc);
	}
}

/**
 * dma_async_device_channel_register - add a channel to a registered device
 * @device: the device
 * @chan: the channel, in &dma_device.channels already
 * @name: its name in /sys/class/dma, or NULL for dma<device>chan<number>
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int dma_async_device_channel_register(struct dma_device *device,
				      struct dma_chan *chan,
				      const char *name)
{
	int err;

	err = chan_add(device, chan, name);
	if (err)
		return err;

	guard(dmaengine_registry)();
	chan_begin(device, chan);
	dmaengine_public_sync_chan(chan);
	return 0;
}
EXPORT_SYMBOL_GPL(dma_async_device_channel_register);

/**
 * dma_async_device_channel_unregister - take a channel from a device
 * @device: the device, still registered
 * @chan: the channel; nothing happens if it is not registered.  The caller
 *	removes it from &dma_device.channels afterwards.
 *
 * Context: may sleep.
 */
void dma_async_device_channel_unregister(struct dma_device *device,
					 struct dma_chan *chan)
{
	LIST_HEAD(leaving);

	scoped_guard(dmaengine_registry) {
		if (!dmaengine_chan_live(chan))
			return;
		chan_end(device, chan, &leaving);
		dmaengine_public_sync_chan(chan);
		chans_hide(&leaving);
	}
	chans_del(device, &leaving);
}
EXPORT_SYMBOL_GPL(dma_async_device_channel_unregister);

/* --- devices --- */

static const char *const cap_names[] = {
	[DMA_MEMCPY] = "DMA_MEMCPY",
	[DMA_XOR] = "DMA_XOR",
	[DMA_XOR_VAL] = "DMA_XOR_VAL",
	[DMA_PQ] = "DMA_PQ",
	[DMA_PQ_VAL] = "DMA_PQ_VAL",
	[DMA_MEMSET] = "DMA_MEMSET",
	[DMA_INTERRUPT] = "DMA_INTERRUPT",
	[DMA_CYCLIC] = "DMA_CYCLIC",
	[DMA_INTERLEAVE] = "DMA_INTERLEAVE",
};

static bool device_can(const struct dma_device *device, int cap)
{
	switch (cap) {
	case DMA_MEMCPY:
		return device->device_prep_dma_memcpy;
	case DMA_XOR:
		return device->device_prep_dma_xor;
	case DMA_XOR_VAL:
		return device->device_prep_dma_xor_val;
	case DMA_PQ:
		return device->device_prep_dma_pq;
	case DMA_PQ_VAL:
		return device->device_prep_dma_pq_val;
	case DMA_MEMSET:
		return device->device_prep_dma_memset;
	case DMA_INTERRUPT:
		return device->device_prep_dma_interrupt;
	case DMA_CYCLIC:
		return device->device_prep_dma_cyclic;
	case DMA_INTERLEAVE:
		return device->device_prep_interleaved_dma;
	default:
		return true;
	}
}

static int device_check(const struct dma_device *device)
{
	int cap;

	if (!device->dev) {
		pr_err("DMAdevice must have dev\n");
		return -EIO;
	}
	for_each_dma_cap_mask(cap, device->cap_mask) {
		if (device_can(device, cap))
			continue;
		dev_err(device->dev,
			"Device claims capability %s, but op is not defined\n",
			cap_names[cap]);
		return -EIO;
	}
	if (!device->device_tx_status || !device->device_issue_pending) {
		dev_err(device->dev, "Device %s is not defined\n",
			device->device_tx_status ? "issue_pending" : "tx_status");
		return -EIO;
	}
	if (!device->device_release)
		dev_dbg(device->dev,
			"WARN: no device_release: unsafe to unbind while in use\n");
	return 0;
}

/* Can it do all that async_tx, as configured, may ask of one chain? */
static bool device_does_async_tx(const struct dma_device *device)
{
	dma_cap_mask_t needed;

	dma_cap_zero(needed);
	if (IS_ENABLED(CONFIG_ASYNC_TX_DMA))
		dma_cap_set(DMA_INTERRUPT, needed);
	if (IS_ENABLED(CONFIG_ASYNC_MEMCPY))
		dma_cap_set(DMA_MEMCPY, needed);
	if (IS_ENABLED(CONFIG_ASYNC_XOR)) {
		dma_cap_set(DMA_XOR, needed);
		if (!IS_ENABLED(CONFIG_ASYNC_TX_DISABLE_XOR_VAL_DMA))
			dma_cap_set(DMA_XOR_VAL, needed);
	}
	if (IS_ENABLED(CONFIG_ASYNC_PQ)) {
		dma_cap_set(DMA_PQ, needed);
		if (!IS_ENABLED(CONFIG_ASYNC_TX_DISABLE_PQ_VAL_DMA))
			dma_cap_set(DMA_PQ_VAL, needed);
	}
	return bitmap_subset(needed.bits, device->cap_mask.bits, DMA_TX_TYPE_END);
}

/**
 * dmaengine_device_registered - is a device registered?
 * @device: the device
 *
 * If it is not, its list of channels is its provider's again.
 *
 * Context: any; the answer stays true while the registry's mutex is held.
 * Return: true if so.
 */
bool dmaengine_device_registered(const struct dma_device *device)
{
	return xa_load(&device_ids, device->dev_id) == device;
}

/**
 * dma_async_device_register - register an engine
 * @device: the engine, with its channels in &dma_device.channels
 *
 * On success memory of device and channels must stay until
 * &dma_device.device_release is called, which may be long after
 * dma_async_device_unregister().
 *
 * Context: may sleep.
 * Return: 0; -ENODEV without a device, -EIO if something is missing in it, or
 *	another negative errno.
 */
int dma_async_device_register(struct dma_device *device)
{
	struct dma_chan *chan;
	LIST_HEAD(leaving);
	u32 id;
	int err;

	if (!device)
		return -ENODEV;
	err = device_check(device);
	if (err)
		return err;
	if (WARN_ON_ONCE(dmaengine_device_registered(device)))
		return -EBUSY;

	device->owner = device->dev->driver ? device->dev->driver->owner : NULL;
	if (device_does_async_tx(device))
		dma_cap_set(DMA_ASYNC_TX, device->cap_mask);
	kref_init(&device->ref);
	ida_init(&device->chan_ida);
	device->chancnt = 0;
	device->privatecnt = 0;

	/* The number is reserved; it means the device when that is complete. */
	err = xa_alloc(&device_ids, &id, NULL, xa_limit_31b, GFP_KERNEL);
	if (err)
		return err;
	device->dev_id = id;

	list_for_each_entry(chan, &device->channels, device_node) {
		err = chan_add(device, chan, NULL);
		if (err)
			goto err_chans;
	}

	scoped_guard(dmaengine_registry) {
		list_for_each_entry(chan, &device->channels, device_node)
			chan_begin(device, chan);
		if (dma_has_cap(DMA_PRIVATE, device->cap_mask))
			device->privatecnt++;
		list_add_tail(&device->global_node, &dmaengine_devices);
		xa_store(&device_ids, id, device, GFP_KERNEL);
		dmaengine_public_sync_device(device);
	}
	dmaengine_debugfs_add(device);
	return 0;

err_chans:
	scoped_guard(dmaengine_registry) {
		list_for_each_entry_continue_reverse(chan, &device->channels, device_node)
			list_add(&to_dmaengine_chan(chan)->leaving_node, &leaving);
		chans_hide(&leaving);
	}
	chans_del(device, &leaving);
	xa_erase(&device_ids, device->dev_id);
	ida_destroy(&device->chan_ida);
	return err;
}
EXPORT_SYMBOL(dma_async_device_register);

/**
 * dma_async_device_unregister - unregister an engine
 * @device: the engine
 *
 * Waits for the offload user to be done with the engine's channels and for
 * nobody else.  If no channel is in use &dma_device.device_release is called
 * before this returns, else by whoever releases the last one.
 *
 * Context: may sleep.
 */
void dma_async_device_unregister(struct dma_device *device)
{
	struct dmaengine_chan *dc;
	LIST_HEAD(leaving);

	if (WARN_ON_ONCE(!dmaengine_device_registered(device)))
		return;

	dmaengine_debugfs_del(device);

	scoped_guard(dmaengine_registry) {
		list_del(&device->global_node);
		/* Some drivers have emptied their own list by now. */
		list_for_each_entry(dc, &dmaengine_chans, node)
			if (dc->chan->device == device && dc->live)
				chan_end(device, dc->chan, &leaving);
		dmaengine_public_sync_device(device);
		chans_hide(&leaving);
		/* Not yet free: it is in the names of the channels. */
		xa_store(&device_ids, device->dev_id, NULL, GFP_KERNEL);
	}
	chans_del(device, &leaving);

	guard(dmaengine_registry)();
	xa_erase(&device_ids, device->dev_id);
	ida_destroy(&device->chan_ida);
	device_put_ref(device);
}
EXPORT_SYMBOL(dma_async_device_unregister);

static void devm_device_unregister(void *device)
{
	dma_async_device_unregister(device);
}

/**
 * dmaenginem_async_device_register - register an engine, until the driver is
 *	unbound
 * @device: the engine
 *
 * Context: may sleep.
 * Return: as dma_async_device_register().
 */
int dmaenginem_async_device_register(struct dma_device *device)
{
	int err;

	err = dma_async_device_register(device);
	if (err)
		return err;
	return devm_add_action_or_reset(device->dev, devm_device_unregister, device);
}
EXPORT_SYMBOL(dmaenginem_async_device_register);

static int __init dmaengine_init(void)
{
	int err;

	err = dmaengine_unmap_init();
	if (err)
		return err;
	err = dmaengine_sysfs_init();
	if (err)
		return err;
	dmaengine_debugfs_init();
	return 0;
}
arch_initcall(dmaengine_init);
