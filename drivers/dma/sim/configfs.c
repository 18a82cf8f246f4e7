// SPDX-License-Identifier: GPL-2.0-only
/*
 * Simulated DMA engines: making them through configfs.
 *
 * A directory is an engine that may exist, with a file for each parameter; it
 * exists while the file "live" says 1.
 */
#include <linux/cleanup.h>
#include <linux/configfs.h>
#include <linux/err.h>
#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/seq_buf.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "sim.h"

/**
 * struct sim_item - directory of an engine
 * @item: what configfs sees
 * @lock: protects the rest.  Outermost.
 * @config: what the engine is or will be like
 * @sim: the engine while it exists
 */
struct sim_item {
	struct config_item item;
	struct mutex lock;	/* see above */
	struct dma_sim_config config;
	struct dma_sim *sim;
};

static struct sim_item *to_sim_item(struct config_item *item)
{
	return container_of(item, struct sim_item, item);
}

static ssize_t sim_item_show(struct config_item *item, const char *name,
			     char *page)
{
	struct sim_item *si = to_sim_item(item);

	guard(mutex)(&si->lock);
	return sim_config_show(&si->config, name, page);
}

static ssize_t sim_item_store(struct config_item *item, const char *name,
			      const char *page, size_t count)
{
	struct sim_item *si = to_sim_item(item);
	int ret;

	guard(mutex)(&si->lock);
	if (si->sim)
		return -EBUSY;
	ret = sim_config_set(&si->config, name, page);
	return ret ?: count;
}

