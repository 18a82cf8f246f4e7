// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of the simulated engines: what an engine is told to be, it is.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/numa.h>

#include "../../soft/tests/block.h"
#include "fixture.h"

/*
 * What an engine is like
 */

static void sim_caps(struct kunit *test)
{
	struct sim_test *t = test->priv;
	struct dma_sim_config config = dsim_config(false);
	struct dma_device *dma;
	int kind;

	config.kinds = BIT(DMA_XOR) | BIT(DMA_PQ_VAL);
	config.channels = 3;
	config.max_xor = 5;
	config.max_pq = 9;
	config.pq_continue = false;
	config.copy_align = 1;
	config.fill_align = 2;
	config.xor_align = 3;
	config.pq_align = 4;
	dsim_engine(test, &config);

	dma = t->chan[0]->device;
	for (kind = 0; kind < DMA_TX_TYPE_END; kind++)
		KUNIT_EXPECT_EQ_MSG(test, !!test_bit(kind, dma->cap_mask.bits),
				    kind == DMA_XOR || kind == DMA_PQ_VAL ||
				    kind == DMA_PRIVATE, "kind %d", kind);
	KUNIT_EXPECT_EQ(test, dma->chancnt, 3);
	KUNIT_EXPECT_EQ(test, dma->max_xor, 5);
	KUNIT_EXPECT_EQ(test, dma_dev_to_maxpq(dma), 9);
	KUNIT_EXPECT_FALSE(test, dma_dev_has_pq_continue(dma));
	KUNIT_EXPECT_EQ(test, (unsigned int)dma->copy_align, 1);
	KUNIT_EXPECT_EQ(test, (unsigned int)dma->fill_align, 2);
	KUNIT_EXPECT_EQ(test, (unsigned int)dma->xor_align, 3);
	KUNIT_EXPECT_EQ(test, (unsigned int)dma->pq_align, 4);
	KUNIT_EXPECT_PTR_EQ(test, dma->dev, dma_sim_device(t->sim[0]));
	KUNIT_EXPECT_EQ(test, dev_to_node(dma->dev), NUMA_NO_NODE);
}

static void sim_bad_config(struct kunit *test)
{
	struct dma_sim_config config;

#define TEST_REFUSED(_field, _value) do {				\
	config = dsim_config(false);					\
	config._field = _value;						\
	KUNIT_EXPECT_EQ_MSG(test, -EINVAL,				\
			    PTR_ERR(dma_sim_create(&config)),		\
			    "%s is %s", #_field, #_value);		\
} while (0)
	TEST_REFUSED(kinds, 0);
	TEST_REFUSED(kinds, BIT(DMA_CYCLIC));
	TEST_REFUSED(channels, 0);
	TEST_REFUSED(channels, 65);
	TEST_REFUSED(ring, 1);
	TEST_REFUSED(ring, 4097);
	TEST_REFUSED(max_xor, 1);
	TEST_REFUSED(max_xor, 256);
	TEST_REFUSED(max_pq, 1);
	TEST_REFUSED(max_pq, 256);
	TEST_REFUSED(copy_align, PAGE_SHIFT + 1);
	TEST_REFUSED(coalesce_ops, 0);
	TEST_REFUSED(coalesce_ops, 2);
	TEST_REFUSED(node, MAX_NUMNODES);
	TEST_REFUSED(node, -2);
#undef TEST_REFUSED
}

/*
 * What it does
 */

/* Multiplication in GF(2^8) by shifting. */
static u8 test_gfmul(u8 a, u8 b)
{
	u8 product = 0;

	for (; b; b >>= 1) {
		if (b & 1)
			product ^= a;
		a = (a << 1) ^ (a & 0x80 ? 0x1d : 0);
	}
	return product;
}

