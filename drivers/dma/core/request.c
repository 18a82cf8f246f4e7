// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmaengine core: channels with one owner
 */

/**
 * DOC: private channels
 *
 * A channel that a client requests is its own until dma_release_channel().
 * There are three ways to say which: by capabilities and a filter function, by a
 * name that firmware (device tree or ACPI) or a table of the provider knows, and,
 * for providers' translation functions, the very channel.
 *
 * They all end in the same place: the channel must be free; its device becomes
 * private, if it is not, as its channels are all private or all public; and the
 * one reference there is to the channel belongs to the client.  With the last
 * channel released the device is public again, and public users may have its
 * channels, unless it was registered as private.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/acpi.h>
#include <linux/acpi_dma.h>
#include <linux/export.h>
#include <linux/of.h>
#include <linux/of_dma.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "../dmaengine.h"
#include "internal.h"

/* The link from a channel to its client in sysfs. */
#define SLAVE_LINK	"slave"

static void make_private(struct dma_device *device)
{
	device->privatecnt++;
	if (dma_has_cap(DMA_PRIVATE, device->cap_mask))
		return;
	dma_cap_set(DMA_PRIVATE, device->cap_mask);
	dmaengine_public_sync_device(device);
}

static void make_public(struct dma_device *device)
{
	if (--device->privatecnt)
		return;
	dma_cap_clear(DMA_PRIVATE, device->cap_mask);
	if (dmaengine_device_registered(device))
		dmaengine_public_sync_device(device);
}

/* Give a free channel to a client. */
static int take_chan(struct dma_chan *chan)
{
	struct dma_device *device = chan->device;
	int err;

	make_private(device);
	err = dmaengine_chan_get(chan, true);
	if (err) {
		dev_dbg(device->dev, "%s: cannot be used: %d\n",
			dma_chan_name(chan), err);
		make_public(device);
		return err;
	}
	to_dmaengine_chan(chan)->requested = true;
	return 0;
}

static bool chan_is_free(struct dma_chan *chan)
{
	return dmaengine_chan_live(chan) && !chan->client_count;
}

static bool device_in_public_use(struct dma_device *device)
{
	struct dma_chan *chan;

	if (dma_has_cap(DMA_PRIVATE, device->cap_mask))
		return false;
	list_for_each_entry(chan, &device->channels, device_node)
		if (chan->client_count)
			return true;
	return false;
}

/*
 * Take a channel of a device that has the capabilities and passes the filter.
 * -EPROBE_DEFER: there is none, now.
 */
static struct dma_chan *take_any_chan(struct dma_device *device,
				      const dma_cap_mask_t *mask,
				      dma_filter_fn fn, void *fn_param)
{
	struct dma_chan *chan;
	int err;

	dmaengine_assert_registry();

	if (mask && !bitmap_subset(mask->bits, device->cap_mask.bits, DMA_TX_TYPE_END))
		return ERR_PTR(-EPROBE_DEFER);
	if (device_in_public_use(device)) {
		dev_dbg(device->dev, "channels are in public use\n");
		return ERR_PTR(-EPROBE_DEFER);
	}

	list_for_each_entry(chan, &device->channels, device_node) {
		if (!chan_is_free(chan) || (fn && !fn(chan, fn_param)))
			continue;
		err = take_chan(chan);
		return err ? ERR_PTR(err) : chan;
	}
	return ERR_PTR(-EPROBE_DEFER);
}

/**
 * dma_get_slave_channel - take one certain channel, for its provider
 * @chan: the channel
 *
 * For functions that translate what firmware says.
 *
 * Context: may sleep.
 * Return: @chan, or NULL if it is in use or cannot be used.
 */
struct dma_chan *dma_get_slave_channel(struct dma_chan *chan)
{
	guard(dmaengine_registry)();
	if (!chan_is_free(chan) || take_chan(chan))
		return NULL;
	return chan;
}
EXPORT_SYMBOL_GPL(dma_get_slave_channel);

/**
 * dma_get_any_slave_channel - take a slave channel, for its provider
 * @device: the provider's device
 *
 * For functions that translate what firmware says.
 *
 * Context: may sleep.
 * Return: the channel, or NULL if there is none.
 */
