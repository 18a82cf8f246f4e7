/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Simulated DMA engines: memory that is mapped for an engine.
 */
#ifndef DMA_SIM_IOVA_H
#define DMA_SIM_IOVA_H

#include <linux/dma-direction.h>
#include <linux/rbtree.h>
#include <linux/refcount.h>
#include <linux/types.h>

struct dma_sim;
struct page;

/**
 * struct sim_mapping - memory that is mapped for an engine
 * @sim: the engine
 * @addr_node: in &sim_space.tree while mapped
 * @addr: first bus address
 * @addr_last: last bus address
 * @addr_subtree_last: for the tree
 * @phys_node: in the tree of all mappings while mapped
 * @phys: first physical address
 * @phys_last: last physical address
 * @phys_subtree_last: for the tree
 * @page: where the memory is
 * @offset: first byte in @page; may be beyond its end
 * @size: bytes
 * @dir: direction
 * @refs: one for being mapped, and one for each access under way
 * @cpu_owned: synchronised for the CPU; under &sim_space.lock
 * @hash: of the memory, while the engine may write it; the same
 * @copy: what the engine sees
 * @memory: what @copy lies in
 */
struct sim_mapping {
	struct dma_sim *sim;
	struct rb_node addr_node;
	dma_addr_t addr;
	dma_addr_t addr_last;
	dma_addr_t addr_subtree_last;
	struct rb_node phys_node;
	phys_addr_t phys;
	phys_addr_t phys_last;
	phys_addr_t phys_subtree_last;
	struct page *page;
	size_t offset;
	size_t size;
	enum dma_data_direction dir;
	refcount_t refs;
	bool cpu_owned;
	u64 hash;
	u8 *copy;
	void *memory;
};

/**
 * sim_device_reads - may a device read what is mapped in this direction?
 * @dir: direction
 *
 * Return: true if so.
 */
static inline bool sim_device_reads(enum dma_data_direction dir)
{
	return dir != DMA_FROM_DEVICE;
}

/**
 * sim_device_writes - may a device write what is mapped in this direction?
 * @dir: direction
 *
 * Return: true if so.
 */
static inline bool sim_device_writes(enum dma_data_direction dir)
{
	return dir != DMA_TO_DEVICE;
}

/* owner.c */
extern const char * const sim_dirs[];
void sim_copy(const struct sim_mapping *map, size_t from, size_t size, bool in);
void sim_take_hash(struct sim_mapping *map);
void sim_check_touched(struct sim_mapping *map);
void sim_own(struct sim_mapping *map);
void sim_disown(struct sim_mapping *map);

#endif /* DMA_SIM_IOVA_H */
