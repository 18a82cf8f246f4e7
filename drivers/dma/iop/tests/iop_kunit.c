// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of the driver of the Intel I/O processors' engines, on a model of a unit in
 * memory
 */
#include <kunit/test.h>
#include <kunit/visibility.h>
#include <linux/cleanup.h>
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../../dmaengine.h"
#include "model.h"

#define TEST_LEN	4096
/* Naive multiplication takes its time, in which the channel looks stalled. */
#define TEST_PQ_LEN	512
#define TEST_BUFS	(IOP_MAX_SRCS + 3)
#define TEST_GUARD	64
#define TEST_FLAGS	(DMA_PREP_INTERRUPT | DMA_CTRL_ACK)

/* Long enough for any machine; a test that waits so long has failed. */
#define TEST_TIMEOUT_MS	10000

/**
 * struct iop_kunit - what a test has
 * @model: the hardware
 * @pdev: the platform device
 * @chan: its channel
 * @mem: buffers of TEST_LEN bytes between guards
 * @buf: what is between them
 * @addr: their bus addresses
 * @calls: how often a callback has come
 * @bad_context: of these, where none must come
 * @results: what each of them was told
 * @cut_off: how often a unit was kept from memory
 */
struct iop_kunit {
	struct iop_model model;
	struct platform_device *pdev;
	struct dma_chan *chan;
	u8 *mem[TEST_BUFS];
	u8 *buf[TEST_BUFS];
	dma_addr_t addr[TEST_BUFS];
	atomic_t calls;
	atomic_t bad_context;
	enum dmaengine_tx_result results[64];
	atomic_t cut_off;
};

static const struct iop_unit * const units[] = { &iop_dma_unit, &iop_aau_unit, &iop_adma_unit };

