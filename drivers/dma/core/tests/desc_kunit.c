// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of what belongs to descriptors: cookies, waiting, unmap data,
 * metadata, and the arithmetic of the header
 */
#include <kunit/test.h>
#include <linux/dma-mapping.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "../../dmaengine.h"
#include "fake.h"

/* --- cookies --- */

#define COOKIES	6

static const dma_cookie_t cookie_starts[] = {
	0, DMA_MIN_COOKIE, 100, S32_MAX - COOKIES, S32_MAX - 3, S32_MAX - 1, S32_MAX,
};

static void cookie_desc(const dma_cookie_t *start, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "after %d", *start);
}

KUNIT_ARRAY_PARAM(cookie, cookie_starts, cookie_desc);

/*
 * Submit some and complete them one by one.  The reference does not compare
 * numbers: it knows which descriptors it has completed.
 */
static void test_cookies(struct kunit *test)
{
	const dma_cookie_t start = *(const dma_cookie_t *)test->param_value;
	struct dma_async_tx_descriptor tx[COOKIES] = {};
	dma_cookie_t cookie[COOKIES];
	struct dma_chan chan = { .cookie = start, .completed_cookie = start };
	struct dma_tx_state state;
	enum dma_status want;
	int i, done;

	for (i = 0; i < COOKIES; i++) {
		dma_async_tx_descriptor_init(&tx[i], &chan);
		cookie[i] = dma_cookie_assign(&tx[i]);
		KUNIT_EXPECT_GE(test, cookie[i], DMA_MIN_COOKIE);
		KUNIT_EXPECT_EQ(test, cookie[i], tx[i].cookie);
		KUNIT_EXPECT_EQ(test, dma_submit_error(cookie[i]), 0);
		if (i)
			KUNIT_EXPECT_EQ(test, cookie[i],
					cookie[i - 1] == S32_MAX ? 1 : cookie[i - 1] + 1);
	}

	for (done = 0; done <= COOKIES; done++) {
		for (i = 0; i < COOKIES; i++) {
			want = i < done ? DMA_COMPLETE : DMA_IN_PROGRESS;
			state = (struct dma_tx_state){ .residue = 7, .in_flight_bytes = 7 };
			KUNIT_EXPECT_EQ_MSG(test, dma_cookie_status(&chan, cookie[i], &state),
					    want, "start %d: number %d of %d, %d complete",
					    start, i, COOKIES, done);
			KUNIT_EXPECT_EQ(test, state.used, cookie[COOKIES - 1]);
			KUNIT_EXPECT_EQ(test, state.last, done ? cookie[done - 1] : start);
			KUNIT_EXPECT_EQ(test, state.residue, 0);
			KUNIT_EXPECT_EQ(test, state.in_flight_bytes, 0);
			KUNIT_EXPECT_EQ(test, dma_cookie_status(&chan, cookie[i], NULL), want);
		}
		if (done < COOKIES) {
			dma_cookie_complete(&tx[done]);
			KUNIT_EXPECT_EQ(test, tx[done].cookie, 0);
		}
	}
}

static void test_cookie_init(struct kunit *test)
{
	struct dma_chan chan = { .cookie = 99, .completed_cookie = 77 };
	struct dma_async_tx_descriptor tx = {};

	dma_cookie_init(&chan);
	KUNIT_EXPECT_EQ(test, chan.cookie, chan.completed_cookie);
	dma_async_tx_descriptor_init(&tx, &chan);
	KUNIT_EXPECT_PTR_EQ(test, tx.chan, &chan);
	KUNIT_EXPECT_EQ(test, dma_cookie_status(&chan, dma_cookie_assign(&tx), NULL),
			DMA_IN_PROGRESS);
	KUNIT_EXPECT_EQ(test, dma_submit_error(-ENOMEM), -ENOMEM);
}

