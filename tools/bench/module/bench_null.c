// SPDX-License-Identifier: GPL-2.0-only
/*
 * Engines that do nothing, in no time
 *
 * What an operation costs on such an engine is what the layers above it cost.  It
 * takes all that async_tx has, as stock uses no engine that does not, writes no memory,
 * and has completed everything when it has been told to begin; with hold=1 nothing, until
 * hold=0 is written.  (Whoever checks results must not use it.)
 *
 * Writing a number to the parameter channels registers engines with one channel
 * each until there are that many, and says in the log what registering the last of
 * them cost, and what dmaengine_get() costs now, as "bench|what|channels|cost" in
 * thousandths of a cycle.
 */
#include <linux/dma-mapping.h>
#include <linux/dmaengine.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/timex.h>
#include <linux/vmalloc.h>

#define NULL_MAX	1024
/* What interrupts add is not in the cheapest of some. */
#define NULL_TRIES	4

static unsigned int ring = 64;
module_param(ring, uint, 0444);
MODULE_PARM_DESC(ring, "descriptors of a channel (default 64)");

struct null_desc {
	struct dma_async_tx_descriptor tx;
	struct list_head node;
};

struct null_engine {
	struct dma_device dma;
	struct dma_chan chan;
	spinlock_t lock; /* protects the lists and the cookies */
	struct list_head free;
	struct list_head submitted;
	struct null_desc *descs;
};

static struct platform_device *engines[NULL_MAX];
static unsigned int nr_engines;
static u64 cost[NULL_MAX];
static bool hold;

static struct null_engine *to_engine(struct dma_chan *chan)
{
	return container_of(chan, struct null_engine, chan);
}

static dma_cookie_t null_submit(struct dma_async_tx_descriptor *tx)
{
	struct null_desc *desc = container_of(tx, struct null_desc, tx);
	struct null_engine *engine = to_engine(tx->chan);
	dma_cookie_t cookie;

	spin_lock_bh(&engine->lock);
	cookie = engine->chan.cookie + 1;
	if (cookie < DMA_MIN_COOKIE)
		cookie = DMA_MIN_COOKIE;
	engine->chan.cookie = cookie;
	tx->cookie = cookie;
	list_add_tail(&desc->node, &engine->submitted);
	spin_unlock_bh(&engine->lock);
	return cookie;
}

static struct dma_async_tx_descriptor *null_prep(struct dma_chan *chan,
						 unsigned long flags)
{
	struct null_engine *engine = to_engine(chan);
	struct null_desc *desc;

	spin_lock_bh(&engine->lock);
	desc = list_first_entry_or_null(&engine->free, struct null_desc, node);
	if (desc && async_tx_test_ack(&desc->tx))
		list_del(&desc->node);
	else
		desc = NULL;
	spin_unlock_bh(&engine->lock);
	if (!desc)
		return NULL;

	dma_async_tx_descriptor_init(&desc->tx, chan);
	desc->tx.tx_submit = null_submit;
	desc->tx.flags = flags;
	desc->tx.callback = NULL;
	desc->tx.callback_result = NULL;
	desc->tx.callback_param = NULL;
	desc->tx.cookie = 0;
	return &desc->tx;
}

static struct dma_async_tx_descriptor *
null_prep_memcpy(struct dma_chan *chan, dma_addr_t dst, dma_addr_t src, size_t len,
		 unsigned long flags)
{
	return null_prep(chan, flags);
}

static struct dma_async_tx_descriptor *
null_prep_xor(struct dma_chan *chan, dma_addr_t dst, dma_addr_t *src,
	      unsigned int nr_srcs, size_t len, unsigned long flags)
{
	return null_prep(chan, flags);
}

static struct dma_async_tx_descriptor *
null_prep_xor_val(struct dma_chan *chan, dma_addr_t *src, unsigned int nr_srcs,
		  size_t len, enum sum_check_flags *result, unsigned long flags)
{
	*result = 0;
	return null_prep(chan, flags);
}

