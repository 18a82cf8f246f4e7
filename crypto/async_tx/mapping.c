// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which operation has which memory
 */

/**
 * DOC: ownership of buffers
 *
 * The DMA API gives a mapped range to one device, and nobody else may touch it
 * until it is unmapped.  Clients do not think of this: a copy out of a page in
 * one chain and a copy into it in another may be under way at the same time.
 * So every operation takes its ranges before it is mapped or run by a CPU, and
 * gives them back when it is complete: any number of operations may read a
 * range, and one that writes it has it alone.  Who comes second waits, as for a
 * parent.
 *
 * The ranges stand in a table of buckets by page, and are taken one by one.
 * A range that is alone in its bucket comes and goes by a cmpxchg(); where there
 * are more, or somebody looks, they stand on a list with a lock.  If one is not
 * free, those taken already are given back, and all is tried once more, under a
 * lock that lets only one operation at a time do so: whatever is in the way then
 * belongs to an operation that has all it needs, and so will end, or to one that
 * is just trying for the first time, and will give way at once.  Nobody waits
 * while holding a range, so no two wait for each other.
 *
 * An operation that its caller runs has no entry; it waits until no other is in
 * the way, and is over before the caller does anything else.
 *
 * A range that is an input and also an output of the same operation must not be
 * written until the operation is known to have succeeded: it could not be
 * repeated.  An engine writes such a result to a page in between, from which it
 * is copied afterwards.
 */
#include <linux/cache.h>
#include <linux/dma-map-ops.h>
#include <linux/dma-mapping.h>
#include <linux/hash.h>
#include <linux/highmem.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/math.h>
#include <linux/mempool.h>
#include <linux/module.h>

#include "core.h"

#define ASYNC_TX_RANGE_BITS	12
#define ASYNC_TX_BOUNCE_PAGES	32

/**
 * struct async_tx_bucket - ranges that begin in certain pages
 * @sole: the buffer whose operation holds the only one; NULL if there is none.
 *	ASYNC_TX_MANY: they are on the list
 * @lock: protects the list; who has it has made @sole ASYNC_TX_MANY.  The lock of
 *	an operation is inside it.
 * @ranges: buffers whose operations hold them: those that are read, which any
 *	number of readers need not go through, and those that are written
 */
struct async_tx_bucket {
	struct async_tx_buf *sole;
	spinlock_t lock; /* see above */
	struct hlist_head ranges[2];
};

#define ASYNC_TX_MANY	((struct async_tx_buf *)1)

static struct async_tx_bucket buckets[1 << ASYNC_TX_RANGE_BITS];

/* Ranges in the table that are ASYNC_TX_BUF_BEYOND. */
static atomic_t nr_beyond = ATOMIC_INIT(0);

/* Held by the one that tries for the second time.  Outermost. */
static DEFINE_SPINLOCK(second_try);

static mempool_t *bounce_pool;

/* The first and the last byte. */
struct async_tx_range {
	phys_addr_t first;
	phys_addr_t last;
	bool write;
};

static phys_addr_t async_tx_buf_first(const struct async_tx_buf *buf)
{
	return page_to_phys(buf->page) + buf->offset;
}

static struct async_tx_range async_tx_buf_range(const struct async_tx_buf *buf)
{
	phys_addr_t first = async_tx_buf_first(buf);

	return (struct async_tx_range) { first, first + buf->op->len - 1, buf->write };
}

/*
 * Of one that is written and another, which is not to be touched meanwhile: what
 * shares a cache line is as good as one.
 */
static bool async_tx_clash(const struct async_tx_range *a,
			   const struct async_tx_range *b)
{
	return a->first / L1_CACHE_BYTES <= b->last / L1_CACHE_BYTES &&
	       b->first / L1_CACHE_BYTES <= a->last / L1_CACHE_BYTES;
}

/* The bucket of what begins in a page. */
static struct async_tx_bucket *async_tx_bucket(const struct page *page)
{
	return &buckets[hash_ptr(page, ASYNC_TX_RANGE_BITS)];
}

static struct async_tx_bucket *async_tx_buf_bucket(const struct async_tx_buf *buf)
{
	if (unlikely(buf->odd & ASYNC_TX_BUF_BEYOND))
		return async_tx_bucket(nth_page(buf->page, buf->offset / PAGE_SIZE));
	return async_tx_bucket(buf->page);
}

static void async_tx_bucket_add(struct async_tx_bucket *bucket, struct async_tx_buf *buf)
{
	hlist_add_head(&buf->node, &bucket->ranges[buf->write]);
}

