// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of what drivers of engines that work on memory have in common, on a channel
 * that executes nothing
 */
#include <kunit/test.h>
#include <linux/bottom_half.h>
#include <linux/cleanup.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/minmax.h>

#include "../../m2m-dma.h"

#define TEST_DESCS	32

/**
 * struct m2m_test - what a test has
 * @dma: a device that is not registered
 * @mc: its channel
 * @desc: its descriptors
 * @queued: what was submitted
 * @order: cookies in the order of the callbacks
 * @nr: of them
 * @polls: the callback of this cookie completes all that is queued, polls ...
 * @seen: ... and has seen so many callbacks when it was through with that
 * @all_poll: the others poll, too
 * @depth: callbacks under way
 * @deepest: so many at most
 * @waits: the callback of this cookie ends when @go is set
 * @in: it has begun
 * @go: see @waits
 * @again: calls of &m2m_chan.again
 */
struct m2m_test {
	struct dma_device dma;
	struct m2m_chan mc;
	struct m2m_desc desc[TEST_DESCS];
	struct list_head queued;
	dma_cookie_t order[TEST_DESCS];
	int nr;
	dma_cookie_t polls;
	int seen;
	bool all_poll;
	int depth;
	int deepest;
	dma_cookie_t waits;
	bool in;
	bool go;
	atomic_t again;
};

/* Of one descriptor: what its callback is told */
struct m2m_called {
	struct m2m_test *t;
	dma_cookie_t cookie;
};

static void test_again(struct m2m_chan *mc)
{
	atomic_inc(&container_of(mc, struct m2m_test, mc)->again);
}

static int test_init(struct kunit *test)
{
	struct m2m_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, t);
	test->priv = t;
	INIT_LIST_HEAD(&t->dma.channels);
	INIT_LIST_HEAD(&t->queued);
	m2m_chan_init(&t->mc, &t->dma, test_again);
	m2m_chan_open(&t->mc);
	for (i = 0; i < TEST_DESCS; i++)
		m2m_desc_add(&t->mc, &t->desc[i], NULL);
	return 0;
}

static struct m2m_desc *test_get(struct m2m_test *t, unsigned long flags)
{
	struct m2m_desc *desc;

	scoped_guard(spinlock_irqsave, &t->mc.lock)
		desc = m2m_desc_get(&t->mc);
	if (desc)
		m2m_desc_reset(desc, flags);
	return desc;
}

/* The next one is over. */
static bool test_complete(struct m2m_test *t, enum dmaengine_tx_result result)
{
	struct m2m_desc *desc = list_first_entry(&t->queued, struct m2m_desc, node);
	bool due = false;

	scoped_guard(spinlock_irqsave, &t->mc.lock) {
		desc->result.result = result;
		due = m2m_complete(&t->mc, desc);
	}
	return due;
}

static void test_called(void *param)
{
	struct m2m_called *called = param;
	struct m2m_test *t = called->t;

	t->order[t->nr++ % TEST_DESCS] = called->cookie;
	t->depth++;
	t->deepest = max(t->deepest, t->depth);
	if (t->all_poll)
		m2m_polled(&t->mc);
	if (called->cookie == t->polls) {
		while (!list_empty(&t->queued))
			test_complete(t, DMA_TRANS_NOERROR);
		m2m_polled(&t->mc);
		t->seen = t->nr;
	}
	if (called->cookie == t->waits) {
		WRITE_ONCE(t->in, true);
		while (!READ_ONCE(t->go))
			cpu_relax();
	}
	t->depth--;
}

static dma_cookie_t test_submit(struct kunit *test, struct m2m_desc *desc, bool quiet)
{
	struct m2m_called *called = kunit_kzalloc(test, sizeof(*called), GFP_KERNEL);
	struct m2m_test *t = test->priv;

	KUNIT_ASSERT_NOT_NULL(test, called);
	KUNIT_ASSERT_NOT_NULL(test, desc);
	called->t = t;
	if (!quiet) {
		desc->tx.callback = test_called;
		desc->tx.callback_param = called;
	}
	scoped_guard(spinlock_irqsave, &t->mc.lock)
		called->cookie = m2m_submit(&t->mc, desc, &t->queued);
	return called->cookie;
}

