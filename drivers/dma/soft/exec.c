// SPDX-License-Identifier: GPL-2.0-only
/*
 * Executor of bulk memory operations for DMA engines made of software.
 */

/**
 * DOC: executor
 *
 * An executor carries out the operations of a DMA engine with the CPU.  It
 * knows nothing of channels, rings or cookies: it is given a &struct soft_op,
 * and a &struct soft_access that turns the bus addresses in it into memory.
 * The software engine resolves them as a device without IOMMU does; a simulated
 * engine can let only its own live mappings through.
 *
 * Work is done in steps.  A step covers a short piece of every block, so that
 * whoever calls soft_exec_step() decides between two steps whether to go on, to
 * pause, or to leave the rest to another caller.  All that a half-finished
 * operation needs in order to go on is in the operation itself.
 *
 * Destinations may be sources of the same operation, if they start at the same
 * address.  Any other overlap gives undefined data in that destination.
 */
#include <linux/err.h>
#include <linux/export.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/raid/pq.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "block.h"
#include "exec.h"

/* Mappings that the block-wise ways of computing need at the same time. */
#define SOFT_MIN_MAPS		8

/* Each of them stands in place of one disk or of P or Q. */
#define SOFT_MAX_BLOCKS		(SOFT_MAX_SRCS + 2)

/* Third scratch block: products computed by a syndrome leave a parity there. */
#define SOFT_TRASH		2

/**
 * soft_exec_init - make an executor ready for use
 * @exec: the executor
 * @access: how it reaches memory; must outlive it
 * @node: NUMA node of the CPUs that will run it, or %NUMA_NO_NODE
 *
 * Context: may sleep.
 * Return: 0, or a negative errno: -EINVAL if @access allows too few mappings,
 * -ENOMEM.
 */
int soft_exec_init(struct soft_exec *exec, const struct soft_access *access,
		   int node)
{
	unsigned int i;

	if (WARN_ON_ONCE(access->max_maps < SOFT_MIN_MAPS))
		return -EINVAL;

	memset(exec, 0, sizeof(*exec));
	exec->access = access;
	exec->blocks = kcalloc_node(SOFT_MAX_BLOCKS, sizeof(*exec->blocks),
				    GFP_KERNEL, node);
	if (!exec->blocks)
		return -ENOMEM;

	/* A power of two from kmalloc() is aligned to itself. */
	for (i = 0; i < ARRAY_SIZE(exec->scratch); i++) {
		exec->scratch[i] = kzalloc_node(SOFT_CHUNK, GFP_KERNEL, node);
		if (!exec->scratch[i]) {
			soft_exec_destroy(exec);
			return -ENOMEM;
		}
	}
	return 0;
}
EXPORT_SYMBOL_NS_GPL(soft_exec_init, DMA_SOFT);

/**
 * soft_exec_destroy - release what an executor holds
 * @exec: the executor; may be one that soft_exec_init() failed on
 *
 * Context: any but NMI.  Nobody may be using the executor.
 */
void soft_exec_destroy(struct soft_exec *exec)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(exec->scratch); i++) {
		kfree(exec->scratch[i]);
		exec->scratch[i] = NULL;
	}
	kfree(exec->blocks);
	exec->blocks = NULL;
}
EXPORT_SYMBOL_NS_GPL(soft_exec_destroy, DMA_SOFT);

/*
 * Memory access
 */

static const u8 *soft_map_src(struct soft_exec *exec, struct soft_op *op,
			      unsigned int i, size_t len)
{
	void *src = exec->access->map(exec, op->src[i] + op->done, len, false);

	if (IS_ERR(src))
		op->error = DMA_TRANS_READ_FAILED;
	return src;
}

static u8 *soft_map_dst(struct soft_exec *exec, struct soft_op *op,
			unsigned int i, size_t len)
{
	void *dst = exec->access->map(exec, op->dst[i] + op->done, len, true);

	if (IS_ERR(dst))
		op->error = DMA_TRANS_WRITE_FAILED;
	return dst;
}

