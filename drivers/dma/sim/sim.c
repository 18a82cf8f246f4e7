// SPDX-License-Identifier: GPL-2.0-only
/*
 * Simulated DMA engines: module, devices and driver.
 */

/**
 * DOC: dma-sim
 *
 * DMA engines that consist of nothing but software, for tests: of async_tx and
 * its users, of dmaengine, and of anything else that moves memory with engines.
 * Each has the abilities, limits and delays that it is given, fails in the ways
 * it is told to, and reports clients that break the rules of the DMA API.
 *
 * An engine is a platform device, "dma-sim.0" and so on, that a platform driver
 * is bound to.  It is made through configfs, by the module parameter "engines",
 * or by a test module with dma_sim_create().
 */
#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/idr.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/wait_bit.h>
#include <linux/workqueue.h>

#include "sim.h"

static char *engines;
module_param(engines, charp, 0444);
MODULE_PARM_DESC(engines,
		 "Engines to make: name:parameter=value:..., separated by semicolons");

struct workqueue_struct *sim_wq;

/* Numbers of the devices. */
static DEFINE_IDA(sim_ids);

/* Engines whose memory is still there: the module must outlive it. */
static atomic_t sim_nr = ATOMIC_INIT(0);

/* Those of the module parameter. */
static LIST_HEAD(sim_engines);

/*
 * Driver
 */

static void sim_dev_release(struct dma_device *dma)
{
	struct sim_dev *sd = to_sim_dev(dma);
	struct dma_sim *sim = sd->sim;
	unsigned int i;

	/* dma_sim_vanish() looks at channels that nobody has, too. */
	for (i = 0; i < sim->config.channels; i++)
		cancel_work_sync(&sd->chans[i].run_work);
	kfree(sd);
	put_device(&sim->pdev.dev);
}

static struct sim_dev *sim_dev_alloc(struct dma_sim *sim)
{
	const struct dma_sim_config *config = &sim->config;
	struct dma_device *dma;
	struct sim_dev *sd;
	unsigned int i;

	sd = kzalloc_node(struct_size(sd, chans, config->channels), GFP_KERNEL,
			  config->node);
	if (!sd)
		return NULL;
	sd->sim = sim;
	spin_lock_init(&sd->order_lock);
	INIT_LIST_HEAD(&sd->order);

	dma = &sd->dma;
	INIT_LIST_HEAD(&dma->channels);
	dma->dev = &sim->pdev.dev;
	dma->directions = BIT(DMA_MEM_TO_MEM);
	dma->residue_granularity = DMA_RESIDUE_GRANULARITY_DESCRIPTOR;
	sim_set_prep(dma, config);
	if (config->private)
		dma_cap_set(DMA_PRIVATE, dma->cap_mask);
	dma->device_alloc_chan_resources = sim_alloc_chan_resources;
	dma->device_free_chan_resources = sim_free_chan_resources;
	dma->device_issue_pending = sim_issue_pending;
	dma->device_tx_status = sim_tx_status;
	dma->device_pause = sim_pause;
	dma->device_resume = sim_resume;
	dma->device_terminate_all = sim_terminate_all;
	dma->device_synchronize = sim_synchronize;
	dma->device_stop = sim_stop;
	dma->callback_unlocked = config->callback_unlocked;
	dma->offload_always = config->offload_always;
	dma->device_release = sim_dev_release;

	for (i = 0; i < config->channels; i++)
		sim_chan_init(sd, i);
	return sd;
}

static int sim_probe(struct platform_device *pdev)
{
	struct dma_sim *sim = container_of(pdev, struct dma_sim, pdev);
	struct device *dev = &pdev->dev;
	struct sim_dev *sd;
	int ret;

	guard(mutex)(&sim->lock);
	set_dev_node(dev, sim->config.node);
	if (sim->config.iova)
		ret = sim_space_setup(sim);
	else
		ret = soft_direct_setup(dev);
	if (ret) {
		sim->probe_error = ret;
		return ret;
	}

	sd = sim_dev_alloc(sim);
	if (!sd) {
		sim->probe_error = -ENOMEM;
		return -ENOMEM;
	}

	/* Clients map their buffers for it as long as they hold a channel. */
	get_device(dev);
	ret = dma_async_device_register(&sd->dma);
	if (ret) {
		sim->probe_error = ret;
		sim_dev_release(&sd->dma);
		return dev_err_probe(dev, ret, "cannot register\n");
	}
	sim->sd = sd;
	dev_info(dev, "%s: %u channels of %u descriptors\n", sim->config.name,
		 sim->config.channels, sim->config.ring);
	return 0;
}

