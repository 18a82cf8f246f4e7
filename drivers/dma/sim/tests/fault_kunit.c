// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of the simulated engines: how an engine fails.
 */
#include <kunit/test.h>
#include <linux/bottom_half.h>
#include <linux/delay.h>
#include <linux/ktime.h>

#include "../sim.h"
#include "fixture.h"

/*
 * How it fails
 */

struct test_failure {
	enum dma_sim_fault_class class;
	enum dmaengine_tx_result result;
	size_t written;
};

static const struct test_failure test_failures[] = {
	{ DMA_SIM_FAIL_BEFORE, DMA_TRANS_READ_FAILED, 0 },
	{ DMA_SIM_FAIL_BEFORE, DMA_TRANS_WRITE_FAILED, 0 },
	{ DMA_SIM_FAIL_BEFORE, DMA_TRANS_ABORTED, 0 },
	{ DMA_SIM_FAIL_MIDDLE, DMA_TRANS_READ_FAILED, TEST_LEN / 2 },
	{ DMA_SIM_FAIL_MIDDLE, DMA_TRANS_WRITE_FAILED, TEST_LEN / 2 },
	{ DMA_SIM_FAIL_MIDDLE, DMA_TRANS_ABORTED, TEST_LEN / 2 },
	{ DMA_SIM_FAIL_END, DMA_TRANS_READ_FAILED, TEST_LEN },
	{ DMA_SIM_FAIL_END, DMA_TRANS_WRITE_FAILED, TEST_LEN },
	{ DMA_SIM_FAIL_END, DMA_TRANS_ABORTED, TEST_LEN },
};

static void test_failure_desc(const struct test_failure *failure, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "result %d after %zu bytes",
		 failure->result, failure->written);
}

KUNIT_ARRAY_PARAM(test_failure, test_failures, test_failure_desc);

static void sim_fail(struct kunit *test)
{
	const struct test_failure *failure = test->param_value;
	struct sim_test *t = test->priv;
	struct dma_sim_config config = dsim_config(false);
	struct dma_sim_fault fault = {
		.nth = 2,
		.result = failure->result,
	};
	struct test_call calls[3] = {};
	dma_cookie_t cookies[3];
	struct dma_sim_counters c;
	unsigned int i;

	dsim_engine(test, &config);
	dsim_map_all(test);
	KUNIT_ASSERT_EQ(test, 0, dma_sim_set_fault(t->sim[0], failure->class,
						   &fault));
	for (i = 0; i < 3; i++) {
		cookies[i] = dsim_copy(test, i + 1, 0, &calls[i]);
		dma_async_issue_pending(t->chan[0]);
		dsim_wait_calls(test, i + 1);
		dmaengine_synchronize(t->chan[0]);
		KUNIT_EXPECT_EQ(test, t->result.result,
				i == 1 ? failure->result : DMA_TRANS_NOERROR);
		KUNIT_EXPECT_EQ(test, t->result.residue,
				i == 1 ? TEST_LEN - failure->written : 0);
	}
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, dsim_status(t, cookies[i]),
				i == 1 ? DMA_ERROR : DMA_COMPLETE);

	dsim_unmap_all(t);
	KUNIT_EXPECT_TRUE(test, dsim_is(t->buf[2], 1, failure->written));
	KUNIT_EXPECT_TRUE(test, dsim_is(t->buf[2] + failure->written, 3,
					TEST_LEN - failure->written));
	dma_sim_read_counters(t->sim[0], &c);
	KUNIT_EXPECT_EQ(test, c.failed, 1ULL);
	KUNIT_EXPECT_EQ(test, c.faults[failure->class], 1ULL);
}

/* The outcome of a check that failed is not reported. */
static void sim_fail_val(struct kunit *test)
{
	struct sim_test *t = test->priv;
	struct dma_sim_config config = dsim_config(false);
	enum sum_check_flags result = 0x5a;
	struct dma_device *dma;

	dsim_engine(test, &config);
	dsim_map_all(test);
	dma = t->chan[0]->device;
	dsim_fault_once(test, DMA_SIM_FAIL_END);
	dsim_run(test, dma->device_prep_dma_xor_val(t->chan[0], t->addr, 3,
						    TEST_LEN, &result,
						    DMA_CTRL_ACK));
	KUNIT_EXPECT_NE(test, (unsigned int)t->result.result,
			(unsigned int)DMA_TRANS_NOERROR);
	KUNIT_EXPECT_EQ(test, (unsigned int)result, 0x5a);
}

