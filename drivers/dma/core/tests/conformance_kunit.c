// SPDX-License-Identifier: GPL-2.0-only
/*
 * What any engine has to do, whatever drives it
 *
 * The suite takes channels of one engine, or of what a driver has, as their client:
 * dmaengine_conformance.engine= is the name of the device or of the driver.  Each
 * case is run for each kind of operation that there is a channel for.  See
 * Documentation/driver-api/dmaengine/provider.rst, which says what each case
 * stands for.
 */
#include <kunit/test.h>
#include <linux/bottom_half.h>
#include <linux/cleanup.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/dmaengine.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/raid/pq.h>
#include <linux/slab.h>
#include <linux/string.h>

static char *engine = "";
module_param(engine, charp, 0444);
MODULE_PARM_DESC(engine, "name of a device, or of the driver of one or more (default: any)");

#define CONF_SRCS	16
#define CONF_BUFS	(CONF_SRCS + 2)
#define CONF_LEN	4096
#define CONF_FILL	0x5a
#define CONF_POISON	0xee
/* Operations under way at a time; an engine that has room for fewer is too small for async_tx. */
#define CONF_FLIGHT	4
/* Long enough for any machine; a test that waits so long has failed. */
#define CONF_LIMIT	(10 * HZ)
/* Long enough for what would happen by itself to have happened. */
#define CONF_QUIET_MS	30
/* More descriptors than any channel has. */
#define CONF_MAX_DESCS	70000

/* What a callback is given. */
struct conf_call {
	struct conf_test *t;
	dma_cookie_t cookie;
	unsigned int nr;
};

/**
 * struct conf_test - what a test has
 * @chan: the channel
 * @kind: of operation
 * @nr: sources
 * @off: of the operation in each buffer, in bytes
 * @len: in bytes
 * @align: of both
 * @buf: the sources, and behind them the destinations
 * @addr: their bus addresses
 * @want: what the destinations are to hold
 * @sums: what a check is to find, and what it has found
 * @calls: callbacks that have come
 * @bad_context: of these, those in a context in which they must not come
 * @early: those that came before the cookie was complete
 * @failed: those with another result than success
 * @disorder: those that were not the next
 * @called: a callback has come
 * @call: for the callbacks
 * @more: operations that the callback is to submit
 * @waits: callbacks that the first one waits for, itself included
 */
struct conf_test {
	struct dma_chan *chan;
	enum dma_transaction_type kind;
	unsigned int nr;
	unsigned int off;
	size_t len;
	size_t align;
	u8 *buf[CONF_BUFS];
	dma_addr_t addr[CONF_BUFS];
	u8 *want[2];
	enum sum_check_flags sums[2];
	atomic_t calls;
	atomic_t bad_context;
	atomic_t early;
	atomic_t failed;
	atomic_t disorder;
	struct completion called;
	struct conf_call call[CONF_FLIGHT];
	int more;
	int waits;
};

static const enum dma_transaction_type conf_kinds[] = {
	DMA_MEMCPY, DMA_MEMSET, DMA_XOR, DMA_XOR_VAL, DMA_PQ, DMA_PQ_VAL, DMA_INTERRUPT,
};

