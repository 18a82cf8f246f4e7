// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of the channels, through the interface that clients use.
 *
 * Each test makes an engine of its own, private so that no other client takes
 * its channels, and requests the first channel.
 */
#include <kunit/test.h>
#include <linux/bitmap.h>
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/dmaengine.h>
#include <linux/irq_work.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/preempt.h>
#include <linux/prandom.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../soft.h"
#include "block.h"

#define TEST_RING	8
#define TEST_LEN	4096
#define TEST_SEED	0xc4a2

/* Long enough for any machine; a test that waits so long has failed. */
#define TEST_TIMEOUT_MS	10000

/* So many polls do all the work of a test, several times over. */
#define TEST_MAX_POLLS	100000

#define TEST_BUFS	24

/**
 * struct chan_test - what a test has
 * @pdev: the engine's device
 * @sd: the engine; for its counters only
 * @chan: its first channel
 * @buf: buffers of TEST_LEN bytes, each filled with its number plus 1
 * @addr: their bus addresses
 * @calls: how often a callback has come
 * @order: the callbacks' numbers, as they came
 * @outside: callbacks that came elsewhere than in softirq context
 * @direct: those of them that came with bottom halves disabled
 * @result: what the last callback was told
 * @done: the number of calls that was waited for has been reached
 * @want: that number
 */
struct chan_test {
	struct platform_device *pdev;
	struct soft_dev *sd;
	struct dma_chan *chan;
	u8 *buf[TEST_BUFS];
	dma_addr_t addr[TEST_BUFS];
	atomic_t calls;
	unsigned int order[64];
	atomic_t outside;
	atomic_t direct;
	struct dmaengine_result result;
	struct completion done;
	int want;
};

/* What a callback is given. */
struct test_call {
	struct chan_test *t;
	unsigned int nr;
};

static void test_called(struct test_call *call)
{
	struct chan_test *t = call->t;
	int calls = atomic_inc_return(&t->calls);

	if (!in_serving_softirq() || in_hardirq()) {
		atomic_inc(&t->outside);
		if (in_softirq() && !in_hardirq())
			atomic_inc(&t->direct);
	}
	if (calls <= ARRAY_SIZE(t->order))
		t->order[calls - 1] = call->nr;
	if (calls == READ_ONCE(t->want))
		complete(&t->done);
}

static void test_callback(void *param)
{
	test_called(param);
}

static void test_callback_result(void *param,
				 const struct dmaengine_result *result)
{
	struct test_call *call = param;

	call->t->result = *result;
	test_called(call);
}

static bool test_filter(struct dma_chan *chan, void *dev)
{
	return chan->device->dev == dev;
}

static struct dma_chan *test_request(struct chan_test *t)
{
	dma_cap_mask_t mask;

	dma_cap_zero(mask);
	dma_cap_set(DMA_MEMCPY, mask);
	return dma_request_channel(mask, test_filter, &t->pdev->dev);
}

static void test_fill(struct chan_test *t)
{
	unsigned int i;

	for (i = 0; i < TEST_BUFS; i++)
		memset(t->buf[i], i + 1, TEST_LEN);
}

static void test_make_engine(struct kunit *test, unsigned int ring, int cpu)
{
	struct chan_test *t = test->priv;
	struct soft_config *config;
	unsigned int i;

	config = kunit_kzalloc(test, sizeof(*config), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, config);
	config->channels = 2;
	config->ring = ring;
	config->node = NUMA_NO_NODE;
	config->private = true;
	if (cpu >= 0)
		cpumask_set_cpu(cpu, &config->cpus);

	t->pdev = platform_device_register_data(NULL, SOFT_NAME,
						PLATFORM_DEVID_AUTO, config,
						sizeof(*config));
	if (IS_ERR(t->pdev)) {
		t->pdev = NULL;
		KUNIT_FAIL_AND_ABORT(test, "no device");
	}
	t->sd = platform_get_drvdata(t->pdev);
	KUNIT_ASSERT_NOT_NULL(test, t->sd);
	t->chan = test_request(t);
	KUNIT_ASSERT_NOT_NULL(test, t->chan);

	for (i = 0; i < TEST_BUFS; i++) {
		t->buf[i] = kmalloc(TEST_LEN, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, t->buf[i]);
		t->addr[i] = dma_map_single(&t->pdev->dev, t->buf[i], TEST_LEN,
					    DMA_BIDIRECTIONAL);
		KUNIT_ASSERT_FALSE(test, dma_mapping_error(&t->pdev->dev,
							   t->addr[i]));
	}
	test_fill(t);
}

static int chan_test_init(struct kunit *test)
{
	struct chan_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	init_completion(&t->done);
	test->priv = t;
	return 0;
}

static void chan_test_exit(struct kunit *test)
{
	struct chan_test *t = test->priv;
	unsigned int i;

	if (!t || !t->pdev)
		return;
	if (t->chan) {
		dmaengine_terminate_sync(t->chan);
		dma_release_channel(t->chan);
	}
	for (i = 0; i < TEST_BUFS && t->buf[i]; i++) {
		if (t->addr[i])
			dma_unmap_single(&t->pdev->dev, t->addr[i], TEST_LEN,
					 DMA_BIDIRECTIONAL);
		kfree(t->buf[i]);
	}
	platform_device_unregister(t->pdev);
}

