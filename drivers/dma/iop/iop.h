/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Engines of the Intel I/O processors
 */
#ifndef IOP_H
#define IOP_H

#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/mutex.h>
#include <linux/platform_data/dma-iop.h>
#include <linux/timer.h>

#include "../m2m-dma.h"
#include "hw.h"

#define IOP_NAME		"iop-adma"
#define IOP_MAX_SRCS		IOP_AAU_MAX_SRCS
#define IOP_MAX_PQ_SRCS		IOP_ADMA_MAX_SRCS
#define IOP_MAX_IRQS		3

/* Sums that a wide check writes before it compares them, of so many bytes at a time */
#define IOP_SCRATCH		SZ_4K

/**
 * enum iop_op - what a descriptor does
 * @IOP_NULL: nothing, but for its interrupt
 * @IOP_COPY: copies
 * @IOP_FILL: fills with a byte
 * @IOP_XOR: adds up
 * @IOP_XOR_VAL: compares a sum with zero
 * @IOP_PQ: P+Q, or Q alone
 * @IOP_PQ_VAL: compares P+Q, or Q alone
 * @IOP_WIDE_VAL: the same of more sources than a check can have: makes the sums, then
 *	compares each of them, in descriptors of their own
 */
enum iop_op {
	IOP_NULL,
	IOP_COPY,
	IOP_FILL,
	IOP_XOR,
	IOP_XOR_VAL,
	IOP_PQ,
	IOP_PQ_VAL,
	IOP_WIDE_VAL,
};

/**
 * struct iop_hw_op - one hardware descriptor, in words
 * @op: what it does
 * @nr: sources; of %IOP_PQ_VAL without P and Q
 * @no_p: there is no P
 * @irq: it interrupts
 * @len: bytes
 * @value: what a fill writes
 * @dst: where to, or P and Q
 * @src: where from
 * @coef: coefficients of Q
 */
struct iop_hw_op {
	enum iop_op op;
	u8 nr;
	bool no_p;
	bool irq;
	u32 len;
	u8 value;
	dma_addr_t dst[2];
	dma_addr_t src[IOP_MAX_SRCS];
	u8 coef[IOP_MAX_PQ_SRCS];
};

/**
 * struct iop_cause - a reason to stop
 * @bit: in the status
 * @result: what becomes of the operation
 * @name: for the log
 */
struct iop_cause {
	u32 bit;
	enum dmaengine_tx_result result;
	const char *name;
};

/**
 * struct iop_unit - a kind of unit
 * @name: for the log
 * @dar: offset of the register with the current descriptor's address
 * @ndar: and with the next one's
 * @regs: size of the registers
 * @active: bit of the status
 * @eot: likewise
 * @eoc: likewise
 * @errors: all bits of @causes
 * @causes: why it may stop; ends with one without a bit
 * @slot: bytes from one descriptor to the next
 * @max_check: longest check of one descriptor, in bytes
 * @max_xor: most sources of an XOR, or 0
 * @max_pq: most sources of a P+Q, or 0
 * @copies: it can
 * @fills: it can
 * @write: writes a descriptor, but for its link
 * @found: what a check has written back, as SUM_CHECK_*_RESULT; of an XOR's, P
 */
struct iop_unit {
	const char *name;
	u8 dar;
	u8 ndar;
	u16 regs;
	u32 active;
	u32 eot;
	u32 eoc;
	u32 errors;
	const struct iop_cause *causes;
	u16 slot;
	u32 max_check;
	u8 max_xor;
	u8 max_pq;
	bool copies;
	bool fills;
	void (*write)(__le32 *word, const struct iop_hw_op *op);
	u32 (*found)(const __le32 *word);
};

/**
 * struct iop_desc - an operation
 * @md: what the client sees, and who has it
 * @op: what is to be done
 * @value: what to fill with
 * @nr_srcs: sources
 * @no_p: there is no P
 * @no_q: there is no Q
 * @steps: hardware descriptors of each piece
 * @slots: of all pieces
 * @first: the first slot
 * @piece: bytes of each piece but the last
 * @coef: coefficients of Q
 * @len: bytes
 * @dst: where to, or P and Q
 * @src: where from
 * @result: of a check
 */
