/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Intel I/OAT DMA engines
 */
#ifndef IOAT_H
#define IOAT_H

#include <linux/completion.h>
#include <linux/dmapool.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/io-64-nonatomic-lo-hi.h>
#include <linux/kobject.h>
#include <linux/kref.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/timer.h>

#include "../m2m-dma.h"
#include "hw.h"

#define IOAT_NAME		"ioatdma"
#define IOAT_MAX_CHANS		8
#define IOAT_MAX_SRCS		IOAT_PQ16_MAX

/* Pieces that one allocation of super extended descriptors is for */
#define IOAT_SED_PIECES		4

#define IOAT_ID_TBG0		0x3430

/* In &pci_device_id.driver_data */
#define IOAT_ID_NO_RAID		BIT(0)	/* its XOR and P+Q are not to be used */
#define IOAT_ID_ATOM		BIT(1)	/* reset of a channel loses the MSI-X table */
#define IOAT_ID_SKX		BIT(2)	/* says 3.3, is 3.2 */

/**
 * struct ioat_desc - an operation
 * @md: what the client sees, and who has it
 * @op: IOAT_OP_*
 * @flags: IOAT_CTL_* of its descriptors
 * @nr_srcs: sources
 * @pieces: hardware descriptors without what belongs to them, each of at most the
 *	longest transfer
 * @stride: slots of a piece
 * @tail: a null descriptor behind them says that it is complete
 * @slots: slots in all
 * @first: the first slot
 * @coef: coefficients of Q
 * @len: bytes
 * @dst: where to, or P and Q
 * @src: where from; of a fill, the pattern
 * @result: of a check
 * @sed: super extended descriptors, for each piece
 * @sed_dma: their address
 */
struct ioat_desc {
	struct m2m_desc md;
	u8 op;
	u8 nr_srcs;
	u8 stride;
	bool tail;
	u16 pieces;
	u16 slots;
	u16 first;
	u32 flags;
	u8 coef[IOAT_MAX_SRCS];
	size_t len;
	dma_addr_t dst[2];
	dma_addr_t src[IOAT_MAX_SRCS];
	enum sum_check_flags *result;
	__le64 *sed;
	dma_addr_t sed_dma;
};

/**
 * enum ioat_chan_state - whether a channel may be told to execute
 * @IOAT_CHAN_RUNNING: yes
 * @IOAT_CHAN_SUSPENDING: no, it is to be reset, and may still access memory
 * @IOAT_CHAN_RESETTING: likewise, and the reset has begun
 * @IOAT_CHAN_DEAD: the device is gone, or its reset did not end
 */
enum ioat_chan_state {
	IOAT_CHAN_RUNNING,
	IOAT_CHAN_SUSPENDING,
	IOAT_CHAN_RESETTING,
	IOAT_CHAN_DEAD,
};

/**
 * struct ioat_chan - a channel
 * @mc: what the core sees; its lock protects all below, but what says otherwise
 * @dev: its device
 * @regs: its registers
 * @setup: somebody allocates or frees what the channel needs, or stops or starts it;
 *	outside of the lock
 * @state: whether it runs
 * @chain_set: it knows where the chain begins
 * @closing: after a reset it is not to run again
 * @ring: the slots
 * @ring_dma: their address
 * @mask: number of slots, less one
 * @head: the next slot to be written
 * @issued: the next one to be told to the device
 * @tail: the first that is not complete
 * @reserved: slots of descriptors that are prepared
 * @count: slots of the chain that the device was told
 * @completion: what the device writes when something is complete
 * @completion_dma: its address
 * @chain_first: where the chain begins
 * @descs: descriptors, as many as there are slots
 * @queued: those in the ring, in its order
 * @clean: calls back
 * @timer: looks after operations whose interrupt does not come
 * @progress: when something was last complete, in jiffies
 * @reset_since: when this step of a reset began, in jiffies
 * @stuck: its reset did not end: it may access memory for ever
 * @coalesce: microseconds by which interrupts are late, for each operation waiting
 * @kobj: quickdata/ in sysfs
 * @kobj_gone: nobody reads there any more
 */
struct ioat_chan {
	struct m2m_chan mc;
	struct ioat_dev *dev;
	void __iomem *regs;
	struct mutex setup; /* see above */
	enum ioat_chan_state state;
	bool chain_set;
	bool closing;
	union ioat_slot *ring;
	dma_addr_t ring_dma;
	u16 mask;
	u16 head;
	u16 issued;
	u16 tail;
	u32 reserved;
	u16 count;
	__le64 *completion;
	dma_addr_t completion_dma;
	u16 chain_first;
	struct ioat_desc *descs;
	struct list_head queued;
	struct tasklet_struct clean;
	struct timer_list timer;
	unsigned long progress;
	unsigned long reset_since;
	bool stuck;
	unsigned int coalesce;
	struct kobject kobj;
	struct completion kobj_gone;
};