static void conf_kind_desc(const enum dma_transaction_type *kind, char *desc)
{
	static const char * const names[] = {
		[DMA_MEMCPY] = "memcpy", [DMA_MEMSET] = "memset", [DMA_XOR] = "xor",
		[DMA_XOR_VAL] = "xor_val", [DMA_PQ] = "pq", [DMA_PQ_VAL] = "pq_val",
		[DMA_INTERRUPT] = "interrupt",
	};

	strscpy(desc, names[*kind], KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(conf_kind, conf_kinds, conf_kind_desc);

/* --- the channel --- */

static bool conf_filter(struct dma_chan *chan, void *unused)
{
	struct device *dev = chan->device->dev;

	return !*engine || !strcmp(engine, dev_name(dev)) ||
	       (dev->driver && !strcmp(engine, dev->driver->name));
}

static struct dma_chan *conf_request(enum dma_transaction_type kind)
{
	dma_cap_mask_t mask;

	dma_cap_zero(mask);
	dma_cap_set(kind, mask);
	return dma_request_channel(mask, conf_filter, NULL);
}

/* How many sources an operation may have, and its blocks' alignment. */
static unsigned int conf_limits(struct conf_test *t)
{
	struct dma_device *dma = t->chan->device;

	switch (t->kind) {
	case DMA_MEMCPY:
		t->align = BIT(dma->copy_align);
		return 1;
	case DMA_MEMSET:
		t->align = BIT(dma->fill_align);
		return 0;
	case DMA_XOR:
		t->align = BIT(dma->xor_align);
		return min_t(unsigned int, dma->max_xor, CONF_SRCS);
	case DMA_XOR_VAL:
		/* The sum is one of its sources. */
		t->align = BIT(dma->xor_align);
		return min_t(unsigned int, dma->max_xor, CONF_SRCS) - 1;
	case DMA_PQ:
	case DMA_PQ_VAL:
		t->align = BIT(dma->pq_align);
		return min_t(unsigned int, dma_maxpq(dma, 0), CONF_SRCS);
	default:
		t->align = 1;
		return 0;
	}
}

static unsigned int conf_least(const struct conf_test *t)
{
	switch (t->kind) {
	case DMA_XOR:
	case DMA_XOR_VAL:
	case DMA_PQ:
	case DMA_PQ_VAL:
		return 2;
	default:
		return t->kind == DMA_MEMCPY;
	}
}

/* --- what is to come out --- */

static bool conf_is_pq(const struct conf_test *t)
{
	return t->kind == DMA_PQ || t->kind == DMA_PQ_VAL;
}

static bool conf_checks(const struct conf_test *t)
{
	return t->kind == DMA_XOR_VAL || t->kind == DMA_PQ_VAL;
}

static u8 conf_sum(const struct conf_test *t, size_t i, bool q)
{
	unsigned int s;
	u8 sum = 0;

	for (s = 0; s < t->nr; s++) {
		u8 byte = t->buf[s][i];

		sum ^= q ? raid6_gfmul[raid6_gfexp[s]][byte] : byte;
	}
	return sum;
}

static u8 conf_result(const struct conf_test *t, int dst, size_t i)
{
	switch (t->kind) {
	case DMA_MEMCPY:
		return dst ? CONF_POISON : t->buf[0][i];
	case DMA_MEMSET:
		return dst ? CONF_POISON : CONF_FILL;
	case DMA_XOR:
	case DMA_XOR_VAL:
		return dst ? CONF_POISON : conf_sum(t, i, false);
	case DMA_PQ:
	case DMA_PQ_VAL:
		return conf_sum(t, i, dst);
	default:
		return CONF_POISON;
	}
}

static void conf_sync(struct conf_test *t, bool to_device)
{
	struct device *dev = dmaengine_get_dma_device(t->chan);
	int i;

	for (i = 0; i < CONF_BUFS; i++)
		if (to_device)
			dma_sync_single_for_device(dev, t->addr[i], CONF_LEN, DMA_BIDIRECTIONAL);
		else
			dma_sync_single_for_cpu(dev, t->addr[i], CONF_LEN, DMA_BIDIRECTIONAL);
}

/* Blocks for operations of @nr sources and @len bytes at @off. */
static void conf_geometry(struct conf_test *t, unsigned int nr, unsigned int off, size_t len)
{
	int i, j;

	t->nr = nr;
	t->off = off;
	t->len = len;
	conf_sync(t, false);
	for (i = 0; i < CONF_SRCS; i++)
		for (j = 0; j < CONF_LEN; j++)
			t->buf[i][j] = (i + 1) * 41 + j * 7 + (j >> 8);
	for (i = 0; i < 2; i++) {
		memset(t->want[i], CONF_POISON, CONF_LEN);
		for (j = off; j < off + len; j++)
			t->want[i][j] = conf_result(t, i, j);
		/* What is to be checked has to be there. */
		if (conf_checks(t))
			memcpy(t->buf[CONF_SRCS + i], t->want[i], CONF_LEN);
		else
			memset(t->buf[CONF_SRCS + i], CONF_POISON, CONF_LEN);
		t->sums[i] = 0;
	}
	conf_sync(t, true);
}

static void conf_expect_result(struct kunit *test)
{
	struct conf_test *t = test->priv;
	int i;

	conf_sync(t, false);
	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_TRUE_MSG(test, !memcmp(t->buf[CONF_SRCS + i], t->want[i], CONF_LEN),
				      "destination %d of %u sources, %zu bytes at %u", i, t->nr,
				      t->len, t->off);
	KUNIT_EXPECT_EQ(test, t->sums[1], t->sums[0]);
	conf_sync(t, true);
}

/* --- operations --- */

static struct dma_async_tx_descriptor *conf_prep(struct conf_test *t, unsigned long flags)
{
	struct dma_device *dma = t->chan->device;
	dma_addr_t src[CONF_SRCS + 1], dst[2];
	int i;

	for (i = 0; i < 2; i++)
		dst[i] = t->addr[CONF_SRCS + i] + t->off;
	for (i = 0; i < t->nr; i++)
		src[i] = t->addr[i] + t->off;
	switch (t->kind) {
	case DMA_MEMCPY:
		return dma->device_prep_dma_memcpy(t->chan, dst[0], src[0], t->len, flags);
	case DMA_MEMSET:
		return dma->device_prep_dma_memset(t->chan, dst[0], CONF_FILL, t->len, flags);
	case DMA_XOR:
		return dma->device_prep_dma_xor(t->chan, dst[0], src, t->nr, t->len, flags);
	case DMA_XOR_VAL:
		src[t->nr] = dst[0];
		return dma->device_prep_dma_xor_val(t->chan, src, t->nr + 1, t->len, &t->sums[1],
						    flags);
	case DMA_PQ:
		return dma->device_prep_dma_pq(t->chan, dst, src, t->nr, raid6_gfexp, t->len,
					       flags);
	case DMA_PQ_VAL:
		return dma->device_prep_dma_pq_val(t->chan, dst, src, t->nr, raid6_gfexp, t->len,
						   &t->sums[1], flags);
	case DMA_INTERRUPT:
		return dma->device_prep_dma_interrupt(t->chan, flags);
	default:
		return NULL;
	}
}

static void conf_submit_more(struct conf_test *t, struct conf_call *call);

/* A callback waits for those behind it, by polling. */
static void conf_wait_behind(struct conf_test *t)
{
	unsigned long end = jiffies + CONF_LIMIT;

	while (atomic_read(&t->calls) < t->waits && time_before(jiffies, end))
		dma_async_is_tx_complete(t->chan, READ_ONCE(t->chan->cookie), NULL, NULL);
	if (atomic_read(&t->calls) < t->waits)
		atomic_inc(&t->failed);
}

static void conf_called(void *param, const struct dmaengine_result *result)
{
	struct conf_call *call = param;
	struct conf_test *t = call->t;
	/* Once it is counted, who polls goes on, and may use @call for the next one. */
	dma_cookie_t cookie = READ_ONCE(call->cookie);
	unsigned int nr = READ_ONCE(call->nr);
	int calls = atomic_inc_return(&t->calls);

	if (in_hardirq() || irqs_disabled() || !in_softirq())
		atomic_inc(&t->bad_context);
	if (dma_async_is_tx_complete(t->chan, cookie, NULL, NULL) != DMA_COMPLETE)
		atomic_inc(&t->early);
	if (result->result != DMA_TRANS_NOERROR)
		atomic_inc(&t->failed);
	if (nr != calls - 1)
		atomic_inc(&t->disorder);
	if (t->more)
		conf_submit_more(t, call);
	if (t->waits && !nr)
		conf_wait_behind(t);
	complete(&t->called);
}

static void conf_ask_callback(struct dma_async_tx_descriptor *tx, struct conf_call *call)
{
	tx->callback_result = conf_called;
	tx->callback_param = call;
}

static void conf_submit_more(struct conf_test *t, struct conf_call *call)
{
	struct dma_async_tx_descriptor *tx = conf_prep(t, DMA_PREP_INTERRUPT | DMA_CTRL_ACK);

	t->more--;
	if (!tx) {
		atomic_inc(&t->failed);
		return;
	}
	call->nr++;
	conf_ask_callback(tx, call);
	WRITE_ONCE(call->cookie, dmaengine_submit(tx));
	dma_async_issue_pending(t->chan);
}

/* Submit one, with a callback if @call; the engine need not begin. */
static dma_cookie_t conf_submit(struct kunit *test, struct conf_call *call)
{
	struct conf_test *t = test->priv;
	struct dma_async_tx_descriptor *tx;
	dma_cookie_t cookie;

	tx = conf_prep(t, DMA_CTRL_ACK | (call ? DMA_PREP_INTERRUPT : 0));
	KUNIT_ASSERT_NOT_NULL(test, tx);
	if (call)
		conf_ask_callback(tx, call);
	cookie = dmaengine_submit(tx);
	KUNIT_ASSERT_FALSE(test, dma_submit_error(cookie));
	if (call)
		WRITE_ONCE(call->cookie, cookie);
	return cookie;
}

static void conf_wait_calls(struct kunit *test, int calls)
{
	struct conf_test *t = test->priv;
	unsigned long end = jiffies + CONF_LIMIT;

	while (atomic_read(&t->calls) < calls && time_before(jiffies, end))
		wait_for_completion_timeout(&t->called, HZ / 10);
	KUNIT_ASSERT_EQ(test, atomic_read(&t->calls), calls);
}

static bool conf_is_complete(struct conf_test *t, dma_cookie_t cookie)
{
	return dma_async_is_tx_complete(t->chan, cookie, NULL, NULL) == DMA_COMPLETE;
}

static void conf_poll(struct kunit *test, dma_cookie_t cookie)
{
	struct conf_test *t = test->priv;
	unsigned long end = jiffies + CONF_LIMIT;

	while (!conf_is_complete(t, cookie) && time_before(jiffies, end))
		usleep_range(20, 100);
	KUNIT_ASSERT_TRUE(test, conf_is_complete(t, cookie));
}

/* One operation from its beginning to its callback. */
static void conf_run(struct kunit *test)
{
	struct conf_test *t = test->priv;
	int calls = atomic_read(&t->calls);

	t->call[0].nr = calls;
	conf_submit(test, &t->call[0]);
	dma_async_issue_pending(t->chan);
	conf_wait_calls(test, calls + 1);
}

static void conf_expect_calls(struct kunit *test, int calls)
{
	struct conf_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, atomic_read(&t->calls), calls);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->bad_context), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->early), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->failed), 0);
	if (!dma_has_cap(DMA_COMPLETION_NO_ORDER, t->chan->device->cap_mask))
		KUNIT_EXPECT_EQ(test, atomic_read(&t->disorder), 0);
}