static void test_tx_state(struct kunit *test)
{
	struct dma_tx_state state = {};

	dma_set_tx_state(&state, 3, 4, 5);
	KUNIT_EXPECT_EQ(test, state.last, 3);
	KUNIT_EXPECT_EQ(test, state.used, 4);
	KUNIT_EXPECT_EQ(test, state.residue, 5);
	dma_set_residue(&state, 6);
	dma_set_in_flight_bytes(&state, 7);
	KUNIT_EXPECT_EQ(test, state.residue, 6);
	KUNIT_EXPECT_EQ(test, state.in_flight_bytes, 7);
	dma_set_tx_state(NULL, 3, 4, 5);
	dma_set_residue(NULL, 6);
	dma_set_in_flight_bytes(NULL, 7);
}

/* --- callbacks --- */

struct called {
	int plain;
	int result;
	struct dmaengine_result last;
};

static void count_plain(void *param)
{
	((struct called *)param)->plain++;
}

static void count_result(void *param, const struct dmaengine_result *result)
{
	struct called *called = param;

	called->result++;
	called->last = *result;
}

static void test_callbacks(struct kunit *test)
{
	const struct dmaengine_result failed = { DMA_TRANS_READ_FAILED, 12 };
	struct called called = {};
	struct dma_async_tx_descriptor tx = { .callback_param = &called };
	struct dmaengine_desc_callback cb;

	dmaengine_desc_get_callback(&tx, &cb);
	KUNIT_EXPECT_FALSE(test, dmaengine_desc_callback_valid(&cb));
	dmaengine_desc_callback_invoke(&cb, NULL);

	tx.callback = count_plain;
	dmaengine_desc_get_callback(&tx, &cb);
	KUNIT_EXPECT_TRUE(test, dmaengine_desc_callback_valid(&cb));
	tx.callback = NULL;
	dmaengine_desc_callback_invoke(&cb, &failed);
	KUNIT_EXPECT_EQ(test, called.plain, 1);

	tx.callback = count_plain;
	tx.callback_result = count_result;
	dmaengine_desc_get_callback_invoke(&tx, &failed);
	KUNIT_EXPECT_EQ_MSG(test, called.plain, 1, "only one of the two is called");
	KUNIT_EXPECT_EQ(test, called.result, 1);
	KUNIT_EXPECT_EQ(test, called.last.result, DMA_TRANS_READ_FAILED);
	KUNIT_EXPECT_EQ(test, called.last.residue, 12);

	dmaengine_desc_get_callback_invoke(&tx, NULL);
	KUNIT_EXPECT_EQ(test, called.result, 2);
	KUNIT_EXPECT_EQ(test, called.last.result, DMA_TRANS_NOERROR);
	KUNIT_EXPECT_EQ(test, called.last.residue, 0);
}

/* --- unmap data --- */

#define UNMAP_LEN	512

struct unmap_case {
	int to, from, bidi;
};

static const struct unmap_case unmap_cases[] = {
	{ 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 },
	{ 1, 1, 0 }, { 1, 0, 1 }, { 0, 1, 1 },
	{ 1, 1, 1 }, { 14, 1, 1 }, { 15, 1, 1 }, { 125, 1, 2 }, { 1, 126, 1 }, { 127, 1, 1 },
	{ 253, 0, 2 }, { 254, 1, 1 },
};

static void unmap_desc(const struct unmap_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%d to, %d from, %d both ways",
		 c->to, c->from, c->bidi);
}

KUNIT_ARRAY_PARAM(unmap, unmap_cases, unmap_desc);

/*
 * The mappings are real.  That each of them is undone, in the direction in which
 * it was made, is for CONFIG_DMA_API_DEBUG to see; with swiotlb=force the
 * contents tell as well.
 */
