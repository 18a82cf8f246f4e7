// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of the simulated engines: engines that go, and everything at once.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/ktime.h>

#include "fixture.h"

/*
 * How it goes
 */

/* The driver goes while work is in flight: who has a channel keeps it. */
static void sim_unbind_busy(struct kunit *test)
{
	struct sim_test *t = test->priv;
	struct dma_sim_config config = dsim_config(dsim_mode(test));
	struct test_call call = {};
	unsigned int i;

	config.delay_ns = NSEC_PER_MSEC;
	dsim_engine(test, &config);
	dsim_map_all(test);
	for (i = 1; i < TEST_BUFS; i++)
		dsim_copy(test, i, i - 1, &call);
	dma_async_issue_pending(t->chan[0]);
	dma_sim_unbind(t->sim[0]);
	dsim_wait_calls(test, TEST_BUFS - 1);
	dsim_poll(test, dsim_copy(test, 2, 1, NULL));
	dsim_unmap_all(t);
	for (i = 1; i < TEST_BUFS; i++)
		KUNIT_EXPECT_TRUE(test, dsim_is(t->buf[i], 1, TEST_LEN));

	/* Bound again it is another engine, beside the one that is held. */
	KUNIT_ASSERT_EQ(test, 0, dma_sim_bind(t->sim[0]));
	KUNIT_ASSERT_EQ(test, 0, dma_sim_bind(t->sim[0]));
	dma_release_channel(t->chan[0]);
	t->chan[0] = dsim_request(t->sim[0]);
	KUNIT_ASSERT_NOT_NULL(test, t->chan[0]);
	dsim_map_all(test);
	dsim_poll(test, dsim_copy(test, 3, 2, NULL));
	KUNIT_EXPECT_EQ(test, dma_sim_violations(t->sim[0]), 0ULL);
}

/* The engine itself goes, the channel is released later. */
static void sim_destroy_busy(struct kunit *test)
{
	struct sim_test *t = test->priv;
	struct dma_sim_config config = dsim_config(dsim_mode(test));
	struct test_call call = {};
	struct device *dev;
	unsigned int i;

	config.delay_ns = NSEC_PER_MSEC;
	dsim_engine(test, &config);
	dev = dma_sim_device(t->sim[0]);
	dsim_map_all(test);
	for (i = 1; i < TEST_BUFS; i++)
		dsim_copy(test, i, i - 1, &call);
	dma_async_issue_pending(t->chan[0]);
	dma_sim_destroy(t->sim[0]);
	t->sim[0] = NULL;

	dsim_wait_calls(test, TEST_BUFS / 2);
	KUNIT_EXPECT_EQ(test, 0, dmaengine_terminate_sync(t->chan[0]));
	for (i = 0; i < TEST_BUFS; i++) {
		dma_unmap_single(dev, t->addr[i], TEST_LEN, t->dir[i]);
		t->dir[i] = DMA_NONE;
	}
	for (i = 1; i < TEST_BUFS / 2; i++)
		KUNIT_EXPECT_TRUE(test, dsim_is(t->buf[i], 1, TEST_LEN));
}

/*
 * All at once
 */

#define TEST_THREADS	3
#define TEST_ROUNDS	200

struct test_thread {
	struct kunit *test;
	struct task_struct *task;
	struct dma_chan *chan;
	struct completion done;
	struct dmaengine_result result;
	u8 *buf[2];
	unsigned int nr;
	unsigned int good;
	unsigned int failed;
	unsigned int refused;
	unsigned int terminated;
	unsigned int wrong;
};

static void test_thread_callback(void *param,
				 const struct dmaengine_result *result)
{
	struct test_thread *thread = param;

	thread->result = *result;
	complete(&thread->done);
}

/* One copy, with whatever befalls it.  Counts what came of it. */
static void test_thread_round(struct test_thread *thread, u8 value)
{
	struct device *dev = thread->chan->device->dev;
	struct dma_async_tx_descriptor *tx = NULL;
	dma_addr_t src, dst;
	dma_cookie_t cookie;
	unsigned int tries;
	bool done;

	memset(thread->buf[0], value, TEST_LEN);
	src = dma_map_single(dev, thread->buf[0], TEST_LEN, DMA_TO_DEVICE);
	if (dma_mapping_error(dev, src)) {
		thread->refused++;
		return;
	}
	dst = dma_map_single(dev, thread->buf[1], TEST_LEN, DMA_FROM_DEVICE);
	if (dma_mapping_error(dev, dst)) {
		thread->refused++;
		goto unmap_src;
	}
	tx = dmaengine_prep_dma_memcpy(thread->chan, dst, src, TEST_LEN,
				       DMA_CTRL_ACK);
	if (!tx) {
		thread->refused++;
		goto unmap_dst;
	}
	reinit_completion(&thread->done);
	tx->callback_result = test_thread_callback;
	tx->callback_param = thread;
	cookie = dmaengine_submit(tx);
	dma_async_issue_pending(thread->chan);

	done = wait_for_completion_timeout(&thread->done,
					   msecs_to_jiffies(20));
	/* Perhaps it was only the interrupt. */
	if (!done && dma_async_is_tx_complete(thread->chan, cookie, NULL,
					      NULL) == DMA_COMPLETE)
		done = wait_for_completion_timeout(&thread->done,
						   msecs_to_jiffies(TEST_TIMEOUT_MS));
	if (!done) {
		thread->terminated++;
		/* Which is refused now and then. */
		for (tries = 0; tries < 100; tries++)
			if (!dmaengine_terminate_sync(thread->chan))
				break;
		thread->result.result = DMA_TRANS_ABORTED;
	}
unmap_dst:
	dma_unmap_single(dev, dst, TEST_LEN, DMA_FROM_DEVICE);
unmap_src:
	dma_unmap_single(dev, src, TEST_LEN, DMA_TO_DEVICE);
	if (!tx)
		return;
	if (thread->result.result != DMA_TRANS_NOERROR)
		thread->failed++;
	else if (dsim_is(thread->buf[1], value, TEST_LEN))
		thread->good++;
	else
		thread->wrong++;
}

