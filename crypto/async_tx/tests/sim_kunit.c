// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of chains over several engines, and of engines that fail
 *
 * The engines are simulated.  Each has an address space of its own, and reports
 * whoever maps memory that another engine may write, or touches what is mapped:
 * every case ends with the demand that nothing of that kind was seen.
 *
 * Engines that stall are found out after async_tx.stall_ms: set it to some tens
 * of milliseconds before, or these cases take long.
 */
#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/dma-mapping.h>
#include <linux/dma_sim.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/workqueue.h>

#include "../trace.h"
#include "chain.h"

#define SIM_ENGINES	8

/* Faults of a class that a case waits for, and how often it tries. */
#define SIM_FAULTS	6
#define SIM_TRIES	400

static struct dma_sim *sims[SIM_ENGINES];
static unsigned int nr_sims;

/* Operations that an engine got before their parents were complete. */
static atomic_t nr_ahead;

static const enum dma_transaction_type caps[ATX_NR_KINDS] = {
	[ATX_MEMCPY] = DMA_MEMCPY, [ATX_MEMSET] = DMA_MEMSET,
	[ATX_XOR] = DMA_XOR, [ATX_XOR_VAL] = DMA_XOR_VAL,
	[ATX_PQ] = DMA_PQ, [ATX_PQ_VAL] = DMA_PQ_VAL,
	[ATX_DATAP] = DMA_PQ, [ATX_2DATA] = DMA_PQ,
};

static const struct dma_sim_config *sim_config(unsigned long kinds)
{
	static struct dma_sim_config config;

	config = dma_sim_defaults;
	config.kinds = kinds;
	config.iova = true;
	/* The second engine of a case, as the first has to take any fault. */
	config.callback_unlocked = nr_sims % 2;
	return &config;
}

static struct dma_sim *sim_add(struct kunit *test, const struct dma_sim_config *config)
{
	struct dma_sim *sim;

	KUNIT_ASSERT_LT(test, nr_sims, SIM_ENGINES);
	sim = dma_sim_create(config);
	KUNIT_ASSERT_FALSE_MSG(test, IS_ERR(sim), "no engine: %ld", PTR_ERR(sim));
	sims[nr_sims++] = sim;
	return sim;
}

static void sim_reported(void *data, const struct async_tx_op *op,
			 struct dma_chan *chan, int result)
{
	if (op->lead != op)
		atomic_inc(&nr_ahead);
}

static int sim_suite_init(struct kunit_suite *suite)
{
	return register_trace_async_tx_reported(sim_reported, NULL);
}

static void sim_suite_exit(struct kunit_suite *suite)
{
	unregister_trace_async_tx_reported(sim_reported, NULL);
	tracepoint_synchronize_unregister();
	atx_suite_exit(suite);
}

static int sim_init(struct kunit *test)
{
	nr_sims = 0;
	if (dma_find_channel(DMA_MEMCPY) || dma_find_channel(DMA_XOR))
		kunit_skip(test, "there is an engine that is not ours");
	return atx_init(test);
}

static void sim_exit(struct kunit *test)
{
	static const char * const names[DMA_SIM_NR_VIOLATIONS] = {
		"outside", "unmapped", "direction", "overlap", "in use", "touched",
		"bad unmap", "limit",
	};
	struct dma_sim_counters counters;
	unsigned int i, j;

	if (test->priv)
		atx_exit(test);
	for (i = 0; i < nr_sims; i++) {
		dma_sim_clear_faults(sims[i]);
		dma_sim_unbind(sims[i]);
		dma_sim_read_counters(sims[i], &counters);
		for (j = 0; j < DMA_SIM_NR_VIOLATIONS; j++)
			KUNIT_EXPECT_EQ_MSG(test, counters.violations[j], 0,
					    "engine %u: %s", i, names[j]);
		KUNIT_EXPECT_EQ_MSG(test, counters.mapped, 0, "engine %u", i);
		dma_sim_destroy(sims[i]);
	}
	nr_sims = 0;
}

static u64 sim_ops(struct dma_sim *sim, enum atx_kind kind)
{
	struct dma_sim_counters counters;

	dma_sim_read_counters(sim, &counters);
	return counters.ops[caps[kind]];
}

static u64 sim_faults(struct dma_sim *sim, enum dma_sim_fault_class class)
{
	struct dma_sim_counters counters;

	dma_sim_read_counters(sim, &counters);
	return counters.faults[class];
}

/* A chain of two kinds, drawn anew each time. */
static void run_random_pair(struct kunit *test)
{
	struct atx_ctx *ctx = test->priv;
	struct atx_pair pair = { atx_rnd(ctx, ATX_NR_KINDS), atx_rnd(ctx, ATX_NR_KINDS) };
	enum atx_hazard hazard;

	do {
		hazard = atx_rnd(ctx, NR_HAZARDS);
	} while (!atx_hazard_fits(&pair, hazard));
	atx_pair_run(test, &pair, hazard, atx_rnd(ctx, 2) ? PAGE_SIZE : 512,
		     atx_rnd(ctx, ATX_NR_ENDS), atx_rnd(ctx, 2));
}

/* Two engines, of which each can do one of two kinds and not the other. */
static void sim_pairs(struct kunit *test)
{
	const struct atx_pair *pair = test->param_value;
	struct dma_sim *first, *second;
	enum atx_hazard hazard;
	enum atx_end end;

	first = sim_add(test, sim_config(BIT(caps[pair->first])));
	second = sim_add(test, sim_config(BIT(caps[pair->second])));
	for (hazard = 0; hazard < NR_HAZARDS; hazard++) {
		if (!atx_hazard_fits(pair, hazard))
			continue;
		for (end = 0; end < ATX_NR_ENDS; end++) {
			atx_pair_run(test, pair, hazard, end % 2 ? PAGE_SIZE : 512,
				     end, false);
			if (atx_is_val(pair->second))
				atx_pair_run(test, pair, hazard, PAGE_SIZE, end, true);
		}
	}
	KUNIT_EXPECT_GT(test, sim_ops(first, pair->first) + sim_ops(second, pair->first), 0);
	KUNIT_EXPECT_GT(test, sim_ops(first, pair->second) + sim_ops(second, pair->second), 0);
	atx_report(test, test->priv);
}