/* From here on nobody comes or goes without the lock.  BHs are disabled. */
static void async_tx_bucket_lock(struct async_tx_bucket *bucket)
	__acquires(&bucket->lock)
{
	struct async_tx_buf *sole;

	spin_lock(&bucket->lock);
	sole = xchg(&bucket->sole, ASYNC_TX_MANY);
	if (sole && sole != ASYNC_TX_MANY)
		async_tx_bucket_add(bucket, sole);
}

static void async_tx_bucket_unlock(struct async_tx_bucket *bucket)
	__releases(&bucket->lock)
{
	if (hlist_empty(&bucket->ranges[0]) && hlist_empty(&bucket->ranges[1]))
		/* Pairs with async_tx_settle(). */
		smp_store_release(&bucket->sole, NULL);
	spin_unlock(&bucket->lock);
}

/*
 * What one of a train writes, a later one may read, through the same mapping:
 * if it is the same block, and the engine does write it.
 */
static bool async_tx_share(struct async_tx_buf *src, struct async_tx_buf *dst,
			   const struct async_tx_range *want,
			   const struct async_tx_range *has)
{
	if (!src || READ_ONCE(dst->op->lead) != src->op->lead || want->write ||
	    want->first != has->first || want->last != has->last ||
	    (dst->odd & ASYNC_TX_BUF_CPU_ONLY) || dst->bounce)
		return false;
	src->shared = dst;
	src->odd |= ASYNC_TX_BUF_SHARED;
	src->op->lent = true;
	return true;
}

/*
 * An operation other than @op that has @range so that @op cannot have it, nor
 * share it as @shareable, if that is not NULL.
 */
static struct async_tx_op *async_tx_conflict(struct async_tx_bucket *bucket,
					     const struct async_tx_op *op,
					     const struct async_tx_range *range,
					     struct async_tx_buf *shareable)
{
	struct async_tx_buf *buf;
	int write;

	lockdep_assert_held(&bucket->lock);

	for (write = !range->write; write < 2; write++) {
		hlist_for_each_entry(buf, &bucket->ranges[write], node) {
			struct async_tx_range other = async_tx_buf_range(buf);

			if (buf->op != op && async_tx_clash(range, &other) &&
			    !async_tx_share(shareable, buf, range, &other))
				return buf->op;
		}
	}
	return NULL;
}

enum async_tx_found { RANGE_FREE, RANGE_TAKEN, RANGE_WAIT };

/*
 * Look for who has some of @range in the bucket of @pfn.  With @wait, let @op
 * wait for that one.
 */
static enum async_tx_found
async_tx_look(unsigned long pfn, struct async_tx_op *op,
	      const struct async_tx_range *range, bool wait)
{
	enum async_tx_found found = RANGE_FREE;
	struct async_tx_bucket *bucket;
	struct async_tx_op *other;

	if (!pfn_valid(pfn))
		return RANGE_FREE;
	bucket = async_tx_bucket(pfn_to_page(pfn));
	async_tx_bucket_lock(bucket);
	other = async_tx_conflict(bucket, op, range, NULL);
	if (other) {
		found = RANGE_TAKEN;
		/* Who does not hold all of its ranges is about to give way. */
		if (wait && READ_ONCE(other->held) && async_tx_wait_on(op, other))
			found = RANGE_WAIT;
	}
	async_tx_bucket_unlock(bucket);
	return found;
}

/* The other pages in whose buckets there may be something that overlaps. */
static enum async_tx_found
async_tx_look_beside(struct async_tx_op *op, const struct async_tx_range *range,
		     bool wait)
{
	unsigned long pfn = PHYS_PFN(range->first);
	enum async_tx_found found = RANGE_FREE;

	if (pfn && atomic_read_acquire(&nr_beyond))
		found = async_tx_look(pfn - 1, op, range, wait);
	while (found == RANGE_FREE && pfn++ != PHYS_PFN(range->last))
		found = async_tx_look(pfn, op, range, wait);
	return found;
}

/* Leave a bucket where one is not alone. */
static noinline void async_tx_leave_others(struct async_tx_bucket *bucket,
					   struct async_tx_buf *buf)
{
	async_tx_bucket_lock(bucket);
	__hlist_del(&buf->node);
	async_tx_bucket_unlock(bucket);
}