static void test_call_back(struct m2m_test *t)
{
	local_bh_disable();
	m2m_call_back(&t->mc);
	local_bh_enable();
}

static void m2m_order(struct kunit *test)
{
	struct m2m_test *t = test->priv;
	dma_cookie_t first = 0;
	int i;

	for (i = 0; i < 3; i++) {
		dma_cookie_t cookie = test_submit(test, test_get(t, DMA_CTRL_ACK), false);

		first = first ?: cookie;
		KUNIT_EXPECT_EQ(test, m2m_status(&t->mc, cookie, NULL), DMA_IN_PROGRESS);
	}
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_TRUE(test, test_complete(t, DMA_TRANS_NOERROR));
		KUNIT_EXPECT_EQ(test, m2m_status(&t->mc, first + i, NULL), DMA_COMPLETE);
	}
	KUNIT_EXPECT_EQ(test, t->nr, 0);
	test_call_back(t);
	KUNIT_EXPECT_EQ(test, t->nr, 3);
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, t->order[i], first + i);
	KUNIT_EXPECT_TRUE(test, m2m_is_idle(&t->mc));
}

/* A callback that polls gets those behind it called, in the batch and beyond. */
static void m2m_nested(struct kunit *test)
{
	struct m2m_test *t = test->priv;
	int i;

	for (i = 0; i < 4; i++)
		t->polls = test_submit(test, test_get(t, DMA_CTRL_ACK), false);
	t->polls -= 2;
	for (i = 0; i < 3; i++)
		test_complete(t, DMA_TRANS_NOERROR);
	test_call_back(t);
	KUNIT_EXPECT_EQ(test, t->nr, 4);
	KUNIT_EXPECT_EQ(test, t->seen, 4);
	for (i = 1; i < 4; i++)
		KUNIT_EXPECT_EQ(test, t->order[i], t->order[i - 1] + 1);
	KUNIT_EXPECT_TRUE(test, m2m_is_idle(&t->mc));
}

/* If all of them poll, the stack is not used up. */
static void m2m_deep(struct kunit *test)
{
	struct m2m_test *t = test->priv;
	int i;

	t->all_poll = true;
	for (i = 0; i < TEST_DESCS; i++)
		test_submit(test, test_get(t, DMA_CTRL_ACK), false);
	for (i = 0; i < TEST_DESCS; i++)
		test_complete(t, DMA_TRANS_NOERROR);
	test_call_back(t);
	KUNIT_EXPECT_EQ(test, t->nr, TEST_DESCS);
	for (i = 1; i < TEST_DESCS; i++)
		KUNIT_EXPECT_EQ(test, t->order[i], t->order[i - 1] + 1);
	KUNIT_EXPECT_EQ(test, t->deepest, M2M_MAX_DEPTH + 1);
}

/* Whom nobody waits for, and what is aborted, is not called back, and free nevertheless. */
static void m2m_quiet(struct kunit *test)
{
	struct m2m_test *t = test->priv;
	struct m2m_desc *desc;
	int i;

	if (IS_ENABLED(CONFIG_ASYNC_TX_ENABLE_CHANNEL_SWITCH))
		kunit_skip(test, "somebody may always wait");
	for (i = 0; i < 3 * TEST_DESCS; i++) {
		desc = test_get(t, DMA_CTRL_ACK);
		test_submit(test, desc, i % 2);
		if (!(i % 2))
			desc->state = M2M_ABORTED;
		KUNIT_EXPECT_FALSE(test, test_complete(t, DMA_TRANS_NOERROR));
	}
	test_call_back(t);
	KUNIT_EXPECT_EQ(test, t->nr, 0);
}

