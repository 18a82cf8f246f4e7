// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of the simulated engines: what an engine sees of its clients.
 *
 * The rules are broken on purpose here; what the log says about that is expected.
 */
#include <kunit/test.h>
#include <linux/cleanup.h>
#include <linux/delay.h>
#include <linux/io.h>
#include <linux/preempt.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "fixture.h"

/*
 * What it sees of its clients
 */

/* A copy is under way, and its source or destination is unmapped. */
static void sim_use_after_unmap(struct kunit *test)
{
	struct sim_test *t = test->priv;
	struct dma_sim_config config = dsim_config(true);
	struct test_call call = {};
	dma_cookie_t cookie;
	unsigned int buf;

	dsim_engine(test, &config);
	for (buf = 0; buf < 2; buf++) {
		dsim_map(test, 0, DMA_TO_DEVICE);
		dsim_map(test, 1, DMA_FROM_DEVICE);
		atomic_set(&t->calls, 0);
		dmaengine_pause(t->chan[0]);
		cookie = dsim_copy(test, 1, 0, &call);
		dma_async_issue_pending(t->chan[0]);
		dsim_unmap(t, buf);
		dmaengine_resume(t->chan[0]);
		dsim_wait_calls(test, 1);
		KUNIT_EXPECT_EQ(test, t->result.result,
				buf ? DMA_TRANS_WRITE_FAILED :
				      DMA_TRANS_READ_FAILED);
		KUNIT_EXPECT_EQ(test, DMA_ERROR, dsim_status(t, cookie));
		KUNIT_EXPECT_EQ(test, dsim_violations(t, DMA_SIM_UNMAPPED),
				buf + 1ULL);
		dsim_unmap_all(t);
		KUNIT_EXPECT_TRUE(test, dsim_is(t->buf[1], 2, TEST_LEN));
	}
	KUNIT_EXPECT_EQ(test, dma_sim_violations(t->sim[0]), 2ULL);
}

static void sim_outside(struct kunit *test)
{
	struct sim_test *t = test->priv;
	struct dma_sim_config config = dsim_config(true);
	dma_addr_t foreign;

	dsim_engine(test, &config);
	dsim_map(test, 0, DMA_TO_DEVICE);
	dsim_map(test, 1, DMA_FROM_DEVICE);

	/* One byte too many, on either side. */
	dsim_run(test, dmaengine_prep_dma_memcpy(t->chan[0], t->addr[1],
						 t->addr[0] + 1, TEST_LEN,
						 DMA_CTRL_ACK));
	KUNIT_EXPECT_EQ(test, t->result.result, DMA_TRANS_READ_FAILED);
	dsim_run(test, dmaengine_prep_dma_memset(t->chan[0], t->addr[1] - 1, 0,
						 16, DMA_CTRL_ACK));
	KUNIT_EXPECT_EQ(test, t->result.result, DMA_TRANS_WRITE_FAILED);
	KUNIT_EXPECT_EQ(test, dsim_violations(t, DMA_SIM_OUTSIDE), 2ULL);

	/* A physical address. */
	dsim_run(test, dmaengine_prep_dma_memcpy(t->chan[0], t->addr[1],
						 virt_to_phys(t->buf[2]),
						 TEST_LEN, DMA_CTRL_ACK));
	KUNIT_EXPECT_EQ(test, t->result.result, DMA_TRANS_READ_FAILED);
	KUNIT_EXPECT_EQ(test, dsim_violations(t, DMA_SIM_OUTSIDE), 3ULL);

	/* What is mapped, but for another engine. */
	t->sim[1] = dma_sim_create(&config);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, t->sim[1]);
	foreign = dma_map_single(dma_sim_device(t->sim[1]), t->buf[2], TEST_LEN,
				 DMA_TO_DEVICE);
	KUNIT_ASSERT_FALSE(test, dma_mapping_error(dma_sim_device(t->sim[1]),
						   foreign));
	dsim_run(test, dmaengine_prep_dma_memcpy(t->chan[0], t->addr[1], foreign,
						 TEST_LEN, DMA_CTRL_ACK));
	dma_unmap_single(dma_sim_device(t->sim[1]), foreign, TEST_LEN,
			 DMA_TO_DEVICE);
	KUNIT_EXPECT_EQ(test, t->result.result, DMA_TRANS_READ_FAILED);
	KUNIT_EXPECT_EQ(test, dma_sim_violations(t->sim[0]), 4ULL);
	KUNIT_EXPECT_EQ(test, dma_sim_violations(t->sim[1]), 0ULL);
}

