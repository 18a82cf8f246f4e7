// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the tests of the simulated engines share.
 */
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "fixture.h"

static void test_callback(void *param, const struct dmaengine_result *result)
{
	struct test_call *call = param;
	struct sim_test *t = call->t;
	int calls = atomic_read(&t->calls);

	t->result = *result;
	if (calls < ARRAY_SIZE(t->order))
		t->order[calls] = call->nr;
	atomic_inc(&t->calls);
	complete(&t->called);
}

/*
 * Fixture
 */

static const bool test_modes[] = { false, true };

static void test_mode_desc(const bool *iova, char *desc)
{
	strscpy(desc, *iova ? "iova" : "direct", KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(test_mode, test_modes, test_mode_desc);

/**
 * dsim_mode_gen_params - for cases that are run for both ways to reach memory
 * @prev: the parameter before, or %NULL
 * @desc: where its name goes
 *
 * Return: the next parameter, for dsim_mode(), or %NULL.
 */
const void *dsim_mode_gen_params(const void *prev, char *desc)
{
	return test_mode_gen_params(prev, desc);
}

/**
 * dsim_mode - which way this is, in such a case
 * @test: the test
 *
 * Return: true if the engine is to have bus addresses of its own.
 */
bool dsim_mode(struct kunit *test)
{
	return *(const bool *)test->param_value;
}

static bool test_filter(struct dma_chan *chan, void *dev)
{
	return chan->device->dev == dev;
}

/**
 * dsim_request - request a channel of an engine
 * @sim: the engine
 *
 * Return: the channel, or %NULL if there is none left.
 */
struct dma_chan *dsim_request(struct dma_sim *sim)
{
	dma_cap_mask_t mask;

	dma_cap_zero(mask);
	return dma_request_channel(mask, test_filter, dma_sim_device(sim));
}

/**
 * dsim_config - what most tests begin with: one channel that can do everything
 * @iova: with bus addresses of its own
 *
 * Return: the configuration.
 */
struct dma_sim_config dsim_config(bool iova)
{
	struct dma_sim_config config = dma_sim_defaults;

	config.ring = TEST_RING;
	config.private = true;
	config.iova = iova;
	config.seed = TEST_SEED;
	return config;
}

/**
 * dsim_need_iova - skip a test where there are no dma_map_ops
 * @test: the test
 */
void dsim_need_iova(struct kunit *test)
{
	if (!IS_ENABLED(CONFIG_ARCH_HAS_DMA_OPS))
		kunit_skip(test, "no ARCH_HAS_DMA_OPS");
}

/**
 * dsim_engine - make an engine, and request one or two of its channels
 * @test: the test
 * @config: what it is like
 */
void dsim_engine(struct kunit *test, const struct dma_sim_config *config)
{
	struct sim_test *t = test->priv;
	struct dma_sim *sim;
	unsigned int i;

	if (config->iova)
		dsim_need_iova(test);
	sim = dma_sim_create(config);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, sim);
	t->sim[0] = sim;
	for (i = 0; i < min(config->channels, ARRAY_SIZE(t->chan)); i++) {
		t->chan[i] = dsim_request(sim);
		KUNIT_ASSERT_NOT_NULL(test, t->chan[i]);
	}
}

/**
 * dsim_map - map a buffer for the first engine
 * @test: the test
 * @buf: which
 * @dir: how
 */
void dsim_map(struct kunit *test, unsigned int buf,
	      enum dma_data_direction dir)
{
	struct device *dev;
	struct sim_test *t = test->priv;

	dev = dma_sim_device(t->sim[0]);
	t->addr[buf] = dma_map_single(dev, t->buf[buf], TEST_LEN, dir);
	KUNIT_ASSERT_FALSE(test, dma_mapping_error(dev, t->addr[buf]));
	t->dir[buf] = dir;
}

/**
 * dsim_unmap - unmap a buffer, if it is mapped
 * @t: the test's
 * @buf: which
 */
void dsim_unmap(struct sim_test *t, unsigned int buf)
{
	if (t->dir[buf] == DMA_NONE)
		return;
	dma_unmap_single(dma_sim_device(t->sim[0]), t->addr[buf], TEST_LEN,
			 t->dir[buf]);
	t->dir[buf] = DMA_NONE;
}

/**
 * dsim_unmap_all - unmap all buffers
 * @t: the test's
 */
void dsim_unmap_all(struct sim_test *t)
{
	unsigned int i;

	for (i = 0; i < TEST_BUFS; i++)
		dsim_unmap(t, i);
}

/**
 * dsim_map_all - map all buffers, both ways
 * @test: the test
 */
void dsim_map_all(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < TEST_BUFS; i++)
		dsim_map(test, i, DMA_BIDIRECTIONAL);
}

/**
 * dsim_fill - give each buffer its content back
 * @t: the test's
 */
void dsim_fill(struct sim_test *t)
{
	unsigned int i;

	for (i = 0; i < TEST_BUFS; i++)
		memset(t->buf[i], i + 1, TEST_LEN);
}

/**
 * dsim_init - what a suite begins each test with
 * @test: the test
 *
 * Return: 0 or -ENOMEM.
 */
int dsim_init(struct kunit *test)
{
	struct sim_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	unsigned int i;

	if (!t)
		return -ENOMEM;
	for (i = 0; i < TEST_BUFS; i++) {
		t->buf[i] = kunit_kmalloc(test, TEST_LEN, GFP_KERNEL);
		if (!t->buf[i])
			return -ENOMEM;
		t->dir[i] = DMA_NONE;
	}
	dsim_fill(t);
	init_completion(&t->called);
	test->priv = t;
	return 0;
}

