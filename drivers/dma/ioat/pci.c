// SPDX-License-Identifier: GPL-2.0-only
/*
 * Intel I/OAT: the PCI function
 */

/**
 * DOC: ioatdma
 *
 * The DMA engines of Intel's server chipsets and processors, as "QuickData
 * Technology", versions 3.0 to 3.4.  All of them copy; which of them are used for XOR
 * and P+Q, and why the others are not, is said in the log at probe.
 *
 * A device that can only copy is private: its channels are for those who request them,
 * as ntb_transport does.  ioatdma.public=1 makes it public.
 */
#include <kunit/visibility.h>
#include <linux/module.h>
#include <linux/slab.h>

#include <asm/cpufeature.h>
#include <asm/cpuid.h>

#include "ioat.h"

unsigned int ioat_pending_level = 7;
module_param_named(ioat_pending_level, ioat_pending_level, uint, 0644);
MODULE_PARM_DESC(ioat_pending_level, "Slots that may be submitted without being issued (default 7)");

static char ioat_interrupt_style[8] = "msix";
module_param_string(ioat_interrupt_style, ioat_interrupt_style, sizeof(ioat_interrupt_style),
		    0644);
MODULE_PARM_DESC(ioat_interrupt_style, "Interrupts to begin trying with: msix (default), msi, intx");

int ioat_completion_timeout = 200;
module_param_named(completion_timeout, ioat_completion_timeout, int, 0644);
MODULE_PARM_DESC(completion_timeout, "Milliseconds after which a channel is looked after (default 200)");

static int idle_timeout = 2000;
module_param(idle_timeout, int, 0644);
MODULE_PARM_DESC(idle_timeout, "Accepted for compatibility: an idle channel costs nothing");

static int ioat_dca_enabled = 1;
module_param(ioat_dca_enabled, int, 0644);
MODULE_PARM_DESC(ioat_dca_enabled, "Accepted for compatibility: there is no direct cache access");

unsigned int ioat_ring_order = 11;

static int ioat_set_ring_order(const char *value, const struct kernel_param *kp)
{
	return param_set_uint_minmax(value, kp, 4, 16);
}

static const struct kernel_param_ops ring_order_ops = {
	.set = ioat_set_ring_order,
	.get = param_get_uint,
};
module_param_cb(ring_order, &ring_order_ops, &ioat_ring_order, 0444);
MODULE_PARM_DESC(ring_order, "Logarithm of the slots of each channel, 4 to 16 (default 11)");

static bool force_raid;
module_param(force_raid, bool, 0444);
MODULE_PARM_DESC(force_raid, "Use XOR and P+Q also where they are known not to be right or fast");

static bool public;
module_param(public, bool, 0444);
MODULE_PARM_DESC(public, "A device that can only copy is for all (default: only for who requests it)");

static const struct pci_device_id ioat_ids[] = {
	/* 5520 and its like */
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x3429) },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x342a) },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x342b) },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x342c) },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, IOAT_ID_TBG0) },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x3431) },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x3432) },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x3433) },
	/* Xeon: Jasper Forest */
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x3710), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x3711), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x3712), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x3713), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x3714), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x3715), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x3716), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x3717), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x3718), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x3719), .driver_data = IOAT_ID_NO_RAID },
	/* Xeon: Sandy Bridge */
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x3c20), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x3c21), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x3c22), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x3c23), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x3c24), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x3c25), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x3c26), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x3c27), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x3c2e), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x3c2f), .driver_data = IOAT_ID_NO_RAID },
	/* Xeon: Ivy Bridge */
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x0e20), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x0e21), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x0e22), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x0e23), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x0e24), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x0e25), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x0e26), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x0e27), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x0e2e), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x0e2f), .driver_data = IOAT_ID_NO_RAID },
	/* Xeon: Haswell */
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x2f20), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x2f21), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x2f22), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x2f23), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x2f24), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x2f25), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x2f26), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x2f27), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x2f2e), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x2f2f), .driver_data = IOAT_ID_NO_RAID },
	/* Xeon: Broadwell */
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x6f20), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x6f21), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x6f22), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x6f23), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x6f24), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x6f25), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x6f26), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x6f27), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x6f2e), .driver_data = IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x6f2f), .driver_data = IOAT_ID_NO_RAID },
	/* Xeon: Skylake */
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x2021), .driver_data = IOAT_ID_NO_RAID | IOAT_ID_SKX },
	/* Atom, of which two functions have RAID, and Broadwell-DE, which has its engine */
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x0c50), .driver_data = IOAT_ID_ATOM },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x0c51), .driver_data = IOAT_ID_ATOM },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x0c52), .driver_data = IOAT_ID_ATOM | IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x0c53), .driver_data = IOAT_ID_ATOM | IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x6f50), .driver_data = IOAT_ID_ATOM | IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x6f51), .driver_data = IOAT_ID_ATOM | IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x6f52), .driver_data = IOAT_ID_ATOM | IOAT_ID_NO_RAID },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x6f53), .driver_data = IOAT_ID_ATOM | IOAT_ID_NO_RAID },
	/* Ice Lake */
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, 0x0b00) },
	{ }
};
MODULE_DEVICE_TABLE(pci, ioat_ids);

