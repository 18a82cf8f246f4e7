/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Simulated DMA engines, for test modules.
 */
#ifndef _LINUX_DMA_SIM_H
#define _LINUX_DMA_SIM_H

#include <linux/bits.h>
#include <linux/dmaengine.h>
#include <linux/types.h>

/**
 * DOC: interface for tests
 *
 * A test module makes engines with dma_sim_create(), which returns when the
 * engine is registered, and ends them with dma_sim_destroy().  In between it
 * uses them as any client of dmaengine or async_tx does; makes them fail, with
 * dma_sim_set_fault() and dma_sim_vanish(); takes them away and brings them back,
 * with dma_sim_unbind() and dma_sim_bind(); and asks what they have done, and
 * whether anybody broke the rules of the DMA API, with dma_sim_read_counters().
 *
 * All functions may sleep unless they say otherwise.  The symbols are in the
 * namespace DMA_SIM.
 */

struct device;
struct dma_sim;

/* All kinds of operations that an engine can be given. */
#define DMA_SIM_ALL_KINDS	(BIT(DMA_MEMCPY) | BIT(DMA_MEMSET) | \
				 BIT(DMA_XOR) | BIT(DMA_XOR_VAL) | \
				 BIT(DMA_PQ) | BIT(DMA_PQ_VAL) | \
				 BIT(DMA_INTERRUPT))

#define DMA_SIM_NAME_LEN	32

/**
 * struct dma_sim_config - what a simulated engine is like
 * @name: what messages call it; the device's name if empty
 * @kinds: operations it can do, BIT() of &enum dma_transaction_type, some of
 *	%DMA_SIM_ALL_KINDS
 * @channels: number of channels, 1 to 64
 * @ring: descriptors of each channel, 2 to 4096
 * @node: NUMA node, or %NUMA_NO_NODE
 * @max_xor: most sources of an XOR or its check, 2 to 255
 * @max_pq: most sources of a P+Q or its check, 2 to 255
 * @pq_continue: P+Q goes on from an old P and Q without sources for them
 * @copy_align: alignment of addresses and lengths of copies, log2 of bytes
 * @fill_align: the same, of fills
 * @xor_align: the same, of XOR and its check
 * @pq_align: the same, of P+Q and its check
 * @delay_ns: time that an operation takes, in nanoseconds
 * @delay_kib_ns: time that each 1024 bytes of its length add to that
 * @in_order: all channels complete in the order in which operations are issued;
 *	if not, each channel goes on independently of the others
 * @callback_unlocked: say that callbacks come without a lock held, see &struct
 *	dma_device
 * @offload_always: async_tx need not find out for what it pays, see &struct
 *	dma_device
 * @private: offer the channels to exclusive users only (DMA_PRIVATE)
 * @coalesce_ops: one interrupt for so many completions, at least 1
 * @coalesce_us: ... or when the first of them has waited for so many
 *	microseconds; not 0 if @coalesce_ops is more than 1
 * @iova: give the engine a bus address space of its own, in which every access is
 *	checked.  Takes an architecture with dma_map_ops (ARCH_HAS_DMA_OPS).
 * @seed: of all that is random
 *
 * Start from a copy of &dma_sim_defaults.
 */
struct dma_sim_config {
	char name[DMA_SIM_NAME_LEN];
	unsigned long kinds;
	unsigned int channels;
	unsigned int ring;
	int node;
	unsigned int max_xor;
	unsigned int max_pq;
	bool pq_continue;
	unsigned int copy_align;
	unsigned int fill_align;
	unsigned int xor_align;
	unsigned int pq_align;
	unsigned int delay_ns;
	unsigned int delay_kib_ns;
	bool in_order;
	bool callback_unlocked;
	bool offload_always;
	bool private;
	unsigned int coalesce_ops;
	unsigned int coalesce_us;
	bool iova;
	u64 seed;
};

/**
 * enum dma_sim_fault_class - ways in which an engine can fail
 * @DMA_SIM_FAIL_BEFORE: an operation fails before it has written a byte
 * @DMA_SIM_FAIL_MIDDLE: ... when it has written the first half
 * @DMA_SIM_FAIL_END: ... when it has written everything
 * @DMA_SIM_STALL: an operation, and with it its channel, stops before it has
 *	written a byte, until the channel is terminated
 * @DMA_SIM_LOSE_IRQ: an operation completes without an interrupt: that is not
 *	noticed until somebody polls, or another operation's interrupt comes
 * @DMA_SIM_REFUSE_PREP: no descriptor, although there are free ones
 * @DMA_SIM_REFUSE_MAP: dma_map_page() fails; with &dma_sim_config.iova only
 * @DMA_SIM_REFUSE_TERMINATE: device_terminate_all returns -EIO and does nothing
 * @DMA_SIM_DELAY_TERMINATE: the engine goes on after device_terminate_all for a
 *	while, for which device_synchronize waits
 * @DMA_SIM_LOCKED_CALLBACK: callbacks come with a lock of the channel held that
 *	prep, submit and status functions take, from status functions too
 * @DMA_SIM_VANISH: the device is gone from one moment to the next, as if pulled
 *	out of its slot
 * @DMA_SIM_NR_FAULTS: number of classes
 */