static void unit_desc(const struct iop_unit * const *unit, char *desc)
{
	strscpy(desc, (*unit)->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(unit, units, unit_desc);

static void test_called(void *param, const struct dmaengine_result *result)
{
	struct iop_kunit *t = param;
	int nr = atomic_inc_return(&t->calls) - 1;

	/* With bottom halves disabled; the driver's lock is one that disables interrupts. */
	if (in_hardirq() || irqs_disabled() || !in_softirq())
		atomic_inc(&t->bad_context);
	t->results[nr % ARRAY_SIZE(t->results)] = result->result;
}

static u8 test_byte(unsigned int buf, unsigned int i)
{
	return i * 3 + (i >> 8) * 7 + buf;
}

static void test_fill(struct iop_kunit *t)
{
	unsigned int i, j;

	for (i = 0; i < TEST_BUFS; i++) {
		memset(t->mem[i], 0xa5, TEST_LEN + 2 * TEST_GUARD);
		for (j = 0; j < TEST_LEN; j++)
			t->buf[i][j] = test_byte(i, j);
	}
}

static int test_init(struct kunit *test)
{
	const struct platform_device_info info = {
		.name = "iop-model",
		.id = PLATFORM_DEVID_NONE,
		.dma_mask = DMA_BIT_MASK(32),
	};
	struct iop_kunit *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, t);
	test->priv = t;
	t->pdev = platform_device_register_full(&info);
	KUNIT_ASSERT_FALSE(test, IS_ERR(t->pdev));
	for (i = 0; i < TEST_BUFS; i++) {
		t->mem[i] = dma_alloc_coherent(&t->pdev->dev, TEST_LEN + 2 * TEST_GUARD,
					       &t->addr[i], GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, t->mem[i]);
		t->buf[i] = t->mem[i] + TEST_GUARD;
		t->addr[i] += TEST_GUARD;
	}
	test_fill(t);
	return 0;
}

static void test_exit(struct kunit *test)
{
	struct iop_kunit *t = test->priv;
	struct iop_dev *id = t->model.id;
	unsigned int i;

	WRITE_ONCE(t->model.paused, false);
	WRITE_ONCE(t->model.stuck, false);
	if (t->chan)
		id->dma.device_free_chan_resources(t->chan);
	if (!IS_ERR_OR_NULL(t->model.thread))
		kthread_stop(t->model.thread);
	if (id) {
		KUNIT_EXPECT_STREQ(test, t->model.bad ?: "", "");
		id->dma.device_release(&id->dma);
	}
	KUNIT_EXPECT_EQ(test, atomic_read(&t->bad_context), 0);
	for (i = 0; i < TEST_BUFS; i++)
		if (t->mem[i])
			dma_free_coherent(&t->pdev->dev, TEST_LEN + 2 * TEST_GUARD, t->mem[i],
					  t->addr[i] - TEST_GUARD);
	if (!IS_ERR_OR_NULL(t->pdev))
		platform_device_unregister(t->pdev);
}

static void test_device(struct kunit *test, const struct iop_unit *unit)
{
	struct iop_kunit *t = test->priv;
	struct iop_dev *id = iop_alloc(&t->pdev->dev, unit, NULL);
	int slots;

	KUNIT_ASSERT_NOT_NULL(test, id);
	iop_model_init(&t->model, id);
	iop_fill_in(id);
	t->model.thread = kthread_run(iop_model_thread, &t->model, "iop-model");
	KUNIT_ASSERT_FALSE(test, IS_ERR(t->model.thread));
	slots = id->dma.device_alloc_chan_resources(&id->ic.mc.chan);
	KUNIT_ASSERT_GT(test, slots, 0);
	t->chan = &id->ic.mc.chan;
}

static void test_param_device(struct kunit *test)
{
	const struct iop_unit * const *unit = test->param_value;

	test_device(test, *unit);
}

static dma_cookie_t test_submit(struct kunit *test, struct dma_async_tx_descriptor *tx)
{
	KUNIT_ASSERT_NOT_NULL(test, tx);
	tx->callback_result = test_called;
	tx->callback_param = test->priv;
	return dmaengine_submit(tx);
}

/*
 * An operation that any unit can do: at the end, buffer @dst is as @src was.  The AAU adds up
 * two, of which one is zeros.
 */
static struct dma_async_tx_descriptor *
test_copy(struct iop_kunit *t, int dst, int src, size_t len)
{
	struct dma_device *dma = t->chan->device;
	dma_addr_t srcs[2] = { t->addr[src], t->addr[TEST_BUFS - 1] };

	if (dma_has_cap(DMA_MEMCPY, dma->cap_mask))
		return dma->device_prep_dma_memcpy(t->chan, t->addr[dst], t->addr[src], len,
						   TEST_FLAGS);
	memset(t->buf[TEST_BUFS - 1], 0, TEST_LEN);
	return dma->device_prep_dma_xor(t->chan, t->addr[dst], srcs, 2, len, TEST_FLAGS);
}

static void test_called_times(struct kunit *test, int calls)
{
	struct iop_kunit *t = test->priv;
	unsigned long end = jiffies + msecs_to_jiffies(TEST_TIMEOUT_MS);

	while (atomic_read(&t->calls) < calls && time_before(jiffies, end))
		usleep_range(100, 200);
	KUNIT_ASSERT_EQ(test, atomic_read(&t->calls), calls);
}

static void test_wait(struct kunit *test, int calls)
{
	struct iop_kunit *t = test->priv;

	dma_async_issue_pending(t->chan);
	test_called_times(test, calls);
}

static void test_run(struct kunit *test, struct dma_async_tx_descriptor *tx)
{
	struct iop_kunit *t = test->priv;
	int before = atomic_read(&t->calls);

	test_submit(test, tx);
	test_wait(test, before + 1);
	KUNIT_ASSERT_EQ(test, t->results[before % ARRAY_SIZE(t->results)], DMA_TRANS_NOERROR);
}

static enum dma_status test_status(struct iop_kunit *t, dma_cookie_t cookie)
{
	return t->chan->device->device_tx_status(t->chan, cookie, NULL);
}

/* Only @len bytes of a buffer may have changed. */
static void test_intact(struct kunit *test, unsigned int nr, unsigned int len)
{
	struct iop_kunit *t = test->priv;
	unsigned int i, wrong = 0;

	for (i = len; i < TEST_LEN; i++)
		wrong += t->buf[nr][i] != test_byte(nr, i);
	for (i = 0; i < TEST_GUARD; i++)
		wrong += t->mem[nr][i] != 0xa5 || t->buf[nr][TEST_LEN + i] != 0xa5;
	KUNIT_EXPECT_EQ_MSG(test, wrong, 0, "buffer %u, length %u", nr, len);
}

/* It works, whatever has been. */
static void test_works(struct kunit *test)
{
	struct iop_kunit *t = test->priv;

	test_fill(t);
	test_run(test, test_copy(t, 0, 1, TEST_LEN));
	KUNIT_EXPECT_MEMEQ(test, t->buf[0], t->buf[1], TEST_LEN);
}

/* --- what units can do --- */

/* Each what its unit has, and nothing else. */
static void abilities(struct kunit *test)
{
	struct iop_kunit *t = test->priv;
	const struct iop_unit *unit;
	dma_cap_mask_t want;

	test_param_device(test);
	unit = t->model.id->unit;
	dma_cap_zero(want);
	dma_cap_set(DMA_INTERRUPT, want);
	if (unit == &iop_dma_unit) {
		dma_cap_set(DMA_MEMCPY, want);
	} else {
		dma_cap_set(DMA_MEMSET, want);
		dma_cap_set(DMA_XOR, want);
		dma_cap_set(DMA_XOR_VAL, want);
	}
	if (unit == &iop_adma_unit) {
		dma_cap_set(DMA_MEMCPY, want);
		dma_cap_set(DMA_PQ, want);
		dma_cap_set(DMA_PQ_VAL, want);
	}
	KUNIT_EXPECT_TRUE(test, bitmap_equal(want.bits, t->chan->device->cap_mask.bits,
					     DMA_TX_TYPE_END));
	KUNIT_EXPECT_EQ(test, t->chan->device->max_xor,
			unit == &iop_dma_unit ? 0 : unit == &iop_aau_unit ? 32 : 16);
	KUNIT_EXPECT_EQ(test, dma_maxpq(t->chan->device, 0), unit == &iop_adma_unit ? 16 : 0);
	KUNIT_EXPECT_EQ(test, t->chan->device->pq_align,
			unit == &iop_adma_unit ? DMAENGINE_ALIGN_16_BYTES : 0);
}

static const unsigned int lens[] = { 1, 63, 64, 65, 511, 512, 1023, 1024, 1025, 4095, 4096 };

static void copies(struct kunit *test)
{
	struct iop_kunit *t = test->priv;
	unsigned int i;

	test_param_device(test);
	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		test_fill(t);
		test_run(test, test_copy(t, 0, 1, lens[i]));
		KUNIT_EXPECT_MEMEQ(test, t->buf[0], t->buf[1], lens[i]);
		test_intact(test, 0, lens[i]);
		test_intact(test, 1, 0);
	}
	KUNIT_EXPECT_NULL(test, test_copy(t, 0, 1, 0));
}

static void fills(struct kunit *test)
{
	struct iop_kunit *t = test->priv;
	unsigned int i, j, wrong;
	struct dma_device *dma;

	test_param_device(test);
	dma = t->chan->device;
	if (!dma_has_cap(DMA_MEMSET, dma->cap_mask))
		kunit_skip(test, "it does not fill");
	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		test_fill(t);
		test_run(test, dma->device_prep_dma_memset(t->chan, t->addr[0], 0x15c + i, lens[i],
							   TEST_FLAGS));
		for (j = 0, wrong = 0; j < lens[i]; j++)
			wrong += t->buf[0][j] != 0x5c + i;
		KUNIT_EXPECT_EQ_MSG(test, wrong, 0, "length %u", lens[i]);
		test_intact(test, 0, lens[i]);
	}
}

static void interrupt(struct kunit *test)
{
	struct iop_kunit *t = test->priv;

	test_param_device(test);
	test_run(test, t->chan->device->device_prep_dma_interrupt(t->chan, DMA_CTRL_ACK));
	test_works(test);
}

static void test_need(struct kunit *test, enum dma_transaction_type cap)
{
	struct iop_kunit *t = test->priv;

	test_param_device(test);
	if (!dma_has_cap(cap, t->chan->device->cap_mask))
		kunit_skip(test, "it does not do that");
}

