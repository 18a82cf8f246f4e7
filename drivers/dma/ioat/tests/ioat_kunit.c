// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of the I/OAT driver, on a model of its hardware in memory
 */
#include <kunit/test.h>
#include <kunit/visibility.h>
#include <linux/cleanup.h>
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../../dmaengine.h"
#include "model.h"

#define TEST_LEN	4096
/* Naive multiplication takes its time, in which the channel looks stalled. */
#define TEST_PQ_LEN	1024
#define TEST_BUFS	20
#define TEST_GUARD	64
#define TEST_XFERCAP	20

/* Long enough for any machine; a test that waits so long has failed. */
#define TEST_TIMEOUT_MS	10000

/**
 * struct ioat_kunit - what a test has
 * @model: the hardware
 * @pdev: its PCI function
 * @bus: where that is
 * @chan: its channel
 * @buf: buffers of TEST_LEN bytes between guards
 * @addr: their bus addresses
 * @calls: how often a callback has come
 * @results: what each of them was told
 */
struct ioat_kunit {
	struct ioat_model model;
	struct pci_dev *pdev;
	struct pci_bus *bus;
	struct dma_chan *chan;
	u8 *buf[TEST_BUFS];
	dma_addr_t addr[TEST_BUFS];
	atomic_t calls;
	enum dmaengine_tx_result results[64];
};

/* What is not there reads as zeros. */
static int test_config_read(struct pci_bus *bus, unsigned int devfn, int where, int size, u32 *val)
{
	*val = 0;
	return PCIBIOS_SUCCESSFUL;
}

static int test_config_write(struct pci_bus *bus, unsigned int devfn, int where, int size, u32 val)
{
	return PCIBIOS_SUCCESSFUL;
}

static struct pci_ops test_pci_ops = {
	.read = test_config_read,
	.write = test_config_write,
};

static void test_pdev_release(struct device *dev)
{
	kfree(to_pci_dev(dev));
}

static void test_called(void *param, const struct dmaengine_result *result)
{
	struct ioat_kunit *t = param;
	int nr = atomic_inc_return(&t->calls) - 1;

	t->results[nr % ARRAY_SIZE(t->results)] = result->result;
}

static u8 test_byte(unsigned int buf, unsigned int i)
{
	return (buf + 3) * i + (i >> 8) * 7 + buf;
}

static void test_fill(struct ioat_kunit *t)
{
	unsigned int i, j;

	for (i = 0; i < TEST_BUFS; i++) {
		memset(t->buf[i] - TEST_GUARD, 0xa5, TEST_LEN + 2 * TEST_GUARD);
		for (j = 0; j < TEST_LEN; j++)
			t->buf[i][j] = test_byte(i, j);
	}
}

static void test_device(struct kunit *test, u8 version, u32 cap)
{
	struct ioat_kunit *t = test->priv;
	struct ioat_model *m = &t->model;
	void __iomem *regs = (__force void __iomem *)m->regs;
	int slots;

	writeb(1, regs + IOAT_CHANCNT);
	writeb(TEST_XFERCAP, regs + IOAT_XFERCAP);
	writeb(version, regs + IOAT_VER);
	writel(cap, regs + IOAT_DMACAP);
	m->fail_in = -1;
	m->id = ioat_alloc(t->pdev, regs, 0);
	KUNIT_ASSERT_NOT_NULL(test, m->id);
	ioat_find_abilities(m->id, 0);
	/* Whatever firmware has done to the machine that this runs on. */
	m->id->cap = cap;
	ioat_fill_in(m->id);
	if (cap & IOAT_CAP_RAID16SS) {
		m->id->sed_pool = dma_pool_create("ioat-kunit-sed", &t->pdev->dev,
						  IOAT_SED_PIECES * IOAT_SED_SIZE, 64, 0);
		KUNIT_ASSERT_NOT_NULL(test, m->id->sed_pool);
	}
	m->thread = kthread_run(ioat_model_thread, m, "ioat-model");
	KUNIT_ASSERT_FALSE(test, IS_ERR(m->thread));
	slots = m->id->dma.device_alloc_chan_resources(&m->id->chans[0].mc.chan);
	KUNIT_ASSERT_GT(test, slots, 0);
	t->chan = &m->id->chans[0].mc.chan;
}

