// SPDX-License-Identifier: GPL-2.0-only
/*
 * Simulated DMA engines: bus addresses of their own, and access to them.
 */

/**
 * DOC: bus addresses
 *
 * With a bus address space of its own an engine works on copies.  Mapping memory
 * copies it in, to where only the engine can see it; unmapping copies it out, if
 * the engine may write there, and poisons the copy.  So whoever looks at memory
 * too early, or changes it too late, gets wrong data as surely as on the most
 * unusual of machines.
 *
 * A bus address is that of a mapping of this engine, or it is wrong: no two
 * engines have any in common, and none comes again before all others have been
 * used.  Each access is checked against the mapping that it is in.
 *
 * What is mapped on any engine stands in one tree by physical address, too, where
 * two mappings of the same memory meet, whichever engines they are for.
 */
#include <linux/cleanup.h>
#include <linux/dma-map-ops.h>
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/interval_tree_generic.h>
#include <linux/io.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "iova.h"
#include "sim.h"

/* What a copy is filled with when it is none any more. */
#define SIM_POISON		0xd5

/* Bus addresses between mappings that are never mapped. */
#define SIM_GUARD		PAGE_SIZE

/* Bits of an address within an engine's own part of all addresses. */
#define SIM_SPACE_BITS		42

/* Copies lie like the memory itself, modulo the widest vector. */
#define SIM_COPY_ALIGN		64

#define SIM_ADDR(map)		((map)->addr)
#define SIM_ADDR_LAST(map)	((map)->addr_last)
INTERVAL_TREE_DEFINE(struct sim_mapping, addr_node, dma_addr_t,
		     addr_subtree_last, SIM_ADDR, SIM_ADDR_LAST,
		     static inline, sim_addrs)

static void sim_mapping_put(struct sim_mapping *map)
{
	if (!refcount_dec_and_test(&map->refs))
		return;
	kfree(map->memory);
	kfree(map);
}

/*
 * Bus addresses
 */

/* Find a place for a mapping: behind the last one, or at the next gap. */
static bool sim_place(struct sim_space *space, struct sim_mapping *map)
{
	dma_addr_t room = PAGE_ALIGN(offset_in_page(map->phys) + map->size) +
			  SIM_GUARD;
	dma_addr_t from = space->next;
	struct sim_mapping *other;
	bool again = false;

	lockdep_assert_held(&space->lock);

	/* Each round passes a mapping, or begins at the lowest address, once. */
	for (;;) {
		if (from > space->last || space->last - from < room - 1) {
			if (again)
				return false;
			again = true;
			from = space->base;
		}
		other = sim_addrs_iter_first(&space->tree, from,
					     from + room - 1);
		if (!other)
			break;
		from = PAGE_ALIGN(other->addr_last + 1) + SIM_GUARD;
	}

	map->addr = from + offset_in_page(map->phys);
	map->addr_last = map->addr + map->size - 1;
	sim_addrs_insert(map, &space->tree);
	space->next = from + room;
	return true;
}

static struct sim_mapping *sim_mapping_alloc(struct dma_sim *sim,
					     struct page *page, size_t offset,
					     size_t size,
					     enum dma_data_direction dir)
{
	phys_addr_t phys = page_to_phys(page) + offset;
	size_t shift = phys % SIM_COPY_ALIGN;
	gfp_t gfp = GFP_ATOMIC | __GFP_NOWARN;
	struct sim_mapping *map;

	map = kzalloc_node(sizeof(*map), gfp, sim->config.node);
	if (!map)
		return NULL;
	map->memory = kmalloc_node(size_add(size, shift), gfp, sim->config.node);
	if (!map->memory) {
		kfree(map);
		return NULL;
	}
	map->sim = sim;
	map->phys = phys;
	map->phys_last = phys + size - 1;
	map->page = page;
	map->offset = offset;
	map->size = size;
	map->dir = dir;
	map->copy = map->memory + shift;
	refcount_set(&map->refs, 1);
	return map;
}

static dma_addr_t sim_map_page(struct device *dev, struct page *page,
			       unsigned long offset, size_t size,
			       enum dma_data_direction dir, unsigned long attrs)
{
	struct dma_sim *sim = dev_to_sim(dev);
	struct sim_space *space = &sim->space;
	struct sim_mapping *map;
	bool placed = false;