/* Make the CPU's view of a buffer valid, or the engine's. */
static void test_sync(struct chan_test *t, unsigned int buf, bool for_cpu)
{
	if (for_cpu)
		dma_sync_single_for_cpu(&t->pdev->dev, t->addr[buf], TEST_LEN,
					DMA_BIDIRECTIONAL);
	else
		dma_sync_single_for_device(&t->pdev->dev, t->addr[buf],
					   TEST_LEN, DMA_BIDIRECTIONAL);
}

static bool test_buf_is(struct chan_test *t, unsigned int buf, u8 value)
{
	bool is;

	test_sync(t, buf, true);
	is = !memchr_inv(t->buf[buf], value, TEST_LEN);
	test_sync(t, buf, false);
	return is;
}

static struct dma_async_tx_descriptor *
test_prep_copy(struct chan_test *t, unsigned int dst, unsigned int src,
	       unsigned long flags)
{
	return dmaengine_prep_dma_memcpy(t->chan, t->addr[dst], t->addr[src],
					 TEST_LEN, flags);
}

/* Submit a copy; with a callback of the given number, unless that is NULL. */
static dma_cookie_t test_copy(struct kunit *test, unsigned int dst,
			      unsigned int src, struct test_call *call)
{
	struct chan_test *t = test->priv;
	struct dma_async_tx_descriptor *tx;

	tx = test_prep_copy(t, dst, src, DMA_CTRL_ACK | DMA_PREP_INTERRUPT);
	KUNIT_ASSERT_NOT_NULL(test, tx);
	if (call) {
		call->t = t;
		tx->callback = test_callback;
		tx->callback_param = call;
	}
	return dmaengine_submit(tx);
}

static enum dma_status test_status(struct chan_test *t, dma_cookie_t cookie)
{
	return dma_async_is_tx_complete(t->chan, cookie, NULL, NULL);
}

/* Wait without polling, so that it is the worker who works. */
static void test_wait_calls(struct kunit *test, int calls)
{
	struct chan_test *t = test->priv;

	WRITE_ONCE(t->want, calls);
	if (atomic_read(&t->calls) >= calls)
		return;
	KUNIT_ASSERT_TRUE(test,
			  wait_for_completion_timeout(&t->done,
						      msecs_to_jiffies(TEST_TIMEOUT_MS)));
}

static void test_reset_calls(struct chan_test *t)
{
	atomic_set(&t->calls, 0);
	t->want = 0;
	reinit_completion(&t->done);
}

static void test_poll(struct kunit *test, dma_cookie_t cookie)
{
	struct chan_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, DMA_COMPLETE, dma_sync_wait(t->chan, cookie));
}

static void test_counters(struct chan_test *t, struct soft_counters *c)
{
	soft_stats_read(to_soft_chan(t->chan), c);
}

static void soft_chan_caps(struct kunit *test)
{
	struct chan_test *t = test->priv;
	struct dma_device *dma;

	test_make_engine(test, TEST_RING, -1);
	dma = t->chan->device;
	KUNIT_EXPECT_TRUE(test, dma_has_cap(DMA_MEMCPY, dma->cap_mask));
	KUNIT_EXPECT_TRUE(test, dma_has_cap(DMA_MEMSET, dma->cap_mask));
	KUNIT_EXPECT_TRUE(test, dma_has_cap(DMA_XOR, dma->cap_mask));
	KUNIT_EXPECT_TRUE(test, dma_has_cap(DMA_XOR_VAL, dma->cap_mask));
	KUNIT_EXPECT_TRUE(test, dma_has_cap(DMA_PQ, dma->cap_mask));
	KUNIT_EXPECT_TRUE(test, dma_has_cap(DMA_PQ_VAL, dma->cap_mask));
	KUNIT_EXPECT_TRUE(test, dma_has_cap(DMA_INTERRUPT, dma->cap_mask));
	KUNIT_EXPECT_EQ(test, dma->max_xor, SOFT_MAX_SRCS);
	KUNIT_EXPECT_EQ(test, dma_dev_to_maxpq(dma), SOFT_MAX_SRCS);
	KUNIT_EXPECT_TRUE(test, dma_dev_has_pq_continue(dma));
	KUNIT_EXPECT_EQ(test, dma->chancnt, 2);
}

/* Nothing begins before device_issue_pending. */
static void soft_chan_issue(struct kunit *test)
{
	struct chan_test *t = test->priv;
	struct test_call call = {};
	dma_cookie_t cookie;

	test_make_engine(test, TEST_RING, -1);
	cookie = test_copy(test, 1, 0, &call);
	msleep(20);
	KUNIT_EXPECT_EQ(test, DMA_IN_PROGRESS, test_status(t, cookie));
	KUNIT_EXPECT_TRUE(test, test_buf_is(t, 1, 2));

	dma_async_issue_pending(t->chan);
	test_wait_calls(test, 1);
	KUNIT_EXPECT_EQ(test, DMA_COMPLETE, test_status(t, cookie));
	KUNIT_EXPECT_TRUE(test, test_buf_is(t, 1, 1));
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&t->outside));
}