/* --- interrupts --- */

static irqreturn_t ioat_irq_chan(int irq, void *data)
{
	struct ioat_chan *ic = data;

	tasklet_schedule(&ic->clean);
	return IRQ_HANDLED;
}

static irqreturn_t ioat_irq_all(int irq, void *data)
{
	struct ioat_dev *id = data;
	unsigned long attention;
	unsigned int nr;
	u8 ctrl;

	/* Reading it switches them off, until it is written. */
	ctrl = readb(id->regs + IOAT_INTRCTRL);
	if (ctrl == 0xff || !(ctrl & IOAT_INTRCTRL_MASTER))
		return IRQ_NONE;
	attention = 0;
	if (ctrl & IOAT_INTRCTRL_STATUS)
		attention = readl(id->regs + IOAT_ATTNSTATUS);
	for_each_set_bit(nr, &attention, id->nr_chans)
		tasklet_schedule(&id->chans[nr].clean);
	writeb(ctrl, id->regs + IOAT_INTRCTRL);
	return attention ? IRQ_HANDLED : IRQ_NONE;
}

static void ioat_irq_free(struct ioat_dev *id)
{
	unsigned int i;

	if (!READ_ONCE(id->gone))
		writeb(0, id->regs + IOAT_INTRCTRL);
	for (i = 0; i < id->nr_irqs; i++)
		free_irq(pci_irq_vector(id->pdev, i),
			 id->style == PCI_IRQ_MSIX ? (void *)&id->chans[i] : id);
	/* One may have come until now. */
	for (i = 0; i < id->nr_chans; i++)
		tasklet_kill(&id->chans[i].clean);
	id->nr_irqs = 0;
	pci_free_irq_vectors(id->pdev);
}

static int ioat_irq_try(struct ioat_dev *id, unsigned int style)
{
	static const char * const names[] = {
		[PCI_IRQ_INTX] = "ioat-intx", [PCI_IRQ_MSI] = "ioat-msi",
		[PCI_IRQ_MSIX] = "ioat-msix",
	};
	unsigned int i, nr = style == PCI_IRQ_MSIX ? id->nr_chans : 1;
	int err;

	err = pci_alloc_irq_vectors(id->pdev, nr, nr, style);
	if (err < 0)
		return err;
	id->style = style;
	for (i = 0; i < nr; i++) {
		bool own = style == PCI_IRQ_MSIX;

		err = request_irq(pci_irq_vector(id->pdev, i), own ? ioat_irq_chan : ioat_irq_all,
				  style == PCI_IRQ_INTX ? IRQF_SHARED : 0, names[style],
				  own ? (void *)&id->chans[i] : id);
		if (err) {
			ioat_irq_free(id);
			return err;
		}
		id->nr_irqs++;
	}
	return 0;
}

static void ioat_irq_enable(struct ioat_dev *id)
{
	writeb(IOAT_INTRCTRL_MASTER |
	       (id->style == PCI_IRQ_MSIX ? IOAT_INTRCTRL_VECTORS : 0), id->regs + IOAT_INTRCTRL);
}

