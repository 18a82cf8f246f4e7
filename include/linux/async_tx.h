/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Asynchronous bulk memory operations
 */
#ifndef _ASYNC_TX_H_
#define _ASYNC_TX_H_
#include <linux/dmaengine.h>
#include <linux/spinlock.h>
#include <linux/interrupt.h>

/**
 * DOC: overview
 *
 * A client hands blocks of memory to one of the async_*() functions and says,
 * in a struct async_submit_ctl, what must come first and what to do
 * afterwards.  Where the work is done is not its business::
 *
 *      client            async_memcpy() async_xor() async_gen_syndrome() ...
 *        |  struct async_submit_ctl: flags, parent, callback
 *        v
 *      async_tx          operation: waits for its parent, then goes to
 *        |                    |
 *        v                    v
 *      an engine         the CPU
 *        |                    |
 *        +-- fails? ----------^
 *
 * A call ends in one of two ways.  It returns NULL: the operation is complete
 * and its callback has been called.  Or it returns a handle: the operation will
 * complete later, and the handle can be the parent of one further operation.
 *
 * A handle is the client's until it is acknowledged: by async_tx_ack(), by
 * naming it as parent of another operation, by async_tx_quiesce(), or from the
 * beginning with ASYNC_TX_ACK.  After that it must not be looked at any more.
 *
 * Operations that wait for nothing may be held back until
 * async_tx_issue_pending() or async_tx_issue_pending_all(); those that wait for
 * a parent start by themselves.
 *
 * The async_*() functions do not sleep and may be called with preemption or
 * bottom halves disabled, but not with interrupts disabled.  A caller must not
 * hold a lock that the callback of an earlier operation takes: a call may have
 * to complete those first.  Callbacks run in softirq context, or with bottom
 * halves disabled, or in the caller; they must not submit operations.
 */

/* Without dma-mapping, the paths to the engines have to vanish entirely. */
#ifdef CONFIG_HAS_DMA
#define __async_inline
#else
#define __async_inline __always_inline
#endif

/**
 * struct dma_chan_ref - a channel on a client's list
 * @chan: the channel
 * @node: on that list
 * @rcu: for removal under readers
 * @count: kinds of operations for which the list offers @chan
 *
 * Not used by async_tx itself.
 */
struct dma_chan_ref {
	struct dma_chan *chan;
	struct list_head node;
	struct rcu_head rcu;
	atomic_t count;
};

/**
 * enum async_tx_flags - how an operation is to be done
 * @ASYNC_TX_XOR_ZERO_DST: xor: what the destination holds does not count; the
 *	result is the sum of the sources alone
 * @ASYNC_TX_XOR_DROP_DST: xor: the destination stands first in the list of
 *	sources, so that it is not to be counted a second time
 * @ASYNC_TX_ACK: nobody will depend on the operation or ask for it: it
 *	belongs to async_tx as soon as it is submitted
 * @ASYNC_TX_FENCE: a later operation reads the result.  A hint: the order is
 *	kept without it
 * @ASYNC_TX_PQ_XOR_DST: syndrome: P and Q keep what they hold, and the
 *	syndrome of the sources is added to it (read-modify-write)
 *
 * With neither of the first two, an xor adds its sources to what the
 * destination holds.
 */
enum async_tx_flags {
	ASYNC_TX_XOR_ZERO_DST	 = (1 << 0),
	ASYNC_TX_XOR_DROP_DST	 = (1 << 1),
	ASYNC_TX_ACK		 = (1 << 2),
	ASYNC_TX_FENCE		 = (1 << 3),
	ASYNC_TX_PQ_XOR_DST	 = (1 << 4),
};

/**
 * struct async_submit_ctl - what a client says beside its buffers
 * @flags: see enum async_tx_flags
 * @depend_tx: handle of the parent, or NULL.  The call acknowledges it and
 *	leaves here what a next operation of the same chain would depend on
 * @cb_fn: called once when the operation is complete; may be NULL
 * @cb_param: passed to @cb_fn
 * @scribble: room for the call to convert addresses in, one addr_conv_t a
 *	block; may be NULL
 */
struct async_submit_ctl {
	enum async_tx_flags flags;
	struct dma_async_tx_descriptor *depend_tx;
	dma_async_tx_callback cb_fn;
	void *cb_param;
	void *scribble;
};

#if defined(CONFIG_DMA_ENGINE) && !defined(CONFIG_ASYNC_TX_CHANNEL_SWITCH)
#define async_tx_issue_pending_all dma_issue_pending_all

/**
 * async_tx_issue_pending - start what has been held back beside an operation
 * @tx: its handle, or NULL
 *
 * Any context in which the handle's submitter may run.
 */
static inline void async_tx_issue_pending(struct dma_async_tx_descriptor *tx)
{
	if (tx)
		dma_async_issue_pending(tx->chan);
}

