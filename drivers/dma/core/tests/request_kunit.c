// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of channels with one owner
 */
#include <kunit/test.h>
#include <linux/kernfs.h>
#include <linux/of.h>
#include <linux/sysfs.h>

#include "../../dmaengine.h"
#include "fake.h"

#define SLAVE_CAPS	(BIT(DMA_SLAVE) | BIT(DMA_PRIVATE))

static dma_cap_mask_t caps(unsigned long bits)
{
	dma_cap_mask_t mask;

	dma_cap_zero(mask);
	*mask.bits = bits;
	return mask;
}

/* --- by capabilities and filter --- */

/* Requests go to the tests' engines only: they alone have this pair. */
#define OWN_CAPS	(BIT(DMA_MEMSET_SG) | BIT(DMA_LOAD_EOT))

static struct dma_chan *request(unsigned long bits, dma_filter_fn fn, void *param)
{
	dma_cap_mask_t mask = caps(bits | OWN_CAPS);

	return dma_request_channel(mask, fn, param);
}

static void test_by_caps(struct kunit *test)
{
	const unsigned long has = BIT(DMA_MEMCPY) | BIT(DMA_XOR) | OWN_CAPS | BIT(DMA_PRIVATE);
	struct fake_dev *fd = fake_registered(test, 1, has);
	struct dma_chan *chan;
	unsigned long want;
	int cap;

	for (cap = 0; cap < DMA_TX_TYPE_END; cap++) {
		want = has & ~BIT(DMA_PRIVATE) & (BIT(cap) | BIT(DMA_MEMCPY));
		chan = request(want, NULL, NULL);
		KUNIT_EXPECT_PTR_EQ_MSG(test, chan, &fd->chans[0].chan, "caps %lx", want);
		if (chan)
			dma_release_channel(chan);
		if (has & BIT(cap))
			continue;
		if (cap == DMA_ASYNC_TX && dma_has_cap(cap, fd->dma.cap_mask))
			continue;
		chan = request(BIT(cap) | BIT(DMA_MEMCPY), NULL, NULL);
		KUNIT_EXPECT_NULL_MSG(test, chan, "capability %d", cap);
	}
}

static bool count_asked(struct dma_chan *chan, void *param)
{
	++*(int *)param;
	return false;
}

static bool is_chan(struct dma_chan *chan, void *param)
{
	return chan == param;
}

static void test_filter(struct kunit *test)
{
	struct fake_dev *fd = fake_registered(test, 4, OWN_CAPS | BIT(DMA_PRIVATE));
	int i, asked = 0;

	KUNIT_EXPECT_NULL(test, request(0, count_asked, &asked));
	KUNIT_EXPECT_EQ(test, asked, 4);
	KUNIT_EXPECT_EQ(test, fd->dma.privatecnt, 1);

	for (i = 3; i >= 0; i--)
		KUNIT_EXPECT_PTR_EQ_MSG(test, request(0, is_chan, &fd->chans[i].chan),
					&fd->chans[i].chan, "channel %d", i);
	KUNIT_EXPECT_EQ(test, fd->dma.privatecnt, 5);

	/* Those in use are not asked about. */
	asked = 0;
	KUNIT_EXPECT_NULL(test, request(0, count_asked, &asked));
	KUNIT_EXPECT_EQ(test, asked, 0);

	for (i = 0; i < 4; i++)
		dma_release_channel(&fd->chans[i].chan);
	KUNIT_EXPECT_EQ(test, fd->dma.privatecnt, 1);
}