/* --- the cases --- */

/* All numbers of sources, lengths from the least to a page: right, and nothing else touched. */
static void conf_data(struct kunit *test)
{
	struct conf_test *t = test->priv;
	unsigned int nr, most = conf_limits(t);
	size_t lens[] = { t->align, round_up(64, t->align), round_up(1000, t->align), CONF_LEN };
	int i, calls = 0;

	KUNIT_ASSERT_GE(test, most, conf_least(t));
	for (nr = conf_least(t); nr <= most; nr++) {
		for (i = 0; i < ARRAY_SIZE(lens); i++) {
			if (lens[i] > CONF_LEN)
				continue;
			conf_geometry(t, nr, lens[i] + t->align <= CONF_LEN ? t->align : 0,
				      lens[i]);
			conf_run(test);
			conf_expect_result(test);
			calls++;
		}
	}
	conf_expect_calls(test, calls);
}

/* A check finds each difference, and says which sum it is in. */
static void conf_finds(struct kunit *test)
{
	struct conf_test *t = test->priv;
	int sum, sums = conf_is_pq(t) ? 2 : 1, calls = 0;
	size_t at;

	if (!conf_checks(t))
		kunit_skip(test, "it checks nothing");
	for (sum = 0; sum < sums; sum++) {
		for (at = 0; at < t->len; at += t->len - 1) {
			conf_geometry(t, t->nr, 0, t->len);
			conf_sync(t, false);
			t->buf[CONF_SRCS + sum][at] ^= 0x80;
			t->want[sum][at] ^= 0x80;
			t->sums[0] = sum ? SUM_CHECK_Q_RESULT : SUM_CHECK_P_RESULT;
			conf_sync(t, true);
			conf_run(test);
			conf_expect_result(test);
			calls++;
		}
	}
	conf_expect_calls(test, calls);
}