struct dma_chan *dma_get_any_slave_channel(struct dma_device *device)
{
	struct dma_chan *chan;
	dma_cap_mask_t slave;

	dma_cap_zero(slave);
	dma_cap_set(DMA_SLAVE, slave);

	guard(dmaengine_registry)();
	if (!dmaengine_device_registered(device))
		return NULL;
	chan = take_any_chan(device, &slave, NULL, NULL);
	return IS_ERR(chan) ? NULL : chan;
}
EXPORT_SYMBOL_GPL(dma_get_any_slave_channel);

/**
 * __dma_request_channel - get a channel of one's own, by capabilities
 * @mask: capabilities that its device must have, or NULL
 * @fn: says whether a channel will do, or NULL
 * @fn_param: passed to @fn
 * @np: node of the device, or NULL; devices without a node fit any
 *
 * Context: may sleep.
 * Return: the channel, or NULL.
 */
struct dma_chan *__dma_request_channel(const dma_cap_mask_t *mask,
				       dma_filter_fn fn, void *fn_param,
				       struct device_node *np)
{
	struct dma_device *device;
	struct dma_chan *chan;

	guard(dmaengine_registry)();
	list_for_each_entry(device, &dmaengine_devices, global_node) {
		if (np && device->dev->of_node && device->dev->of_node != np)
			continue;
		chan = take_any_chan(device, mask, fn, fn_param);
		if (!IS_ERR(chan)) {
			pr_debug("%s requested\n", dma_chan_name(chan));
			return chan;
		}
	}
	pr_debug("no channel for a request\n");
	return NULL;
}
EXPORT_SYMBOL_GPL(__dma_request_channel);

static const struct dma_slave_map *find_slave_map(const struct dma_filter *filter,
						  const char *devname,
						  const char *name)
{
	const struct dma_slave_map *map;

	for (map = filter->map; map < filter->map + filter->mapcnt; map++)
		if (!strcmp(map->slave, name) && !strcmp(map->devname, devname))
			return map;
	return NULL;
}

static struct dma_chan *request_by_firmware(struct device *dev, const char *name)
{
	struct dma_chan *chan = NULL;

	if (dev->of_node)
		chan = of_dma_request_slave_channel(dev->of_node, name);
	if (!chan && has_acpi_companion(dev))
		chan = acpi_dma_request_slave_chan_by_name(dev, name);
	return chan;
}

/* @otherwise: what to return if no provider's table has the name. */
static struct dma_chan *request_by_map(struct device *dev, const char *name,
				       struct dma_chan *otherwise)
{
	const struct dma_slave_map *map;
	struct dma_device *device;
	struct dma_chan *chan = otherwise;
	dma_cap_mask_t slave;

	dma_cap_zero(slave);
	dma_cap_set(DMA_SLAVE, slave);

	guard(dmaengine_registry)();
	list_for_each_entry(device, &dmaengine_devices, global_node) {
		map = find_slave_map(&device->filter, dev_name(dev), name);
		if (!map)
			continue;
		chan = take_any_chan(device, &slave, device->filter.fn, map->param);
		if (!IS_ERR(chan))
			break;
	}
	return chan;
}

/*
 * Show in sysfs and debugfs whose channel it is.  The channel works without, so
 * no failure here is one of the request.
 */
static void link_slave(struct dma_chan *chan, struct device *dev, const char *name)
{
	struct dmaengine_chan *dc;
	int err = -ENOMEM;

	guard(dmaengine_registry)();
	dc = to_dmaengine_chan(chan);
#ifdef CONFIG_DEBUG_FS
	chan->dbg_client_name = kasprintf(GFP_KERNEL, "%s:%s", dev_name(dev), name);
#endif
	/* The provider may have left already. */
	if (!dc->live)
		return;

	chan->name = kasprintf(GFP_KERNEL, "dma:%s", name);
	if (chan->name) {
		chan->slave = dev;
		err = sysfs_create_link(&dc->cdev.device.kobj, &dev->kobj, SLAVE_LINK);
		dc->slave_link = !err;
		if (!err)
			err = sysfs_create_link(&dev->kobj, &dc->cdev.device.kobj,
						chan->name);
		dc->chan_link = !err;
	}
	if (err)
		dev_warn(dev, "no links in sysfs for DMA channel %s: %d\n", name, err);
}

