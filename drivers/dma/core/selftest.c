// SPDX-License-Identifier: GPL-2.0-only
/*
 * For drivers of engines that work on memory: does the device do what it says?
 *
 * Before anybody else can use it: each kind of operation that it has, once, with its
 * interrupt.  Checks are tried with sums that are right, and with sums that are not.
 */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/export.h>
#include <linux/jiffies.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../m2m-dma.h"

#define TEST_LEN	2000
#define TEST_SRCS	7
#define TEST_LIMIT	(3 * HZ)
#define TEST_FLAGS	(DMA_PREP_INTERRUPT | DMA_CTRL_ACK)
#define TEST_FILL	0x5c

static const u8 test_coefs[TEST_SRCS] = { 1, 2, 4, 8, 16, 32, 64 };

/**
 * struct m2m_test - what the test has
 * @chan: the channel
 * @dev: its device
 * @buf: sources, and behind them a destination and another one
 * @addr: their addresses
 * @done: a callback has come
 * @error: what it said
 */
struct m2m_test {
	struct dma_chan *chan;
	struct device *dev;
	u8 *buf[TEST_SRCS + 2];
	dma_addr_t addr[TEST_SRCS + 2];
	struct completion done;
	enum dmaengine_tx_result error;
};

static void test_done(void *param, const struct dmaengine_result *result)
{
	struct m2m_test *t = param;

	t->error = result->result;
	complete(&t->done);
}

static int test_run(struct m2m_test *t, struct dma_async_tx_descriptor *tx, const char *what)
{
	if (!tx) {
		dev_err(t->dev, "self-test: %s cannot be prepared\n", what);
		return -EIO;
	}
	reinit_completion(&t->done);
	tx->callback_result = test_done;
	tx->callback_param = t;
	dmaengine_submit(tx);
	dma_async_issue_pending(t->chan);
	if (!wait_for_completion_timeout(&t->done, TEST_LIMIT)) {
		dev_err(t->dev, "self-test: %s does not end\n", what);
		return -EIO;
	}
	if (t->error != DMA_TRANS_NOERROR) {
		dev_err(t->dev, "self-test: %s failed\n", what);
		return -EIO;
	}
	return 0;
}

/* --- what is expected --- */

static u8 want_copy(struct m2m_test *t, unsigned int i)
{
	return t->buf[0][i];
}

static u8 want_fill(struct m2m_test *t, unsigned int i)
{
	return TEST_FILL;
}

static u8 want_p(struct m2m_test *t, unsigned int i)
{
	unsigned int j;
	u8 p = 0;

	for (j = 0; j < TEST_SRCS; j++)
		p ^= t->buf[j][i];
	return p;
}

/* By Horner's rule: double it, and add the next. */
static u8 want_q(struct m2m_test *t, unsigned int i)
{
	int j;
	u8 q = 0;

	for (j = TEST_SRCS - 1; j >= 0; j--)
		q = (q << 1) ^ (q & 0x80 ? 0x1d : 0) ^ t->buf[j][i];
	return q;
}

static int test_expect(struct m2m_test *t, unsigned int nr,
		       u8 (*want)(struct m2m_test *t, unsigned int i), const char *what)
{
	unsigned int i, wrong = 0;

	dma_sync_single_for_cpu(t->dev, t->addr[nr], TEST_LEN, DMA_BIDIRECTIONAL);
	for (i = 0; i < TEST_LEN; i++)
		wrong += t->buf[nr][i] != want(t, i);
	dma_sync_single_for_device(t->dev, t->addr[nr], TEST_LEN, DMA_BIDIRECTIONAL);
	if (!wrong)
		return 0;
	dev_err(t->dev, "self-test: %s has %u wrong bytes\n", what, wrong);
	return -EIO;
}

static int test_found(struct m2m_test *t, enum sum_check_flags found, enum sum_check_flags want,
		      const char *what)
{
	if (found == want)
		return 0;
	dev_err(t->dev, "self-test: %s found %#x, not %#x\n", what, found, want);
	return -EIO;
}

/* --- operations --- */

static int test_copy(struct m2m_test *t)
{
	struct dma_device *dma = t->chan->device;
	int err;

	if (!dma_has_cap(DMA_MEMCPY, dma->cap_mask))
		return 0;
	err = test_run(t, dma->device_prep_dma_memcpy(t->chan, t->addr[TEST_SRCS], t->addr[0],
						      TEST_LEN, TEST_FLAGS), "copy");
	return err ?: test_expect(t, TEST_SRCS, want_copy, "copy");
}

static int test_fill(struct m2m_test *t)
{
	struct dma_device *dma = t->chan->device;
	int err;

	if (!dma_has_cap(DMA_MEMSET, dma->cap_mask))
		return 0;
	err = test_run(t, dma->device_prep_dma_memset(t->chan, t->addr[TEST_SRCS], TEST_FILL,
						      TEST_LEN, TEST_FLAGS), "fill");
	return err ?: test_expect(t, TEST_SRCS, want_fill, "fill");
}

