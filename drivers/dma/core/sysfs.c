// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmaengine core: channels in sysfs
 */
#include <linux/device.h>
#include <linux/init.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "internal.h"

/* The channel of a device in /sys/class/dma; NULL if it has been unregistered. */
static struct dma_chan *sysfs_chan(struct device *dev)
{
	dmaengine_assert_registry();
	return container_of(dev, struct dma_chan_dev, device)->chan;
}

/* Both counters are part of the interface, but nobody counts. */
static ssize_t sysfs_show_sum(struct device *dev, char *buf, size_t counter)
{
	struct dma_chan *chan;
	unsigned long sum = 0;
	int cpu;

	guard(dmaengine_registry)();
	chan = sysfs_chan(dev);
	if (!chan)
		return -ENODEV;
	for_each_possible_cpu(cpu)
		sum += *(unsigned long *)((void *)per_cpu_ptr(chan->local, cpu) + counter);
	return sysfs_emit(buf, "%lu\n", sum);
}

static ssize_t memcpy_count_show(struct device *dev, struct device_attribute *attr,
				 char *buf)
{
	return sysfs_show_sum(dev, buf, offsetof(struct dma_chan_percpu, memcpy_count));
}
static DEVICE_ATTR_RO(memcpy_count);

static ssize_t bytes_transferred_show(struct device *dev,
				      struct device_attribute *attr, char *buf)
{
	return sysfs_show_sum(dev, buf,
			      offsetof(struct dma_chan_percpu, bytes_transferred));
}
static DEVICE_ATTR_RO(bytes_transferred);

static ssize_t in_use_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	struct dma_chan *chan;

	guard(dmaengine_registry)();
	chan = sysfs_chan(dev);
	return chan ? sysfs_emit(buf, "%d\n", chan->client_count) : -ENODEV;
}
static DEVICE_ATTR_RO(in_use);

static struct attribute *dma_attrs[] = {
	&dev_attr_in_use.attr,
	&dev_attr_memcpy_count.attr,
	&dev_attr_bytes_transferred.attr,
	NULL
};
ATTRIBUTE_GROUPS(dma);

static void sysfs_release(struct device *dev)
{
	kfree(container_of(dev, struct dmaengine_chan, cdev.device));
}

static struct class dma_class = {
	.name = "dma",
	.dev_groups = dma_groups,
	.dev_release = sysfs_release,
};

/**
 * dmaengine_sysfs_add - make the core's part of a channel, and show it in sysfs
 * @device: the channel's device
 * @chan: the channel, with its number
 * @name: its name, or NULL for the usual one
 *
 * Sets &dma_chan.dev.
 *
 * Context: may sleep; without the registry's mutex.
 * Return: the core's part, or a negative errno.
 */
struct dmaengine_chan *dmaengine_sysfs_add(struct dma_device *device,
					   struct dma_chan *chan,
					   const char *name)
{
	struct dmaengine_chan *dc;
	struct device *dev;
	int err;

	dc = kzalloc(sizeof(*dc), GFP_KERNEL);
	if (!dc)
		return ERR_PTR(-ENOMEM);
	dc->chan = chan;
	INIT_LIST_HEAD(&dc->node);
	INIT_LIST_HEAD(&dc->orphan_node);
	dc->cdev.chan = chan;
	dc->cdev.dev_id = device->dev_id;
	chan->dev = &dc->cdev;

	dev = &dc->cdev.device;
	device_initialize(dev);
	dev->class = &dma_class;
	dev->parent = device->dev;
	if (name)
		err = dev_set_name(dev, "%s", name);
	else
		err = dev_set_name(dev, "dma%dchan%d", device->dev_id, chan->chan_id);
	if (!err)
		err = device_add(dev);
	if (err) {
		chan->dev = NULL;
		put_device(dev);
		return ERR_PTR(err);
	}
	return dc;
}

/**
 * dmaengine_sysfs_del - undo dmaengine_sysfs_add()
 * @dc: the core's part of a channel; freed when its last user is gone
 *
 * Context: may sleep; without the registry's mutex, which those may be waiting
 *	for who read an attribute.
 */
void dmaengine_sysfs_del(struct dmaengine_chan *dc)
{
	device_unregister(&dc->cdev.device);
}

/**
 * dmaengine_sysfs_init - create /sys/class/dma
 *
 * Return: 0 or a negative errno.
 */
int __init dmaengine_sysfs_init(void)
{
	return class_register(&dma_class);
}