/* The same for a range that is not one within a page. */
static noinline void async_tx_leave_odd(struct async_tx_buf *buf)
{
	struct async_tx_bucket *bucket;

	if (buf->odd & ASYNC_TX_BUF_ABSENT)
		return;
	bucket = async_tx_buf_bucket(buf);
	if (cmpxchg(&bucket->sole, buf, NULL) != buf)
		async_tx_leave_others(bucket, buf);
	if (buf->odd & ASYNC_TX_BUF_BEYOND) {
		/* Pairs with async_tx_ranges_try(). */
		smp_mb__before_atomic();
		atomic_dec(&nr_beyond);
	}
}

static __always_inline void async_tx_leave_range(struct async_tx_buf *buf)
{
	struct async_tx_bucket *bucket = async_tx_bucket(buf->page);

	if (unlikely(buf->odd))
		async_tx_leave_odd(buf);
	else if (unlikely(cmpxchg(&bucket->sole, buf, NULL) != buf))
		async_tx_leave_others(bucket, buf);
}

/* Enter a range in a bucket where it is not alone, if nobody there has any of it. */
static noinline bool async_tx_enter_among(struct async_tx_bucket *bucket,
					  struct async_tx_buf *buf)
{
	struct async_tx_range range = async_tx_buf_range(buf);
	bool free;

	async_tx_bucket_lock(bucket);
	free = !async_tx_conflict(bucket, buf->op, &range, buf);
	if (free)
		async_tx_bucket_add(bucket, buf);
	async_tx_bucket_unlock(bucket);
	/* As after the cmpxchg() of one that is alone. */
	smp_mb();
	return free;
}

/* The same for a range that is not one within a page. */
static noinline bool async_tx_enter_odd(struct async_tx_buf *buf)
{
	bool beyond = buf->odd & ASYNC_TX_BUF_BEYOND;
	struct async_tx_bucket *bucket;

	if (buf->odd & ASYNC_TX_BUF_ABSENT)
		return true;
	bucket = async_tx_buf_bucket(buf);
	if (beyond)
		atomic_inc(&nr_beyond);
	if (!cmpxchg(&bucket->sole, NULL, buf) || async_tx_enter_among(bucket, buf))
		return true;
	if (beyond)
		atomic_dec(&nr_beyond);
	return false;
}

/* Enter a range in the table, if nobody has any of it that begins in the same page. */
static __always_inline bool async_tx_enter_range(struct async_tx_buf *buf)
{
	struct async_tx_bucket *bucket = async_tx_bucket(buf->page);

	if (unlikely(buf->odd))
		return async_tx_enter_odd(buf);
	return likely(!cmpxchg(&bucket->sole, NULL, buf)) || async_tx_enter_among(bucket, buf);
}

/* All ranges of an operation have been entered: the first that somebody has some of. */
static noinline struct async_tx_buf *async_tx_taken_beside(struct async_tx_op *op)
{
	struct async_tx_buf *buf;

	for (buf = op->buf; buf < op->end; buf++) {
		struct async_tx_range range;

		if (buf->odd & ASYNC_TX_BUF_ABSENT)
			continue;
		range = async_tx_buf_range(buf);
		if (async_tx_look_beside(op, &range, false) != RANGE_FREE)
			return buf;
	}
	return NULL;
}

/* Wait for who has the range, if it is still taken. */
static enum async_tx_found async_tx_wait_for_range(struct async_tx_buf *buf)
{
	struct async_tx_range range = async_tx_buf_range(buf);
	enum async_tx_found found;

	found = async_tx_look(PHYS_PFN(range.first), buf->op, &range, true);
	return found ?: async_tx_look_beside(buf->op, &range, true);
}

/**
 * async_tx_ranges_try - take the ranges of all buffers, if they are free
 * @op: nobody else has it.  If it is in a train, sources may be shared with that
 *
 * Context: BHs disabled.
 * Return: NULL if @op has them all.  Else it has none: the first that is not free.
 */
struct async_tx_buf *async_tx_ranges_try(struct async_tx_op *op)
{
	struct async_tx_buf *end = op->end, *buf, *taken;

	for (buf = op->buf; buf < end; buf++) {
		taken = buf;
		if (unlikely(!async_tx_enter_range(buf)))
			goto leave;
	}
	/* Pairs with the other one's, that enters its ranges before or after. */
	smp_mb__after_atomic();
	if (unlikely(atomic_read_acquire(&nr_beyond))) {
		taken = async_tx_taken_beside(op);
		if (taken)
			goto leave;
	}
	WRITE_ONCE(op->held, true);
	return NULL;

leave:
	while (buf-- > op->buf)
		async_tx_leave_range(buf);
	for (buf = op->buf; buf < end; buf++)
		buf->odd &= ~ASYNC_TX_BUF_SHARED;
	return taken;
}