/* Each copy reads what the one before it wrote; callbacks come in order. */
static void soft_chan_order(struct kunit *test)
{
	struct chan_test *t = test->priv;
	struct test_call calls[TEST_BUFS] = {};
	unsigned int i;

	test_make_engine(test, 32, -1);
	for (i = 1; i < TEST_BUFS; i++) {
		calls[i].nr = i;
		test_copy(test, i, i - 1, &calls[i]);
		if (i % 5 == 0)
			dma_async_issue_pending(t->chan);
	}
	dma_async_issue_pending(t->chan);
	test_wait_calls(test, TEST_BUFS - 1);
	for (i = 1; i < TEST_BUFS; i++) {
		KUNIT_EXPECT_TRUE(test, test_buf_is(t, i, 1));
		KUNIT_EXPECT_EQ(test, t->order[i - 1], i);
	}
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&t->outside));
}

static void soft_chan_full(struct kunit *test)
{
	struct chan_test *t = test->priv;
	struct soft_counters c;
	dma_cookie_t cookie = 0;
	unsigned int i, round;

	test_make_engine(test, TEST_RING, -1);
	for (round = 0; round < 3; round++) {
		for (i = 0; i < TEST_RING; i++)
			cookie = test_copy(test, i + 1, 0, NULL);
		KUNIT_EXPECT_NULL(test, test_prep_copy(t, 1, 0, DMA_CTRL_ACK));
		test_counters(t, &c);
		KUNIT_EXPECT_EQ(test, c.full, (u64)round + 1);
		test_poll(test, cookie);
	}
}

/* Room for many sources runs out earlier, and does not hold others up. */
static void soft_chan_full_wide(struct kunit *test)
{
	unsigned int nr_wides = max(TEST_RING / SOFT_DESCS_PER_WIDE, 2);
	struct chan_test *t = test->priv;
	struct dma_async_tx_descriptor *tx;
	dma_cookie_t cookie = 0;
	dma_addr_t src[SOFT_NEAR_SRCS + 1];
	unsigned int i, round;
	struct dma_device *dma;

	test_make_engine(test, TEST_RING, -1);
	dma = t->chan->device;
	for (i = 0; i < ARRAY_SIZE(src); i++)
		src[i] = t->addr[i];

	for (round = 0; round < 3; round++) {
		for (i = 0; i < nr_wides; i++) {
			tx = dma->device_prep_dma_xor(t->chan, t->addr[20], src,
						      ARRAY_SIZE(src), TEST_LEN,
						      DMA_CTRL_ACK);
			KUNIT_ASSERT_NOT_NULL(test, tx);
			cookie = dmaengine_submit(tx);
		}
		tx = dma->device_prep_dma_xor(t->chan, t->addr[20], src,
					      ARRAY_SIZE(src), TEST_LEN,
					      DMA_CTRL_ACK);
		KUNIT_EXPECT_NULL(test, tx);
		tx = dma->device_prep_dma_xor(t->chan, t->addr[21], src,
					      ARRAY_SIZE(src) - 1, TEST_LEN,
					      DMA_CTRL_ACK);
		KUNIT_ASSERT_NOT_NULL(test, tx);
		cookie = dmaengine_submit(tx);
		test_poll(test, cookie);
		/* The XOR of the numbers 1 to 17, and of 1 to 16. */
		KUNIT_EXPECT_TRUE(test, test_buf_is(t, 20, 1));
		KUNIT_EXPECT_TRUE(test, test_buf_is(t, 21, 16));
	}
}

/* What cannot be meant, or is too much, is refused. */
static void soft_chan_refuse(struct kunit *test)
{
	struct chan_test *t = test->priv;
	struct dma_async_tx_descriptor *tx;
	struct dma_device *dma;
	dma_addr_t *src;
	u8 coef[1] = { 1 };

	test_make_engine(test, TEST_RING, -1);
	dma = t->chan->device;
	src = kunit_kcalloc(test, SOFT_MAX_SRCS + 1, sizeof(*src), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, src);
	src[0] = t->addr[0];
	KUNIT_EXPECT_NULL(test, dma->device_prep_dma_xor(t->chan, t->addr[1],
							 src, SOFT_MAX_SRCS + 1,
							 TEST_LEN, 0));
	KUNIT_EXPECT_NULL(test, dmaengine_prep_dma_memcpy(t->chan, t->addr[1],
							  t->addr[0], 0, 0));
	tx = dma->device_prep_dma_pq(t->chan, &t->addr[1], src, 1, coef,
				     TEST_LEN, DMA_PREP_PQ_DISABLE_P |
				     DMA_PREP_PQ_DISABLE_Q);
	KUNIT_EXPECT_NULL(test, tx);
}

/* A descriptor is the client's until he acknowledges it. */
static void soft_chan_ack(struct kunit *test)
{
	struct chan_test *t = test->priv;
	struct dma_async_tx_descriptor *tx[2];
	dma_cookie_t cookie[2];
	unsigned int i;

	test_make_engine(test, 2, -1);
	for (i = 0; i < 2; i++) {
		tx[i] = test_prep_copy(t, i + 1, 0, 0);
		KUNIT_ASSERT_NOT_NULL(test, tx[i]);
		cookie[i] = dmaengine_submit(tx[i]);
	}
	test_poll(test, cookie[1]);
	KUNIT_EXPECT_EQ(test, DMA_COMPLETE, test_status(t, cookie[0]));
	KUNIT_EXPECT_NULL(test, test_prep_copy(t, 3, 0, DMA_CTRL_ACK));

	/* The second, so that this does not depend on their order. */
	async_tx_ack(tx[1]);
	test_poll(test, test_copy(test, 3, 0, NULL));
	KUNIT_EXPECT_TRUE(test, test_buf_is(t, 3, 1));
	KUNIT_EXPECT_FALSE(test, async_tx_test_ack(tx[0]));
	async_tx_ack(tx[0]);
}

