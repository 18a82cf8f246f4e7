// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operations that somebody has to look at, and who does
 */

/**
 * DOC: who does the work
 *
 * Each CPU has two lists.  On the first are operations that became ready, or
 * that an engine has reported, on this CPU.  They are dealt with in softirq
 * context: unmapped, completed, their callbacks called, and what waited for
 * them dispatched.  An engine may report from wherever it likes, with locks
 * held: nothing happens there but that the operation is put on the list, unless
 * its driver promises better, see engine.c.
 *
 * On the second are operations for the CPU to run: there was no engine for
 * them, or one has failed.  A worker runs them, with BHs disabled, on a
 * workqueue that makes progress when memory is short.
 *
 * Whoever waits for an operation helps: finds what stands before it, takes that
 * from whichever list it is on, and deals with it.  So waiting ends even where
 * neither softirqs nor workers get the CPU.
 */
#include <linux/dma-mapping.h>
#include <linux/kernel.h>
#include <linux/rcupdate.h>

#include "core.h"

/* Operations dealt with before others get the CPU. */
#define ASYNC_TX_BATCH	128

/* Operations that may stand before another, when looking for the first. */
#define ASYNC_TX_CHAIN	4096

static struct workqueue_struct *todo_wq;
static struct workqueue_struct *cpu_wq;

static void async_tx_put_on(struct async_tx_op *op, struct async_tx_cpu *cpu,
			    struct list_head *list)
{
	unsigned long flags;

	spin_lock_irqsave(&cpu->todo_lock, flags);
	WRITE_ONCE(op->on, cpu);
	list_add_tail(&op->node, list);
	spin_unlock_irqrestore(&cpu->todo_lock, flags);
}

static struct async_tx_op *async_tx_take_first(struct async_tx_cpu *cpu,
					       struct list_head *list)
{
	struct async_tx_op *op;
	unsigned long flags;

	spin_lock_irqsave(&cpu->todo_lock, flags);
	op = list_first_entry_or_null(list, struct async_tx_op, node);
	if (op) {
		list_del(&op->node);
		WRITE_ONCE(op->on, NULL);
	}
	spin_unlock_irqrestore(&cpu->todo_lock, flags);
	return op;
}

/* Take an operation from the list of a CPU if it is still there. */
static bool async_tx_take(struct async_tx_cpu *cpu, struct async_tx_op *op)
{
	unsigned long flags;
	bool mine;

	spin_lock_irqsave(&cpu->todo_lock, flags);
	mine = op->on == cpu;
	if (mine) {
		list_del(&op->node);
		WRITE_ONCE(op->on, NULL);
	}
	spin_unlock_irqrestore(&cpu->todo_lock, flags);
	return mine;
}

/**
 * async_tx_queue_todo - let an operation be looked at in softirq context
 * @op: ASYNC_TX_READY or ASYNC_TX_REPORTED; somebody else's from now on
 *
 * Context: any.
 */
void async_tx_queue_todo(struct async_tx_op *op)
{
	struct async_tx_cpu *cpu = raw_cpu_ptr(&async_tx_cpus);

	async_tx_put_on(op, cpu, &cpu->todo);
	queue_work(todo_wq, &cpu->todo_work);
}

/**
 * async_tx_queue_work - let an operation be run by a CPU
 * @op: its ranges are held; somebody else's from now on
 *
 * Context: any but hard interrupt.
 */
void async_tx_queue_work(struct async_tx_op *op)
{
	struct async_tx_cpu *cpu = raw_cpu_ptr(&async_tx_cpus);

	async_tx_set_state(op, ASYNC_TX_FOR_CPU);
	async_tx_put_on(op, cpu, &cpu->work);
	queue_work(cpu_wq, &cpu->cpu_work);
}

/* Deal with what was on a todo list.  BHs are disabled. */
static void async_tx_deal_with(struct async_tx_op *op)
{
	if (op->state == ASYNC_TX_REPORTED) {
		async_tx_engine_report(op);
		return;
	}
	if (async_tx_start(op))
		return;
	if (op->kind->run)
		async_tx_queue_work(op);
	else
		async_tx_run(op);
}

static void async_tx_todo(struct work_struct *work)
{
	struct async_tx_cpu *cpu = container_of(work, struct async_tx_cpu, todo_work);
	struct async_tx_op *op;
	int n = 0;

	local_bh_disable();
	while (n++ < ASYNC_TX_BATCH) {
		op = async_tx_take_first(cpu, &cpu->todo);
		if (!op)
			break;
		async_tx_deal_with(op);
	}
	async_tx_issue(this_cpu_ptr(&async_tx_cpus));
	local_bh_enable();

	if (n > ASYNC_TX_BATCH)
		queue_work(todo_wq, work);
}

static void async_tx_cpu_work(struct work_struct *work)
{
	struct async_tx_cpu *cpu = container_of(work, struct async_tx_cpu, cpu_work);
	struct async_tx_op *op;

	do {
		/* Who waits must not find an operation taken but not run. */
		local_bh_disable();
		op = async_tx_take_first(cpu, &cpu->work);
		if (op)
			async_tx_run(op);
		local_bh_enable();
		cond_resched();
	} while (op);
}

/**
 * async_tx_help - bring an operation nearer to its end
 * @op: memory of an operation, that may have become another's meanwhile
 *
 * Context: any but hard interrupt.
 */
void async_tx_help(struct async_tx_op *op)
{
	struct async_tx_op *before;
	struct async_tx_cpu *cpu;
	int n = 0;

	local_bh_disable();
	rcu_read_lock();
	while (n++ < ASYNC_TX_CHAIN) {
		before = READ_ONCE(op->waits_on);
		if (!before)
			break;
		op = before;
	}

	cpu = READ_ONCE(op->on);
	if (!cpu) {
		async_tx_engine_poll(op);
		op = async_tx_train_todo(op) ?: op;
		cpu = READ_ONCE(op->on);
	}
	if (!cpu) {
		rcu_read_unlock();
	} else if (async_tx_take(cpu, op)) {
		rcu_read_unlock();
		if (op->state == ASYNC_TX_FOR_CPU)
			async_tx_run(op);
		else
			async_tx_deal_with(op);
		async_tx_issue(this_cpu_ptr(&async_tx_cpus));
	} else {
		rcu_read_unlock();
	}
	local_bh_enable();
}

void async_tx_queue_cpu_init(struct async_tx_cpu *cpu)
{
	spin_lock_init(&cpu->todo_lock);
	INIT_LIST_HEAD(&cpu->todo);
	INIT_LIST_HEAD(&cpu->work);
	INIT_WORK(&cpu->todo_work, async_tx_todo);
	INIT_WORK(&cpu->cpu_work, async_tx_cpu_work);
}

int async_tx_queue_init(void)
{
	todo_wq = alloc_workqueue("async_tx_todo", WQ_BH, 0);
	cpu_wq = alloc_workqueue("async_tx", WQ_MEM_RECLAIM | WQ_HIGHPRI, 0);
	if (todo_wq && cpu_wq)
		return 0;
	async_tx_queue_exit();
	return -ENOMEM;
}

void async_tx_queue_exit(void)
{
	if (cpu_wq)
		destroy_workqueue(cpu_wq);
	if (todo_wq)
		destroy_workqueue(todo_wq);
	cpu_wq = NULL;
	todo_wq = NULL;
}
