// SPDX-License-Identifier: GPL-2.0-only
/*
 * Simulated DMA engines: what an engine is like, in words.
 *
 * Each parameter has a name, which is that of its file in configfs and of its
 * option of the module parameter.
 */
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/log2.h>
#include <linux/nodemask.h>
#include <linux/numa.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "sim.h"

#define SIM_MAX_CHANNELS	64
#define SIM_MAX_RING		4096
#define SIM_MAX_ALIGN		PAGE_SHIFT
#define SIM_MAX_DELAY_NS	NSEC_PER_SEC
#define SIM_MAX_COALESCE_US	USEC_PER_SEC

const struct dma_sim_config dma_sim_defaults = {
	.kinds = DMA_SIM_ALL_KINDS,
	.channels = 1,
	.ring = 64,
	.node = NUMA_NO_NODE,
	.max_xor = 16,
	.max_pq = 16,
	.pq_continue = true,
	.offload_always = true,
	.coalesce_ops = 1,
	.seed = 1,
};
EXPORT_SYMBOL_NS_GPL(dma_sim_defaults, DMA_SIM);

enum sim_param_type {
	SIM_UINT,
	SIM_BOOL,
	SIM_NODE,
	SIM_SEED,
	SIM_ALIGN,
	SIM_KINDS,
};

static const struct sim_param {
	const char *name;
	enum sim_param_type type;
	size_t offset;
	unsigned int min;
	unsigned int max;
} sim_params[] = {
#define SIM_PARAM(_name, _type, _min, _max) \
	{ #_name, _type, offsetof(struct dma_sim_config, _name), _min, _max }
	SIM_PARAM(kinds, SIM_KINDS, 0, 0),
	SIM_PARAM(channels, SIM_UINT, 1, SIM_MAX_CHANNELS),
	SIM_PARAM(ring, SIM_UINT, 2, SIM_MAX_RING),
	SIM_PARAM(node, SIM_NODE, 0, 0),
	SIM_PARAM(max_xor, SIM_UINT, 2, SOFT_MAX_SRCS),
	SIM_PARAM(max_pq, SIM_UINT, 2, SOFT_MAX_SRCS),
	SIM_PARAM(pq_continue, SIM_BOOL, 0, 0),
	SIM_PARAM(copy_align, SIM_ALIGN, 0, SIM_MAX_ALIGN),
	SIM_PARAM(fill_align, SIM_ALIGN, 0, SIM_MAX_ALIGN),
	SIM_PARAM(xor_align, SIM_ALIGN, 0, SIM_MAX_ALIGN),
	SIM_PARAM(pq_align, SIM_ALIGN, 0, SIM_MAX_ALIGN),
	SIM_PARAM(delay_ns, SIM_UINT, 0, SIM_MAX_DELAY_NS),
	SIM_PARAM(delay_kib_ns, SIM_UINT, 0, SIM_MAX_DELAY_NS),
	SIM_PARAM(in_order, SIM_BOOL, 0, 0),
	SIM_PARAM(callback_unlocked, SIM_BOOL, 0, 0),
	SIM_PARAM(offload_always, SIM_BOOL, 0, 0),
	SIM_PARAM(private, SIM_BOOL, 0, 0),
	SIM_PARAM(coalesce_ops, SIM_UINT, 1, SIM_MAX_RING),
	SIM_PARAM(coalesce_us, SIM_UINT, 0, SIM_MAX_COALESCE_US),
	SIM_PARAM(iova, SIM_BOOL, 0, 0),
	SIM_PARAM(seed, SIM_SEED, 0, 0),
#undef SIM_PARAM
};

static const char * const sim_kind_words[DMA_TX_TYPE_END] = {
	[DMA_MEMCPY]	= "memcpy",
	[DMA_MEMSET]	= "memset",
	[DMA_XOR]	= "xor",
	[DMA_XOR_VAL]	= "xor_val",
	[DMA_PQ]	= "pq",
	[DMA_PQ_VAL]	= "pq_val",
	[DMA_INTERRUPT]	= "interrupt",
};

static const struct sim_param *sim_find_param(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sim_params); i++)
		if (!strcmp(sim_params[i].name, name))
			return &sim_params[i];
	return NULL;
}

/* Space or comma separate the kinds. */
static int sim_parse_kinds(unsigned long *kinds, const char *value)
{
	unsigned long found = 0;
	size_t len;
	int kind;

	for (value += strspn(value, " ,\n"); *value;
	     value += len, value += strspn(value, " ,\n")) {
		len = strcspn(value, " ,\n");
		for (kind = 0; kind < DMA_TX_TYPE_END; kind++)
			if (sim_kind_words[kind] &&
			    strlen(sim_kind_words[kind]) == len &&
			    !memcmp(sim_kind_words[kind], value, len))
				break;
		if (kind == DMA_TX_TYPE_END)
			return -EINVAL;
		found |= BIT(kind);
	}
	*kinds = found;
	return 0;
}

/* Alignments are bytes for the user, and powers of two in dmaengine. */
static int sim_parse_align(unsigned int *align, const char *value)
{
	unsigned int bytes;
	int ret = kstrtouint(value, 0, &bytes);

	if (ret)
		return ret;
	if (!is_power_of_2(bytes))
		return -EINVAL;
	*align = ilog2(bytes);
	return 0;
}