static void sim_direction(struct kunit *test)
{
	struct sim_test *t = test->priv;
	struct dma_sim_config config = dsim_config(true);
	struct dma_device *dma;
	u8 coef[1] = { 1 };

	dsim_engine(test, &config);
	dma = t->chan[0]->device;
	dsim_map(test, 0, DMA_TO_DEVICE);
	dsim_map(test, 1, DMA_FROM_DEVICE);
	dsim_map(test, 2, DMA_BIDIRECTIONAL);

	dsim_run(test, dsim_prep_copy(t, 0, 2));
	KUNIT_EXPECT_EQ(test, t->result.result, DMA_TRANS_WRITE_FAILED);
	dsim_run(test, dsim_prep_copy(t, 2, 1));
	KUNIT_EXPECT_EQ(test, t->result.result, DMA_TRANS_READ_FAILED);
	KUNIT_EXPECT_EQ(test, dsim_violations(t, DMA_SIM_DIRECTION), 2ULL);

	/* To go on from an old P is to read it. */
	dsim_run(test, dma->device_prep_dma_pq(t->chan[0], &t->addr[1], t->addr,
					       1, coef, TEST_LEN, DMA_CTRL_ACK |
					       DMA_PREP_CONTINUE |
					       DMA_PREP_PQ_DISABLE_Q));
	KUNIT_EXPECT_EQ(test, dsim_violations(t, DMA_SIM_DIRECTION), 3ULL);

	/* And as they are meant to be used. */
	dsim_run(test, dsim_prep_copy(t, 1, 0));
	KUNIT_EXPECT_EQ(test, t->result.result, DMA_TRANS_NOERROR);
	dsim_run(test, dsim_prep_copy(t, 2, 0));
	KUNIT_EXPECT_EQ(test, t->result.result, DMA_TRANS_NOERROR);
	KUNIT_EXPECT_EQ(test, dma_sim_violations(t->sim[0]), 3ULL);
	dsim_unmap_all(t);
	KUNIT_EXPECT_TRUE(test, dsim_is(t->buf[0], 1, TEST_LEN));
	KUNIT_EXPECT_TRUE(test, dsim_is(t->buf[1], 1, TEST_LEN));
	KUNIT_EXPECT_TRUE(test, dsim_is(t->buf[2], 1, TEST_LEN));
}

/*
 * Without copying, because DMA_API_DEBUG looks for overlapping mappings, too, and
 * leaves such mappings alone.
 */
static dma_addr_t test_map_part(struct kunit *test, struct device *dev, u8 *buf,
				size_t len, enum dma_data_direction dir)
{
	dma_addr_t addr = dma_map_single_attrs(dev, buf, len, dir,
					       DMA_ATTR_SKIP_CPU_SYNC);

	KUNIT_EXPECT_FALSE(test, dma_mapping_error(dev, addr));
	return addr;
}

static void test_unmap_part(struct device *dev, dma_addr_t addr, size_t len,
			    enum dma_data_direction dir)
{
	dma_unmap_single_attrs(dev, addr, len, dir, DMA_ATTR_SKIP_CPU_SYNC);
}

