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
 * The ranges stand in a table of buckets by page frame, each with a lock of its
 * own, and are taken one by one.  If one is not free, those taken already are
 * given back, and all is tried once more, under a lock that lets only one
 * operation at a time do so: whatever is in the way then belongs to an
 * operation that has all it needs, and so will end, or to one that is just
 * trying for the first time, and will give way at once.  Nobody waits while
 * holding a range, so no two wait for each other.
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
#include <linux/mempool.h>
#include <linux/module.h>

#include "core.h"

#define ASYNC_TX_RANGE_BITS	10
#define ASYNC_TX_BOUNCE_PAGES	32

/**
 * struct async_tx_bucket - ranges that begin in certain pages
 * @lock: protects the list.  The lock of an operation is inside it.
 * @ranges: buffers whose operations hold them
 */
struct async_tx_bucket {
	spinlock_t lock; /* see above */
	struct hlist_head ranges;
};

static struct async_tx_bucket buckets[1 << ASYNC_TX_RANGE_BITS];

/* Ranges in the table that reach into a second page. */
static atomic_t nr_crossing = ATOMIC_INIT(0);

/* Held by the one that tries for the second time.  Outermost. */
static DEFINE_SPINLOCK(second_try);

static mempool_t *bounce_pool;

/* The first and the last byte. */
struct async_tx_range {
	phys_addr_t first;
	phys_addr_t last;
	bool write;
};

static struct async_tx_range async_tx_range(struct page *page, unsigned int offset,
					    size_t len, bool write)
{
	phys_addr_t first = page_to_phys(page) + offset;

	return (struct async_tx_range) { first, first + len - 1, write };
}

static struct async_tx_range async_tx_buf_range(const struct async_tx_buf *buf)
{
	const struct async_tx_op *op = buf->op;

	return async_tx_range(buf->page, buf->offset, op->len,
			      buf - op->buf >= op->nr_srcs);
}

static bool async_tx_overlap(const struct async_tx_range *a,
			     const struct async_tx_range *b)
{
	return a->first <= b->last && b->first <= a->last;
}

/*
 * One of them is written, and the other is not to be touched meanwhile: what
 * shares a cache line is as good as one.
 */
static bool async_tx_clash(const struct async_tx_range *a,
			   const struct async_tx_range *b)
{
	return (a->write || b->write) &&
	       a->first / L1_CACHE_BYTES <= b->last / L1_CACHE_BYTES &&
	       b->first / L1_CACHE_BYTES <= a->last / L1_CACHE_BYTES;
}

static bool async_tx_crosses(const struct async_tx_range *range)
{
	return PHYS_PFN(range->first) != PHYS_PFN(range->last);
}

static struct async_tx_bucket *async_tx_bucket(unsigned long pfn)
{
	return &buckets[hash_long(pfn, ASYNC_TX_RANGE_BITS)];
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
	    dst->cpu_only || dst->bounce)
		return false;
	src->shared = dst;
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

	lockdep_assert_held(&bucket->lock);

	hlist_for_each_entry(buf, &bucket->ranges, node) {
		struct async_tx_range other = async_tx_buf_range(buf);

		if (buf->op != op && async_tx_clash(range, &other) &&
		    !async_tx_share(shareable, buf, range, &other))
			return buf->op;
	}
	return NULL;
}

enum async_tx_found { RANGE_FREE, RANGE_TAKEN, RANGE_WAIT };

/*
 * Look for @range in the bucket of @pfn.  Enter @buf there, if not NULL and
 * nobody has it.  With @wait, let @op wait for who has it.
 */
static enum async_tx_found
async_tx_look(unsigned long pfn, struct async_tx_op *op,
	      const struct async_tx_range *range, struct async_tx_buf *buf,
	      bool wait)
{
	struct async_tx_bucket *bucket = async_tx_bucket(pfn);
	enum async_tx_found found = RANGE_FREE;
	struct async_tx_op *other;

	spin_lock_bh(&bucket->lock);
	other = async_tx_conflict(bucket, op, range, buf);
	if (other) {
		found = RANGE_TAKEN;
		/* Who does not hold all of its ranges is about to give way. */
		if (wait && READ_ONCE(other->held) && async_tx_wait_on(op, other))
			found = RANGE_WAIT;
	} else if (buf) {
		hlist_add_head(&buf->node, &bucket->ranges);
	}
	spin_unlock_bh(&bucket->lock);
	return found;
}