/**
 * dsim_release - release the channels
 * @t: the test's
 */
void dsim_release(struct sim_test *t)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(t->chan); i++) {
		if (!t->chan[i])
			continue;
		dmaengine_terminate_sync(t->chan[i]);
		dma_release_channel(t->chan[i]);
		t->chan[i] = NULL;
	}
}

/**
 * dsim_exit - what a suite ends each test with
 * @test: the test
 */
void dsim_exit(struct kunit *test)
{
	struct sim_test *t = test->priv;
	unsigned int i;

	if (!t)
		return;
	if (t->sim[0])
		dma_sim_clear_faults(t->sim[0]);
	dsim_release(t);
	dsim_unmap_all(t);
	for (i = 0; i < ARRAY_SIZE(t->sim); i++)
		if (t->sim[i])
			dma_sim_destroy(t->sim[i]);
}

/*
 * Steps
 */

/**
 * dsim_submit - submit a descriptor
 * @test: the test
 * @tx: the descriptor; if %NULL the test ends here
 * @call: what to give to the callback; %NULL: no callback
 *
 * Return: the cookie.
 */
dma_cookie_t dsim_submit(struct kunit *test,
			 struct dma_async_tx_descriptor *tx,
			 struct test_call *call)
{
	struct sim_test *t = test->priv;

	KUNIT_ASSERT_NOT_NULL(test, tx);
	if (call) {
		call->t = t;
		tx->callback_result = test_callback;
		tx->callback_param = call;
	}
	return dmaengine_submit(tx);
}

/**
 * dsim_prep_copy - prepare a copy from buffer to buffer
 * @t: the test's
 * @dst: number of the destination
 * @src: number of the source
 *
 * Return: the descriptor, or %NULL.
 */
struct dma_async_tx_descriptor *
dsim_prep_copy(struct sim_test *t, unsigned int dst, unsigned int src)
{
	return dmaengine_prep_dma_memcpy(t->chan[0], t->addr[dst],
					 t->addr[src], TEST_LEN, DMA_CTRL_ACK);
}

/**
 * dsim_copy - submit a copy from buffer to buffer
 * @test: the test
 * @dst: number of the destination
 * @src: number of the source
 * @call: what to give to the callback; %NULL: no callback
 *
 * Return: the cookie.
 */
dma_cookie_t dsim_copy(struct kunit *test, unsigned int dst,
		       unsigned int src, struct test_call *call)
{
	return dsim_submit(test, dsim_prep_copy(test->priv, dst, src), call);
}

/**
 * dsim_status - ask for an operation's status
 * @t: the test's
 * @cookie: the operation's
 *
 * Return: the status.
 */
enum dma_status dsim_status(struct sim_test *t, dma_cookie_t cookie)
{
	return dma_async_is_tx_complete(t->chan[0], cookie, NULL, NULL);
}

/**
 * dsim_poll - wait for an operation by polling
 * @test: the test
 * @cookie: the operation's
 */
void dsim_poll(struct kunit *test, dma_cookie_t cookie)
{
	struct sim_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, DMA_COMPLETE, dma_sync_wait(t->chan[0], cookie));
}

/**
 * dsim_wait_calls - wait for callbacks, without polling
 * @test: the test
 * @calls: how many there are to be, in all
 */
void dsim_wait_calls(struct kunit *test, int calls)
{
	struct sim_test *t = test->priv;

	while (atomic_read(&t->calls) < calls)
		KUNIT_ASSERT_TRUE(test,
				  wait_for_completion_timeout(&t->called,
							      msecs_to_jiffies(TEST_TIMEOUT_MS)));
}

/**
 * dsim_run - submit, issue, and wait for the callback
 * @test: the test
 * @tx: the descriptor
 */
void dsim_run(struct kunit *test, struct dma_async_tx_descriptor *tx)
{
	struct sim_test *t = test->priv;
	struct test_call call = {};

	atomic_set(&t->calls, 0);
	dsim_submit(test, tx, &call);
	dma_async_issue_pending(t->chan[0]);
	dsim_wait_calls(test, 1);
	/* The callback, which has @call, has returned. */
	dmaengine_synchronize(t->chan[0]);
}

/**
 * dsim_is - is a buffer filled with a value?
 * @buf: the buffer
 * @value: the value
 * @len: bytes
 *
 * Return: true if so.
 */
bool dsim_is(const u8 *buf, u8 value, size_t len)
{
	return !memchr_inv(buf, value, len);
}

/**
 * dsim_violations - how often one rule was broken
 * @t: the test's
 * @what: which
 *
 * Return: the number.
 */
u64 dsim_violations(struct sim_test *t, enum dma_sim_violation what)
{
	struct dma_sim_counters c;

	dma_sim_read_counters(t->sim[0], &c);
	return c.violations[what];
}

/**
 * dsim_faults - how often one fault has happened
 * @t: the test's
 * @class: which
 *
 * Return: the number.
 */
u64 dsim_faults(struct sim_test *t, enum dma_sim_fault_class class)
{
	struct dma_sim_counters c;

	dma_sim_read_counters(t->sim[0], &c);
	return c.faults[class];
}

/**
 * dsim_fault_once - the next occasion is one for a fault, and no other
 * @test: the test
 * @class: of which class
 */
void dsim_fault_once(struct kunit *test, enum dma_sim_fault_class class)
{
	struct sim_test *t = test->priv;
	struct dma_sim_fault fault = {};

	KUNIT_ASSERT_EQ(test, 0, dma_sim_set_fault(t->sim[0], class, &fault));
}

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("KUnit tests of simulated DMA engines");
MODULE_IMPORT_NS(DMA_SIM);