/* Each kind, on buffers of one value each, so that one byte tells it all. */
static void sim_kinds(struct kunit *test)
{
	struct sim_test *t = test->priv;
	struct dma_sim_config config = dsim_config(dsim_mode(test));
	enum sum_check_flags good = 0xff, bad = 0xff;
	struct dma_sim_counters c;
	struct dma_device *dma;
	u8 coef[3] = { 7, 1, 0x83 };
	u8 p = 0, q = 0;
	unsigned int i;

	dsim_engine(test, &config);
	dsim_map_all(test);
	dma = t->chan[0]->device;
	for (i = 0; i < 3; i++) {
		p ^= i + 1;
		q ^= test_gfmul(i + 1, coef[i]);
	}

	dsim_run(test, dsim_prep_copy(t, 4, 0));
	dsim_run(test, dmaengine_prep_dma_memset(t->chan[0], t->addr[5], 0x77,
						 TEST_LEN, DMA_CTRL_ACK));
	dsim_run(test, dma->device_prep_dma_xor(t->chan[0], t->addr[6], t->addr,
						4, TEST_LEN, DMA_CTRL_ACK));
	/* Blocks 0 to 2 hold 1, 2 and 3, of which the sum is 0. */
	dsim_run(test, dma->device_prep_dma_xor_val(t->chan[0], t->addr, 3,
						    TEST_LEN, &good,
						    DMA_CTRL_ACK));
	dsim_run(test, dma->device_prep_dma_xor_val(t->chan[0], t->addr, 4,
						    TEST_LEN, &bad,
						    DMA_CTRL_ACK));
	KUNIT_EXPECT_EQ(test, (unsigned int)good, 0);
	KUNIT_EXPECT_EQ(test, (unsigned int)bad, (unsigned int)SUM_CHECK_P_RESULT);

	dsim_run(test, dma->device_prep_dma_pq(t->chan[0], &t->addr[8], t->addr,
					       3, coef, TEST_LEN, DMA_CTRL_ACK));
	dsim_run(test, dma->device_prep_dma_pq_val(t->chan[0], &t->addr[8],
						   t->addr, 3, coef, TEST_LEN,
						   &good, DMA_CTRL_ACK));
	dsim_run(test, dma->device_prep_dma_pq_val(t->chan[0], &t->addr[9],
						   t->addr, 3, coef, TEST_LEN,
						   &bad, DMA_CTRL_ACK));
	KUNIT_EXPECT_EQ(test, (unsigned int)good, 0);
	KUNIT_EXPECT_EQ(test, (unsigned int)bad,
			SUM_CHECK_P_RESULT | SUM_CHECK_Q_RESULT);
	dsim_run(test, dma->device_prep_dma_pq(t->chan[0], &t->addr[8], t->addr,
					       1, coef, TEST_LEN,
					       DMA_CTRL_ACK | DMA_PREP_CONTINUE));
	dsim_run(test, dma->device_prep_dma_interrupt(t->chan[0], DMA_CTRL_ACK));

	dsim_unmap_all(t);
	KUNIT_EXPECT_TRUE(test, dsim_is(t->buf[4], 1, TEST_LEN));
	KUNIT_EXPECT_TRUE(test, dsim_is(t->buf[5], 0x77, TEST_LEN));
	KUNIT_EXPECT_TRUE(test, dsim_is(t->buf[6], 1 ^ 2 ^ 3 ^ 4, TEST_LEN));
	KUNIT_EXPECT_TRUE(test, dsim_is(t->buf[8], p ^ 1, TEST_LEN));
	KUNIT_EXPECT_TRUE(test, dsim_is(t->buf[9], q ^ coef[0], TEST_LEN));

	dma_sim_read_counters(t->sim[0], &c);
	KUNIT_EXPECT_EQ(test, c.ops[DMA_MEMCPY], 1ULL);
	KUNIT_EXPECT_EQ(test, c.ops[DMA_MEMSET], 1ULL);
	KUNIT_EXPECT_EQ(test, c.ops[DMA_XOR], 1ULL);
	KUNIT_EXPECT_EQ(test, c.ops[DMA_XOR_VAL], 2ULL);
	KUNIT_EXPECT_EQ(test, c.ops[DMA_PQ], 2ULL);
	KUNIT_EXPECT_EQ(test, c.ops[DMA_PQ_VAL], 2ULL);
	KUNIT_EXPECT_EQ(test, c.ops[DMA_INTERRUPT], 1ULL);
	KUNIT_EXPECT_EQ(test, c.bytes[DMA_XOR], 4ULL * TEST_LEN);
	KUNIT_EXPECT_EQ(test, c.bytes[DMA_MEMSET], (u64)TEST_LEN);
	KUNIT_EXPECT_EQ(test, c.failed, 0ULL);
	KUNIT_EXPECT_EQ(test, c.irqs, 10ULL);
	KUNIT_EXPECT_EQ(test, c.mapped, 0ULL);
	KUNIT_EXPECT_EQ(test, dma_sim_violations(t->sim[0]), 0ULL);
}