static void m2m_held(struct kunit *test)
{
	struct m2m_test *t = test->priv;
	struct m2m_desc *desc[TEST_DESCS];
	int i;

	for (i = 0; i < TEST_DESCS; i++) {
		desc[i] = test_get(t, 0);
		test_submit(test, desc[i], false);
	}
	KUNIT_EXPECT_NULL(test, test_get(t, 0));
	for (i = 0; i < TEST_DESCS; i++)
		test_complete(t, DMA_TRANS_NOERROR);
	KUNIT_EXPECT_NULL(test, test_get(t, 0));
	test_call_back(t);
	KUNIT_EXPECT_NULL(test, test_get(t, 0));
	async_tx_ack(&desc[5]->tx);
	KUNIT_EXPECT_PTR_EQ(test, test_get(t, 0), desc[5]);
	KUNIT_EXPECT_NULL(test, test_get(t, 0));
}

static void test_note_failed(struct m2m_test *t, dma_cookie_t first, dma_cookie_t last)
{
	guard(spinlock_irqsave)(&t->mc.lock);
	m2m_note_failed(&t->mc, first, last);
}

static void m2m_failed(struct kunit *test)
{
	struct m2m_test *t = test->priv;
	int i, known = 0;

	KUNIT_EXPECT_FALSE(test, m2m_cookie_failed(&t->mc, 0));
	/* A run that grows is one. */
	for (i = 10; i < 100; i++)
		test_note_failed(t, i, i);
	for (i = 0; i < M2M_FAILED_RUNS - 1; i++)
		test_note_failed(t, 200 + 2 * i, 200 + 2 * i);
	for (i = 0; i < 300; i++)
		known += m2m_cookie_failed(&t->mc, i);
	KUNIT_EXPECT_EQ(test, known, 90 + M2M_FAILED_RUNS - 1);
	KUNIT_EXPECT_TRUE(test, m2m_cookie_failed(&t->mc, 10));
	KUNIT_EXPECT_FALSE(test, m2m_cookie_failed(&t->mc, 201));
	/* One more takes the place of the oldest. */
	test_note_failed(t, 500, 500);
	KUNIT_EXPECT_FALSE(test, m2m_cookie_failed(&t->mc, 10));
	KUNIT_EXPECT_TRUE(test, m2m_cookie_failed(&t->mc, 200));
	KUNIT_EXPECT_TRUE(test, m2m_cookie_failed(&t->mc, 500));

	/* Cookies start over: in the middle of a run, and by and by. */
	test_note_failed(t, S32_MAX - 1, 3);
	KUNIT_EXPECT_TRUE(test, m2m_cookie_failed(&t->mc, 2));
	t->mc.chan.cookie = S32_MAX - 1;
	test_submit(test, test_get(t, DMA_CTRL_ACK), false);
	KUNIT_EXPECT_TRUE(test, m2m_cookie_failed(&t->mc, 2));
	KUNIT_EXPECT_EQ(test, test_submit(test, test_get(t, DMA_CTRL_ACK), false), 1);
	for (i = 0; i < 600; i++)
		KUNIT_ASSERT_FALSE_MSG(test, m2m_cookie_failed(&t->mc, i), "%d", i);

	test_complete(t, DMA_TRANS_READ_FAILED);
	KUNIT_EXPECT_EQ(test, m2m_status(&t->mc, S32_MAX, NULL), DMA_ERROR);
	test_complete(t, DMA_TRANS_NOERROR);
	KUNIT_EXPECT_EQ(test, m2m_status(&t->mc, 1, NULL), DMA_COMPLETE);
	test_call_back(t);
}

/* --- dependencies --- */

#ifdef CONFIG_ASYNC_TX_ENABLE_CHANNEL_SWITCH
static void test_issue_pending(struct dma_chan *chan)
{
}

static dma_cookie_t test_submit_behind(struct dma_async_tx_descriptor *tx)
{
	struct m2m_test *t = container_of(tx->chan, struct m2m_test, mc.chan);

	/* So many callbacks came before. */
	t->seen = t->nr;
	tx->cookie = 1;
	return tx->cookie;
}
#endif

