// SPDX-License-Identifier: GPL-2.0-only
/*
 * Engines of the Intel I/O processors: the platform device
 */

/**
 * DOC: iop-adma
 *
 * The engines of Intel's I/O processors, which RAID controllers and storage appliances
 * were built of.  An IOP3xx has DMA units, which copy, and an application accelerator
 * unit, which adds up and fills; an IOP13xx has ADMA units, which do that and P+Q.  Each
 * unit is a device of its own with one channel, so chains of operations go from one unit
 * to another.
 */
#include <kunit/visibility.h>
#include <linux/cleanup.h>
#include <linux/dma-mapping.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/property.h>
#include <linux/slab.h>

#include "iop.h"

unsigned int iop_completion_timeout = 200;
module_param_named(completion_timeout, iop_completion_timeout, uint, 0644);
MODULE_PARM_DESC(completion_timeout, "Milliseconds after which a channel is looked after (default 200)");

unsigned int iop_ring_order = 9;

static int iop_set_ring_order(const char *value, const struct kernel_param *kp)
{
	return param_set_uint_minmax(value, kp, 4, 12);
}

static const struct kernel_param_ops ring_order_ops = {
	.set = iop_set_ring_order,
	.get = param_get_uint,
};
module_param_cb(ring_order, &ring_order_ops, &iop_ring_order, 0444);
MODULE_PARM_DESC(ring_order, "Logarithm of the descriptors of each channel, 4 to 12 (default 9)");

/**
 * iop_irq - the interrupt handler
 * @irq: not used
 * @data: the &struct iop_irq
 *
 * Takes away what the unit signals, and leaves the rest to the tasklet.
 *
 * Context: hard interrupt.
 * Return: %IRQ_NONE if the unit does not signal anything on this line.
 */
VISIBLE_IF_KUNIT irqreturn_t iop_irq(int irq, void *data)
{
	const struct iop_irq *line = data;
	struct iop_chan *ic = line->ic;
	u32 status;

	guard(spinlock)(&ic->mc.lock);
	if (READ_ONCE(ic->id->gone))
		return IRQ_NONE;
	status = iop_read(ic, IOP_CSR);
	if (status == ~0U || !(status & line->mask))
		return IRQ_NONE;
	status &= line->mask;
	iop_write(ic, IOP_CSR, status);
	/* Who stops the channel, or looks at it, is to know. */
	ic->errors |= status & ic->id->unit->errors;
	tasklet_schedule(&ic->clean);
	return IRQ_HANDLED;
}
EXPORT_SYMBOL_IF_KUNIT(iop_irq);

static void iop_free_irqs(struct iop_dev *id)
{
	int i;

	for (i = 0; i < IOP_MAX_IRQS; i++)
		if (id->irq[i].nr)
			free_irq(id->irq[i].nr, &id->irq[i]);
	/* One may have come until now. */
	tasklet_kill(&id->ic.clean);
}

/* One line for all, or one each for the end of a transfer, the end of a chain, and errors */
static int iop_request_irqs(struct iop_dev *id, struct platform_device *pdev)
{
	const struct iop_unit *unit = id->unit;
	const u32 masks[IOP_MAX_IRQS] = { unit->eot, unit->eoc, unit->errors };
	int count = platform_irq_count(pdev), i, nr, err;

	if (count < 0)
		return count;
	if (count != 1 && count != IOP_MAX_IRQS)
		return dev_err_probe(id->dev, -EINVAL, "%d interrupts: one or three are wanted\n",
				     count);
	for (i = 0; i < count; i++) {
		nr = platform_get_irq(pdev, i);
		if (nr < 0)
			return nr;
		id->irq[i].mask = count == 1 ? masks[0] | masks[1] | masks[2] : masks[i];
		err = request_irq(nr, iop_irq, IRQF_SHARED, dev_name(id->dev), &id->irq[i]);
		if (err)
			return dev_err_probe(id->dev, err, "interrupt %d\n", nr);
		id->irq[i].nr = nr;
	}
	return 0;
}

/* --- probe --- */

static void iop_free(struct kref *ref)
{
	struct iop_dev *id = container_of(ref, struct iop_dev, ref);

	put_device(id->dev);
	kfree(id);
}

static void iop_release(struct dma_device *dma)
{
	kref_put(&to_iop_dev(dma)->ref, iop_free);
}

VISIBLE_IF_KUNIT struct iop_dev *iop_alloc(struct device *dev, const struct iop_unit *unit,
					   void __iomem *regs)
{
	struct iop_dev *id = kzalloc_node(sizeof(*id), GFP_KERNEL, dev_to_node(dev));
	int i;

	if (!id)
		return NULL;
	for (i = 0; i < IOP_MAX_IRQS; i++)
		id->irq[i].ic = &id->ic;
	kref_init(&id->ref);
	id->dev = get_device(dev);
	id->unit = unit;
	id->regs = regs;
	INIT_LIST_HEAD(&id->dma.channels);
	iop_chan_init(id);
	return id;
}
EXPORT_SYMBOL_IF_KUNIT(iop_alloc);

VISIBLE_IF_KUNIT void iop_fill_in(struct iop_dev *id)
{
	struct dma_device *dma = &id->dma;

	dma->dev = id->dev;
	dma->directions = BIT(DMA_MEM_TO_MEM);
	dma->residue_granularity = DMA_RESIDUE_GRANULARITY_DESCRIPTOR;
	iop_set_prep(id);
	dma->device_alloc_chan_resources = iop_alloc_chan_resources;
	dma->device_free_chan_resources = iop_free_chan_resources;
	dma->device_issue_pending = iop_issue_pending;
	dma->device_tx_status = iop_tx_status;
	dma->device_terminate_all = iop_terminate_all;
	dma->device_synchronize = iop_synchronize;
	dma->device_stop = iop_stop;
	dma->callback_unlocked = true;
	dma->device_release = iop_release;
}
EXPORT_SYMBOL_IF_KUNIT(iop_fill_in);