static void xor(struct kunit *test)
{
	struct iop_kunit *t = test->priv;
	unsigned int n, i, j, wrong, len, max;
	struct dma_async_tx_descriptor *tx;
	struct dma_device *dma;

	test_need(test, DMA_XOR);
	dma = t->chan->device;
	max = dma->max_xor;
	for (n = 1; n <= max; n++) {
		len = n % 2 ? TEST_LEN : 1000 + n;
		test_fill(t);
		test_run(test, dma->device_prep_dma_xor(t->chan, t->addr[0], t->addr + 1, n, len,
							TEST_FLAGS));
		for (i = 0, wrong = 0; i < len; i++) {
			u8 sum = 0;

			for (j = 1; j <= n; j++)
				sum ^= test_byte(j, i);
			wrong += t->buf[0][i] != sum;
		}
		KUNIT_EXPECT_EQ_MSG(test, wrong, 0, "%u sources", n);
		test_intact(test, 0, len);
	}
	tx = dma->device_prep_dma_xor(t->chan, t->addr[0], t->addr + 1, max + 1, TEST_LEN,
				      TEST_FLAGS);
	KUNIT_EXPECT_NULL(test, tx);
	tx = dma->device_prep_dma_xor(t->chan, t->addr[0], t->addr + 1, 0, TEST_LEN, TEST_FLAGS);
	KUNIT_EXPECT_NULL(test, tx);
}

static enum sum_check_flags check_xor(struct kunit *test, unsigned int n)
{
	struct iop_kunit *t = test->priv;
	enum sum_check_flags found = 0;

	test_run(test, t->chan->device->device_prep_dma_xor_val(t->chan, t->addr, n, TEST_LEN,
								&found, TEST_FLAGS));
	return found;
}

static void xor_val(struct kunit *test)
{
	/* Around the places where a check is divided, too */
	static const unsigned int places[] = { 0, 1, 1023, 1024, 2047, 3072, 4095 };
	struct iop_kunit *t = test->priv;
	enum sum_check_flags unused;
	struct dma_async_tx_descriptor *tx;
	unsigned int n, i, j, max;

	test_need(test, DMA_XOR_VAL);
	max = t->chan->device->max_xor;
	for (n = 2; n <= max; n++) {
		test_fill(t);
		for (i = 0; i < TEST_LEN; i++)
			for (j = 1, t->buf[0][i] = 0; j < n; j++)
				t->buf[0][i] ^= t->buf[j][i];
		KUNIT_EXPECT_EQ_MSG(test, check_xor(test, n), 0, "%u sources", n);
		i = places[n % ARRAY_SIZE(places)];
		t->buf[n - 1][i] ^= 0x10;
		KUNIT_EXPECT_EQ_MSG(test, check_xor(test, n), SUM_CHECK_P_RESULT,
				    "%u sources, byte %u", n, i);
	}
	tx = t->chan->device->device_prep_dma_xor_val(t->chan, t->addr, max + 1, TEST_LEN,
						      &unused, TEST_FLAGS);
	KUNIT_EXPECT_NULL(test, tx);
}

/* --- P+Q --- */

static const u8 coefs[IOP_MAX_PQ_SRCS + 1] = {
	1, 2, 4, 8, 0x80, 0x1d, 0xff, 0, 3, 0x53, 0xca, 7, 0x11, 1, 0x8e, 0x40, 5,
};

/* The sums of sources from the third buffer on, of their contents before */
static void pq_sums(unsigned int n, unsigned int i, u8 *p, u8 *q)
{
	unsigned int j;

	*p = 0;
	*q = 0;
	for (j = 0; j < n; j++) {
		*p ^= test_byte(j + 2, i);
		*q ^= iop_model_mul(test_byte(j + 2, i), coefs[j]);
	}
}

static void pq_expect(struct kunit *test, unsigned int n, unsigned long flags, bool go_on)
{
	struct iop_kunit *t = test->priv;
	unsigned int i, wrong = 0;
	u8 p, q;

	for (i = 0; i < TEST_PQ_LEN; i++) {
		pq_sums(n, i, &p, &q);
		if (go_on) {
			p ^= test_byte(0, i);
			q ^= test_byte(1, i);
		}
		wrong += t->buf[0][i] != (flags & DMA_PREP_PQ_DISABLE_P ? test_byte(0, i) : p);
		wrong += t->buf[1][i] != (flags & DMA_PREP_PQ_DISABLE_Q ? test_byte(1, i) : q);
	}
	KUNIT_EXPECT_EQ_MSG(test, wrong, 0, "%u sources, flags %#lx", n, flags);
	test_intact(test, 0, TEST_PQ_LEN);
	test_intact(test, 1, TEST_PQ_LEN);
}

static struct dma_async_tx_descriptor *prep_pq(struct iop_kunit *t, unsigned int n,
					       unsigned long flags)
{
	struct dma_device *dma = t->chan->device;
	dma_addr_t dst[2] = { t->addr[0], t->addr[1] };

	/* The address of what is not wanted is not to be relied on. */
	if (flags & DMA_PREP_PQ_DISABLE_P)
		dst[0] = 0xdead0001;
	if (flags & DMA_PREP_PQ_DISABLE_Q)
		dst[1] = 0xdead0003;
	return dma->device_prep_dma_pq(t->chan, dst, t->addr + 2, n, coefs, TEST_PQ_LEN,
				       flags | TEST_FLAGS);
}

static void pq(struct kunit *test)
{
	static const unsigned long kinds[] = { 0, DMA_PREP_PQ_DISABLE_P, DMA_PREP_PQ_DISABLE_Q };
	struct iop_kunit *t = test->priv;
	struct dma_device *dma;
	unsigned int n, i, max;

	test_device(test, &iop_adma_unit);
	dma = t->chan->device;
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		for (n = 1; n <= IOP_MAX_PQ_SRCS; n++) {
			test_fill(t);
			test_run(test, prep_pq(t, n, kinds[i]));
			pq_expect(test, n, kinds[i], false);
		}
		KUNIT_EXPECT_NULL(test, prep_pq(t, n, kinds[i]));
		/* It goes on from old sums, with fewer new sources. */
		max = dma_maxpq(dma, kinds[i] | DMA_PREP_CONTINUE);
		for (n = 1; n <= max; n++) {
			test_fill(t);
			test_run(test, prep_pq(t, n, kinds[i] | DMA_PREP_CONTINUE));
			pq_expect(test, n, kinds[i], true);
		}
	}
	KUNIT_EXPECT_NULL(test, prep_pq(t, 14, DMA_PREP_CONTINUE));
	KUNIT_EXPECT_NULL(test, prep_pq(t, 0, 0));
}