/* Which of twenty copies fail. */
static u32 test_pattern(struct kunit *test)
{
	struct sim_test *t = test->priv;
	u32 pattern = 0;
	unsigned int i;

	for (i = 0; i < 20; i++) {
		dsim_run(test, dsim_prep_copy(t, 1, 0));
		if (t->result.result != DMA_TRANS_NOERROR)
			pattern |= BIT(i);
	}
	return pattern;
}

static void sim_fault_script(struct kunit *test)
{
	struct sim_test *t = test->priv;
	struct dma_sim_config config = dsim_config(false);
	struct dma_sim_fault fault = { .nth = 3, .every = 4 };

	dsim_engine(test, &config);
	dsim_map_all(test);
	KUNIT_ASSERT_EQ(test, 0, dma_sim_set_fault(t->sim[0],
						   DMA_SIM_FAIL_BEFORE,
						   &fault));
	KUNIT_EXPECT_EQ(test, test_pattern(test),
			BIT(2) | BIT(6) | BIT(10) | BIT(14) | BIT(18));
	fault.times = 2;
	dma_sim_set_fault(t->sim[0], DMA_SIM_FAIL_BEFORE, &fault);
	KUNIT_EXPECT_EQ(test, test_pattern(test), BIT(2) | BIT(6));
	dma_sim_set_fault(t->sim[0], DMA_SIM_FAIL_BEFORE, NULL);
	KUNIT_EXPECT_EQ(test, test_pattern(test), 0);

	fault = (struct dma_sim_fault) {};
	KUNIT_EXPECT_EQ(test, -EINVAL,
			dma_sim_set_fault(t->sim[0], DMA_SIM_NR_FAULTS, &fault));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			dma_sim_set_fault(t->sim[0], DMA_SIM_REFUSE_MAP, &fault));
	fault.ppm = 1000001;
	KUNIT_EXPECT_EQ(test, -EINVAL,
			dma_sim_set_fault(t->sim[0], DMA_SIM_STALL, &fault));
}

/* What is random is the same again with the same seed. */
static void sim_fault_seed(struct kunit *test)
{
	struct dma_sim_fault fault = { .ppm = 400000 };
	struct sim_test *t = test->priv;
	struct dma_sim_config config = dsim_config(false);
	u32 pattern[3];
	unsigned int i;

	for (i = 0; i < 3; i++) {
		config.seed = i < 2 ? TEST_SEED : TEST_SEED + 1;
		dsim_engine(test, &config);
		dsim_map_all(test);
		dma_sim_set_fault(t->sim[0], DMA_SIM_FAIL_MIDDLE, &fault);
		pattern[i] = test_pattern(test);
		dsim_release(t);
		dsim_unmap_all(t);
		dma_sim_destroy(t->sim[0]);
		t->sim[0] = NULL;
	}
	KUNIT_EXPECT_NE(test, pattern[0], 0);
	KUNIT_EXPECT_EQ(test, pattern[0], pattern[1]);
	KUNIT_EXPECT_NE(test, pattern[0], pattern[2]);
}

#ifdef CONFIG_FAULT_INJECTION
static void sim_fault_injection(struct kunit *test)
{
	struct sim_test *t = test->priv;
	struct dma_sim_config config = dsim_config(false);
	struct fault_attr *attr;

	dsim_engine(test, &config);
	dsim_map_all(test);
	attr = &t->sim[0]->faults.attrs[DMA_SIM_FAIL_END];
	attr->probability = 100;
	atomic_set(&attr->times, 3);
	KUNIT_EXPECT_EQ(test, test_pattern(test), BIT(0) | BIT(1) | BIT(2));
	KUNIT_EXPECT_EQ(test, dsim_faults(t, DMA_SIM_FAIL_END), 3ULL);
}
#else
static void sim_fault_injection(struct kunit *test)
{
	kunit_skip(test, "no FAULT_INJECTION");
}
#endif