/* What is asked for, else what comes behind it. */
static int ioat_irq_setup(struct ioat_dev *id)
{
	static const struct {
		const char *name;
		unsigned int style;
	} styles[] = {
		{ "msix", PCI_IRQ_MSIX }, { "msi", PCI_IRQ_MSI }, { "intx", PCI_IRQ_INTX },
	};
	bool known = false;
	int i, err = -EINVAL;

	for (i = 0; i < ARRAY_SIZE(styles); i++) {
		known |= !strcmp(ioat_interrupt_style, styles[i].name);
		if (!known)
			continue;
		err = ioat_irq_try(id, styles[i].style);
		if (!err) {
			ioat_irq_enable(id);
			return 0;
		}
	}
	dev_err(&id->pdev->dev, known ? "no interrupts\n" :
		"ioat_interrupt_style is none of msix, msi, intx\n");
	return err;
}

/* --- probe --- */

static void ioat_free(struct kref *ref)
{
	struct ioat_dev *id = container_of(ref, struct ioat_dev, ref);

	pci_dev_put(id->pdev);
	kfree(id);
}

static void ioat_release(struct dma_device *dma)
{
	kref_put(&to_ioat_dev(dma)->ref, ioat_free);
}

/* Where firmware has enabled direct cache access, its devices do not get parity right. */
static bool ioat_has_dca(void)
{
	return boot_cpu_has(X86_FEATURE_DCA) && (cpuid_eax(9) & BIT(0));
}

VISIBLE_IF_KUNIT void ioat_find_abilities(struct ioat_dev *id, unsigned long quirks)
{
	const u32 raid = IOAT_CAP_XOR | IOAT_CAP_PQ | IOAT_CAP_RAID16SS;
	struct device *dev = &id->pdev->dev;
	const char *why = NULL;

	id->cap = readl(id->regs + IOAT_DMACAP);
	if (!(id->cap & raid)) {
		dev_info(dev, "it has no XOR and P+Q: RAID is not offloaded\n");
		return;
	}
	if (quirks & IOAT_ID_NO_RAID)
		why = "of this generation";
	else if (ioat_has_dca())
		why = "together with direct cache access, which firmware has enabled,";
	if (!why)
		return;
	if (force_raid) {
		dev_warn(dev, "XOR and P+Q are used, by force_raid; Linux does not use those %s otherwise\n",
			 why);
		return;
	}
	id->cap &= ~raid;
	dev_info(dev, "XOR and P+Q %s are not used: RAID is not offloaded; force_raid=1 overrules\n",
		 why);
}
EXPORT_SYMBOL_IF_KUNIT(ioat_find_abilities);

VISIBLE_IF_KUNIT struct ioat_dev *ioat_alloc(struct pci_dev *pdev, void __iomem *regs,
					     unsigned long quirks)
{
	unsigned int i, nr = readb(regs + IOAT_CHANCNT) & 0x1f;
	u8 xfercap = readb(regs + IOAT_XFERCAP) & 0x1f;
	struct ioat_dev *id;

	if (!nr || nr > IOAT_MAX_CHANS || !xfercap) {
		dev_err(&pdev->dev, "%u channels with transfers of 2^%u bytes make no sense\n", nr,
			xfercap);
		return NULL;
	}
	id = kzalloc_node(struct_size(id, chans, nr), GFP_KERNEL, dev_to_node(&pdev->dev));
	if (!id)
		return NULL;
	kref_init(&id->ref);
	id->pdev = pci_dev_get(pdev);
	id->regs = regs;
	id->nr_chans = nr;
	id->version = quirks & IOAT_ID_SKX ? 0x32 : readb(regs + IOAT_VER);
	id->xfercap = xfercap;
	id->atom = quirks & IOAT_ID_ATOM;
	spin_lock_init(&id->msix_lock);
	id->can_delay = readw(regs + IOAT_INTRDELAY) & IOAT_INTRDELAY_CAN;
	INIT_LIST_HEAD(&id->dma.channels);
	for (i = 0; i < nr; i++)
		ioat_chan_init(id, i);
	return id;
}
EXPORT_SYMBOL_IF_KUNIT(ioat_alloc);

