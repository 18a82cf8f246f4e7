// SPDX-License-Identifier: GPL-2.0-only
/*
 * Test of how operations on the CPU are counted
 */
#include <kunit/test.h>
#include <linux/jiffies.h>
#include <linux/sched.h>
#include <linux/timer.h>

#include "../internal.h"

#define COUNT_TICKS	50
#define COUNT_LIMIT	(10 * HZ)
#define COUNT_LEN	5
#define COUNT_BLOCKS	3

static DEFINE_ASYNC_TX_COUNTS(test_counts);
static unsigned long ticks;

static void count_tick(struct timer_list *timer)
{
	async_tx_count_cpu(test_counts, COUNT_LEN, COUNT_BLOCKS);
	WRITE_ONCE(ticks, ticks + 1);
	if (ticks < COUNT_TICKS)
		mod_timer(timer, jiffies + 1);
}

static DEFINE_TIMER(count_timer, count_tick);

/* Softirqs that interrupt a task, which does nothing but count, count as well. */
static void count_interrupted(struct kunit *test)
{
	unsigned long deadline = jiffies + COUNT_LIMIT, counted = 0;
	struct async_tx_count sum = {};
	int cpu, i;

	async_tx_zero(test_counts, ASYNC_TX_CPU_COUNTS * sizeof(struct async_tx_count));
	ticks = 0;
	mod_timer(&count_timer, jiffies + 1);
	while (READ_ONCE(ticks) < COUNT_TICKS && time_before(jiffies, deadline)) {
		for (i = 0; i < 1000; i++)
			async_tx_count_cpu(test_counts, COUNT_LEN, COUNT_BLOCKS);
		counted += i;
		cond_resched();
	}
	timer_delete_sync(&count_timer);

	for_each_possible_cpu(cpu)
		for (i = 0; i < ASYNC_TX_CPU_COUNTS; i++) {
			sum.executed += per_cpu_ptr(test_counts, cpu)[i].executed;
			sum.bytes += per_cpu_ptr(test_counts, cpu)[i].bytes;
		}
	KUNIT_EXPECT_EQ(test, ticks, COUNT_TICKS);
	KUNIT_EXPECT_EQ(test, sum.executed, (u64)counted + ticks);
	KUNIT_EXPECT_EQ(test, sum.bytes, ((u64)counted + ticks) * COUNT_LEN * COUNT_BLOCKS);
}

static struct kunit_case count_cases[] = {
	KUNIT_CASE_SLOW(count_interrupted),
	{}
};

static struct kunit_suite count_suite = {
	.name = "async_tx_count",
	.test_cases = count_cases,
};

kunit_test_suite(count_suite);
