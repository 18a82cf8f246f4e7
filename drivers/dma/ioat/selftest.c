// SPDX-License-Identifier: GPL-2.0-only
/*
 * Intel I/OAT: does the device do what it says?
 *
 * Before anybody else can use it: a copy, and an XOR and its check if it has them, on
 * the first channel, each with its interrupt.
 */
#include <kunit/visibility.h>
#include <linux/completion.h>
#include <linux/dma-mapping.h>
#include <linux/slab.h>

#include "ioat.h"

#define IOAT_TEST_LEN		2000
#define IOAT_TEST_SRCS		7
#define IOAT_TEST_LIMIT		(3 * HZ)

/**
 * struct ioat_test - what the test has
 * @ic: the channel
 * @buf: sources, and behind them the destination
 * @addr: their addresses
 * @done: a callback has come
 * @error: what it said
 */
struct ioat_test {
	struct ioat_chan *ic;
	u8 *buf[IOAT_TEST_SRCS + 1];
	dma_addr_t addr[IOAT_TEST_SRCS + 1];
	struct completion done;
	enum dmaengine_tx_result error;
};

static void ioat_test_done(void *param, const struct dmaengine_result *result)
{
	struct ioat_test *t = param;

	t->error = result->result;
	complete(&t->done);
}

static int ioat_test_run(struct ioat_test *t, struct dma_async_tx_descriptor *tx, const char *what)
{
	struct device *dev = ioat_chan_dev(t->ic);

	if (!tx) {
		dev_err(dev, "self-test: %s cannot be prepared\n", what);
		return -EIO;
	}
	reinit_completion(&t->done);
	tx->callback_result = ioat_test_done;
	tx->callback_param = t;
	dmaengine_submit(tx);
	ioat_issue_pending(&t->ic->mc.chan);
	if (!wait_for_completion_timeout(&t->done, IOAT_TEST_LIMIT)) {
		dev_err(dev, "self-test: %s does not end\n", what);
		return -EIO;
	}
	if (t->error != DMA_TRANS_NOERROR) {
		dev_err(dev, "self-test: %s failed\n", what);
		return -EIO;
	}
	return 0;
}

static int ioat_test_expect(struct ioat_test *t, unsigned int nr_srcs, const char *what)
{
	struct device *dev = ioat_chan_dev(t->ic);
	unsigned int i, j, wrong = 0;

	dma_sync_single_for_cpu(dev, t->addr[IOAT_TEST_SRCS], IOAT_TEST_LEN, DMA_BIDIRECTIONAL);
	for (i = 0; i < IOAT_TEST_LEN; i++) {
		u8 sum = 0;

		for (j = 0; j < nr_srcs; j++)
			sum ^= t->buf[j][i];
		wrong += t->buf[IOAT_TEST_SRCS][i] != sum;
	}
	dma_sync_single_for_device(dev, t->addr[IOAT_TEST_SRCS], IOAT_TEST_LEN, DMA_BIDIRECTIONAL);
	if (!wrong)
		return 0;
	dev_err(dev, "self-test: %s has %u wrong bytes\n", what, wrong);
	return -EIO;
}

static int ioat_test_copy(struct ioat_test *t)
{
	struct dma_chan *chan = &t->ic->mc.chan;
	int err;

	err = ioat_test_run(t, chan->device->device_prep_dma_memcpy(chan, t->addr[IOAT_TEST_SRCS],
								    t->addr[0], IOAT_TEST_LEN,
								    DMA_PREP_INTERRUPT |
								    DMA_CTRL_ACK), "copy");
	return err ?: ioat_test_expect(t, 1, "copy");
}

/* A check of the sum, in which @differs says that something is wrong. */
static int ioat_test_check(struct ioat_test *t, bool differs)
{
	struct dma_chan *chan = &t->ic->mc.chan;
	enum sum_check_flags found = 0, want = differs ? SUM_CHECK_P_RESULT : 0;
	dma_addr_t src[IOAT_TEST_SRCS + 1];
	int i, err;

	src[0] = t->addr[IOAT_TEST_SRCS];
	for (i = 0; i < IOAT_TEST_SRCS; i++)
		src[i + 1] = t->addr[differs && !i ? 1 : i];
	err = ioat_test_run(t, chan->device->device_prep_dma_xor_val(chan, src,
								     IOAT_TEST_SRCS + 1,
								     IOAT_TEST_LEN, &found,
								     DMA_PREP_INTERRUPT |
								     DMA_CTRL_ACK), "check");
	if (!err && found != want) {
		dev_err(ioat_chan_dev(t->ic), "self-test: check found %#x, not %#x\n", found, want);
		err = -EIO;
	}
	return err;
}

static int ioat_test_xor(struct ioat_test *t)
{
	struct dma_chan *chan = &t->ic->mc.chan;
	int err;

	if (!dma_has_cap(DMA_XOR, chan->device->cap_mask))
		return 0;
	err = ioat_test_run(t, chan->device->device_prep_dma_xor(chan, t->addr[IOAT_TEST_SRCS],
								 t->addr, IOAT_TEST_SRCS,
								 IOAT_TEST_LEN,
								 DMA_PREP_INTERRUPT |
								 DMA_CTRL_ACK), "XOR");
	return err ?: ioat_test_expect(t, IOAT_TEST_SRCS, "XOR") ?:
	       ioat_test_check(t, false) ?: ioat_test_check(t, true);
}

static int ioat_test_buffers(struct ioat_test *t)
{
	struct device *dev = ioat_chan_dev(t->ic);
	unsigned int i, j;

	for (i = 0; i <= IOAT_TEST_SRCS; i++) {
		u8 *buf = kmalloc(IOAT_TEST_LEN, GFP_KERNEL);

		if (!buf)
			return -ENOMEM;
		for (j = 0; j < IOAT_TEST_LEN; j++)
			buf[j] = (i + 3) * j + (j >> 8);
		t->addr[i] = dma_map_single(dev, buf, IOAT_TEST_LEN, DMA_BIDIRECTIONAL);
		if (dma_mapping_error(dev, t->addr[i])) {
			kfree(buf);
			return -ENOMEM;
		}
		t->buf[i] = buf;
	}
	return 0;
}

/**
 * ioat_self_test - try the device
 * @id: the device, whose channels nobody has
 *
 * Context: may sleep.
 * Return: 0 or a negative errno, of which the log knows why.
 */
int ioat_self_test(struct ioat_dev *id)
{
	struct ioat_test t = { .ic = &id->chans[0] };
	int i, err;

	init_completion(&t.done);
	err = ioat_alloc_chan_resources(&t.ic->mc.chan);
	if (err < 0) {
		dev_err(&id->pdev->dev, "self-test: the first channel does not start\n");
		return err;
	}
	err = ioat_test_buffers(&t) ?: ioat_test_copy(&t) ?: ioat_test_xor(&t);
	/* Nothing of it is left in the device after this. */
	ioat_free_chan_resources(&t.ic->mc.chan);
	for (i = 0; i <= IOAT_TEST_SRCS && t.buf[i]; i++) {
		dma_unmap_single(&id->pdev->dev, t.addr[i], IOAT_TEST_LEN, DMA_BIDIRECTIONAL);
		kfree(t.buf[i]);
	}
	return err;
}
EXPORT_SYMBOL_IF_KUNIT(ioat_self_test);