VISIBLE_IF_KUNIT void ioat_fill_in(struct ioat_dev *id)
{
	struct dma_device *dma = &id->dma;

	dma->dev = &id->pdev->dev;
	dma->directions = BIT(DMA_MEM_TO_MEM);
	dma->residue_granularity = DMA_RESIDUE_GRANULARITY_DESCRIPTOR;
	ioat_set_prep(id);
	if (!(id->cap & (IOAT_CAP_XOR | IOAT_CAP_PQ)) && !public)
		dma_cap_set(DMA_PRIVATE, dma->cap_mask);
	dma->device_alloc_chan_resources = ioat_alloc_chan_resources;
	dma->device_free_chan_resources = ioat_free_chan_resources;
	dma->device_issue_pending = ioat_issue_pending;
	dma->device_tx_status = ioat_tx_status;
	dma->device_terminate_all = ioat_terminate_all;
	dma->device_synchronize = ioat_synchronize;
	dma->device_stop = ioat_stop;
	dma->callback_unlocked = true;
	dma->device_release = ioat_release;
}
EXPORT_SYMBOL_IF_KUNIT(ioat_fill_in);

/* What the device forgets when it is reset */
static void ioat_set_up(struct ioat_dev *id)
{
	id->delay = 0;
	if (id->can_delay)
		writew(0, id->regs + IOAT_INTRDELAY);
	if (id->cap & IOAT_CAP_DPS)
		writeb(min(ioat_pending_level + 1, 255U), id->regs + IOAT_PREFETCH_LIMIT);
}

/* Somebody else may have had it before. */
static int ioat_halt(struct ioat_dev *id)
{
	unsigned int i;
	int err;

	for (i = 0; i < id->nr_chans; i++) {
		err = ioat_chan_halt(&id->chans[i]);
		if (err)
			return dev_err_probe(&id->pdev->dev, err, "channel %u cannot be reset\n",
					     i);
	}
	return 0;
}

static int ioat_probe(struct pci_dev *pdev, const struct pci_device_id *ent)
{
	struct device *dev = &pdev->dev;
	void __iomem *regs;
	struct ioat_dev *id;
	int err;

	err = pcim_enable_device(pdev);
	if (err)
		return err;
	err = pcim_iomap_regions(pdev, BIT(0), IOAT_NAME);
	if (err)
		return err;
	regs = pcim_iomap_table(pdev)[0];
	if (readb(regs + IOAT_VER) < 0x30)
		return dev_err_probe(dev, -ENODEV, "version %#x is too old\n",
				     readb(regs + IOAT_VER));
	err = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(64));
	if (err)
		return err;
	dma_set_max_seg_size(dev, UINT_MAX);
	pci_set_master(pdev);
	/* A completion must not overtake the data. */
	pcie_capability_clear_word(pdev, PCI_EXP_DEVCTL, PCI_EXP_DEVCTL_RELAX_EN);

	id = ioat_alloc(pdev, regs, ent->driver_data);
	if (!id)
		return -ENODEV;
	ioat_find_abilities(id, ent->driver_data);
	ioat_fill_in(id);
	ioat_set_up(id);
	err = ioat_halt(id);
	if (err)
		goto out_free;
	if (id->cap & IOAT_CAP_RAID16SS) {
		id->sed_pool = dma_pool_create("ioat-sed", dev, IOAT_SED_PIECES * IOAT_SED_SIZE,
					       64, 0);
		if (!id->sed_pool) {
			err = -ENOMEM;
			goto out_free;
		}
	}
	err = ioat_irq_setup(id);
	if (err)
		goto out_pool;
	err = m2m_self_test(&id->chans[0].mc.chan);
	if (err)
		goto out_irq;
	kref_get(&id->ref);
	err = dma_async_device_register(&id->dma);
	if (err) {
		ioat_release(&id->dma);
		goto out_irq;
	}
	pci_set_drvdata(pdev, id);
	pci_save_state(pdev);
	ioat_sysfs_add(id);
	dev_info(dev, "version %d.%d, %u channels%s%s\n", id->version >> 4, id->version & 0xf,
		 id->nr_chans, id->cap & IOAT_CAP_XOR ? ", XOR" : "",
		 id->cap & IOAT_CAP_PQ ? ", P+Q" : "");
	return 0;

out_irq:
	ioat_irq_free(id);
out_pool:
	dma_pool_destroy(id->sed_pool);
out_free:
	kref_put(&id->ref, ioat_free);
	return err;
}

/* What could not be reset, or cannot be, must not write when its clients have left. */
static void ioat_leave(struct ioat_dev *id)
{
	unsigned int i;

	WRITE_ONCE(id->leaving, true);
	for (i = 0; i < id->nr_chans; i++)
		scoped_guard(spinlock_irqsave, &id->chans[i].mc.lock)
			if (id->chans[i].stuck)
				pci_clear_master(id->pdev);
}