/* Accepts what a failed soft_map_*() returned, and NULL, for short clean-ups. */
static void soft_unmap(struct soft_exec *exec, const void *vaddr)
{
	if (!IS_ERR_OR_NULL(vaddr) && exec->access->unmap)
		exec->access->unmap(exec, (void *)vaddr);
}

static size_t soft_clip(size_t len, size_t boundary, dma_addr_t addr)
{
	return min_t(size_t, len, boundary - (addr & (boundary - 1)));
}

/* Shorten a step so that no block crosses a boundary of the access method. */
static size_t soft_step_len(const struct soft_exec *exec,
			    const struct soft_op *op, size_t len)
{
	size_t boundary = exec->access->boundary;
	unsigned int i;

	if (!boundary)
		return len;

	for (i = 0; i < op->nr_srcs; i++)
		len = soft_clip(len, boundary, op->src[i] + op->done);
	for (i = 0; i < ARRAY_SIZE(op->dst); i++)
		len = soft_clip(len, boundary, op->dst[i] + op->done);
	return len;
}

static bool soft_dst_among_srcs(const struct soft_op *op, unsigned int dst)
{
	unsigned int i;

	for (i = 0; i < op->nr_srcs; i++)
		if (op->src[i] == op->dst[dst])
			return true;
	return false;
}

/*
 * Copy and fill
 */

static int soft_memcpy_step(struct soft_exec *exec, struct soft_op *op,
			    size_t len)
{
	const u8 *src = soft_map_src(exec, op, 0, len);
	u8 *dst;

	if (IS_ERR(src))
		return PTR_ERR(src);

	dst = soft_map_dst(exec, op, 0, len);
	if (!IS_ERR(dst) && dst != src)
		memcpy(dst, src, len);

	soft_unmap(exec, dst);
	soft_unmap(exec, src);
	return PTR_ERR_OR_ZERO(dst);
}

static int soft_memset_step(struct soft_exec *exec, struct soft_op *op,
			    size_t len)
{
	u8 *dst = soft_map_dst(exec, op, 0, len);

	if (IS_ERR(dst))
		return PTR_ERR(dst);

	memset(dst, op->value, len);
	soft_unmap(exec, dst);
	return 0;
}

/*
 * XOR
 */

/* A sum of blocks on its way into @dst. */
struct soft_sum {
	u8 *dst;
	size_t len;
	bool simd;
	bool empty;	/* nothing has been added: @dst holds no sum yet */
	unsigned int nr;
	void *batch[SOFT_XOR_BATCH];
};

/* Add the blocks that have been collected, and unmap them. */
static void soft_sum_flush(struct soft_exec *exec, struct soft_sum *sum)
{
	unsigned int first = 0;

	if (!sum->nr)
		return;
	if (sum->empty) {
		memcpy(sum->dst, sum->batch[0], sum->len);
		sum->empty = false;
		first = 1;
	}
	if (first < sum->nr)
		soft_xor_into(sum->dst, sum->batch + first, sum->nr - first,
			      sum->len, sum->simd);
	while (sum->nr)
		soft_unmap(exec, sum->batch[--sum->nr]);
}

/*
 * Write the XOR of all sources to @dst; with @skip, of those that are elsewhere
 * than the bus address that @skip points to.  With @add, the old content of
 * @dst is one more source.
 */
static int soft_xor_sources(struct soft_exec *exec, struct soft_op *op,
			    u8 *dst, size_t len, const dma_addr_t *skip,
			    bool add)
{
	struct soft_sum sum = {
		.dst = dst,
		.len = len,
		.simd = soft_simd_usable(),
		.empty = !add,
	};
	unsigned int i;

	for (i = 0; i < op->nr_srcs; i++) {
		const u8 *src;

		if (skip && op->src[i] == *skip)
			continue;

		src = soft_map_src(exec, op, i, len);
		if (IS_ERR(src)) {
			while (sum.nr)
				soft_unmap(exec, sum.batch[--sum.nr]);
			return PTR_ERR(src);
		}
		sum.batch[sum.nr++] = (void *)src;
		if (sum.nr == SOFT_XOR_BATCH)
			soft_sum_flush(exec, &sum);
	}
	soft_sum_flush(exec, &sum);

	if (sum.empty)
		memset(dst, 0, len);
	return 0;
}