static void test_exclusive(struct kunit *test)
{
	struct fake_dev *fd = fake_registered(test, 3, OWN_CAPS | BIT(DMA_PRIVATE));
	struct dma_chan *chan[3];
	int i, n;

	for (i = 0; i < 3; i++) {
		chan[i] = request(0, NULL, NULL);
		KUNIT_ASSERT_NOT_NULL(test, chan[i]);
		for (n = 0; n < i; n++)
			KUNIT_EXPECT_PTR_NE(test, chan[i], chan[n]);
		KUNIT_EXPECT_EQ(test, chan[i]->client_count, 1);
		KUNIT_EXPECT_EQ(test, to_fake_chan(chan[i])->resources, 1);
	}
	KUNIT_EXPECT_NULL(test, request(0, NULL, NULL));

	dma_release_channel(chan[1]);
	KUNIT_EXPECT_EQ(test, to_fake_chan(chan[1])->resources, 0);
	KUNIT_EXPECT_PTR_EQ(test, request(0, NULL, NULL), chan[1]);

	for (i = 0; i < 3; i++)
		dma_release_channel(chan[i]);
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, fd->chans[i].chan.client_count, 0);
		KUNIT_EXPECT_EQ(test, fd->chans[i].resources, 0);
	}
}

static void test_node(struct kunit *test)
{
	struct fake_dev *fd = fake_registered(test, 1, OWN_CAPS | BIT(DMA_PRIVATE));
	struct device_node own = {}, other = {};
	dma_cap_mask_t mask = caps(OWN_CAPS);
	struct dma_chan *chan;

	chan = __dma_request_channel(&mask, NULL, NULL, &other);
	KUNIT_EXPECT_PTR_EQ_MSG(test, chan, &fd->chans[0].chan, "a device without node fits");
	if (chan)
		dma_release_channel(chan);

	fd->pdev->dev.of_node = &own;
	chan = __dma_request_channel(&mask, NULL, NULL, &other);
	KUNIT_EXPECT_NULL(test, chan);
	chan = __dma_request_channel(&mask, NULL, NULL, &own);
	KUNIT_EXPECT_PTR_EQ(test, chan, &fd->chans[0].chan);
	if (chan)
		dma_release_channel(chan);
	fd->pdev->dev.of_node = NULL;
}

static void test_by_mask(struct kunit *test)
{
	struct fake_dev *fd = fake_registered(test, 1, OWN_CAPS | BIT(DMA_PRIVATE));
	dma_cap_mask_t mask = caps(OWN_CAPS);
	struct dma_chan *chan;

	KUNIT_EXPECT_PTR_EQ(test, dma_request_chan_by_mask(NULL), ERR_PTR(-ENODEV));
	chan = dma_request_chan_by_mask(&mask);
	KUNIT_ASSERT_PTR_EQ(test, chan, &fd->chans[0].chan);
	KUNIT_EXPECT_PTR_EQ(test, dma_request_chan_by_mask(&mask), ERR_PTR(-ENODEV));
	dma_release_channel(chan);
}

/* A public device is private while one of its channels is requested. */
static void test_privacy(struct kunit *test)
{
	struct fake_dev *fd = fake_make(test, 2);
	struct dma_chan *chan[2];

	fake_only_user(test);
	fake_set_caps(fd, OWN_CAPS);
	KUNIT_ASSERT_EQ(test, fake_register(fd), 0);

	KUNIT_EXPECT_FALSE(test, dma_has_cap(DMA_PRIVATE, fd->dma.cap_mask));
	chan[0] = request(0, NULL, NULL);
	KUNIT_ASSERT_NOT_NULL(test, chan[0]);
	KUNIT_EXPECT_TRUE(test, dma_has_cap(DMA_PRIVATE, fd->dma.cap_mask));
	chan[1] = request(0, NULL, NULL);
	KUNIT_ASSERT_NOT_NULL(test, chan[1]);
	KUNIT_EXPECT_EQ(test, fd->dma.privatecnt, 2);
	dma_release_channel(chan[0]);
	KUNIT_EXPECT_TRUE(test, dma_has_cap(DMA_PRIVATE, fd->dma.cap_mask));
	dma_release_channel(chan[1]);
	KUNIT_EXPECT_FALSE(test, dma_has_cap(DMA_PRIVATE, fd->dma.cap_mask));
	KUNIT_EXPECT_EQ(test, fd->dma.privatecnt, 0);

	/* A request that fails leaves nothing behind. */
	fd->chans[0].alloc_err = FAKE_ERR;
	KUNIT_EXPECT_NULL(test, request(0, NULL, NULL));
	KUNIT_EXPECT_FALSE(test, dma_has_cap(DMA_PRIVATE, fd->dma.cap_mask));
	KUNIT_EXPECT_EQ(test, fd->dma.privatecnt, 0);
	KUNIT_EXPECT_EQ(test, fd->chans[0].chan.client_count, 0);
}