static struct dma_async_tx_descriptor *
null_prep_pq(struct dma_chan *chan, dma_addr_t *dst, dma_addr_t *src,
	     unsigned int nr_srcs, const unsigned char *coefs, size_t len,
	     unsigned long flags)
{
	return null_prep(chan, flags);
}

static struct dma_async_tx_descriptor *
null_prep_pq_val(struct dma_chan *chan, dma_addr_t *pq, dma_addr_t *src,
		 unsigned int nr_srcs, const unsigned char *coefs, size_t len,
		 enum sum_check_flags *result, unsigned long flags)
{
	*result = 0;
	return null_prep(chan, flags);
}

static struct dma_async_tx_descriptor *
null_prep_interrupt(struct dma_chan *chan, unsigned long flags)
{
	return null_prep(chan, flags);
}

static void null_complete(struct null_engine *engine, struct null_desc *desc)
{
	const struct dmaengine_result result = { .result = DMA_TRANS_NOERROR };
	struct dma_async_tx_descriptor *tx = &desc->tx;
	dma_async_tx_callback_result notify = tx->callback_result;
	dma_async_tx_callback callback = tx->callback;
	void *param = tx->callback_param;

	WRITE_ONCE(engine->chan.completed_cookie, tx->cookie);
	dma_descriptor_unmap(tx);
	if (notify)
		notify(param, &result);
	else if (callback)
		callback(param);
	dma_run_dependencies(tx);

	spin_lock_bh(&engine->lock);
	list_add_tail(&desc->node, &engine->free);
	spin_unlock_bh(&engine->lock);
}

static void null_issue_pending(struct dma_chan *chan)
{
	struct null_engine *engine = to_engine(chan);
	struct null_desc *desc;

	if (READ_ONCE(hold))
		return;
	for (;;) {
		spin_lock_bh(&engine->lock);
		desc = list_first_entry_or_null(&engine->submitted, struct null_desc,
						node);
		if (desc)
			list_del(&desc->node);
		spin_unlock_bh(&engine->lock);
		if (!desc)
			return;
		null_complete(engine, desc);
	}
}

static enum dma_status null_tx_status(struct dma_chan *chan, dma_cookie_t cookie,
				      struct dma_tx_state *state)
{
	dma_cookie_t used = READ_ONCE(chan->cookie);
	dma_cookie_t done = READ_ONCE(chan->completed_cookie);

	if (state) {
		state->last = done;
		state->used = used;
		state->residue = 0;
	}
	return dma_async_is_complete(cookie, done, used);
}

static int null_probe(struct platform_device *pdev)
{
	struct null_engine *engine;
	struct dma_device *dma;
	unsigned int i;
	u64 began;
	int err;

	engine = kzalloc(sizeof(*engine), GFP_KERNEL);
	if (!engine)
		return -ENOMEM;
	engine->descs = vzalloc(array_size(ring, sizeof(*engine->descs)));
	if (!engine->descs) {
		err = -ENOMEM;
		goto err;
	}
	err = dma_coerce_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
	if (err)
		goto err;

	spin_lock_init(&engine->lock);
	INIT_LIST_HEAD(&engine->free);
	INIT_LIST_HEAD(&engine->submitted);
	for (i = 0; i < ring; i++) {
		engine->descs[i].tx.flags = DMA_CTRL_ACK;
		list_add_tail(&engine->descs[i].node, &engine->free);
	}

	dma = &engine->dma;
	dma->dev = &pdev->dev;
	dma->max_xor = 16;
	dma_set_maxpq(dma, 16, 0);
	dma_cap_set(DMA_MEMCPY, dma->cap_mask);
	dma_cap_set(DMA_XOR, dma->cap_mask);
	dma_cap_set(DMA_XOR_VAL, dma->cap_mask);
	dma_cap_set(DMA_PQ, dma->cap_mask);
	dma_cap_set(DMA_PQ_VAL, dma->cap_mask);
	dma_cap_set(DMA_INTERRUPT, dma->cap_mask);
	dma->device_prep_dma_memcpy = null_prep_memcpy;
	dma->device_prep_dma_xor = null_prep_xor;
	dma->device_prep_dma_xor_val = null_prep_xor_val;
	dma->device_prep_dma_pq = null_prep_pq;
	dma->device_prep_dma_pq_val = null_prep_pq_val;
	dma->device_prep_dma_interrupt = null_prep_interrupt;
	dma->device_issue_pending = null_issue_pending;
	dma->device_tx_status = null_tx_status;
	INIT_LIST_HEAD(&dma->channels);
	engine->chan.device = dma;
	engine->chan.cookie = DMA_MIN_COOKIE;
	engine->chan.completed_cookie = DMA_MIN_COOKIE;
	list_add_tail(&engine->chan.device_node, &dma->channels);

	began = get_cycles();
	err = dma_async_device_register(dma);
	cost[pdev->id] = get_cycles() - began;
	if (err)
		goto err;
	platform_set_drvdata(pdev, engine);
	return 0;

err:
	vfree(engine->descs);
	kfree(engine);
	return err;
}