/* A channel goes even if descriptors of it never came back. */
static void soft_chan_leave(struct kunit *test)
{
	struct chan_test *t = test->priv;
	struct dma_async_tx_descriptor *tx;

	test_make_engine(test, TEST_RING, -1);
	tx = test_prep_copy(t, 1, 0, 0);
	KUNIT_ASSERT_NOT_NULL(test, tx);
	test_poll(test, dmaengine_submit(tx));
	KUNIT_EXPECT_NOT_NULL(test, test_prep_copy(t, 2, 0, 0));
	tx = test_prep_copy(t, 3, 0, 0);
	KUNIT_ASSERT_NOT_NULL(test, tx);
	dmaengine_submit(tx);
	tx = test_prep_copy(t, 4, 0, 0);
	KUNIT_ASSERT_NOT_NULL(test, tx);
	dmaengine_submit(tx);
	dma_async_issue_pending(t->chan);
	dma_release_channel(t->chan);

	/* And comes again, as new. */
	t->chan = test_request(t);
	KUNIT_ASSERT_NOT_NULL(test, t->chan);
	test_poll(test, test_copy(test, 5, 0, NULL));
	KUNIT_EXPECT_TRUE(test, test_buf_is(t, 5, 1));
}

static void soft_chan_pause(struct kunit *test)
{
	struct chan_test *t = test->priv;
	struct test_call call = {};
	dma_cookie_t cookie;

	test_make_engine(test, TEST_RING, -1);
	KUNIT_ASSERT_EQ(test, 0, dmaengine_pause(t->chan));
	cookie = test_copy(test, 1, 0, &call);
	dma_async_issue_pending(t->chan);
	msleep(20);
	KUNIT_EXPECT_EQ(test, DMA_PAUSED, test_status(t, cookie));
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&t->calls));
	KUNIT_EXPECT_TRUE(test, test_buf_is(t, 1, 2));

	KUNIT_ASSERT_EQ(test, 0, dmaengine_resume(t->chan));
	test_wait_calls(test, 1);
	KUNIT_EXPECT_EQ(test, DMA_COMPLETE, test_status(t, cookie));
	KUNIT_EXPECT_TRUE(test, test_buf_is(t, 1, 1));
}

/* Of paused and of unissued operations, none is called back or executed. */
static void soft_chan_terminate(struct kunit *test)
{
	struct chan_test *t = test->priv;
	struct test_call call = {};
	dma_cookie_t first, last, cookie;

	test_make_engine(test, TEST_RING, -1);
	dmaengine_pause(t->chan);
	first = test_copy(test, 1, 0, &call);
	dma_async_issue_pending(t->chan);
	last = test_copy(test, 2, 0, &call);
	KUNIT_EXPECT_EQ(test, 0, dmaengine_terminate_sync(t->chan));
	KUNIT_EXPECT_EQ(test, DMA_ERROR, test_status(t, first));
	KUNIT_EXPECT_EQ(test, DMA_ERROR, test_status(t, last));

	/* The pause is over, and all descriptors are there again. */
	cookie = test_copy(test, 3, 0, NULL);
	test_poll(test, cookie);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&t->calls));
	KUNIT_EXPECT_EQ(test, DMA_ERROR, test_status(t, first));
	KUNIT_EXPECT_EQ(test, DMA_ERROR, test_status(t, last));
	KUNIT_EXPECT_EQ(test, DMA_COMPLETE, test_status(t, cookie));
	KUNIT_EXPECT_TRUE(test, test_buf_is(t, 1, 2));
	KUNIT_EXPECT_TRUE(test, test_buf_is(t, 2, 3));
	KUNIT_EXPECT_TRUE(test, test_buf_is(t, 3, 1));
}

/* In the middle of work: what has not been called back by then never is. */
static void soft_chan_terminate_busy(struct kunit *test)
{
	struct chan_test *t = test->priv;
	struct test_call call = { .nr = 1 };
	unsigned int i, round, executed;
	int calls;

	test_make_engine(test, TEST_RING, -1);
	for (round = 0; round < 200; round++) {
		for (i = 0; i < TEST_RING; i++)
			test_copy(test, i + 1, 0, &call);
		dma_async_issue_pending(t->chan);
		udelay(round % 50);
		KUNIT_ASSERT_EQ(test, 0, dmaengine_terminate_sync(t->chan));

		calls = atomic_read(&t->calls);
		executed = 0;
		for (i = 0; i < TEST_RING; i++)
			if (test_buf_is(t, i + 1, 1))
				executed++;
		/* A step that was under way is finished, but not reported. */
		KUNIT_EXPECT_LE(test, calls, executed);
		KUNIT_EXPECT_GE(test, calls + 1, executed);
		if (round % 8 == 0)
			usleep_range(500, 1000);
		KUNIT_EXPECT_EQ(test, calls, atomic_read(&t->calls));

		test_reset_calls(t);
		for (i = 0; i < TEST_RING; i++) {
			test_sync(t, i + 1, true);
			memset(t->buf[i + 1], i + 2, TEST_LEN);
			test_sync(t, i + 1, false);
		}
	}
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&t->outside));
}

