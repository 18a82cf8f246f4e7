// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an operation costs when many submit at once, and how much memory it takes
 *
 * With threads=N, N tasks on a CPU each submit 32 operations at a time, with a callback
 * each, and wait for the last.  The time from when they are let go to the end of
 * the last, divided by all their operations, is what is reported: under
 * QEMU's -icount one emulated CPU runs at a time, and the clock counts the
 * instructions of all of them, so that this is what an operation costs, waiting for
 * locks included.  It says nothing about caches.
 *
 * What a submission writes can be traced from outside: see tools/qemu/stores.
 *
 * With inflight=N, N copies are submitted, and the memory that is gone is reported, in
 * thousandths of a byte an operation; an engine must be there that does not complete
 * them (bench_null with hold=1) until the module is to be unloaded.
 *
 * "bench|row|parameter|cost", as with async_tx_bench.
 */
#include <linux/async_tx.h>
#include <linux/completion.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/timex.h>
#include <linux/vmalloc.h>

#define SCALE_FLIGHT	32
#define SCALE_SRCS	4
#define SCALE_LEN	512

static unsigned int threads;
module_param(threads, uint, 0444);
MODULE_PARM_DESC(threads, "tasks that submit, one a CPU (default 0)");

static unsigned int rounds = 64;
module_param(rounds, uint, 0444);
MODULE_PARM_DESC(rounds, "how often each submits 32 operations (default 64)");

static unsigned int inflight;
module_param(inflight, uint, 0444);
MODULE_PARM_DESC(inflight, "operations to have in flight at a time (default 0)");

static bool relax;
module_param(relax, bool, 0444);
MODULE_PARM_DESC(relax, "let others go on after each submission (default no)");

struct scale_task {
	struct task_struct *task;
	struct page *dst[SCALE_FLIGHT];
	struct page *src[SCALE_FLIGHT];
	atomic_t left;
	struct completion seen;
};

static struct scale_task *tasks;
static int nr_srcs;
static atomic_t ready, running;
static DECLARE_COMPLETION(all_ready);
static DECLARE_COMPLETION(go);
static DECLARE_COMPLETION(all_done);
static u64 ended;

/* --- many at once --- */

static void scale_seen(void *param)
{
	struct scale_task *task = param;

	if (atomic_dec_and_test(&task->left))
		complete(&task->seen);
}

/* Marks for the trace: instructions that do nothing. */
static void scale_begin(void)
{
	asm volatile("nopl 0x5b0001(%%rax)" : : : "memory");
}

static void scale_end(void)
{
	asm volatile("nopl 0x5b0002(%%rax)" : : : "memory");
}

static void scale_round(struct scale_task *task)
{
	addr_conv_t scribble[SCALE_SRCS + 1];
	struct async_submit_ctl submit;
	int i;

	atomic_set(&task->left, SCALE_FLIGHT);
	reinit_completion(&task->seen);
	for (i = 0; i < SCALE_FLIGHT; i++) {
		init_async_submit(&submit, ASYNC_TX_ACK | (nr_srcs ? ASYNC_TX_XOR_ZERO_DST : 0),
				  NULL, scale_seen, task, scribble);
		scale_begin();
		if (nr_srcs)
			async_xor(task->dst[i], task->src, 0, nr_srcs, SCALE_LEN, &submit);
		else
			async_memcpy(task->dst[i], task->src[i], 0, 0, SCALE_LEN, &submit);
		scale_end();
		/* Ends the turn of an emulated CPU. */
		if (relax)
			cpu_relax();
	}
	async_tx_issue_pending_all();
	wait_for_completion(&task->seen);
}

static int scale_run(void *arg)
{
	struct scale_task *task = arg;
	unsigned int i;

	/* What only the first time costs. */
	scale_round(task);
	if (atomic_dec_and_test(&ready))
		complete(&all_ready);
	wait_for_completion(&go);
	for (i = 0; i < rounds; i++)
		scale_round(task);
	if (atomic_dec_and_test(&running)) {
		ended = get_cycles();
		complete(&all_done);
	}
	while (!kthread_should_stop())
		schedule_timeout_interruptible(HZ / 10);
	return 0;
}