static void test_raid_device(struct kunit *test)
{
	test_device(test, IOAT_VER_3_3, IOAT_CAP_FILL | IOAT_CAP_XOR | IOAT_CAP_PQ |
		    IOAT_CAP_DWBES | IOAT_CAP_RAID16SS);
}

static int test_init(struct kunit *test)
{
	struct ioat_kunit *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, t);
	test->priv = t;
	t->model.regs = kunit_kzalloc(test, MODEL_REGS, GFP_KERNEL);
	t->bus = kunit_kzalloc(test, sizeof(*t->bus), GFP_KERNEL);
	t->pdev = kzalloc(sizeof(*t->pdev), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, t->model.regs);
	KUNIT_ASSERT_NOT_NULL(test, t->bus);
	KUNIT_ASSERT_NOT_NULL(test, t->pdev);
	t->bus->ops = &test_pci_ops;
	t->pdev->bus = t->bus;
	device_initialize(&t->pdev->dev);
	t->pdev->dev.release = test_pdev_release;
	dev_set_name(&t->pdev->dev, "ioat-model");
	t->pdev->dma_mask = DMA_BIT_MASK(64);
	t->pdev->dev.dma_mask = &t->pdev->dma_mask;
	t->pdev->dev.coherent_dma_mask = DMA_BIT_MASK(64);
	KUNIT_ASSERT_EQ(test, device_add(&t->pdev->dev), 0);

	for (i = 0; i < TEST_BUFS; i++) {
		u8 *mem = kunit_kmalloc(test, TEST_LEN + 2 * TEST_GUARD, GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, mem);
		t->buf[i] = mem + TEST_GUARD;
		t->addr[i] = dma_map_single(&t->pdev->dev, t->buf[i], TEST_LEN, DMA_BIDIRECTIONAL);
		KUNIT_ASSERT_FALSE(test, dma_mapping_error(&t->pdev->dev, t->addr[i]));
	}
	test_fill(t);
	return 0;
}

static void test_exit(struct kunit *test)
{
	struct ioat_kunit *t = test->priv;
	struct ioat_dev *id = t->model.id;
	unsigned int i;

	WRITE_ONCE(t->model.paused, false);
	if (t->chan)
		id->dma.device_free_chan_resources(t->chan);
	if (!IS_ERR_OR_NULL(t->model.thread))
		kthread_stop(t->model.thread);
	for (i = 0; i < TEST_BUFS; i++)
		if (t->addr[i])
			dma_unmap_single(&t->pdev->dev, t->addr[i], TEST_LEN, DMA_BIDIRECTIONAL);
	if (id) {
		dma_pool_destroy(id->sed_pool);
		id->dma.device_release(&id->dma);
	}
	device_unregister(&t->pdev->dev);
}

static dma_cookie_t test_submit(struct kunit *test, struct dma_async_tx_descriptor *tx)
{
	KUNIT_ASSERT_NOT_NULL(test, tx);
	tx->callback_result = test_called;
	tx->callback_param = test->priv;
	return dmaengine_submit(tx);
}

static struct dma_async_tx_descriptor *test_copy(struct ioat_kunit *t, int dst, int src, size_t len)
{
	return t->chan->device->device_prep_dma_memcpy(t->chan, t->addr[dst], t->addr[src], len,
						       DMA_PREP_INTERRUPT | DMA_CTRL_ACK);
}

static void test_wait(struct kunit *test, int calls)
{
	struct ioat_kunit *t = test->priv;
	unsigned long end = jiffies + msecs_to_jiffies(TEST_TIMEOUT_MS);

	dma_async_issue_pending(t->chan);
	while (atomic_read(&t->calls) < calls && time_before(jiffies, end))
		usleep_range(100, 200);
	KUNIT_ASSERT_EQ(test, atomic_read(&t->calls), calls);
}