/* --- by name --- */

static int map_param[2] = { 0, 1 };

static bool is_number(struct dma_chan *chan, void *param)
{
	return chan->chan_id == *(int *)param;
}

static const struct dma_slave_map slave_map[] = {
	{ "fake-client", "tx", &map_param[1] },
	{ "fake-client", "rx", &map_param[0] },
	{ "other-client", "tx", &map_param[0] },
};

static void set_map(struct fake_dev *fd)
{
	fd->dma.filter.fn = is_number;
	fd->dma.filter.map = slave_map;
	fd->dma.filter.mapcnt = ARRAY_SIZE(slave_map);
}

static bool has_link(struct device *dev, const char *name)
{
	struct kernfs_node *kn = sysfs_get_dirent(dev->kobj.sd, name);
	bool is_link = kn && kernfs_type(kn) == KERNFS_LINK;

	sysfs_put(kn);
	return is_link;
}

static void test_by_name(struct kunit *test)
{
	struct fake_dev *fd = fake_registered(test, 2, SLAVE_CAPS);
	struct device *client = &fake_client(test, "fake-client")->dev;
	struct dma_chan *tx, *rx;

	set_map(fd);
	tx = dma_request_chan(client, "tx");
	KUNIT_ASSERT_PTR_EQ(test, tx, &fd->chans[1].chan);
	KUNIT_EXPECT_STREQ(test, tx->name, "dma:tx");
	KUNIT_EXPECT_PTR_EQ(test, tx->slave, client);
#ifdef CONFIG_DEBUG_FS
	KUNIT_EXPECT_STREQ(test, tx->dbg_client_name, "fake-client:tx");
#endif
	KUNIT_EXPECT_TRUE(test, has_link(client, "dma:tx"));
	KUNIT_EXPECT_TRUE(test, has_link(&tx->dev->device, "slave"));
	KUNIT_EXPECT_FALSE(test, has_link(client, "dma:rx"));

	rx = dma_request_chan(client, "rx");
	KUNIT_ASSERT_PTR_EQ(test, rx, &fd->chans[0].chan);
	KUNIT_EXPECT_TRUE(test, has_link(client, "dma:rx"));

	dma_release_channel(tx);
	KUNIT_EXPECT_FALSE(test, has_link(client, "dma:tx"));
	KUNIT_EXPECT_FALSE(test, has_link(&tx->dev->device, "slave"));
	KUNIT_EXPECT_NULL(test, tx->slave);
	KUNIT_EXPECT_NULL(test, tx->name);
	KUNIT_EXPECT_TRUE(test, has_link(client, "dma:rx"));
	dma_release_channel(rx);
	KUNIT_EXPECT_FALSE(test, has_link(client, "dma:rx"));
}

