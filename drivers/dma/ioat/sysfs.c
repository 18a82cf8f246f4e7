// SPDX-License-Identifier: GPL-2.0-only
/*
 * Intel I/OAT: quickdata/ of each channel, in sysfs
 */
#include <linux/kstrtox.h>
#include <linux/sysfs.h>

#include "ioat.h"

struct ioat_attr {
	struct attribute attr;
	ssize_t (*show)(struct ioat_chan *ic, char *page);
	ssize_t (*store)(struct ioat_chan *ic, const char *page, size_t count);
};

static ssize_t cap_show(struct ioat_chan *ic, char *page)
{
	static const struct {
		enum dma_transaction_type type;
		const char *name;
	} caps[] = {
		{ DMA_PQ, " pq" }, { DMA_PQ_VAL, " pq_val" }, { DMA_XOR, " xor" },
		{ DMA_XOR_VAL, " xor_val" }, { DMA_MEMSET, " fill" }, { DMA_INTERRUPT, " intr" },
	};
	int i, len = sysfs_emit(page, "copy");

	for (i = 0; i < ARRAY_SIZE(caps); i++)
		if (dma_has_cap(caps[i].type, ic->dev->dma.cap_mask))
			len += sysfs_emit_at(page, len, "%s", caps[i].name);
	return len + sysfs_emit_at(page, len, "\n");
}

static ssize_t version_show(struct ioat_chan *ic, char *page)
{
	return sysfs_emit(page, "%d.%d\n", ic->dev->version >> 4, ic->dev->version & 0xf);
}

static ssize_t ring_size_show(struct ioat_chan *ic, char *page)
{
	return sysfs_emit(page, "%u\n", READ_ONCE(ic->descs) ? ic->mask + 1 : 0);
}

static ssize_t ring_active_show(struct ioat_chan *ic, char *page)
{
	return sysfs_emit(page, "%u\n",
			  ioat_distance(ic, READ_ONCE(ic->tail), READ_ONCE(ic->head)));
}

static ssize_t intr_coalesce_show(struct ioat_chan *ic, char *page)
{
	return sysfs_emit(page, "%u\n", READ_ONCE(ic->coalesce));
}

static ssize_t intr_coalesce_store(struct ioat_chan *ic, const char *page, size_t count)
{
	unsigned int value;
	int err = kstrtouint(page, 0, &value);

	if (err)
		return err;
	if (value > IOAT_INTRDELAY_MAX)
		return -EINVAL;
	WRITE_ONCE(ic->coalesce, value);
	return count;
}

static struct ioat_attr cap_attr = __ATTR_RO(cap);
static struct ioat_attr version_attr = __ATTR_RO(version);
static struct ioat_attr ring_size_attr = __ATTR_RO(ring_size);
static struct ioat_attr ring_active_attr = __ATTR_RO(ring_active);
static struct ioat_attr intr_coalesce_attr = __ATTR_RW(intr_coalesce);

static struct attribute *ioat_attrs[] = {
	&ring_size_attr.attr,
	&ring_active_attr.attr,
	&cap_attr.attr,
	&version_attr.attr,
	&intr_coalesce_attr.attr,
	NULL
};
ATTRIBUTE_GROUPS(ioat);

static ssize_t ioat_attr_show(struct kobject *kobj, struct attribute *attr, char *page)
{
	const struct ioat_attr *a = container_of(attr, struct ioat_attr, attr);

	return a->show(container_of(kobj, struct ioat_chan, kobj), page);
}

static ssize_t ioat_attr_store(struct kobject *kobj, struct attribute *attr, const char *page,
			       size_t count)
{
	const struct ioat_attr *a = container_of(attr, struct ioat_attr, attr);

	return a->store ? a->store(container_of(kobj, struct ioat_chan, kobj), page, count) : -EIO;
}

static const struct sysfs_ops ioat_sysfs_ops = {
	.show = ioat_attr_show,
	.store = ioat_attr_store,
};

/* The channel, in which it is, lives longer: see ioat_sysfs_remove(). */
static void ioat_kobj_release(struct kobject *kobj)
{
	complete(&container_of(kobj, struct ioat_chan, kobj)->kobj_gone);
}

static const struct kobj_type ioat_ktype = {
	.release = ioat_kobj_release,
	.sysfs_ops = &ioat_sysfs_ops,
	.default_groups = ioat_groups,
};

/**
 * ioat_sysfs_add - show the channels of a device
 * @id: the device, which is registered
 *
 * Without it the device works nevertheless.
 */
void ioat_sysfs_add(struct ioat_dev *id)
{
	unsigned int i;
	int err;

	for (i = 0; i < id->nr_chans; i++) {
		struct ioat_chan *ic = &id->chans[i];

		init_completion(&ic->kobj_gone);
		err = kobject_init_and_add(&ic->kobj, &ioat_ktype, &ic->mc.chan.dev->device.kobj,
					   "quickdata");
		if (err)
			dev_warn(&id->pdev->dev, "%s: no quickdata in sysfs: %d\n",
				 dma_chan_name(&ic->mc.chan), err);
	}
}

/**
 * ioat_sysfs_remove - do not show them any more
 * @id: the device, which is still registered
 *
 * Context: may sleep.
 */
void ioat_sysfs_remove(struct ioat_dev *id)
{
	unsigned int i;

	for (i = 0; i < id->nr_chans; i++) {
		kobject_del(&id->chans[i].kobj);
		kobject_put(&id->chans[i].kobj);
		wait_for_completion(&id->chans[i].kobj_gone);
	}
}