static void sim_limits(struct kunit *test)
{
	struct sim_test *t = test->priv;
	struct dma_sim_config config = dsim_config(false);
	enum sum_check_flags result;
	struct dma_device *dma;
	u8 coef[8] = { 1, 2, 4, 8, 16, 32, 64, 128 };

	config.max_xor = 4;
	config.max_pq = 5;
	config.pq_continue = false;
	config.copy_align = 3;
	config.pq_align = 6;
	dsim_engine(test, &config);
	dsim_map_all(test);
	dma = t->chan[0]->device;

	/* At the limit. */
	dsim_run(test, dma->device_prep_dma_xor(t->chan[0], t->addr[11], t->addr,
						4, TEST_LEN, DMA_CTRL_ACK));
	dsim_run(test, dma->device_prep_dma_pq(t->chan[0], &t->addr[10], t->addr,
					       5, coef, TEST_LEN, DMA_CTRL_ACK));
	/* An old P and Q take the place of three sources. */
	dsim_run(test, dma->device_prep_dma_pq(t->chan[0], &t->addr[10], t->addr,
					       2, coef, TEST_LEN,
					       DMA_CTRL_ACK | DMA_PREP_CONTINUE));
	dsim_run(test, dmaengine_prep_dma_memcpy(t->chan[0], t->addr[1] + 8,
						 t->addr[0] + 24, 16,
						 DMA_CTRL_ACK));
	KUNIT_EXPECT_EQ(test, dsim_violations(t, DMA_SIM_LIMIT), 0ULL);

	/* Beyond. */
	KUNIT_EXPECT_NULL(test, dma->device_prep_dma_xor(t->chan[0], t->addr[11],
							 t->addr, 5, TEST_LEN,
							 DMA_CTRL_ACK));
	KUNIT_EXPECT_NULL(test, dma->device_prep_dma_xor_val(t->chan[0], t->addr,
							     5, TEST_LEN, &result,
							     DMA_CTRL_ACK));
	KUNIT_EXPECT_NULL(test, dma->device_prep_dma_pq(t->chan[0], &t->addr[10],
							t->addr, 6, coef,
							TEST_LEN, DMA_CTRL_ACK));
	KUNIT_EXPECT_NULL(test, dma->device_prep_dma_pq(t->chan[0], &t->addr[10],
							t->addr, 3, coef,
							TEST_LEN, DMA_CTRL_ACK |
							DMA_PREP_CONTINUE));
	KUNIT_EXPECT_NULL(test, dmaengine_prep_dma_memcpy(t->chan[0], t->addr[1],
							  t->addr[0] + 4, 16,
							  DMA_CTRL_ACK));
	KUNIT_EXPECT_NULL(test, dmaengine_prep_dma_memcpy(t->chan[0], t->addr[1],
							  t->addr[0], 20,
							  DMA_CTRL_ACK));
	KUNIT_EXPECT_NULL(test, dma->device_prep_dma_pq(t->chan[0], &t->addr[10],
							t->addr, 2, coef, 96,
							DMA_CTRL_ACK));
	KUNIT_EXPECT_EQ(test, dsim_violations(t, DMA_SIM_LIMIT), 7ULL);
}

static void sim_ring(struct kunit *test)
{
	struct sim_test *t = test->priv;
	struct dma_sim_config config = dsim_config(false);
	struct dma_sim_counters c;
	dma_cookie_t cookie = 0;
	unsigned int i, round;

	config.ring = 4;
	dsim_engine(test, &config);
	dsim_map_all(test);
	for (round = 0; round < 3; round++) {
		for (i = 0; i < config.ring; i++)
			cookie = dsim_copy(test, i + 1, 0, NULL);
		KUNIT_EXPECT_NULL(test, dsim_prep_copy(t, 1, 0));
		dma_sim_read_counters(t->sim[0], &c);
		KUNIT_EXPECT_EQ(test, c.full, (u64)round + 1);
		dsim_poll(test, cookie);
	}
}