/* Nothing begins before it is issued. */
static void conf_issue(struct kunit *test)
{
	struct conf_test *t = test->priv;
	dma_cookie_t cookie;

	dma_async_issue_pending(t->chan);
	cookie = conf_submit(test, &t->call[0]);
	msleep(CONF_QUIET_MS);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->calls), 0);
	KUNIT_EXPECT_FALSE(test, conf_is_complete(t, cookie));
	dma_async_issue_pending(t->chan);
	dma_async_issue_pending(t->chan);
	conf_wait_calls(test, 1);
	conf_expect_result(test);
	conf_expect_calls(test, 1);
}

/* One callback each, in softirq context, in order, with the data there. */
static void conf_callbacks(struct kunit *test)
{
	struct conf_test *t = test->priv;
	int i;

	for (i = 0; i < CONF_FLIGHT; i++)
		conf_submit(test, &t->call[i]);
	dma_async_issue_pending(t->chan);
	conf_wait_calls(test, CONF_FLIGHT);
	conf_expect_result(test);
	msleep(CONF_QUIET_MS);
	conf_expect_calls(test, CONF_FLIGHT);
}

/* Without an interrupt asked for, it is complete for who looks. */
static void conf_no_interrupt(struct kunit *test)
{
	struct conf_test *t = test->priv;
	dma_cookie_t cookie;
	int i;

	for (i = 0; i < CONF_FLIGHT; i++)
		cookie = conf_submit(test, NULL);
	dma_async_issue_pending(t->chan);
	conf_poll(test, cookie);
	conf_expect_result(test);
	conf_expect_calls(test, 0);
}