static void sim_stall(struct kunit *test)
{
	struct sim_test *t = test->priv;
	struct dma_sim_config config = dsim_config(true);
	struct test_call call = {};
	dma_cookie_t stalled, behind;
	unsigned int polls;

	dsim_engine(test, &config);
	dsim_map_all(test);
	dsim_fault_once(test, DMA_SIM_STALL);
	stalled = dsim_copy(test, 1, 0, &call);
	behind = dsim_copy(test, 2, 0, &call);
	dma_async_issue_pending(t->chan[0]);
	for (polls = 0; polls < 1000; polls++)
		KUNIT_ASSERT_EQ(test, DMA_IN_PROGRESS, dsim_status(t, stalled));
	msleep(TEST_QUIET_MS);
	KUNIT_EXPECT_EQ(test, DMA_IN_PROGRESS, dsim_status(t, behind));
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&t->calls));
	KUNIT_EXPECT_EQ(test, dsim_faults(t, DMA_SIM_STALL), 1ULL);

	KUNIT_EXPECT_EQ(test, 0, dmaengine_terminate_sync(t->chan[0]));
	KUNIT_EXPECT_EQ(test, DMA_ERROR, dsim_status(t, stalled));
	dsim_run(test, dsim_prep_copy(t, 3, 0));
	dsim_unmap_all(t);
	KUNIT_EXPECT_TRUE(test, dsim_is(t->buf[1], 2, TEST_LEN));
	KUNIT_EXPECT_TRUE(test, dsim_is(t->buf[2], 3, TEST_LEN));
	KUNIT_EXPECT_TRUE(test, dsim_is(t->buf[3], 1, TEST_LEN));
}

static void sim_lose_irq(struct kunit *test)
{
	struct sim_test *t = test->priv;
	struct dma_sim_config config = dsim_config(false);
	struct test_call call = {};
	dma_cookie_t cookie;

	dsim_engine(test, &config);
	dsim_map_all(test);

	/* Noticed by a poller. */
	dsim_fault_once(test, DMA_SIM_LOSE_IRQ);
	cookie = dsim_copy(test, 1, 0, &call);
	dma_async_issue_pending(t->chan[0]);
	msleep(TEST_QUIET_MS);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&t->calls));
	KUNIT_EXPECT_EQ(test, dsim_faults(t, DMA_SIM_LOSE_IRQ), 1ULL);
	KUNIT_EXPECT_EQ(test, DMA_COMPLETE, dsim_status(t, cookie));
	dsim_wait_calls(test, 1);

	/* Noticed with the next interrupt. */
	dsim_fault_once(test, DMA_SIM_LOSE_IRQ);
	dsim_copy(test, 2, 0, &call);
	dma_async_issue_pending(t->chan[0]);
	msleep(TEST_QUIET_MS);
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&t->calls));
	dsim_copy(test, 3, 0, &call);
	dma_async_issue_pending(t->chan[0]);
	dsim_wait_calls(test, 3);

	/* Never noticed. */
	dsim_fault_once(test, DMA_SIM_LOSE_IRQ);
	cookie = dsim_copy(test, 2, 0, &call);
	dma_async_issue_pending(t->chan[0]);
	msleep(TEST_QUIET_MS);
	KUNIT_EXPECT_EQ(test, 0, dmaengine_terminate_sync(t->chan[0]));
	KUNIT_EXPECT_EQ(test, DMA_ERROR, dsim_status(t, cookie));
	KUNIT_EXPECT_EQ(test, 3, atomic_read(&t->calls));
}

static void sim_refuse_prep(struct kunit *test)
{
	struct sim_test *t = test->priv;
	struct dma_sim_config config = dsim_config(false);

	dsim_engine(test, &config);
	dsim_map_all(test);
	dsim_fault_once(test, DMA_SIM_REFUSE_PREP);
	KUNIT_EXPECT_NULL(test, dsim_prep_copy(t, 1, 0));
	dsim_run(test, dsim_prep_copy(t, 1, 0));
	KUNIT_EXPECT_EQ(test, dsim_faults(t, DMA_SIM_REFUSE_PREP), 1ULL);
}