enum dma_sim_fault_class {
	DMA_SIM_FAIL_BEFORE,
	DMA_SIM_FAIL_MIDDLE,
	DMA_SIM_FAIL_END,
	DMA_SIM_STALL,
	DMA_SIM_LOSE_IRQ,
	DMA_SIM_REFUSE_PREP,
	DMA_SIM_REFUSE_MAP,
	DMA_SIM_REFUSE_TERMINATE,
	DMA_SIM_DELAY_TERMINATE,
	DMA_SIM_LOCKED_CALLBACK,
	DMA_SIM_VANISH,
	DMA_SIM_NR_FAULTS,
};

/**
 * struct dma_sim_fault - when faults of one class are to happen
 * @nth: at the so many-th occasion from now on, 1 being the next; 0 is the same
 *	as 1
 * @every: and then at each so many-th after that one; 0: never again
 * @ppm: instead of both, at any occasion with this probability, in millionths
 * @times: no more often than this; 0: without a limit
 * @result: what an operation fails with; %DMA_TRANS_NOERROR: one of the errors at
 *	random
 * @delay_ms: for how long the engine goes on, for %DMA_SIM_DELAY_TERMINATE
 *
 * The occasion is: a submitted descriptor, for the classes up to
 * %DMA_SIM_LOSE_IRQ and for %DMA_SIM_VANISH; a prepared descriptor; a mapping; a
 * call of device_terminate_all; a batch of callbacks.
 */
struct dma_sim_fault {
	unsigned int nth;
	unsigned int every;
	unsigned int ppm;
	unsigned int times;
	enum dmaengine_tx_result result;
	unsigned int delay_ms;
};

/**
 * enum dma_sim_violation - ways in which clients break the rules
 * @DMA_SIM_OUTSIDE: the engine was sent to an address that was never mapped for
 *	it, or beyond the end of a mapping
 * @DMA_SIM_UNMAPPED: ... to one that is not mapped any more
 * @DMA_SIM_DIRECTION: ... to write to what is mapped for reading, or the other
 *	way round
 * @DMA_SIM_OVERLAP: memory was mapped that is mapped already, on any simulated
 *	engine, and one of the two mappings can be written
 * @DMA_SIM_IN_USE: memory was unmapped while the engine was working on it
 * @DMA_SIM_TOUCHED: somebody else changed memory while the engine owned it
 * @DMA_SIM_BAD_UNMAP: what was unmapped or synchronised was not mapped, or not
 *	with this size and direction
 * @DMA_SIM_LIMIT: an operation was beyond the engine's limits or alignment
 * @DMA_SIM_NR_VIOLATIONS: number of them
 *
 * But for %DMA_SIM_LIMIT they are seen with &dma_sim_config.iova only.
 */
enum dma_sim_violation {
	DMA_SIM_OUTSIDE,
	DMA_SIM_UNMAPPED,
	DMA_SIM_DIRECTION,
	DMA_SIM_OVERLAP,
	DMA_SIM_IN_USE,
	DMA_SIM_TOUCHED,
	DMA_SIM_BAD_UNMAP,
	DMA_SIM_LIMIT,
	DMA_SIM_NR_VIOLATIONS,
};

/**
 * struct dma_sim_counters - what an engine has done since its creation
 * @ops: operations that the engine has ended, failed ones included, by &enum
 *	dma_transaction_type
 * @bytes: length times number of sources of those (of a fill: its length)
 * @failed: how many of them failed, for whatever reason
 * @aborted: operations that were terminated
 * @polled: operations that a caller of device_tx_status executed
 * @full: descriptors refused because none was free
 * @irqs: completion interrupts
 * @faults: faults that took effect, by class
 * @violations: rules that were broken
 * @mapped: memory that is mapped now; with &dma_sim_config.iova only
 *
 * Unbinding and binding do not reset them.
 */
struct dma_sim_counters {
	u64 ops[DMA_TX_TYPE_END];
	u64 bytes[DMA_TX_TYPE_END];
	u64 failed;
	u64 aborted;
	u64 polled;
	u64 full;
	u64 irqs;
	u64 faults[DMA_SIM_NR_FAULTS];
	u64 violations[DMA_SIM_NR_VIOLATIONS];
	u64 mapped;
};

extern const struct dma_sim_config dma_sim_defaults;

struct dma_sim *dma_sim_create(const struct dma_sim_config *config);
void dma_sim_destroy(struct dma_sim *sim);
struct device *dma_sim_device(struct dma_sim *sim);
int dma_sim_bind(struct dma_sim *sim);
void dma_sim_unbind(struct dma_sim *sim);

int dma_sim_set_fault(struct dma_sim *sim, enum dma_sim_fault_class class,
		      const struct dma_sim_fault *fault);
void dma_sim_clear_faults(struct dma_sim *sim);
void dma_sim_vanish(struct dma_sim *sim);

void dma_sim_read_counters(struct dma_sim *sim,
			   struct dma_sim_counters *counters);
void dma_sim_reset_counters(struct dma_sim *sim);
u64 dma_sim_violations(struct dma_sim *sim);

#endif /* _LINUX_DMA_SIM_H */