static void test_run(struct kunit *test, struct dma_async_tx_descriptor *tx)
{
	struct ioat_kunit *t = test->priv;
	int before = atomic_read(&t->calls);

	test_submit(test, tx);
	test_wait(test, before + 1);
	KUNIT_ASSERT_EQ(test, t->results[before % ARRAY_SIZE(t->results)], DMA_TRANS_NOERROR);
}

/* It works, whatever has been. */
static void test_works(struct kunit *test)
{
	struct ioat_kunit *t = test->priv;

	test_fill(t);
	test_run(test, test_copy(t, 0, 1, TEST_LEN));
	KUNIT_EXPECT_MEMEQ(test, t->buf[0], t->buf[1], TEST_LEN);
}

static void sizes(struct kunit *test)
{
	static const unsigned int lens[] = { 1, 63, 64, 65, 511, 512, 4095, 4096 };
	struct ioat_kunit *t = test->priv;
	unsigned int i, j, wrong;

	test_raid_device(test);
	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		test_fill(t);
		test_run(test, test_copy(t, 0, 1, lens[i]));
		for (j = 0, wrong = 0; j < TEST_LEN; j++)
			wrong += t->buf[0][j] != test_byte(j < lens[i], j);
		test_fill(t);
		test_run(test, t->chan->device->device_prep_dma_memset(t->chan, t->addr[0], 0x5c,
								       lens[i], DMA_CTRL_ACK |
								       DMA_PREP_INTERRUPT));
		for (j = 0; j < TEST_LEN; j++)
			wrong += t->buf[0][j] != (j < lens[i] ? 0x5c : test_byte(0, j));
		KUNIT_EXPECT_EQ_MSG(test, wrong, 0, "length %u", lens[i]);
		KUNIT_EXPECT_EQ(test, t->buf[0][-1], 0xa5);
		KUNIT_EXPECT_EQ(test, t->buf[0][TEST_LEN], 0xa5);
	}
	KUNIT_EXPECT_NULL(test, test_copy(t, 0, 1, 0));
}

static void xor(struct kunit *test)
{
	struct ioat_kunit *t = test->priv;
	unsigned long flags = DMA_PREP_INTERRUPT | DMA_CTRL_ACK;
	enum sum_check_flags found;
	struct dma_async_tx_descriptor *tx;
	unsigned int n, i, j, wrong;
	struct dma_device *dma;

	test_raid_device(test);
	dma = t->chan->device;
	for (n = 2; n <= IOAT_XOR_MAX; n++) {
		test_fill(t);
		test_run(test, dma->device_prep_dma_xor(t->chan, t->addr[0], t->addr + 1, n,
							TEST_LEN, flags));
		for (i = 0, wrong = 0; i < TEST_LEN; i++) {
			u8 sum = 0;

			for (j = 1; j <= n; j++)
				sum ^= test_byte(j, i);
			wrong += t->buf[0][i] != sum;
		}
		KUNIT_EXPECT_EQ_MSG(test, wrong, 0, "%u sources", n);

		found = 0;
		test_run(test, dma->device_prep_dma_xor_val(t->chan, t->addr, n + 1, TEST_LEN,
							    &found, flags));
		KUNIT_EXPECT_EQ_MSG(test, found, 0, "%u sources", n);
		t->buf[n][TEST_LEN - 1] ^= 1;
		test_run(test, dma->device_prep_dma_xor_val(t->chan, t->addr, n + 1, TEST_LEN,
							    &found, flags));
		KUNIT_EXPECT_EQ_MSG(test, found, SUM_CHECK_P_RESULT, "%u sources", n);
	}
	tx = dma->device_prep_dma_xor(t->chan, t->addr[0], t->addr + 1, IOAT_XOR_MAX + 1, TEST_LEN,
				      flags);
	KUNIT_EXPECT_NULL(test, tx);
}