/* Many engines, with few abilities each, that take their time. */
static void sim_many(struct kunit *test)
{
	static const enum atx_kind kinds[] = {
		ATX_MEMCPY, ATX_MEMSET, ATX_XOR, ATX_XOR_VAL, ATX_PQ, ATX_PQ_VAL,
		ATX_MEMCPY, ATX_PQ,
	};
	u64 ops[ATX_NR_KINDS] = { };
	struct dma_sim_config config;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		config = *sim_config(BIT(caps[kinds[i]]));
		config.delay_ns = 1000 * i;
		config.ring = 2 + i;
		config.channels = 1 + i % 2;
		config.max_pq = 4 + i;
		config.pq_continue = i % 2;
		config.max_xor = 3 + i;
		sim_add(test, &config);
	}
	for (i = 0; i < 300; i++)
		run_random_pair(test);
	/* Which of two that can do the same has it depends on the CPU. */
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		ops[kinds[i]] += sim_ops(sims[i], kinds[i]);
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		KUNIT_EXPECT_GT_MSG(test, ops[kinds[i]], 0, "%s", atx_kind_names[kinds[i]]);
	atx_report(test, test->priv);
}

struct sim_fault_param {
	const char *name;
	enum dma_sim_fault_class class;
	struct dma_sim_fault fault;
};

static const struct sim_fault_param sim_fault_params[] = {
	{ "read fails at the start", DMA_SIM_FAIL_BEFORE,
	  { .every = 3, .result = DMA_TRANS_READ_FAILED } },
	{ "write fails in the middle", DMA_SIM_FAIL_MIDDLE,
	  { .every = 3, .result = DMA_TRANS_WRITE_FAILED } },
	{ "read fails at the end", DMA_SIM_FAIL_END,
	  { .every = 3, .result = DMA_TRANS_READ_FAILED } },
	{ "aborted in the middle", DMA_SIM_FAIL_MIDDLE,
	  { .every = 3, .result = DMA_TRANS_ABORTED } },
	{ "stall", DMA_SIM_STALL, { .nth = 4, .every = 9 } },
	{ "lost interrupt", DMA_SIM_LOSE_IRQ, { .every = 3 } },
	{ "no descriptor", DMA_SIM_REFUSE_PREP, { .every = 2 } },
	{ "no mapping", DMA_SIM_REFUSE_MAP, { .every = 5 } },
	{ "callback under the lock", DMA_SIM_LOCKED_CALLBACK, { .every = 1 } },
};

KUNIT_ARRAY_PARAM_DESC(sim_fault, sim_fault_params, name);

/* Results are right whatever the engine does. */
static void sim_fault_class(struct kunit *test)
{
	const struct sim_fault_param *param = test->param_value;
	struct dma_sim_config config = *sim_config(DMA_SIM_ALL_KINDS);
	struct dma_sim *sim;
	unsigned int i;

	config.ring = 8;
	sim = sim_add(test, &config);
	KUNIT_ASSERT_EQ(test, dma_sim_set_fault(sim, param->class, &param->fault), 0);
	for (i = 0; i < SIM_TRIES && sim_faults(sim, param->class) < SIM_FAULTS; i++) {
		run_random_pair(test);
		/* A channel that has failed comes back after some milliseconds. */
		if (param->class != DMA_SIM_LOCKED_CALLBACK)
			schedule_timeout_uninterruptible(1);
	}
	kunit_info(test, "%llu faults in %u chains", sim_faults(sim, param->class), i);
	KUNIT_EXPECT_GE(test, sim_faults(sim, param->class), SIM_FAULTS);
	atx_report(test, test->priv);
}

/* A destination that is an input, and one that takes several parts. */
static void sim_fault_repeatable(struct kunit *test)
{
	const struct sim_fault_param *param = test->param_value;
	struct dma_sim_config config = *sim_config(DMA_SIM_ALL_KINDS);
	struct atx_ctx *ctx = test->priv;
	struct atx_op *in_place, *split;
	struct dma_sim *sim;
	unsigned int i, j;

	config.max_xor = 4;
	sim = sim_add(test, &config);
	in_place = atx_op(test, ATX_XOR, 5);
	split = atx_op(test, ATX_XOR, 14);
	for (i = 0; i < 5; i++)
		in_place->blk[i] = atx_buf(test, ATX_BLK(i));
	for (i = 0; i < 14; i++)
		split->blk[i] = atx_buf(test, ATX_BLK(8 + i));
	in_place->dst = atx_buf(test, ATX_BLK(6));
	split->dst = atx_buf(test, ATX_BLK(30));
	split->flags = ASYNC_TX_XOR_ZERO_DST;
	in_place->len = PAGE_SIZE;
	split->len = PAGE_SIZE;

	KUNIT_ASSERT_EQ(test, dma_sim_set_fault(sim, param->class, &param->fault), 0);
	for (i = 0; i < SIM_TRIES && sim_faults(sim, param->class) < SIM_FAULTS; i++) {
		struct atx_op *ops[] = { in_place, split };

		for (j = 0; j < ARRAY_SIZE(ops); j++) {
			atx_op_fill(ctx, ops[j]);
			atx_run(ctx, ops[j]);
		}
		schedule_timeout_uninterruptible(1);
	}
	KUNIT_EXPECT_GE(test, sim_faults(sim, param->class), SIM_FAULTS);
	atx_report(test, test->priv);
}

