/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Intel I/OAT: a channel's hardware, whose registers are ordinary memory.
 */
#ifndef IOAT_MODEL_H
#define IOAT_MODEL_H

#include <kunit/test.h>
#include <linux/kthread.h>

#include "../ioat.h"

/* Registers of the device and of one channel, with the configuration space behind */
#define MODEL_REGS		(2 * IOAT_CHAN_SIZE)

/**
 * struct ioat_model - a device with one channel
 * @regs: what the driver takes for its registers
 * @id: the driver's device, which is there while a test runs
 * @thread: executes
 * @cur: address of the next descriptor
 * @done: slots of the chain that were executed
 * @last: what was last completed, as written back
 * @halted: nothing is executed until there is a new chain
 * @paused: nothing is executed until the test says so
 * @hangs: nothing is executed until the next reset
 * @fail_in: after so many descriptors comes one that fails; -1: never
 * @fail_err: how, in IOAT_ERR_* and the like
 * @lose_irqs: interrupts that do not arrive
 * @lose_writes: completions that are not written
 * @resets: how often the channel was reset
 */
struct ioat_model {
	void *regs;
	struct ioat_dev *id;
	struct task_struct *thread;
	u64 cur;
	u16 done;
	u64 last;
	bool halted;
	bool paused;
	bool hangs;
	int fail_in;
	u32 fail_err;
	int lose_irqs;
	int lose_writes;
	unsigned int resets;
};

int ioat_model_thread(void *data);
u8 ioat_model_mul(u8 a, u8 b);

#endif /* IOAT_MODEL_H */