static void null_remove(struct platform_device *pdev)
{
	struct null_engine *engine = platform_get_drvdata(pdev);

	dma_async_device_unregister(&engine->dma);
	vfree(engine->descs);
	kfree(engine);
}

static struct platform_driver null_driver = {
	.probe = null_probe,
	.remove = null_remove,
	.driver = { .name = "bench-null" },
};

static void null_report(const char *what, u64 cycles)
{
	pr_info("bench|%s|%u|%llu\n", what, nr_engines, cycles * 1000);
}

static int channels_set(const char *val, const struct kernel_param *kp)
{
	u64 best = U64_MAX, began;
	unsigned int want, i;
	int err;

	err = kstrtouint(val, 0, &want);
	if (err)
		return err;
	if (want > NULL_MAX || want < nr_engines)
		return -EINVAL;
	while (nr_engines < want) {
		struct platform_device *pdev;

		pdev = platform_device_register_simple("bench-null", nr_engines,
						       NULL, 0);
		if (IS_ERR(pdev))
			return PTR_ERR(pdev);
		engines[nr_engines++] = pdev;
		if (!platform_get_drvdata(pdev))
			return -ENODEV;
	}
	if (!nr_engines)
		return 0;

	for (i = 0; i < min(nr_engines, NULL_TRIES); i++)
		best = min(best, cost[nr_engines - 1 - i]);
	null_report("register", best);

	best = U64_MAX;
	for (i = 0; i < NULL_TRIES; i++) {
		began = get_cycles();
		dmaengine_get();
		best = min(best, get_cycles() - began);
		dmaengine_put();
		cond_resched();
	}
	null_report("dmaengine_get", best);
	return 0;
}

static const struct kernel_param_ops channels_ops = {
	.set = channels_set,
	.get = param_get_uint,
};
module_param_cb(channels, &channels_ops, &nr_engines, 0644);
MODULE_PARM_DESC(channels, "engines, of one channel each; can grow only");

static int hold_set(const char *val, const struct kernel_param *kp)
{
	unsigned int i;
	int err;

	err = param_set_bool(val, kp);
	if (err || hold)
		return err;
	for (i = 0; i < nr_engines; i++) {
		struct null_engine *engine = platform_get_drvdata(engines[i]);

		null_issue_pending(&engine->chan);
	}
	return 0;
}

static const struct kernel_param_ops hold_ops = {
	.set = hold_set,
	.get = param_get_bool,
};
module_param_cb(hold, &hold_ops, &hold, 0644);
MODULE_PARM_DESC(hold, "complete nothing (default no)");

static int __init null_init(void)
{
	return platform_driver_register(&null_driver);
}
module_init(null_init);

static void __exit null_exit(void)
{
	while (nr_engines)
		platform_device_unregister(engines[--nr_engines]);
	platform_driver_unregister(&null_driver);
}
module_exit(null_exit);

MODULE_DESCRIPTION("Engines that do nothing, to measure what is above them");
MODULE_LICENSE("GPL");