static struct dma_async_tx_descriptor *
prep_pq_val(struct iop_kunit *t, unsigned int n, enum sum_check_flags *found, unsigned long flags)
{
	dma_addr_t dst[2] = { t->addr[0], t->addr[1] };

	if (flags & DMA_PREP_PQ_DISABLE_P)
		dst[0] = 0xdead0001;
	if (flags & DMA_PREP_PQ_DISABLE_Q)
		dst[1] = 0xdead0003;
	return t->chan->device->device_prep_dma_pq_val(t->chan, dst, t->addr + 2, n, coefs,
						       TEST_PQ_LEN, found, flags | TEST_FLAGS);
}

/* Of P, of Q, and of both, what differs is found, and nothing else. */
static void pq_val(struct kunit *test)
{
	static const unsigned long kinds[] = { 0, DMA_PREP_PQ_DISABLE_P, DMA_PREP_PQ_DISABLE_Q };
	static const unsigned int look[] = { 3, SUM_CHECK_Q_RESULT, SUM_CHECK_P_RESULT };
	struct iop_kunit *t = test->priv;
	enum sum_check_flags found;
	unsigned int n, i, j;

	test_device(test, &iop_adma_unit);
	for (n = 1; n <= IOP_MAX_PQ_SRCS; n++) {
		test_fill(t);
		for (i = 0; i < TEST_PQ_LEN; i++)
			pq_sums(n, i, &t->buf[0][i], &t->buf[1][i]);
		for (i = 0; i < ARRAY_SIZE(kinds); i++) {
			for (j = 0; j < 4; j++) {
				t->buf[0][0] ^= j & SUM_CHECK_P_RESULT ? 1 : 0;
				t->buf[1][TEST_PQ_LEN - 1] ^= j & SUM_CHECK_Q_RESULT ? 0x80 : 0;
				found = 0;
				test_run(test, prep_pq_val(t, n, &found, kinds[i]));
				KUNIT_EXPECT_EQ_MSG(test, found, j & look[i],
						    "%u sources, flags %#lx, %u is wrong", n,
						    kinds[i], j);
				t->buf[0][0] ^= j & SUM_CHECK_P_RESULT ? 1 : 0;
				t->buf[1][TEST_PQ_LEN - 1] ^= j & SUM_CHECK_Q_RESULT ? 0x80 : 0;
			}
		}
		test_intact(test, 0, TEST_PQ_LEN);
		test_intact(test, 1, TEST_PQ_LEN);
	}
	KUNIT_EXPECT_NULL(test, prep_pq_val(t, n, &found, 0));
}

/* Neither P nor Q may lie otherwise than the unit can. */
static void pq_align(struct kunit *test)
{
	struct iop_kunit *t = test->priv;
	struct dma_device *dma;
	unsigned int i, off;

	test_device(test, &iop_adma_unit);
	dma = t->chan->device;
	for (i = 0; i < 2; i++) {
		for (off = 1; off <= 16; off++) {
			dma_addr_t dst[2] = { t->addr[0], t->addr[1] };
			struct dma_async_tx_descriptor *tx;

			dst[i] += off;
			tx = dma->device_prep_dma_pq(t->chan, dst, t->addr + 2, 2, coefs, 64,
						     TEST_FLAGS);
			if (off < 16)
				KUNIT_EXPECT_NULL_MSG(test, tx, "offset %u", off);
			else
				test_run(test, tx);
		}
	}
}

/* --- the chain --- */

/* What is longer than a descriptor's count takes several, which are one operation. */
static void pieces(struct kunit *test)
{
	struct iop_kunit *t = test->priv;
	struct iop_chan *ic;
	u16 head;

	test_param_device(test);
	ic = to_iop_chan(t->chan);
	head = ic->head;
	/* Not issued: so much memory there is not. */
	test_submit(test, test_copy(t, 0, 1, 2 * IOP_MAX_COUNT));
	KUNIT_EXPECT_EQ(test, iop_distance(ic, head, ic->head), 2);
	test_submit(test, test_copy(t, 0, 1, 2 * IOP_MAX_COUNT + 1));
	KUNIT_EXPECT_EQ(test, iop_distance(ic, head, ic->head), 5);
	KUNIT_EXPECT_NULL(test, test_copy(t, 0, 1, (size_t)IOP_MAX_COUNT * ic->mask));
	dmaengine_terminate_sync(t->chan);
	KUNIT_EXPECT_EQ(test, t->model.executed, 0);
	test_works(test);
}

static void full_ring(struct kunit *test)
{
	struct iop_kunit *t = test->priv;
	struct dma_async_tx_descriptor *tx;
	struct iop_chan *ic;
	int i, round, n = 0;

	test_param_device(test);
	ic = to_iop_chan(t->chan);
	test_works(test);
	n = 1;
	/* Twice: the second time the ring's end is in the middle. */
	for (round = 0; round < 2; round++) {
		dmaengine_synchronize(t->chan);
		WRITE_ONCE(t->model.paused, true);
		for (i = 0; i <= ic->mask; i++, n++) {
			tx = test_copy(t, 0, 1, 8);
			if (!tx)
				break;
			test_submit(test, tx);
			if (i % 3 == 0)
				dma_async_issue_pending(t->chan);
		}
		KUNIT_EXPECT_EQ(test, i, ic->mask - 1);
		WRITE_ONCE(t->model.paused, false);
		test_wait(test, n);
	}
	test_works(test);
}