/*
 * A poller keeps the worker, which is bound to the same CPU, from running, and
 * gets its operations done nevertheless; again and again, so that now and then
 * the worker has been interrupted in the middle of something.
 */
static void soft_chan_poll(struct kunit *test)
{
	enum test_block how = *(const enum test_block *)test->param_value;
	struct chan_test *t = test->priv;
	struct test_call call = {};
	unsigned int i, round, polls;
	struct cpumask *saved;
	struct soft_counters c;
	dma_cookie_t cookie;
	int cpu;

	if (IS_ENABLED(CONFIG_PREEMPT_RT) && how != TEST_NO_BH)
		kunit_skip(test, "operations take sleeping locks here");

	saved = kunit_kzalloc(test, sizeof(*saved), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, saved);
	cpumask_copy(saved, current->cpus_ptr);
	cpu = cpumask_first_and(saved, cpu_online_mask);
	test_make_engine(test, TEST_RING, cpu);
	KUNIT_ASSERT_EQ(test, 0, set_cpus_allowed_ptr(current, cpumask_of(cpu)));

	for (round = 0; round < 100; round++) {
		for (i = 0; i < TEST_RING - 1; i++)
			test_copy(test, i + 1, i, &call);
		/* With a head start for the worker, of no certain length. */
		if (round % 2) {
			dma_async_issue_pending(t->chan);
			cond_resched();
		}
		cookie = test_copy(test, TEST_RING, TEST_RING - 1, &call);

		test_block_cpu(how, true);
		dma_async_issue_pending(t->chan);
		for (polls = 0; polls < TEST_MAX_POLLS; polls++)
			if (test_status(t, cookie) == DMA_COMPLETE)
				break;
		test_block_cpu(how, false);

		KUNIT_ASSERT_LT_MSG(test, polls, TEST_MAX_POLLS, "%s, round %u",
				    test_block_names[how], round);
		test_wait_calls(test, TEST_RING);
		test_reset_calls(t);
		for (i = 1; i <= TEST_RING; i++)
			KUNIT_EXPECT_TRUE(test, test_buf_is(t, i, 1));
		test_fill(t);
		for (i = 0; i < TEST_BUFS; i++)
			test_sync(t, i, false);
	}
	set_cpus_allowed_ptr(current, saved);

	test_counters(t, &c);
	KUNIT_EXPECT_GE_MSG(test, c.polled, (u64)round, "%s",
			    test_block_names[how]);
	KUNIT_EXPECT_EQ(test, c.ops[SOFT_MEMCPY], (u64)round * TEST_RING);
	/* Who polls without bottom halves is called back on the spot. */
	if (how == TEST_NO_BH)
		KUNIT_EXPECT_GT(test, atomic_read(&t->direct), 0);
	else
		KUNIT_EXPECT_EQ(test, 0, atomic_read(&t->direct));
	KUNIT_EXPECT_EQ(test, atomic_read(&t->direct), atomic_read(&t->outside));
}

/* A client in a hard interrupt. */
struct test_irq {
	struct irq_work work;
	struct chan_test *t;
	struct test_call call;
	enum dma_status status;
	bool in_hardirq;
};

static void test_irq_client(struct irq_work *work)
{
	struct test_irq *irq = container_of(work, struct test_irq, work);
	struct chan_test *t = irq->t;
	struct dma_device *dma = t->chan->device;
	struct dma_async_tx_descriptor *tx;
	dma_cookie_t cookie;
	unsigned int polls;
	u8 coef[3] = { 1, 2, 4 };

	irq->in_hardirq = in_hardirq();
	tx = dma->device_prep_dma_pq(t->chan, &t->addr[4], &t->addr[0], 3, coef,
				     TEST_LEN, DMA_CTRL_ACK);
	if (!tx)
		return;
	irq->call.t = t;
	tx->callback = test_callback;
	tx->callback_param = &irq->call;
	cookie = dmaengine_submit(tx);
	dma_async_issue_pending(t->chan);
	for (polls = 0; polls < TEST_MAX_POLLS; polls++) {
		irq->status = test_status(t, cookie);
		if (irq->status == DMA_COMPLETE)
			break;
		cpu_relax();
	}
}

static void soft_chan_hardirq(struct kunit *test)
{
	struct chan_test *t = test->priv;
	struct test_irq *irq;

	test_make_engine(test, TEST_RING, -1);
	irq = kunit_kzalloc(test, sizeof(*irq), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, irq);
	irq->t = t;
	irq->work = IRQ_WORK_INIT_HARD(test_irq_client);
	irq_work_queue(&irq->work);
	irq_work_sync(&irq->work);
	test_wait_calls(test, 1);
	KUNIT_EXPECT_TRUE(test, irq->in_hardirq);
	/* Blocks 0 to 2 hold 1, 2 and 3. */
	KUNIT_EXPECT_TRUE(test, test_buf_is(t, 4, 1 ^ 2 ^ 3));
	KUNIT_EXPECT_TRUE(test, test_buf_is(t, 5, 1 ^ (2 << 1) ^ (3 << 2)));
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&t->outside));
}