/*
 * XOR all sources into one destination of the operation.  Each time that the
 * destination is a source, and once more if its old content counts, it is a
 * term of its own new value; two equal terms cancel.
 */
static int soft_xor_into_dst(struct soft_exec *exec, struct soft_op *op,
			     unsigned int dst_nr, size_t len, bool add)
{
	u8 *dst = soft_map_dst(exec, op, dst_nr, len);
	unsigned int i;
	int ret;

	if (IS_ERR(dst))
		return PTR_ERR(dst);

	for (i = 0; i < op->nr_srcs; i++)
		add ^= op->src[i] == op->dst[dst_nr];
	ret = soft_xor_sources(exec, op, dst, len, &op->dst[dst_nr], add);

	soft_unmap(exec, dst);
	return ret;
}

static int soft_xor_step(struct soft_exec *exec, struct soft_op *op, size_t len)
{
	return soft_xor_into_dst(exec, op, 0, len, false);
}

static int soft_xor_val_step(struct soft_exec *exec, struct soft_op *op,
			     size_t len)
{
	u8 *sum = exec->scratch[SOFT_P];
	int ret = soft_xor_sources(exec, op, sum, len, NULL, false);

	if (!ret && memchr_inv(sum, 0, len))
		op->found |= SUM_CHECK_P_RESULT;
	return ret;
}

/*
 * P and Q
 */

/*
 * Coefficients that are rising powers of the generator belong to the disks of
 * an array, in order, some of them perhaps absent.  lib/raid6 computes those
 * fastest.  Return the number of disks, absent ones included, or 0 where the
 * coefficients are others, or where going source by source is cheaper.
 */
static unsigned int soft_pq_disks(const struct soft_exec *exec,
				  const struct soft_op *op)
{
	unsigned int disks = 0;
	unsigned int i;

	if (op->nr_srcs + 2 > exec->access->max_maps)
		return 0;

	for (i = 0; i < op->nr_srcs; i++) {
		unsigned int disk = raid6_gflog[op->coef[i]];

		if (!op->coef[i] || disk < disks)
			return 0;
		disks = disk + 1;
	}

	/* By itself, each source costs as much as a disk for each bit. */
	return disks <= op->nr_srcs * BITS_PER_BYTE ? disks : 0;
}

static void soft_syndrome_tail(struct soft_op *op, void **blocks,
			       unsigned int disks, size_t from, size_t len,
			       u8 *trash, bool add)
{
	u8 *p = blocks[disks] + from;
	u8 *q = blocks[disks + 1] + from;
	unsigned int i;

	if (!add) {
		memset(p, 0, len);
		memset(q, 0, len);
	}
	for (i = 0; i < op->nr_srcs; i++) {
		void *src = blocks[raid6_gflog[op->coef[i]]] + from;

		soft_xor_into(p, &src, 1, len, false);
		soft_mul_into(q, src, op->coef[i], len, trash, false);
	}
}

