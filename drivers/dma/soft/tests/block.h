/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For tests of pollers that keep all else from their CPU, of the engines that are
 * made of software
 */
#ifndef DMA_SOFT_TEST_BLOCK_H
#define DMA_SOFT_TEST_BLOCK_H

#include <kunit/test.h>
#include <linux/bottom_half.h>
#include <linux/irqflags.h>
#include <linux/preempt.h>
#include <linux/string.h>

/* How a poller keeps others from its CPU. */
enum test_block {
	TEST_NO_PREEMPTION,
	TEST_NO_BH,
	TEST_NO_IRQ,
};

static const char * const test_block_names[] = {
	"preemption off", "bottom halves off", "interrupts off",
};

static inline void test_block_cpu(enum test_block how, bool block)
{
	static unsigned long flags;

	switch (how) {
	case TEST_NO_PREEMPTION:
		if (block)
			preempt_disable();
		else
			preempt_enable();
		break;
	case TEST_NO_BH:
		if (block)
			local_bh_disable();
		else
			local_bh_enable();
		break;
	case TEST_NO_IRQ:
		if (block)
			local_irq_save(flags);
		else
			local_irq_restore(flags);
		break;
	}
}

static const enum test_block test_blocks[] = {
	TEST_NO_PREEMPTION, TEST_NO_BH, TEST_NO_IRQ,
};

static void test_block_desc(const enum test_block *how, char *desc)
{
	strscpy(desc, test_block_names[*how], KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(test_block, test_blocks, test_block_desc);

#endif /* DMA_SOFT_TEST_BLOCK_H */
