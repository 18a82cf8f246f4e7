// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory access of an executor whose device has no IOMMU.
 */
#include <linux/dma-direct.h>
#include <linux/dma-map-ops.h>
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/highmem.h>
#include <linux/iommu-dma.h>
#include <linux/mm.h>

#include "exec.h"

/*
 * The bus addresses of a device without IOMMU are physical addresses, be it of
 * the client's page or of a bounce buffer.
 */
static struct page *soft_phys_page(phys_addr_t phys, size_t len)
{
	if (!pfn_valid(PHYS_PFN(phys)) || !pfn_valid(PHYS_PFN(phys + len - 1)))
		return NULL;
	return pfn_to_page(PHYS_PFN(phys));
}

static void *soft_map(struct soft_exec *exec, dma_addr_t addr, size_t len,
		      bool write)
{
	phys_addr_t phys = dma_to_phys(exec->dev, addr);
	struct page *page = soft_phys_page(phys, len);

	if (!page)
		return ERR_PTR(-EFAULT);
	if (IS_ENABLED(CONFIG_HIGHMEM))
		return kmap_local_page(page) + offset_in_page(phys);
	return phys_to_virt(phys);
}

static void soft_unmap_local(struct soft_exec *exec, void *vaddr)
{
	kunmap_local(vaddr);
}

/* Without high memory, what is contiguous to the device is so to the kernel. */
const struct soft_access soft_direct_access = {
	.map = soft_map,
	.unmap = IS_ENABLED(CONFIG_HIGHMEM) ? soft_unmap_local : NULL,
	.boundary = IS_ENABLED(CONFIG_HIGHMEM) ? PAGE_SIZE : 0,
	.max_maps = IS_ENABLED(CONFIG_HIGHMEM) ? 8 : SOFT_MAX_SRCS + 2,
};
EXPORT_SYMBOL_NS_GPL(soft_direct_access, DMA_SOFT);

/**
 * soft_direct_setup - set a device up for &soft_direct_access
 * @dev: the device, being probed
 *
 * Memory is read and written through the kernel's own mapping, at the physical
 * address that a bus address is taken for.
 *
 * Context: may sleep.
 * Return: 0; -ENODEV if the DMA API hands out other addresses for this device;
 * or another negative errno.
 */
int soft_direct_setup(struct device *dev)
{
	if (get_dma_ops(dev) || use_dma_iommu(dev))
		return dev_err_probe(dev, -ENODEV,
				     "bus addresses are not physical here\n");

#if defined(CONFIG_ARCH_HAS_SYNC_DMA_FOR_DEVICE) || \
	defined(CONFIG_ARCH_HAS_SYNC_DMA_FOR_CPU) || \
	defined(CONFIG_ARCH_HAS_SYNC_DMA_FOR_CPU_ALL)
	/*
	 * What the engine writes is in the CPU's caches: unmapping must not
	 * invalidate them, as it does for a device beside them.
	 */
	dev->dma_coherent = true;
#endif
	dma_set_max_seg_size(dev, UINT_MAX);
	return dma_set_mask_and_coherent(dev, DMA_BIT_MASK(64));
}
EXPORT_SYMBOL_NS_GPL(soft_direct_setup, DMA_SOFT);