static void pq_sources(struct kunit *test, unsigned int most)
{
	struct ioat_kunit *t = test->priv;
	struct dma_device *dma = t->chan->device;
	unsigned long flags = DMA_PREP_INTERRUPT | DMA_CTRL_ACK;
	u8 coef[IOAT_MAX_SRCS + 1];
	struct dma_async_tx_descriptor *tx;
	enum sum_check_flags found;
	unsigned int n, i, j, wrong;

	for (i = 0; i < ARRAY_SIZE(coef); i++)
		coef[i] = 3 * i + 1;
	for (n = 2; n <= most; n++) {
		test_fill(t);
		test_run(test, dma->device_prep_dma_pq(t->chan, t->addr, t->addr + 2, n, coef,
						       TEST_PQ_LEN, flags));
		for (i = 0, wrong = 0; i < TEST_PQ_LEN; i++) {
			u8 p = 0, q = 0;

			for (j = 0; j < n; j++) {
				p ^= test_byte(j + 2, i);
				q ^= ioat_model_mul(test_byte(j + 2, i), coef[j]);
			}
			wrong += t->buf[0][i] != p || t->buf[1][i] != q;
		}
		KUNIT_EXPECT_EQ_MSG(test, wrong, 0, "%u sources", n);

		for (i = 0; i < 4; i++) {
			found = 0;
			t->buf[0][77] ^= i & SUM_CHECK_P_RESULT ? 1 : 0;
			t->buf[1][78] ^= i & SUM_CHECK_Q_RESULT ? 1 : 0;
			tx = dma->device_prep_dma_pq_val(t->chan, t->addr, t->addr + 2, n, coef,
							 TEST_PQ_LEN, &found, flags);
			test_run(test, tx);
			KUNIT_EXPECT_EQ_MSG(test, found, i, "%u sources", n);
			t->buf[0][77] ^= i & SUM_CHECK_P_RESULT ? 1 : 0;
			t->buf[1][78] ^= i & SUM_CHECK_Q_RESULT ? 1 : 0;
		}
	}
	tx = dma->device_prep_dma_pq(t->chan, t->addr, t->addr + 2, most + 1, coef, TEST_PQ_LEN,
				     flags);
	KUNIT_EXPECT_NULL(test, tx);
}

static void pq_16(struct kunit *test)
{
	test_raid_device(test);
	pq_sources(test, IOAT_PQ16_MAX);
}

static void pq_8(struct kunit *test)
{
	test_device(test, 0x32, IOAT_CAP_XOR | IOAT_CAP_PQ);
	pq_sources(test, IOAT_PQ_MAX);
}

/* The second of three fails, in each way that there is. */
static void errors(struct kunit *test)
{
	struct ioat_kunit *t = test->priv;
	unsigned int bit, i;

	test_raid_device(test);
	for (bit = 0; bit < 28; bit++) {
		int calls = atomic_read(&t->calls);
		enum dmaengine_tx_result want = DMA_TRANS_ABORTED;
		enum dmaengine_tx_result *r = t->results;

		if (BIT(bit) == IOAT_ERR_READ)
			want = DMA_TRANS_READ_FAILED;
		else if (BIT(bit) == IOAT_ERR_WRITE)
			want = DMA_TRANS_WRITE_FAILED;

		/* Nothing is executed before all of it is known. */
		WRITE_ONCE(t->model.paused, true);
		t->model.fail_err = BIT(bit);
		t->model.fail_in = 1;
		for (i = 0; i < 3; i++)
			test_submit(test, test_copy(t, i, 5 + i, 64));
		dma_async_issue_pending(t->chan);
		WRITE_ONCE(t->model.paused, false);
		test_wait(test, calls + 3);
		KUNIT_EXPECT_EQ_MSG(test, r[calls % 64], DMA_TRANS_NOERROR, "CHANERR bit %u", bit);
		KUNIT_EXPECT_EQ_MSG(test, r[(calls + 1) % 64], want, "CHANERR bit %u", bit);
		KUNIT_EXPECT_EQ_MSG(test, r[(calls + 2) % 64], DMA_TRANS_ABORTED, "CHANERR bit %u",
				    bit);
		test_works(test);
	}
}