/* Who polls gets to the end, even if it keeps bottom halves from running. */
static void conf_poll_no_bh(struct kunit *test)
{
	struct conf_test *t = test->priv;
	dma_cookie_t cookie = conf_submit(test, &t->call[0]);
	ktime_t end = ktime_add_ms(ktime_get(), 5000);
	bool done;

	dma_async_issue_pending(t->chan);
	local_bh_disable();
	do {
		done = conf_is_complete(t, cookie);
		if (!done)
			udelay(5);
	} while (!done && ktime_before(ktime_get(), end));
	local_bh_enable();
	KUNIT_EXPECT_TRUE(test, done);
	conf_wait_calls(test, 1);
	conf_expect_result(test);
	conf_expect_calls(test, 1);
}

/* Prepared, submitted and issued in atomic context: nothing there may sleep. */
static void conf_atomic(struct kunit *test)
{
	struct conf_test *t = test->priv;
	struct dma_async_tx_descriptor *tx;
	static DEFINE_SPINLOCK(lock);

	scoped_guard(spinlock_bh, &lock) {
		tx = conf_prep(t, DMA_PREP_INTERRUPT | DMA_CTRL_ACK);
		if (tx) {
			conf_ask_callback(tx, &t->call[0]);
			WRITE_ONCE(t->call[0].cookie, dmaengine_submit(tx));
			dma_async_issue_pending(t->chan);
		}
	}
	KUNIT_ASSERT_NOT_NULL(test, tx);
	conf_wait_calls(test, 1);
	conf_expect_result(test);
	conf_expect_calls(test, 1);
}

/* A callback may submit the next. */
static void conf_from_callback(struct kunit *test)
{
	struct conf_test *t = test->priv;

	t->more = 10;
	conf_submit(test, &t->call[0]);
	dma_async_issue_pending(t->chan);
	conf_wait_calls(test, 11);
	conf_expect_result(test);
	conf_expect_calls(test, 11);
}

