/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Executor of bulk memory operations for DMA engines made of software.
 */
#ifndef DMA_SOFT_EXEC_H
#define DMA_SOFT_EXEC_H

#include <linux/bits.h>
#include <linux/dmaengine.h>
#include <linux/errno.h>
#include <linux/types.h>

/* Most sources of one operation: RAID-6 has no more distinct coefficients. */
#define SOFT_MAX_SRCS		255

/*
 * Bytes of each source that one step works on: small enough to leave sources,
 * destinations and scratch in the first cache, and no larger than
 * raid6_empty_zero_page, which stands in for absent sources.
 */
#define SOFT_CHUNK		4096

/* Bytes that one step of a copy or fill moves, where nothing else limits it. */
#define SOFT_LINEAR_CHUNK	(64 * 1024)

/**
 * enum soft_kind - what an operation does
 * @SOFT_INTERRUPT: nothing; it completes in its turn
 * @SOFT_MEMCPY: copy one source to the destination
 * @SOFT_MEMSET: fill the destination with a byte
 * @SOFT_XOR: destination becomes the XOR of all sources
 * @SOFT_XOR_VAL: check that the XOR of all sources is zero
 * @SOFT_PQ: P becomes the XOR, Q the weighted sum over GF(2^8), of all sources
 * @SOFT_PQ_VAL: check P and Q against the sources
 * @SOFT_NR_KINDS: number of kinds
 */
enum soft_kind {
	SOFT_INTERRUPT,
	SOFT_MEMCPY,
	SOFT_MEMSET,
	SOFT_XOR,
	SOFT_XOR_VAL,
	SOFT_PQ,
	SOFT_PQ_VAL,
	SOFT_NR_KINDS,
};

/* The place of P and of Q among an operation's destinations. */
#define SOFT_P			0
#define SOFT_Q			1

#define SOFT_OP_NO_P		BIT(0)	/* P is neither computed nor checked */
#define SOFT_OP_NO_Q		BIT(1)	/* Q is neither computed nor checked */
#define SOFT_OP_CONTINUE	BIT(2)	/* add to the old P and Q */

/**
 * struct soft_op - one operation, described and under way
 * @kind: what to do
 * @flags: SOFT_OP_*, for %SOFT_PQ and %SOFT_PQ_VAL
 * @value: what %SOFT_MEMSET fills with
 * @nr_srcs: number of entries of @src, and of @coef
 * @len: bytes of each block
 * @done: bytes of each block that are finished; starts as 0
 * @dst: where the result goes; P and Q for the PQ kinds
 * @src: addresses of the sources
 * @coef: factors of the sources in Q, for the PQ kinds
 * @result: where the outcome of a check goes, by soft_exec_publish()
 * @found: SUM_CHECK_*_RESULT bits of the mismatches found so far
 * @error: why the operation failed, if soft_exec_step() said that it did
 *
 * An operation is a plain value: it may be copied, and a half-finished one is
 * continued, from @done, by whoever calls soft_exec_step() next.
 */
struct soft_op {
	enum soft_kind kind;
	u8 flags;
	u8 value;
	u16 nr_srcs;
	size_t len;
	size_t done;
	dma_addr_t dst[2];
	dma_addr_t *src;
	u8 *coef;
	enum sum_check_flags *result;
	u8 found;
	enum dmaengine_tx_result error;
};

struct device;
struct soft_exec;

/**
 * struct soft_access - how an executor reaches memory
 * @map: return the kernel address of @len bytes at bus address @addr, or
 *	 ERR_PTR(-EFAULT) when the engine may not access them in this way.  Must
 *	 not sleep.  The range never crosses a multiple of @boundary.
 * @unmap: give back what @map returned; called in reverse order.  May be %NULL.
 * @boundary: power of two, or 0 for none
 * @max_maps: how many mappings may exist at the same time, at least 8
 */
struct soft_access {
	void *(*map)(struct soft_exec *exec, dma_addr_t addr, size_t len,
		     bool write);
	void (*unmap)(struct soft_exec *exec, void *vaddr);
	size_t boundary;
	unsigned int max_maps;
};

/**
 * struct soft_exec - an executor
 * @access: how it reaches memory
 * @dev: device whose bus addresses operations hold, for @access; set by the
 *	owner, after soft_exec_init()
 * @scratch: throw-away P, throw-away Q, and where products leave their parity
 * @blocks: the pointers that lib/raid6 is called with
 *
 * The caller serialises all use of one executor.
 */
struct soft_exec {
	const struct soft_access *access;
	struct device *dev;
	u8 *scratch[3];
	void **blocks;
};

extern const struct soft_access soft_direct_access;
int soft_direct_setup(struct device *dev);

int soft_exec_init(struct soft_exec *exec, const struct soft_access *access,
		   int node);
void soft_exec_destroy(struct soft_exec *exec);
int soft_exec_step(struct soft_exec *exec, struct soft_op *op, size_t max);
void soft_exec_publish(const struct soft_op *op);

/**
 * soft_op_finished - tell whether nothing of an operation remains to be done
 * @op: the operation
 *
 * Return: true if the operation is finished.
 */
static inline bool soft_op_finished(const struct soft_op *op)
{
	return op->done == op->len;
}

/**
 * soft_op_traffic - bytes that a part of an operation reads and writes
 * @op: the operation
 * @len: bytes of each block
 *
 * Context: any.
 * Return: an estimate in bytes, good enough to share time by.
 */
static inline size_t soft_op_traffic(const struct soft_op *op, size_t len)
{
	return len * (op->nr_srcs + 1);
}

#endif /* DMA_SOFT_EXEC_H */