#ifdef CONFIG_ARCH_HAS_ASYNC_TX_FIND_CHANNEL
#include <asm/async_tx.h>
#else
struct dma_chan *
__async_tx_find_channel(struct async_submit_ctl *submit,
			enum dma_transaction_type tx_type);

static inline struct dma_chan *
async_tx_find_channel(struct async_submit_ctl *submit,
		      enum dma_transaction_type tx_type, struct page **dst,
		      int dst_count, struct page **src, int src_count,
		      size_t len)
{
	return __async_tx_find_channel(submit, tx_type);
}
#endif /* CONFIG_ARCH_HAS_ASYNC_TX_FIND_CHANNEL */
#else
static inline void async_tx_issue_pending_all(void)
{
}

static inline void async_tx_issue_pending(struct dma_async_tx_descriptor *tx)
{
}

static inline struct dma_chan *
async_tx_find_channel(struct async_submit_ctl *submit,
		      enum dma_transaction_type tx_type, struct page **dst,
		      int dst_count, struct page **src, int src_count,
		      size_t len)
{
	return NULL;
}
#endif

/**
 * async_tx_sync_epilog - end of an operation that was done in the call
 * @submit: whose callback is due
 */
static inline void
async_tx_sync_epilog(struct async_submit_ctl *submit)
{
	if (submit->cb_fn)
		submit->cb_fn(submit->cb_param);
}

typedef union {
	unsigned long addr;
	struct page *page;
	dma_addr_t dma;
} addr_conv_t;

/**
 * init_async_submit - say how an operation is to be submitted
 * @args: what to fill in
 * @flags: see enum async_tx_flags
 * @tx: handle of the parent, or NULL
 * @cb_fn: callback, or NULL
 * @cb_param: its parameter
 * @scribble: one element a block, or NULL
 */
static inline void
init_async_submit(struct async_submit_ctl *args, enum async_tx_flags flags,
		  struct dma_async_tx_descriptor *tx,
		  dma_async_tx_callback cb_fn, void *cb_param,
		  addr_conv_t *scribble)
{
	*args = (struct async_submit_ctl) {
		.flags = flags,
		.depend_tx = tx,
		.cb_fn = cb_fn,
		.cb_param = cb_param,
		.scribble = scribble,
	};
}

void async_tx_submit(struct dma_chan *chan, struct dma_async_tx_descriptor *tx,
		     struct async_submit_ctl *submit);

struct dma_async_tx_descriptor *
async_xor(struct page *dest, struct page **src_list, unsigned int offset,
	  int src_cnt, size_t len, struct async_submit_ctl *submit);

struct dma_async_tx_descriptor *
async_xor_offs(struct page *dest, unsigned int offset,
	       struct page **src_list, unsigned int *src_offset,
	       int src_cnt, size_t len, struct async_submit_ctl *submit);

struct dma_async_tx_descriptor *
async_xor_val(struct page *dest, struct page **src_list, unsigned int offset,
	      int src_cnt, size_t len, enum sum_check_flags *result,
	      struct async_submit_ctl *submit);

struct dma_async_tx_descriptor *
async_xor_val_offs(struct page *dest, unsigned int offset,
		   struct page **src_list, unsigned int *src_offset,
		   int src_cnt, size_t len, enum sum_check_flags *result,
		   struct async_submit_ctl *submit);

struct dma_async_tx_descriptor *
async_memcpy(struct page *dest, struct page *src, unsigned int dest_offset,
	     unsigned int src_offset, size_t len,
	     struct async_submit_ctl *submit);

struct dma_async_tx_descriptor *
async_memset(struct page *dest, int val, unsigned int offset, size_t len,
	     struct async_submit_ctl *submit);

struct dma_async_tx_descriptor *async_trigger_callback(struct async_submit_ctl *submit);

struct dma_async_tx_descriptor *
async_gen_syndrome(struct page **blocks, unsigned int *offsets, int src_cnt,
		   size_t len, struct async_submit_ctl *submit);

struct dma_async_tx_descriptor *
async_syndrome_val(struct page **blocks, unsigned int *offsets, int src_cnt,
		   size_t len, enum sum_check_flags *pqres, struct page *spare,
		   unsigned int s_off, struct async_submit_ctl *submit);

struct dma_async_tx_descriptor *
async_raid6_2data_recov(int src_num, size_t bytes, int faila, int failb,
			struct page **ptrs, unsigned int *offs,
			struct async_submit_ctl *submit);

struct dma_async_tx_descriptor *
async_raid6_datap_recov(int src_num, size_t bytes, int faila,
			struct page **ptrs, unsigned int *offs,
			struct async_submit_ctl *submit);

void async_tx_quiesce(struct dma_async_tx_descriptor **tx);
int async_tx_result(struct dma_async_tx_descriptor *tx);
#endif /* _ASYNC_TX_H_ */