static void test_by_name_fails(struct kunit *test)
{
	struct fake_dev *fd = fake_make(test, 2);
	struct device *client = &fake_client(test, "fake-client")->dev;
	struct dma_chan *chan;

	KUNIT_EXPECT_PTR_EQ_MSG(test, dma_request_chan(client, "tx"), ERR_PTR(-EPROBE_DEFER),
				"no engine yet");
	fake_set_caps(fd, SLAVE_CAPS);
	set_map(fd);
	KUNIT_ASSERT_EQ(test, fake_register(fd), 0);
	KUNIT_EXPECT_PTR_EQ_MSG(test, dma_request_chan(client, "txx"), ERR_PTR(-EPROBE_DEFER),
				"not in the map");

	fd->chans[1].alloc_err = FAKE_ERR;
	KUNIT_EXPECT_PTR_EQ(test, dma_request_chan(client, "tx"), ERR_PTR(FAKE_ERR));
	KUNIT_EXPECT_FALSE(test, has_link(client, "dma:tx"));
	KUNIT_EXPECT_EQ(test, fd->dma.privatecnt, 1);
	fd->chans[1].alloc_err = 0;

	chan = dma_request_chan(client, "tx");
	KUNIT_ASSERT_PTR_EQ(test, chan, &fd->chans[1].chan);
	KUNIT_EXPECT_PTR_EQ_MSG(test, dma_request_chan(client, "tx"), ERR_PTR(-EPROBE_DEFER),
				"in use");
	dma_release_channel(chan);

	fake_unregister(fd);
	fake_set_caps(fd, BIT(DMA_MEMCPY) | BIT(DMA_PRIVATE));
	KUNIT_ASSERT_EQ(test, fake_register(fd), 0);
	KUNIT_EXPECT_PTR_EQ_MSG(test, dma_request_chan(client, "tx"), ERR_PTR(-EPROBE_DEFER),
				"no slave channels");
}

static void test_by_name_unregistered(struct kunit *test)
{
	struct fake_dev *fd = fake_registered(test, 2, SLAVE_CAPS);
	struct device *client = &fake_client(test, "fake-client")->dev;
	struct dma_chan *chan;

	set_map(fd);
	chan = dma_request_chan(client, "rx");
	KUNIT_ASSERT_PTR_EQ(test, chan, &fd->chans[0].chan);
	fake_unregister(fd);
	KUNIT_EXPECT_FALSE(test, has_link(client, "dma:rx"));
	KUNIT_EXPECT_PTR_EQ(test, chan->slave, client);
	KUNIT_EXPECT_EQ(test, fd->released, 0);
	dma_release_channel(chan);
	KUNIT_EXPECT_EQ(test, fd->released, 1);
	KUNIT_EXPECT_NULL(test, chan->slave);
}

static void test_managed(struct kunit *test)
{
	struct fake_dev *fd = fake_registered(test, 2, SLAVE_CAPS);
	struct platform_device *pdev;

	set_map(fd);
	pdev = platform_device_register_simple("other-client", PLATFORM_DEVID_NONE, NULL, 0);
	KUNIT_ASSERT_FALSE(test, IS_ERR(pdev));
	KUNIT_EXPECT_PTR_EQ(test, devm_dma_request_chan(&pdev->dev, "tx"), &fd->chans[0].chan);
	KUNIT_EXPECT_PTR_EQ(test, devm_dma_request_chan(&pdev->dev, "tx"),
			    ERR_PTR(-EPROBE_DEFER));
	KUNIT_EXPECT_EQ(test, fd->chans[0].chan.client_count, 1);
	platform_device_unregister(pdev);
	KUNIT_EXPECT_EQ(test, fd->chans[0].chan.client_count, 0);
	KUNIT_EXPECT_EQ(test, fd->dma.privatecnt, 1);
}

/* --- for providers --- */

static void test_certain_channel(struct kunit *test)
{
	struct fake_dev *fd = fake_registered(test, 2, SLAVE_CAPS);
	struct dma_chan *chan = &fd->chans[1].chan;

	KUNIT_EXPECT_PTR_EQ(test, dma_get_slave_channel(chan), chan);
	KUNIT_EXPECT_NULL(test, dma_get_slave_channel(chan));
	KUNIT_EXPECT_PTR_EQ(test, dma_get_any_slave_channel(&fd->dma), &fd->chans[0].chan);
	KUNIT_EXPECT_NULL(test, dma_get_any_slave_channel(&fd->dma));
	KUNIT_EXPECT_EQ(test, fd->dma.privatecnt, 3);
	dma_release_channel(chan);
	KUNIT_EXPECT_PTR_EQ(test, dma_get_any_slave_channel(&fd->dma), chan);
	dma_release_channel(chan);
	dma_release_channel(&fd->chans[0].chan);

	chan->device->device_alloc_chan_resources = NULL;
	KUNIT_EXPECT_PTR_EQ(test, dma_get_slave_channel(chan), chan);
	chan->device->device_free_chan_resources = NULL;
	dma_release_channel(chan);

	fake_unregister(fd);
	KUNIT_EXPECT_NULL(test, dma_get_slave_channel(chan));
	KUNIT_EXPECT_NULL(test, dma_get_any_slave_channel(&fd->dma));
}