static void sim_remove(struct platform_device *pdev)
{
	struct dma_sim *sim = container_of(pdev, struct dma_sim, pdev);
	struct sim_dev *sd;

	scoped_guard(mutex, &sim->lock) {
		sd = sim->sd;
		sim->sd = NULL;
		sim->probe_error = -ENODEV;
	}
	dma_async_device_unregister(&sd->dma);
}

static struct platform_driver sim_driver = {
	.probe = sim_probe,
	.remove = sim_remove,
	.driver = {
		.name = SIM_NAME,
	},
};

/*
 * Devices
 */

static void sim_release(struct device *dev)
{
	struct dma_sim *sim = dev_to_sim(dev);

	sim_space_destroy(sim);
	ida_free(&sim_ids, sim->pdev.id);
	mutex_destroy(&sim->lock);
	kfree(sim);
	if (atomic_dec_and_test(&sim_nr))
		wake_up_var(&sim_nr);
}

static struct dma_sim *sim_alloc(const struct dma_sim_config *config)
{
	struct dma_sim *sim = kzalloc(sizeof(*sim), GFP_KERNEL);
	int id;

	if (!sim)
		return ERR_PTR(-ENOMEM);
	id = ida_alloc(&sim_ids, GFP_KERNEL);
	if (id < 0) {
		kfree(sim);
		return ERR_PTR(id);
	}
	atomic_inc(&sim_nr);

	sim->config = *config;
	if (!*sim->config.name)
		snprintf(sim->config.name, sizeof(sim->config.name), "%s.%d",
			 SIM_NAME, id);
	mutex_init(&sim->lock);
	sim->probe_error = -ENODEV;
	spin_lock_init(&sim->stats_lock);
	sim_faults_init(sim);
	sim->pdev.name = SIM_NAME;
	sim->pdev.id = id;
	sim->pdev.dev.release = sim_release;
	sim_space_init(sim);
	return sim;
}

/**
 * dma_sim_create - make a simulated engine
 * @config: what it is like
 *
 * When this returns it is bound and registered; a public one may be at work.
 *
 * Context: may sleep.
 * Return: the engine, or an ERR_PTR(): -EINVAL if @config is not valid, -ENODEV
 * without &dma_sim_config.iova where bus addresses are not physical addresses,
 * or another errno.
 */
struct dma_sim *dma_sim_create(const struct dma_sim_config *config)
{
	struct dma_sim *sim;
	int ret;

	ret = sim_config_check(config);
	if (ret)
		return ERR_PTR(ret);
	sim = sim_alloc(config);
	if (IS_ERR(sim))
		return sim;

	ret = platform_device_register(&sim->pdev);
	if (ret) {
		platform_device_put(&sim->pdev);
		return ERR_PTR(ret);
	}
	sim_debugfs_add(sim);

	scoped_guard(mutex, &sim->lock)
		ret = sim->sd ? 0 : sim->probe_error;
	if (ret) {
		dma_sim_destroy(sim);
		return ERR_PTR(ret);
	}
	return sim;
}
EXPORT_SYMBOL_NS_GPL(dma_sim_create, DMA_SIM);

/**
 * dma_sim_destroy - end a simulated engine
 * @sim: the engine; not to be used afterwards
 *
 * It is unregistered, at any time.  Clients that have requested a channel keep
 * that, in working order, until they release it.
 *
 * Context: may sleep.
 */
void dma_sim_destroy(struct dma_sim *sim)
{
	sim_debugfs_del(sim);
	platform_device_unregister(&sim->pdev);
}
EXPORT_SYMBOL_NS_GPL(dma_sim_destroy, DMA_SIM);

/**
 * dma_sim_device - the device of an engine
 * @sim: the engine
 *
 * Its name is that of the engine in counters of others, and &dma_chan.device of
 * the engine's channels has it as &dma_device.dev.
 *
 * Context: any.
 * Return: the device, without a reference of its own.
 */
struct device *dma_sim_device(struct dma_sim *sim)
{
	return &sim->pdev.dev;
}
EXPORT_SYMBOL_NS_GPL(dma_sim_device, DMA_SIM);