/**
 * async_tx_ranges_wait - take the ranges of all buffers, or wait for who has one
 * @op: nobody else has it
 *
 * Context: BHs disabled.
 * Return: true if @op has them all.  If false, it waits for who has one.
 */
bool async_tx_ranges_wait(struct async_tx_op *op)
{
	struct async_tx_buf *taken;

	guard(spinlock)(&second_try);

	while ((taken = async_tx_ranges_try(op))) {
		/* Nothing is held any more: now it may wait for who is in the way. */
		if (async_tx_wait_for_range(taken) == RANGE_WAIT)
			return false;
		cpu_relax();
	}
	return true;
}

/**
 * async_tx_ranges_put - give back the ranges of an operation
 * @op: nobody else has it
 *
 * Context: BHs disabled.
 */
void async_tx_ranges_put(struct async_tx_op *op)
{
	struct async_tx_buf *end = op->end, *buf;

	if (!op->held)
		return;
	for (buf = op->buf; buf < end; buf++)
		async_tx_leave_range(buf);
	op->held = false;
}

/* Nobody has any of a block, nor anything else that begins in the same page. */
static bool async_tx_is_settled(struct page *page, unsigned int offset, size_t len)
{
	/* Pairs with async_tx_leave_odd(). */
	if (offset + len > PAGE_SIZE || atomic_read_acquire(&nr_beyond))
		return false;
	/* Pairs with async_tx_leave_range(): its memory is what it has left. */
	return !smp_load_acquire(&async_tx_bucket(page)->sole);
}

/* Wait until nobody has any of a block who is not to have it. */
static noinline void async_tx_settle_hard(struct page *page, unsigned int offset, size_t len,
					  bool write)
{
	unsigned long warn_at = jiffies + ASYNC_TX_LONG_WAIT;
	struct async_tx_range range = { .write = write };
	struct async_tx_op *other;
	unsigned long pfn;

	range.first = page_to_phys(page) + offset;
	range.last = range.first + len - 1;
	pfn = PHYS_PFN(range.first);
	if (pfn)
		pfn--;
	while (pfn <= PHYS_PFN(range.last)) {
		struct async_tx_bucket *bucket = NULL;

		if (pfn_valid(pfn))
			bucket = async_tx_bucket(pfn_to_page(pfn));
		/* Pairs with async_tx_leave_range(): its memory is what it has left. */
		if (!bucket || !smp_load_acquire(&bucket->sole)) {
			pfn++;
			continue;
		}
		rcu_read_lock();
		local_bh_disable();
		async_tx_bucket_lock(bucket);
		other = async_tx_conflict(bucket, NULL, &range, NULL);
		async_tx_bucket_unlock(bucket);
		local_bh_enable();
		if (other)
			async_tx_help(other);
		else
			pfn++;
		rcu_read_unlock();
		if (other && time_after(jiffies, warn_at)) {
			warn_at = jiffies + ASYNC_TX_LONG_WAIT;
			pr_err("async_tx: the CPU waits for memory that an engine has\n");
		}
	}
}

/**
 * async_tx_settle - wait until the CPU may touch a buffer
 * @page: where it is; NULL is no buffer
 * @offset: first byte
 * @len: number of bytes
 * @write: it will be written
 *
 * For an operation that is run by its caller and has no struct async_tx_op.
 *
 * Context: any but hard interrupt.
 */
void async_tx_settle(struct page *page, unsigned int offset, size_t len, bool write)
{
	if (page && len && READ_ONCE(async_tx_active) &&
	    unlikely(!async_tx_is_settled(page, offset, len)))
		async_tx_settle_hard(page, offset, len, write);
}
EXPORT_SYMBOL_GPL(async_tx_settle);

/* --- mapping --- */

/* Whether a destination overlaps a source. */
static bool async_tx_in_place(const struct async_tx_op *op, const struct async_tx_buf *dst)
{
	const struct async_tx_buf *src;

	for (src = op->buf; !src->write; src++)
		if (unlikely(src->page == dst->page || src->odd || dst->odd) &&
		    abs_diff(async_tx_buf_first(src), async_tx_buf_first(dst)) < op->len)
			return true;
	return false;
}

static enum dma_data_direction async_tx_direction(const struct async_tx_buf *buf)
{
	return buf->write ? DMA_BIDIRECTIONAL : DMA_TO_DEVICE;
}

