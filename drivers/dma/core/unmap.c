// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmaengine core: what to unmap when a transaction is complete
 */

/**
 * DOC: unmap data
 *
 * A &struct dmaengine_unmap_data remembers the mappings of one transaction, and
 * unmaps them with its last reference.  It has room for 2 mappings, or for 16,
 * 128 or 256 where RAID operations are configured; each of these sizes has a
 * reserve of one, for clients that write memory back.
 */
#include <linux/dma-mapping.h>
#include <linux/export.h>
#include <linux/init.h>
#include <linux/mempool.h>
#include <linux/slab.h>

#include "internal.h"

struct unmap_pool {
	const char *name;
	unsigned int slots;
	mempool_t *pool;
};

static struct unmap_pool unmap_pools[] = {
	{ "dmaengine-unmap-2", 2 },
#if IS_ENABLED(CONFIG_DMA_ENGINE_RAID)
	{ "dmaengine-unmap-16", 16 },
	{ "dmaengine-unmap-128", 128 },
	{ "dmaengine-unmap-256", 256 },
#endif
};

/* The pool of the smallest that have @nr slots. */
static struct unmap_pool *unmap_pool_for(unsigned int nr)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(unmap_pools); i++)
		if (nr <= unmap_pools[i].slots)
			return &unmap_pools[i];
	return NULL;
}

/**
 * dmaengine_get_unmap_data - allocate unmap data
 * @dev: the device that buffers are mapped for
 * @nr: how many mappings there will be
 * @flags: as for mempool_alloc(); does not fail if they allow to sleep
 *
 * Return: the data, empty, with one reference; NULL if there is no memory, or no
 *	size for so many (more than 256, or 2 without CONFIG_DMA_ENGINE_RAID).
 */
struct dmaengine_unmap_data *
dmaengine_get_unmap_data(struct device *dev, int nr, gfp_t flags)
{
	struct unmap_pool *pool = nr > 0 ? unmap_pool_for(nr) : NULL;
	struct dmaengine_unmap_data *unmap;

	if (WARN_ON_ONCE(!pool))
		return NULL;
	unmap = mempool_alloc(pool->pool, flags);
	if (!unmap)
		return NULL;

	*unmap = (struct dmaengine_unmap_data){ .dev = dev, .map_cnt = nr };
	kref_init(&unmap->kref);
	return unmap;
}
EXPORT_SYMBOL(dmaengine_get_unmap_data);

static void unmap_last(struct kref *kref)
{
	struct dmaengine_unmap_data *unmap =
		container_of(kref, struct dmaengine_unmap_data, kref);
	const dma_addr_t *addr = unmap->addr;
	int i;

	for (i = 0; i < unmap->to_cnt; i++)
		dma_unmap_page(unmap->dev, *addr++, unmap->len, DMA_TO_DEVICE);
	for (i = 0; i < unmap->from_cnt; i++)
		dma_unmap_page(unmap->dev, *addr++, unmap->len, DMA_FROM_DEVICE);
	for (i = 0; i < unmap->bidi_cnt; i++, addr++)
		if (*addr)
			dma_unmap_page(unmap->dev, *addr, unmap->len,
				       DMA_BIDIRECTIONAL);

	mempool_free(unmap, unmap_pool_for(unmap->map_cnt)->pool);
}

/**
 * dmaengine_unmap_put - drop a reference to unmap data
 * @unmap: the data, or NULL
 *
 * Context: any in which the device's buffers may be unmapped.
 */
void dmaengine_unmap_put(struct dmaengine_unmap_data *unmap)
{
	if (unmap)
		kref_put(&unmap->kref, unmap_last);
}
EXPORT_SYMBOL_GPL(dmaengine_unmap_put);

/**
 * dmaengine_unmap_init - create the pools
 *
 * Return: 0 or -ENOMEM.
 */
int __init dmaengine_unmap_init(void)
{
	struct dmaengine_unmap_data *unmap;
	struct unmap_pool *pool;
	struct kmem_cache *cache;

	for (pool = unmap_pools; pool < unmap_pools + ARRAY_SIZE(unmap_pools); pool++) {
		cache = kmem_cache_create(pool->name,
					  struct_size(unmap, addr, pool->slots), 0,
					  SLAB_HWCACHE_ALIGN, NULL);
		if (cache)
			pool->pool = mempool_create_slab_pool(1, cache);
		if (pool->pool)
			continue;

		kmem_cache_destroy(cache);
		while (pool-- > unmap_pools) {
			cache = pool->pool->pool_data;
			mempool_destroy(pool->pool);
			pool->pool = NULL;
			kmem_cache_destroy(cache);
		}
		return -ENOMEM;
	}
	return 0;
}