static void test_unmap(struct kunit *test)
{
	const struct unmap_case *c = test->param_value;
	const int nr = c->to + c->from + c->bidi;
	struct fake_dev *fd = fake_make(test, 1);
	struct device *dev = &fd->pdev->dev;
	struct dma_async_tx_descriptor tx = {};
	struct dmaengine_unmap_data *unmap;
	enum dma_data_direction dir;
	int i;

	if (!IS_ENABLED(CONFIG_DMA_ENGINE_RAID) && nr > 2)
		kunit_skip(test, "no unmap data of this size is configured");

	unmap = dmaengine_get_unmap_data(dev, nr, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL_MSG(test, unmap, "%d slots", nr);
	KUNIT_EXPECT_PTR_EQ(test, unmap->dev, dev);
	KUNIT_EXPECT_EQ(test, (int)unmap->map_cnt, nr);
	KUNIT_EXPECT_EQ(test, unmap->to_cnt + unmap->from_cnt + unmap->bidi_cnt, 0);
	KUNIT_EXPECT_EQ(test, kref_read(&unmap->kref), 1);

	unmap->len = UNMAP_LEN;
	for (i = 0; i < nr; i++) {
		/* The last one both ways is the one that is not there. */
		if (c->bidi > 1 && i == nr - 1) {
			unmap->addr[i] = 0;
			continue;
		}
		dir = i < c->to ? DMA_TO_DEVICE :
		      i < c->to + c->from ? DMA_FROM_DEVICE : DMA_BIDIRECTIONAL;
		unmap->addr[i] = dma_map_single(dev, kunit_kzalloc(test, UNMAP_LEN, GFP_KERNEL),
						UNMAP_LEN, dir);
		KUNIT_ASSERT_FALSE_MSG(test, dma_mapping_error(dev, unmap->addr[i]),
				       "slot %d of %d", i, nr);
	}
	unmap->to_cnt = c->to;
	unmap->from_cnt = c->from;
	unmap->bidi_cnt = c->bidi;

	dma_set_unmap(&tx, unmap);
	KUNIT_EXPECT_PTR_EQ(test, tx.unmap, unmap);
	KUNIT_EXPECT_EQ(test, kref_read(&unmap->kref), 2);
	dmaengine_unmap_put(unmap);
	KUNIT_EXPECT_EQ(test, kref_read(&unmap->kref), 1);
	dma_descriptor_unmap(&tx);
	KUNIT_EXPECT_NULL(test, tx.unmap);
	dma_descriptor_unmap(&tx);
	dmaengine_unmap_put(NULL);
}

static const int unmap_sizes[] = { 1, 2, 3, 15, 16, 17, 127, 128, 129, 255, 256 };

/* Each has its slots to itself. */
static void test_unmap_slots(struct kunit *test)
{
	struct dmaengine_unmap_data *unmap[ARRAY_SIZE(unmap_sizes)] = {};
	int i, n, bad = 0;

	for (i = 0; i < ARRAY_SIZE(unmap_sizes); i++) {
		if (!IS_ENABLED(CONFIG_DMA_ENGINE_RAID) && unmap_sizes[i] > 2)
			break;
		unmap[i] = dmaengine_get_unmap_data(NULL, unmap_sizes[i], GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL_MSG(test, unmap[i], "%d slots", unmap_sizes[i]);
		for (n = 0; n < unmap_sizes[i]; n++)
			unmap[i]->addr[n] = i * 1000 + n;
	}
	while (i--) {
		for (n = 0; n < unmap_sizes[i]; n++)
			bad += unmap[i]->addr[n] != i * 1000 + n;
		KUNIT_EXPECT_EQ_MSG(test, bad, 0, "%d slots", unmap_sizes[i]);
		KUNIT_EXPECT_EQ(test, (int)unmap[i]->map_cnt, unmap_sizes[i]);
		dmaengine_unmap_put(unmap[i]);
	}
}

/* --- metadata --- */

static int meta_attach(struct dma_async_tx_descriptor *desc, void *data, size_t len)
{
	desc->callback_param = data;
	desc->phys = len;
	return 0;
}

static char meta_area[16];

static void *meta_get_ptr(struct dma_async_tx_descriptor *desc, size_t *payload_len,
			  size_t *max_len)
{
	*payload_len = 3;
	*max_len = sizeof(meta_area);
	return meta_area;
}

static int meta_set_len(struct dma_async_tx_descriptor *desc, size_t payload_len)
{
	return payload_len <= sizeof(meta_area) ? 0 : FAKE_ERR;
}

static struct dma_descriptor_metadata_ops meta_ops = {
	.attach = meta_attach,
	.get_ptr = meta_get_ptr,
	.set_len = meta_set_len,
};

static struct dma_descriptor_metadata_ops meta_no_ops;

static void test_metadata(struct kunit *test)
{
	static const enum dma_desc_metadata_mode none = DESC_METADATA_NONE,
		client = DESC_METADATA_CLIENT, engine = DESC_METADATA_ENGINE;
	const enum dma_desc_metadata_mode known[] = { none, client, engine, client | engine };
	struct dma_async_tx_descriptor tx;
	struct dma_device dma = {};
	struct dma_chan chan = { .device = &dma };
	size_t used, size;
	int i, want, err;
	char data[8];
	void *ptr;

	for (i = 0; i < ARRAY_SIZE(known); i++) {
		dma.desc_metadata_modes = known[i];
		KUNIT_EXPECT_EQ(test, dmaengine_is_metadata_mode_supported(&chan, client),
				!!(known[i] & client));
		KUNIT_EXPECT_EQ(test, dmaengine_is_metadata_mode_supported(&chan, engine),
				!!(known[i] & engine));

		/* The client's buffer, and then the engine's: must not be mixed. */
		tx = (struct dma_async_tx_descriptor){ .chan = &chan, .metadata_ops = &meta_ops };
		want = known[i] & client ? 0 : -ENOTSUPP;
		err = dmaengine_desc_attach_metadata(&tx, data, sizeof(data));
		KUNIT_EXPECT_EQ_MSG(test, err, want, "modes %d", known[i]);
		if (!err) {
			KUNIT_EXPECT_PTR_EQ(test, tx.callback_param, (void *)data);
			KUNIT_EXPECT_EQ(test, (size_t)tx.phys, sizeof(data));
			KUNIT_EXPECT_EQ(test, tx.desc_metadata_mode, client);
			ptr = dmaengine_desc_get_metadata_ptr(&tx, &used, &size);
			KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(ptr), -EINVAL);
			KUNIT_EXPECT_EQ(test, dmaengine_desc_set_metadata_len(&tx, 1), -EINVAL);
		}

		/* The other way round. */
		tx = (struct dma_async_tx_descriptor){ .chan = &chan, .metadata_ops = &meta_ops };
		want = known[i] & engine ? 0 : -ENOTSUPP;
		ptr = dmaengine_desc_get_metadata_ptr(&tx, &used, &size);
		KUNIT_EXPECT_EQ_MSG(test, PTR_ERR_OR_ZERO(ptr), want, "modes %d", known[i]);
		KUNIT_EXPECT_EQ(test, dmaengine_desc_set_metadata_len(&tx, 16), want);
		if (!want) {
			KUNIT_EXPECT_PTR_EQ(test, ptr, (void *)meta_area);
			KUNIT_EXPECT_EQ(test, used, 3);
			KUNIT_EXPECT_EQ(test, size, sizeof(meta_area));
			KUNIT_EXPECT_EQ(test, dmaengine_desc_set_metadata_len(&tx, 17), FAKE_ERR);
			KUNIT_EXPECT_EQ(test, dmaengine_desc_attach_metadata(&tx, data, 1),
					-EINVAL);
		}
	}

	/* A provider that claims the mode and has no function. */
	tx = (struct dma_async_tx_descriptor){ .chan = &chan };
	KUNIT_EXPECT_EQ(test, dmaengine_desc_attach_metadata(&tx, data, 1), -ENOTSUPP);
	tx = (struct dma_async_tx_descriptor){ .chan = &chan, .metadata_ops = &meta_no_ops };
	ptr = dmaengine_desc_get_metadata_ptr(&tx, &used, &size);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(ptr), -ENOTSUPP);
	KUNIT_EXPECT_EQ(test, dmaengine_desc_set_metadata_len(&tx, 1), -ENOTSUPP);

	KUNIT_EXPECT_EQ(test, dmaengine_desc_attach_metadata(NULL, data, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, dmaengine_desc_set_metadata_len(NULL, 1), -EINVAL);
	ptr = dmaengine_desc_get_metadata_ptr(NULL, &used, &size);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(ptr), -EINVAL);
	KUNIT_EXPECT_FALSE(test, dmaengine_is_metadata_mode_supported(NULL, client));
}

