/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Buffers, operations and chains for the async_tx tests
 */
#ifndef ATX_TESTS_FIXTURE_H
#define ATX_TESTS_FIXTURE_H

#include <kunit/test.h>
#include <linux/async_tx.h>
#include <linux/completion.h>
#include <linux/mm.h>
#include <linux/prandom.h>

/*
 * A buffer is a window of two pages between two guard pages.  The API sees the
 * window's first page; the guards are neighbours that no operation may change.
 */
#define ATX_WINDOW	(2 * PAGE_SIZE)
#define ATX_BUF_ORDER	2
#define ATX_BUF_SIZE	(PAGE_SIZE << ATX_BUF_ORDER)

/* RAID-6 coefficients repeat after 255 blocks: no operation takes more */
#define ATX_MAX_BLOCKS	255

/*
 * Numbers of the buffers: one that no operation ever names, one for the
 * destination or the spare page, and the blocks.
 */
#define ATX_DECOY	0
#define ATX_DST		1
#define ATX_BLK(i)	(2 + (i))
#define ATX_MAX_BUFS	ATX_BLK(ATX_MAX_BLOCKS)

/**
 * struct atx_buf - a guarded buffer and its model
 * @page: first page of the window
 * @mem: all the memory, guards included
 * @want: what @mem has to hold
 * @alt: contents of the window's part at @alt_off that are right as well: a
 *	validation may or may not leave its result in the destination
 * @alt_off: where, from the start of the window
 * @alt_len: bytes, 0 if there is no alternative
 */
struct atx_buf {
	struct page *page;
	u8 *mem;
	u8 *want;
	u8 *alt;
	unsigned int alt_off;
	size_t alt_len;
};

enum atx_kind {
	ATX_MEMCPY,
	ATX_MEMSET,
	ATX_XOR,
	ATX_XOR_VAL,
	ATX_PQ,
	ATX_PQ_VAL,
	ATX_DATAP,
	ATX_2DATA,
	ATX_NR_KINDS
};

/**
 * enum atx_offs - how the offsets of the blocks are given to the API
 * @ATX_OFFS_EACH: an array with an offset for each block
 * @ATX_OFFS_COMMON: one offset for all, by the function that takes no array if
 *	there is one
 * @ATX_OFFS_NULL: no array; for xor this is the common offset, else zero
 * @ATX_NR_OFFS: how many ways
 */
enum atx_offs {
	ATX_OFFS_EACH,
	ATX_OFFS_COMMON,
	ATX_OFFS_NULL,
	ATX_NR_OFFS
};

/**
 * enum atx_end - how the client learns that a chain has ended
 * @ATX_END_CB: callback, acknowledged when submitted
 * @ATX_END_CB_ACK: callback, acknowledged after it
 * @ATX_END_QUIESCE: async_tx_quiesce()
 * @ATX_END_WAIT: dma_wait_for_async_tx(), acknowledged after it
 * @ATX_END_ACK: acknowledged when submitted, no callback, then quiesced
 * @ATX_END_TRIGGER: callback of an async_trigger_callback() behind the chain
 * @ATX_NR_ENDS: how many ways
 */
enum atx_end {
	ATX_END_CB,
	ATX_END_CB_ACK,
	ATX_END_QUIESCE,
	ATX_END_WAIT,
	ATX_END_ACK,
	ATX_END_TRIGGER,
	ATX_NR_ENDS
};

/**
 * struct atx_op - an operation, and its arguments as the API sees them
 * @kind: which function
 * @flags: the flags that change the result
 * @offs_how: how @off is passed
 * @bad: the arguments have to be refused, the model stays as it is
 * @no_scribble: pass no scribble space
 * @atomic: call with preemption off, as md does
 * @len: bytes
 * @nr: blocks in @blk: sources of an xor, disks (with P and Q) of the others,
 *	the source of a memcpy
 * @dst: destination, or spare page of a P+Q validation (may be NULL)
 * @dst_off: offset in @dst
 * @val: fill byte
 * @faila: first lost block
 * @failb: second lost block
 * @result: where the validation writes
 * @want_result: what it has to write
 * @blk: blocks, NULL where a block is missing
 * @off: their offsets
 * @pages: array for the API
 * @offs: array for the API
 * @scribble: scribble space for the API
 */
struct atx_op {
	enum atx_kind kind;
	enum async_tx_flags flags;
	enum atx_offs offs_how;
	bool bad;
	bool no_scribble;
	bool atomic;
	size_t len;
	unsigned int nr;
	struct atx_buf *dst;
	unsigned int dst_off;
	int val;
	int faila;
	int failb;
	enum sum_check_flags result;
	enum sum_check_flags want_result;
	struct atx_buf **blk;
	unsigned int *off;
	struct page **pages;
	unsigned int *offs;
	addr_conv_t *scribble;
};

/**
 * struct atx_probe - what a callback saw
 * @done: completed by each call
 * @calls: number of calls
 * @hardirq: one of them came in hard interrupt context
 * @wrong: one of them came before the result of @op was in memory
 * @op: operation whose result the callback checks, may be NULL
 */
struct atx_probe {
	struct completion done;
	atomic_t calls;
	bool hardirq;
	bool wrong;
	const struct atx_op *op;
};