static int routes_freed;

static void free_route(struct device *dev, void *data)
{
	routes_freed += *(int *)data;
}

static void test_router(struct kunit *test)
{
	struct fake_dev *fd = fake_registered(test, 1, SLAVE_CAPS);
	struct dma_router router = { .dev = &fd->pdev->dev, .route_free = free_route };
	struct dma_chan *chan = dma_get_slave_channel(&fd->chans[0].chan);
	int route = 3;

	KUNIT_ASSERT_NOT_NULL(test, chan);
	chan->router = &router;
	chan->route_data = &route;
	routes_freed = 0;
	dma_release_channel(chan);
	KUNIT_EXPECT_EQ(test, routes_freed, 3);
	KUNIT_EXPECT_NULL(test, chan->router);
	KUNIT_EXPECT_NULL(test, chan->route_data);
}

/* --- slave capabilities --- */

static int fake_pause(struct dma_chan *chan)
{
	return 0;
}

static void fake_caps(struct dma_chan *chan, struct dma_slave_caps *caps)
{
	caps->max_burst = 77;
}

static void test_slave_caps(struct kunit *test)
{
	struct fake_dev *fd = fake_make(test, 1);
	struct dma_chan *chan = &fd->chans[0].chan;
	struct dma_slave_caps caps;

	KUNIT_EXPECT_EQ(test, dma_get_slave_caps(NULL, &caps), -EINVAL);
	KUNIT_EXPECT_EQ(test, dma_get_slave_caps(chan, NULL), -EINVAL);

	fd->dma.directions = BIT(DMA_DEV_TO_MEM);
	KUNIT_EXPECT_EQ_MSG(test, dma_get_slave_caps(chan, &caps), -ENXIO, "not for slaves");
	fake_set_caps(fd, BIT(DMA_CYCLIC));
	KUNIT_EXPECT_EQ(test, dma_get_slave_caps(chan, &caps), 0);
	fake_set_caps(fd, BIT(DMA_SLAVE));
	fd->dma.directions = 0;
	KUNIT_EXPECT_EQ_MSG(test, dma_get_slave_caps(chan, &caps), -ENXIO, "does not say");

	fd->dma.directions = BIT(DMA_DEV_TO_MEM) | BIT(DMA_MEM_TO_DEV);
	fd->dma.src_addr_widths = BIT(1);
	fd->dma.dst_addr_widths = BIT(4);
	fd->dma.min_burst = 2;
	fd->dma.max_burst = 64;
	fd->dma.max_sg_burst = 9;
	fd->dma.descriptor_reuse = true;
	fd->dma.residue_granularity = DMA_RESIDUE_GRANULARITY_BURST;
	fd->dma.device_pause = fake_pause;
	fd->dma.device_terminate_all = fake_pause;
	memset(&caps, 0xff, sizeof(caps));
	KUNIT_ASSERT_EQ(test, dma_get_slave_caps(chan, &caps), 0);
	KUNIT_EXPECT_EQ(test, caps.directions, BIT(DMA_DEV_TO_MEM) | BIT(DMA_MEM_TO_DEV));
	KUNIT_EXPECT_EQ(test, caps.src_addr_widths, BIT(1));
	KUNIT_EXPECT_EQ(test, caps.dst_addr_widths, BIT(4));
	KUNIT_EXPECT_EQ(test, caps.min_burst, 2);
	KUNIT_EXPECT_EQ(test, caps.max_burst, 64);
	KUNIT_EXPECT_EQ(test, caps.max_sg_burst, 9);
	KUNIT_EXPECT_TRUE(test, caps.descriptor_reuse);
	KUNIT_EXPECT_EQ(test, caps.residue_granularity, DMA_RESIDUE_GRANULARITY_BURST);
	KUNIT_EXPECT_TRUE(test, caps.cmd_pause);
	KUNIT_EXPECT_FALSE(test, caps.cmd_resume);
	KUNIT_EXPECT_TRUE(test, caps.cmd_terminate);

	fd->dma.device_caps = fake_caps;
	KUNIT_ASSERT_EQ(test, dma_get_slave_caps(chan, &caps), 0);
	KUNIT_EXPECT_EQ(test, caps.max_burst, 77);
	KUNIT_EXPECT_EQ(test, caps.min_burst, 2);
}

