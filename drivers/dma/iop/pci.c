// SPDX-License-Identifier: GPL-2.0-only
/*
 * Engines of the Intel I/O processors: units on a PCI function
 *
 * An I/O processor is seen by its host as a PCI function.  This is for one whose first BAR
 * shows the registers of a DMA unit, an AAU and an ADMA unit, as the device in the
 * project's tools/qemu/iop has it: a page each, in this order.  Each becomes a platform
 * device, whose driver need not know where it is.  With MSI-X each has an interrupt of its
 * own, otherwise they share one.
 *
 * The units access memory as the function, and so does an IOMMU see them; but their
 * buffers are mapped for the platform devices, of which no IOMMU knows.
 */
#include <linux/dma-mapping.h>
#include <linux/iommu.h>
#include <linux/ioport.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/platform_data/dma-iop.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

/* Of the numbers that QEMU leaves to experiments */
#define IOP_PCI_DEVICE		0x10f2
#define IOP_PCI_WINDOW		0x1000

static const char * const iop_pci_units[] = { "iop3xx-dma", "iop3xx-aau", "iop13xx-adma" };

#define IOP_PCI_UNITS		ARRAY_SIZE(iop_pci_units)

/**
 * struct iop_pci - a function
 * @unit: its units
 */
struct iop_pci {
	struct platform_device *unit[IOP_PCI_UNITS];
};

/* One unit that does not stop costs all of them: the others' operations fail then. */
static void iop_pci_cut_off(struct device *dev)
{
	pci_clear_master(to_pci_dev(dev->parent));
}

static struct platform_device *iop_pci_add(struct pci_dev *pdev, unsigned int nr)
{
	static const struct iop_adma_platform_data pdata = { .cut_off = iop_pci_cut_off };
	resource_size_t start = pci_resource_start(pdev, 0) + nr * IOP_PCI_WINDOW;
	unsigned int vectors = pdev->msix_enabled ? IOP_PCI_UNITS : 1;
	int irq = pci_irq_vector(pdev, nr % vectors);
	const struct resource res[] = {
		DEFINE_RES_MEM(start, IOP_PCI_WINDOW),
		DEFINE_RES_IRQ(irq),
	};
	const struct platform_device_info info = {
		.parent = &pdev->dev,
		.name = iop_pci_units[nr],
		.id = pci_dev_id(pdev),
		.res = res,
		.num_res = ARRAY_SIZE(res),
		.data = &pdata,
		.size_data = sizeof(pdata),
		.dma_mask = DMA_BIT_MASK(32),
	};

	return platform_device_register_full(&info);
}

static void iop_pci_remove(struct pci_dev *pdev)
{
	struct iop_pci *ip = pci_get_drvdata(pdev);
	int i;

	for (i = 0; i < IOP_PCI_UNITS && ip->unit[i]; i++)
		platform_device_unregister(ip->unit[i]);
	pci_clear_master(pdev);
	pci_free_irq_vectors(pdev);
}

static int iop_pci_probe(struct pci_dev *pdev, const struct pci_device_id *ent)
{
	struct device *dev = &pdev->dev;
	struct platform_device *unit;
	struct iop_pci *ip;
	int err, i;

	if (device_iommu_mapped(dev))
		return dev_err_probe(dev, -ENODEV, "its units cannot be used behind an IOMMU\n");
	ip = devm_kzalloc(dev, sizeof(*ip), GFP_KERNEL);
	if (!ip)
		return -ENOMEM;
	err = pcim_enable_device(pdev);
	if (err)
		return err;
	if (pci_resource_len(pdev, 0) < IOP_PCI_UNITS * IOP_PCI_WINDOW)
		return dev_err_probe(dev, -ENODEV, "it has no registers\n");
	err = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(32));
	if (err)
		return err;
	pci_set_master(pdev);
	err = pci_alloc_irq_vectors(pdev, IOP_PCI_UNITS, IOP_PCI_UNITS, PCI_IRQ_MSIX);
	if (err < 0)
		err = pci_alloc_irq_vectors(pdev, 1, 1, PCI_IRQ_MSI | PCI_IRQ_INTX);
	if (err < 0)
		return dev_err_probe(dev, err, "no interrupts\n");

	pci_set_drvdata(pdev, ip);
	for (i = 0; i < IOP_PCI_UNITS; i++) {
		unit = iop_pci_add(pdev, i);
		if (IS_ERR(unit)) {
			iop_pci_remove(pdev);
			return dev_err_probe(dev, PTR_ERR(unit), "%s\n", iop_pci_units[i]);
		}
		ip->unit[i] = unit;
	}
	return 0;
}

static const struct pci_device_id iop_pci_ids[] = {
	{ PCI_DEVICE(PCI_VENDOR_ID_REDHAT_QUMRANET, IOP_PCI_DEVICE) },
	{}
};
MODULE_DEVICE_TABLE(pci, iop_pci_ids);

static struct pci_driver iop_pci_driver = {
	.name = "iop-adma-pci",
	.id_table = iop_pci_ids,
	.probe = iop_pci_probe,
	.remove = iop_pci_remove,
};
module_pci_driver(iop_pci_driver);

MODULE_DESCRIPTION("Engines of Intel I/O processors on a PCI function");
MODULE_LICENSE("GPL");
MODULE_SOFTDEP("post: iop-adma");
