// SPDX-License-Identifier: GPL-2.0-only
/*
 * Engines for the dmaengine tests that do nothing but keep books
 */
#include <linux/dma-mapping.h>
#include <linux/module.h>

#include "fake.h"

/* Fakes that are registered, for the cleanup of a test that has failed. */
static struct fake_dev *fakes[FAKE_MAX_DEVS];

static int fake_probe(struct platform_device *pdev)
{
	return dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
}

static struct platform_driver fake_driver = {
	.probe = fake_probe,
	.driver.name = "dmaengine-fake",
};

int fake_driver_register(void)
{
	return platform_driver_register(&fake_driver);
}

void fake_driver_unregister(void)
{
	platform_driver_unregister(&fake_driver);
}

static int fake_alloc(struct dma_chan *chan)
{
	struct fake_chan *fc = to_fake_chan(chan);

	if (fc->alloc_err)
		return fc->alloc_err;
	fc->resources++;
	return 1;
}

static void fake_free(struct dma_chan *chan)
{
	to_fake_chan(chan)->resources--;
}

static void fake_synchronize(struct dma_chan *chan)
{
	to_fake_chan(chan)->synced++;
}

static void fake_issue(struct dma_chan *chan)
{
	to_fake_chan(chan)->issued++;
}

static enum dma_status fake_status(struct dma_chan *chan, dma_cookie_t cookie,
				   struct dma_tx_state *state)
{
	struct fake_chan *fc = to_fake_chan(chan);

	if (state)
		*state = (struct dma_tx_state){ .last = chan->completed_cookie,
						.used = chan->cookie };
	return fc->polled++ < fc->polls ? DMA_IN_PROGRESS : fc->status;
}

static void fake_release(struct dma_device *dma)
{
	to_fake_dev(dma)->released++;
}

static struct dma_async_tx_descriptor *
fake_memcpy(struct dma_chan *chan, dma_addr_t dst, dma_addr_t src, size_t len,
	    unsigned long flags)
{
	return NULL;
}

static struct dma_async_tx_descriptor *
fake_xor(struct dma_chan *chan, dma_addr_t dst, dma_addr_t *src,
	 unsigned int src_cnt, size_t len, unsigned long flags)
{
	return NULL;
}

static struct dma_async_tx_descriptor *
fake_xor_val(struct dma_chan *chan, dma_addr_t *src, unsigned int src_cnt,
	     size_t len, enum sum_check_flags *result, unsigned long flags)
{
	return NULL;
}

static struct dma_async_tx_descriptor *
fake_pq(struct dma_chan *chan, dma_addr_t *dst, dma_addr_t *src,
	unsigned int src_cnt, const unsigned char *scf, size_t len,
	unsigned long flags)
{
	return NULL;
}

static struct dma_async_tx_descriptor *
fake_pq_val(struct dma_chan *chan, dma_addr_t *pq, dma_addr_t *src,
	    unsigned int src_cnt, const unsigned char *scf, size_t len,
	    enum sum_check_flags *pqres, unsigned long flags)
{
	return NULL;
}

static struct dma_async_tx_descriptor *
fake_memset(struct dma_chan *chan, dma_addr_t dest, int value, size_t len,
	    unsigned long flags)
{
	return NULL;
}

static struct dma_async_tx_descriptor *
fake_interrupt(struct dma_chan *chan, unsigned long flags)
{
	return NULL;
}

static struct dma_async_tx_descriptor *
fake_cyclic(struct dma_chan *chan, dma_addr_t buf_addr, size_t buf_len,
	    size_t period_len, enum dma_transfer_direction direction,
	    unsigned long flags)
{
	return NULL;
}

static struct dma_async_tx_descriptor *
fake_interleaved(struct dma_chan *chan, struct dma_interleaved_template *xt,
		 unsigned long flags)
{
	return NULL;
}

static void fake_unplug(void *pdev)
{
	platform_device_unregister(pdev);
}

/* A platform device, until the end of the test. */
static struct platform_device *fake_plug(struct kunit *test, const char *name, int id)
{
	struct platform_device *pdev;

	pdev = platform_device_register_simple(name, id, NULL, 0);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, pdev);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, fake_unplug, pdev), 0);
	return pdev;
}

/* The device of a client, of no driver. */
struct platform_device *fake_client(struct kunit *test, const char *name)
{
	return fake_plug(test, name, PLATFORM_DEVID_NONE);
}