#define SIM_ITEM_ATTR(_name)						\
static ssize_t sim_item_##_name##_show(struct config_item *item,	\
				       char *page)			\
{									\
	return sim_item_show(item, #_name, page);			\
}									\
static ssize_t sim_item_##_name##_store(struct config_item *item,	\
					const char *page, size_t count)	\
{									\
	return sim_item_store(item, #_name, page, count);		\
}									\
CONFIGFS_ATTR(sim_item_, _name)

SIM_ITEM_ATTR(kinds);
SIM_ITEM_ATTR(channels);
SIM_ITEM_ATTR(ring);
SIM_ITEM_ATTR(node);
SIM_ITEM_ATTR(max_xor);
SIM_ITEM_ATTR(max_pq);
SIM_ITEM_ATTR(pq_continue);
SIM_ITEM_ATTR(copy_align);
SIM_ITEM_ATTR(fill_align);
SIM_ITEM_ATTR(xor_align);
SIM_ITEM_ATTR(pq_align);
SIM_ITEM_ATTR(delay_ns);
SIM_ITEM_ATTR(delay_kib_ns);
SIM_ITEM_ATTR(in_order);
SIM_ITEM_ATTR(callback_unlocked);
SIM_ITEM_ATTR(offload_always);
SIM_ITEM_ATTR(private);
SIM_ITEM_ATTR(coalesce_ops);
SIM_ITEM_ATTR(coalesce_us);
SIM_ITEM_ATTR(iova);
SIM_ITEM_ATTR(seed);

static ssize_t sim_item_live_show(struct config_item *item, char *page)
{
	struct sim_item *si = to_sim_item(item);

	guard(mutex)(&si->lock);
	return sysfs_emit(page, "%d\n", !!si->sim);
}

static ssize_t sim_item_live_store(struct config_item *item, const char *page,
				   size_t count)
{
	struct sim_item *si = to_sim_item(item);
	struct dma_sim *sim;
	bool live;
	int ret;

	ret = kstrtobool(page, &live);
	if (ret)
		return ret;

	guard(mutex)(&si->lock);
	if (live == !!si->sim)
		return -EBUSY;
	if (live) {
		sim = dma_sim_create(&si->config);
		if (IS_ERR(sim))
			return PTR_ERR(sim);
		si->sim = sim;
	} else {
		dma_sim_destroy(si->sim);
		si->sim = NULL;
	}
	return count;
}
CONFIGFS_ATTR(sim_item_, live);

static ssize_t sim_item_dev_name_show(struct config_item *item, char *page)
{
	struct sim_item *si = to_sim_item(item);

	guard(mutex)(&si->lock);
	return sysfs_emit(page, "%s\n",
			  si->sim ? dev_name(dma_sim_device(si->sim)) : "");
}
CONFIGFS_ATTR_RO(sim_item_, dev_name);

static ssize_t sim_item_print(struct config_item *item, char *page,
			      void (*print)(struct dma_sim *sim,
					    struct seq_buf *s))
{
	struct sim_item *si = to_sim_item(item);
	struct seq_buf s;

	seq_buf_init(&s, page, PAGE_SIZE);
	guard(mutex)(&si->lock);
	if (si->sim)
		print(si->sim, &s);
	return seq_buf_used(&s);
}

static ssize_t sim_item_counters_show(struct config_item *item, char *page)
{
	return sim_item_print(item, page, sim_counters_print);
}
CONFIGFS_ATTR_RO(sim_item_, counters);

static ssize_t sim_item_fault_show(struct config_item *item, char *page)
{
	return sim_item_print(item, page, sim_faults_print);
}

static ssize_t sim_item_fault_store(struct config_item *item, const char *page,
				    size_t count)
{
	char *command __free(kfree) = kstrndup(page, count, GFP_KERNEL);
	struct sim_item *si = to_sim_item(item);
	int ret;

	if (!command)
		return -ENOMEM;
	guard(mutex)(&si->lock);
	if (!si->sim)
		return -ENODEV;
	ret = sim_fault_command(si->sim, command);
	return ret ?: count;
}
CONFIGFS_ATTR(sim_item_, fault);

static struct configfs_attribute *sim_item_attrs[] = {
	&sim_item_attr_kinds,
	&sim_item_attr_channels,
	&sim_item_attr_ring,
	&sim_item_attr_node,
	&sim_item_attr_max_xor,
	&sim_item_attr_max_pq,
	&sim_item_attr_pq_continue,
	&sim_item_attr_copy_align,
	&sim_item_attr_fill_align,
	&sim_item_attr_xor_align,
	&sim_item_attr_pq_align,
	&sim_item_attr_delay_ns,
	&sim_item_attr_delay_kib_ns,
	&sim_item_attr_in_order,
	&sim_item_attr_callback_unlocked,
	&sim_item_attr_offload_always,
	&sim_item_attr_private,
	&sim_item_attr_coalesce_ops,
	&sim_item_attr_coalesce_us,
	&sim_item_attr_iova,
	&sim_item_attr_seed,
	&sim_item_attr_live,
	&sim_item_attr_dev_name,
	&sim_item_attr_counters,
	&sim_item_attr_fault,
	NULL
};

static void sim_item_release(struct config_item *item)
{
	struct sim_item *si = to_sim_item(item);

	mutex_destroy(&si->lock);
	kfree(si);
}

static struct configfs_item_operations sim_item_ops = {
	.release = sim_item_release,
};

static const struct config_item_type sim_item_type = {
	.ct_item_ops = &sim_item_ops,
	.ct_attrs = sim_item_attrs,
	.ct_owner = THIS_MODULE,
};

static struct config_item *sim_make_item(struct config_group *group,
					 const char *name)
{
	struct sim_item *si = kzalloc(sizeof(*si), GFP_KERNEL);

	if (!si)
		return ERR_PTR(-ENOMEM);
	si->config = dma_sim_defaults;
	if (strscpy(si->config.name, name) < 0) {
		kfree(si);
		return ERR_PTR(-ENAMETOOLONG);
	}
	mutex_init(&si->lock);
	config_item_init_type_name(&si->item, name, &sim_item_type);
	return &si->item;
}

/* Whoever still has a file open keeps the directory, but not the engine. */
static void sim_drop_item(struct config_group *group, struct config_item *item)
{
	struct sim_item *si = to_sim_item(item);

	scoped_guard(mutex, &si->lock) {
		if (si->sim)
			dma_sim_destroy(si->sim);
		si->sim = NULL;
	}
	config_item_put(item);
}

static struct configfs_group_operations sim_group_ops = {
	.make_item = sim_make_item,
	.drop_item = sim_drop_item,
};

static const struct config_item_type sim_group_type = {
	.ct_group_ops = &sim_group_ops,
	.ct_owner = THIS_MODULE,
};

static struct configfs_subsystem sim_subsys = {
	.su_group = {
		.cg_item = {
			.ci_namebuf = SIM_NAME,
			.ci_type = &sim_group_type,
		},
	},
};

/**
 * sim_configfs_init - let engines be made through configfs
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int sim_configfs_init(void)
{
	config_group_init(&sim_subsys.su_group);
	mutex_init(&sim_subsys.su_mutex);
	return configfs_register_subsystem(&sim_subsys);
}

/**
 * sim_configfs_exit - undo sim_configfs_init()
 *
 * There are no engines left that were made this way: they keep the module.
 *
 * Context: may sleep.
 */
void sim_configfs_exit(void)
{
	configfs_unregister_subsystem(&sim_subsys);
	mutex_destroy(&sim_subsys.su_mutex);
}