/* Chains are under way while the engine is unbound, bound, pulled out. */
static int sim_rebind(void *data)
{
	struct dma_sim *sim = data;
	int i = 0;

	while (!kthread_should_stop()) {
		schedule_timeout_interruptible(2);
		if (i++ % 2)
			dma_sim_vanish(sim);
		dma_sim_unbind(sim);
		schedule_timeout_interruptible(1);
		if (dma_sim_bind(sim))
			pr_err("dma-sim: cannot be bound again\n");
	}
	return 0;
}

static void sim_unplug(struct kunit *test)
{
	struct dma_sim_config config = *sim_config(DMA_SIM_ALL_KINDS);
	struct task_struct *task;
	struct dma_sim *sim;
	unsigned int i;

	config.delay_ns = 20000;
	sim = sim_add(test, &config);
	task = kthread_run(sim_rebind, sim, "sim_rebind");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	for (i = 0; i < 400; i++) {
		run_random_pair(test);
		cond_resched();
	}
	kthread_stop(task);
	KUNIT_EXPECT_GT(test, sim_ops(sim, ATX_PQ), 0);
	atx_report(test, test->priv);
}

static void free_lost_page(void *page)
{
	__free_page(page);
}

/* Plain pages, for operations whose results are nobody's. */
static struct page *lost_page(struct kunit *test)
{
	struct page *page = alloc_page(GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, free_lost_page, page), 0);
	return page;
}

static void lost_callback(void *param)
{
	complete(param);
}

static struct dma_async_tx_descriptor *
lost_copy(struct page *dst, struct page *src, struct dma_async_tx_descriptor *parent,
	  struct completion *done)
{
	struct async_submit_ctl submit;

	init_async_submit(&submit, 0, parent, done ? lost_callback : NULL, done, NULL);
	return async_memcpy(dst, src, 0, 0, PAGE_SIZE, &submit);
}

/* The engine hangs, and does not stop when it is told to. */
static void sim_lost(struct kunit *test)
{
	static const struct dma_sim_fault once = { .nth = 1, .times = 1 };
	static const struct dma_sim_fault always = { .every = 1 };
	struct dma_async_tx_descriptor *first, *child, *late, *other;
	DECLARE_COMPLETION_ONSTACK(first_done);
	DECLARE_COMPLETION_ONSTACK(child_done);
	struct page *pages[5];
	struct dma_sim *sim;
	int i;

	sim = sim_add(test, sim_config(BIT(DMA_MEMCPY)));
	for (i = 0; i < ARRAY_SIZE(pages); i++)
		pages[i] = lost_page(test);
	memset(page_address(pages[4]), 0x77, PAGE_SIZE);
	dma_sim_set_fault(sim, DMA_SIM_STALL, &once);
	dma_sim_set_fault(sim, DMA_SIM_REFUSE_TERMINATE, &always);

	first = lost_copy(pages[1], pages[0], NULL, &first_done);
	KUNIT_ASSERT_NOT_NULL(test, first);
	child = lost_copy(pages[2], pages[1], first, &child_done);
	KUNIT_ASSERT_NOT_NULL(test, child);
	KUNIT_EXPECT_EQ(test, async_tx_result(child), -EINPROGRESS);
	async_tx_issue_pending_all();

	/* Clients are told, and are not left waiting. */
	KUNIT_EXPECT_NE(test, 0, wait_for_completion_timeout(&first_done, 10 * HZ));
	KUNIT_EXPECT_NE(test, 0, wait_for_completion_timeout(&child_done, 10 * HZ));
	KUNIT_EXPECT_EQ(test, async_tx_result(child), -EIO);
	late = lost_copy(pages[3], pages[2], child, NULL);
	KUNIT_ASSERT_NOT_NULL(test, late);
	KUNIT_EXPECT_EQ(test, async_tx_result(late), -EIO);
	async_tx_quiesce(&late);
	KUNIT_EXPECT_PTR_EQ(test, late, NULL);

	/* Who only needs the memory waits until the engine is gone. */
	other = lost_copy(pages[1], pages[4], NULL, NULL);
	KUNIT_ASSERT_NOT_NULL(test, other);
	schedule_timeout_uninterruptible(HZ / 10);
	KUNIT_EXPECT_EQ(test, async_tx_result(other), -EINPROGRESS);
	dma_sim_clear_faults(sim);
	dma_sim_unbind(sim);
	async_tx_quiesce(&other);
	KUNIT_EXPECT_EQ(test, 0, memcmp(page_address(pages[1]), page_address(pages[4]),
					PAGE_SIZE));

	/* Bound again, it is an engine like any other. */
	KUNIT_ASSERT_EQ(test, dma_sim_bind(sim), 0);
	other = lost_copy(pages[2], pages[4], NULL, NULL);
	async_tx_quiesce(&other);
	KUNIT_EXPECT_EQ(test, 0, memcmp(page_address(pages[2]), page_address(pages[4]),
					PAGE_SIZE));
}

struct sim_elsewhere {
	struct page *dst;
	struct page *src;
	struct completion done;
	struct dma_async_tx_descriptor *tx;
};

static long sim_submit_here(void *arg)
{
	struct sim_elsewhere *copy = arg;

	copy->tx = lost_copy(copy->dst, copy->src, NULL, &copy->done);
	return 0;
}

static long sim_issue_here(void *unused)
{
	async_tx_issue_pending_all();
	return 0;
}

/*
 * What is submitted on one CPU is started from another one.  It would be started
 * after the time of a stall anyway; much earlier, but for a host that is busy.
 */