static void fake_cleanup(void *data)
{
	struct fake_dev *fd = data;
	int i;

	for (i = 0; i < FAKE_MAX_DEVS; i++)
		if (fakes[i] == fd)
			fake_unregister(fd);
}

/* An engine that is not registered, without capabilities. */
struct fake_dev *fake_make(struct kunit *test, int nr_chans)
{
	struct fake_dev *fd;
	int i;

	KUNIT_ASSERT_LE(test, nr_chans, FAKE_MAX_CHANS);
	fd = kunit_kzalloc(test, sizeof(*fd), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fd);
	fd->pdev = fake_plug(test, fake_driver.driver.name, PLATFORM_DEVID_AUTO);
	KUNIT_ASSERT_NOT_NULL(test, fd->pdev->dev.driver);

	fd->nr_chans = nr_chans;
	fd->dma.dev = &fd->pdev->dev;
	INIT_LIST_HEAD(&fd->dma.channels);
	for (i = 0; i < FAKE_MAX_CHANS; i++) {
		fd->chans[i].chan.device = &fd->dma;
		if (i < nr_chans)
			list_add_tail(&fd->chans[i].chan.device_node, &fd->dma.channels);
	}
	fd->dma.device_alloc_chan_resources = fake_alloc;
	fd->dma.device_free_chan_resources = fake_free;
	fd->dma.device_synchronize = fake_synchronize;
	fd->dma.device_issue_pending = fake_issue;
	fd->dma.device_tx_status = fake_status;
	fd->dma.device_release = fake_release;
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, fake_cleanup, fd), 0);
	return fd;
}

/* Give an engine the capabilities of a mask, and the operations for them. */
void fake_set_caps(struct fake_dev *fd, unsigned long caps)
{
	struct dma_device *dma = &fd->dma;

	dma_cap_zero(dma->cap_mask);
	*dma->cap_mask.bits = caps;
	dma->device_prep_dma_memcpy = fake_memcpy;
	dma->device_prep_dma_xor = fake_xor;
	dma->device_prep_dma_xor_val = fake_xor_val;
	dma->device_prep_dma_pq = fake_pq;
	dma->device_prep_dma_pq_val = fake_pq_val;
	dma->device_prep_dma_memset = fake_memset;
	dma->device_prep_dma_interrupt = fake_interrupt;
	dma->device_prep_dma_cyclic = fake_cyclic;
	dma->device_prep_interleaved_dma = fake_interleaved;
}

int fake_register(struct fake_dev *fd)
{
	int i, err;

	for (i = 0; i < FAKE_MAX_DEVS && fakes[i]; i++)
		;
	if (i == FAKE_MAX_DEVS)
		return -ENOSPC;
	fd->released = 0;
	err = dma_async_device_register(&fd->dma);
	if (!err)
		fakes[i] = fd;
	return err;
}

void fake_unregister(struct fake_dev *fd)
{
	int i;

	for (i = 0; i < FAKE_MAX_DEVS; i++)
		if (fakes[i] == fd)
			fakes[i] = NULL;
	dma_async_device_unregister(&fd->dma);
}

/* An engine that is registered, at the latest until the end of the test. */
struct fake_dev *fake_registered(struct kunit *test, int nr_chans, unsigned long caps)
{
	struct fake_dev *fd = fake_make(test, nr_chans);

	fake_set_caps(fd, caps);
	KUNIT_ASSERT_EQ_MSG(test, fake_register(fd), 0, "caps %lx", caps);
	return fd;
}

static int probe_added(struct dma_chan *chan, void **priv)
{
	return FAKE_ERR;
}

static void probe_removed(struct dma_chan *chan, void *priv)
{
}

/*
 * Skip a test of what public users hold if there are others than its own, or
 * other engines.
 */
void fake_only_user(struct kunit *test)
{
	static const struct dma_offload_ops probe = {
		.chan_added = probe_added,
		.chan_removed = probe_removed,
	};
	bool others = false;
	int cap;

	if (dma_offload_register(&probe))
		kunit_skip(test, "there is an offload user, async_tx");
	dma_offload_unregister(&probe);

	dmaengine_get();
	for (cap = 0; cap < DMA_TX_TYPE_END; cap++)
		others |= !!dma_find_channel(cap);
	dmaengine_put();
	if (others)
		kunit_skip(test, "there are other engines");
}