struct iop_desc {
	struct m2m_desc md;
	enum iop_op op;
	u8 value;
	u8 nr_srcs;
	bool no_p;
	bool no_q;
	u8 steps;
	u16 slots;
	u16 first;
	u32 piece;
	u8 coef[IOP_MAX_PQ_SRCS];
	size_t len;
	dma_addr_t dst[2];
	dma_addr_t src[IOP_MAX_SRCS];
	enum sum_check_flags *result;
};

/**
 * enum iop_chan_state - whether a channel may be told to execute
 * @IOP_CHAN_RUNNING: yes
 * @IOP_CHAN_STOPPING: no, it is to stop, and may still access memory
 * @IOP_CHAN_DEAD: no
 */
enum iop_chan_state {
	IOP_CHAN_RUNNING,
	IOP_CHAN_STOPPING,
	IOP_CHAN_DEAD,
};

/**
 * struct iop_chan - the channel of a unit
 * @mc: what the core sees; its lock protects all below, but what says otherwise
 * @id: its device
 * @setup: somebody allocates or frees what the channel needs, or stops or starts it;
 *	outside of the lock
 * @state: whether it runs
 * @chained: it has a chain, which may be appended to
 * @fresh: it was not yet seen to have begun with it
 * @stale: until then, where it stood before: an address ...
 * @keep: ... and the slot that has it, or had
 * @closing: when it has stopped it is not to run again
 * @stuck: it does not stop: it may access memory for ever
 * @errors: of the status, cleared there by the interrupt handler
 * @ring: the slots
 * @ring_dma: their address
 * @scratch: behind them, for wide checks: P and Q
 * @mask: number of slots, less one
 * @head: the next slot to be written
 * @wanted: the next one to be issued by the client
 * @issued: the next one to be told to the unit
 * @tail: the first that is not complete
 * @reserved: slots of descriptors that are prepared
 * @descs: descriptors, as many as there are slots
 * @queued: those in the ring, in its order
 * @clean: calls back
 * @timer: looks after operations whose interrupt does not come
 * @progress: when something was last complete, in jiffies
 * @reminded: since then it was told once more of what it has
 * @since: when it was told to stop, in jiffies
 */
struct iop_chan {
	struct m2m_chan mc;
	struct iop_dev *id;
	struct mutex setup; /* see above */
	enum iop_chan_state state;
	bool chained;
	bool fresh;
	u32 stale;
	u16 keep;
	bool closing;
	bool stuck;
	u32 errors;
	void *ring;
	dma_addr_t ring_dma;
	dma_addr_t scratch;
	u16 mask;
	u16 head;
	u16 wanted;
	u16 issued;
	u16 tail;
	u32 reserved;
	struct iop_desc *descs;
	struct list_head queued;
	struct tasklet_struct clean;
	struct timer_list timer;
	unsigned long progress;
	bool reminded;
	unsigned long since;
};

/**
 * struct iop_irq - an interrupt line
 * @ic: the channel
 * @mask: bits of the status that it is for
 * @nr: its number, or 0: there is none
 */
struct iop_irq {
	struct iop_chan *ic;
	u32 mask;
	unsigned int nr;
};

/**
 * struct iop_dev - a unit
 * @dma: what the core sees
 * @ref: the driver's reference, and the core's
 * @dev: the platform device
 * @unit: what it is
 * @regs: its registers
 * @cut_off: keeps a unit that does not stop from memory, if anything can
 * @gone: reads give all ones, or nobody may read any more
 * @leaving: nobody needs it: cut it off if it does not stop
 * @irq: its interrupt lines
 * @reg_read: for tests: takes the place of reading a register
 * @reg_write: and of writing one
 * @ic: its channel
 */
struct iop_dev {
	struct dma_device dma;
	struct kref ref;
	struct device *dev;
	const struct iop_unit *unit;
	void __iomem *regs;
	void (*cut_off)(struct device *dev);
	bool gone;
	bool leaving;
	struct iop_irq irq[IOP_MAX_IRQS];
#if IS_ENABLED(CONFIG_INTEL_IOP_ADMA_KUNIT_TEST)
	u32 (*reg_read)(struct iop_dev *id, unsigned int reg);
	void (*reg_write)(struct iop_dev *id, unsigned int reg, u32 value);
#endif
	struct iop_chan ic;
};

