// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmaengine core: what a slave channel can do
 */
#include <linux/export.h>

#include "internal.h"

/**
 * dma_get_slave_caps - what a slave channel can do
 * @chan: the channel
 * @caps: filled in
 *
 * A device describes all its channels at once; where they differ, its
 * &dma_device.device_caps corrects that.
 *
 * Context: as device_caps; any, as a rule.
 * Return: 0; -EINVAL without a channel or a place to write to, -ENXIO if it is no
 *	slave channel or its provider does not say.
 */
int dma_get_slave_caps(struct dma_chan *chan, struct dma_slave_caps *caps)
{
	struct dma_device *device;

	if (!chan || !caps)
		return -EINVAL;

	device = chan->device;
	if (!dma_has_cap(DMA_SLAVE, device->cap_mask) &&
	    !dma_has_cap(DMA_CYCLIC, device->cap_mask))
		return -ENXIO;
	/* A provider that knows of these capabilities has set this one. */
	if (!device->directions)
		return -ENXIO;

	*caps = (struct dma_slave_caps){
		.directions = device->directions,
		.src_addr_widths = device->src_addr_widths,
		.dst_addr_widths = device->dst_addr_widths,
		.min_burst = device->min_burst,
		.max_burst = device->max_burst,
		.max_sg_burst = device->max_sg_burst,
		.cmd_terminate = device->device_terminate_all,
		.cmd_pause = device->device_pause,
		.cmd_resume = device->device_resume,
		.descriptor_reuse = device->descriptor_reuse,
		.residue_granularity = device->residue_granularity,
	};
	if (device->device_caps)
		device->device_caps(chan, caps);
	return 0;
}
EXPORT_SYMBOL_GPL(dma_get_slave_caps);