static int test_thread_fn(void *data)
{
	struct test_thread *thread = data;
	unsigned int round;

	for (round = 0; round < TEST_ROUNDS && !kthread_should_stop(); round++)
		test_thread_round(thread, round + thread->nr);
	while (!kthread_should_stop())
		usleep_range(500, 1000);
	return 0;
}

/*
 * Several clients, faults of all kinds at random, and the driver is unbound and
 * bound all the time: nobody waits in vain, and what is called good is.
 */
static void sim_load(struct kunit *test)
{
	struct dma_sim_config config = dsim_config(dsim_mode(test));
	struct dma_sim_fault fault = { .ppm = 20000, .delay_ms = 2 };
	struct sim_test *t = test->priv;
	struct test_thread *threads;
	unsigned int i, class, sum = 0;

	config.channels = TEST_THREADS;
	config.coalesce_ops = 2;
	config.coalesce_us = 100;
	config.delay_ns = 20 * NSEC_PER_USEC;
	if (config.iova)
		dsim_need_iova(test);
	t->sim[0] = dma_sim_create(&config);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, t->sim[0]);
	for (class = 0; class < DMA_SIM_NR_FAULTS; class++)
		if (class != DMA_SIM_VANISH &&
		    (class != DMA_SIM_REFUSE_MAP || config.iova))
			KUNIT_ASSERT_EQ(test, 0,
					dma_sim_set_fault(t->sim[0], class,
							  &fault));

	threads = kunit_kcalloc(test, TEST_THREADS, sizeof(*threads),
				GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, threads);
	for (i = 0; i < TEST_THREADS; i++) {
		threads[i].test = test;
		threads[i].nr = i;
		init_completion(&threads[i].done);
		threads[i].buf[0] = t->buf[2 * i];
		threads[i].buf[1] = t->buf[2 * i + 1];
		threads[i].chan = dsim_request(t->sim[0]);
		KUNIT_EXPECT_NOT_NULL(test, threads[i].chan);
		if (!threads[i].chan)
			break;
		threads[i].task = kthread_run(test_thread_fn, &threads[i],
					      "dma-sim-test/%u", i);
		if (IS_ERR(threads[i].task)) {
			KUNIT_FAIL(test, "no thread");
			dma_release_channel(threads[i].chan);
			break;
		}
	}

	/* They have channels of the first engine; those that follow idle. */
	for (class = 0; class < 20; class++) {
		msleep(20);
		dma_sim_unbind(t->sim[0]);
		KUNIT_EXPECT_EQ(test, 0, dma_sim_bind(t->sim[0]));
	}
	for (sum = 0, class = 0; class < TEST_TIMEOUT_MS / 20; class++) {
		unsigned int j;

		for (j = 0, sum = 0; j < i; j++)
			sum += READ_ONCE(threads[j].good) +
			       READ_ONCE(threads[j].failed) +
			       READ_ONCE(threads[j].refused) +
			       READ_ONCE(threads[j].wrong);
		if (sum == i * TEST_ROUNDS)
			break;
		msleep(20);
	}
	KUNIT_EXPECT_EQ(test, sum, TEST_THREADS * TEST_ROUNDS);
	while (i--) {
		kthread_stop(threads[i].task);
		dma_release_channel(threads[i].chan);
		KUNIT_EXPECT_EQ_MSG(test, threads[i].wrong, 0, "thread %u", i);
		KUNIT_EXPECT_GT_MSG(test, threads[i].good, 0, "thread %u", i);
		KUNIT_EXPECT_GT_MSG(test, threads[i].failed, 0, "thread %u", i);
	}
	KUNIT_EXPECT_EQ(test, dma_sim_violations(t->sim[0]), 0ULL);
}

static struct kunit_case sim_life_cases[] = {
	KUNIT_CASE_PARAM(sim_unbind_busy, dsim_mode_gen_params),
	KUNIT_CASE_PARAM(sim_destroy_busy, dsim_mode_gen_params),
	KUNIT_CASE_PARAM_ATTR(sim_load, dsim_mode_gen_params, { .speed = KUNIT_SPEED_SLOW }),
	{}
};

static struct kunit_suite sim_life_suite = {
	.name = "dma_sim_life",
	.init = dsim_init,
	.exit = dsim_exit,
	.test_cases = sim_life_cases,
};

kunit_test_suite(sim_life_suite);