/* What an engine promises that has callback_unlocked */
static void conf_callback_waits(struct kunit *test)
{
	struct conf_test *t = test->priv;
	int i;

	if (!t->chan->device->callback_unlocked)
		kunit_skip(test, "it does not say that callbacks may wait for each other");
	t->waits = 4;
	/* The engine may begin early: here no callback is to wait for what does not come. */
	local_bh_disable();
	for (i = 0; i < t->waits; i++) {
		t->call[i].nr = i;
		conf_submit(test, &t->call[i]);
	}
	dma_async_issue_pending(t->chan);
	local_bh_enable();
	conf_wait_calls(test, t->waits);
	/* Until the first is through, it needs what there is. */
	dmaengine_synchronize(t->chan);
	conf_expect_calls(test, t->waits);
}

/* A descriptor is its client's until it is acknowledged. */
static void conf_late_ack(struct kunit *test)
{
	struct conf_test *t = test->priv;
	struct dma_async_tx_descriptor *tx, *other;
	dma_cookie_t cookie;
	int i, same = 0;

	tx = conf_prep(t, 0);
	KUNIT_ASSERT_NOT_NULL(test, tx);
	cookie = dmaengine_submit(tx);
	dma_async_issue_pending(t->chan);
	conf_poll(test, cookie);
	for (i = 0; i < 4 * CONF_FLIGHT; i++) {
		other = conf_prep(t, DMA_CTRL_ACK);
		/* It may be in the way of all others. */
		if (!other)
			break;
		same += other == tx;
		cookie = dmaengine_submit(other);
		dma_async_issue_pending(t->chan);
		conf_poll(test, cookie);
	}
	async_tx_ack(tx);
	KUNIT_EXPECT_EQ(test, same, 0);
	KUNIT_EXPECT_GE(test, i, CONF_FLIGHT);
	conf_run(test);
	conf_expect_result(test);
}

/* What is full says so, by NULL, and has room again afterwards. */
static void conf_full(struct kunit *test)
{
	struct conf_test *t = test->priv;
	struct dma_async_tx_descriptor *tx;
	dma_cookie_t cookie = 0;
	int i;

	for (i = 0; i < CONF_MAX_DESCS; i++) {
		tx = conf_prep(t, DMA_CTRL_ACK);
		if (!tx)
			break;
		cookie = dmaengine_submit(tx);
	}
	KUNIT_EXPECT_GE(test, i, CONF_FLIGHT);
	KUNIT_EXPECT_LT(test, i, CONF_MAX_DESCS);
	dma_async_issue_pending(t->chan);
	conf_poll(test, cookie);
	conf_run(test);
	conf_expect_result(test);
	conf_expect_calls(test, 1);
}

/* What is terminated is not called back, and afterwards no memory is written. */
static void conf_terminate(struct kunit *test)
{
	struct conf_test *t = test->priv;
	int i, round, calls;

	if (!t->chan->device->device_terminate_all)
		kunit_skip(test, "it cannot");
	KUNIT_EXPECT_EQ(test, dmaengine_terminate_sync(t->chan), 0);
	for (round = 0; round < 2; round++) {
		atomic_set(&t->calls, 0);
		/* One that is not issued: many may be more than a driver leaves waiting. */
		for (i = 0; i < (round ? CONF_FLIGHT : 1); i++)
			conf_submit(test, &t->call[i]);
		if (round)
			dma_async_issue_pending(t->chan);
		KUNIT_EXPECT_EQ(test, dmaengine_terminate_sync(t->chan), 0);
		calls = atomic_read(&t->calls);
		/* Now the memory is the client's. */
		conf_sync(t, false);
		memset(t->buf[CONF_SRCS], 0x11, CONF_LEN);
		conf_sync(t, true);
		msleep(CONF_QUIET_MS);
		conf_sync(t, false);
		KUNIT_EXPECT_PTR_EQ(test, memchr_inv(t->buf[CONF_SRCS], 0x11, CONF_LEN), NULL);
		KUNIT_EXPECT_EQ(test, atomic_read(&t->calls), calls);
		if (!round)
			KUNIT_EXPECT_EQ(test, calls, 0);
		KUNIT_EXPECT_LE(test, calls, CONF_FLIGHT);
	}
	atomic_set(&t->calls, 0);
	conf_geometry(t, t->nr, 0, t->len);
	conf_run(test);
	conf_expect_result(test);
}

