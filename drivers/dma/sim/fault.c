// SPDX-License-Identifier: GPL-2.0-only
/*
 * Simulated DMA engines: what goes wrong, and when.
 */

/**
 * DOC: faults
 *
 * Whether a fault happens is asked at each occasion for it, by its class.  Two
 * can answer: a script for the engine, which names the occasions by number or
 * draws them with the engine's seed, and the kernel's fault injection.
 *
 * What befalls an operation is decided when it is submitted, in the context of
 * its client, and counted when it takes effect, which may be never.
 */
#include <linux/cleanup.h>
#include <linux/export.h>
#include <linux/irqflags.h>
#include <linux/kstrtox.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/prandom.h>
#include <linux/seq_buf.h>
#include <linux/string.h>

#include "sim.h"

#define SIM_PPM		1000000

/* With which result the kernel's fault injection lets operations fail. */
static const struct dma_sim_fault sim_injected;

/* The errors of &enum dmaengine_tx_result; at 0, any of them. */
static const char * const sim_results[] = {
	[DMA_TRANS_NOERROR]		= "any",
	[DMA_TRANS_READ_FAILED]		= "read_failed",
	[DMA_TRANS_WRITE_FAILED]	= "write_failed",
	[DMA_TRANS_ABORTED]		= "aborted",
};

#ifdef CONFIG_FAULT_INJECTION
static void sim_attr_init(struct fault_attr *attr)
{
	*attr = (struct fault_attr)FAULT_ATTR_INITIALIZER;
	/* Faults are counted here; a message for each would be too much. */
	attr->verbose = 0;
}

static bool sim_attr_armed(const struct fault_attr *attr)
{
	return READ_ONCE(attr->probability);
}
#else
static void sim_attr_init(struct fault_attr *attr)
{
}

static bool sim_attr_armed(const struct fault_attr *attr)
{
	return false;
}
#endif

/**
 * sim_faults_init - let nothing go wrong at first
 * @sim: the engine
 */
void sim_faults_init(struct dma_sim *sim)
{
	unsigned int class;

	spin_lock_init(&sim->faults.lock);
	prandom_seed_state(&sim->faults.rnd, sim->config.seed);
	for (class = 0; class < DMA_SIM_NR_FAULTS; class++)
		sim_attr_init(&sim->faults.attrs[class]);
}

static bool sim_rule_hit(struct sim_faults *faults, struct sim_rule *rule)
{
	const struct dma_sim_fault *fault = &rule->fault;
	u64 nth = max(fault->nth, 1);
	bool hit;

	lockdep_assert_held(&faults->lock);

	if (!rule->on || (fault->times && rule->hits >= fault->times))
		return false;

	rule->seen++;
	if (fault->ppm)
		hit = prandom_u32_state(&faults->rnd) % SIM_PPM < fault->ppm;
	else if (rule->seen <= nth || !fault->every)
		hit = rule->seen == nth;
	else
		hit = (rule->seen - nth) % fault->every == 0;
	rule->hits += hit;
	return hit;
}

/**
 * sim_fault_armed - tell whether a fault may happen at all
 * @sim: the engine
 * @class: of which class
 *
 * Context: any.
 * Return: true if it may.
 */
bool sim_fault_armed(struct dma_sim *sim, enum dma_sim_fault_class class)
{
	/* What it says of itself holds, whatever fault injection is told. */
	if (class == DMA_SIM_LOCKED_CALLBACK && sim->config.callback_unlocked)
		return false;
	return READ_ONCE(sim->faults.rules[class].on) ||
	       sim_attr_armed(&sim->faults.attrs[class]);
}

/**
 * sim_fault - tell whether a fault happens now
 * @sim: the engine
 * @class: of which class
 * @fault: where to copy its details, or %NULL
 *
 * Context: any but NMI.
 * Return: true if it happens.
 */
bool sim_fault(struct dma_sim *sim, enum dma_sim_fault_class class,
	       struct dma_sim_fault *fault)
{
	struct sim_faults *faults = &sim->faults;
	struct sim_rule *rule = &faults->rules[class];

	if (!sim_fault_armed(sim, class))
		return false;

