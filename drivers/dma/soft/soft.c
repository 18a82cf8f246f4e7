// SPDX-License-Identifier: GPL-2.0-only
/*
 * Software DMA engine: module, device and driver.
 */

/**
 * DOC: dma-soft
 *
 * A DMA engine without hardware.  It copies, fills, and computes and checks the
 * parity of RAID sets like an offload engine does, on CPUs that the
 * administrator can spare: each channel is a kernel thread.  Clients of
 * dmaengine and of async_tx use it as they use any other engine.
 *
 * Nothing of it is active unless asked for: by loading the module, or, where it
 * is built in, by dma_soft.channels= on the kernel command line.
 *
 * The engine is a platform device, "dma-soft", and can be unbound from its
 * driver at any time.  Clients that hold a channel by then keep it, in working
 * order, until they release it.
 */
#include <linux/bits.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/nodemask.h>
#include <linux/platform_device.h>
#include <linux/sched/prio.h>
#include <linux/slab.h>

#include "soft.h"

/* A number of channels that stands for "as many as fit the machine". */
#define SOFT_CHANNELS_AUTO	(-1)

static int channels = IS_MODULE(CONFIG_DMA_SOFT) ? SOFT_CHANNELS_AUTO : 0;
module_param(channels, int, 0444);
MODULE_PARM_DESC(channels,
		 "Number of channels; 0: no engine; -1 (default of the module): one for each CPU in cpus, else one for two online CPUs");

static unsigned int ring = 256;
module_param(ring, uint, 0444);
MODULE_PARM_DESC(ring, "Descriptors of each channel, a power of two (default 256)");

static char *cpus;
module_param(cpus, charp, 0444);
MODULE_PARM_DESC(cpus, "CPUs to bind the channels' threads to, in turn, as a list such as 2,4-7 (default: not bound)");

static int node = NUMA_NO_NODE;
module_param(node, int, 0444);
MODULE_PARM_DESC(node, "NUMA node of the engine (default -1: none)");

static int nice;
module_param(nice, int, 0444);
MODULE_PARM_DESC(nice, "Nice level of the channels' threads, -20 to 19 (default 0)");

/* The device that the module parameters describe, if there is to be one. */
static struct platform_device *soft_pdev;

/* What the module parameters say, brought into range; platform data of it. */
static struct soft_config soft_module_config;

static void soft_release(struct dma_device *dma)
{
	struct device *dev = dma->dev;

	kfree(to_soft_dev(dma));
	put_device(dev);
}

static int soft_probe(struct platform_device *pdev)
{
	const struct soft_config *config = dev_get_platdata(&pdev->dev);
	struct device *dev = &pdev->dev;
	struct dma_device *dma;
	struct soft_dev *sd;
	unsigned int i, nr_cpus;
	int ret;

	if (!config)
		return -EINVAL;
	ret = soft_direct_setup(dev);
	if (ret)
		return ret;

	sd = kzalloc_node(struct_size(sd, chans, config->channels), GFP_KERNEL,
			  config->node);
	if (!sd)
		return -ENOMEM;
	sd->config = *config;

	dma = &sd->dma;
	INIT_LIST_HEAD(&dma->channels);
	dma->dev = dev;
	dma->directions = BIT(DMA_MEM_TO_MEM);
	dma->residue_granularity = DMA_RESIDUE_GRANULARITY_DESCRIPTOR;
	soft_set_prep(dma);
	if (config->private)
		dma_cap_set(DMA_PRIVATE, dma->cap_mask);
	dma->device_alloc_chan_resources = soft_alloc_chan_resources;
	dma->device_free_chan_resources = soft_free_chan_resources;
	dma->device_issue_pending = soft_issue_pending;
	dma->device_tx_status = soft_tx_status;
	dma->device_pause = soft_pause;
	dma->device_resume = soft_resume;
	dma->device_terminate_all = soft_terminate_all;
	dma->device_synchronize = soft_synchronize;
	dma->device_stop = soft_stop;
	dma->callback_unlocked = true;
	/* Who loads it wants to spend other CPUs. */
	dma->offload_always = true;
	dma->device_release = soft_release;

	nr_cpus = cpumask_weight(&sd->config.cpus);
	for (i = 0; i < config->channels; i++)
		soft_chan_init(sd, i, nr_cpus ? cpumask_nth(i % nr_cpus,
							    &sd->config.cpus) :
						-1);

	/* Clients map their buffers for it as long as they hold a channel. */
	get_device(dev);
	ret = dma_async_device_register(dma);
	if (ret) {
		soft_release(dma);
		return dev_err_probe(dev, ret, "cannot register\n");
	}
	platform_set_drvdata(pdev, sd);
	soft_stats_register(sd);
	dev_info(dev, "%u channels of %u descriptors\n", config->channels,
		 config->ring);
	return 0;
}