	if (!size)
		return DMA_MAPPING_ERROR;
	if (sim_fault(sim, DMA_SIM_REFUSE_MAP, NULL)) {
		sim_fault_report(sim, DMA_SIM_REFUSE_MAP);
		return DMA_MAPPING_ERROR;
	}
	map = sim_mapping_alloc(sim, page, offset, size, dir);
	if (!map)
		return DMA_MAPPING_ERROR;

	/* Before anything is copied: others may be at work there. */
	sim_own(map);
	if (attrs & DMA_ATTR_SKIP_CPU_SYNC)
		memset(map->copy, SIM_POISON, size);
	else
		sim_copy(map, 0, size, true);
	sim_take_hash(map);

	scoped_guard(spinlock_irqsave, &space->lock)
		placed = sim_place(space, map);
	if (!placed) {
		sim_disown(map);
		sim_mapping_put(map);
		return DMA_MAPPING_ERROR;
	}
	sim_count(sim, mapped);
	return map->addr;
}

static void sim_report_unmap(struct dma_sim *sim, dma_addr_t addr, size_t size,
			     enum dma_data_direction dir)
{
	sim_count(sim, violations[DMA_SIM_BAD_UNMAP]);
	dev_err_ratelimited(&sim->pdev.dev,
			    "%s: %zu bytes at %pad, %s, are unmapped or synchronised, and were not mapped like this\n",
			    sim->config.name, size, &addr, sim_dirs[dir]);
}

static void sim_unmap_page(struct device *dev, dma_addr_t addr, size_t size,
			   enum dma_data_direction dir, unsigned long attrs)
{
	struct dma_sim *sim = dev_to_sim(dev);
	struct sim_space *space = &sim->space;
	struct sim_mapping *map = NULL;

	scoped_guard(spinlock_irqsave, &space->lock) {
		map = sim_addrs_iter_first(&space->tree, addr, addr);
		if (map)
			sim_addrs_remove(map, &space->tree);
	}
	if (!map || map->addr != addr || map->size != size || map->dir != dir)
		sim_report_unmap(sim, addr, size, dir);
	if (!map)
		return;

	/* Nobody begins to work on it any more; has everybody come to an end? */
	if (refcount_read(&map->refs) > 1) {
		sim_count(sim, violations[DMA_SIM_IN_USE]);
		dev_err_ratelimited(dev, "%s: %zu bytes at %pad are unmapped while the engine is working on them\n",
				    sim->config.name, size, &addr);
	}
	sim_check_touched(map);
	if (sim_device_writes(map->dir) && !(attrs & DMA_ATTR_SKIP_CPU_SYNC))
		sim_copy(map, 0, map->size, false);
	memset(map->copy, SIM_POISON, map->size);

	sim_disown(map);
	sim_mapping_put(map);
	sim_count_n(sim, &sim->stats.mapped, -1);
}

static void sim_unmap_sg(struct device *dev, struct scatterlist *sgl, int nents,
			 enum dma_data_direction dir, unsigned long attrs)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(sgl, sg, nents, i)
		sim_unmap_page(dev, sg_dma_address(sg), sg_dma_len(sg), dir,
			       attrs);
}

static int sim_map_sg(struct device *dev, struct scatterlist *sgl, int nents,
		      enum dma_data_direction dir, unsigned long attrs)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(sgl, sg, nents, i) {
		dma_addr_t addr = sim_map_page(dev, sg_page(sg), sg->offset,
					       sg->length, dir, attrs);

		if (addr == DMA_MAPPING_ERROR) {
			sim_unmap_sg(dev, sgl, i, dir,
				     attrs | DMA_ATTR_SKIP_CPU_SYNC);
			return -ENOMEM;
		}
		sg_dma_address(sg) = addr;
		sg_dma_len(sg) = sg->length;
	}
	return nents;
}

/* The mapping that all of a range is in, with a reference. */
static struct sim_mapping *sim_find(struct dma_sim *sim, dma_addr_t addr,
				    size_t size, enum dma_data_direction dir)
{
	struct sim_space *space = &sim->space;
	struct sim_mapping *map;

	scoped_guard(spinlock_irqsave, &space->lock) {
		map = sim_addrs_iter_first(&space->tree, addr, addr);
		if (!map || map->dir != dir || addr + size - 1 > map->addr_last)
			break;
		refcount_inc(&map->refs);
		return map;
	}
	sim_report_unmap(sim, addr, size, dir);
	return NULL;
}