/* The same without sleeping: asked again and again, it comes to an end. */
static void conf_stop(struct kunit *test)
{
	struct conf_test *t = test->priv;
	struct dma_device *dma = t->chan->device;
	unsigned long end = jiffies + CONF_LIMIT;
	int err, calls, i;

	if (!dma->device_stop)
		kunit_skip(test, "it cannot");
	for (i = 0; i < CONF_FLIGHT; i++)
		conf_submit(test, &t->call[i]);
	dma_async_issue_pending(t->chan);
	do {
		err = dma->device_stop(t->chan);
		if (err == -EINPROGRESS)
			usleep_range(100, 1000);
	} while (err == -EINPROGRESS && time_before(jiffies, end));
	KUNIT_ASSERT_EQ(test, err, 0);
	calls = atomic_read(&t->calls);
	msleep(CONF_QUIET_MS);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->calls), calls);
	atomic_set(&t->calls, 0);
	conf_geometry(t, t->nr, 0, t->len);
	conf_run(test);
	conf_expect_result(test);
}

/* Unmap data is let go of when the operation is complete. */
static void conf_unmap(struct kunit *test)
{
	struct conf_test *t = test->priv;
	struct device *dev = dmaengine_get_dma_device(t->chan);
	struct dma_async_tx_descriptor *tx;
	struct dmaengine_unmap_data *unmap;

	unmap = dmaengine_get_unmap_data(dev, 2, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, unmap);
	tx = conf_prep(t, DMA_PREP_INTERRUPT | DMA_CTRL_ACK);
	KUNIT_ASSERT_NOT_NULL(test, tx);
	conf_ask_callback(tx, &t->call[0]);
	dma_set_unmap(tx, unmap);
	KUNIT_EXPECT_EQ(test, kref_read(&unmap->kref), 2U);
	WRITE_ONCE(t->call[0].cookie, dmaengine_submit(tx));
	dma_async_issue_pending(t->chan);
	conf_wait_calls(test, 1);
	KUNIT_EXPECT_EQ(test, kref_read(&unmap->kref), 1U);
	dmaengine_unmap_put(unmap);
	conf_expect_result(test);
}

/* A channel that was given back serves its next client. */
static void conf_again(struct kunit *test)
{
	struct conf_test *t = test->priv;
	struct dma_chan *chan = t->chan;
	int round;

	for (round = 0; round < 3; round++) {
		conf_run(test);
		/* The buffers stay mapped for the device, which stays. */
		dma_release_channel(t->chan);
		t->chan = conf_request(t->kind);
		KUNIT_ASSERT_PTR_EQ(test, t->chan, chan);
	}
	conf_run(test);
	conf_expect_result(test);
	conf_expect_calls(test, 4);
}

static int conf_thread(void *data)
{
	struct conf_test *t = data;
	struct dma_async_tx_descriptor *tx;
	unsigned long end = jiffies + CONF_LIMIT;
	int done = 0;

	while (done < 200 && time_before(jiffies, end)) {
		tx = conf_prep(t, DMA_CTRL_ACK);
		if (tx) {
			if (!dma_submit_error(dmaengine_submit(tx)))
				done++;
		} else {
			usleep_range(20, 100);
		}
		dma_async_issue_pending(t->chan);
	}
	atomic_add(done, &t->calls);
	complete(&t->called);
	return 0;
}

/* Two submit at once. */
static void conf_two(struct kunit *test)
{
	struct conf_test *t = test->priv;
	struct task_struct *task;
	int i, started = 0;

	for (i = 0; i < 2; i++) {
		task = kthread_run(conf_thread, t, "conformance/%d", i);
		started += !IS_ERR(task);
	}
	for (i = 0; i < started; i++)
		wait_for_completion(&t->called);
	KUNIT_ASSERT_EQ(test, started, 2);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->calls), 400);
	conf_poll(test, t->chan->cookie);
	conf_run(test);
	conf_expect_result(test);
}

/* --- the suite --- */