/* A descriptor is the client's until he acknowledges it. */
static void sim_ack(struct kunit *test)
{
	struct sim_test *t = test->priv;
	struct dma_sim_config config = dsim_config(false);
	struct dma_async_tx_descriptor *tx[2];
	dma_cookie_t cookie = 0;
	unsigned int i;

	config.ring = 2;
	dsim_engine(test, &config);
	dsim_map_all(test);
	for (i = 0; i < 2; i++) {
		tx[i] = dmaengine_prep_dma_memcpy(t->chan[0], t->addr[i + 1],
						  t->addr[0], TEST_LEN, 0);
		cookie = dsim_submit(test, tx[i], NULL);
	}
	dsim_poll(test, cookie);
	KUNIT_EXPECT_NULL(test, dsim_prep_copy(t, 3, 0));
	async_tx_ack(tx[1]);
	dsim_poll(test, dsim_copy(test, 3, 0, NULL));
	KUNIT_EXPECT_FALSE(test, async_tx_test_ack(tx[0]));
	async_tx_ack(tx[0]);
}

static void sim_delay_op(struct kunit *test)
{
	struct sim_test *t = test->priv;
	struct dma_sim_config config = dsim_config(false);
	struct test_call call = {};
	ktime_t start;
	s64 us;

	config.delay_ns = 10 * NSEC_PER_MSEC;
	config.delay_kib_ns = 5 * NSEC_PER_MSEC;
	dsim_engine(test, &config);
	dsim_map_all(test);

	/* 10 ms and four times 5 ms, for each of two. */
	start = ktime_get();
	dsim_copy(test, 1, 0, &call);
	dsim_copy(test, 2, 0, &call);
	dma_async_issue_pending(t->chan[0]);
	dsim_wait_calls(test, 2);
	us = ktime_us_delta(ktime_get(), start);
	KUNIT_EXPECT_GE(test, us, 60000LL);

	/* Whoever polls waits as long. */
	start = ktime_get();
	dsim_poll(test, dsim_copy(test, 1, 0, NULL));
	us = ktime_us_delta(ktime_get(), start);
	KUNIT_EXPECT_GE(test, us, 30000LL);
}

/* A long operation on one channel, then a short one on the other. */
static void test_two_channels(struct kunit *test, bool in_order)
{
	struct sim_test *t = test->priv;
	struct dma_sim_config config = dsim_config(false);
	struct test_call calls[2] = { { .nr = 0 }, { .nr = 1 } };

	config.channels = 2;
	config.in_order = in_order;
	config.delay_kib_ns = 50 * NSEC_PER_MSEC;
	dsim_engine(test, &config);
	dsim_map_all(test);

	dsim_copy(test, 1, 0, &calls[0]);
	dma_async_issue_pending(t->chan[0]);
	dsim_submit(test, dmaengine_prep_dma_memcpy(t->chan[1], t->addr[3],
						    t->addr[2], 16,
						    DMA_CTRL_ACK), &calls[1]);
	dma_async_issue_pending(t->chan[1]);
	dsim_wait_calls(test, 2);
	KUNIT_EXPECT_EQ(test, t->order[0], in_order ? 0 : 1);
	KUNIT_EXPECT_EQ(test, t->order[1], in_order ? 1 : 0);
}

static void sim_out_of_order(struct kunit *test)
{
	test_two_channels(test, false);
}

static void sim_in_order(struct kunit *test)
{
	test_two_channels(test, true);
}

/* Who polls one channel gets the others on that are in front. */
static void sim_in_order_poll(struct kunit *test)
{
	struct sim_test *t = test->priv;
	struct dma_sim_config config = dsim_config(false);
	struct dma_async_tx_descriptor *tx;
	unsigned int round, i, polls;
	dma_cookie_t cookie = 0;

	config.channels = 2;
	config.in_order = true;
	dsim_engine(test, &config);
	dsim_map_all(test);
	for (round = 0; round < 20; round++) {
		preempt_disable();
		for (i = 0; i < 8; i++) {
			tx = dmaengine_prep_dma_memcpy(t->chan[i % 2],
						       t->addr[i + 1],
						       t->addr[i], TEST_LEN,
						       DMA_CTRL_ACK);
			if (!tx)
				break;
			cookie = dmaengine_submit(tx);
			dma_async_issue_pending(t->chan[i % 2]);
		}
		for (polls = 0; polls < TEST_MAX_POLLS; polls++)
			if (dma_async_is_tx_complete(t->chan[1], cookie, NULL,
						     NULL) == DMA_COMPLETE)
				break;
		preempt_enable();
		KUNIT_ASSERT_EQ_MSG(test, i, 8, "round %u", round);
		KUNIT_ASSERT_LT_MSG(test, polls, TEST_MAX_POLLS, "round %u",
				    round);
	}
	dsim_unmap_all(t);
	for (i = 1; i < 9; i++)
		KUNIT_EXPECT_TRUE_MSG(test, dsim_is(t->buf[i], 1, TEST_LEN),
				      "buffer %u", i);
}