/* What depends on an operation is submitted behind its callback. */
static void m2m_dependencies(struct kunit *test)
{
#ifdef CONFIG_ASYNC_TX_ENABLE_CHANNEL_SWITCH
	struct m2m_test *t = test->priv;
	struct dma_async_tx_descriptor behind = {};
	struct m2m_desc *desc = test_get(t, DMA_CTRL_ACK);

	t->dma.device_issue_pending = test_issue_pending;
	dma_async_tx_descriptor_init(&behind, &t->mc.chan);
	behind.tx_submit = test_submit_behind;
	behind.cookie = -EBUSY;
	test_submit(test, desc, false);
	txd_chain(&desc->tx, &behind);
	test_complete(t, DMA_TRANS_NOERROR);
	KUNIT_EXPECT_EQ(test, behind.cookie, -EBUSY);
	test_call_back(t);
	KUNIT_EXPECT_EQ(test, behind.cookie, 1);
	KUNIT_EXPECT_EQ(test, t->seen, 1);

	/* Of one that is aborted nobody hears any more, whatever its descriptor is next. */
	behind.cookie = -EBUSY;
	desc = test_get(t, DMA_CTRL_ACK);
	test_submit(test, desc, false);
	txd_chain(&desc->tx, &behind);
	desc->state = M2M_ABORTED;
	test_complete(t, DMA_TRANS_ABORTED);
	KUNIT_EXPECT_PTR_EQ(test, test_get(t, DMA_CTRL_ACK), desc);
	test_submit(test, desc, false);
	test_complete(t, DMA_TRANS_NOERROR);
	test_call_back(t);
	KUNIT_EXPECT_EQ(test, behind.cookie, -EBUSY);
#else
	kunit_skip(test, "no chains without CONFIG_ASYNC_TX_ENABLE_CHANNEL_SWITCH");
#endif
}

/* --- two CPUs --- */

static int test_caller(void *data)
{
	struct m2m_test *t = data;

	test_call_back(t);
	while (!kthread_should_stop())
		usleep_range(100, 200);
	return 0;
}

static int test_waiter(void *data)
{
	struct m2m_test *t = data;

	m2m_synchronize(&t->mc);
	return READ_ONCE(t->go) ? 0 : -EBUSY;
}

/*
 * What is done while another CPU calls back is left to it; who waits does so until it is
 * through with both.
 */
static void m2m_other_cpu(struct kunit *test)
{
	struct m2m_test *t = test->priv;
	struct task_struct *caller, *waiter;

	if (num_online_cpus() == 1)
		kunit_skip(test, "there is one CPU");
	t->waits = test_submit(test, test_get(t, DMA_CTRL_ACK), false);
	test_submit(test, test_get(t, DMA_CTRL_ACK), false);
	test_complete(t, DMA_TRANS_NOERROR);
	caller = kthread_run(test_caller, t, "m2m-caller");
	KUNIT_ASSERT_FALSE(test, IS_ERR(caller));
	while (!READ_ONCE(t->in))
		usleep_range(100, 200);
	test_complete(t, DMA_TRANS_NOERROR);
	test_call_back(t);
	KUNIT_EXPECT_EQ(test, t->nr, 1);
	waiter = kthread_run(test_waiter, t, "m2m-waiter");
	get_task_struct(waiter);
	msleep(50);
	KUNIT_EXPECT_FALSE(test, m2m_is_idle(&t->mc));
	WRITE_ONCE(t->go, true);
	kthread_stop(caller);
	/* The rest is for whom it said it to. */
	KUNIT_EXPECT_GE(test, atomic_read(&t->again), 1);
	KUNIT_EXPECT_EQ(test, t->nr, 1);
	test_call_back(t);
	KUNIT_EXPECT_EQ(test, t->nr, 2);
	KUNIT_EXPECT_EQ(test, kthread_stop(waiter), 0);
	put_task_struct(waiter);
	KUNIT_EXPECT_TRUE(test, m2m_is_idle(&t->mc));
}

static struct kunit_case m2m_cases[] = {
	KUNIT_CASE(m2m_order),
	KUNIT_CASE(m2m_nested),
	KUNIT_CASE(m2m_deep),
	KUNIT_CASE(m2m_quiet),
	KUNIT_CASE(m2m_held),
	KUNIT_CASE(m2m_failed),
	KUNIT_CASE(m2m_dependencies),
	KUNIT_CASE(m2m_other_cpu),
	{}
};

static struct kunit_suite m2m_suite = {
	.name = "m2m_dma",
	.init = test_init,
	.test_cases = m2m_cases,
};

kunit_test_suite(m2m_suite);