/* --- waiting --- */

static const enum dma_status ends[] = { DMA_COMPLETE, DMA_PAUSED, DMA_ERROR, DMA_OUT_OF_ORDER };

static void test_wait(struct kunit *test)
{
	struct fake_dev *fd = fake_make(test, 1);
	struct fake_chan *fc = &fd->chans[0];
	struct dma_async_tx_descriptor tx = { .chan = &fc->chan };
	int i, polls;

	for (i = 0; i < ARRAY_SIZE(ends); i++) {
		for (polls = 0; polls < 5; polls++) {
			fc->status = ends[i];
			fc->polls = polls;
			fc->polled = 0;
			fc->issued = 0;
			KUNIT_EXPECT_EQ_MSG(test, dma_sync_wait(&fc->chan, 5), ends[i],
					    "after %d polls", polls);
			KUNIT_EXPECT_EQ(test, fc->polled, polls + 1);
			KUNIT_EXPECT_EQ(test, fc->issued, 1);

			fc->polled = 0;
			tx.cookie = 5;
			KUNIT_EXPECT_EQ_MSG(test, dma_wait_for_async_tx(&tx), ends[i],
					    "after %d polls", polls);
			KUNIT_EXPECT_EQ(test, fc->issued, 2);
		}
	}

	KUNIT_EXPECT_EQ(test, dma_wait_for_async_tx(NULL), DMA_COMPLETE);

	/* What was never submitted is not complete. */
	fc->status = DMA_COMPLETE;
	KUNIT_EXPECT_EQ(test, dma_sync_wait(&fc->chan, -ENOMEM), DMA_ERROR);
	tx.cookie = -ENOMEM;
	KUNIT_EXPECT_EQ(test, dma_wait_for_async_tx(&tx), DMA_ERROR);
}