/**
 * dmaengine_unlink_slave - remove the links in sysfs to and from a channel
 * @chan: the channel
 *
 * Context: registry's mutex.
 */
void dmaengine_unlink_slave(struct dma_chan *chan)
{
	struct dmaengine_chan *dc = to_dmaengine_chan(chan);

	dmaengine_assert_registry();

	if (dc->chan_link)
		sysfs_remove_link(&chan->slave->kobj, chan->name);
	if (dc->slave_link)
		sysfs_remove_link(&dc->cdev.device.kobj, SLAVE_LINK);
	dc->chan_link = false;
	dc->slave_link = false;
}

/**
 * dma_request_chan - get a slave channel of one's own, by name
 * @dev: the client's device
 * @name: what it calls the channel
 *
 * Asks the device tree, then ACPI, then the tables of the providers.
 *
 * Context: may sleep.
 * Return: the channel; -EPROBE_DEFER if the one that is meant is not there yet,
 *	is in use, or is not known to anybody; or another errno.
 */
struct dma_chan *dma_request_chan(struct device *dev, const char *name)
{
	struct dma_chan *chan;

	chan = request_by_firmware(dev, name);
	if (chan == ERR_PTR(-EPROBE_DEFER))
		return chan;
	if (IS_ERR_OR_NULL(chan))
		chan = request_by_map(dev, name, chan ?: ERR_PTR(-EPROBE_DEFER));
	if (!IS_ERR(chan))
		link_slave(chan, dev, name);
	return chan;
}
EXPORT_SYMBOL_GPL(dma_request_chan);

/**
 * dma_request_chan_by_mask - get a channel of one's own, by capabilities
 * @mask: the capabilities
 *
 * Context: may sleep.
 * Return: the channel; -EPROBE_DEFER if there are no devices yet, -ENODEV if none
 *	of them has a channel to give.
 */
struct dma_chan *dma_request_chan_by_mask(const dma_cap_mask_t *mask)
{
	struct dma_chan *chan;

	if (!mask)
		return ERR_PTR(-ENODEV);
	chan = __dma_request_channel(mask, NULL, NULL, NULL);
	if (chan)
		return chan;

	guard(dmaengine_registry)();
	return ERR_PTR(list_empty(&dmaengine_devices) ? -EPROBE_DEFER : -ENODEV);
}
EXPORT_SYMBOL_GPL(dma_request_chan_by_mask);

/**
 * dma_release_channel - give a channel back
 * @chan: the channel, which the caller has requested
 *
 * Context: may sleep.
 */
void dma_release_channel(struct dma_chan *chan)
{
	struct dma_device *device = chan->device;

	guard(dmaengine_registry)();

	WARN_ONCE(chan->client_count != 1, "a channel with %d users is released\n",
		  chan->client_count);
	/* Public channels are nobody's to give back. */
	if (!chan->client_count || !to_dmaengine_chan(chan)->requested)
		return;

	dmaengine_unlink_slave(chan);
	kfree(chan->name);
	chan->name = NULL;
	chan->slave = NULL;
#ifdef CONFIG_DEBUG_FS
	kfree(chan->dbg_client_name);
	chan->dbg_client_name = NULL;
#endif

	to_dmaengine_chan(chan)->requested = false;
	dmaengine_chan_put(chan, true);
	/* If that was the last reference, the device stays until unlocked. */
	make_public(device);
}
EXPORT_SYMBOL_GPL(dma_release_channel);

static void devm_release_channel(void *chan)
{
	dma_release_channel(chan);
}

/**
 * devm_dma_request_chan - get a slave channel by name, until the client's driver
 *	is unbound
 * @dev: the client's device
 * @name: what it calls the channel
 *
 * Context: may sleep.
 * Return: as dma_request_chan(), or -ENOMEM.
 */
struct dma_chan *devm_dma_request_chan(struct device *dev, const char *name)
{
	struct dma_chan *chan;
	int err;

	chan = dma_request_chan(dev, name);
	if (IS_ERR(chan))
		return chan;
	err = devm_add_action_or_reset(dev, devm_release_channel, chan);
	return err ? ERR_PTR(err) : chan;
}
EXPORT_SYMBOL_GPL(devm_dma_request_chan);