/* The other pages in whose buckets there may be something that overlaps. */
static enum async_tx_found
async_tx_look_beside(struct async_tx_op *op, const struct async_tx_range *range,
		     bool wait)
{
	unsigned long pfn = PHYS_PFN(range->first);
	enum async_tx_found found = RANGE_FREE;

	/* Pairs with the other one's, that enters its range before or after. */
	smp_mb();
	if (pfn && atomic_read(&nr_crossing))
		found = async_tx_look(pfn - 1, op, range, NULL, wait);
	while (found == RANGE_FREE && pfn++ != PHYS_PFN(range->last))
		found = async_tx_look(pfn, op, range, NULL, wait);
	return found;
}

static void async_tx_leave_range(struct async_tx_buf *buf)
{
	struct async_tx_range range = async_tx_buf_range(buf);
	struct async_tx_bucket *bucket = async_tx_bucket(PHYS_PFN(range.first));

	spin_lock_bh(&bucket->lock);
	hlist_del_init(&buf->node);
	spin_unlock_bh(&bucket->lock);
	if (async_tx_crosses(&range))
		atomic_dec(&nr_crossing);
}

static enum async_tx_found async_tx_enter_range(struct async_tx_buf *buf)
{
	struct async_tx_range range = async_tx_buf_range(buf);
	struct async_tx_op *op = buf->op;
	enum async_tx_found found;

	if (async_tx_crosses(&range))
		atomic_inc(&nr_crossing);
	found = async_tx_look(PHYS_PFN(range.first), op, &range, buf, false);
	if (found != RANGE_FREE) {
		if (async_tx_crosses(&range))
			atomic_dec(&nr_crossing);
		return found;
	}
	found = async_tx_look_beside(op, &range, false);
	if (found != RANGE_FREE)
		async_tx_leave_range(buf);
	return found;
}

/* Wait for who has the range, if it is still taken. */
static enum async_tx_found async_tx_wait_for_range(struct async_tx_buf *buf)
{
	struct async_tx_range range = async_tx_buf_range(buf);
	enum async_tx_found found;

	found = async_tx_look(PHYS_PFN(range.first), buf->op, &range, NULL, true);
	return found ?: async_tx_look_beside(buf->op, &range, true);
}

static enum async_tx_found async_tx_try_ranges(struct async_tx_op *op, bool wait)
{
	int nr = op->nr_srcs + op->nr_dsts;
	enum async_tx_found found = RANGE_FREE;
	int i, j;

	for (i = 0; i < nr; i++) {
		if (!op->buf[i].page)
			continue;
		found = async_tx_enter_range(&op->buf[i]);
		if (found != RANGE_FREE)
			break;
	}
	if (found == RANGE_FREE) {
		WRITE_ONCE(op->held, true);
		return RANGE_FREE;
	}

	for (j = 0; j < i; j++) {
		if (op->buf[j].page)
			async_tx_leave_range(&op->buf[j]);
		op->buf[j].shared = NULL;
	}
	op->buf[i].shared = NULL;
	/* Nothing is held any more: now it may wait for who is in the way. */
	if (wait && async_tx_wait_for_range(&op->buf[i]) == RANGE_WAIT)
		return RANGE_WAIT;
	return RANGE_TAKEN;
}

/**
 * async_tx_ranges_get - take the ranges of all buffers of an operation
 * @op: nobody else has it
 *
 * Context: BHs disabled.
 * Return: true if @op has them all.  If false, it waits for who has one.
 */
bool async_tx_ranges_get(struct async_tx_op *op)
{
	enum async_tx_found found;

	if (!op->nr_srcs && !op->nr_dsts)
		return true;
	if (async_tx_try_ranges(op, false) == RANGE_FREE)
		return true;

	spin_lock_bh(&second_try);
	do {
		found = async_tx_try_ranges(op, true);
		if (found == RANGE_TAKEN)
			cpu_relax();
	} while (found == RANGE_TAKEN);
	spin_unlock_bh(&second_try);
	return found == RANGE_FREE;
}

/**
 * async_tx_ranges_try - take the ranges of all buffers, if they are free
 * @op: nobody else has it.  If it is in a train, sources may be shared with that
 *
 * Context: BHs disabled.
 * Return: true if @op has them all.  If false, it has none.
 */
bool async_tx_ranges_try(struct async_tx_op *op)
{
	return async_tx_try_ranges(op, false) == RANGE_FREE;
}

/**
 * async_tx_ranges_put - give back the ranges of an operation
 * @op: nobody else has it
 *
 * Context: BHs disabled.
 */
