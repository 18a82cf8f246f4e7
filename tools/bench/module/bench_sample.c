// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where a kernel spends its time, by samples
 *
 * Notes at regular intervals on each CPU what is running: a timer that expires in
 * hard interrupt context, which sees what it has interrupted.  Writing 1 to the
 * parameter on begins, writing 0 ends and says in the log how many samples fell on
 * which module and task: "sample|task|module|number".  Code that runs with
 * interrupts disabled is seen where it enables them.
 */
#include <linux/cpu.h>
#include <linux/hrtimer.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/vmalloc.h>
#include <asm/irq_regs.h>
#include <asm/ptrace.h>

#define SAMPLE_MAX	40000
#define SAMPLE_ROWS	256

static unsigned int period_us = 997;
module_param(period_us, uint, 0644);
MODULE_PARM_DESC(period_us, "time between samples of a CPU (default 997)");

struct sample {
	unsigned long ip;
	char comm[TASK_COMM_LEN];
};

struct sample_cpu {
	struct hrtimer timer;
	struct sample *samples;
	unsigned int nr;
};

struct sample_row {
	char comm[TASK_COMM_LEN];
	char module[32];
	unsigned int nr;
};

static DEFINE_PER_CPU(struct sample_cpu, sample_cpus);
static bool on;

static enum hrtimer_restart sample_tick(struct hrtimer *timer)
{
	struct sample_cpu *cpu = container_of(timer, struct sample_cpu, timer);
	struct pt_regs *regs = get_irq_regs();

	if (regs && cpu->nr < SAMPLE_MAX) {
		struct sample *sample = &cpu->samples[cpu->nr++];

		sample->ip = user_mode(regs) ? 0 : instruction_pointer(regs);
		strscpy(sample->comm, is_idle_task(current) ? "idle" : current->comm,
			sizeof(sample->comm));
	}
	hrtimer_forward_now(timer, ns_to_ktime((u64)period_us * NSEC_PER_USEC));
	return HRTIMER_RESTART;
}

static void sample_start(void *arg)
{
	struct sample_cpu *cpu = this_cpu_ptr(&sample_cpus);

	hrtimer_init(&cpu->timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
	cpu->timer.function = sample_tick;
	hrtimer_start(&cpu->timer, ns_to_ktime((u64)period_us * NSEC_PER_USEC),
		      HRTIMER_MODE_REL_PINNED_HARD);
}

static void sample_module(unsigned long ip, char *module, size_t size)
{
	char name[KSYM_SYMBOL_LEN], *bracket;

	if (!ip) {
		strscpy(module, "user", size);
		return;
	}
	sprint_symbol(name, ip);
	bracket = strrchr(name, '[');
	if (!bracket) {
		strscpy(module, "kernel", size);
		return;
	}
	strscpy(module, bracket + 1, size);
	bracket = strchr(module, ']');
	if (bracket)
		*bracket = '\0';
}

static void sample_report(void)
{
	struct sample_row *rows;
	unsigned int nr_rows = 0, i, r;
	int c;

	rows = kcalloc(SAMPLE_ROWS, sizeof(*rows), GFP_KERNEL);
	if (!rows)
		return;
	for_each_online_cpu(c) {
		struct sample_cpu *cpu = per_cpu_ptr(&sample_cpus, c);

		for (i = 0; i < cpu->nr; i++) {
			struct sample *sample = &cpu->samples[i];
			char module[32];

			sample_module(sample->ip, module, sizeof(module));
			for (r = 0; r < nr_rows; r++)
				if (!strcmp(rows[r].comm, sample->comm) &&
				    !strcmp(rows[r].module, module))
					break;
			if (r == SAMPLE_ROWS)
				continue;
			if (r == nr_rows) {
				strscpy(rows[r].comm, sample->comm);
				strscpy(rows[r].module, module);
				nr_rows++;
			}
			rows[r].nr++;
		}
	}
	for (r = 0; r < nr_rows; r++)
		pr_info("sample|%s|%s|%u\n", rows[r].comm, rows[r].module, rows[r].nr);
	kfree(rows);
}

static void sample_stop(void)
{
	int c;

	for_each_online_cpu(c) {
		struct sample_cpu *cpu = per_cpu_ptr(&sample_cpus, c);

		if (cpu->samples)
			hrtimer_cancel(&cpu->timer);
	}
}

static void sample_free(void)
{
	int c;

	for_each_possible_cpu(c) {
		struct sample_cpu *cpu = per_cpu_ptr(&sample_cpus, c);

		vfree(cpu->samples);
		cpu->samples = NULL;
		cpu->nr = 0;
	}
}

static int on_set(const char *val, const struct kernel_param *kp)
{
	bool want;
	int c, err;

	err = kstrtobool(val, &want);
	if (err || want == on)
		return err;
	if (want && !period_us)
		return -EINVAL;

	cpus_read_lock();
	if (want) {
		for_each_online_cpu(c) {
			struct sample_cpu *cpu = per_cpu_ptr(&sample_cpus, c);

			cpu->samples = vzalloc(array_size(SAMPLE_MAX,
							  sizeof(*cpu->samples)));
			if (!cpu->samples) {
				cpus_read_unlock();
				sample_free();
				return -ENOMEM;
			}
		}
		on_each_cpu(sample_start, NULL, 1);
	} else {
		sample_stop();
		sample_report();
		sample_free();
	}
	on = want;
	cpus_read_unlock();
	return 0;
}

static const struct kernel_param_ops on_ops = {
	.set = on_set,
	.get = param_get_bool,
};
module_param_cb(on, &on_ops, &on, 0644);
MODULE_PARM_DESC(on, "take samples");

static int __init sample_init(void)
{
	return 0;
}
module_init(sample_init);

static void __exit sample_exit(void)
{
	if (on)
		sample_stop();
	sample_free();
}
module_exit(sample_exit);

MODULE_DESCRIPTION("Samples of what runs");
MODULE_LICENSE("GPL");