static int submit_later(void *data)
{
	struct dma_async_tx_descriptor *tx = data;

	schedule_timeout_uninterruptible(HZ / 20 + 1);
	WRITE_ONCE(tx->cookie, 9);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(HZ / 20 + 1);
	return 0;
}

static void test_wait_for_submission(struct kunit *test)
{
	struct fake_dev *fd = fake_make(test, 1);
	struct dma_async_tx_descriptor tx = { .chan = &fd->chans[0].chan, .cookie = -EBUSY };
	struct task_struct *task;

	if (num_online_cpus() == 1)
		kunit_skip(test, "there is one CPU, and it waits busily");

	fd->chans[0].status = DMA_COMPLETE;
	task = kthread_run(submit_later, &tx, "submit_later");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	KUNIT_EXPECT_EQ(test, dma_wait_for_async_tx(&tx), DMA_COMPLETE);
	KUNIT_EXPECT_EQ(test, tx.cookie, 9);
	kthread_stop(task);
}

/* Nothing ever happens; also on a device that is not in the driver model. */
static void test_wait_in_vain(struct kunit *test)
{
	struct fake_dev *fd = fake_make(test, 1);
	struct fake_chan *fc = &fd->chans[0];
	struct dma_async_tx_descriptor tx = { .chan = &fc->chan, .cookie = -EBUSY };
	unsigned long begin;

	fc->polls = INT_MAX;
	begin = jiffies;
	KUNIT_EXPECT_EQ(test, dma_sync_wait(&fc->chan, 5), DMA_ERROR);
	KUNIT_EXPECT_TRUE(test, time_after_eq(jiffies, begin + 5 * HZ));
	KUNIT_EXPECT_TRUE_MSG(test, time_before(jiffies, begin + 10 * HZ), "took %u ms",
			      jiffies_to_msecs(jiffies - begin));

	fd->dma.dev = NULL;
	begin = jiffies;
	KUNIT_EXPECT_EQ(test, dma_wait_for_async_tx(&tx), DMA_ERROR);
	KUNIT_EXPECT_TRUE_MSG(test, time_before(jiffies, begin + 10 * HZ), "took %u ms",
			      jiffies_to_msecs(jiffies - begin));
	fd->dma.dev = &fd->pdev->dev;
}

/* --- dependencies --- */

#ifdef CONFIG_ASYNC_TX_ENABLE_CHANNEL_SWITCH
static int submitted;

