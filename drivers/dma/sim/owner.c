// SPDX-License-Identifier: GPL-2.0-only
/*
 * Simulated DMA engines: mapped memory, and who owns it.
 */
#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/highmem.h>
#include <linux/interval_tree_generic.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/xxhash.h>

#include "iova.h"
#include "sim.h"

#define SIM_PHYS(map)		((map)->phys)
#define SIM_PHYS_LAST(map)	((map)->phys_last)
INTERVAL_TREE_DEFINE(struct sim_mapping, phys_node, phys_addr_t,
		     phys_subtree_last, SIM_PHYS, SIM_PHYS_LAST,
		     static inline, sim_owners)

/* Protects sim_owners, in which all mappings of all engines are.  Innermost. */
static DEFINE_SPINLOCK(sim_owners_lock);
static struct rb_root_cached sim_owners = RB_ROOT_CACHED;

const char * const sim_dirs[] = {
	[DMA_BIDIRECTIONAL]	= "both ways",
	[DMA_TO_DEVICE]		= "for reading",
	[DMA_FROM_DEVICE]	= "for writing",
	[DMA_NONE]		= "for nothing",
};

/*
 * The memory behind a mapping
 */

/**
 * sim_copy - copy between the memory and what the engine sees
 * @map: the mapping
 * @from: first byte
 * @size: bytes
 * @in: to what the engine sees, not back
 *
 * Context: any but NMI.
 */
void sim_copy(const struct sim_mapping *map, size_t from, size_t size, bool in)
{
	size_t offset = map->offset + from, len;
	u8 *copy = map->copy + from;

	for (; size; size -= len, offset += len, copy += len) {
		struct page *page = nth_page(map->page, offset >> PAGE_SHIFT);
		size_t start = offset_in_page(offset);

		len = min(size, PAGE_SIZE - start);
		if (in)
			memcpy_from_page(copy, page, start, len);
		else
			memcpy_to_page(page, start, copy, len);
	}
}

static u64 sim_hash(const struct sim_mapping *map)
{
	size_t offset = map->offset, size, len;
	u64 hash = 0;

	for (size = map->size; size; size -= len, offset += len) {
		struct page *page = nth_page(map->page, offset >> PAGE_SHIFT);
		size_t start = offset_in_page(offset);
		const u8 *data = kmap_local_page(page);

		len = min(size, PAGE_SIZE - start);
		hash = xxh64(data + start, len, hash);
		kunmap_local(data);
	}
	return hash;
}

/**
 * sim_take_hash - remember what is in memory that the engine may write
 * @map: the mapping, whose memory becomes the engine's
 *
 * Context: any but NMI.
 */
void sim_take_hash(struct sim_mapping *map)
{
	if (sim_device_writes(map->dir))
		map->hash = sim_hash(map);
}

/**
 * sim_check_touched - has anybody else changed what the engine owns?
 * @map: the mapping, whose memory is the engine's no longer
 *
 * Context: any but NMI.
 */
void sim_check_touched(struct sim_mapping *map)
{
	struct dma_sim *sim = map->sim;

	if (!sim_device_writes(map->dir) || READ_ONCE(map->cpu_owned) ||
	    sim_hash(map) == map->hash)
		return;
	sim_count(sim, violations[DMA_SIM_TOUCHED]);
	dev_err_ratelimited(&sim->pdev.dev,
			    "%s: %zu bytes at %pad (memory at %pap) were changed by somebody else while mapped %s\n",
			    sim->config.name, map->size, &map->addr, &map->phys,
			    sim_dirs[map->dir]);
}

/*
 * Who owns memory
 */

static void sim_report_overlap(struct sim_mapping *map,
			       const struct sim_mapping *other,
			       const char *other_name)
{
	struct dma_sim *sim = map->sim;

	sim_count(sim, violations[DMA_SIM_OVERLAP]);
	dev_err_ratelimited(&sim->pdev.dev,
			    "%s: ownership violation: memory at %pap to %pap is mapped %s, although %s has mapped %pap to %pap %s\n",
			    sim->config.name, &map->phys, &map->phys_last,
			    sim_dirs[map->dir], other_name, &other->phys,
			    &other->phys_last, sim_dirs[other->dir]);
}

/**
 * sim_own - enter a mapping among all others, and look whom it meets there
 * @map: the mapping
 *
 * Context: any but NMI.
 */
void sim_own(struct sim_mapping *map)
{
	struct sim_mapping other = {}, *found;
	char name[DMA_SIM_NAME_LEN] = "";

	scoped_guard(spinlock_irqsave, &sim_owners_lock) {
		for (found = sim_owners_iter_first(&sim_owners, map->phys,
						   map->phys_last);
		     found; found = sim_owners_iter_next(found, map->phys,
							 map->phys_last)) {
			if (!sim_device_writes(map->dir) &&
			    !sim_device_writes(found->dir))
				continue;
			other.phys = found->phys;
			other.phys_last = found->phys_last;
			other.dir = found->dir;
			strscpy(name, found->sim->config.name);
			break;
		}
		sim_owners_insert(map, &sim_owners);
	}
	if (found)
		sim_report_overlap(map, &other, name);
}

/**
 * sim_disown - undo sim_own()
 * @map: the mapping
 *
 * Context: any but NMI.
 */
void sim_disown(struct sim_mapping *map)
{
	scoped_guard(spinlock_irqsave, &sim_owners_lock)
		sim_owners_remove(map, &sim_owners);
}