/* The same memory, for two engines. */
static void sim_overlap(struct kunit *test)
{
	static const struct {
		enum dma_data_direction first, second;
		size_t offset, len;
		bool bad;
	} cases[] = {
		{ DMA_TO_DEVICE, DMA_TO_DEVICE, 0, TEST_LEN, false },
		{ DMA_TO_DEVICE, DMA_BIDIRECTIONAL, 0, TEST_LEN, true },
		{ DMA_BIDIRECTIONAL, DMA_TO_DEVICE, 0, TEST_LEN, true },
		{ DMA_TO_DEVICE, DMA_FROM_DEVICE, 0, TEST_LEN, true },
		{ DMA_BIDIRECTIONAL, DMA_TO_DEVICE, 1023, 1, false },
		{ DMA_BIDIRECTIONAL, DMA_TO_DEVICE, 1024, 1, true },
		{ DMA_BIDIRECTIONAL, DMA_TO_DEVICE, 1000, 25, true },
		{ DMA_BIDIRECTIONAL, DMA_TO_DEVICE, 2047, 512, true },
		{ DMA_BIDIRECTIONAL, DMA_TO_DEVICE, 2048, 512, false },
		{ DMA_BIDIRECTIONAL, DMA_BIDIRECTIONAL, 2048, 512, false },
	};
	struct sim_test *t = test->priv;
	struct dma_sim_config config = dsim_config(true);
	struct device *dev[2];
	unsigned int i, swap;
	u64 bad[2] = {};

	dsim_engine(test, &config);
	t->sim[1] = dma_sim_create(&config);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, t->sim[1]);
	for (i = 0; i < 2; i++)
		dev[i] = dma_sim_device(t->sim[i]);

	/* The second to map is the one to blame; that may be the same engine. */
	for (swap = 0; swap < 2; swap++) {
		for (i = 0; i < ARRAY_SIZE(cases); i++) {
			dma_addr_t first, second;

			first = test_map_part(test, dev[0], t->buf[0] + 1024,
					      1024, cases[i].first);
			second = test_map_part(test, dev[swap],
					       t->buf[0] + cases[i].offset,
					       cases[i].len, cases[i].second);
			test_unmap_part(dev[0], first, 1024, cases[i].first);
			test_unmap_part(dev[swap], second, cases[i].len,
					cases[i].second);
			bad[swap] += cases[i].bad;
			KUNIT_EXPECT_EQ_MSG(test, bad[swap],
					    dma_sim_violations(t->sim[swap]),
					    "case %u, engine %u", i, swap);
		}
	}
	KUNIT_EXPECT_EQ(test, dsim_violations(t, DMA_SIM_OVERLAP), bad[0]);
}

/* Memory that the engine owns is changed by the CPU. */
static void sim_touched(struct kunit *test)
{
	struct sim_test *t = test->priv;
	struct dma_sim_config config = dsim_config(true);
	struct device *dev;

	dsim_engine(test, &config);
	dev = dma_sim_device(t->sim[0]);

	dsim_map(test, 0, DMA_BIDIRECTIONAL);
	t->buf[0][TEST_LEN - 1] ^= 1;
	dsim_unmap(t, 0);
	KUNIT_EXPECT_EQ(test, dsim_violations(t, DMA_SIM_TOUCHED), 1ULL);

	/* In time, but not given back. */
	dsim_map(test, 0, DMA_BIDIRECTIONAL);
	dma_sync_single_for_cpu(dev, t->addr[0], TEST_LEN, DMA_BIDIRECTIONAL);
	t->buf[0][0] ^= 1;
	dma_sync_single_for_device(dev, t->addr[0], TEST_LEN, DMA_BIDIRECTIONAL);
	t->buf[0][0] ^= 1;
	dsim_unmap(t, 0);
	KUNIT_EXPECT_EQ(test, dsim_violations(t, DMA_SIM_TOUCHED), 2ULL);

	/* All right. */
	dsim_map(test, 0, DMA_BIDIRECTIONAL);
	dma_sync_single_for_cpu(dev, t->addr[0], TEST_LEN, DMA_BIDIRECTIONAL);
	t->buf[0][0] ^= 1;
	dsim_unmap(t, 0);
	dsim_map(test, 0, DMA_TO_DEVICE);
	t->buf[0][0] ^= 1;
	dsim_unmap(t, 0);
	KUNIT_EXPECT_EQ(test, dma_sim_violations(t->sim[0]), 2ULL);
}