static dma_cookie_t submit_in_order(struct dma_async_tx_descriptor *tx)
{
	tx->cookie = ++submitted;
	return tx->cookie;
}

static void test_dependencies(struct kunit *test)
{
	struct fake_dev *fd = fake_make(test, 2);
	struct dma_async_tx_descriptor tx[5] = {};
	/* The first one runs on any channel; the chain then stays on the second. */
	const int on[] = { 0, 1, 1, 0, 0 };
	int i;

	for (i = 0; i < ARRAY_SIZE(tx); i++) {
		dma_async_tx_descriptor_init(&tx[i], &fd->chans[on[i]].chan);
		tx[i].tx_submit = submit_in_order;
		tx[i].cookie = -EBUSY;
		if (i)
			txd_chain(&tx[i - 1], &tx[i]);
	}
	submitted = 0;

	dma_run_dependencies(&tx[0]);
	KUNIT_EXPECT_NULL(test, txd_next(&tx[0]));
	KUNIT_EXPECT_EQ(test, tx[1].cookie, 1);
	KUNIT_EXPECT_EQ(test, tx[2].cookie, 2);
	KUNIT_EXPECT_EQ_MSG(test, tx[3].cookie, -EBUSY, "on another channel");
	KUNIT_EXPECT_NULL(test, txd_parent(&tx[1]));
	KUNIT_EXPECT_NULL(test, txd_next(&tx[1]));
	KUNIT_EXPECT_NULL(test, txd_parent(&tx[2]));
	KUNIT_EXPECT_PTR_EQ(test, txd_next(&tx[2]), &tx[3]);
	KUNIT_EXPECT_EQ(test, fd->chans[0].issued, 0);
	KUNIT_EXPECT_EQ(test, fd->chans[1].issued, 1);

	dma_run_dependencies(&tx[2]);
	KUNIT_EXPECT_EQ(test, tx[3].cookie, 3);
	KUNIT_EXPECT_EQ(test, tx[4].cookie, 4);
	KUNIT_EXPECT_EQ(test, fd->chans[0].issued, 1);
	KUNIT_EXPECT_EQ(test, fd->chans[1].issued, 1);

	dma_run_dependencies(&tx[4]);
	KUNIT_EXPECT_EQ(test, submitted, 4);
}
#else
static void test_dependencies(struct kunit *test)
{
	struct fake_dev *fd = fake_make(test, 1);
	struct dma_async_tx_descriptor tx = { .chan = &fd->chans[0].chan };

	dma_run_dependencies(&tx);
	KUNIT_EXPECT_EQ_MSG(test, fd->chans[0].issued, 0, "nothing can depend on it");
	kunit_skip(test, "no chains without CONFIG_ASYNC_TX_ENABLE_CHANNEL_SWITCH");
}
#endif

/* --- arithmetic --- */

static const size_t sizes[] = { 0, 1, 2, 3, 4, 63, 64, 65, 255, 256, 511, 512, 4095, 4096 };

static void test_alignment(struct kunit *test)
{
	struct dma_device dma = {};
	int align, a, b, c, bytes;
	bool want;

	for (align = DMAENGINE_ALIGN_1_BYTE; align <= DMAENGINE_ALIGN_256_BYTES; align++) {
		for (bytes = 1, a = 0; a < align; a++)
			bytes *= 2;
		for (a = 0; a < ARRAY_SIZE(sizes); a++)
			for (b = 0; b < ARRAY_SIZE(sizes); b++)
				for (c = 0; c < ARRAY_SIZE(sizes); c++) {
					want = sizes[a] % bytes == 0 && sizes[b] % bytes == 0 &&
					       sizes[c] % bytes == 0;
					if (dmaengine_check_align(align, sizes[a], sizes[b],
								  sizes[c]) != want)
						KUNIT_FAIL(test, "align %d: %zu, %zu, %zu", align,
							   sizes[a], sizes[b], sizes[c]);
				}
	}

	/* Each of the four looks at its own. */
	dma.copy_align = DMAENGINE_ALIGN_2_BYTES;
	dma.xor_align = DMAENGINE_ALIGN_4_BYTES;
	dma.pq_align = DMAENGINE_ALIGN_8_BYTES;
	dma.fill_align = DMAENGINE_ALIGN_16_BYTES;
	for (a = 1; a < 64; a++) {
		KUNIT_EXPECT_EQ(test, is_dma_copy_aligned(&dma, 0, 0, a), a % 2 == 0);
		KUNIT_EXPECT_EQ(test, is_dma_xor_aligned(&dma, 0, a, 64), a % 4 == 0);
		KUNIT_EXPECT_EQ(test, is_dma_pq_aligned(&dma, a, 0, 64), a % 8 == 0);
		KUNIT_EXPECT_EQ(test, is_dma_fill_aligned(&dma, 0, 0, a), a % 16 == 0);
	}
}

