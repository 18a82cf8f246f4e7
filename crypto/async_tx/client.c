// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is the same for every operation of a client
 */

/**
 * DOC: kinds and the core
 *
 * The calls of the API that describe work on memory stand in one file and
 * module a kind, such as async_xor.c.  Each has two ways to go.
 *
 * On the short way nothing has to be waited for and no channel is there that
 * could take the work: the file does it itself, in the caller, and is done.
 * This allocates nothing, takes no lock and costs a test of two words.
 *
 * On the long way the file describes the work in a struct async_tx_op and
 * hands it to the core.  The core knows buffers, parents and channels; whatever
 * it must know of the kind stands in a struct async_tx_kind.
 *
 * This file holds the calls that are of no kind.
 */
#include <linux/dma-mapping.h>
#include <linux/kernel.h>
#include <linux/llist.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "internal.h"

DEFINE_PER_CPU(unsigned int, async_tx_depth);

static DEFINE_ASYNC_TX_COUNTS(trigger_counts);

static struct async_tx_kind trigger_kind = {
	.name = "trigger",
	.cap = DMA_TX_TYPE_END,
	.cpu = trigger_counts,
};

struct async_tx_late {
	struct llist_node node;
	dma_async_tx_callback fn;
	void *param;
};

static LLIST_HEAD(late_callbacks);

static void async_tx_run_late(struct work_struct *work)
{
	struct async_tx_late *late, *next;

	llist_for_each_entry_safe(late, next,
				  llist_reverse_order(llist_del_all(&late_callbacks)),
				  node) {
		local_bh_disable();
		late->fn(late->param);
		local_bh_enable();
		kfree(late);
	}
}

static DECLARE_WORK(late_work, async_tx_run_late);

static bool async_tx_defer(struct async_submit_ctl *submit)
{
	struct async_tx_late *late;

	late = kmalloc(sizeof(*late), GFP_NOWAIT | __GFP_NOWARN);
	if (!late)
		return false;
	late->fn = submit->cb_fn;
	late->param = submit->cb_param;
	if (llist_add(&late->node, &late_callbacks))
		schedule_work(&late_work);
	return true;
}

/* A softirq that comes between leaves the depth as it was. */
static __always_inline void async_tx_call_back_here(struct async_submit_ctl *submit)
{
	__this_cpu_inc(async_tx_depth);
	submit->cb_fn(submit->cb_param);
	__this_cpu_dec(async_tx_depth);
	preempt_enable();
}

static noinline struct dma_async_tx_descriptor *
async_tx_call_back_deep(struct async_submit_ctl *submit)
{
	if (async_tx_defer(submit))
		preempt_enable();
	else
		async_tx_call_back_here(submit);
	return NULL;
}

/**
 * async_tx_call_back - call back at the end of an operation that was not queued
 * @submit: the client's callback; there is one
 *
 * A callback must not submit operations.  One that does gets here again, and
 * from a certain depth on is called by a worker, so that it does not use up the
 * stack.
 *
 * Context: any but hard interrupt.
 * Return: NULL, as of every operation that is done inside the call.
 */
struct dma_async_tx_descriptor *async_tx_call_back(struct async_submit_ctl *submit)
{
	preempt_disable();
	if (unlikely(async_tx_too_deep()))
		return async_tx_call_back_deep(submit);
	async_tx_call_back_here(submit);
	return NULL;
}
EXPORT_SYMBOL_GPL(async_tx_call_back);

#ifdef CONFIG_DMA_ENGINE
/**
 * __async_tx_find_channel - a channel for a descriptor of the client's own
 * @submit: what it will depend on
 * @tx_type: what the channel must be able to do
 *
 * Prefers the channel of the parent.  Operations of async_tx itself need no
 * channel from their client, and their handles have none to offer.
 *
 * Context: preemption disabled, or the client holds the provider in place by
 *	other means.
 * Return: a channel, or NULL.
 */
struct dma_chan *
__async_tx_find_channel(struct async_submit_ctl *submit,
			enum dma_transaction_type tx_type)
{
	struct dma_async_tx_descriptor *parent = submit->depend_tx;

	if (parent && !async_tx_is_handle(parent) &&
	    dma_has_cap(tx_type, parent->chan->device->cap_mask))
		return parent->chan;
	return async_dma_find_channel(tx_type);
}
EXPORT_SYMBOL_GPL(__async_tx_find_channel);
#endif

/* Wait for a descriptor that is not a handle, and acknowledge it. */
static void async_tx_wait_foreign(struct dma_async_tx_descriptor *tx)
{
	if (dma_wait_for_async_tx(tx) != DMA_COMPLETE)
		pr_err_ratelimited("async_tx: a descriptor that an operation depends on has failed\n");
	async_tx_ack(tx);
}

/**
 * async_tx_submit - submit a descriptor that the client has prepared itself
 * @chan: channel of the descriptor
 * @tx: the descriptor
 * @submit: flags, parent and callback for it
 *
 * For clients that call the device_prep functions of an engine.  Waits for the
 * parent, then submits @tx, and acknowledges the parent.  What runs this way
 * is not repeated elsewhere when the engine fails; the client sees the error
 * with dma_wait_for_async_tx() or in a callback_result of its own.
 *
 * Context: as the caller of tx_submit() may be: not in hard interrupts.
 */
void async_tx_submit(struct dma_chan *chan, struct dma_async_tx_descriptor *tx,
		     struct async_submit_ctl *submit)
{
	tx->callback = submit->cb_fn;
	tx->callback_param = submit->cb_param;

