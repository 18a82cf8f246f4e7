// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of registering and unregistering engines and channels
 */
#include <kunit/test.h>
#include <linux/module.h>

#include "fake.h"

#define PRIVATE_CAPS	(BIT(DMA_MEMCPY) | BIT(DMA_PRIVATE))

/* --- what is checked --- */

static void drop_memcpy(struct dma_device *dma)
{
	dma->device_prep_dma_memcpy = NULL;
}

static void drop_xor(struct dma_device *dma)
{
	dma->device_prep_dma_xor = NULL;
}

static void drop_xor_val(struct dma_device *dma)
{
	dma->device_prep_dma_xor_val = NULL;
}

static void drop_pq(struct dma_device *dma)
{
	dma->device_prep_dma_pq = NULL;
}

static void drop_pq_val(struct dma_device *dma)
{
	dma->device_prep_dma_pq_val = NULL;
}

static void drop_memset(struct dma_device *dma)
{
	dma->device_prep_dma_memset = NULL;
}

static void drop_interrupt(struct dma_device *dma)
{
	dma->device_prep_dma_interrupt = NULL;
}

static void drop_cyclic(struct dma_device *dma)
{
	dma->device_prep_dma_cyclic = NULL;
}

static void drop_interleaved(struct dma_device *dma)
{
	dma->device_prep_interleaved_dma = NULL;
}

static void drop_tx_status(struct dma_device *dma)
{
	dma->device_tx_status = NULL;
}

static void drop_issue_pending(struct dma_device *dma)
{
	dma->device_issue_pending = NULL;
}

/* @cap: DMA_TX_TYPE_END if it is needed always */
static const struct check {
	const char *name;
	int cap;
	void (*drop)(struct dma_device *dma);
} checks[] = {
	{ "memcpy", DMA_MEMCPY, drop_memcpy },
	{ "xor", DMA_XOR, drop_xor },
	{ "xor_val", DMA_XOR_VAL, drop_xor_val },
	{ "pq", DMA_PQ, drop_pq },
	{ "pq_val", DMA_PQ_VAL, drop_pq_val },
	{ "memset", DMA_MEMSET, drop_memset },
	{ "interrupt", DMA_INTERRUPT, drop_interrupt },
	{ "cyclic", DMA_CYCLIC, drop_cyclic },
	{ "interleaved", DMA_INTERLEAVE, drop_interleaved },
	{ "tx_status", DMA_TX_TYPE_END, drop_tx_status },
	{ "issue_pending", DMA_TX_TYPE_END, drop_issue_pending },
};

