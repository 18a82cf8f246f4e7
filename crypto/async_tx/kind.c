// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kinds of operations, and memory to run them on a CPU
 *
 * Each operation is a module that registers one struct async_tx_kind.  The
 * core gives it a number, under which engines count what they do.
 */
#include <linux/cleanup.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>

#include "internal.h"

/* Protects the list and the numbers in use. */
static DEFINE_MUTEX(kinds_lock);
static LIST_HEAD(kinds);
static DECLARE_BITMAP(kind_ids, ASYNC_TX_MAX_KINDS);

static DEFINE_PER_CPU(struct async_tx_work, async_tx_works);

/**
 * async_tx_kind_register - make a kind of operation known
 * @kind: what it is; stays until async_tx_kind_unregister()
 *
 * Context: process.
 * Return: 0, -ENOMEM, or -ENOSPC when there are ASYNC_TX_MAX_KINDS already.
 */
int async_tx_kind_register(struct async_tx_kind *kind)
{
	guard(mutex)(&kinds_lock);

	kind->id = find_first_zero_bit(kind_ids, ASYNC_TX_MAX_KINDS);
	if (kind->id >= ASYNC_TX_MAX_KINDS)
		return -ENOSPC;
	kind->reasons = alloc_percpu(struct async_tx_reasons);
	if (!kind->reasons)
		return -ENOMEM;
	__set_bit(kind->id, kind_ids);
	list_add_tail(&kind->node, &kinds);
	async_tx_gain_changed();
	return 0;
}
EXPORT_SYMBOL_GPL(async_tx_kind_register);

/**
 * async_tx_kind_unregister - forget a kind of operation
 * @kind: it; nobody submits operations of it any more
 *
 * Waits until the last one has run.
 *
 * Context: process.
 */
void async_tx_kind_unregister(struct async_tx_kind *kind)
{
	async_tx_kind_drain(kind);

	guard(mutex)(&kinds_lock);
	list_del(&kind->node);
	/* What was submitted to measure it. */
	async_tx_kind_drain(kind);
	async_tx_engine_forget(kind->id);
	__clear_bit(kind->id, kind_ids);
	free_percpu(kind->reasons);
}
EXPORT_SYMBOL_GPL(async_tx_kind_unregister);

/**
 * async_tx_kind_for_each - call a function for each kind
 * @fn: the function; must not register or unregister kinds
 * @arg: passed to it
 *
 * Context: process.
 */
void async_tx_kind_for_each(void (*fn)(struct async_tx_kind *kind, void *arg),
			    void *arg)
{
	struct async_tx_kind *kind;

	guard(mutex)(&kinds_lock);
	list_for_each_entry(kind, &kinds, node)
		fn(kind, arg);
}

/**
 * async_tx_work_get - this CPU's memory to run an operation
 *
 * Disables BHs, so that no other operation uses it meanwhile.
 *
 * Return: the memory, never NULL.
 */
struct async_tx_work *async_tx_work_get(void)
{
	local_bh_disable();
	return this_cpu_ptr(&async_tx_works);
}
EXPORT_SYMBOL_GPL(async_tx_work_get);

/**
 * async_tx_work_here - this CPU's memory, for what need not be kept
 *
 * A softirq may use the memory at any time, and be through with it when the
 * caller goes on.
 *
 * Context: preemption disabled.
 * Return: the memory, never NULL.
 */
struct async_tx_work *async_tx_work_here(void)
{
	return this_cpu_ptr(&async_tx_works);
}
EXPORT_SYMBOL_GPL(async_tx_work_here);

/**
 * async_tx_work_put - end of what async_tx_work_get() began
 */
void async_tx_work_put(void)
{
	local_bh_enable();
}
EXPORT_SYMBOL_GPL(async_tx_work_put);

/* Release the pages of all CPUs. */
void async_tx_work_exit(void)
{
	struct async_tx_work *work;
	int cpu, i;

	for_each_possible_cpu(cpu) {
		work = per_cpu_ptr(&async_tx_works, cpu);
		for (i = 0; i < ASYNC_TX_MAX_DSTS; i++) {
			free_page((unsigned long)work->pages[i]);
			work->pages[i] = NULL;
		}
	}
}

/* Allocate the pages of all CPUs, each from its own node. */
int async_tx_work_init(void)
{
	struct async_tx_work *work;
	struct page *page;
	int cpu, i;

	for_each_possible_cpu(cpu) {
		work = per_cpu_ptr(&async_tx_works, cpu);
		for (i = 0; i < ASYNC_TX_MAX_DSTS; i++) {
			page = alloc_pages_node(cpu_to_node(cpu), GFP_KERNEL, 0);
			if (!page) {
				async_tx_work_exit();
				return -ENOMEM;
			}
			work->pages[i] = page_address(page);
		}
	}
	return 0;
}