/**
 * struct ioat_dev - a device
 * @dma: what the core sees
 * @ref: the driver's reference, and the core's
 * @pdev: the PCI function
 * @regs: its registers
 * @version: 0x32 is 3.2
 * @cap: IOAT_CAP_* that are used
 * @xfercap: logarithm of the longest transfer
 * @style: of interrupts: PCI_IRQ_*
 * @nr_irqs: interrupts that are requested
 * @atom: see %IOAT_ID_ATOM
 * @msix_lock: protects @resetting and @msix; inside of &ioat_chan.lock
 * @resetting: channels whose reset has begun, and may have lost the MSI-X table
 * @msix: its first entry and the pending bits, as they were before
 * @can_delay: interrupts can be made late
 * @delay: by how many microseconds they are late
 * @gone: reads give all ones, or nobody may read any more
 * @leaving: no channel is needed: one that cannot be reset is kept from memory
 * @sed_pool: super extended descriptors
 * @nr_chans: channels
 * @chans: the channels
 */
struct ioat_dev {
	struct dma_device dma;
	struct kref ref;
	struct pci_dev *pdev;
	void __iomem *regs;
	u8 version;
	u32 cap;
	u8 xfercap;
	unsigned int style;
	unsigned int nr_irqs;
	bool atom;
	spinlock_t msix_lock; /* see above */
	unsigned int resetting;
	u64 msix[3];
	bool can_delay;
	unsigned int delay;
	bool gone;
	bool leaving;
	struct dma_pool *sed_pool;
	unsigned int nr_chans;
	struct ioat_chan chans[] __counted_by(nr_chans);
};

static inline struct ioat_dev *to_ioat_dev(struct dma_device *dma)
{
	return container_of(dma, struct ioat_dev, dma);
}

static inline struct ioat_chan *to_ioat_chan(struct dma_chan *chan)
{
	return container_of(chan, struct ioat_chan, mc.chan);
}

static inline struct ioat_desc *to_ioat_desc(struct dma_async_tx_descriptor *tx)
{
	return container_of(tx, struct ioat_desc, md.tx);
}

static inline struct device *ioat_chan_dev(struct ioat_chan *ic)
{
	return &ic->dev->pdev->dev;
}

/* A channel has no name before it is registered. */
static inline unsigned int ioat_chan_nr(struct ioat_chan *ic)
{
	return ic - ic->dev->chans;
}

/* Slots from @from to @to, around the end of the ring */
static inline u16 ioat_distance(const struct ioat_chan *ic, u16 from, u16 to)
{
	return (to - from) & ic->mask;
}

extern unsigned int ioat_pending_level;
extern unsigned int ioat_ring_order;
extern int ioat_completion_timeout;

#if IS_ENABLED(CONFIG_KUNIT)
/* pci.c */
void ioat_find_abilities(struct ioat_dev *id, unsigned long quirks);
struct ioat_dev *ioat_alloc(struct pci_dev *pdev, void __iomem *regs, unsigned long quirks);
void ioat_fill_in(struct ioat_dev *id);
#endif

/* chan.c */
int ioat_alloc_chan_resources(struct dma_chan *chan);
void ioat_free_chan_resources(struct dma_chan *chan);
void ioat_issue_pending(struct dma_chan *chan);
enum dma_status ioat_tx_status(struct dma_chan *chan, dma_cookie_t cookie,
			       struct dma_tx_state *state);
int ioat_terminate_all(struct dma_chan *chan);
void ioat_synchronize(struct dma_chan *chan);
int ioat_stop(struct dma_chan *chan);
void ioat_chan_init(struct ioat_dev *id, unsigned int nr);
int ioat_chan_halt(struct ioat_chan *ic);
void ioat_chan_tune(struct ioat_chan *ic, bool active);
void ioat_chan_drain(struct ioat_chan *ic);
void ioat_chan_shutdown(struct ioat_chan *ic);
int ioat_chan_restart(struct ioat_chan *ic);
void ioat_chan_remove(struct ioat_chan *ic);

/* ring.c */
void ioat_ring_write(struct ioat_chan *ic, struct ioat_desc *desc);
void ioat_ring_doorbell(struct ioat_chan *ic);
u32 ioat_ring_result(struct ioat_chan *ic, const struct ioat_desc *desc);

/* prep.c */
void ioat_set_prep(struct ioat_dev *id);
dma_cookie_t ioat_tx_submit(struct dma_async_tx_descriptor *tx);
void ioat_free_sed(struct ioat_chan *ic, struct ioat_desc *desc);

/* complete.c */
void ioat_finish(struct ioat_chan *ic, struct ioat_desc *desc);
void ioat_collect(struct ioat_chan *ic, bool look);
void ioat_again(struct m2m_chan *mc);
void ioat_clean(struct tasklet_struct *t);
void ioat_timer(struct timer_list *t);
void ioat_clear_errors(struct ioat_chan *ic);
void ioat_reset_begin(struct ioat_chan *ic);
bool ioat_reset_step(struct ioat_chan *ic);
void ioat_chan_start(struct ioat_chan *ic);
void ioat_die(struct ioat_chan *ic);

/* sysfs.c */
void ioat_sysfs_add(struct ioat_dev *id);
void ioat_sysfs_remove(struct ioat_dev *id);

#endif /* IOAT_H */