static inline struct iop_dev *to_iop_dev(struct dma_device *dma)
{
	return container_of(dma, struct iop_dev, dma);
}

static inline struct iop_chan *to_iop_chan(struct dma_chan *chan)
{
	return container_of(chan, struct iop_chan, mc.chan);
}

static inline struct iop_desc *to_iop_desc(struct dma_async_tx_descriptor *tx)
{
	return container_of(tx, struct iop_desc, md.tx);
}

static inline u32 iop_read(struct iop_chan *ic, unsigned int reg)
{
#if IS_ENABLED(CONFIG_INTEL_IOP_ADMA_KUNIT_TEST)
	if (ic->id->reg_read)
		return ic->id->reg_read(ic->id, reg);
#endif
	return readl(ic->id->regs + reg);
}

static inline void iop_write(struct iop_chan *ic, unsigned int reg, u32 value)
{
#if IS_ENABLED(CONFIG_INTEL_IOP_ADMA_KUNIT_TEST)
	if (ic->id->reg_write) {
		/* As writel() does: what is in memory comes first. */
		wmb();
		ic->id->reg_write(ic->id, reg, value);
		return;
	}
#endif
	writel(value, ic->id->regs + reg);
}

/* Slots from @from to @to, around the end of the ring */
static inline u16 iop_distance(const struct iop_chan *ic, u16 from, u16 to)
{
	return (to - from) & ic->mask;
}

extern unsigned int iop_ring_order;
extern unsigned int iop_completion_timeout;

/* unit.c */
extern const struct iop_unit iop_dma_unit;
extern const struct iop_unit iop_aau_unit;
extern const struct iop_unit iop_adma_unit;

#if IS_ENABLED(CONFIG_KUNIT)
/* platform.c */
irqreturn_t iop_irq(int irq, void *data);
struct iop_dev *iop_alloc(struct device *dev, const struct iop_unit *unit, void __iomem *regs);
void iop_fill_in(struct iop_dev *id);
int iop_self_test(struct iop_dev *id);
int iop_suspend(struct device *dev);
int iop_resume(struct device *dev);
#endif

/* chan.c */
int iop_alloc_chan_resources(struct dma_chan *chan);
void iop_free_chan_resources(struct dma_chan *chan);
void iop_issue_pending(struct dma_chan *chan);
enum dma_status iop_tx_status(struct dma_chan *chan, dma_cookie_t cookie,
			      struct dma_tx_state *state);
int iop_terminate_all(struct dma_chan *chan);
void iop_synchronize(struct dma_chan *chan);
int iop_stop(struct dma_chan *chan);
void iop_chan_init(struct iop_dev *id);
int iop_chan_halt(struct iop_chan *ic);
void iop_chan_drain(struct iop_chan *ic);
void iop_chan_shutdown(struct iop_chan *ic);
int iop_chan_restart(struct iop_chan *ic);
void iop_chan_remove(struct iop_chan *ic);

/* chain.c */
u32 iop_slot_addr(const struct iop_chan *ic, u16 nr);
int iop_slot_at(const struct iop_chan *ic, u32 addr);
void iop_chain_write(struct iop_chan *ic, struct iop_desc *desc);
void iop_chain_tell(struct iop_chan *ic);
void iop_chain_issue(struct iop_chan *ic);
void iop_chain_resume(struct iop_chan *ic);
void iop_chain_forget(struct iop_chan *ic);
u32 iop_chain_found(struct iop_chan *ic, const struct iop_desc *desc);

/* prep.c */
void iop_set_prep(struct iop_dev *id);
dma_cookie_t iop_tx_submit(struct dma_async_tx_descriptor *tx);

/* complete.c */
void iop_finish(struct iop_chan *ic, struct iop_desc *desc);
void iop_collect(struct iop_chan *ic);
void iop_again(struct m2m_chan *mc);
void iop_clean(struct tasklet_struct *t);
void iop_timer(struct timer_list *t);
void iop_stop_begin(struct iop_chan *ic);
bool iop_stop_step(struct iop_chan *ic);
void iop_die(struct iop_chan *ic);

#endif /* IOP_H */