static void soft_remove(struct platform_device *pdev)
{
	struct soft_dev *sd = platform_get_drvdata(pdev);

	dma_async_device_unregister(&sd->dma);
}

static struct platform_driver soft_driver = {
	.probe = soft_probe,
	.remove = soft_remove,
	.driver = {
		.name = SOFT_NAME,
	},
};

/* Turn the module parameters into a configuration; say what does not do. */
static int __init soft_parse_params(struct soft_config *config)
{
	unsigned int online = num_online_cpus();
	int ret;

	if (cpus) {
		ret = cpulist_parse(cpus, &config->cpus);
		if (ret) {
			pr_err("%s: cpus=%s is not a list of CPUs\n", SOFT_NAME,
			       cpus);
			return ret;
		}
		cpumask_and(&config->cpus, &config->cpus, cpu_online_mask);
		online = cpumask_weight(&config->cpus);
		if (!online) {
			pr_err("%s: no CPU of cpus=%s is online\n", SOFT_NAME,
			       cpus);
			return -EINVAL;
		}
	}

	if (channels < SOFT_CHANNELS_AUTO || channels > SOFT_MAX_CHANNELS) {
		pr_err("%s: channels=%d is not in -1 to %d\n", SOFT_NAME,
		       channels, SOFT_MAX_CHANNELS);
		return -EINVAL;
	}
	if (channels == SOFT_CHANNELS_AUTO)
		config->channels = clamp(cpus ? online : online / 2, 1,
					 SOFT_MAX_CHANNELS);
	else
		config->channels = channels;

	if (!is_power_of_2(ring) || ring < SOFT_MIN_RING ||
	    ring > SOFT_MAX_RING) {
		pr_err("%s: ring=%u is not a power of two in %d to %d\n",
		       SOFT_NAME, ring, SOFT_MIN_RING, SOFT_MAX_RING);
		return -EINVAL;
	}
	config->ring = ring;

	if (node != NUMA_NO_NODE &&
	    (node < 0 || node >= MAX_NUMNODES || !node_online(node))) {
		pr_err("%s: node=%d is not online\n", SOFT_NAME, node);
		return -EINVAL;
	}
	config->node = node;

	if (nice < MIN_NICE || nice > MAX_NICE) {
		pr_err("%s: nice=%d is not in %d to %d\n", SOFT_NAME, nice,
		       MIN_NICE, MAX_NICE);
		return -EINVAL;
	}
	config->nice = nice;
	return 0;
}

static int __init soft_add_device(const struct soft_config *config)
{
	int ret;

	soft_pdev = platform_device_alloc(SOFT_NAME, PLATFORM_DEVID_NONE);
	if (!soft_pdev)
		return -ENOMEM;

	set_dev_node(&soft_pdev->dev, config->node);
	ret = platform_device_add_data(soft_pdev, config, sizeof(*config));
	if (!ret)
		ret = platform_device_add(soft_pdev);
	if (ret)
		platform_device_put(soft_pdev);
	return ret;
}

static int __init soft_init(void)
{
	int ret = soft_parse_params(&soft_module_config);

	if (ret)
		return ret;
	ret = platform_driver_register(&soft_driver);
	if (ret || !soft_module_config.channels)
		return ret;

	ret = soft_add_device(&soft_module_config);
	if (ret) {
		soft_pdev = NULL;
		platform_driver_unregister(&soft_driver);
	}
	return ret;
}
module_init(soft_init);

static void __exit soft_exit(void)
{
	if (soft_pdev)
		platform_device_unregister(soft_pdev);
	platform_driver_unregister(&soft_driver);
}
module_exit(soft_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Software DMA engine");
MODULE_IMPORT_NS(DMA_SOFT);
