/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Engines of the Intel I/O processors: a unit's hardware, in memory
 */
#ifndef IOP_MODEL_H
#define IOP_MODEL_H

#include <linux/kthread.h>
#include <linux/spinlock.h>

#include "../iop.h"

/**
 * struct iop_model - a unit
 * @id: the driver's device, which is there while a test runs
 * @thread: executes
 * @lock: protects the registers; inside of &m2m_chan.lock
 * @ccr: control
 * @csr: status
 * @dar: address of the current descriptor
 * @ndar: address of the first one
 * @link: of the next one, as it was read, or 0
 * @resume: the current one's link is to be read again
 * @executing: it does what a descriptor says
 * @paused: nothing is fetched until the test says so
 * @slow_us: how long a descriptor takes, in microseconds
 * @hangs: nothing is fetched until it is stopped
 * @stuck: nor does it stop
 * @gone: reads give all ones
 * @fail_in: after so many descriptors comes one that fails; -1: never
 * @fail_bits: how, as in the status; 0: the unit hangs
 * @fail_fetch: it fails as it is fetched, so the unit still stands at the one before
 * @wrong: what is written differs by a bit
 * @lose_irqs: interrupts that do not arrive
 * @lose_resumes: times that it does not take notice of what is appended
 * @stops: how often it was stopped while it was active
 * @executed: descriptors
 * @resumed: chains that went on, at what was appended to their end
 * @appended: times that something was appended while it was active
 * @bad: what the driver must not do, or %NULL
 */
struct iop_model {
	struct iop_dev *id;
	struct task_struct *thread;
	spinlock_t lock; /* see above */
	u32 ccr;
	u32 csr;
	u32 dar;
	u32 ndar;
	u32 link;
	bool resume;
	bool executing;
	bool paused;
	unsigned int slow_us;
	bool hangs;
	bool stuck;
	bool gone;
	int fail_in;
	u32 fail_bits;
	bool fail_fetch;
	bool wrong;
	int lose_irqs;
	int lose_resumes;
	unsigned int stops;
	unsigned int executed;
	unsigned int resumed;
	unsigned int appended;
	const char *bad;
};

void iop_model_init(struct iop_model *m, struct iop_dev *id);
void iop_model_reset(struct iop_model *m);
int iop_model_thread(void *data);
u8 iop_model_mul(u8 a, u8 b);
struct iop_model *iop_model_of(struct iop_dev *id);

#endif /* IOP_MODEL_H */