static void sim_bad_unmap(struct kunit *test)
{
	struct sim_test *t = test->priv;
	struct dma_sim_config config = dsim_config(true);
	struct dma_sim_counters c;
	struct device *dev;
	dma_addr_t addr;

	if (IS_ENABLED(CONFIG_DMA_API_DEBUG))
		kunit_skip(test, "DMA_API_DEBUG would complain, too");

	dsim_engine(test, &config);
	dev = dma_sim_device(t->sim[0]);
	addr = dma_map_single(dev, t->buf[0], TEST_LEN, DMA_TO_DEVICE);
	dma_unmap_single(dev, addr, TEST_LEN, DMA_BIDIRECTIONAL);
	KUNIT_EXPECT_EQ(test, dsim_violations(t, DMA_SIM_BAD_UNMAP), 1ULL);
	dma_unmap_single(dev, addr, TEST_LEN, DMA_TO_DEVICE);
	KUNIT_EXPECT_EQ(test, dsim_violations(t, DMA_SIM_BAD_UNMAP), 2ULL);
	addr = dma_map_single(dev, t->buf[0], TEST_LEN, DMA_TO_DEVICE);
	dma_unmap_single(dev, addr, TEST_LEN - 1, DMA_TO_DEVICE);
	KUNIT_EXPECT_EQ(test, dsim_violations(t, DMA_SIM_BAD_UNMAP), 3ULL);
	dma_sim_read_counters(t->sim[0], &c);
	KUNIT_EXPECT_EQ(test, c.mapped, 0ULL);
}

/* While the engine works on memory, that is taken away from it. */
static void sim_unmap_busy(struct kunit *test)
{
	const size_t len = 64 * 1024;
	struct sim_test *t = test->priv;
	struct dma_sim_config config = dsim_config(true);
	struct test_call call = {};
	struct dma_sim_counters c;
	unsigned int round, i;
	struct device *dev;
	dma_addr_t addr;
	u8 *buf;

	if (IS_ENABLED(CONFIG_KCSAN))
		kunit_skip(test, "this is a data race, on purpose");

	dsim_engine(test, &config);
	dev = dma_sim_device(t->sim[0]);
	buf = kunit_kmalloc(test, len, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, buf);
	for (round = 0; round < 20; round++) {
		addr = dma_map_single(dev, buf, len, DMA_FROM_DEVICE);
		KUNIT_ASSERT_FALSE(test, dma_mapping_error(dev, addr));
		for (i = 0; i < TEST_RING; i++)
			dsim_submit(test, dmaengine_prep_dma_memset(t->chan[0],
								    addr, round,
								    len,
								    DMA_CTRL_ACK),
				    i == TEST_RING - 1 ? &call : NULL);
		/* Not after an engine that has this CPU first. */
		scoped_guard(preempt) {
			dma_async_issue_pending(t->chan[0]);
			udelay(round);
			dma_unmap_single(dev, addr, len, DMA_FROM_DEVICE);
		}
		dsim_wait_calls(test, round + 1);
		dmaengine_synchronize(t->chan[0]);
	}
	dma_sim_read_counters(t->sim[0], &c);
	KUNIT_EXPECT_GT(test, c.violations[DMA_SIM_IN_USE] +
			      c.violations[DMA_SIM_UNMAPPED], 0ULL);
	KUNIT_EXPECT_EQ(test, c.violations[DMA_SIM_OUTSIDE], 0ULL);
	KUNIT_EXPECT_EQ(test, c.mapped, 0ULL);
}