static void soft_chan_results(struct kunit *test)
{
	/* Above all memory, on any machine. */
	dma_addr_t nowhere = -(2 * (dma_addr_t)PAGE_SIZE);
	struct test_call call = {};
	struct dma_async_tx_descriptor *tx;
	struct chan_test *t = test->priv;
	enum sum_check_flags good = 0xff, bad = 0xff;
	struct dma_device *dma;
	struct soft_counters c;
	dma_cookie_t cookie;
	u8 coef[2] = { 1, 2 };

	test_make_engine(test, TEST_RING, -1);
	call.t = t;
	dma = t->chan->device;

	/* Blocks 0 to 2 hold 1, 2 and 3, of which the sum is 0. */
	tx = dma->device_prep_dma_xor_val(t->chan, t->addr, 3, TEST_LEN, &good,
					  DMA_CTRL_ACK);
	KUNIT_ASSERT_NOT_NULL(test, tx);
	dmaengine_submit(tx);
	tx = dma->device_prep_dma_pq_val(t->chan, &t->addr[2], t->addr, 2, coef,
					 TEST_LEN, &bad, DMA_CTRL_ACK);
	KUNIT_ASSERT_NOT_NULL(test, tx);
	test_poll(test, dmaengine_submit(tx));
	KUNIT_EXPECT_EQ(test, (unsigned int)good, 0);
	KUNIT_EXPECT_EQ(test, (unsigned int)bad,
			(unsigned int)SUM_CHECK_Q_RESULT);

	tx = dmaengine_prep_dma_memcpy(t->chan, t->addr[1], nowhere, TEST_LEN,
				       DMA_CTRL_ACK);
	KUNIT_ASSERT_NOT_NULL(test, tx);
	tx->callback_result = test_callback_result;
	tx->callback_param = &call;
	cookie = dmaengine_submit(tx);
	dma_async_issue_pending(t->chan);
	test_wait_calls(test, 1);
	KUNIT_EXPECT_EQ(test, t->result.result, DMA_TRANS_READ_FAILED);
	KUNIT_EXPECT_EQ(test, t->result.residue, TEST_LEN);
	KUNIT_EXPECT_EQ(test, DMA_ERROR, test_status(t, cookie));

	/* The next one is not affected. */
	test_reset_calls(t);
	tx = test_prep_copy(t, 1, 0, DMA_CTRL_ACK);
	KUNIT_ASSERT_NOT_NULL(test, tx);
	tx->callback_result = test_callback_result;
	tx->callback_param = &call;
	cookie = dmaengine_submit(tx);
	dma_async_issue_pending(t->chan);
	test_wait_calls(test, 1);
	KUNIT_EXPECT_EQ(test, t->result.result, DMA_TRANS_NOERROR);
	KUNIT_EXPECT_EQ(test, t->result.residue, 0);
	KUNIT_EXPECT_EQ(test, DMA_COMPLETE, test_status(t, cookie));
	KUNIT_EXPECT_TRUE(test, test_buf_is(t, 1, 1));
	test_counters(t, &c);
	KUNIT_EXPECT_EQ(test, c.failed, (u64)1);
}

/* One operation of each kind, and what the counters say then. */
static void soft_chan_stats(struct kunit *test)
{
	struct chan_test *t = test->priv;
	enum sum_check_flags result;
	struct dma_async_tx_descriptor *tx[SOFT_NR_KINDS];
	struct dma_device *dma;
	struct soft_counters c;
	struct test_call call = { .t = t };
	u8 coef[3] = { 1, 2, 4 };
	unsigned int i;

	test_make_engine(test, TEST_RING, -1);
	dma = t->chan->device;
	tx[SOFT_INTERRUPT] = dma->device_prep_dma_interrupt(t->chan,
							    DMA_CTRL_ACK);
	tx[SOFT_MEMCPY] = test_prep_copy(t, 10, 0, DMA_CTRL_ACK);
	tx[SOFT_MEMSET] = dmaengine_prep_dma_memset(t->chan, t->addr[11], 0x77,
						    TEST_LEN, DMA_CTRL_ACK);
	tx[SOFT_XOR] = dma->device_prep_dma_xor(t->chan, t->addr[12], t->addr,
						2, TEST_LEN, DMA_CTRL_ACK);
	tx[SOFT_XOR_VAL] = dma->device_prep_dma_xor_val(t->chan, t->addr, 3,
							TEST_LEN, &result,
							DMA_CTRL_ACK);
	tx[SOFT_PQ] = dma->device_prep_dma_pq(t->chan, &t->addr[13], t->addr, 3,
					      coef, TEST_LEN, DMA_CTRL_ACK);
	tx[SOFT_PQ_VAL] = dma->device_prep_dma_pq_val(t->chan, &t->addr[13],
						      t->addr, 3, coef,
						      TEST_LEN, &result,
						      DMA_CTRL_ACK);
	for (i = 0; i < SOFT_NR_KINDS; i++) {
		KUNIT_ASSERT_NOT_NULL(test, tx[i]);
		tx[i]->callback = test_callback;
		tx[i]->callback_param = &call;
		dmaengine_submit(tx[i]);
	}
	dma_async_issue_pending(t->chan);
	test_wait_calls(test, SOFT_NR_KINDS);
	KUNIT_EXPECT_EQ(test, (unsigned int)result, 0);
	KUNIT_EXPECT_TRUE(test, test_buf_is(t, 11, 0x77));
	KUNIT_EXPECT_TRUE(test, test_buf_is(t, 12, 3));

	test_counters(t, &c);
	for (i = 0; i < SOFT_NR_KINDS; i++)
		KUNIT_EXPECT_EQ(test, c.ops[i], (u64)1);
	KUNIT_EXPECT_EQ(test, c.bytes[SOFT_INTERRUPT], (u64)0);
	KUNIT_EXPECT_EQ(test, c.bytes[SOFT_MEMCPY], (u64)TEST_LEN);
	KUNIT_EXPECT_EQ(test, c.bytes[SOFT_MEMSET], (u64)TEST_LEN);
	KUNIT_EXPECT_EQ(test, c.bytes[SOFT_XOR], (u64)2 * TEST_LEN);
	KUNIT_EXPECT_EQ(test, c.bytes[SOFT_XOR_VAL], (u64)3 * TEST_LEN);
	KUNIT_EXPECT_EQ(test, c.bytes[SOFT_PQ], (u64)3 * TEST_LEN);
	KUNIT_EXPECT_EQ(test, c.bytes[SOFT_PQ_VAL], (u64)3 * TEST_LEN);
	KUNIT_EXPECT_EQ(test, c.failed, (u64)0);
	KUNIT_EXPECT_EQ(test, c.polled, (u64)0);
	KUNIT_EXPECT_EQ(test, c.full, (u64)0);
}