static void lost_interrupt(struct kunit *test)
{
	struct ioat_kunit *t = test->priv;

	test_raid_device(test);
	t->model.lose_irqs = 1;
	test_works(test);
	KUNIT_EXPECT_EQ(test, t->model.lose_irqs, 0);
}

static void lost_write(struct kunit *test)
{
	struct ioat_kunit *t = test->priv;

	test_raid_device(test);
	t->model.lose_writes = 1;
	test_works(test);
	KUNIT_EXPECT_EQ(test, t->model.lose_writes, 0);
}

static void hang(struct kunit *test)
{
	struct ioat_kunit *t = test->priv;
	unsigned int resets;

	test_raid_device(test);
	resets = t->model.resets;
	t->model.fail_err = 0;
	t->model.fail_in = 0;
	test_submit(test, test_copy(t, 0, 1, 64));
	test_wait(test, 1);
	KUNIT_EXPECT_EQ(test, t->results[0], DMA_TRANS_ABORTED);
	KUNIT_EXPECT_EQ(test, t->model.resets, resets + 1);
	test_works(test);
}

static void full_ring(struct kunit *test)
{
	struct ioat_kunit *t = test->priv;
	struct dma_async_tx_descriptor *tx;
	struct ioat_chan *ic;
	int i, round, n = 0;

	test_raid_device(test);
	ic = to_ioat_chan(t->chan);
	/* Twice: the second time the ring's end is in the middle. */
	for (round = 0; round < 2; round++) {
		/* Descriptors are free only when all callbacks of a batch have returned. */
		dmaengine_synchronize(t->chan);
		WRITE_ONCE(t->model.paused, true);
		for (i = 0; i <= ic->mask; i++, n++) {
			tx = test_copy(t, 0, 1, 8);
			if (!tx)
				break;
			test_submit(test, tx);
		}
		KUNIT_EXPECT_EQ(test, i, ic->mask - 1);
		WRITE_ONCE(t->model.paused, false);
		test_wait(test, n);
	}
	test_works(test);
}

/* Operations of one to three slots, so that each of their parts meets the ring's end. */
static void wrap(struct kunit *test)
{
	struct ioat_kunit *t = test->priv;
	unsigned int i, slots = 0;

	test_device(test, 0x32, IOAT_CAP_XOR | IOAT_CAP_PQ);
	for (i = 0; slots < 2 * to_ioat_chan(t->chan)->mask; i++) {
		unsigned int j, k, n = 2 + i % 7, wrong = 0;

		test_run(test, t->chan->device->device_prep_dma_xor(t->chan, t->addr[0],
								    t->addr + 1, n, 16,
								    DMA_PREP_INTERRUPT |
								    DMA_CTRL_ACK));
		slots += 2 + (n > IOAT_XOR_NEAR);
		for (j = 0; j < 16; j++) {
			u8 sum = 0;

			for (k = 1; k <= n; k++)
				sum ^= test_byte(k, j);
			wrong += t->buf[0][j] != sum;
		}
		KUNIT_ASSERT_EQ_MSG(test, wrong, 0, "operation %u", i);
	}
}

static void terminate(struct kunit *test)
{
	struct ioat_kunit *t = test->priv;
	unsigned int i;

	test_raid_device(test);
	WRITE_ONCE(t->model.paused, true);
	for (i = 0; i < 4; i++)
		test_submit(test, test_copy(t, 0, 1, 64));
	dma_async_issue_pending(t->chan);
	KUNIT_EXPECT_EQ(test, dmaengine_terminate_async(t->chan), 0);
	/* What is submitted while the reset lasts is executed after it. */
	test_submit(test, test_copy(t, 2, 3, 64));
	WRITE_ONCE(t->model.paused, false);
	test_wait(test, 1);
	KUNIT_EXPECT_EQ(test, t->results[0], DMA_TRANS_NOERROR);
	KUNIT_EXPECT_MEMEQ(test, t->buf[2], t->buf[3], 64);
	dmaengine_synchronize(t->chan);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->calls), 1);
	KUNIT_EXPECT_EQ(test, t->buf[0][1], test_byte(0, 1));
}