/**
 * dma_sim_bind - bind an engine to its driver
 * @sim: the engine
 *
 * A device that had vanished is there again.
 *
 * Context: may sleep.
 * Return: 0, also if it was bound already, or a negative errno.
 */
int dma_sim_bind(struct dma_sim *sim)
{
	int ret = device_attach(&sim->pdev.dev);

	if (ret < 0)
		return ret;
	guard(mutex)(&sim->lock);
	return sim->sd ? 0 : sim->probe_error;
}
EXPORT_SYMBOL_NS_GPL(dma_sim_bind, DMA_SIM);

/**
 * dma_sim_unbind - unbind an engine from its driver
 * @sim: the engine
 *
 * The same as writing its device's name to the driver's file unbind in sysfs.
 *
 * Context: may sleep.
 */
void dma_sim_unbind(struct dma_sim *sim)
{
	device_release_driver(&sim->pdev.dev);
}
EXPORT_SYMBOL_NS_GPL(dma_sim_unbind, DMA_SIM);

/**
 * dma_sim_vanish - surprise removal
 * @sim: the engine; nothing happens if it is not bound
 *
 * When this returns nothing is read or written any more, whatever is in flight
 * will never complete, and all that can be read from the device is ones.  The
 * driver does not know yet: dma_sim_unbind() would be next.
 *
 * Context: may sleep.
 */
void dma_sim_vanish(struct dma_sim *sim)
{
	struct sim_dev *sd;
	unsigned int i;

	guard(mutex)(&sim->lock);
	sd = sim->sd;
	if (!sd || xchg(&sd->gone, true))
		return;
	sim_fault_report(sim, DMA_SIM_VANISH);
	for (i = 0; i < sim->config.channels; i++) {
		struct sim_chan *sc = &sd->chans[i];

		/* Whoever has seen it there is through with it after this. */
		spin_lock_bh(&sc->exec_lock);
		spin_unlock_bh(&sc->exec_lock);
		queue_work(sim_wq, &sc->run_work);
	}
}
EXPORT_SYMBOL_NS_GPL(dma_sim_vanish, DMA_SIM);

/*
 * Module
 */

static void sim_destroy_engines(void)
{
	struct dma_sim *sim, *next;

	list_for_each_entry_safe(sim, next, &sim_engines, node)
		dma_sim_destroy(sim);
}

/* Make what the module parameter describes. */
static int __init sim_create_engines(void)
{
	char *text __free(kfree) = kstrdup(engines ?: "", GFP_KERNEL);
	char *rest = text, *word;
	struct dma_sim *sim;
	int ret;

	if (!text)
		return -ENOMEM;
	while ((word = strsep(&rest, ";"))) {
		struct dma_sim_config config = dma_sim_defaults;

		if (!*strim(word))
			continue;
		ret = sim_config_parse(&config, strim(word));
		if (ret)
			return ret;
		sim = dma_sim_create(&config);
		if (IS_ERR(sim))
			return PTR_ERR(sim);
		list_add_tail(&sim->node, &sim_engines);
	}
	return 0;
}

static void sim_wait_released(void)
{
	wait_var_event(&sim_nr, !atomic_read(&sim_nr));
}

static int __init sim_init(void)
{
	int ret;

	sim_wq = alloc_workqueue(SIM_NAME, WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	if (!sim_wq)
		return -ENOMEM;
	sim_debugfs_init();

	ret = platform_driver_register(&sim_driver);
	if (ret)
		goto err_wq;
	ret = sim_create_engines();
	if (ret)
		goto err_engines;
	ret = sim_configfs_init();
	if (ret)
		goto err_engines;
	return 0;

err_engines:
	sim_destroy_engines();
	platform_driver_unregister(&sim_driver);
	sim_wait_released();
err_wq:
	sim_debugfs_exit();
	destroy_workqueue(sim_wq);
	return ret;
}
module_init(sim_init);

static void __exit sim_exit(void)
{
	sim_configfs_exit();
	sim_destroy_engines();
	platform_driver_unregister(&sim_driver);
	sim_wait_released();
	sim_debugfs_exit();
	destroy_workqueue(sim_wq);
}
module_exit(sim_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Simulated DMA engines");
MODULE_IMPORT_NS(DMA_SOFT);