/* P and Q in one pass over all sources; @disks is what soft_pq_disks() said. */
static int soft_pq_by_syndrome(struct soft_exec *exec, struct soft_op *op,
			       unsigned int disks, u8 *p, u8 *q, size_t len,
			       bool add)
{
	unsigned int first = raid6_gflog[op->coef[0]];
	unsigned int last = raid6_gflog[op->coef[op->nr_srcs - 1]];
	void **blocks = exec->blocks;
	bool aligned = soft_block_aligned(p) && soft_block_aligned(q);
	unsigned int i, mapped;
	size_t fast = 0;
	int ret = 0;

	/* The routines of lib/raid6 read two disks at least. */
	disks = max(disks, 2);
	for (i = 0; i < disks; i++)
		blocks[i] = (void *)raid6_empty_zero_page;
	blocks[disks] = p;
	blocks[disks + 1] = q;

	for (mapped = 0; mapped < op->nr_srcs; mapped++) {
		const u8 *src = soft_map_src(exec, op, mapped, len);

		if (IS_ERR(src)) {
			ret = PTR_ERR(src);
			break;
		}
		blocks[raid6_gflog[op->coef[mapped]]] = (void *)src;
		aligned &= soft_block_aligned(src);
	}

	if (!ret) {
		if (aligned && soft_simd_usable() &&
		    (!add || raid6_call.xor_syndrome))
			fast = soft_simd_len(len);
		if (fast && add)
			raid6_call.xor_syndrome(disks + 2, first, last, fast,
						blocks);
		else if (fast)
			raid6_call.gen_syndrome(disks + 2, fast, blocks);
		if (fast < len)
			soft_syndrome_tail(op, blocks, disks, fast, len - fast,
					   exec->scratch[SOFT_TRASH], add);
	}

	while (mapped)
		soft_unmap(exec, blocks[raid6_gflog[op->coef[--mapped]]]);
	return ret;
}

/* P, unless NULL, and Q, one source after the other. */
static int soft_pq_by_source(struct soft_exec *exec, struct soft_op *op,
			     u8 *p, u8 *q, size_t len, bool add)
{
	bool simd = soft_simd_usable();
	unsigned int i;

	if (!add) {
		if (p)
			memset(p, 0, len);
		memset(q, 0, len);
	}
	for (i = 0; i < op->nr_srcs; i++) {
		const u8 *src = soft_map_src(exec, op, i, len);
		void *addend = (void *)src;

		if (IS_ERR(src))
			return PTR_ERR(src);
		if (p)
			soft_xor_into(p, &addend, 1, len, simd);
		soft_mul_into(q, src, op->coef[i], len,
			      exec->scratch[SOFT_TRASH], simd);
		soft_unmap(exec, src);
	}
	return 0;
}

/* Compute Q into @q, and P into @p unless that is NULL. */
static int soft_pq_compute(struct soft_exec *exec, struct soft_op *op,
			   u8 *p, u8 *q, size_t len, bool add)
{
	unsigned int disks = soft_pq_disks(exec, op);

	if (!disks)
		return soft_pq_by_source(exec, op, p, q, len, add);
	return soft_pq_by_syndrome(exec, op, disks,
				   p ?: exec->scratch[SOFT_P], q, len, add);
}

static int soft_pq_step(struct soft_exec *exec, struct soft_op *op, size_t len)
{
	bool add = op->flags & SOFT_OP_CONTINUE;
	bool want_p = !(op->flags & SOFT_OP_NO_P);
	u8 *p = NULL, *q, *p_dst = NULL, *q_dst;
	bool in_place;
	int ret;

	if (op->flags & SOFT_OP_NO_Q)
		return soft_xor_into_dst(exec, op, SOFT_P, len, add);

	if (want_p) {
		p_dst = soft_map_dst(exec, op, SOFT_P, len);
		if (IS_ERR(p_dst))
			return PTR_ERR(p_dst);
	}
	q_dst = soft_map_dst(exec, op, SOFT_Q, len);
	if (IS_ERR(q_dst)) {
		ret = PTR_ERR(q_dst);
		goto out_unmap;
	}

	/* A source that is a destination must be read to its end first. */
	in_place = (want_p && soft_dst_among_srcs(op, SOFT_P)) ||
		   soft_dst_among_srcs(op, SOFT_Q);
	q = in_place ? exec->scratch[SOFT_Q] : q_dst;
	if (want_p)
		p = in_place ? exec->scratch[SOFT_P] : p_dst;
	if (in_place && add) {
		if (want_p)
			memcpy(p, p_dst, len);
		memcpy(q, q_dst, len);
	}

	ret = soft_pq_compute(exec, op, p, q, len, add);

	if (in_place && !ret) {
		if (want_p)
			memcpy(p_dst, p, len);
		memcpy(q_dst, q, len);
	}
out_unmap:
	soft_unmap(exec, q_dst);
	soft_unmap(exec, p_dst);
	return ret;
}