static void sim_issue_elsewhere(struct kunit *test)
{
	enum { NR = 20, LIMIT_MS = 10 };
	struct sim_elsewhere copy;
	unsigned int i, in_time = 0, first, second;

	cpus_read_lock();
	first = cpumask_first(cpu_online_mask);
	second = cpumask_next(first, cpu_online_mask);
	cpus_read_unlock();
	if (second >= nr_cpu_ids)
		kunit_skip(test, "there is one CPU");

	sim_add(test, sim_config(BIT(DMA_MEMCPY)));
	copy.dst = lost_page(test);
	copy.src = lost_page(test);
	init_completion(&copy.done);
	for (i = 0; i < NR; i++) {
		work_on_cpu(first, sim_submit_here, &copy);
		KUNIT_ASSERT_NOT_NULL(test, copy.tx);
		work_on_cpu(second, sim_issue_here, NULL);
		if (wait_for_completion_timeout(&copy.done, msecs_to_jiffies(LIMIT_MS)))
			in_time++;
		else
			wait_for_completion(&copy.done);
		async_tx_quiesce(&copy.tx);
	}
	KUNIT_EXPECT_GE(test, in_time, NR / 4);
}

/* An engine that dies takes a queue of dependants with it, and none is lost. */
static void sim_dies_with_queue(struct kunit *test)
{
	enum { NR = 40 };
	struct dma_async_tx_descriptor *tx = NULL;
	struct atx_ctx *ctx = test->priv;
	struct dma_sim_config config = *sim_config(DMA_SIM_ALL_KINDS);
	struct atx_op *ops[NR];
	struct dma_sim *sim;
	unsigned int i, round;

	config.delay_ns = 200000;
	sim = sim_add(test, &config);
	for (i = 0; i < NR; i++)
		ops[i] = atx_op_make(test, i % 3 ? ATX_MEMCPY : ATX_XOR,
				     atx_buf(test, ATX_BLK(i)), atx_buf(test, ATX_BLK(i + 1)),
				     ATX_BLK(60), PAGE_SIZE);
	for (round = 0; round < 4; round++) {
		for (i = 0; i < NR; i++)
			atx_op_fill(ctx, ops[i]);
		for (i = 0; i < NR; i++)
			tx = atx_op_submit(ctx, ops[i], 0, tx, NULL, NULL);
		async_tx_issue_pending_all();
		if (round % 2)
			dma_sim_vanish(sim);
		dma_sim_unbind(sim);
		async_tx_quiesce(&tx);
		KUNIT_ASSERT_EQ(test, dma_sim_bind(sim), 0);
	}
	for (i = 0; i < NR; i++)
		atx_op_check(ctx, ops[i]);
	atx_report(test, ctx);
}

/* An engine that cannot do what callbacks submit: it is done within the callback. */
static void sim_callback_submits(struct kunit *test)
{
	sim_add(test, sim_config(BIT(DMA_XOR)));
	atx_relay(test);
}

/*
 * The callback comes from the engine's own, and waits for what it has submitted
 * there: that is reported while the engine is still calling back.
 */
static void sim_callback_waits(struct kunit *test)
{
	struct dma_sim_config config = *sim_config(BIT(DMA_MEMCPY));

	config.callback_unlocked = true;
	sim_add(test, &config);
	atx_relay(test);
}

struct sim_child {
	struct page *from;
	struct page *to;
	struct dma_async_tx_descriptor *parent;
	struct dma_async_tx_descriptor *tx;
};

static void sim_submit_child(void *param)
{
	struct sim_child *child = param;
	struct async_submit_ctl submit;

	init_async_submit(&submit, 0, child->parent, NULL, NULL, NULL);
	child->tx = async_memcpy(child->to, child->from, 0, 0, PAGE_SIZE, &submit);
}

static dma_cookie_t sim_take(struct dma_async_tx_descriptor *tx)
{
	return DMA_MIN_COOKIE;
}

/*
 * A child that has joined the train of its parent, and was to share its mapping, has to get
 * off: it is submitted while its CPU waits with a descriptor that somebody has prepared.
 */
static void sim_gets_off(struct kunit *test)
{
	struct dma_async_tx_descriptor prepared = { .tx_submit = sim_take };
	struct atx_buf *from, *through, *to, *other;
	struct atx_ctx *ctx = test->priv;
	struct async_submit_ctl submit;
	struct sim_child child = {};
	struct dma_sim_config config;

	config = *sim_config(BIT(DMA_MEMCPY));
	config.delay_ns = 30 * NSEC_PER_MSEC;
	sim_add(test, &config);
	config = *sim_config(BIT(DMA_MEMSET));
	config.delay_ns = 3 * NSEC_PER_MSEC;
	sim_add(test, &config);

	from = atx_buf(test, ATX_BLK(0));
	through = atx_buf(test, ATX_BLK(1));
	to = atx_buf(test, ATX_BLK(2));
	other = atx_buf(test, ATX_BLK(3));
	atx_fill(ctx, from, 0, PAGE_SIZE);
	memcpy(atx_want(through, 0), atx_want(from, 0), PAGE_SIZE);
	memcpy(atx_want(to, 0), atx_want(from, 0), PAGE_SIZE);
	memset(atx_want(other, 0), 0x5a, PAGE_SIZE);
	child.from = through->page;
	child.to = to->page;
	atomic_set(&nr_ahead, 0);

	/* So that the engines report here. */
	migrate_disable();
	init_async_submit(&submit, 0, NULL, NULL, NULL, NULL);
	child.parent = async_memcpy(through->page, from->page, 0, 0, PAGE_SIZE, &submit);
	init_async_submit(&submit, 0, NULL, sim_submit_child, &child, NULL);
	async_memset(other->page, 0x5a, 0, PAGE_SIZE, &submit);
	async_tx_issue_pending_all();
	submit.flags = ASYNC_TX_ACK;
	submit.cb_fn = NULL;
	async_tx_submit(NULL, &prepared, &submit);
	migrate_enable();

	KUNIT_EXPECT_NOT_NULL(test, child.tx);
	async_tx_quiesce(&child.tx);
	KUNIT_EXPECT_EQ(test, atomic_read(&nr_ahead), 0);
	atx_buf_check(ctx, NULL, from, "source");
	atx_buf_check(ctx, NULL, through, "destination");
	atx_buf_check(ctx, NULL, to, "destination of the child");
	atx_buf_check(ctx, NULL, other, "destination aside");
	atx_report(test, ctx);
}