static void sim_coalesce(struct kunit *test)
{
	struct sim_test *t = test->priv;
	struct dma_sim_config config = dsim_config(false);
	struct test_call call = {};
	struct dma_sim_counters c;
	unsigned int i;
	ktime_t start;
	s64 us;

	config.coalesce_ops = 4;
	config.coalesce_us = 50000;
	dsim_engine(test, &config);
	dsim_map_all(test);

	for (i = 0; i < 8; i++)
		dsim_copy(test, 1, 0, &call);
	start = ktime_get();
	dma_async_issue_pending(t->chan[0]);
	dsim_wait_calls(test, 8);
	dma_sim_read_counters(t->sim[0], &c);
	KUNIT_EXPECT_EQ(test, c.irqs, 2ULL);

	/* One by itself waits for the time to come. */
	start = ktime_get();
	dsim_run(test, dsim_prep_copy(t, 1, 0));
	us = ktime_us_delta(ktime_get(), start);
	KUNIT_EXPECT_GE(test, us, 50000LL);
	dma_sim_read_counters(t->sim[0], &c);
	KUNIT_EXPECT_EQ(test, c.irqs, 3ULL);
}

/*
 * How it is controlled
 */

static void sim_pause_resume(struct kunit *test)
{
	struct sim_test *t = test->priv;
	struct dma_sim_config config = dsim_config(false);
	struct test_call call = {};
	dma_cookie_t cookie;

	dsim_engine(test, &config);
	dsim_map_all(test);
	KUNIT_ASSERT_EQ(test, 0, dmaengine_pause(t->chan[0]));
	cookie = dsim_copy(test, 1, 0, &call);
	dma_async_issue_pending(t->chan[0]);
	msleep(TEST_QUIET_MS);
	KUNIT_EXPECT_EQ(test, DMA_PAUSED, dsim_status(t, cookie));
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&t->calls));

	KUNIT_ASSERT_EQ(test, 0, dmaengine_resume(t->chan[0]));
	dsim_wait_calls(test, 1);
	KUNIT_EXPECT_EQ(test, DMA_COMPLETE, dsim_status(t, cookie));
}

/* Of paused and of unissued operations, none is called back or executed. */
static void sim_terminate(struct kunit *test)
{
	struct sim_test *t = test->priv;
	struct dma_sim_config config = dsim_config(true);
	struct test_call call = {};
	dma_cookie_t first, last, cookie;
	struct dma_sim_counters c;

	dsim_engine(test, &config);
	dsim_map_all(test);
	dmaengine_pause(t->chan[0]);
	first = dsim_copy(test, 1, 0, &call);
	dma_async_issue_pending(t->chan[0]);
	last = dsim_copy(test, 2, 0, &call);
	KUNIT_EXPECT_EQ(test, 0, dmaengine_terminate_sync(t->chan[0]));
	KUNIT_EXPECT_EQ(test, DMA_ERROR, dsim_status(t, first));
	KUNIT_EXPECT_EQ(test, DMA_ERROR, dsim_status(t, last));

	/* The pause is over, and all descriptors are there again. */
	cookie = dsim_copy(test, 3, 0, NULL);
	dsim_poll(test, cookie);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&t->calls));
	KUNIT_EXPECT_EQ(test, DMA_ERROR, dsim_status(t, first));
	KUNIT_EXPECT_EQ(test, DMA_ERROR, dsim_status(t, last));
	KUNIT_EXPECT_EQ(test, DMA_COMPLETE, dsim_status(t, cookie));
	dma_sim_read_counters(t->sim[0], &c);
	KUNIT_EXPECT_EQ(test, c.aborted, 2ULL);
	dsim_unmap_all(t);
	KUNIT_EXPECT_TRUE(test, dsim_is(t->buf[1], 2, TEST_LEN));
	KUNIT_EXPECT_TRUE(test, dsim_is(t->buf[2], 3, TEST_LEN));
	KUNIT_EXPECT_TRUE(test, dsim_is(t->buf[3], 1, TEST_LEN));
}

