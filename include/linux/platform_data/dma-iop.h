/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Engines of the Intel I/O processors: platform data
 *
 * Of platform devices with the names iop3xx-dma, iop3xx-aau and iop13xx-adma, each with
 * one memory resource, its registers, and either one interrupt or three: for the end of a
 * transfer, the end of a chain, and errors.
 */
#ifndef LINUX_PLATFORM_DATA_DMA_IOP_H
#define LINUX_PLATFORM_DATA_DMA_IOP_H

struct device;

/**
 * struct iop_adma_platform_data - what a board knows of a unit
 * @cut_off: keeps the unit from accessing memory, for good; called in any context if it
 *	does not stop and is not needed any more; or %NULL
 */
struct iop_adma_platform_data {
	void (*cut_off)(struct device *dev);
};

#endif /* LINUX_PLATFORM_DATA_DMA_IOP_H */