/*
 * Operations find no descriptor on an engine that fails: those whose turn it is go
 * elsewhere, and nothing is left there whose end would tell the others.
 */
static void sim_parked(struct kunit *test)
{
	enum { NR = 8 };
	static const struct dma_sim_fault once = {
		.nth = 1, .times = 1, .result = DMA_TRANS_WRITE_FAILED,
	};
	struct dma_sim_config config = *sim_config(BIT(DMA_MEMCPY));
	struct dma_async_tx_descriptor *tx[NR];
	struct atx_ctx *ctx = test->priv;
	struct atx_op *ops[NR];
	struct dma_sim *sim;
	int i;

	config.ring = 2;
	config.delay_ns = 2 * NSEC_PER_MSEC;
	sim = sim_add(test, &config);
	dma_sim_set_fault(sim, DMA_SIM_FAIL_BEFORE, &once);
	for (i = 0; i < NR; i++) {
		ops[i] = atx_op_make(test, ATX_MEMCPY, NULL, NULL, ATX_BLK(4 * i), PAGE_SIZE);
		atx_op_fill(ctx, ops[i]);
	}
	for (i = 0; i < NR; i++)
		tx[i] = atx_op_submit(ctx, ops[i], 0, NULL, NULL, NULL);
	async_tx_issue_pending_all();
	for (i = NR; i-- > 0;)
		async_tx_quiesce(&tx[i]);
	for (i = 0; i < NR; i++)
		atx_op_check(ctx, ops[i]);
	KUNIT_EXPECT_EQ(test, sim_faults(sim, DMA_SIM_FAIL_BEFORE), 1);
	atx_report(test, ctx);
}

/* Operations of several parts each get on, though there are more than descriptors. */
static void sim_parts_parked(struct kunit *test)
{
	enum { NR = 12 };
	struct dma_sim_config config = *sim_config(BIT(DMA_PQ));
	struct dma_sim_counters counters;
	struct dma_sim *sim;
	struct dma_async_tx_descriptor *tx[NR];
	struct atx_ctx *ctx = test->priv;
	struct atx_op *ops[NR];
	int i;

	config.ring = 4;
	config.callback_unlocked = true;
	/* One batch has more callbacks than there are descriptors left. */
	config.coalesce_ops = 3;
	config.coalesce_us = 1000;
	sim = sim_add(test, &config);
	for (i = 0; i < NR; i++) {
		ops[i] = atx_op_make(test, ATX_2DATA, NULL, NULL, ATX_BLK(16 * i), PAGE_SIZE);
		atx_op_fill(ctx, ops[i]);
	}
	for (i = 0; i < NR; i++)
		tx[i] = atx_op_submit(ctx, ops[i], 0, NULL, NULL, NULL);
	async_tx_issue_pending_all();
	for (i = 0; i < NR; i++) {
		unsigned long end = jiffies + 5 * HZ;

		/* Who polls would help. */
		while (tx[i] && async_tx_result(tx[i]) == -EINPROGRESS &&
		       time_before(jiffies, end))
			schedule_timeout_uninterruptible(1);
		KUNIT_EXPECT_TRUE_MSG(test, time_before(jiffies, end), "operation %d waits", i);
		async_tx_quiesce(&tx[i]);
	}
	for (i = 0; i < NR; i++)
		atx_op_check(ctx, ops[i]);
	dma_sim_read_counters(sim, &counters);
	/* Two each; some begin anew, whose place one has taken that comes later. */
	KUNIT_EXPECT_GE(test, counters.ops[DMA_PQ], NR);
	KUNIT_EXPECT_LE(test, counters.ops[DMA_PQ], 3 * NR);
	atx_report(test, ctx);
}

/*
 * Copies of @len bytes, all of them before the engine has done any; how many of them
 * ran there.
 */
static u64 gain_copies(struct kunit *test, struct dma_sim *sim, int nr, size_t len)
{
	struct dma_chan *chan = dma_find_channel(DMA_MEMCPY);
	struct dma_async_tx_descriptor *tx[16];
	struct dma_sim_counters before, after;
	struct atx_ctx *ctx = test->priv;
	struct atx_op *ops[16];
	int i;

	KUNIT_ASSERT_LE(test, nr, ARRAY_SIZE(ops));
	dma_sim_read_counters(sim, &before);
	for (i = 0; i < nr; i++) {
		ops[i] = atx_op_make(test, ATX_MEMCPY, NULL, NULL, ATX_BLK(10 * i), len);
		atx_op_fill(ctx, ops[i]);
	}
	KUNIT_ASSERT_NOT_NULL(test, chan);
	KUNIT_ASSERT_EQ(test, dmaengine_pause(chan), 0);
	for (i = 0; i < nr; i++)
		tx[i] = atx_op_submit(ctx, ops[i], 0, NULL, NULL, NULL);
	async_tx_issue_pending_all();
	KUNIT_ASSERT_EQ(test, dmaengine_resume(chan), 0);
	for (i = 0; i < nr; i++)
		async_tx_quiesce(&tx[i]);
	for (i = 0; i < nr; i++)
		atx_op_check(ctx, ops[i]);
	dma_sim_read_counters(sim, &after);
	return after.ops[DMA_MEMCPY] - before.ops[DMA_MEMCPY];
}