/**
 * struct atx_ctx - state of one test case or of one thread of it
 * @rnd: random numbers, from the module's seed
 * @tmp: two scratch blocks for the model
 * @turn: counts operations; selects what is varied beside the parameters
 * @fails: errors found
 * @msg: the first of them, with every parameter
 *
 * Errors are collected here and not reported at once, since callbacks and the
 * threads of a test must not use KUnit's assertions.
 */
struct atx_ctx {
	struct rnd_state rnd;
	u8 *tmp[2];
	unsigned int turn;
	unsigned int fails;
	char msg[400];
};

/**
 * struct atx_chain - operations, each of which depends on the one before
 * @ops: the operations, first to last
 * @nr: how many
 * @end: how to wait for the last
 * @atomic: submit the whole chain with preemption off
 * @probe: what the callback at the end saw
 * @tx: handle of the last operation
 */
struct atx_chain {
	struct atx_op **ops;
	unsigned int nr;
	enum atx_end end;
	bool atomic;
	struct atx_probe probe;
	struct dma_async_tx_descriptor *tx;
};

/**
 * enum atx_null_pattern - which of a number of blocks are missing
 * @ATX_NULL_FIRST: the first
 * @ATX_NULL_LAST: the last
 * @ATX_NULL_ENDS: both of them
 * @ATX_NULL_MIDDLE: one in the middle
 * @ATX_NULL_ODD: every other
 * @ATX_NULL_BUT_FIRST: all but the first
 * @ATX_NULL_BUT_LAST: all but the last
 * @ATX_NULL_BUT_MIDDLE: all but one in the middle
 * @ATX_NULL_ALL: all
 */
enum atx_null_pattern {
	ATX_NULL_FIRST,
	ATX_NULL_LAST,
	ATX_NULL_ENDS,
	ATX_NULL_MIDDLE,
	ATX_NULL_ODD,
	ATX_NULL_BUT_FIRST,
	ATX_NULL_BUT_LAST,
	ATX_NULL_BUT_MIDDLE,
	ATX_NULL_ALL,
};

/**
 * struct atx_null - parameter of a case that leaves out blocks
 * @name: its name
 * @pattern: which
 */
struct atx_null {
	const char *name;
	enum atx_null_pattern pattern;
};

/* lengths around everything that code likes to work in */
extern const size_t atx_lens[];
extern const unsigned int atx_nr_lens;

/* for cases that get the length as parameter */
const void *atx_len_gen_params(const void *prev, char *desc);

/* for cases that get a pattern of missing blocks as parameter */
const void *atx_null_gen_params(const void *prev, char *desc);
bool atx_is_null(const struct atx_null *null, unsigned int i, unsigned int nr);

int atx_init(struct kunit *test);
void atx_exit(struct kunit *test);
void atx_suite_exit(struct kunit_suite *suite);
int atx_ctx_init(struct kunit *test, struct atx_ctx *ctx, u32 stream);
u32 atx_rnd(struct atx_ctx *ctx, u32 below);
__printf(3, 4)
void atx_fail(struct atx_ctx *ctx, const struct atx_op *op, const char *fmt, ...);
void atx_report(struct kunit *test, struct atx_ctx *ctx);

struct atx_buf *atx_buf(struct kunit *test, unsigned int i);
u8 *atx_want(const struct atx_buf *buf, ssize_t off);
u8 *atx_mem(const struct atx_buf *buf, ssize_t off);
void atx_fill(struct atx_ctx *ctx, struct atx_buf *buf, unsigned int off, size_t len);
void atx_flip(struct atx_buf *buf, ssize_t off, u8 bits);
bool atx_buf_check(struct atx_ctx *ctx, const struct atx_op *op,
		   struct atx_buf *buf, const char *what);

struct atx_op *atx_op(struct kunit *test, enum atx_kind kind, unsigned int nr);
void atx_op_fill(struct atx_ctx *ctx, struct atx_op *op);
void atx_op_make_syndrome(struct atx_op *op);
void atx_op_make_parity(struct atx_op *op);
void atx_op_model(struct atx_ctx *ctx, struct atx_op *op);
struct dma_async_tx_descriptor *
atx_op_submit_ctl(struct atx_ctx *ctx, struct atx_op *op, struct async_submit_ctl *submit);
struct dma_async_tx_descriptor *
atx_op_submit(struct atx_ctx *ctx, struct atx_op *op, enum async_tx_flags flags,
	      struct dma_async_tx_descriptor *depend_tx,
	      dma_async_tx_callback cb_fn, void *cb_param);
bool atx_op_result_ok(const struct atx_op *op);
void atx_op_check(struct atx_ctx *ctx, struct atx_op *op);

void atx_probe_init(struct atx_probe *probe, const struct atx_op *op);
void atx_probe_cb(void *param);
void atx_probe_wait(struct atx_ctx *ctx, const struct atx_op *op, struct atx_probe *probe);
void atx_probe_check(struct atx_ctx *ctx, const struct atx_op *op,
		     struct atx_probe *probe, int calls);

void atx_chain_start(struct atx_ctx *ctx, struct atx_chain *chain);
void atx_chain_finish(struct atx_ctx *ctx, struct atx_chain *chain);
void atx_run(struct atx_ctx *ctx, struct atx_op *op);

void atx_engine_at_work(struct kunit *test, enum dma_transaction_type cap,
			const enum atx_kind *kinds, unsigned int nr);

#endif /* ATX_TESTS_FIXTURE_H */