/* The engine has a copy of its own from map to unmap. */
static void sim_copies(struct kunit *test)
{
	struct sim_test *t = test->priv;
	struct dma_sim_config config = dsim_config(true);
	struct device *dev;

	dsim_engine(test, &config);
	dev = dma_sim_device(t->sim[0]);
	dsim_map(test, 0, DMA_TO_DEVICE);
	dsim_map(test, 1, DMA_FROM_DEVICE);
	memset(t->buf[0], 0x99, TEST_LEN);
	dsim_run(test, dsim_prep_copy(t, 1, 0));
	KUNIT_EXPECT_TRUE(test, dsim_is(t->buf[1], 2, TEST_LEN));
	dma_sync_single_for_cpu(dev, t->addr[1], 100, DMA_FROM_DEVICE);
	KUNIT_EXPECT_TRUE(test, dsim_is(t->buf[1], 1, 100));
	KUNIT_EXPECT_TRUE(test, dsim_is(t->buf[1] + 100, 2, TEST_LEN - 100));
	dma_sync_single_for_device(dev, t->addr[0], TEST_LEN, DMA_TO_DEVICE);
	dma_sync_single_for_device(dev, t->addr[1], TEST_LEN, DMA_FROM_DEVICE);
	dsim_run(test, dsim_prep_copy(t, 1, 0));
	dsim_unmap_all(t);
	KUNIT_EXPECT_TRUE(test, dsim_is(t->buf[0], 0x99, TEST_LEN));
	KUNIT_EXPECT_TRUE(test, dsim_is(t->buf[1], 0x99, TEST_LEN));
	KUNIT_EXPECT_EQ(test, dma_sim_violations(t->sim[0]), 0ULL);
}

static void sim_scatterlist(struct kunit *test)
{
	struct sim_test *t = test->priv;
	struct dma_sim_config config = dsim_config(true);
	struct dma_sim_counters c;
	struct scatterlist sg[4];
	struct device *dev;
	unsigned int i;

	dsim_engine(test, &config);
	dev = dma_sim_device(t->sim[0]);
	sg_init_table(sg, 4);
	for (i = 0; i < 4; i++)
		sg_set_buf(&sg[i], t->buf[i] + i, TEST_LEN - 2 * i);

	dsim_fault_once(test, DMA_SIM_REFUSE_MAP);
	KUNIT_EXPECT_EQ(test, dma_map_sg(dev, sg, 4, DMA_BIDIRECTIONAL), 0);
	dma_sim_set_fault(t->sim[0], DMA_SIM_REFUSE_MAP,
			  &(struct dma_sim_fault) { .nth = 3 });
	KUNIT_EXPECT_EQ(test, dma_map_sg(dev, sg, 4, DMA_BIDIRECTIONAL), 0);
	dma_sim_read_counters(t->sim[0], &c);
	KUNIT_EXPECT_EQ(test, c.mapped, 0ULL);

	KUNIT_ASSERT_EQ(test, dma_map_sg(dev, sg, 4, DMA_BIDIRECTIONAL), 4);
	for (i = 0; i < 4; i++)
		dsim_run(test, dmaengine_prep_dma_memset(t->chan[0],
							 sg_dma_address(&sg[i]),
							 0x40 + i,
							 sg_dma_len(&sg[i]),
							 DMA_CTRL_ACK));
	dma_unmap_sg(dev, sg, 4, DMA_BIDIRECTIONAL);
	for (i = 0; i < 4; i++) {
		KUNIT_EXPECT_TRUE(test, dsim_is(t->buf[i], i + 1, i));
		KUNIT_EXPECT_TRUE(test, dsim_is(t->buf[i] + i, 0x40 + i,
						TEST_LEN - 2 * i));
		KUNIT_EXPECT_TRUE(test, dsim_is(t->buf[i] + TEST_LEN - i, i + 1,
						i));
	}
	KUNIT_EXPECT_EQ(test, dma_sim_violations(t->sim[0]), 0ULL);
}

static struct kunit_case sim_iova_cases[] = {
	KUNIT_CASE(sim_use_after_unmap),
	KUNIT_CASE(sim_outside),
	KUNIT_CASE(sim_direction),
	KUNIT_CASE(sim_overlap),
	KUNIT_CASE(sim_touched),
	KUNIT_CASE(sim_bad_unmap),
	KUNIT_CASE(sim_unmap_busy),
	KUNIT_CASE(sim_copies),
	KUNIT_CASE(sim_scatterlist),
	{}
};

static struct kunit_suite sim_iova_suite = {
	.name = "dma_sim_iova",
	.init = dsim_init,
	.exit = dsim_exit,
	.test_cases = sim_iova_cases,
};

kunit_test_suite(sim_iova_suite);