/* Compare what was computed with one destination of the operation. */
static int soft_pq_compare(struct soft_exec *exec, struct soft_op *op,
			   unsigned int dst, enum sum_check_flags mismatch,
			   size_t len)
{
	const u8 *given = exec->access->map(exec, op->dst[dst] + op->done, len,
					    false);

	if (IS_ERR(given)) {
		op->error = DMA_TRANS_READ_FAILED;
		return PTR_ERR(given);
	}
	if (memcmp(given, exec->scratch[dst], len))
		op->found |= mismatch;
	soft_unmap(exec, given);
	return 0;
}

static int soft_pq_val_step(struct soft_exec *exec, struct soft_op *op,
			    size_t len)
{
	bool want_p = !(op->flags & SOFT_OP_NO_P);
	bool want_q = !(op->flags & SOFT_OP_NO_Q);
	u8 *p = exec->scratch[SOFT_P];
	int ret;

	if (want_q)
		ret = soft_pq_compute(exec, op, want_p ? p : NULL,
				      exec->scratch[SOFT_Q], len, false);
	else
		ret = soft_xor_sources(exec, op, p, len, NULL, false);

	if (!ret && want_p)
		ret = soft_pq_compare(exec, op, SOFT_P, SUM_CHECK_P_RESULT, len);
	if (!ret && want_q)
		ret = soft_pq_compare(exec, op, SOFT_Q, SUM_CHECK_Q_RESULT, len);
	return ret;
}

static const struct soft_kind_ops {
	int (*step)(struct soft_exec *exec, struct soft_op *op, size_t len);
	size_t chunk;
} soft_kinds[SOFT_NR_KINDS] = {
	[SOFT_MEMCPY]	= { soft_memcpy_step,	SOFT_LINEAR_CHUNK },
	[SOFT_MEMSET]	= { soft_memset_step,	SOFT_LINEAR_CHUNK },
	[SOFT_XOR]	= { soft_xor_step,	SOFT_CHUNK },
	[SOFT_XOR_VAL]	= { soft_xor_val_step,	SOFT_CHUNK },
	[SOFT_PQ]	= { soft_pq_step,	SOFT_CHUNK },
	[SOFT_PQ_VAL]	= { soft_pq_val_step,	SOFT_CHUNK },
};

/**
 * soft_exec_step - do the next piece of an operation
 * @exec: executor to do it with
 * @op: the operation; not finished, unless it is a %SOFT_INTERRUPT
 * @max: most bytes of each block to do, at least 1
 *
 * Advances @op->done.  The destinations hold their final content up to there
 * and their old content behind it.  What is written is not ordered against a
 * flag that the caller sets afterwards: that takes the caller's own barrier.
 *
 * Context: any but NMI; the vector unit is used where it may be.  The caller
 * owns @exec, and keeps it from being used by anybody else, which includes
 * interrupts on the same CPU.
 * Return: 0, or -EFAULT if a block could not be accessed; @op->error says in
 * which direction, and the destinations' content from @op->done on, as far as
 * the step went, is undefined.
 */
int soft_exec_step(struct soft_exec *exec, struct soft_op *op, size_t max)
{
	const struct soft_kind_ops *kind = &soft_kinds[op->kind];
	size_t len = min3(op->len - op->done, max, kind->chunk);
	int ret;

	if (!len)
		return 0;

	len = soft_step_len(exec, op, len);
	ret = kind->step(exec, op, len);
	if (!ret)
		op->done += len;
	return ret;
}
EXPORT_SYMBOL_NS_GPL(soft_exec_step, DMA_SOFT);

/**
 * soft_exec_publish - report the outcome of a finished check
 * @op: the operation; of any kind
 *
 * Writes the word that the client gave: a bit for each sum that did not match,
 * and 0 in all others.  Does nothing for operations that check nothing.
 *
 * Context: any.
 */
void soft_exec_publish(const struct soft_op *op)
{
	if (op->result)
		*op->result = op->found;
}
EXPORT_SYMBOL_NS_GPL(soft_exec_publish, DMA_SOFT);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Executor for DMA engines made of software");