/* Unmap the buffers before @end. */
static __always_inline void async_tx_unmap_bufs(struct async_tx_op *op, struct device *dev,
						const struct async_tx_buf *end)
{
	const struct async_tx_buf *buf = op->buf;
	const dma_addr_t *dma = op->dma;

	for (; buf < end; buf++, dma++)
		if (likely(!(buf->odd & ASYNC_TX_BUF_NOT_MAPPED)))
			dma_unmap_page(dev, *dma, op->len, async_tx_direction(buf));
}

/**
 * async_tx_forget_bufs - an operation needs no pages in between, and shares no mapping
 * @op: is not mapped
 *
 * Context: BHs disabled.
 */
void async_tx_forget_bufs(struct async_tx_op *op)
{
	struct async_tx_buf *buf;

	if (!op->lent)
		return;
	op->lent = false;
	for (buf = op->buf; buf < op->end; buf++) {
		if (buf->bounce)
			mempool_free(buf->bounce, bounce_pool);
		buf->bounce = NULL;
		buf->odd &= ~ASYNC_TX_BUF_SHARED;
	}
}

/*
 * An engine is not coherent: what it writes and what the CPU writes beside it
 * must not meet in one cache line.
 */
static bool async_tx_lines_shared(const struct async_tx_op *op,
				  const struct async_tx_buf *buf)
{
	return !IS_ALIGNED(buf->offset | op->len, dma_get_cache_alignment());
}

/* A page for the engine to write to instead, or NULL. */
static noinline struct page *async_tx_bounce(struct async_tx_buf *buf)
{
	buf->op->lent = true;
	buf->bounce = mempool_alloc(bounce_pool, GFP_NOWAIT | __GFP_NOWARN);
	return buf->bounce;
}

/* Where the operation that writes a block has it mapped, or 0. */
static noinline dma_addr_t async_tx_shared_dma(const struct async_tx_buf *buf)
{
	const struct async_tx_buf *shared = buf->shared;

	return buf->odd & ASYNC_TX_BUF_SHARED ? shared->op->dma[shared - shared->op->buf] : 0;
}

/**
 * async_tx_map - map the buffers of an operation for a device
 * @op: its ranges are held
 * @dev: the device
 *
 * Context: BHs disabled.
 * Return: false if that cannot be done; nothing is mapped then.
 */
bool async_tx_map(struct async_tx_op *op, struct device *dev)
{
	struct async_tx_buf *end = op->end, *buf;
	dma_addr_t *dma = op->dma;

	for (buf = op->buf; buf < end; buf++, dma++) {
		struct page *page = buf->page;
		unsigned int offset = buf->offset;

		if (unlikely(buf->odd & ASYNC_TX_BUF_NOT_MAPPED)) {
			*dma = async_tx_shared_dma(buf);
			continue;
		}
		if (buf->write) {
			if (!dev_is_dma_coherent(dev) && async_tx_lines_shared(op, buf))
				goto unmap;
			if (unlikely(async_tx_in_place(op, buf))) {
				page = async_tx_bounce(buf);
				if (!page)
					goto unmap;
				offset = 0;
			}
		}
		*dma = dma_map_page(dev, page, offset, op->len, async_tx_direction(buf));
		if (unlikely(dma_mapping_error(dev, *dma)))
			goto unmap;
	}
	op->mapped = true;
	return true;

unmap:
	async_tx_unmap_bufs(op, dev, buf);
	async_tx_forget_bufs(op);
	return false;
}

/* What has been written to pages in between goes where it belongs. */
static void async_tx_copy_bounced(struct async_tx_op *op)
{
	struct async_tx_buf *buf;

	for (buf = async_tx_dst(op, 0); buf < op->end; buf++)
		if (buf->bounce)
			memcpy_page(buf->page, buf->offset, buf->bounce, 0, op->len);
}

/**
 * async_tx_unmap - end of what async_tx_map() began
 * @op: the engine is through with it
 * @dev: as for async_tx_map()
 * @copy: the operation was successful
 *
 * Context: BHs disabled.
 */
void async_tx_unmap(struct async_tx_op *op, struct device *dev, bool copy)
{
	if (!op->mapped)
		return;
	op->mapped = false;

	async_tx_unmap_bufs(op, dev, op->end);
	if (likely(!op->lent))
		return;
	if (copy)
		async_tx_copy_bounced(op);
	async_tx_forget_bufs(op);
}

int async_tx_mapping_init(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(buckets); i++)
		spin_lock_init(&buckets[i].lock);
	bounce_pool = mempool_create_page_pool(ASYNC_TX_BOUNCE_PAGES, 0);
	return bounce_pool ? 0 : -ENOMEM;
}

void async_tx_mapping_exit(void)
{
	mempool_destroy(bounce_pool);
}