/* Appended to a chain that is under way, and to one that has just come to its end */
static void append(struct kunit *test)
{
	struct iop_kunit *t = test->priv;
	unsigned long end = jiffies + 30 * HZ;
	unsigned int i;

	test_param_device(test);
	t->model.slow_us = 200;
	/* On a machine that is busy few of them come in time for the one before. */
	for (i = 0; i < 600 || (READ_ONCE(t->model.appended) <= 30 && time_before(jiffies, end));
	     i++) {
		if (i % 16 == 15)
			test_wait(test, i);
		if (i % 3)
			udelay(37 * (i % 7));
		t->buf[1][0] = i;
		test_submit(test, test_copy(t, 0, 1, 16));
		dma_async_issue_pending(t->chan);
	}
	test_wait(test, i);
	KUNIT_EXPECT_EQ(test, t->buf[0][0], (i - 1) & 0xff);
	KUNIT_EXPECT_EQ(test, t->model.executed, i);
	/* It was one chain all the time, and of both kinds there was some. */
	KUNIT_EXPECT_EQ(test, t->model.stops, 0);
	KUNIT_EXPECT_GT(test, t->model.appended, 30);
	KUNIT_EXPECT_GT(test, t->model.resumed, 10);
}

/* --- errors --- */

/* The second of three fails, in each way that there is. */
static void errors(struct kunit *test)
{
	struct iop_kunit *t = test->priv;
	const struct iop_cause *cause;
	unsigned int i, causes = 0;
	int fetch;

	test_param_device(test);
	for (cause = t->model.id->unit->causes; cause->bit; cause++, causes++) {
		for (fetch = 0; fetch < 2; fetch++) {
			/*
			 * If it is the fetching that fails, it still stands at the one before,
			 * which looks just as if that had failed.
			 */
			const int failed = fetch ? 0 : 1;
			int calls = atomic_read(&t->calls);
			dma_cookie_t cookie[3];

			/* Nothing is executed before all of it is known. */
			WRITE_ONCE(t->model.paused, true);
			t->model.fail_bits = cause->bit;
			t->model.fail_fetch = fetch;
			t->model.fail_in = 1;
			for (i = 0; i < 3; i++)
				cookie[i] = test_submit(test, test_copy(t, i, 5 + i, 64));
			dma_async_issue_pending(t->chan);
			/* Not issued: it goes its way afterwards. */
			test_submit(test, test_copy(t, 3, 8, 64));
			WRITE_ONCE(t->model.paused, false);
			test_called_times(test, calls + 3);
			for (i = 0; i < 3; i++) {
				enum dmaengine_tx_result want = DMA_TRANS_NOERROR;

				if (i >= failed)
					want = i == failed ? cause->result : DMA_TRANS_ABORTED;
				KUNIT_EXPECT_EQ_MSG(test, t->results[(calls + i) % 64], want,
						    "%s, %s, operation %u", cause->name,
						    fetch ? "fetching" : "executing", i);
				KUNIT_EXPECT_EQ(test, test_status(t, cookie[i]),
						i < failed ? DMA_COMPLETE : DMA_ERROR);
			}
			KUNIT_EXPECT_NE(test, cause->result, DMA_TRANS_NOERROR);
			test_wait(test, calls + 4);
			KUNIT_EXPECT_EQ(test, t->results[(calls + 3) % 64], DMA_TRANS_NOERROR);
			KUNIT_EXPECT_MEMEQ(test, t->buf[3], t->buf[8], 64);
			test_works(test);
		}
	}
	KUNIT_EXPECT_EQ(test, causes, hweight32(t->model.id->unit->errors));
}

/*
 * The interrupt handler has seen an error, nobody else yet, and something is appended: the
 * unit is not to go on behind what has failed, as if that were complete.
 */
static void append_behind_error(struct kunit *test)
{
	enum dmaengine_tx_result want[] = {
		DMA_TRANS_NOERROR, DMA_TRANS_WRITE_FAILED, DMA_TRANS_ABORTED, DMA_TRANS_NOERROR,
	};
	struct iop_kunit *t = test->priv;
	struct iop_chan *ic;
	int i;

	test_param_device(test);
	ic = to_iop_chan(t->chan);
	tasklet_disable(&ic->clean);
	WRITE_ONCE(t->model.paused, true);
	t->model.fail_bits = ic->id->unit == &iop_adma_unit ? IOP_ACSR_MABORT : IOP_CSR_MABORT;
	t->model.fail_in = 1;
	for (i = 0; i < 3; i++)
		test_submit(test, test_copy(t, i, 5 + i, 64));
	dma_async_issue_pending(t->chan);
	WRITE_ONCE(t->model.paused, false);
	while (!READ_ONCE(ic->errors))
		usleep_range(50, 100);
	KUNIT_EXPECT_EQ(test, READ_ONCE(t->model.csr) & ic->id->unit->errors, 0);
	test_submit(test, test_copy(t, 3, 8, 64));
	dma_async_issue_pending(t->chan);
	msleep(20);
	tasklet_enable(&ic->clean);
	test_called_times(test, 4);
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_EQ_MSG(test, t->results[i], want[i], "operation %d", i);
	test_intact(test, 1, 0);
	test_intact(test, 2, 0);
	KUNIT_EXPECT_MEMEQ(test, t->buf[3], t->buf[8], 64);
	test_works(test);
}

/* Nobody but who stops the channel sees an error whose interrupt is lost. */
static void lost_interrupt(struct kunit *test)
{
	struct iop_kunit *t = test->priv;

	test_param_device(test);
	t->model.lose_irqs = 1;
	test_works(test);
	KUNIT_EXPECT_EQ(test, t->model.lose_irqs, 0);

	t->model.lose_irqs = 1;
	t->model.fail_bits = IOP_CSR_MABORT;
	if (t->model.id->unit == &iop_adma_unit)
		t->model.fail_bits = IOP_ACSR_MABORT;
	t->model.fail_in = 0;
	test_submit(test, test_copy(t, 0, 1, 64));
	test_wait(test, 2);
	KUNIT_EXPECT_EQ(test, t->results[1], DMA_TRANS_WRITE_FAILED);
	KUNIT_EXPECT_EQ(test, t->model.lose_irqs, 0);
	test_works(test);
}