static void test_maxpq(struct kunit *test)
{
	const enum dma_ctrl_flags cont = DMA_PREP_CONTINUE;
	const enum dma_ctrl_flags no_p = DMA_PREP_PQ_DISABLE_P;
	const enum dma_ctrl_flags no_q = DMA_PREP_PQ_DISABLE_Q;
	const enum dma_ctrl_flags rest = DMA_PREP_INTERRUPT | DMA_CTRL_ACK | DMA_PREP_FENCE;
	static const int limits[] = { 4, 8, 16, 255, 0x7fff };
	struct dma_device dma = {};
	int i, native;

	for (i = 0; i < ARRAY_SIZE(limits); i++)
		for (native = 0; native < 2; native++) {
			const int max = limits[i];

			dma_set_maxpq(&dma, max, native);
			KUNIT_EXPECT_EQ(test, (int)dma_dev_to_maxpq(&dma), max);
			KUNIT_EXPECT_EQ(test, (int)dma_dev_has_pq_continue(&dma), native);

			KUNIT_EXPECT_EQ(test, dma_maxpq(&dma, 0), max);
			KUNIT_EXPECT_EQ(test, dma_maxpq(&dma, rest), max);
			KUNIT_EXPECT_EQ(test, dma_maxpq(&dma, no_p), max);
			KUNIT_EXPECT_EQ(test, dma_maxpq(&dma, no_q), max);
			KUNIT_EXPECT_EQ_MSG(test, dma_maxpq(&dma, cont | rest),
					    native ? max : max - 3, "max %d", max);
			KUNIT_EXPECT_EQ_MSG(test, dma_maxpq(&dma, cont | no_q),
					    native ? max : max - 3, "max %d", max);
			KUNIT_EXPECT_EQ_MSG(test, dma_maxpq(&dma, cont | no_p | rest),
					    native ? max : max - 1, "max %d", max);
		}

	KUNIT_EXPECT_TRUE(test, dmaf_continue(cont | rest));
	KUNIT_EXPECT_FALSE(test, dmaf_continue(no_p | rest));
	KUNIT_EXPECT_TRUE(test, dmaf_p_disabled_continue(cont | no_p));
	KUNIT_EXPECT_FALSE(test, dmaf_p_disabled_continue(cont | no_q));
	KUNIT_EXPECT_FALSE(test, dmaf_p_disabled_continue(no_p));
}

static void test_gaps(struct kunit *test)
{
	struct data_chunk chunk = { .size = 64 };
	struct dma_interleaved_template xt = {};
	size_t want;
	int bits;

	for (bits = 0; bits < 16; bits++) {
		xt.src_inc = bits & 1;
		xt.src_sgl = bits & 2;
		xt.dst_inc = !xt.src_inc;
		xt.dst_sgl = !xt.src_sgl;
		chunk.icg = bits & 4 ? 10 : 0;
		chunk.src_icg = bits & 8 ? 3 : 0;
		chunk.dst_icg = bits & 8 ? 0 : 4;

		want = 0;
		if (xt.src_inc && chunk.src_icg)
			want = 3;
		else if (xt.src_inc && xt.src_sgl)
			want = chunk.icg;
		KUNIT_EXPECT_EQ_MSG(test, dmaengine_get_src_icg(&xt, &chunk), want, "bits %d",
				    bits);

		want = 0;
		if (xt.dst_inc && chunk.dst_icg)
			want = 4;
		else if (xt.dst_inc && xt.dst_sgl)
			want = chunk.icg;
		KUNIT_EXPECT_EQ_MSG(test, dmaengine_get_dst_icg(&xt, &chunk), want, "bits %d",
				    bits);
	}
}