static void sim_refuse_map(struct kunit *test)
{
	struct sim_test *t = test->priv;
	struct dma_sim_config config = dsim_config(true);
	struct dma_sim_counters c;
	struct device *dev;
	dma_addr_t addr;

	dsim_engine(test, &config);
	dev = dma_sim_device(t->sim[0]);
	dsim_fault_once(test, DMA_SIM_REFUSE_MAP);
	addr = dma_map_single(dev, t->buf[0], TEST_LEN, DMA_TO_DEVICE);
	KUNIT_EXPECT_TRUE(test, dma_mapping_error(dev, addr));
	dsim_map(test, 0, DMA_TO_DEVICE);
	dma_sim_read_counters(t->sim[0], &c);
	KUNIT_EXPECT_EQ(test, c.faults[DMA_SIM_REFUSE_MAP], 1ULL);
	KUNIT_EXPECT_EQ(test, c.mapped, 1ULL);
}

static void sim_refuse_terminate(struct kunit *test)
{
	struct sim_test *t = test->priv;
	struct dma_sim_config config = dsim_config(false);
	struct test_call call = {};

	dsim_engine(test, &config);
	dsim_map_all(test);
	dsim_fault_once(test, DMA_SIM_REFUSE_TERMINATE);
	dmaengine_pause(t->chan[0]);
	dsim_copy(test, 1, 0, &call);
	dma_async_issue_pending(t->chan[0]);
	KUNIT_EXPECT_EQ(test, -EIO, dmaengine_terminate_sync(t->chan[0]));
	KUNIT_EXPECT_EQ(test, dsim_faults(t, DMA_SIM_REFUSE_TERMINATE), 1ULL);

	/* It has not even heard of it. */
	dmaengine_resume(t->chan[0]);
	dsim_wait_calls(test, 1);
	KUNIT_EXPECT_EQ(test, 0, dmaengine_terminate_sync(t->chan[0]));
}

static void sim_delay_terminate(struct kunit *test)
{
	struct dma_sim_fault fault = { .delay_ms = 60 };
	struct sim_test *t = test->priv;
	struct dma_sim_config config = dsim_config(true);
	struct test_call call = {};
	dma_cookie_t cookies[3];
	unsigned int i;
	ktime_t start;
	s64 ms;

	config.delay_ns = 40 * NSEC_PER_MSEC;
	dsim_engine(test, &config);
	dsim_map_all(test);
	dma_sim_set_fault(t->sim[0], DMA_SIM_DELAY_TERMINATE, &fault);
	for (i = 0; i < 3; i++)
		cookies[i] = dsim_copy(test, i + 1, 0, &call);
	dma_async_issue_pending(t->chan[0]);

	start = ktime_get();
	KUNIT_EXPECT_EQ(test, 0, dmaengine_terminate_async(t->chan[0]));
	ms = ktime_ms_delta(ktime_get(), start);
	KUNIT_EXPECT_LT(test, ms, 40LL);
	dmaengine_synchronize(t->chan[0]);
	ms = ktime_ms_delta(ktime_get(), start);
	KUNIT_EXPECT_GE(test, ms, 60LL);

	/* In that time one was written, and nobody was told. */
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, DMA_ERROR, dsim_status(t, cookies[i]));
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&t->calls));
	dsim_unmap_all(t);
	KUNIT_EXPECT_TRUE(test, dsim_is(t->buf[1], 1, TEST_LEN));
	KUNIT_EXPECT_TRUE(test, dsim_is(t->buf[3], 4, TEST_LEN));
	KUNIT_EXPECT_EQ(test, dsim_faults(t, DMA_SIM_DELAY_TERMINATE), 1ULL);
	KUNIT_EXPECT_EQ(test, dma_sim_violations(t->sim[0]), 0ULL);

	dsim_map_all(test);
	dsim_poll(test, dsim_copy(test, 4, 0, NULL));
}

/* Called back before the function that is asked for the status returns. */
static void sim_locked_callback(struct kunit *test)
{
	struct dma_sim_fault always = { .nth = 1, .every = 1 };
	struct sim_test *t = test->priv;
	struct dma_sim_config config = dsim_config(false);
	struct test_call call = {};
	enum dma_status status;
	dma_cookie_t cookie;
	int calls;

	dsim_engine(test, &config);
	dsim_map_all(test);
	dma_sim_set_fault(t->sim[0], DMA_SIM_LOCKED_CALLBACK, &always);

	/* From the interrupt handler. */
	dsim_run(test, dsim_prep_copy(t, 1, 0));
	KUNIT_EXPECT_EQ(test, dsim_faults(t, DMA_SIM_LOCKED_CALLBACK), 1ULL);

	/* From the poller; bottom halves are off, so it is nobody else. */
	atomic_set(&t->calls, 0);
	dma_sim_set_fault(t->sim[0], DMA_SIM_LOSE_IRQ, &always);
	cookie = dsim_copy(test, 1, 0, &call);
	dma_async_issue_pending(t->chan[0]);
	msleep(TEST_QUIET_MS);
	local_bh_disable();
	status = dsim_status(t, cookie);
	calls = atomic_read(&t->calls);
	local_bh_enable();
	KUNIT_EXPECT_EQ(test, DMA_COMPLETE, status);
	KUNIT_EXPECT_EQ(test, 1, calls);
	KUNIT_EXPECT_EQ(test, dsim_faults(t, DMA_SIM_LOCKED_CALLBACK), 2ULL);
}