void async_tx_ranges_put(struct async_tx_op *op)
{
	int i;

	if (!op->held)
		return;
	for (i = 0; i < op->nr_srcs + op->nr_dsts; i++)
		if (op->buf[i].page)
			async_tx_leave_range(&op->buf[i]);
	op->held = false;
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
void async_tx_settle(struct page *page, unsigned int offset, size_t len,
		     bool write)
{
	unsigned long warn_at = jiffies + ASYNC_TX_LONG_WAIT;
	struct async_tx_range range;
	struct async_tx_op *other;
	unsigned long pfn;

	if (!page || !len || !READ_ONCE(async_tx_active))
		return;

	range = async_tx_range(page, offset, len, write);
	pfn = PHYS_PFN(range.first);
	if (pfn)
		pfn--;
	while (pfn <= PHYS_PFN(range.last)) {
		struct async_tx_bucket *bucket = async_tx_bucket(pfn);

		rcu_read_lock();
		spin_lock_bh(&bucket->lock);
		other = async_tx_conflict(bucket, NULL, &range, NULL);
		spin_unlock_bh(&bucket->lock);
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
EXPORT_SYMBOL_GPL(async_tx_settle);

/* --- mapping --- */

static bool async_tx_in_place(struct async_tx_op *op, int dst)
{
	struct async_tx_range d = async_tx_buf_range(async_tx_dst(op, dst));
	int i;

	for (i = 0; i < op->nr_srcs; i++) {
		struct async_tx_range s = async_tx_buf_range(&op->buf[i]);

		if (async_tx_overlap(&d, &s))
			return true;
	}
	return false;
}

static bool async_tx_is_mapped(const struct async_tx_buf *buf)
{
	return buf->page && !buf->cpu_only && !buf->shared;
}

static void async_tx_unmap_buf(struct async_tx_op *op, int i, struct device *dev)
{
	struct async_tx_buf *buf = &op->buf[i];

	if (async_tx_is_mapped(buf))
		dma_unmap_page(dev, op->dma[i], op->len,
			       i < op->nr_srcs ? DMA_TO_DEVICE : DMA_BIDIRECTIONAL);
}

/* An operation is not mapped: it needs no pages in between, and shares no mapping. */
static void async_tx_forget_bufs(struct async_tx_op *op)
{
	int i;

	for (i = 0; i < op->nr_srcs + op->nr_dsts; i++) {
		struct async_tx_buf *buf = &op->buf[i];

		if (buf->bounce)
			mempool_free(buf->bounce, bounce_pool);
		buf->bounce = NULL;
		buf->shared = NULL;
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
	bool coherent = dev_is_dma_coherent(dev);
	int i;

	for (i = 0; i < op->nr_dsts; i++) {
		struct async_tx_buf *buf = async_tx_dst(op, i);

		if (!async_tx_is_mapped(buf))
			continue;
		if (!coherent && async_tx_lines_shared(op, buf))
			goto forget;
		if (!async_tx_in_place(op, i))
			continue;
		buf->bounce = mempool_alloc(bounce_pool, GFP_NOWAIT | __GFP_NOWARN);
		if (!buf->bounce)
			goto forget;
	}

	for (i = 0; i < op->nr_srcs + op->nr_dsts; i++) {
		struct async_tx_buf *buf = &op->buf[i];

		op->dma[i] = buf->shared ?
			     buf->shared->op->dma[buf->shared - buf->shared->op->buf] : 0;
		if (!async_tx_is_mapped(buf))
			continue;
		op->dma[i] = dma_map_page(dev, buf->bounce ?: buf->page,
					  buf->bounce ? 0 : buf->offset, op->len,
					  i < op->nr_srcs ? DMA_TO_DEVICE :
							    DMA_BIDIRECTIONAL);
		if (dma_mapping_error(dev, op->dma[i]))
			goto unmap;
	}
	op->mapped = true;
	return true;

unmap:
	while (--i >= 0)
		async_tx_unmap_buf(op, i, dev);
forget:
	async_tx_forget_bufs(op);
	return false;
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
	int i;

	if (!op->mapped)
		return;
	op->mapped = false;

	for (i = 0; i < op->nr_srcs + op->nr_dsts; i++)
		async_tx_unmap_buf(op, i, dev);

	for (i = 0; copy && i < op->nr_dsts; i++) {
		struct async_tx_buf *buf = async_tx_dst(op, i);

		if (buf->bounce)
			memcpy_page(buf->page, buf->offset, buf->bounce, 0, op->len);
	}
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