static void check_desc(const struct check *check, char *desc)
{
	strscpy(desc, check->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(check, checks, check_desc);

static void test_missing_operation(struct kunit *test)
{
	const struct check *check = test->param_value;
	const bool always = check->cap == DMA_TX_TYPE_END;
	struct fake_dev *fd = fake_make(test, 1);

	/* Claimed or always needed, and there. */
	fake_set_caps(fd, PRIVATE_CAPS | (always ? 0 : BIT(check->cap)));
	KUNIT_ASSERT_EQ(test, fake_register(fd), 0);
	fake_unregister(fd);

	check->drop(&fd->dma);
	KUNIT_EXPECT_EQ(test, fake_register(fd), -EIO);
	KUNIT_EXPECT_NULL_MSG(test, fd->chans[0].chan.dev, "%s: was not checked first",
			      check->name);
	if (always)
		return;

	/* Not claimed, not there. */
	fake_set_caps(fd, BIT(DMA_PRIVATE));
	check->drop(&fd->dma);
	KUNIT_EXPECT_EQ(test, fake_register(fd), 0);
}

static void test_missing_device(struct kunit *test)
{
	struct fake_dev *fd = fake_make(test, 1);

	KUNIT_EXPECT_EQ(test, dma_async_device_register(NULL), -ENODEV);
	fd->dma.dev = NULL;
	KUNIT_EXPECT_EQ(test, fake_register(fd), -EIO);
	fd->dma.dev = &fd->pdev->dev;
}

/* Which capabilities make a device good for all of async_tx, as configured. */
static void test_async_tx_cap(struct kunit *test)
{
	static const struct {
		int cap;
		bool needed;
	} caps[] = {
		{ DMA_INTERRUPT, IS_ENABLED(CONFIG_ASYNC_TX_DMA) },
		{ DMA_MEMCPY, IS_ENABLED(CONFIG_ASYNC_MEMCPY) },
		{ DMA_XOR, IS_ENABLED(CONFIG_ASYNC_XOR) },
		{ DMA_XOR_VAL, IS_ENABLED(CONFIG_ASYNC_XOR) &&
			       !IS_ENABLED(CONFIG_ASYNC_TX_DISABLE_XOR_VAL_DMA) },
		{ DMA_PQ, IS_ENABLED(CONFIG_ASYNC_PQ) },
		{ DMA_PQ_VAL, IS_ENABLED(CONFIG_ASYNC_PQ) &&
			      !IS_ENABLED(CONFIG_ASYNC_TX_DISABLE_PQ_VAL_DMA) },
	};
	struct fake_dev *fd = fake_make(test, 0);
	unsigned long mask;
	int set, i;
	bool want;

	for (set = 0; set < 1 << ARRAY_SIZE(caps); set++) {
		mask = BIT(DMA_PRIVATE);
		want = true;
		for (i = 0; i < ARRAY_SIZE(caps); i++) {
			if (set & BIT(i))
				mask |= BIT(caps[i].cap);
			else if (caps[i].needed)
				want = false;
		}
		fake_set_caps(fd, mask);
		KUNIT_ASSERT_EQ_MSG(test, fake_register(fd), 0, "caps %lx", mask);
		KUNIT_EXPECT_EQ_MSG(test, !!dma_has_cap(DMA_ASYNC_TX, fd->dma.cap_mask), want,
				    "caps %lx", mask);
		fake_unregister(fd);
	}
}

/* --- what is there afterwards --- */

static void test_names(struct kunit *test)
{
	struct fake_dev *fd[2];
	char name[32];
	int d, i;

	for (d = 0; d < 2; d++)
		fd[d] = fake_registered(test, 3, PRIVATE_CAPS);
	KUNIT_EXPECT_NE(test, fd[0]->dma.dev_id, fd[1]->dma.dev_id);

	for (d = 0; d < 2; d++) {
		KUNIT_EXPECT_EQ(test, fd[d]->dma.chancnt, 3);
		KUNIT_EXPECT_EQ(test, fd[d]->dma.privatecnt, 1);
		for (i = 0; i < 3; i++) {
			struct dma_chan *chan = &fd[d]->chans[i].chan;

			KUNIT_ASSERT_NOT_NULL(test, chan->dev);
			KUNIT_ASSERT_TRUE(test, chan->local);
			KUNIT_EXPECT_EQ(test, chan->chan_id, i);
			KUNIT_EXPECT_EQ(test, chan->client_count, 0);
			KUNIT_EXPECT_EQ(test, chan->dev->dev_id, fd[d]->dma.dev_id);
			KUNIT_EXPECT_PTR_EQ(test, chan->dev->chan, chan);
			KUNIT_EXPECT_PTR_EQ(test, chan->dev->device.parent, fd[d]->dma.dev);
			KUNIT_EXPECT_PTR_EQ(test, dmaengine_get_dma_device(chan), fd[d]->dma.dev);
			snprintf(name, sizeof(name), "dma%dchan%d", fd[d]->dma.dev_id, i);
			KUNIT_EXPECT_STREQ(test, dma_chan_name(chan), name);
		}
	}

	/* Mapping can be the channel's own. */
	fd[0]->chans[1].chan.dev->chan_dma_dev = true;
	KUNIT_EXPECT_PTR_EQ(test, dmaengine_get_dma_device(&fd[0]->chans[1].chan),
			    &fd[0]->chans[1].chan.dev->device);
}

static void test_unregister_unused(struct kunit *test)
{
	struct fake_dev *fd = fake_registered(test, 2, PRIVATE_CAPS);
	int round;

	for (round = 0; round < 3; round++) {
		fake_unregister(fd);
		KUNIT_EXPECT_EQ_MSG(test, fd->released, 1, "round %d", round);
		KUNIT_EXPECT_NULL(test, fd->chans[0].chan.dev);
		KUNIT_EXPECT_FALSE(test, fd->chans[0].chan.local);
		KUNIT_EXPECT_EQ(test, fd->dma.chancnt, 0);
		KUNIT_EXPECT_EQ(test, fd->chans[0].resources, 0);

		KUNIT_ASSERT_EQ_MSG(test, fake_register(fd), 0, "round %d", round);
		KUNIT_EXPECT_EQ(test, fd->dma.chancnt, 2);
		KUNIT_EXPECT_EQ(test, fd->dma.privatecnt, 1);
	}
}

/* The number of a device is free again as soon as it is unregistered. */
static void test_numbers(struct kunit *test)
{
	struct fake_dev *fd[2] = { fake_registered(test, 1, PRIVATE_CAPS),
				   fake_registered(test, 1, PRIVATE_CAPS) };
	int id = fd[0]->dma.dev_id;

	fake_unregister(fd[0]);
	KUNIT_ASSERT_EQ(test, fake_register(fd[0]), 0);
	KUNIT_EXPECT_EQ(test, fd[0]->dma.dev_id, id);
	KUNIT_EXPECT_NE(test, fd[1]->dma.dev_id, id);
}

/* --- unregistering what is in use --- */

static bool is_chan(struct dma_chan *chan, void *want)
{
	return chan == want;
}

static struct dma_chan *request(struct dma_chan *chan)
{
	dma_cap_mask_t mask;

	dma_cap_zero(mask);
	return dma_request_channel(mask, is_chan, chan);
}

static void test_unregister_requested(struct kunit *test)
{
	struct fake_dev *fd = fake_registered(test, 2, PRIVATE_CAPS);
	struct dma_chan *chan = &fd->chans[1].chan;
	char name[32];

	KUNIT_ASSERT_PTR_EQ(test, request(chan), chan);
	strscpy(name, dma_chan_name(chan));
	fake_unregister(fd);

	/* Nobody new, but who has it can work with it. */
	KUNIT_EXPECT_EQ(test, fd->released, 0);
	KUNIT_EXPECT_NULL(test, request(&fd->chans[0].chan));
	KUNIT_EXPECT_NULL(test, fd->chans[0].chan.dev);
	KUNIT_ASSERT_NOT_NULL(test, chan->dev);
	KUNIT_EXPECT_STREQ(test, dma_chan_name(chan), name);
	KUNIT_EXPECT_PTR_EQ(test, dmaengine_get_dma_device(chan), fd->dma.dev);
	KUNIT_EXPECT_EQ(test, chan->client_count, 1);
	KUNIT_EXPECT_EQ(test, fd->chans[1].resources, 1);
	fd->chans[1].status = DMA_COMPLETE;
	KUNIT_EXPECT_EQ(test, dma_sync_wait(chan, 1), DMA_COMPLETE);

	dma_release_channel(chan);
	KUNIT_EXPECT_EQ(test, fd->released, 1);
	KUNIT_EXPECT_EQ(test, fd->chans[1].resources, 0);
	KUNIT_EXPECT_EQ(test, fd->chans[1].synced, 1);
	KUNIT_EXPECT_NULL(test, chan->dev);
}

static void test_release_order(struct kunit *test)
{
	struct fake_dev *fd;
	int first;

	for (first = 0; first < 2; first++) {
		fd = fake_registered(test, 2, PRIVATE_CAPS);
		KUNIT_ASSERT_NOT_NULL(test, request(&fd->chans[0].chan));
		KUNIT_ASSERT_NOT_NULL(test, request(&fd->chans[1].chan));
		fake_unregister(fd);
		dma_release_channel(&fd->chans[first].chan);
		KUNIT_EXPECT_EQ_MSG(test, fd->released, 0, "channel %d first", first);
		dma_release_channel(&fd->chans[!first].chan);
		KUNIT_EXPECT_EQ_MSG(test, fd->released, 1, "channel %d first", first);
	}
}

/* An engine whose memory is gone when device_release() returns. */
static void free_device(struct dma_device *dma)
{
	kfree(to_fake_dev(dma));
}

static void test_release_frees(struct kunit *test)
{
	struct fake_dev *fd = fake_make(test, 2), *own;
	struct dma_chan *chan;
	int i, used;

	for (used = 0; used < 2; used++) {
		own = kmemdup(fd, sizeof(*fd), GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, own);
		fake_set_caps(own, PRIVATE_CAPS);
		own->dma.device_release = free_device;
		INIT_LIST_HEAD(&own->dma.channels);
		for (i = 0; i < 2; i++) {
			own->chans[i].chan.device = &own->dma;
			list_add_tail(&own->chans[i].chan.device_node, &own->dma.channels);
		}
		chan = &own->chans[0].chan;

		KUNIT_ASSERT_EQ(test, dma_async_device_register(&own->dma), 0);
		if (used)
			KUNIT_EXPECT_PTR_EQ(test, request(chan), chan);
		dma_async_device_unregister(&own->dma);
		if (used)
			dma_release_channel(chan);
	}
}

/* --- references to the module --- */

static void test_module_references(struct kunit *test)
{
#if defined(MODULE) && defined(CONFIG_MODULE_UNLOAD)
	struct fake_dev *fd = fake_registered(test, 2, PRIVATE_CAPS);
	int before;

	before = module_refcount(THIS_MODULE);
	KUNIT_EXPECT_PTR_EQ(test, fd->dma.owner, THIS_MODULE);
	KUNIT_ASSERT_NOT_NULL(test, request(&fd->chans[0].chan));
	KUNIT_EXPECT_EQ(test, module_refcount(THIS_MODULE), before + 1);
	KUNIT_ASSERT_NOT_NULL(test, request(&fd->chans[1].chan));
	KUNIT_EXPECT_EQ(test, module_refcount(THIS_MODULE), before + 2);
	dma_release_channel(&fd->chans[0].chan);
	KUNIT_EXPECT_EQ(test, module_refcount(THIS_MODULE), before + 1);
	fake_unregister(fd);
	KUNIT_EXPECT_EQ(test, module_refcount(THIS_MODULE), before + 1);
	dma_release_channel(&fd->chans[1].chan);
	KUNIT_EXPECT_EQ(test, module_refcount(THIS_MODULE), before);

	/* A request that fails takes none. */
	fd = fake_registered(test, 1, PRIVATE_CAPS);
	fd->chans[0].alloc_err = FAKE_ERR;
	KUNIT_EXPECT_NULL(test, request(&fd->chans[0].chan));
	KUNIT_EXPECT_EQ(test, module_refcount(THIS_MODULE), before);
#else
	kunit_skip(test, "the tests are no module that can be unloaded");
#endif
}

/* --- channels that come and go --- */

static void chan_register(struct kunit *test, struct fake_dev *fd, int i, const char *name)
{
	struct dma_chan *chan = &fd->chans[i].chan;

	list_add_tail(&chan->device_node, &fd->dma.channels);
	KUNIT_ASSERT_EQ_MSG(test, dma_async_device_channel_register(&fd->dma, chan, name), 0,
			    "channel %d", i);
}

static void chan_unregister(struct fake_dev *fd, int i)
{
	dma_async_device_channel_unregister(&fd->dma, &fd->chans[i].chan);
	list_del(&fd->chans[i].chan.device_node);
}

static void test_dynamic_channels(struct kunit *test)
{
	struct fake_dev *fd = fake_registered(test, 1, PRIVATE_CAPS);
	struct dma_chan *chan = &fd->chans[1].chan;
	char name[32];

	chan_register(test, fd, 1, NULL);
	KUNIT_EXPECT_EQ(test, fd->dma.chancnt, 2);
	KUNIT_EXPECT_EQ(test, chan->chan_id, 1);
	snprintf(name, sizeof(name), "dma%dchan1", fd->dma.dev_id);
	KUNIT_EXPECT_STREQ(test, dma_chan_name(chan), name);

	chan_register(test, fd, 2, "fake-by-name");
	KUNIT_EXPECT_EQ(test, fd->dma.chancnt, 3);
	KUNIT_EXPECT_STREQ(test, dma_chan_name(&fd->chans[2].chan), "fake-by-name");

	KUNIT_EXPECT_PTR_EQ(test, request(chan), chan);
	dma_release_channel(chan);

	chan_unregister(fd, 1);
	KUNIT_EXPECT_EQ(test, fd->dma.chancnt, 2);
	KUNIT_EXPECT_NULL(test, request(chan));
	/* Twice does no harm. */
	dma_async_device_channel_unregister(&fd->dma, chan);
	KUNIT_EXPECT_EQ(test, fd->dma.chancnt, 2);

	chan_register(test, fd, 1, NULL);
	KUNIT_EXPECT_EQ_MSG(test, chan->chan_id, 1, "the number is free again");
	fake_unregister(fd);
	KUNIT_EXPECT_EQ(test, fd->dma.chancnt, 0);
	KUNIT_EXPECT_EQ(test, fd->released, 1);
}

static void test_dynamic_channel_in_use(struct kunit *test)
{
	struct fake_dev *fd = fake_registered(test, 1, PRIVATE_CAPS);
	struct dma_chan *chan = &fd->chans[1].chan;

	chan_register(test, fd, 1, NULL);
	KUNIT_ASSERT_PTR_EQ(test, request(chan), chan);
	chan_unregister(fd, 1);
	KUNIT_EXPECT_EQ(test, chan->client_count, 1);
	KUNIT_ASSERT_NOT_NULL(test, chan->dev);
	fake_unregister(fd);
	KUNIT_EXPECT_EQ(test, fd->released, 0);
	dma_release_channel(chan);
	KUNIT_EXPECT_EQ(test, fd->released, 1);
}

/* A driver may list channels that it has not registered yet. */
static void test_listed_early(struct kunit *test)
{
	struct fake_dev *fd = fake_registered(test, 1, PRIVATE_CAPS);
	struct dma_chan *chan = &fd->chans[1].chan;

	list_add_tail(&chan->device_node, &fd->dma.channels);
	KUNIT_EXPECT_NULL(test, request(chan));
	KUNIT_EXPECT_PTR_EQ(test, request(&fd->chans[0].chan), &fd->chans[0].chan);
	dma_release_channel(&fd->chans[0].chan);
	fake_unregister(fd);
	KUNIT_EXPECT_EQ(test, fd->released, 1);
}

/* --- the driver model's way --- */

static void test_managed(struct kunit *test)
{
	struct fake_dev *fd = fake_make(test, 1);

	fake_set_caps(fd, PRIVATE_CAPS);
	KUNIT_ASSERT_EQ(test, dmaenginem_async_device_register(&fd->dma), 0);
	KUNIT_EXPECT_NOT_NULL(test, fd->chans[0].chan.dev);
	device_release_driver(&fd->pdev->dev);
	KUNIT_EXPECT_EQ(test, fd->released, 1);
	KUNIT_EXPECT_NULL(test, fd->chans[0].chan.dev);

	/* A device without a driver is as good. */
	KUNIT_ASSERT_EQ(test, fake_register(fd), 0);
	KUNIT_EXPECT_NULL(test, fd->dma.owner);
}

static struct kunit_case registry_cases[] = {
	KUNIT_CASE_PARAM(test_missing_operation, check_gen_params),
	KUNIT_CASE(test_missing_device),
	KUNIT_CASE(test_async_tx_cap),
	KUNIT_CASE(test_names),
	KUNIT_CASE(test_unregister_unused),
	KUNIT_CASE(test_numbers),
	KUNIT_CASE(test_unregister_requested),
	KUNIT_CASE(test_release_order),
	KUNIT_CASE(test_release_frees),
	KUNIT_CASE(test_module_references),
	KUNIT_CASE(test_dynamic_channels),
	KUNIT_CASE(test_dynamic_channel_in_use),
	KUNIT_CASE(test_listed_early),
	KUNIT_CASE(test_managed),
	{}
};

static int registry_suite_init(struct kunit_suite *suite)
{
	return fake_driver_register();
}

static void registry_suite_exit(struct kunit_suite *suite)
{
	fake_driver_unregister();
}

static struct kunit_suite registry_suite = {
	.name = "dmaengine-registry",
	.suite_init = registry_suite_init,
	.suite_exit = registry_suite_exit,
	.test_cases = registry_cases,
};

kunit_test_suite(registry_suite);