static void test_flags(struct kunit *test)
{
	struct dma_device dma = {
		.directions = BIT(DMA_MEM_TO_DEV),
		.descriptor_reuse = true,
	};
	struct dma_chan chan = { .device = &dma };
	struct dma_async_tx_descriptor tx = { .chan = &chan };

	async_tx_ack(&tx);
	KUNIT_EXPECT_TRUE(test, async_tx_test_ack(&tx));
	KUNIT_EXPECT_EQ(test, dmaengine_desc_free(&tx), -EPERM);
	KUNIT_EXPECT_EQ_MSG(test, dmaengine_desc_set_reuse(&tx), -ENXIO, "no slave channel");

	dma_cap_set(DMA_SLAVE, dma.cap_mask);
	KUNIT_EXPECT_EQ(test, dmaengine_desc_set_reuse(&tx), 0);
	KUNIT_EXPECT_TRUE(test, dmaengine_desc_test_reuse(&tx));
	KUNIT_EXPECT_TRUE(test, async_tx_test_ack(&tx));
	async_tx_clear_ack(&tx);
	KUNIT_EXPECT_FALSE(test, async_tx_test_ack(&tx));
	dmaengine_desc_clear_reuse(&tx);
	KUNIT_EXPECT_FALSE(test, dmaengine_desc_test_reuse(&tx));

	dma.descriptor_reuse = false;
	KUNIT_EXPECT_EQ(test, dmaengine_desc_set_reuse(&tx), -EPERM);
	KUNIT_EXPECT_FALSE(test, dmaengine_desc_test_reuse(&tx));
}

static void test_directions(struct kunit *test)
{
	static const struct {
		enum dma_transfer_direction dir;
		const char *text;
		bool slave;
	} want[] = {
		{ DMA_MEM_TO_MEM, "MEM_TO_MEM", false },
		{ DMA_MEM_TO_DEV, "MEM_TO_DEV", true },
		{ DMA_DEV_TO_MEM, "DEV_TO_MEM", true },
		{ DMA_DEV_TO_DEV, "DEV_TO_DEV", true },
		{ DMA_TRANS_NONE, "invalid", false },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(want); i++) {
		KUNIT_EXPECT_STREQ(test, dmaengine_get_direction_text(want[i].dir), want[i].text);
		KUNIT_EXPECT_EQ_MSG(test, is_slave_direction(want[i].dir), want[i].slave, "%s",
				    want[i].text);
	}
}

static struct kunit_case desc_cases[] = {
	KUNIT_CASE_PARAM(test_cookies, cookie_gen_params),
	KUNIT_CASE(test_cookie_init),
	KUNIT_CASE(test_tx_state),
	KUNIT_CASE(test_callbacks),
	KUNIT_CASE_PARAM(test_unmap, unmap_gen_params),
	KUNIT_CASE(test_unmap_slots),
	KUNIT_CASE(test_metadata),
	KUNIT_CASE(test_wait),
	KUNIT_CASE(test_wait_for_submission),
	KUNIT_CASE_SLOW(test_wait_in_vain),
	KUNIT_CASE(test_dependencies),
	KUNIT_CASE(test_alignment),
	KUNIT_CASE(test_maxpq),
	KUNIT_CASE(test_gaps),
	KUNIT_CASE(test_flags),
	KUNIT_CASE(test_directions),
	{}
};

static int desc_suite_init(struct kunit_suite *suite)
{
	return fake_driver_register();
}

static void desc_suite_exit(struct kunit_suite *suite)
{
	fake_driver_unregister();
}

static struct kunit_suite desc_suite = {
	.name = "dmaengine-desc",
	.suite_init = desc_suite_init,
	.suite_exit = desc_suite_exit,
	.test_cases = desc_cases,
};

kunit_test_suite(desc_suite);

MODULE_DESCRIPTION("KUnit tests of the DMA engine core");
MODULE_LICENSE("GPL");