/* A unit that could not be stopped, or cannot be, must not write when its client has left. */
static void iop_leave(struct iop_dev *id)
{
	WRITE_ONCE(id->leaving, true);
	guard(spinlock_irqsave)(&id->ic.mc.lock);
	if (id->ic.stuck && id->cut_off)
		id->cut_off(id->dev);
}

VISIBLE_IF_KUNIT int iop_self_test(struct iop_dev *id)
{
	int err = m2m_self_test(&id->ic.mc.chan);

	if (err)
		iop_leave(id);
	return err;
}
EXPORT_SYMBOL_IF_KUNIT(iop_self_test);

static int iop_probe(struct platform_device *pdev)
{
	const struct iop_adma_platform_data *pdata = dev_get_platdata(&pdev->dev);
	const struct platform_device_id *match = platform_get_device_id(pdev);
	struct device *dev = &pdev->dev;
	const struct iop_unit *unit;
	void __iomem *regs;
	struct resource *res;
	struct iop_dev *id;
	int err;

	unit = match ? (const void *)match->driver_data : device_get_match_data(dev);
	if (!unit)
		return -ENODEV;
	regs = devm_platform_get_and_ioremap_resource(pdev, 0, &res);
	if (IS_ERR(regs))
		return PTR_ERR(regs);
	if (resource_size(res) < unit->regs)
		return dev_err_probe(dev, -EINVAL, "its registers take %u bytes\n", unit->regs);
	err = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(32));
	if (err)
		return err;

	id = iop_alloc(dev, unit, regs);
	if (!id)
		return -ENOMEM;
	id->cut_off = pdata ? pdata->cut_off : NULL;
	iop_fill_in(id);
	err = iop_chan_halt(&id->ic);
	if (err) {
		dev_err_probe(dev, err, "it does not stop\n");
		goto out_free;
	}
	err = iop_request_irqs(id, pdev);
	if (err)
		goto out_irq;
	err = iop_self_test(id);
	if (err)
		goto out_irq;
	kref_get(&id->ref);
	err = dma_async_device_register(&id->dma);
	if (err) {
		iop_release(&id->dma);
		goto out_irq;
	}
	platform_set_drvdata(pdev, id);
	dev_info(dev, "%s\n", unit->name);
	return 0;

out_irq:
	iop_free_irqs(id);
out_free:
	kref_put(&id->ref, iop_free);
	return err;
}

static void iop_remove(struct platform_device *pdev)
{
	struct iop_dev *id = platform_get_drvdata(pdev);

	iop_leave(id);
	dma_async_device_unregister(&id->dma);
	/* Who still has the channel keeps it, and gets no descriptor any more. */
	iop_chan_remove(&id->ic);
	iop_free_irqs(id);
	/* Who still has it must not make it touch registers: they go now. */
	WRITE_ONCE(id->gone, true);
	kref_put(&id->ref, iop_free);
}

static void iop_quiesce(struct iop_dev *id)
{
	iop_leave(id);
	iop_chan_shutdown(&id->ic);
}

static void iop_shutdown(struct platform_device *pdev)
{
	iop_quiesce(platform_get_drvdata(pdev));
}

VISIBLE_IF_KUNIT int iop_suspend(struct device *dev)
{
	struct iop_dev *id = dev_get_drvdata(dev);

	iop_chan_drain(&id->ic);
	iop_quiesce(id);
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(iop_suspend);

VISIBLE_IF_KUNIT int iop_resume(struct device *dev)
{
	struct iop_dev *id = dev_get_drvdata(dev);

	WRITE_ONCE(id->leaving, false);
	return iop_chan_restart(&id->ic);
}
EXPORT_SYMBOL_IF_KUNIT(iop_resume);

static DEFINE_SIMPLE_DEV_PM_OPS(iop_pm_ops, iop_suspend, iop_resume);

static const struct of_device_id iop_of_match[] = {
	{ .compatible = "intel,80321-dma", .data = &iop_dma_unit },
	{ .compatible = "intel,80321-aau", .data = &iop_aau_unit },
	{ .compatible = "intel,81348-adma", .data = &iop_adma_unit },
	{}
};
MODULE_DEVICE_TABLE(of, iop_of_match);

static const struct platform_device_id iop_ids[] = {
	{ "iop3xx-dma", (kernel_ulong_t)&iop_dma_unit },
	{ "iop3xx-aau", (kernel_ulong_t)&iop_aau_unit },
	{ "iop13xx-adma", (kernel_ulong_t)&iop_adma_unit },
	{}
};
MODULE_DEVICE_TABLE(platform, iop_ids);

static struct platform_driver iop_driver = {
	.probe = iop_probe,
	.remove = iop_remove,
	.shutdown = iop_shutdown,
	.id_table = iop_ids,
	.driver = {
		.name = IOP_NAME,
		.of_match_table = iop_of_match,
		.pm = pm_sleep_ptr(&iop_pm_ops),
	},
};
module_platform_driver(iop_driver);

MODULE_DESCRIPTION("Engines of Intel I/O processors");
MODULE_LICENSE("GPL");