static int scale_measure(const char *name, int srcs)
{
	unsigned int cpu, t;
	u64 began;

	nr_srcs = srcs;
	atomic_set(&ready, threads);
	atomic_set(&running, threads);
	reinit_completion(&all_ready);
	reinit_completion(&go);
	reinit_completion(&all_done);
	t = 0;
	for_each_online_cpu(cpu) {
		if (t == threads)
			break;
		init_completion(&tasks[t].seen);
		tasks[t].task = kthread_create(scale_run, &tasks[t], "bench/%u", cpu);
		if (IS_ERR(tasks[t].task))
			return PTR_ERR(tasks[t].task);
		kthread_bind(tasks[t].task, cpu);
		wake_up_process(tasks[t].task);
		t++;
	}

	wait_for_completion(&all_ready);
	began = get_cycles();
	complete_all(&go);
	wait_for_completion(&all_done);
	for (t = 0; t < threads; t++)
		kthread_stop(tasks[t].task);
	pr_info("bench|%s|%u|%llu\n", name, threads,
		div64_u64((ended - began) * 1000, (u64)threads * rounds * SCALE_FLIGHT));
	return 0;
}

static int scale_alloc(void)
{
	unsigned int t, i;

	tasks = kcalloc(threads, sizeof(*tasks), GFP_KERNEL);
	if (!tasks)
		return -ENOMEM;
	for (t = 0; t < threads; t++)
		for (i = 0; i < SCALE_FLIGHT; i++) {
			tasks[t].dst[i] = alloc_page(GFP_KERNEL | __GFP_ZERO);
			tasks[t].src[i] = alloc_page(GFP_KERNEL | __GFP_ZERO);
			if (!tasks[t].dst[i] || !tasks[t].src[i])
				return -ENOMEM;
		}
	return 0;
}

static void scale_free(void)
{
	unsigned int t, i;

	for (t = 0; tasks && t < threads; t++)
		for (i = 0; i < SCALE_FLIGHT; i++) {
			if (tasks[t].dst[i])
				__free_page(tasks[t].dst[i]);
			if (tasks[t].src[i])
				__free_page(tasks[t].src[i]);
		}
	kfree(tasks);
	tasks = NULL;
}

/* --- memory --- */

static struct page **copies;
static atomic_t nr_left;
static DECLARE_COMPLETION(nothing_left);

static void inflight_seen(void *param)
{
	if (atomic_dec_and_test(&nr_left))
		complete(&nothing_left);
}

static u64 memory_free(void)
{
	struct sysinfo info;

	si_meminfo(&info);
	return (u64)info.freeram * info.mem_unit;
}

static void inflight_free(void)
{
	unsigned int i;

	for (i = 0; copies && i <= inflight; i++)
		if (copies[i])
			__free_page(copies[i]);
	vfree(copies);
	copies = NULL;
}

static int inflight_measure(void)
{
	struct async_submit_ctl submit;
	unsigned int i, flying;
	u64 before, after;

	copies = vzalloc(array_size(inflight + 1, sizeof(*copies)));
	if (!copies)
		return -ENOMEM;
	for (i = 0; i <= inflight; i++) {
		copies[i] = alloc_page(GFP_KERNEL);
		if (!copies[i])
			return -ENOMEM;
	}

	atomic_set(&nr_left, inflight);
	before = memory_free();
	for (i = 0; i < inflight; i++) {
		init_async_submit(&submit, ASYNC_TX_ACK, NULL, inflight_seen, NULL, NULL);
		async_memcpy(copies[i], copies[inflight], 0, 0, PAGE_SIZE, &submit);
	}
	after = memory_free();
	flying = atomic_read(&nr_left);
	async_tx_issue_pending_all();
	if (!flying) {
		inflight_free();
		return -ENODEV;
	}
	pr_info("bench|memory|%u|%llu\n", flying,
		div_u64((before > after ? before - after : 0) * 1000, flying));
	return 0;
}

static int __init scale_init(void)
{
	int err = 0;

	if (threads > num_online_cpus() || threads && inflight)
		return -EINVAL;
	if (threads) {
		err = scale_alloc();
		if (!err)
			err = scale_measure("memcpy", 0);
		if (!err)
			err = scale_measure("xor 4", SCALE_SRCS);
		scale_free();
	}
	if (inflight) {
		err = inflight_measure();
		if (err)
			inflight_free();
	}
	return err;
}
module_init(scale_init);

static void __exit scale_exit(void)
{
	if (copies)
		wait_for_completion(&nothing_left);
	inflight_free();
}
module_exit(scale_exit);

MODULE_DESCRIPTION("Cost of operations when many submit, and their memory");
MODULE_LICENSE("GPL");