	if (submit->depend_tx && async_tx_is_handle(submit->depend_tx))
		async_tx_op_quiesce_prepared(submit->depend_tx);
	else if (submit->depend_tx)
		async_tx_wait_foreign(submit->depend_tx);
	submit->depend_tx = NULL;

	txd_clear_parent(tx);
	if (dma_submit_error(dmaengine_submit(tx)))
		pr_err_ratelimited("async_tx: %s takes no descriptor\n",
				   dma_chan_name(chan));
	if (submit->flags & ASYNC_TX_ACK)
		async_tx_ack(tx);
}
EXPORT_SYMBOL_GPL(async_tx_submit);

static noinline struct dma_async_tx_descriptor *
trigger_describe(struct async_submit_ctl *submit)
{
	struct async_tx_op *op;

	op = async_tx_describe(&trigger_kind, submit, 0, 0, 0);
	if (op)
		return async_tx_op_submit(op, submit);
	return async_tx_ran(trigger_counts, 0, 0, submit);
}

/**
 * async_trigger_callback - call back when all that came before is complete
 * @submit: parent and callback; honours ASYNC_TX_ACK
 *
 * Context: any but hard interrupt; see the overview of the API.
 * Return: NULL when the callback has run, else a handle.
 */
struct dma_async_tx_descriptor *
async_trigger_callback(struct async_submit_ctl *submit)
{
	if (submit->depend_tx)
		return trigger_describe(submit);
	return async_tx_ran(trigger_counts, 0, 0, submit);
}
EXPORT_SYMBOL_GPL(async_trigger_callback);

/**
 * async_tx_refuse - take an operation whose arguments are not valid
 * @submit: its parent and callback
 * @what: what is wrong with it
 *
 * No memory is touched.  The operation takes its place after its parent, and
 * its callback comes; who asks for its status learns of the error.
 *
 * Return: as every operation.
 */
struct dma_async_tx_descriptor *
async_tx_refuse(struct async_submit_ctl *submit, const char *what)
{
	struct async_tx_op *op;

	WARN_ONCE(1, "async_tx: %s\n", what);

	op = async_tx_describe(&trigger_kind, submit, 0, 0, 0);
	if (op) {
#ifdef CONFIG_ASYNC_TX_DMA
		op->error = -EINVAL;
#endif
		return async_tx_op_submit(op, submit);
	}
	return async_tx_callback(submit);
}
EXPORT_SYMBOL_GPL(async_tx_refuse);

static noinline void async_tx_quiesce_pending(struct dma_async_tx_descriptor **tx)
{
	WARN_ON_ONCE(async_tx_test_ack(*tx));
	if (async_tx_is_handle(*tx))
		async_tx_op_quiesce(*tx);
	else
		async_tx_wait_foreign(*tx);
	*tx = NULL;
}

/**
 * async_tx_quiesce - wait until an operation is complete, and give it up
 * @tx: its handle, which is acknowledged, and set to NULL
 *
 * Does not merely wait: what stands before the operation is run by the caller
 * as far as it can be, so that this ends with preemption disabled as well.
 *
 * Context: any but hard interrupt, and not from a callback.  Does not sleep.
 * With bottom halves disabled only where engines call back when they are polled,
 * as dma-soft does.
 */
void async_tx_quiesce(struct dma_async_tx_descriptor **tx)
{
	/* Most have been complete since they were submitted. */
	if (*tx)
		async_tx_quiesce_pending(tx);
}
EXPORT_SYMBOL_GPL(async_tx_quiesce);

/**
 * async_tx_result - how an operation has ended
 * @tx: its handle, not acknowledged; NULL is an operation that was complete when
 *	it was submitted
 *
 * An engine's failure is no error here: the operation was repeated, and is
 * complete.  Errors are few, and no callback tells of them.
 *
 * Context: any.
 * Return: 0 if the operation is complete, -EINPROGRESS if it is not.  -EINVAL:
 * it was refused, its arguments were not valid.  -EIO: an engine hangs and
 * cannot be stopped, so that neither this operation nor those that depend on it
 * can be carried out; the contents of their buffers are undefined until the
 * engine is removed.
 */
int async_tx_result(struct dma_async_tx_descriptor *tx)
{
	if (!tx)
		return 0;
	if (async_tx_is_handle(tx))
		return async_tx_op_result(tx);

	switch (dma_async_is_tx_complete(tx->chan, tx->cookie, NULL, NULL)) {
	case DMA_COMPLETE:
		return 0;
	case DMA_ERROR:
		return -EIO;
	default:
		return -EINPROGRESS;
	}
}
EXPORT_SYMBOL_GPL(async_tx_result);

static int __init async_tx_init(void)
{
	int err;

	err = async_tx_work_init();
	if (err)
		return err;
	err = async_tx_kind_register(&trigger_kind);
	if (err)
		goto err_work;
	err = async_tx_engine_init();
	if (err)
		goto err_kind;
	async_tx_debugfs_init();
	if (IS_ENABLED(CONFIG_DMA_ENGINE))
		pr_info("async_tx: api initialized (async)\n");
	return 0;

err_kind:
	async_tx_kind_unregister(&trigger_kind);
err_work:
	async_tx_work_exit();
	return err;
}

static void __exit async_tx_exit(void)
{
	async_tx_debugfs_exit();
	flush_work(&late_work);
	async_tx_kind_unregister(&trigger_kind);
	async_tx_engine_exit();
	async_tx_work_exit();
}

module_init(async_tx_init);
module_exit(async_tx_exit);

MODULE_DESCRIPTION("Asynchronous bulk memory operations");
MODULE_LICENSE("GPL");