static int conf_init(struct kunit *test)
{
	struct device *dev;
	struct conf_test *t;
	int i;

	t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, t);
	test->priv = t;
	init_completion(&t->called);
	for (i = 0; i < CONF_FLIGHT; i++) {
		t->call[i].t = t;
		t->call[i].nr = i;
	}
	t->kind = *(const enum dma_transaction_type *)test->param_value;
	t->chan = conf_request(t->kind);
	if (!t->chan)
		kunit_skip(test, "no channel for it");

	dev = dmaengine_get_dma_device(t->chan);
	for (i = 0; i < 2; i++) {
		t->want[i] = kunit_kmalloc(test, CONF_LEN, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, t->want[i]);
	}
	for (i = 0; i < CONF_BUFS; i++) {
		u8 *buf = kmalloc(CONF_LEN, GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, buf);
		t->addr[i] = dma_map_single(dev, buf, CONF_LEN, DMA_BIDIRECTIONAL);
		if (dma_mapping_error(dev, t->addr[i])) {
			kfree(buf);
			KUNIT_FAIL_AND_ABORT(test, "a buffer cannot be mapped");
		}
		t->buf[i] = buf;
	}
	conf_geometry(t, min(conf_limits(t), 3U), 0,
		      max_t(size_t, t->align, 1024));
	return 0;
}

static void conf_exit(struct kunit *test)
{
	struct conf_test *t = test->priv;
	struct device *dev;
	int i;

	if (!t || !t->chan)
		return;
	dmaengine_terminate_sync(t->chan);
	dev = get_device(dmaengine_get_dma_device(t->chan));
	dma_release_channel(t->chan);
	for (i = 0; i < CONF_BUFS; i++) {
		if (!t->buf[i])
			continue;
		dma_unmap_single(dev, t->addr[i], CONF_LEN, DMA_BIDIRECTIONAL);
		kfree(t->buf[i]);
	}
	put_device(dev);
}

/* There is an engine of that name, and it does something. */
static int conf_suite_init(struct kunit_suite *suite)
{
	struct dma_chan *chan;
	int i;

	for (i = 0; i < ARRAY_SIZE(conf_kinds); i++) {
		chan = conf_request(conf_kinds[i]);
		if (!chan)
			continue;
		pr_info("dmaengine conformance: %s: %s\n", dma_chan_name(chan),
			dev_driver_string(chan->device->dev));
		dma_release_channel(chan);
		return 0;
	}
	pr_err("dmaengine conformance: there is no free channel of '%s'\n", engine);
	return -ENODEV;
}

static struct kunit_case conf_cases[] = {
	KUNIT_CASE_PARAM(conf_data, conf_kind_gen_params),
	KUNIT_CASE_PARAM(conf_finds, conf_kind_gen_params),
	KUNIT_CASE_PARAM(conf_issue, conf_kind_gen_params),
	KUNIT_CASE_PARAM(conf_callbacks, conf_kind_gen_params),
	KUNIT_CASE_PARAM(conf_no_interrupt, conf_kind_gen_params),
	KUNIT_CASE_PARAM(conf_poll_no_bh, conf_kind_gen_params),
	KUNIT_CASE_PARAM(conf_atomic, conf_kind_gen_params),
	KUNIT_CASE_PARAM(conf_from_callback, conf_kind_gen_params),
	KUNIT_CASE_PARAM(conf_callback_waits, conf_kind_gen_params),
	KUNIT_CASE_PARAM(conf_late_ack, conf_kind_gen_params),
	KUNIT_CASE_PARAM(conf_full, conf_kind_gen_params),
	KUNIT_CASE_PARAM(conf_terminate, conf_kind_gen_params),
	KUNIT_CASE_PARAM(conf_stop, conf_kind_gen_params),
	KUNIT_CASE_PARAM(conf_unmap, conf_kind_gen_params),
	KUNIT_CASE_PARAM(conf_again, conf_kind_gen_params),
	KUNIT_CASE_PARAM(conf_two, conf_kind_gen_params),
	{ }
};

static struct kunit_suite conf_suite = {
	.name = "dmaengine_conformance",
	.suite_init = conf_suite_init,
	.init = conf_init,
	.exit = conf_exit,
	.test_cases = conf_cases,
};

kunit_test_suite(conf_suite);

MODULE_DESCRIPTION("Conformance tests of DMA engine drivers");
MODULE_LICENSE("GPL");