static int test_xor_val(struct m2m_test *t, bool differs)
{
	struct dma_device *dma = t->chan->device;
	enum sum_check_flags found = 0;
	dma_addr_t src[TEST_SRCS + 1];
	int err;

	memcpy(src, t->addr, sizeof(src));
	if (differs)
		src[0] = src[1];
	/* The sum may have to be the first. */
	swap(src[0], src[TEST_SRCS]);
	err = test_run(t, dma->device_prep_dma_xor_val(t->chan, src, TEST_SRCS + 1, TEST_LEN,
						       &found, TEST_FLAGS), "check of an XOR");
	return err ?: test_found(t, found, differs ? SUM_CHECK_P_RESULT : 0, "check of an XOR");
}

static int test_xor(struct m2m_test *t)
{
	struct dma_device *dma = t->chan->device;
	int err;

	if (!dma_has_cap(DMA_XOR, dma->cap_mask))
		return 0;
	err = test_run(t, dma->device_prep_dma_xor(t->chan, t->addr[TEST_SRCS], t->addr,
						   TEST_SRCS, TEST_LEN, TEST_FLAGS), "XOR");
	return err ?: test_expect(t, TEST_SRCS, want_p, "XOR") ?: test_xor_val(t, false) ?:
	       test_xor_val(t, true);
}

static int test_pq_val(struct m2m_test *t, bool differs)
{
	struct dma_device *dma = t->chan->device;
	enum sum_check_flags found = 0, want = differs ? SUM_CHECK_Q_RESULT : 0;
	dma_addr_t src[TEST_SRCS];
	int err;

	/* With two that have changed places P is what it was. */
	memcpy(src, t->addr, sizeof(src));
	if (differs)
		swap(src[0], src[1]);
	err = test_run(t, dma->device_prep_dma_pq_val(t->chan, t->addr + TEST_SRCS, src,
						      TEST_SRCS, test_coefs, TEST_LEN, &found,
						      TEST_FLAGS), "check of P+Q");
	return err ?: test_found(t, found, want, "check of P+Q");
}

static int test_pq(struct m2m_test *t)
{
	struct dma_device *dma = t->chan->device;
	int err;

	if (!dma_has_cap(DMA_PQ, dma->cap_mask))
		return 0;
	err = test_run(t, dma->device_prep_dma_pq(t->chan, t->addr + TEST_SRCS, t->addr, TEST_SRCS,
						  test_coefs, TEST_LEN, TEST_FLAGS), "P+Q");
	return err ?: test_expect(t, TEST_SRCS, want_p, "P") ?:
	       test_expect(t, TEST_SRCS + 1, want_q, "Q") ?: test_pq_val(t, false) ?:
	       test_pq_val(t, true);
}

/* --- the whole --- */

static int test_alloc(struct m2m_test *t)
{
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(t->buf); i++) {
		u8 *buf = kmalloc(TEST_LEN, GFP_KERNEL);

		if (!buf)
			return -ENOMEM;
		for (j = 0; j < TEST_LEN; j++)
			buf[j] = (2 * i + 3) * j + (j >> 8);
		t->addr[i] = dma_map_single(t->dev, buf, TEST_LEN, DMA_BIDIRECTIONAL);
		if (dma_mapping_error(t->dev, t->addr[i])) {
			kfree(buf);
			return -ENOMEM;
		}
		t->buf[i] = buf;
	}
	return 0;
}

static void test_free(struct m2m_test *t)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(t->buf) && t->buf[i]; i++) {
		dma_unmap_single(t->dev, t->addr[i], TEST_LEN, DMA_BIDIRECTIONAL);
		kfree(t->buf[i]);
	}
}

static int test_stop(struct dma_chan *chan)
{
	unsigned long end = jiffies + TEST_LIMIT;
	int err;

	while ((err = chan->device->device_stop(chan)) == -EINPROGRESS) {
		if (time_after(jiffies, end))
			return -ETIMEDOUT;
		usleep_range(1000, 2000);
	}
	return err;
}

/**
 * m2m_self_test - try a channel
 * @chan: the channel of a device that is not registered yet, but could be
 *
 * Context: may sleep.
 * Return: 0 or a negative errno, of which the log knows why.
 */
int m2m_self_test(struct dma_chan *chan)
{
	struct m2m_test t = { .chan = chan, .dev = chan->device->dev };
	int err, stuck;

	init_completion(&t.done);
	err = chan->device->device_alloc_chan_resources(chan);
	if (err < 0) {
		dev_err(t.dev, "self-test: the channel does not start\n");
		return err;
	}
	err = test_alloc(&t) ?: test_copy(&t) ?: test_fill(&t) ?: test_xor(&t) ?: test_pq(&t);
	stuck = test_stop(chan);
	chan->device->device_free_chan_resources(chan);
	/* It may write for ever: better lost than shared. */
	if (!stuck)
		test_free(&t);
	return err ?: stuck;
}
EXPORT_SYMBOL_GPL(m2m_self_test);