static void ioat_remove(struct pci_dev *pdev)
{
	struct ioat_dev *id = pci_get_drvdata(pdev);
	unsigned int i;

	if (pci_channel_offline(pdev) || !pci_device_is_present(pdev))
		WRITE_ONCE(id->gone, true);
	ioat_sysfs_remove(id);
	ioat_leave(id);
	dma_async_device_unregister(&id->dma);
	/* Who still has a channel keeps it, and gets no descriptor any more. */
	for (i = 0; i < id->nr_chans; i++)
		ioat_chan_remove(&id->chans[i]);
	ioat_irq_free(id);
	/* Who still has a channel must not make it touch registers: they go now. */
	WRITE_ONCE(id->gone, true);
	dma_pool_destroy(id->sed_pool);
	id->sed_pool = NULL;
	kref_put(&id->ref, ioat_free);
}

/* --- power, and errors of the bus --- */

static void ioat_quiesce(struct ioat_dev *id)
{
	unsigned int i;

	ioat_leave(id);
	for (i = 0; i < id->nr_chans; i++)
		ioat_chan_shutdown(&id->chans[i]);
	if (!READ_ONCE(id->gone))
		writeb(0, id->regs + IOAT_INTRCTRL);
}

static int ioat_restart(struct ioat_dev *id)
{
	unsigned int i;
	int err = 0;

	WRITE_ONCE(id->leaving, false);
	pci_set_master(id->pdev);
	ioat_set_up(id);
	for (i = 0; i < id->nr_chans; i++)
		err = ioat_chan_restart(&id->chans[i]) ?: err;
	ioat_irq_enable(id);
	return err;
}

static void ioat_shutdown(struct pci_dev *pdev)
{
	ioat_quiesce(pci_get_drvdata(pdev));
}

static int ioat_suspend(struct device *dev)
{
	struct ioat_dev *id = dev_get_drvdata(dev);
	unsigned int i;

	for (i = 0; i < id->nr_chans; i++)
		ioat_chan_drain(&id->chans[i]);
	ioat_quiesce(id);
	return 0;
}

static int ioat_resume(struct device *dev)
{
	return ioat_restart(dev_get_drvdata(dev));
}

static DEFINE_SIMPLE_DEV_PM_OPS(ioat_pm_ops, ioat_suspend, ioat_resume);

static pci_ers_result_t ioat_error_detected(struct pci_dev *pdev, pci_channel_state_t state)
{
	struct ioat_dev *id = pci_get_drvdata(pdev);

	/* Its registers may be out of reach: what it has is lost. */
	if (state != pci_channel_io_normal) {
		WRITE_ONCE(id->gone, true);
		pci_clear_master(pdev);
	}
	ioat_quiesce(id);
	return state == pci_channel_io_perm_failure ? PCI_ERS_RESULT_DISCONNECT :
						      PCI_ERS_RESULT_NEED_RESET;
}

static pci_ers_result_t ioat_slot_reset(struct pci_dev *pdev)
{
	if (pci_enable_device_mem(pdev))
		return PCI_ERS_RESULT_DISCONNECT;
	pci_set_master(pdev);
	pci_restore_state(pdev);
	pci_save_state(pdev);
	return PCI_ERS_RESULT_RECOVERED;
}

static void ioat_error_resume(struct pci_dev *pdev)
{
	struct ioat_dev *id = pci_get_drvdata(pdev);

	WRITE_ONCE(id->gone, false);
	if (ioat_restart(id))
		dev_err(&pdev->dev, "a channel does not start again\n");
}

static const struct pci_error_handlers ioat_error_handlers = {
	.error_detected = ioat_error_detected,
	.slot_reset = ioat_slot_reset,
	.resume = ioat_error_resume,
};

static struct pci_driver ioat_driver = {
	.name = IOAT_NAME,
	.id_table = ioat_ids,
	.probe = ioat_probe,
	.remove = ioat_remove,
	.shutdown = ioat_shutdown,
	.err_handler = &ioat_error_handlers,
	.driver.pm = pm_sleep_ptr(&ioat_pm_ops),
};
module_pci_driver(ioat_driver);

MODULE_DESCRIPTION("Intel I/OAT DMA engine");
MODULE_LICENSE("GPL");