static void surprise(struct kunit *test)
{
	struct ioat_kunit *t = test->priv;
	struct dma_async_tx_descriptor *late;
	unsigned int i;

	test_raid_device(test);
	WRITE_ONCE(t->model.paused, true);
	late = test_copy(t, 0, 1, 64);
	for (i = 0; i < 4; i++)
		test_submit(test, test_copy(t, 0, 1, 64));
	dma_async_issue_pending(t->chan);
	scoped_guard(spinlock_irqsave, &to_ioat_chan(t->chan)->mc.lock)
		memset(t->model.regs, 0xff, MODEL_REGS);
	test_wait(test, 4);
	test_submit(test, late);
	test_wait(test, 5);
	for (i = 0; i < 5; i++)
		KUNIT_EXPECT_EQ(test, t->results[i], DMA_TRANS_ABORTED);
	KUNIT_EXPECT_NULL(test, test_copy(t, 0, 1, 64));
}

/* The device is told once of what is not more than the threshold. */
static void batch(struct kunit *test)
{
	struct ioat_kunit *t = test->priv;
	struct ioat_chan *ic;
	int i, level = 7;

	test_raid_device(test);
	ic = to_ioat_chan(t->chan);
	WRITE_ONCE(t->model.paused, true);
	for (i = 0; i < level; i++) {
		test_submit(test, test_copy(t, 0, 1, 64));
		KUNIT_EXPECT_EQ(test, readw(ic->regs + IOAT_DMACOUNT), 0);
	}
	dma_async_issue_pending(t->chan);
	KUNIT_EXPECT_EQ(test, readw(ic->regs + IOAT_DMACOUNT), level);
	for (i = 0; i <= level; i++)
		test_submit(test, test_copy(t, 0, 1, 64));
	KUNIT_EXPECT_EQ(test, readw(ic->regs + IOAT_DMACOUNT), 2 * level + 1);
	WRITE_ONCE(t->model.paused, false);
	test_wait(test, 2 * level + 1);
}

static void self_test(struct kunit *test)
{
	struct ioat_kunit *t = test->priv;
	struct dma_chan *chan;

	test_raid_device(test);
	chan = t->chan;
	chan->device->device_free_chan_resources(chan);
	t->chan = NULL;
	KUNIT_EXPECT_EQ(test, m2m_self_test(chan), 0);
	t->model.fail_err = IOAT_ERR_READ;
	t->model.fail_in = 0;
	KUNIT_EXPECT_EQ(test, m2m_self_test(chan), -EIO);
	KUNIT_EXPECT_PTR_EQ(test, (void *)t->model.id->chans[0].ring, NULL);
}

static struct kunit_case ioat_cases[] = {
	KUNIT_CASE(sizes),
	KUNIT_CASE(xor),
	KUNIT_CASE(pq_8),
	KUNIT_CASE(pq_16),
	KUNIT_CASE(errors),
	KUNIT_CASE(lost_interrupt),
	KUNIT_CASE(lost_write),
	KUNIT_CASE(hang),
	KUNIT_CASE(full_ring),
	KUNIT_CASE(wrap),
	KUNIT_CASE(terminate),
	KUNIT_CASE(surprise),
	KUNIT_CASE(batch),
	KUNIT_CASE(self_test),
	{}
};

static struct kunit_suite ioat_suite = {
	.name = "ioat",
	.init = test_init,
	.exit = test_exit,
	.test_cases = ioat_cases,
};

kunit_test_suite(ioat_suite);

MODULE_DESCRIPTION("KUnit tests of the I/OAT driver");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(EXPORTED_FOR_KUNIT_TESTING);