/* Something is appended, and the unit takes no notice. */
static void lost_append(struct kunit *test)
{
	struct iop_kunit *t = test->priv;

	test_param_device(test);
	test_works(test);
	t->model.lose_resumes = 1;
	test_works(test);
	KUNIT_EXPECT_EQ(test, t->model.lose_resumes, 0);
	KUNIT_EXPECT_EQ(test, t->model.stops, 0);
}

static void hang(struct kunit *test)
{
	struct iop_kunit *t = test->priv;

	test_param_device(test);
	t->model.fail_bits = 0;
	t->model.fail_in = 0;
	test_submit(test, test_copy(t, 0, 1, 64));
	test_wait(test, 1);
	KUNIT_EXPECT_EQ(test, t->results[0], DMA_TRANS_ABORTED);
	KUNIT_EXPECT_EQ(test, t->model.stops, 1);
	test_works(test);
}

static void test_cut_off(struct device *dev)
{
	struct platform_device *pdev = to_platform_device(dev);
	struct iop_kunit *t = platform_get_drvdata(pdev);

	atomic_inc(&t->cut_off);
}

static int test_stop(struct iop_kunit *t)
{
	unsigned long end = jiffies + msecs_to_jiffies(TEST_TIMEOUT_MS);
	int err;

	do {
		err = t->chan->device->device_stop(t->chan);
		if (err == -EINPROGRESS)
			usleep_range(500, 1000);
	} while (err == -EINPROGRESS && time_before(jiffies, end));
	return err;
}

/* A unit that does not even stop: what it has is not given back before it is cut off. */
static void stuck(struct kunit *test)
{
	struct iop_kunit *t = test->priv;
	struct iop_dev *id;

	test_param_device(test);
	id = t->model.id;
	platform_set_drvdata(t->pdev, t);
	id->cut_off = test_cut_off;
	t->model.fail_bits = 0;
	t->model.fail_in = 0;
	t->model.stuck = true;
	test_submit(test, test_copy(t, 0, 1, 64));
	dma_async_issue_pending(t->chan);
	while (READ_ONCE(t->model.fail_in) >= 0)
		usleep_range(100, 200);
	KUNIT_EXPECT_EQ(test, test_stop(t), -EIO);
	KUNIT_EXPECT_NULL(test, test_copy(t, 0, 1, 64));
	KUNIT_EXPECT_EQ(test, atomic_read(&t->calls), 0);
	KUNIT_EXPECT_FALSE(test, list_empty(&id->ic.queued));
	KUNIT_EXPECT_EQ(test, atomic_read(&t->cut_off), 0);
	/* Its memory is not anybody else's meanwhile. */
	t->chan->device->device_free_chan_resources(t->chan);
	KUNIT_EXPECT_NOT_NULL(test, id->ic.ring);
	KUNIT_EXPECT_TRUE(test, list_empty(&id->ic.queued));
	KUNIT_EXPECT_EQ(test, t->chan->device->device_alloc_chan_resources(t->chan), -ENODEV);
	t->chan = NULL;
	dma_free_coherent(&t->pdev->dev, (id->ic.mask + 1) * id->unit->slot +
			  (id->unit->max_pq ? 2 * IOP_SCRATCH : 0), id->ic.ring, id->ic.ring_dma);
}

/* The same while its driver leaves: there is somebody to cut it off. */
static void stuck_leaving(struct kunit *test)
{
	struct iop_kunit *t = test->priv;
	struct iop_dev *id;

	test_param_device(test);
	id = t->model.id;
	platform_set_drvdata(t->pdev, t);
	id->cut_off = test_cut_off;
	id->leaving = true;
	t->model.fail_bits = 0;
	t->model.fail_in = 0;
	t->model.stuck = true;
	test_submit(test, test_copy(t, 0, 1, 64));
	dma_async_issue_pending(t->chan);
	while (READ_ONCE(t->model.fail_in) >= 0)
		usleep_range(100, 200);
	KUNIT_EXPECT_EQ(test, test_stop(t), -EIO);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->cut_off), 1);
	t->chan->device->device_free_chan_resources(t->chan);
	t->chan = NULL;
	dma_free_coherent(&t->pdev->dev, (id->ic.mask + 1) * id->unit->slot +
			  (id->unit->max_pq ? 2 * IOP_SCRATCH : 0), id->ic.ring, id->ic.ring_dma);
}

/* Stopped in the middle of a descriptor, which it brings to its end. */
static void stop_in_flight(struct kunit *test)
{
	struct iop_kunit *t = test->priv;
	int i;

	test_param_device(test);
	t->model.slow_us = 50000;
	for (i = 0; i < 3; i++)
		test_submit(test, test_copy(t, i, 5 + i, 64));
	dma_async_issue_pending(t->chan);
	while (!READ_ONCE(t->model.executing))
		usleep_range(100, 200);
	KUNIT_EXPECT_EQ(test, t->chan->device->device_stop(t->chan), -EINPROGRESS);
	KUNIT_EXPECT_EQ(test, test_stop(t), 0);
	KUNIT_EXPECT_FALSE(test, READ_ONCE(t->model.executing));
	KUNIT_EXPECT_EQ(test, t->model.executed, 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->calls), 0);
	test_intact(test, 1, 0);
	t->model.slow_us = 0;
	test_run(test, test_copy(t, 0, 1, 64));
	KUNIT_EXPECT_MEMEQ(test, t->buf[0], t->buf[1], 64);
}

static void terminate(struct kunit *test)
{
	struct iop_kunit *t = test->priv;
	unsigned int i;

	test_param_device(test);
	WRITE_ONCE(t->model.paused, true);
	for (i = 0; i < 4; i++)
		test_submit(test, test_copy(t, 0, 1, 64));
	dma_async_issue_pending(t->chan);
	KUNIT_EXPECT_EQ(test, dmaengine_terminate_async(t->chan), 0);
	/* What is issued while it stops is executed after it, and nothing else. */
	for (i = 0; i < 2; i++) {
		test_submit(test, test_copy(t, 2 + i, 8 + i, 64));
		dma_async_issue_pending(t->chan);
	}
	test_submit(test, test_copy(t, 4, 10, 64));
	WRITE_ONCE(t->model.paused, false);
	test_called_times(test, 2);
	dmaengine_synchronize(t->chan);
	msleep(20);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->calls), 2);
	KUNIT_EXPECT_EQ(test, t->model.executed, 2);
	test_intact(test, 4, 0);
	test_wait(test, 3);
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, t->results[i], DMA_TRANS_NOERROR);
		KUNIT_EXPECT_MEMEQ(test, t->buf[2 + i], t->buf[8 + i], 64);
	}
	test_intact(test, 0, 0);
}