/* The driver goes while work is in flight: all of it is finished. */
static void soft_chan_unbind(struct kunit *test)
{
	struct chan_test *t = test->priv;
	struct test_call call = {};
	unsigned int i;

	test_make_engine(test, 32, -1);
	for (i = 1; i < TEST_BUFS; i++)
		test_copy(test, i, i - 1, &call);
	dma_async_issue_pending(t->chan);
	device_release_driver(&t->pdev->dev);
	test_wait_calls(test, TEST_BUFS - 1);
	for (i = 1; i < TEST_BUFS; i++)
		KUNIT_EXPECT_TRUE(test, test_buf_is(t, i, 1));

	/* Who holds a channel keeps it. */
	test_poll(test, test_copy(test, 2, 1, NULL));

	/* Bound again it is another engine, beside the one that is held. */
	KUNIT_ASSERT_EQ(test, 1, device_attach(&t->pdev->dev));
	dma_release_channel(t->chan);
	t->chan = test_request(t);
	KUNIT_ASSERT_NOT_NULL(test, t->chan);
	test_poll(test, test_copy(test, 3, 2, NULL));
}

#define TEST_THREADS	4
#define TEST_ROUNDS	300

struct test_thread {
	struct chan_test *t;
	struct task_struct *task;
	unsigned int nr;
	unsigned int refused;
	unsigned int wrong;
	unsigned int lost;
};

static void test_complete(void *param)
{
	complete(param);
}

/*
 * A client among several: submits copies to and fro between two buffers of its
 * own, and waits for them by polling and by sleeping in turn.
 */
static int test_thread_fn(void *data)
{
	struct test_thread *thread = data;
	struct chan_test *t = thread->t;
	unsigned int a = 2 * thread->nr, b = a + 1;
	DECLARE_COMPLETION_ONSTACK(done);
	unsigned int round, tries;

	for (round = 0; round < TEST_ROUNDS; round++) {
		struct dma_async_tx_descriptor *tx = NULL;
		u8 value = round + thread->nr;
		dma_cookie_t cookie;

		for (tries = 0; !tx && tries < TEST_TIMEOUT_MS; tries++) {
			tx = dmaengine_prep_dma_memset(t->chan, t->addr[a],
						       value, TEST_LEN,
						       DMA_CTRL_ACK);
			if (!tx) {
				thread->refused++;
				usleep_range(500, 1000);
			}
		}
		if (!tx)
			break;
		dmaengine_submit(tx);
		tx = NULL;
		for (tries = 0; !tx && tries < TEST_TIMEOUT_MS; tries++) {
			/* The other may be waiting for what is not issued. */
			dma_async_issue_pending(t->chan);
			tx = test_prep_copy(t, b, a, DMA_CTRL_ACK);
			if (!tx) {
				thread->refused++;
				usleep_range(500, 1000);
			}
		}
		if (!tx)
			break;
		reinit_completion(&done);
		tx->callback = test_complete;
		tx->callback_param = &done;
		cookie = dmaengine_submit(tx);
		dma_async_issue_pending(t->chan);
		if (round % 2 && dma_sync_wait(t->chan, cookie) != DMA_COMPLETE)
			thread->lost++;
		if (!wait_for_completion_timeout(&done,
						 msecs_to_jiffies(TEST_TIMEOUT_MS))) {
			/* The callback may still come, and must find us. */
			dmaengine_terminate_sync(t->chan);
			thread->lost++;
			break;
		}
		if (!test_buf_is(t, b, value))
			thread->wrong++;
	}
	thread->lost += TEST_ROUNDS - round;

	while (!kthread_should_stop())
		usleep_range(500, 1000);
	return 0;
}