	scoped_guard(spinlock_irqsave, &faults->lock) {
		if (!sim_rule_hit(faults, rule))
			break;
		if (fault)
			*fault = rule->fault;
		return true;
	}

	if (!should_fail(&faults->attrs[class], 1))
		return false;
	if (fault)
		*fault = sim_injected;
	return true;
}

/**
 * sim_fault_report - count a fault that has taken effect
 * @sim: the engine
 * @class: its class
 *
 * Context: any but NMI.
 */
void sim_fault_report(struct dma_sim *sim, enum dma_sim_fault_class class)
{
	sim_count(sim, faults[class]);
}

static enum dmaengine_tx_result sim_any_error(struct sim_faults *faults)
{
	u32 rnd = 0;

	scoped_guard(spinlock_irqsave, &faults->lock)
		rnd = prandom_u32_state(&faults->rnd);
	return DMA_TRANS_READ_FAILED + rnd % 3;
}

/**
 * sim_fault_plan - decide what is to befall an operation
 * @sim: the engine
 * @plan: where to put that
 *
 * Context: any but NMI.
 */
void sim_fault_plan(struct dma_sim *sim, struct sim_plan *plan)
{
	enum dma_sim_fault_class at;
	struct dma_sim_fault fault;

	*plan = (struct sim_plan) {};
	for (at = DMA_SIM_FAIL_BEFORE; at <= DMA_SIM_FAIL_END; at++) {
		/* Every class counts its occasions, whatever the others do. */
		if (!sim_fault(sim, at, &fault) || plan->fail)
			continue;
		plan->fail = true;
		plan->at = at;
		plan->result = fault.result ?: sim_any_error(&sim->faults);
	}
	plan->stall = sim_fault(sim, DMA_SIM_STALL, NULL);
	plan->lose_irq = sim_fault(sim, DMA_SIM_LOSE_IRQ, NULL);
	plan->vanish = sim_fault(sim, DMA_SIM_VANISH, NULL);
}

/*
 * A lock around what clients call and around their callbacks
 */

/**
 * sim_client_lock - enter a channel as a client, or its interrupt handler
 * @sc: the channel
 *
 * Takes the lock only while %DMA_SIM_LOCKED_CALLBACK is armed, but for sparse it
 * always does.  Like the locks that it stands for, it is none for hard
 * interrupts.
 *
 * Return: whether the lock was taken; to be given to sim_client_unlock().
 */
bool sim_client_lock(struct sim_chan *sc)
	__acquires(&sc->client_lock)
{
	if (!sim_fault_armed(sc->sd->sim, DMA_SIM_LOCKED_CALLBACK)) {
		__acquire(&sc->client_lock);
		return false;
	}

	if (irqs_disabled())
		spin_lock(&sc->client_lock);
	else
		spin_lock_bh(&sc->client_lock);
	return true;
}

/**
 * sim_client_unlock - the end of what sim_client_lock() began
 * @sc: the channel
 * @locked: what that returned
 */
void sim_client_unlock(struct sim_chan *sc, bool locked)
	__releases(&sc->client_lock)
{
	if (!locked)
		__release(&sc->client_lock);
	else if (irqs_disabled())
		spin_unlock(&sc->client_lock);
	else
		spin_unlock_bh(&sc->client_lock);
}

/*
 * Scripts
 */

/**
 * dma_sim_set_fault - let an engine fail, by script
 * @sim: the engine
 * @class: how
 * @fault: when; %NULL: not any more
 *
 * Counting of occasions starts anew.
 *
 * Context: any but NMI.
 * Return: 0, or -EINVAL if there is no such class, result or probability, for
 * %DMA_SIM_REFUSE_MAP without &dma_sim_config.iova, or for
 * %DMA_SIM_LOCKED_CALLBACK with &dma_sim_config.callback_unlocked.
 */
