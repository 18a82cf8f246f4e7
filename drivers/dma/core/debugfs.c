// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmaengine core: debugfs
 */
#include <linux/debugfs.h>
#include <linux/init.h>
#include <linux/seq_file.h>

#include "internal.h"

static struct dentry *debugfs_root;

static void summary_show_chan(struct seq_file *s, struct dma_chan *chan)
{
	seq_printf(s, " %-13s| %s", dma_chan_name(chan),
		   chan->dbg_client_name ?: "in-use");
	if (chan->router)
		seq_printf(s, " (via router: %s)", dev_name(chan->router->dev));
	seq_putc(s, '\n');
}

static void summary_show_device(struct seq_file *s, struct dma_device *device)
{
	struct dma_chan *chan;

	seq_printf(s, "dma%d (%s): number of channels: %u\n", device->dev_id,
		   dev_name(device->dev), device->chancnt);
	if (device->dbg_summary_show) {
		device->dbg_summary_show(s, device);
		return;
	}
	list_for_each_entry(chan, &device->channels, device_node)
		if (dmaengine_chan_known(chan) && chan->client_count)
			summary_show_chan(s, chan);
}

static int summary_show(struct seq_file *s, void *unused)
{
	struct dma_device *device;

	guard(dmaengine_registry)();
	list_for_each_entry(device, &dmaengine_devices, global_node) {
		if (!list_is_first(&device->global_node, &dmaengine_devices))
			seq_putc(s, '\n');
		summary_show_device(s, device);
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(summary);

/**
 * dmaengine_debugfs_add - create a device's directory
 * @device: the device
 */
void dmaengine_debugfs_add(struct dma_device *device)
{
	struct dentry *dir = debugfs_create_dir(dev_name(device->dev), debugfs_root);

	device->dbg_dev_root = IS_ERR(dir) ? NULL : dir;
}

/**
 * dmaengine_debugfs_del - remove a device's directory, with all that is in it
 * @device: the device
 *
 * Context: may sleep; without the registry's mutex, which readers may be waiting
 *	for.
 */
void dmaengine_debugfs_del(struct dma_device *device)
{
	debugfs_remove(device->dbg_dev_root);
	device->dbg_dev_root = NULL;
}

/**
 * dmaengine_debugfs_init - create /sys/kernel/debug/dmaengine
 */
void __init dmaengine_debugfs_init(void)
{
	debugfs_root = debugfs_create_dir("dmaengine", NULL);
	debugfs_create_file("summary", 0444, debugfs_root, NULL, &summary_fops);
}