/**
 * sim_config_set - set a parameter
 * @config: where
 * @name: which
 * @value: to what
 *
 * Return: 0, -ENOENT if there is no such parameter, or -EINVAL or -ERANGE if the
 * value is not one for it.
 */
int sim_config_set(struct dma_sim_config *config, const char *name,
		   const char *value)
{
	const struct sim_param *param = sim_find_param(name);
	void *field;

	if (!param)
		return -ENOENT;
	field = (void *)config + param->offset;

	switch (param->type) {
	case SIM_UINT:
		return kstrtouint(value, 0, field);
	case SIM_BOOL:
		return kstrtobool(value, field);
	case SIM_NODE:
		return kstrtoint(value, 0, field);
	case SIM_SEED:
		return kstrtou64(value, 0, field);
	case SIM_ALIGN:
		return sim_parse_align(field, value);
	case SIM_KINDS:
		return sim_parse_kinds(field, value);
	}
	return -ENOENT;
}

static int sim_show_kinds(unsigned long kinds, char *page)
{
	const char *space = "";
	int kind, len = 0;

	for_each_set_bit(kind, &kinds, DMA_TX_TYPE_END) {
		len += sysfs_emit_at(page, len, "%s%s", space,
				     sim_kind_words[kind]);
		space = " ";
	}
	len += sysfs_emit_at(page, len, "\n");
	return len;
}

/**
 * sim_config_show - show a parameter
 * @config: where
 * @name: which
 * @page: where to, with a newline behind
 *
 * Return: number of characters, or -ENOENT if there is no such parameter.
 */
int sim_config_show(const struct dma_sim_config *config, const char *name,
		    char *page)
{
	const struct sim_param *param = sim_find_param(name);
	const void *field;

	if (!param)
		return -ENOENT;
	field = (const void *)config + param->offset;

	switch (param->type) {
	case SIM_UINT:
		return sysfs_emit(page, "%u\n", *(const unsigned int *)field);
	case SIM_BOOL:
		return sysfs_emit(page, "%d\n", *(const bool *)field);
	case SIM_NODE:
		return sysfs_emit(page, "%d\n", *(const int *)field);
	case SIM_SEED:
		return sysfs_emit(page, "%llu\n", *(const u64 *)field);
	case SIM_ALIGN:
		return sysfs_emit(page, "%lu\n",
				  BIT(*(const unsigned int *)field));
	case SIM_KINDS:
		return sim_show_kinds(*(const unsigned long *)field, page);
	}
	return -ENOENT;
}

/**
 * sim_config_check - tell whether an engine can be like this
 * @config: what it is to be like
 *
 * Says in the log what is wrong.
 *
 * Return: 0 or -EINVAL.
 */
int sim_config_check(const struct dma_sim_config *config)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sim_params); i++) {
		const struct sim_param *param = &sim_params[i];
		unsigned int value;

		if (param->type != SIM_UINT && param->type != SIM_ALIGN)
			continue;
		value = *(const unsigned int *)((const void *)config +
						param->offset);
		if (value >= param->min && value <= param->max)
			continue;
		pr_err("%s: %s is %u, not in %u to %u%s\n", SIM_NAME,
		       param->name, value, param->min, param->max,
		       param->type == SIM_ALIGN ? " (powers of 2)" : "");
		return -EINVAL;
	}
	if (!config->kinds || (config->kinds & ~DMA_SIM_ALL_KINDS)) {
		pr_err("%s: kinds %#lx are none, or more than there are\n",
		       SIM_NAME, config->kinds);
		return -EINVAL;
	}
	if (config->node != NUMA_NO_NODE &&
	    (config->node < 0 || config->node >= MAX_NUMNODES ||
	     !node_online(config->node))) {
		pr_err("%s: node %d is not online\n", SIM_NAME, config->node);
		return -EINVAL;
	}
	if (config->coalesce_ops > 1 && !config->coalesce_us) {
		pr_err("%s: coalesce_ops without coalesce_us: the last interrupts would never come\n",
		       SIM_NAME);
		return -EINVAL;
	}
	if (config->iova && !IS_ENABLED(CONFIG_ARCH_HAS_DMA_OPS)) {
		pr_err("%s: no iova on this architecture, as it is configured\n",
		       SIM_NAME);
		return -EINVAL;
	}
	return 0;
}

/**
 * sim_config_parse - read the description of an engine
 * @config: where to; filled in already with what is not mentioned
 * @text: name, and then name=value for parameters, all separated by colons;
 *	destroyed
 *
 * Return: 0 or a negative errno.
 */
int sim_config_parse(struct dma_sim_config *config, char *text)
{
	char *word = strsep(&text, ":"), *name;
	int ret;

	if (strscpy(config->name, word) < 0)
		return -ENAMETOOLONG;
	while ((word = strsep(&text, ":"))) {
		name = strsep(&word, "=");
		ret = word ? sim_config_set(config, name, word) : -EINVAL;
		if (ret) {
			pr_err("%s: %s: bad parameter %s\n", SIM_NAME,
			       config->name, name);
			return ret;
		}
	}
	return 0;
}