static void sim_vanish(struct kunit *test)
{
	struct sim_test *t = test->priv;
	struct dma_sim_config config = dsim_config(true);
	struct dma_sim_fault second = { .nth = 2 };
	struct test_call call = {};
	dma_cookie_t first, cookie;
	unsigned int round;

	dsim_engine(test, &config);
	for (round = 0; round < 2; round++) {
		dsim_map_all(test);
		atomic_set(&t->calls, 0);

		/* Once by itself, with the second operation; once when told. */
		if (!round)
			dma_sim_set_fault(t->sim[0], DMA_SIM_VANISH, &second);
		first = dsim_copy(test, 1, 0, &call);
		dma_async_issue_pending(t->chan[0]);
		dsim_wait_calls(test, 1);
		if (round)
			dma_sim_vanish(t->sim[0]);
		cookie = dsim_copy(test, 2, 0, &call);
		dma_async_issue_pending(t->chan[0]);
		msleep(TEST_QUIET_MS);
		KUNIT_EXPECT_EQ(test, DMA_COMPLETE, dsim_status(t, first));
		KUNIT_EXPECT_EQ(test, DMA_ERROR, dsim_status(t, cookie));
		KUNIT_EXPECT_EQ(test, 1, atomic_read(&t->calls));
		KUNIT_EXPECT_EQ(test, dsim_faults(t, DMA_SIM_VANISH), round + 1ULL);

		/* It cannot refuse any more. */
		dsim_fault_once(test, DMA_SIM_REFUSE_TERMINATE);
		KUNIT_EXPECT_EQ(test, 0, dmaengine_terminate_sync(t->chan[0]));
		dma_sim_clear_faults(t->sim[0]);

		dsim_unmap_all(t);
		KUNIT_EXPECT_TRUE(test, dsim_is(t->buf[2], 3, TEST_LEN));
		dma_sim_unbind(t->sim[0]);
		dma_release_channel(t->chan[0]);
		t->chan[0] = NULL;
		KUNIT_ASSERT_EQ(test, 0, dma_sim_bind(t->sim[0]));
		t->chan[0] = dsim_request(t->sim[0]);
		KUNIT_ASSERT_NOT_NULL(test, t->chan[0]);
		dsim_map_all(test);
		dsim_run(test, dsim_prep_copy(t, 3, 0));
		KUNIT_EXPECT_EQ(test, (unsigned int)t->result.result,
				(unsigned int)DMA_TRANS_NOERROR);
		dsim_unmap_all(t);
		dsim_fill(t);
	}
}

static struct kunit_case sim_fault_cases[] = {
	KUNIT_CASE_PARAM(sim_fail, test_failure_gen_params),
	KUNIT_CASE(sim_fail_val),
	KUNIT_CASE(sim_fault_script),
	KUNIT_CASE(sim_fault_seed),
	KUNIT_CASE(sim_fault_injection),
	KUNIT_CASE(sim_stall),
	KUNIT_CASE(sim_lose_irq),
	KUNIT_CASE(sim_refuse_prep),
	KUNIT_CASE(sim_refuse_map),
	KUNIT_CASE(sim_refuse_terminate),
	KUNIT_CASE(sim_delay_terminate),
	KUNIT_CASE(sim_locked_callback),
	KUNIT_CASE(sim_vanish),
	{}
};

static struct kunit_suite sim_fault_suite = {
	.name = "dma_sim_fault",
	.init = dsim_init,
	.exit = dsim_exit,
	.test_cases = sim_fault_cases,
};

kunit_test_suite(sim_fault_suite);