/* An engine that is slow gets little, or nothing, and what it gets is right. */
static void sim_gain_measured(struct kunit *test)
{
	struct dma_sim_config config = *sim_config(BIT(DMA_MEMCPY));
	struct dma_sim_counters counters;
	struct dma_sim *sim;

	config.offload_always = false;
	config.delay_ns = 2 * NSEC_PER_MSEC;
	sim = sim_add(test, &config);
	async_tx_gain_flush();
	dma_sim_read_counters(sim, &counters);
	KUNIT_EXPECT_GT(test, counters.ops[DMA_MEMCPY], 0);
	KUNIT_EXPECT_LE(test, gain_copies(test, sim, 16, PAGE_SIZE), 2);
	atx_report(test, test->priv);
}

/* What somebody has set holds: from which length on, and how many at a time. */
static void sim_gain_set(struct kunit *test)
{
	struct dma_sim *sim = sim_add(test, sim_config(BIT(DMA_MEMCPY)));
	const char *name;

	name = dev_name(dma_sim_device(sim));
	KUNIT_EXPECT_EQ(test, gain_copies(test, sim, 4, 64), 4);

	KUNIT_EXPECT_EQ(test, async_tx_gain_set(name, "memcpy", 2048, UINT_MAX), 0);
	KUNIT_EXPECT_EQ(test, gain_copies(test, sim, 4, 2047), 0);
	KUNIT_EXPECT_EQ(test, gain_copies(test, sim, 4, 2048), 4);

	KUNIT_EXPECT_EQ(test, async_tx_gain_set(name, "memcpy", 0, 1), 0);
	KUNIT_EXPECT_EQ(test, gain_copies(test, sim, 16, PAGE_SIZE), 1);
	KUNIT_EXPECT_EQ(test, async_tx_gain_set(name, "memcpy", 0, 5), 0);
	KUNIT_EXPECT_EQ(test, gain_copies(test, sim, 16, PAGE_SIZE), 5);

	KUNIT_EXPECT_EQ(test, async_tx_gain_set(name, "memcpy", 0, UINT_MAX), 0);
	KUNIT_EXPECT_EQ(test, gain_copies(test, sim, 16, 64), 16);

	KUNIT_EXPECT_EQ(test, async_tx_gain_set(name, "memcpy", 0, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, async_tx_gain_set(name, "nothing", 0, 1), -ENOENT);
	KUNIT_EXPECT_EQ(test, async_tx_gain_set("nobody", "memcpy", 0, 1), -ENOENT);
	atx_report(test, test->priv);
}

/* The limits that follow from times. */
static void sim_gain_limits(struct kunit *test)
{
	struct async_tx_gain gain = { .cpu_ns = 1000, .submit_ns = 250, .engine_ns = 500 };

	/* Submitting takes the CPU as long as half a page. */
	async_tx_gain_limits(&gain);
	KUNIT_EXPECT_EQ(test, gain.from, 2048);
	KUNIT_EXPECT_EQ(test, gain.depth, 128);

	gain.submit_ns = 501;
	gain.engine_ns = 1000000;
	async_tx_gain_limits(&gain);
	KUNIT_EXPECT_EQ(test, gain.from, ASYNC_TX_NEVER);
	KUNIT_EXPECT_EQ(test, gain.depth, 2);

	gain = (struct async_tx_gain) { };
	async_tx_gain_limits(&gain);
	KUNIT_EXPECT_EQ(test, gain.from, 0);
}

/* An engine hangs, and who waits for it lets no timer come through. */
static void sim_stall_without_bh(struct kunit *test)
{
	static const struct dma_sim_fault once = { .nth = 2, .times = 1 };
	struct dma_sim *sim;

	sim = sim_add(test, sim_config(DMA_SIM_ALL_KINDS));
	dma_sim_set_fault(sim, DMA_SIM_STALL, &once);
	atx_chain_run_without_bh(test, atx_copies(test, 4));
	KUNIT_EXPECT_EQ(test, sim_faults(sim, DMA_SIM_STALL), 1);
	atx_report(test, test->priv);
}

/*
 * What would be wrong: the next engine is given memory that the one before has
 * still to write.  That all other cases see no such thing means something.
 */
static void sim_too_early(struct kunit *test)
{
	struct dma_sim_config config = *sim_config(BIT(DMA_MEMCPY));
	struct page *pages[] = { lost_page(test), lost_page(test) };
	struct dma_async_tx_descriptor *tx;
	struct dma_sim *first, *second;
	struct device *dev;
	dma_addr_t addr;

	config.delay_ns = 20 * NSEC_PER_MSEC;
	first = sim_add(test, &config);
	second = sim_add(test, sim_config(BIT(DMA_XOR)));
	dev = dma_sim_device(second);

	tx = lost_copy(pages[1], pages[0], NULL, NULL);
	KUNIT_ASSERT_NOT_NULL(test, tx);
	async_tx_issue_pending(tx);
	addr = dma_map_page(dev, pages[1], 0, PAGE_SIZE, DMA_TO_DEVICE);
	KUNIT_EXPECT_FALSE(test, dma_mapping_error(dev, addr));
	KUNIT_EXPECT_GE(test, dma_sim_violations(first) + dma_sim_violations(second), 1);
	dma_unmap_page(dev, addr, PAGE_SIZE, DMA_TO_DEVICE);
	async_tx_quiesce(&tx);
	dma_sim_reset_counters(first);
	dma_sim_reset_counters(second);
}

/*
 * Run a chain anew; how many of it were queued ahead.  If it should be @want, a few
 * times: the engine may have been told to begin by somebody else, and be faster.
 */
static int sim_run_ahead(struct kunit *test, struct atx_chain *chain, int want)
{
	struct atx_ctx *ctx = test->priv;
	int i, tries = 0;

	do {
		for (i = 0; i < chain->nr; i++)
			atx_op_fill(ctx, chain->ops[i]);
		atomic_set(&nr_ahead, 0);
		chain->atomic = ctx->turn++ % 2;
		atx_chain_run(test, chain);
	} while (atomic_read(&nr_ahead) < want && ++tries < 10);
	return atomic_read(&nr_ahead);
}

enum sim_relation {
	READS_RESULT,
	UNRELATED,
	SAME_LINE,
	SAME_SOURCE,
	READS_PART,
	WRITES_SOURCE,
	WRITES_RESULT,
	WRITES_PART,
};

struct sim_ahead_param {
	const char *name;
	enum sim_relation relation;
	bool in_place;
	bool ahead;
};

static const struct sim_ahead_param sim_ahead_params[] = {
	{ "reads what was written", READS_RESULT, false, true },
	{ "unrelated", UNRELATED, false, true },
	{ "same source", SAME_SOURCE, false, true },
	{ "writes beside what was written", SAME_LINE },
	{ "reads a part of what was written", READS_PART },
	{ "writes what is read", WRITES_SOURCE },
	{ "writes what was written", WRITES_RESULT },
	{ "writes a part of what was written", WRITES_PART },
	{ "reads what was written in place", READS_RESULT, true },
};

KUNIT_ARRAY_PARAM_DESC(sim_ahead, sim_ahead_params, name);

/* A child is queued ahead where the rules allow it, and not elsewhere. */
static void sim_ahead(struct kunit *test)
{
	const struct sim_ahead_param *param = test->param_value;
	struct atx_chain *chain = atx_chain_new(test);
	struct atx_buf *in = atx_buf(test, ATX_BLK(0));
	struct atx_buf *out = atx_buf(test, ATX_BLK(1));
	struct atx_buf *other = atx_buf(test, ATX_BLK(2));
	struct atx_buf *another = atx_buf(test, ATX_BLK(3));
	struct atx_op *first, *second;
	enum atx_end end;

	sim_add(test, sim_config(DMA_SIM_ALL_KINDS));
	first = atx_op_make(test, ATX_XOR, in, out, ATX_BLK(10), PAGE_SIZE);
	if (param->in_place)
		first->blk[0] = out;
	second = atx_op_make(test, ATX_MEMCPY, other, another, ATX_BLK(20), PAGE_SIZE);
	switch (param->relation) {
	case READS_PART:
		second->len = 512;
		fallthrough;
	case READS_RESULT:
		second->blk[0] = out;
		break;
	case SAME_SOURCE:
		second->blk[0] = in;
		break;
	case WRITES_SOURCE:
		second->dst = in;
		break;
	case WRITES_PART:
		second->len = 512;
		fallthrough;
	case WRITES_RESULT:
		second->dst = out;
		break;
	case SAME_LINE:
		first->len = 100;
		second->len = 100;
		second->dst = out;
		second->dst_off = 100;
		break;
	case UNRELATED:
		break;
	}
	chain->ops[chain->nr++] = first;
	chain->ops[chain->nr++] = second;
	for (end = 0; end < ATX_NR_ENDS; end++) {
		chain->end = end;
		KUNIT_EXPECT_EQ_MSG(test, sim_run_ahead(test, chain, param->ahead),
				    param->ahead, "end %d", end);
	}
	atx_report(test, test->priv);
}

/* The chain of the document, and one that is longer than a train and a ring. */
static void sim_ahead_long(struct kunit *test)
{
	struct dma_sim_config config = *sim_config(DMA_SIM_ALL_KINDS);
	struct atx_chain *chain = atx_chain_new(test);
	struct atx_ctx *ctx = test->priv;
	int ahead;

	config.max_xor = 4;
	config.ring = 4;
	sim_add(test, &config);
	chain->ops[0] = atx_op_make(test, ATX_XOR, NULL, atx_buf(test, ATX_BLK(0)),
				    ATX_BLK(10), PAGE_SIZE);
	chain->ops[1] = atx_op_make(test, ATX_MEMCPY, atx_buf(test, ATX_BLK(0)),
				    atx_buf(test, ATX_BLK(1)), ATX_BLK(20), PAGE_SIZE);
	chain->ops[2] = atx_op_make(test, ATX_XOR, atx_buf(test, ATX_BLK(1)),
				    atx_buf(test, ATX_BLK(2)), ATX_BLK(30), PAGE_SIZE);
	chain->nr = 3;
	chain->end = ATX_END_CB;
	KUNIT_EXPECT_EQ(test, sim_run_ahead(test, chain, 2), 2);

	/* One that follows in several parts, and who follows that. */
	chain->ops[1] = atx_op(test, ATX_XOR, 6);
	for (chain->ops[1]->nr = 0; chain->ops[1]->nr < 6; chain->ops[1]->nr++)
		chain->ops[1]->blk[chain->ops[1]->nr] =
			atx_buf(test, ATX_BLK(chain->ops[1]->nr * 4));
	chain->ops[1]->dst = atx_buf(test, ATX_BLK(1));
	chain->ops[1]->flags = ASYNC_TX_XOR_ZERO_DST;
	chain->ops[1]->len = PAGE_SIZE;
	KUNIT_EXPECT_GE(test, sim_run_ahead(test, chain, 1), 1);

	chain = atx_copies(test, CHAIN_OPS);
	for (chain->end = 0; chain->end < ATX_NR_ENDS; chain->end++) {
		ahead = sim_run_ahead(test, chain, 3);
		KUNIT_EXPECT_GE(test, ahead, 3);
		KUNIT_EXPECT_LT(test, ahead, CHAIN_OPS);
	}
	atx_report(test, ctx);
}

/*
 * Whatever member fails, however: it and those behind it are done again.  What a
 * member has from the one before is its last source, so that others are mapped
 * before and after it.
 */
static void sim_ahead_fault(struct kunit *test)
{
	enum { NR = 6, NR_SRCS = 3 };
	const struct sim_fault_param *param = test->param_value;
	struct dma_sim_config config = *sim_config(BIT(DMA_XOR));
	struct dma_sim_fault fault = param->fault;
	struct atx_chain *chain = atx_chain_new(test);
	struct dma_sim *sim;
	struct atx_op *op;
	unsigned int nth, last = NR;
	int ahead = 0;

	/* Of mappings there are more. */
	if (param->class == DMA_SIM_REFUSE_MAP)
		last *= NR_SRCS + 1;
	for (; chain->nr < NR; chain->nr++) {
		op = atx_op_make(test, ATX_XOR, NULL, atx_buf(test, ATX_BLK(chain->nr + 1)),
				 ATX_BLK(10), PAGE_SIZE);
		op->blk[NR_SRCS - 1] = atx_buf(test, ATX_BLK(chain->nr));
		chain->ops[chain->nr] = op;
	}
	config.delay_ns = 20000;
	sim = sim_add(test, &config);
	chain->end = ATX_END_CB;
	for (nth = 1; nth <= last; nth++) {
		fault.nth = nth;
		fault.every = 0;
		fault.times = 1;
		/* Out of quarantine, as good as new. */
		dma_sim_unbind(sim);
		KUNIT_ASSERT_EQ(test, dma_sim_bind(sim), 0);
		KUNIT_ASSERT_EQ(test, dma_sim_set_fault(sim, param->class, &fault), 0);
		ahead += sim_run_ahead(test, chain, 0);
	}
	KUNIT_EXPECT_GT(test, ahead, NR);
	KUNIT_EXPECT_GE(test, sim_faults(sim, param->class), 1);
	atx_report(test, test->priv);
}

/* An engine hangs in the middle of a train, and is not to be stopped. */
static void sim_ahead_lost(struct kunit *test)
{
	enum { NR = 4 };
	static const struct dma_sim_fault third = { .nth = 3, .times = 1 };
	static const struct dma_sim_fault always = { .every = 1 };
	struct dma_async_tx_descriptor *tx[NR];
	struct dma_async_tx_descriptor *parent = NULL;
	DECLARE_COMPLETION_ONSTACK(done);
	struct page *pages[NR + 1];
	struct async_submit_ctl submit;
	struct dma_sim *sim;
	int i;

	sim = sim_add(test, sim_config(BIT(DMA_MEMCPY)));
	for (i = 0; i <= NR; i++) {
		pages[i] = lost_page(test);
		memset(page_address(pages[i]), 0x30 + i, PAGE_SIZE);
	}
	dma_sim_set_fault(sim, DMA_SIM_STALL, &third);
	dma_sim_set_fault(sim, DMA_SIM_REFUSE_TERMINATE, &always);

	for (i = 0; i < NR; i++) {
		parent = lost_copy(pages[i + 1], pages[i], parent,
				   i == NR - 1 ? &done : NULL);
		KUNIT_ASSERT_NOT_NULL(test, parent);
	}
	async_tx_issue_pending_all();
	KUNIT_EXPECT_NE(test, 0, wait_for_completion_timeout(&done, 10 * HZ));
	/* What has been written, a later one of the train may still be reading. */
	KUNIT_EXPECT_EQ(test, async_tx_result(parent), -EIO);
	async_tx_quiesce(&parent);

	/* The whole of its memory is free once the engine is gone. */
	for (i = 0; i < NR; i++) {
		init_async_submit(&submit, 0, NULL, NULL, NULL, NULL);
		tx[i] = async_memset(pages[i], 0x55, 0, PAGE_SIZE, &submit);
		KUNIT_ASSERT_NOT_NULL(test, tx[i]);
	}
	schedule_timeout_uninterruptible(HZ / 20);
	for (i = 0; i < NR; i++)
		KUNIT_EXPECT_EQ(test, async_tx_result(tx[i]), -EINPROGRESS);
	dma_sim_clear_faults(sim);
	dma_sim_unbind(sim);
	for (i = 0; i < NR; i++) {
		async_tx_quiesce(&tx[i]);
		KUNIT_EXPECT_PTR_EQ(test, NULL,
				    memchr_inv(page_address(pages[i]), 0x55, PAGE_SIZE));
	}
}

static struct kunit_case sim_cases[] = {
	KUNIT_CASE_PARAM(sim_pairs, atx_pair_gen_params),
	KUNIT_CASE_SLOW(sim_many),
	KUNIT_CASE_PARAM(sim_fault_class, sim_fault_gen_params),
	KUNIT_CASE_PARAM(sim_fault_repeatable, sim_fault_gen_params),
	KUNIT_CASE_SLOW(sim_unplug),
	KUNIT_CASE(sim_lost),
	KUNIT_CASE(sim_issue_elsewhere),
	KUNIT_CASE(sim_dies_with_queue),
	KUNIT_CASE(sim_callback_submits),
	KUNIT_CASE(sim_callback_waits),
	KUNIT_CASE(sim_gets_off),
	KUNIT_CASE(sim_parked),
	KUNIT_CASE(sim_parts_parked),
	KUNIT_CASE(sim_gain_measured),
	KUNIT_CASE(sim_gain_set),
	KUNIT_CASE(sim_gain_limits),
	KUNIT_CASE(sim_stall_without_bh),
	KUNIT_CASE(sim_too_early),
	KUNIT_CASE_PARAM(sim_ahead, sim_ahead_gen_params),
	KUNIT_CASE(sim_ahead_long),
	KUNIT_CASE_PARAM(sim_ahead_fault, sim_fault_gen_params),
	KUNIT_CASE(sim_ahead_lost),
	{}
};

static struct kunit_suite sim_suite = {
	.name = "async_tx_sim",
	.init = sim_init,
	.exit = sim_exit,
	.suite_init = sim_suite_init,
	.suite_exit = sim_suite_exit,
	.test_cases = sim_cases,
};

kunit_test_suite(sim_suite);

MODULE_IMPORT_NS(DMA_SIM);
