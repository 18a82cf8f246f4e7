/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Engines for the dmaengine tests that do nothing but keep books
 */
#ifndef DMAENGINE_TESTS_FAKE_H
#define DMAENGINE_TESTS_FAKE_H

#include <kunit/test.h>
#include <linux/dma_offload.h>
#include <linux/dmaengine.h>
#include <linux/platform_device.h>

#define FAKE_MAX_CHANS	8
#define FAKE_MAX_DEVS	4

/* Errno for what a test makes fail: nobody else returns it. */
#define FAKE_ERR	(-EXFULL)

/**
 * struct fake_chan - a channel
 * @chan: what the core sees
 * @resources: allocations of its resources less releases: 0 or 1
 * @alloc_err: what allocating resources shall return
 * @issued: calls of device_issue_pending
 * @synced: calls of device_synchronize
 * @status: what device_tx_status shall return
 * @polls: calls of device_tx_status until it does; %DMA_IN_PROGRESS before
 * @polled: calls of device_tx_status
 * @added: the offload user has it
 * @priv: what the offload user has stored
 */
struct fake_chan {
	struct dma_chan chan;
	int resources;
	int alloc_err;
	int issued;
	int synced;
	enum dma_status status;
	int polls;
	int polled;
	bool added;
	void *priv;
};

/**
 * struct fake_dev - an engine
 * @dma: what the core sees
 * @pdev: its platform device, with a driver of this module
 * @nr_chans: channels that it is registered with
 * @released: calls of device_release
 * @chans: its channels, whether registered or not
 */
struct fake_dev {
	struct dma_device dma;
	struct platform_device *pdev;
	int nr_chans;
	int released;
	struct fake_chan chans[FAKE_MAX_CHANS];
};

int fake_driver_register(void);
void fake_driver_unregister(void);

struct fake_dev *fake_make(struct kunit *test, int nr_chans);
void fake_set_caps(struct fake_dev *fd, unsigned long caps);
int fake_register(struct fake_dev *fd);
void fake_unregister(struct fake_dev *fd);
struct fake_dev *fake_registered(struct kunit *test, int nr_chans, unsigned long caps);
struct platform_device *fake_client(struct kunit *test, const char *name);
void fake_only_user(struct kunit *test);

static inline struct fake_chan *to_fake_chan(struct dma_chan *chan)
{
	return container_of(chan, struct fake_chan, chan);
}

static inline struct fake_dev *to_fake_dev(struct dma_device *dma)
{
	return container_of(dma, struct fake_dev, dma);
}

#endif /* DMAENGINE_TESTS_FAKE_H */