/*
 * After a stop the unit still says where it stood.  The slot there is not to be taken for one
 * of the new chain, wherever in the ring that is.
 */
static void stale(struct kunit *test)
{
	struct iop_kunit *t = test->priv;
	struct iop_chan *ic;
	int round, i, at, n = 0;

	test_param_device(test);
	ic = to_iop_chan(t->chan);
	for (round = 0; round < 5; round++) {
		/* It gets to the middle of what it is told, and is stopped there. */
		WRITE_ONCE(t->model.paused, true);
		t->model.fail_bits = 0;
		t->model.fail_in = 20 + 30 * round;
		for (i = 0; i < ic->mask / 2; i++)
			test_submit(test, test_copy(t, 0, 1, 8));
		dma_async_issue_pending(t->chan);
		WRITE_ONCE(t->model.paused, false);
		while (READ_ONCE(t->model.fail_in) >= 0)
			usleep_range(100, 200);
		dmaengine_terminate_sync(t->chan);
		n = atomic_read(&t->calls);
		/* Then as many as there is room for, of which it sees none for a while. */
		WRITE_ONCE(t->model.paused, true);
		for (i = 0; i <= ic->mask; i++) {
			struct dma_async_tx_descriptor *tx = test_copy(t, 0, 1, 8);
			dma_cookie_t cookie;

			if (!tx)
				break;
			cookie = test_submit(test, tx);
			dma_async_issue_pending(t->chan);
			KUNIT_ASSERT_EQ(test, test_status(t, cookie), DMA_IN_PROGRESS);
		}
		KUNIT_EXPECT_GT(test, i, ic->mask / 4);
		at = iop_slot_at(ic, READ_ONCE(t->model.dar));
		KUNIT_ASSERT_GE(test, at, 0);
		KUNIT_EXPECT_GE(test, iop_distance(ic, ic->tail, at),
				iop_distance(ic, ic->tail, ic->head));
		KUNIT_EXPECT_EQ(test, atomic_read(&t->calls), n);
		WRITE_ONCE(t->model.paused, false);
		test_wait(test, n + i);
		KUNIT_EXPECT_EQ(test, t->results[(n + i - 1) % 64], DMA_TRANS_NOERROR);
	}
	test_works(test);
}

static void surprise(struct kunit *test)
{
	struct iop_kunit *t = test->priv;
	struct dma_async_tx_descriptor *late;
	unsigned int i;

	test_param_device(test);
	WRITE_ONCE(t->model.paused, true);
	late = test_copy(t, 0, 1, 64);
	for (i = 0; i < 4; i++)
		test_submit(test, test_copy(t, 0, 1, 64));
	dma_async_issue_pending(t->chan);
	WRITE_ONCE(t->model.gone, true);
	test_wait(test, 4);
	test_submit(test, late);
	test_wait(test, 5);
	for (i = 0; i < 5; i++)
		KUNIT_EXPECT_EQ(test, t->results[i], DMA_TRANS_ABORTED);
	KUNIT_EXPECT_NULL(test, test_copy(t, 0, 1, 64));
	KUNIT_EXPECT_EQ(test, test_stop(t), 0);
}

static void self_test(struct kunit *test)
{
	struct iop_kunit *t = test->priv;
	struct iop_dev *id;

	test_param_device(test);
	id = t->model.id;
	t->chan->device->device_free_chan_resources(t->chan);
	t->chan = NULL;
	KUNIT_EXPECT_EQ(test, iop_self_test(id), 0);
	KUNIT_EXPECT_GT(test, t->model.executed, 0);
	/* It fails cleanly, each time in another way, and works again. */
	t->model.fail_bits = id->unit->causes[0].bit;
	t->model.fail_in = 0;
	KUNIT_EXPECT_EQ(test, iop_self_test(id), -EIO);
	KUNIT_EXPECT_NULL(test, id->ic.ring);
	t->model.fail_bits = 0;
	t->model.fail_in = 0;
	KUNIT_EXPECT_EQ(test, iop_self_test(id), -EIO);
	KUNIT_EXPECT_NULL(test, id->ic.ring);
	t->model.wrong = true;
	KUNIT_EXPECT_EQ(test, iop_self_test(id), -EIO);
	KUNIT_EXPECT_NULL(test, id->ic.ring);
	t->model.wrong = false;
	KUNIT_EXPECT_EQ(test, iop_self_test(id), 0);
}