/* What a channel without the function returns. */
static void test_no_function(struct kunit *test)
{
	struct dma_device dma = {};
	struct dma_chan chan = { .device = &dma };
	struct dma_interleaved_template xt = {};
	struct dma_slave_config config = {};

	KUNIT_EXPECT_EQ(test, dmaengine_slave_config(&chan, &config), -ENOSYS);
	KUNIT_EXPECT_EQ(test, dmaengine_pause(&chan), -ENOSYS);
	KUNIT_EXPECT_EQ(test, dmaengine_resume(&chan), -ENOSYS);
	KUNIT_EXPECT_EQ(test, dmaengine_terminate_all(&chan), -ENOSYS);
	KUNIT_EXPECT_EQ(test, dmaengine_terminate_async(&chan), -EINVAL);
	KUNIT_EXPECT_EQ(test, dmaengine_terminate_sync(&chan), -EINVAL);
	dmaengine_synchronize(&chan);
	KUNIT_EXPECT_NULL(test, dmaengine_prep_dma_memcpy(&chan, 0, 0, 0, 0));
	KUNIT_EXPECT_NULL(test, dmaengine_prep_dma_memset(&chan, 0, 0, 0, 0));
	KUNIT_EXPECT_NULL(test, dmaengine_prep_dma_cyclic(&chan, 0, 0, 0, DMA_MEM_TO_DEV, 0));
	KUNIT_EXPECT_NULL(test, dmaengine_prep_slave_sg(&chan, NULL, 0, DMA_MEM_TO_DEV, 0));
	KUNIT_EXPECT_NULL(test, dmaengine_prep_slave_single(&chan, 0, 0, DMA_MEM_TO_DEV, 0));
	KUNIT_EXPECT_NULL(test, dmaengine_prep_peripheral_dma_vec(&chan, NULL, 0,
								  DMA_MEM_TO_DEV, 0));
	KUNIT_EXPECT_NULL(test, dmaengine_prep_interleaved_dma(&chan, &xt, 0));
	KUNIT_EXPECT_NULL(test, dmaengine_prep_dma_memcpy(NULL, 0, 0, 0, 0));
	KUNIT_EXPECT_NULL(test, dmaengine_prep_interleaved_dma(NULL, &xt, 0));
}

static struct kunit_case request_cases[] = {
	KUNIT_CASE(test_by_caps),
	KUNIT_CASE(test_filter),
	KUNIT_CASE(test_exclusive),
	KUNIT_CASE(test_node),
	KUNIT_CASE(test_by_mask),
	KUNIT_CASE(test_privacy),
	KUNIT_CASE(test_by_name),
	KUNIT_CASE(test_by_name_fails),
	KUNIT_CASE(test_by_name_unregistered),
	KUNIT_CASE(test_managed),
	KUNIT_CASE(test_certain_channel),
	KUNIT_CASE(test_router),
	KUNIT_CASE(test_slave_caps),
	KUNIT_CASE(test_no_function),
	{}
};

static int request_suite_init(struct kunit_suite *suite)
{
	return fake_driver_register();
}

static void request_suite_exit(struct kunit_suite *suite)
{
	fake_driver_unregister();
}

static struct kunit_suite request_suite = {
	.name = "dmaengine-request",
	.suite_init = request_suite_init,
	.suite_exit = request_suite_exit,
	.test_cases = request_cases,
};

kunit_test_suite(request_suite);