/*
 * In the middle of work: nothing comes any more afterwards, and what is unmapped
 * then is not in use.
 */
static void sim_terminate_busy(struct kunit *test)
{
	struct sim_test *t = test->priv;
	struct dma_sim_config config = dsim_config(dsim_mode(test));
	struct test_call call = {};
	unsigned int i, round;
	int calls;

	config.coalesce_ops = 3;
	config.coalesce_us = 20;
	dsim_engine(test, &config);
	for (round = 0; round < 200; round++) {
		dsim_map_all(test);
		for (i = 1; i < TEST_BUFS; i++)
			dsim_copy(test, i, 0, &call);
		dma_async_issue_pending(t->chan[0]);
		udelay(round % 50);
		KUNIT_ASSERT_EQ(test, 0, dmaengine_terminate_sync(t->chan[0]));
		dsim_unmap_all(t);
		calls = atomic_read(&t->calls);
		if (round % 8 == 0)
			usleep_range(500, 1000);
		KUNIT_EXPECT_EQ(test, calls, atomic_read(&t->calls));
	}
	KUNIT_EXPECT_EQ(test, dma_sim_violations(t->sim[0]), 0ULL);
}

/* A poller that keeps all else from its CPU gets its operations done. */
static void sim_poll_blocked(struct kunit *test)
{
	enum test_block how = *(const enum test_block *)test->param_value;
	struct sim_test *t = test->priv;
	struct dma_sim_config config = dsim_config(false);
	struct test_call call = {};
	unsigned int i, round, polls;
	dma_cookie_t cookie = 0;

	if (IS_ENABLED(CONFIG_PREEMPT_RT) && how != TEST_NO_BH)
		kunit_skip(test, "operations take sleeping locks here");

	config.coalesce_ops = 64;
	config.coalesce_us = USEC_PER_SEC;
	dsim_engine(test, &config);
	dsim_map_all(test);
	for (round = 0; round < 50; round++) {
		atomic_set(&t->calls, 0);
		for (i = 1; i < TEST_BUFS; i++)
			cookie = dsim_copy(test, i, i - 1, &call);
		test_block_cpu(how, true);
		dma_async_issue_pending(t->chan[0]);
		for (polls = 0; polls < TEST_MAX_POLLS; polls++)
			if (dsim_status(t, cookie) == DMA_COMPLETE)
				break;
		test_block_cpu(how, false);
		KUNIT_ASSERT_LT_MSG(test, polls, TEST_MAX_POLLS, "round %u",
				    round);
		dsim_wait_calls(test, TEST_BUFS - 1);
		dmaengine_synchronize(t->chan[0]);
	}
	dsim_unmap_all(t);
	for (i = 1; i < TEST_BUFS; i++)
		KUNIT_EXPECT_TRUE(test, dsim_is(t->buf[i], 1, TEST_LEN));
}

static struct kunit_case sim_ability_cases[] = {
	KUNIT_CASE(sim_caps),
	KUNIT_CASE(sim_bad_config),
	KUNIT_CASE_PARAM(sim_kinds, dsim_mode_gen_params),
	KUNIT_CASE(sim_limits),
	KUNIT_CASE(sim_ring),
	KUNIT_CASE(sim_ack),
	KUNIT_CASE(sim_delay_op),
	KUNIT_CASE(sim_out_of_order),
	KUNIT_CASE(sim_in_order),
	KUNIT_CASE(sim_in_order_poll),
	KUNIT_CASE(sim_coalesce),
	KUNIT_CASE(sim_pause_resume),
	KUNIT_CASE(sim_terminate),
	KUNIT_CASE_PARAM(sim_terminate_busy, dsim_mode_gen_params),
	KUNIT_CASE_PARAM(sim_poll_blocked, test_block_gen_params),
	{}
};

static struct kunit_suite sim_ability_suite = {
	.name = "dma_sim_ability",
	.init = dsim_init,
	.exit = dsim_exit,
	.test_cases = sim_ability_cases,
};

kunit_test_suite(sim_ability_suite);