/* What it has is done before it sleeps, or aborted; then it has forgotten everything. */
static void sleeps(struct kunit *test)
{
	struct iop_kunit *t = test->priv;
	struct device *dev = &t->pdev->dev;
	struct dma_async_tx_descriptor *late;
	int i;

	test_param_device(test);
	platform_set_drvdata(t->pdev, t->model.id);
	t->model.slow_us = 20000;
	for (i = 0; i < 3; i++)
		test_submit(test, test_copy(t, i, 5 + i, 64));
	dma_async_issue_pending(t->chan);
	KUNIT_EXPECT_EQ(test, iop_suspend(dev), 0);
	t->model.slow_us = 0;
	KUNIT_EXPECT_EQ(test, atomic_read(&t->calls), 3);
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, t->results[i], DMA_TRANS_NOERROR);
	KUNIT_EXPECT_NULL(test, test_copy(t, 0, 1, 64));
	iop_model_reset(&t->model);
	KUNIT_EXPECT_EQ(test, iop_resume(dev), 0);
	test_works(test);

	late = test_copy(t, 4, 9, 64);
	WRITE_ONCE(t->model.paused, true);
	for (i = 0; i < 3; i++)
		test_submit(test, test_copy(t, i, 5 + i, 64));
	dma_async_issue_pending(t->chan);
	test_submit(test, test_copy(t, 3, 8, 64));
	KUNIT_EXPECT_EQ(test, iop_suspend(dev), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->calls), 8);
	for (i = 4; i < 8; i++)
		KUNIT_EXPECT_EQ(test, t->results[i], DMA_TRANS_ABORTED);
	iop_model_reset(&t->model);
	WRITE_ONCE(t->model.paused, false);
	KUNIT_EXPECT_EQ(test, iop_resume(dev), 0);
	test_run(test, late);
	KUNIT_EXPECT_MEMEQ(test, t->buf[4], t->buf[9], 64);
	test_works(test);

	/* Nobody has it meanwhile. */
	t->chan->device->device_free_chan_resources(t->chan);
	KUNIT_EXPECT_EQ(test, iop_suspend(dev), 0);
	iop_model_reset(&t->model);
	KUNIT_EXPECT_EQ(test, iop_resume(dev), 0);
	KUNIT_ASSERT_GT(test, t->chan->device->device_alloc_chan_resources(t->chan), 0);
	test_works(test);
}

/* A line is for what it is for, and there may be others on it. */
static void irq_lines(struct kunit *test)
{
	struct iop_kunit *t = test->priv;
	struct iop_dev *id;
	unsigned int i, j;

	test_param_device(test);
	id = t->model.id;
	for (i = 0; i < IOP_MAX_IRQS; i++) {
		WRITE_ONCE(t->model.csr, id->irq[i].mask);
		for (j = 0; j < IOP_MAX_IRQS; j++) {
			irqreturn_t ret, want = i == j ? IRQ_HANDLED : IRQ_NONE;

			/* Those before it leave it alone, those behind find nothing any more. */
			scoped_guard(irqsave)
				ret = iop_irq(0, &id->irq[j]);
			KUNIT_EXPECT_EQ_MSG(test, ret, want, "line %u, flags of %u", j, i);
		}
		KUNIT_EXPECT_EQ(test, READ_ONCE(t->model.csr), 0);
	}
	/* The error was not one of what comes now. */
	dmaengine_terminate_sync(t->chan);
	scoped_guard(spinlock_irqsave, &id->ic.mc.lock)
		id->ic.errors = 0;
	test_works(test);
}

/*
 * What the interrupt handler has seen is for the tasklet to look at: until then descriptors,
 * some of which their client is just about to change, are as they were.
 */
static void irq_touches_nothing(struct kunit *test)
{
	struct iop_kunit *t = test->priv;
	dma_cookie_t completed;
	struct iop_desc *before;
	struct iop_chan *ic;
	size_t size;
	int i;

	test_param_device(test);
	ic = to_iop_chan(t->chan);
	size = (ic->mask + 1) * sizeof(*ic->descs);
	before = kvmalloc(size, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, before);
	tasklet_disable(&ic->clean);
	WRITE_ONCE(t->model.paused, true);
	for (i = 0; i < 3; i++)
		test_submit(test, test_copy(t, i, 5 + i, 64));
	dma_async_issue_pending(t->chan);
	/* Nor does the timer come in between. */
	timer_delete_sync(&ic->timer);
	completed = t->chan->completed_cookie;
	memcpy(before, ic->descs, size);
	WRITE_ONCE(t->model.paused, false);
	while (READ_ONCE(t->model.executed) < 3)
		usleep_range(50, 100);
	msleep(20);
	KUNIT_EXPECT_EQ(test, memcmp(before, ic->descs, size), 0);
	KUNIT_EXPECT_EQ(test, t->chan->completed_cookie, completed);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->calls), 0);
	kvfree(before);
	tasklet_enable(&ic->clean);
	test_called_times(test, 3);
	test_works(test);
}

static struct kunit_case iop_cases[] = {
	KUNIT_CASE_PARAM(abilities, unit_gen_params),
	KUNIT_CASE_PARAM(copies, unit_gen_params),
	KUNIT_CASE_PARAM(fills, unit_gen_params),
	KUNIT_CASE_PARAM(interrupt, unit_gen_params),
	KUNIT_CASE_PARAM(xor, unit_gen_params),
	KUNIT_CASE_PARAM(xor_val, unit_gen_params),
	KUNIT_CASE(pq),
	KUNIT_CASE(pq_val),
	KUNIT_CASE(pq_align),
	KUNIT_CASE_PARAM(pieces, unit_gen_params),
	KUNIT_CASE_PARAM(full_ring, unit_gen_params),
	KUNIT_CASE_PARAM(append, unit_gen_params),
	KUNIT_CASE_PARAM(errors, unit_gen_params),
	KUNIT_CASE_PARAM(append_behind_error, unit_gen_params),
	KUNIT_CASE_PARAM(lost_interrupt, unit_gen_params),
	KUNIT_CASE_PARAM(lost_append, unit_gen_params),
	KUNIT_CASE_PARAM(hang, unit_gen_params),
	KUNIT_CASE_PARAM(stuck, unit_gen_params),
	KUNIT_CASE_PARAM(stuck_leaving, unit_gen_params),
	KUNIT_CASE_PARAM(stop_in_flight, unit_gen_params),
	KUNIT_CASE_PARAM(terminate, unit_gen_params),
	KUNIT_CASE_PARAM(stale, unit_gen_params),
	KUNIT_CASE_PARAM(surprise, unit_gen_params),
	KUNIT_CASE_PARAM(self_test, unit_gen_params),
	KUNIT_CASE_PARAM(sleeps, unit_gen_params),
	KUNIT_CASE_PARAM(irq_lines, unit_gen_params),
	KUNIT_CASE_PARAM(irq_touches_nothing, unit_gen_params),
	{}
};

static struct kunit_suite iop_suite = {
	.name = "iop",
	.init = test_init,
	.exit = test_exit,
	.test_cases = iop_cases,
};

kunit_test_suite(iop_suite);

MODULE_DESCRIPTION("KUnit tests of the driver of the Intel I/O processors' engines");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(EXPORTED_FOR_KUNIT_TESTING);