static void soft_chan_threads(struct kunit *test)
{
	struct chan_test *t = test->priv;
	struct test_thread *threads;
	struct soft_counters c;
	unsigned int i;

	/* Room for fewer than come at the same time. */
	test_make_engine(test, 4, -1);
	threads = kunit_kcalloc(test, TEST_THREADS, sizeof(*threads),
				GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, threads);
	for (i = 0; i < TEST_THREADS; i++) {
		threads[i].t = t;
		threads[i].nr = i;
		threads[i].task = kthread_run(test_thread_fn, &threads[i],
					      "dma-soft-test/%u", i);
		if (IS_ERR(threads[i].task))
			break;
	}
	KUNIT_EXPECT_EQ(test, i, TEST_THREADS);
	test_counters(t, &c);
	for (; c.ops[SOFT_MEMCPY] < (u64)i * TEST_ROUNDS; test_counters(t, &c)) {
		u64 before = c.ops[SOFT_MEMCPY];

		msleep(TEST_TIMEOUT_MS / 10);
		test_counters(t, &c);
		if (c.ops[SOFT_MEMCPY] == before)
			break;
	}
	while (i--) {
		kthread_stop(threads[i].task);
		KUNIT_EXPECT_EQ_MSG(test, threads[i].wrong, 0, "thread %u", i);
		KUNIT_EXPECT_EQ_MSG(test, threads[i].lost, 0, "thread %u", i);
	}
	test_counters(t, &c);
	KUNIT_EXPECT_EQ(test, c.ops[SOFT_MEMCPY],
			(u64)TEST_THREADS * TEST_ROUNDS);
	KUNIT_EXPECT_EQ(test, c.ops[SOFT_MEMSET],
			(u64)TEST_THREADS * TEST_ROUNDS);
}

static bool bench;
module_param(bench, bool, 0444);
MODULE_PARM_DESC(bench, "Measure what an operation costs, too (default N)");

#define TEST_BENCH_DEPTH	32
#define TEST_BENCH_ROUNDS	1000

/*
 * What it costs to have an operation done, apart from the data: short copies,
 * so many at a time, with a callback each.  Read it in a guest that counts
 * instructions as time.
 */
static void soft_chan_bench(struct kunit *test)
{
	struct chan_test *t = test->priv;
	struct dma_async_tx_descriptor *tx;
	struct test_call call = {};
	unsigned int i, round;
	u64 start;

	if (!bench)
		kunit_skip(test, "set the module parameter bench to run it");

	test_make_engine(test, 2 * TEST_BENCH_DEPTH, -1);
	call.t = t;
	start = ktime_get_ns();
	for (round = 0; round < TEST_BENCH_ROUNDS; round++) {
		for (i = 0; i < TEST_BENCH_DEPTH; i++) {
			tx = dmaengine_prep_dma_memcpy(t->chan, t->addr[1],
						       t->addr[0], 64,
						       DMA_CTRL_ACK);
			if (!tx)
				break;
			tx->callback = test_callback;
			tx->callback_param = &call;
			dmaengine_submit(tx);
		}
		KUNIT_ASSERT_EQ(test, i, TEST_BENCH_DEPTH);
		test_reset_calls(t);
		WRITE_ONCE(t->want, TEST_BENCH_DEPTH);
		dma_async_issue_pending(t->chan);
		wait_for_completion(&t->done);
		/* The descriptors are back when the callbacks have returned. */
		dmaengine_synchronize(t->chan);
	}
	kunit_info(test, "%llu ns for each operation, %u in flight\n",
		   div_u64(ktime_get_ns() - start,
			   TEST_BENCH_ROUNDS * TEST_BENCH_DEPTH),
		   TEST_BENCH_DEPTH);
}

static struct kunit_case soft_chan_cases[] = {
	KUNIT_CASE(soft_chan_caps),
	KUNIT_CASE(soft_chan_issue),
	KUNIT_CASE(soft_chan_order),
	KUNIT_CASE(soft_chan_full),
	KUNIT_CASE(soft_chan_full_wide),
	KUNIT_CASE(soft_chan_refuse),
	KUNIT_CASE(soft_chan_ack),
	KUNIT_CASE(soft_chan_leave),
	KUNIT_CASE(soft_chan_pause),
	KUNIT_CASE(soft_chan_terminate),
	KUNIT_CASE(soft_chan_terminate_busy),
	KUNIT_CASE_PARAM(soft_chan_poll, test_block_gen_params),
	KUNIT_CASE(soft_chan_hardirq),
	KUNIT_CASE(soft_chan_results),
	KUNIT_CASE(soft_chan_stats),
	KUNIT_CASE(soft_chan_unbind),
	KUNIT_CASE_SLOW(soft_chan_threads),
	KUNIT_CASE(soft_chan_bench),
	{}
};

static struct kunit_suite soft_chan_suite = {
	.name = "dma_soft_chan",
	.init = chan_test_init,
	.exit = chan_test_exit,
	.test_cases = soft_chan_cases,
};

kunit_test_suite(soft_chan_suite);