static void sim_sync_for_cpu(struct device *dev, dma_addr_t addr, size_t size,
			     enum dma_data_direction dir)
{
	struct sim_mapping *map = sim_find(dev_to_sim(dev), addr, size, dir);

	if (!map)
		return;
	sim_check_touched(map);
	if (sim_device_writes(dir))
		sim_copy(map, addr - map->addr, size, false);
	WRITE_ONCE(map->cpu_owned, true);
	sim_mapping_put(map);
}

static void sim_sync_for_device(struct device *dev, dma_addr_t addr,
				size_t size, enum dma_data_direction dir)
{
	struct sim_mapping *map = sim_find(dev_to_sim(dev), addr, size, dir);

	if (!map)
		return;
	if (sim_device_reads(dir))
		sim_copy(map, addr - map->addr, size, true);
	sim_take_hash(map);
	WRITE_ONCE(map->cpu_owned, false);
	sim_mapping_put(map);
}

static void sim_sync_sg_for_cpu(struct device *dev, struct scatterlist *sgl,
				int nents, enum dma_data_direction dir)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(sgl, sg, nents, i)
		sim_sync_for_cpu(dev, sg_dma_address(sg), sg_dma_len(sg), dir);
}

static void sim_sync_sg_for_device(struct device *dev, struct scatterlist *sgl,
				   int nents, enum dma_data_direction dir)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(sgl, sg, nents, i)
		sim_sync_for_device(dev, sg_dma_address(sg), sg_dma_len(sg),
				    dir);
}

static size_t sim_max_mapping_size(struct device *dev)
{
	return KMALLOC_MAX_SIZE / 2;
}

static const struct dma_map_ops sim_dma_ops = {
	.map_page = sim_map_page,
	.unmap_page = sim_unmap_page,
	.map_sg = sim_map_sg,
	.unmap_sg = sim_unmap_sg,
	.sync_single_for_cpu = sim_sync_for_cpu,
	.sync_single_for_device = sim_sync_for_device,
	.sync_sg_for_cpu = sim_sync_sg_for_cpu,
	.sync_sg_for_device = sim_sync_sg_for_device,
	.max_mapping_size = sim_max_mapping_size,
};

/*
 * Access by the engine
 */

/* Is a range within reach of a mapping that is there? */
static bool sim_is_near(struct sim_space *space, dma_addr_t addr, size_t len)
{
	lockdep_assert_held(&space->lock);

	return sim_addrs_iter_first(&space->tree, addr - SIM_GUARD,
				    addr + len - 1 + SIM_GUARD);
}

/* What is wrong with an access; DMA_SIM_NR_VIOLATIONS is nothing. */
static enum dma_sim_violation
sim_check_access(struct sim_space *space, const struct sim_mapping *map,
		 dma_addr_t addr, size_t len, bool reads, bool writes)
{
	lockdep_assert_held(&space->lock);

	if (!map && addr >= space->base && addr <= space->last &&
	    !sim_is_near(space, addr, len))
		return DMA_SIM_UNMAPPED;
	if (!map || addr < map->addr || addr + len - 1 > map->addr_last)
		return DMA_SIM_OUTSIDE;
	if ((reads && !sim_device_reads(map->dir)) ||
	    (writes && !sim_device_writes(map->dir)))
		return DMA_SIM_DIRECTION;
	return DMA_SIM_NR_VIOLATIONS;
}

static void sim_report_access(struct sim_chan *sc, enum dma_sim_violation what,
			      dma_addr_t addr, size_t len, bool write)
{
	static const char * const reasons[] = {
		[DMA_SIM_OUTSIDE]	= "not mapped",
		[DMA_SIM_UNMAPPED]	= "not mapped any more",
		[DMA_SIM_DIRECTION]	= "not mapped in this direction",
	};
	const struct sim_desc *desc = sc->active;
	struct dma_sim *sim = sc->sd->sim;

	sim_count_n(sim, &sim->stats.violations[what], 1);
	dev_err_ratelimited(&sim->pdev.dev,
			    "%s: channel %u, %s, cookie %d, %zu bytes: %s of %zu bytes at %pad, which are %s\n",
			    sim->config.name, sc->index,
			    sim_kind_name(desc->op.kind), desc->md.tx.cookie,
			    desc->op.len, write ? "write" : "read", len, &addr,
			    reasons[what]);
}