int dma_sim_set_fault(struct dma_sim *sim, enum dma_sim_fault_class class,
		      const struct dma_sim_fault *fault)
{
	struct sim_faults *faults = &sim->faults;

	if (class >= DMA_SIM_NR_FAULTS)
		return -EINVAL;
	if (fault && (fault->result >= ARRAY_SIZE(sim_results) ||
		      fault->ppm > SIM_PPM))
		return -EINVAL;
	if (fault && class == DMA_SIM_REFUSE_MAP && !sim->config.iova)
		return -EINVAL;
	if (fault && class == DMA_SIM_LOCKED_CALLBACK && sim->config.callback_unlocked)
		return -EINVAL;

	scoped_guard(spinlock_irqsave, &faults->lock) {
		struct sim_rule *rule = &faults->rules[class];

		rule->seen = 0;
		rule->hits = 0;
		if (fault)
			rule->fault = *fault;
		WRITE_ONCE(rule->on, !!fault);
	}
	return 0;
}
EXPORT_SYMBOL_NS_GPL(dma_sim_set_fault, DMA_SIM);

/**
 * dma_sim_clear_faults - forget all scripts of an engine
 * @sim: the engine
 *
 * Of operations that are submitted already, those fail that were going to.
 *
 * Context: any but NMI.
 */
void dma_sim_clear_faults(struct dma_sim *sim)
{
	unsigned int class;

	for (class = 0; class < DMA_SIM_NR_FAULTS; class++)
		dma_sim_set_fault(sim, class, NULL);
}
EXPORT_SYMBOL_NS_GPL(dma_sim_clear_faults, DMA_SIM);

static int sim_fault_option(struct dma_sim_fault *fault, const char *name,
			    const char *value)
{
	int result;

	if (!strcmp(name, "nth"))
		return kstrtouint(value, 0, &fault->nth);
	if (!strcmp(name, "every"))
		return kstrtouint(value, 0, &fault->every);
	if (!strcmp(name, "ppm"))
		return kstrtouint(value, 0, &fault->ppm);
	if (!strcmp(name, "times"))
		return kstrtouint(value, 0, &fault->times);
	if (!strcmp(name, "delay_ms"))
		return kstrtouint(value, 0, &fault->delay_ms);
	if (!strcmp(name, "result")) {
		result = match_string(sim_results, ARRAY_SIZE(sim_results),
				      value);
		if (result < 0)
			return result;
		fault->result = result;
		return 0;
	}
	return -EINVAL;
}

/**
 * sim_fault_command - do what was written to the file "fault"
 * @sim: the engine
 * @text: "clear", or a class and then "off", "now" or a list of options;
 *	destroyed
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int sim_fault_command(struct dma_sim *sim, char *text)
{
	char *rest = strim(text), *name, *word;
	struct dma_sim_fault fault = {};
	int class, ret;

	name = strsep(&rest, " \t");
	if (!strcmp(name, "clear")) {
		dma_sim_clear_faults(sim);
		return 0;
	}
	class = match_string(sim_fault_names, DMA_SIM_NR_FAULTS, name);
	if (class < 0)
		return class;
	if (rest && !strcmp(rest, "off"))
		return dma_sim_set_fault(sim, class, NULL);
	if (rest && class == DMA_SIM_VANISH && !strcmp(rest, "now")) {
		dma_sim_vanish(sim);
		return 0;
	}

	while ((word = strsep(&rest, " \t"))) {
		if (!*word)
			continue;
		name = strsep(&word, "=");
		if (!word)
			return -EINVAL;
		ret = sim_fault_option(&fault, name, word);
		if (ret)
			return ret;
	}
	return dma_sim_set_fault(sim, class, &fault);
}

/**
 * sim_faults_print - show the scripts of an engine
 * @sim: the engine
 * @s: where to
 */
void sim_faults_print(struct dma_sim *sim, struct seq_buf *s)
{
	unsigned int class;

	for (class = 0; class < DMA_SIM_NR_FAULTS; class++) {
		struct sim_rule rule;

		scoped_guard(spinlock_irqsave, &sim->faults.lock)
			rule = sim->faults.rules[class];
		if (!rule.on)
			continue;
		seq_buf_printf(s, "%s nth=%u every=%u ppm=%u times=%u result=%s delay_ms=%u\n",
			       sim_fault_names[class], rule.fault.nth,
			       rule.fault.every, rule.fault.ppm,
			       rule.fault.times, sim_results[rule.fault.result],
			       rule.fault.delay_ms);
	}
}