static void *sim_access(struct soft_exec *exec, dma_addr_t addr, size_t len,
			bool write)
{
	struct sim_chan *sc = container_of(exec, struct sim_chan, exec);
	struct sim_space *space = &sc->sd->sim->space;
	/* To go on from an old P and Q is to read them, too. */
	bool reads = !write || (sc->active->op.flags & SOFT_OP_CONTINUE);
	enum dma_sim_violation what;
	struct sim_mapping *map;

	lockdep_assert_held(&sc->exec_lock);

	scoped_guard(spinlock_irqsave, &space->lock) {
		map = sim_addrs_iter_first(&space->tree, addr, addr + len - 1);
		what = sim_check_access(space, map, addr, len, reads, write);
		if (what != DMA_SIM_NR_VIOLATIONS)
			break;
		refcount_inc(&map->refs);
		sc->accessed[sc->nr_accessed++] = map;
		return map->copy + (addr - map->addr);
	}
	sim_report_access(sc, what, addr, len, write);
	return ERR_PTR(-EFAULT);
}

static void sim_access_end(struct soft_exec *exec, void *vaddr)
{
	struct sim_chan *sc = container_of(exec, struct sim_chan, exec);

	lockdep_assert_held(&sc->exec_lock);
	/* They end in the reverse order of their beginning. */
	sim_mapping_put(sc->accessed[--sc->nr_accessed]);
}

const struct soft_access sim_iova_access = {
	.map = sim_access,
	.unmap = sim_access_end,
	.max_maps = SOFT_MAX_SRCS + 2,
};

/*
 * Set-up
 */

/**
 * sim_space_init - give an engine bus addresses of its own, if it is to have any
 * @sim: the engine, whose device is not yet added
 */
void sim_space_init(struct dma_sim *sim)
{
	struct sim_space *space = &sim->space;
	u64 base = (u64)(sim->pdev.id + 1) << SIM_SPACE_BITS;

	spin_lock_init(&space->lock);
	space->tree = RB_ROOT_CACHED;
	if (IS_ENABLED(CONFIG_ARCH_DMA_ADDR_T_64BIT)) {
		space->base = base;
		space->last = base + BIT_ULL(SIM_SPACE_BITS) - 1;
	} else {
		/* No room for a part to each engine. */
		space->base = PAGE_SIZE;
		space->last = DMA_BIT_MASK(31);
	}
	space->next = space->base;
	if (sim->config.iova)
		set_dma_ops(&sim->pdev.dev, &sim_dma_ops);
}

/**
 * sim_space_setup - set an engine's device up for bus addresses of its own
 * @sim: the engine, being probed
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int sim_space_setup(struct dma_sim *sim)
{
	struct device *dev = &sim->pdev.dev;

#if defined(CONFIG_ARCH_HAS_SYNC_DMA_FOR_DEVICE) || \
	defined(CONFIG_ARCH_HAS_SYNC_DMA_FOR_CPU) || \
	defined(CONFIG_ARCH_HAS_SYNC_DMA_FOR_CPU_ALL)
	/* It is the CPU that copies. */
	dev->dma_coherent = true;
#endif
	dma_set_max_seg_size(dev, UINT_MAX);
	return dma_set_mask_and_coherent(dev, DMA_BIT_MASK(64));
}

/**
 * sim_space_destroy - take an engine's bus addresses away
 * @sim: the engine, which nobody uses any more
 */
void sim_space_destroy(struct dma_sim *sim)
{
	struct sim_space *space = &sim->space;
	struct sim_mapping *map;
	struct rb_node *node;
	unsigned int left = 0;

	while ((node = rb_first_cached(&space->tree))) {
		map = rb_entry(node, struct sim_mapping, addr_node);
		sim_addrs_remove(map, &space->tree);
		sim_disown(map);
		sim_mapping_put(map);
		left++;
	}
	if (left)
		pr_err("%s: %s: %u mappings were never undone\n", SIM_NAME,
		       sim->config.name, left);
}
