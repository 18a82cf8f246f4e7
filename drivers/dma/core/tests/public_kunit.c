// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of public channels: the table, dmaengine_get() and the offload
 * user, alone and in any order
 */
#include <kunit/test.h>
#include <linux/bitmap.h>
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/nodemask.h>
#include <linux/prandom.h>
#include <linux/smp.h>
#include <linux/topology.h>
#include <linux/workqueue.h>

#include "../../dmaengine.h"
#include "fake.h"

#define ALL_CAPS	(BIT(DMA_MEMCPY) | BIT(DMA_XOR) | BIT(DMA_PQ) | BIT(DMA_MEMSET))

/* Capabilities that channels are not looked up by. */
#define NO_OPERATION	(BIT(DMA_INTERRUPT) | BIT(DMA_PRIVATE) | BIT(DMA_SLAVE))

/* --- an offload user that keeps books --- */

static struct kunit *offload_test;
static struct dma_chan *offload_refuses;
static int offload_issued;

static int offload_added(struct dma_chan *chan, void **priv)
{
	struct fake_chan *fc = to_fake_chan(chan);

	KUNIT_EXPECT_FALSE_MSG(offload_test, fc->added, "%s: added twice", dma_chan_name(chan));
	KUNIT_EXPECT_EQ(offload_test, fc->resources, 1);
	if (chan == offload_refuses)
		return FAKE_ERR;
	fc->added = true;
	fc->priv = fc;
	*priv = fc;
	return 0;
}

static bool offered(struct dma_chan *chan);

static void offload_removed(struct dma_chan *chan, void *priv)
{
	struct fake_chan *fc = to_fake_chan(chan);

	KUNIT_EXPECT_TRUE_MSG(offload_test, fc->added, "removed, but was not there");
	KUNIT_EXPECT_PTR_EQ(offload_test, priv, fc->priv);
	KUNIT_EXPECT_EQ_MSG(offload_test, fc->resources, 1, "must be there until this returns");
	KUNIT_EXPECT_FALSE(offload_test, offered(chan));
	fc->added = false;
}

static void offload_issue(void)
{
	offload_issued++;
}

static const struct dma_offload_ops offload_ops = {
	.chan_added = offload_added,
	.chan_removed = offload_removed,
	.issue_pending = offload_issue,
};

/* --- reading the table --- */

struct lookup {
	int cap;
	struct dma_chan *chan;
	void *priv;
};

static void look_up(void *data)
{
	struct lookup *lookup = data;

	lookup->chan = dma_find_channel(lookup->cap);
}

static struct dma_chan *entry(int cpu, int cap)
{
	struct lookup lookup = { .cap = cap };

	smp_call_function_single(cpu, look_up, &lookup, 1);
	return lookup.chan;
}

static void look_up_offload(void *data)
{
	struct lookup *lookup = data;

	rcu_read_lock();
	lookup->chan = dma_offload_find_channel(lookup->cap, &lookup->priv);
	rcu_read_unlock();
}

/* Whether the offload user finds a channel as one of its own. */
static bool offered(struct dma_chan *chan)
{
	struct lookup lookup;
	bool found = false;
	int cpu, cap;

	cpus_read_lock();
	for_each_online_cpu(cpu)
		for (cap = 0; cap < DMA_TX_TYPE_END; cap++) {
			lookup = (struct lookup) { .cap = cap };
			smp_call_function_single(cpu, look_up_offload, &lookup, 1);
			found |= lookup.chan == chan && lookup.priv;
		}
	cpus_read_unlock();
	return found;
}

static bool findable(struct dma_chan *chan)
{
	bool found = false;
	int cpu, cap;

	cpus_read_lock();
	for_each_online_cpu(cpu)
		for (cap = 0; cap < DMA_TX_TYPE_END; cap++)
			found |= entry(cpu, cap) == chan;
	cpus_read_unlock();
	return found;
}

static bool table_empty(void)
{
	bool empty = true;
	int cpu, cap;

	cpus_read_lock();
	for_each_online_cpu(cpu)
		for (cap = 0; cap < DMA_TX_TYPE_END; cap++)
			empty &= !entry(cpu, cap);
	cpus_read_unlock();
	return empty;
}

/*
 * Compare the table with a deal by hand: operation by operation, CPU by CPU, the
 * channel with the fewest places so far, those near the CPU first.
 */
static int table_wrong(struct kunit *test, struct fake_dev **fd, int nr_devs)
{
	int places[FAKE_MAX_DEVS][FAKE_MAX_CHANS] = {};
	int cap, cpu, d, i, node, best_d, best_i, wrong = 0;
	struct dma_chan *chan, *want, *got;
	bool near, best_near;

	cpus_read_lock();
	for (cap = 0; cap < DMA_TX_TYPE_END; cap++) {
		if (BIT(cap) & NO_OPERATION)
			continue;
		for_each_online_cpu(cpu) {
			want = NULL;
			best_near = false;
			best_d = 0;
			best_i = 0;
			for (d = 0; d < nr_devs; d++) {
				if (!dma_has_cap(cap, fd[d]->dma.cap_mask) ||
				    dma_has_cap(DMA_PRIVATE, fd[d]->dma.cap_mask))
					continue;
				node = dev_to_node(fd[d]->dma.dev);
				near = node == NUMA_NO_NODE || node == cpu_to_node(cpu);
				for (i = 0; i < fd[d]->nr_chans; i++) {
					chan = &fd[d]->chans[i].chan;
					if (!chan->client_count || (best_near && !near))
						continue;
					if (want && near == best_near &&
					    places[d][i] >= places[best_d][best_i])
						continue;
					want = chan;
					best_near = near;
					best_d = d;
					best_i = i;
				}
			}
			if (want)
				places[best_d][best_i]++;
			got = entry(cpu, cap);
			if (got == want)
				continue;
			wrong++;
			KUNIT_FAIL(test, "operation %d, CPU %d: %s instead of %s", cap, cpu,
				   got ? dma_chan_name(got) : "none",
				   want ? dma_chan_name(want) : "none");
		}
	}
	cpus_read_unlock();

	for (d = 0; d < nr_devs; d++)
		for (i = 0; i < fd[d]->nr_chans; i++)
			KUNIT_EXPECT_EQ(test, fd[d]->chans[i].chan.table_count, places[d][i]);
	return wrong;
}

/* --- the table --- */

static const struct table_case {
	int nr_devs;
	int nr_chans[FAKE_MAX_DEVS];
	unsigned long caps[FAKE_MAX_DEVS];
} table_cases[] = {
	{ 1, { 1 }, { BIT(DMA_MEMCPY) } },
	{ 1, { 1 }, { ALL_CAPS } },
	{ 1, { 2 }, { ALL_CAPS } },
	{ 1, { 3 }, { ALL_CAPS } },
	{ 1, { 7 }, { ALL_CAPS } },
	{ 1, { 8 }, { ALL_CAPS | BIT(DMA_INTERRUPT) } },
	{ 2, { 1, 1 }, { BIT(DMA_MEMCPY), BIT(DMA_XOR) } },
	{ 2, { 2, 3 }, { BIT(DMA_MEMCPY) | BIT(DMA_XOR), BIT(DMA_XOR) | BIT(DMA_PQ) } },
	{ 3, { 1, 4, 2 }, { ALL_CAPS, BIT(DMA_MEMCPY), BIT(DMA_MEMCPY) | BIT(DMA_PQ) } },
	{ 3, { 2, 2, 2 }, { ALL_CAPS, ALL_CAPS | BIT(DMA_PRIVATE), BIT(DMA_PQ) } },
	{ 4, { 8, 1, 8, 1 }, { BIT(DMA_XOR), ALL_CAPS, BIT(DMA_PQ), BIT(DMA_MEMSET) } },
	{ 2, { 3, 2 }, { BIT(DMA_SLAVE), BIT(DMA_CYCLIC) | BIT(DMA_INTERLEAVE) } },
};

static void table_desc(const struct table_case *c, char *desc)
{
	int d, n = 0;

	for (d = 0; d < c->nr_devs; d++)
		n += snprintf(desc + n, KUNIT_PARAM_DESC_SIZE - n, "%s%d channels of %lx",
			      d ? ", " : "", c->nr_chans[d], c->caps[d]);
}

KUNIT_ARRAY_PARAM(table, table_cases, table_desc);

static void test_table(struct kunit *test)
{
	const struct table_case *c = test->param_value;
	struct fake_dev *fd[FAKE_MAX_DEVS];
	int d;

	KUNIT_EXPECT_TRUE(test, table_empty());
	dmaengine_get();
	for (d = 0; d < c->nr_devs; d++) {
		fd[d] = fake_registered(test, c->nr_chans[d], c->caps[d]);
		KUNIT_EXPECT_EQ_MSG(test, table_wrong(test, fd, d + 1), 0, "%d registered", d + 1);
	}
	for (d = c->nr_devs; d--; ) {
		fd[d]->nr_chans = 0;
		fake_unregister(fd[d]);
		KUNIT_EXPECT_EQ_MSG(test, table_wrong(test, fd, d), 0, "%d registered", d);
	}
	KUNIT_EXPECT_TRUE(test, table_empty());
	dmaengine_put();
}

static void test_table_users(struct kunit *test)
{
	struct fake_dev *fd = fake_registered(test, 3, ALL_CAPS);

	KUNIT_EXPECT_TRUE_MSG(test, table_empty(), "there are no users");
	KUNIT_EXPECT_EQ(test, fd->chans[0].resources, 0);
	dmaengine_get();
	KUNIT_EXPECT_EQ(test, table_wrong(test, &fd, 1), 0);
	KUNIT_EXPECT_EQ(test, fd->chans[0].chan.client_count, 1);
	dmaengine_get();
	KUNIT_EXPECT_EQ(test, table_wrong(test, &fd, 1), 0);
	KUNIT_EXPECT_EQ(test, fd->chans[0].chan.client_count, 2);
	KUNIT_EXPECT_EQ(test, fd->chans[0].resources, 1);
	dmaengine_put();
	KUNIT_EXPECT_EQ(test, table_wrong(test, &fd, 1), 0);
	dmaengine_put();
	KUNIT_EXPECT_TRUE(test, table_empty());
	KUNIT_EXPECT_EQ(test, fd->chans[0].resources, 0);
	KUNIT_EXPECT_EQ(test, fd->chans[0].chan.client_count, 0);
}

/* A node is far if it is not that of any CPU. */
static void test_table_nodes(struct kunit *test)
{
	const int home = cpu_to_node(0);
	struct fake_dev *fd[3];
	int d, far;

	for (far = 0; far < MAX_NUMNODES && (far == home || node_state(far, N_CPU)); far++)
		;
	if (far == MAX_NUMNODES)
		kunit_skip(test, "no node to be far from");

	for (d = 0; d < 3; d++) {
		fd[d] = fake_make(test, 2);
		fake_set_caps(fd[d], ALL_CAPS);
	}
	set_dev_node(fd[0]->dma.dev, far);
	set_dev_node(fd[1]->dma.dev, home);
	set_dev_node(fd[2]->dma.dev, NUMA_NO_NODE);

	dmaengine_get();
	for (d = 0; d < 3; d++) {
		KUNIT_ASSERT_EQ(test, fake_register(fd[d]), 0);
		KUNIT_EXPECT_EQ_MSG(test, table_wrong(test, fd, d + 1), 0, "%d registered", d + 1);
	}
	KUNIT_EXPECT_FALSE_MSG(test, findable(&fd[0]->chans[0].chan), "there are nearer ones");
	fake_unregister(fd[2]);
	fake_unregister(fd[1]);
	KUNIT_EXPECT_TRUE_MSG(test, findable(&fd[0]->chans[0].chan), "better than nothing");
	dmaengine_put();
}

#ifdef CONFIG_HOTPLUG_CPU
static bool table_settles(struct kunit *test, struct fake_dev *fd)
{
	int operations = hweight_long(*fd->dma.cap_mask.bits & ~NO_OPERATION);
	int places, i, tries;

	/* CPUs come and go with some delay. */
	for (tries = 0; tries < 500; tries++) {
		for (i = 0, places = 0; i < fd->nr_chans; i++)
			places += READ_ONCE(fd->chans[i].chan.table_count);
		if (places == num_online_cpus() * operations)
			return true;
		msleep(20);
	}
	KUNIT_FAIL(test, "%d places for %d CPUs", places, num_online_cpus());
	return false;
}
#endif

static void test_table_hotplug(struct kunit *test)
{
#ifdef CONFIG_HOTPLUG_CPU
	struct fake_dev *fd = fake_registered(test, 3, ALL_CAPS);
	int cpu = cpumask_last(cpu_online_mask);

	if (!cpu)
		kunit_skip(test, "there is one CPU");
	dmaengine_get();
	KUNIT_EXPECT_TRUE(test, table_settles(test, fd));
	if (remove_cpu(cpu)) {
		dmaengine_put();
		kunit_skip(test, "CPU %d cannot be taken offline", cpu);
	}
	if (table_settles(test, fd))
		KUNIT_EXPECT_EQ_MSG(test, table_wrong(test, &fd, 1), 0, "without CPU %d", cpu);
	KUNIT_ASSERT_EQ(test, add_cpu(cpu), 0);
	if (table_settles(test, fd))
		KUNIT_EXPECT_EQ_MSG(test, table_wrong(test, &fd, 1), 0, "CPU %d is back", cpu);
	dmaengine_put();
#else
	kunit_skip(test, "CPUs do not come and go");
#endif
}

static void test_no_operation(struct kunit *test)
{
	fake_registered(test, 2, BIT(DMA_INTERRUPT) | BIT(DMA_SLAVE) | BIT(DMA_MEMCPY));
	dmaengine_get();
	KUNIT_EXPECT_NOT_NULL(test, dma_find_channel(DMA_MEMCPY));
	KUNIT_EXPECT_NULL(test, dma_find_channel(DMA_INTERRUPT));
	KUNIT_EXPECT_NULL(test, dma_find_channel(DMA_PRIVATE));
	KUNIT_EXPECT_NULL(test, dma_find_channel(DMA_SLAVE));
	KUNIT_EXPECT_NULL_MSG(test, dma_find_channel(DMA_XOR), "nobody offers it");
	dmaengine_put();
}

/* --- users of dmaengine_get() --- */

static void test_get_later_device(struct kunit *test)
{
	struct fake_dev *fd[2];
	int i;

	dmaengine_get();
	dmaengine_get();
	fd[0] = fake_registered(test, 2, ALL_CAPS);
	fd[1] = fake_registered(test, 2, ALL_CAPS | BIT(DMA_PRIVATE));
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, fd[0]->chans[i].chan.client_count, 2);
		KUNIT_EXPECT_EQ(test, fd[1]->chans[i].chan.client_count, 0);
	}
	dmaengine_put();
	dmaengine_put();
	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_EQ(test, fd[0]->chans[i].chan.client_count, 0);
}

/* A channel that cannot be used does not keep others from being used. */
static void test_get_fails(struct kunit *test)
{
	struct fake_dev *fd = fake_registered(test, 3, ALL_CAPS);

	fd->chans[1].alloc_err = FAKE_ERR;
	dmaengine_get();
	KUNIT_EXPECT_EQ(test, fd->chans[0].chan.client_count, 1);
	KUNIT_EXPECT_EQ(test, fd->chans[1].chan.client_count, 0);
	KUNIT_EXPECT_EQ(test, fd->chans[2].chan.client_count, 1);
	KUNIT_EXPECT_EQ(test, table_wrong(test, &fd, 1), 0);

	/* It can be used now, and the counts catch up. */
	fd->chans[1].alloc_err = 0;
	dmaengine_get();
	KUNIT_EXPECT_EQ(test, fd->chans[1].chan.client_count, 2);
	KUNIT_EXPECT_TRUE(test, findable(&fd->chans[1].chan));
	dmaengine_put();
	KUNIT_EXPECT_EQ(test, fd->chans[1].chan.client_count, 1);
	dmaengine_put();
	KUNIT_EXPECT_EQ(test, fd->chans[1].chan.client_count, 0);
}

static void test_get_module_references(struct kunit *test)
{
#if defined(MODULE) && defined(CONFIG_MODULE_UNLOAD)
	int before;

	before = module_refcount(THIS_MODULE);
	fake_registered(test, 3, ALL_CAPS);
	dmaengine_get();
	KUNIT_EXPECT_EQ(test, module_refcount(THIS_MODULE), before + 3);
	offload_test = test;
	KUNIT_EXPECT_EQ(test, dma_offload_register(&offload_ops), 0);
	KUNIT_EXPECT_EQ_MSG(test, module_refcount(THIS_MODULE), before + 3,
			    "the offload user gives way");
	dmaengine_put();
	KUNIT_EXPECT_EQ(test, module_refcount(THIS_MODULE), before);
	dma_offload_unregister(&offload_ops);
	KUNIT_EXPECT_EQ(test, module_refcount(THIS_MODULE), before);
#else
	kunit_skip(test, "the tests are no module that can be unloaded");
#endif
}

/* Users that have found a channel may use it after it has been unregistered. */
static void test_get_unregister(struct kunit *test)
{
	struct fake_dev *fd = fake_registered(test, 2, ALL_CAPS);
	struct dma_chan *chan = &fd->chans[0].chan;

	dmaengine_get();
	dmaengine_get();
	fake_unregister(fd);
	KUNIT_EXPECT_TRUE(test, table_empty());
	KUNIT_EXPECT_EQ(test, chan->client_count, 2);
	KUNIT_EXPECT_EQ(test, fd->chans[0].resources, 1);
	KUNIT_EXPECT_NOT_NULL(test, chan->dev);
	KUNIT_EXPECT_EQ(test, fd->released, 0);

	/* One that comes later does not get it; and may not be the one who goes. */
	dmaengine_get();
	KUNIT_EXPECT_EQ(test, chan->client_count, 2);
	dmaengine_put();
	KUNIT_EXPECT_EQ(test, chan->client_count, 2);
	dmaengine_put();
	KUNIT_EXPECT_EQ(test, chan->client_count, 1);
	KUNIT_EXPECT_EQ(test, fd->released, 0);
	dmaengine_put();
	KUNIT_EXPECT_EQ(test, chan->client_count, 0);
	KUNIT_EXPECT_EQ(test, fd->chans[0].resources, 0);
	KUNIT_EXPECT_EQ(test, fd->released, 1);
}

static void test_issue_pending(struct kunit *test)
{
	struct fake_dev *public = fake_registered(test, 2, ALL_CAPS);
	struct fake_dev *private = fake_registered(test, 1, ALL_CAPS | BIT(DMA_PRIVATE));
	struct dma_chan *chan;

	chan = dma_get_slave_channel(&private->chans[0].chan);
	KUNIT_ASSERT_NOT_NULL(test, chan);
	public->chans[1].alloc_err = FAKE_ERR;
	offload_test = test;
	offload_issued = 0;

	dma_issue_pending_all();
	KUNIT_EXPECT_EQ(test, public->chans[0].issued, 0);
	dmaengine_get();
	dma_issue_pending_all();
	KUNIT_EXPECT_EQ_MSG(test, public->chans[0].issued, 0, "nobody has found it");
	KUNIT_EXPECT_PTR_EQ(test, dma_find_channel(DMA_XOR), &public->chans[0].chan);
	dma_issue_pending_all();
	KUNIT_EXPECT_EQ(test, public->chans[0].issued, 1);
	KUNIT_EXPECT_EQ(test, public->chans[1].issued, 0);
	KUNIT_EXPECT_EQ(test, private->chans[0].issued, 0);
	KUNIT_EXPECT_EQ(test, offload_issued, 0);

	KUNIT_EXPECT_EQ(test, dma_offload_register(&offload_ops), 0);
	dma_issue_pending_all();
	KUNIT_EXPECT_EQ(test, public->chans[0].issued, 2);
	KUNIT_EXPECT_EQ(test, offload_issued, 1);
	dma_offload_unregister(&offload_ops);
	dma_issue_pending_all();
	KUNIT_EXPECT_EQ(test, offload_issued, 1);
	dmaengine_put();
	dma_release_channel(chan);
}

static long issue_all(void *unused)
{
	dma_issue_pending_all();
	return 0;
}

/* What one CPU has found, any other starts. */
static void test_issue_elsewhere(struct kunit *test)
{
	struct fake_dev *fd = fake_registered(test, FAKE_MAX_CHANS, ALL_CAPS);
	int finder, cpu, i, issues, wrong = 0;
	DECLARE_BITMAP(known, FAKE_MAX_CHANS);
	struct fake_chan *fc;

	bitmap_zero(known, FAKE_MAX_CHANS);

	dmaengine_get();
	cpus_read_lock();
	for_each_online_cpu(finder) {
		fc = to_fake_chan(entry(finder, DMA_PQ));
		__set_bit(fc - fd->chans, known);
		for_each_online_cpu(cpu) {
			issues = fc->issued;
			work_on_cpu(cpu, issue_all, NULL);
			if (fc->issued == issues + 1)
				continue;
			wrong++;
			KUNIT_FAIL(test, "found on CPU %d, not issued on CPU %d", finder, cpu);
		}
	}
	cpus_read_unlock();
	KUNIT_EXPECT_EQ(test, wrong, 0);
	for_each_clear_bit(i, known, FAKE_MAX_CHANS)
		KUNIT_EXPECT_EQ_MSG(test, fd->chans[i].issued, 0, "nobody has found %d", i);
	dmaengine_put();
}

/* Who has found a channel keeps it while it is away from the table. */
static void test_issue_after_private(struct kunit *test)
{
	struct fake_dev *fd = fake_registered(test, 2, BIT(DMA_MEMCPY));
	struct dma_chan *found, *other;
	struct fake_chan *fc;

	fd->chans[1].alloc_err = FAKE_ERR;
	dmaengine_get();
	found = dma_find_channel(DMA_MEMCPY);
	KUNIT_ASSERT_PTR_EQ(test, found, &fd->chans[0].chan);
	fc = to_fake_chan(found);

	fd->chans[1].alloc_err = 0;
	other = dma_get_slave_channel(&fd->chans[1].chan);
	KUNIT_EXPECT_NOT_NULL(test, other);
	KUNIT_EXPECT_TRUE(test, table_empty());
	dma_issue_pending_all();
	KUNIT_EXPECT_EQ_MSG(test, fc->issued, 0, "private");
	if (other)
		dma_release_channel(other);
	dma_issue_pending_all();
	KUNIT_EXPECT_EQ_MSG(test, fc->issued, 1, "public again");
	dmaengine_put();
}

/* --- the offload user --- */

static void test_offload_arguments(struct kunit *test)
{
	static const struct dma_offload_ops no_added = { .chan_removed = offload_removed };
	static const struct dma_offload_ops no_removed = { .chan_added = offload_added };
	static const struct dma_offload_ops no_issue = {
		.chan_added = offload_added,
		.chan_removed = offload_removed,
	};

	offload_test = test;
	KUNIT_EXPECT_EQ(test, dma_offload_register(NULL), -EINVAL);
	KUNIT_EXPECT_EQ(test, dma_offload_register(&no_added), -EINVAL);
	KUNIT_EXPECT_EQ(test, dma_offload_register(&no_removed), -EINVAL);
	KUNIT_EXPECT_EQ(test, dma_offload_register(&no_issue), 0);
	KUNIT_EXPECT_EQ(test, dma_offload_register(&offload_ops), -EBUSY);
	fake_registered(test, 1, ALL_CAPS);
	dma_issue_pending_all();
	dma_offload_unregister(&no_issue);
	KUNIT_EXPECT_EQ(test, dma_offload_register(&offload_ops), 0);
	dma_offload_unregister(&offload_ops);
}

static void test_offload(struct kunit *test)
{
	struct fake_dev *fd[3];
	struct dma_chan *chan;
	void *priv = NULL;
	int i;

	offload_test = test;
	fd[0] = fake_registered(test, 2, ALL_CAPS);
	fd[1] = fake_registered(test, 2, ALL_CAPS | BIT(DMA_PRIVATE));
	KUNIT_ASSERT_EQ(test, dma_offload_register(&offload_ops), 0);
	fd[2] = fake_registered(test, 2, ALL_CAPS);
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_TRUE_MSG(test, fd[0]->chans[i].added, "there before");
		KUNIT_EXPECT_FALSE_MSG(test, fd[1]->chans[i].added, "private");
		KUNIT_EXPECT_TRUE_MSG(test, fd[2]->chans[i].added, "there later");
		KUNIT_EXPECT_EQ(test, fd[0]->chans[i].chan.client_count, 1);
	}
	rcu_read_lock();
	chan = dma_offload_find_channel(DMA_PQ, &priv);
	KUNIT_EXPECT_NOT_NULL(test, chan);
	if (chan)
		KUNIT_EXPECT_PTR_EQ(test, priv, (void *)to_fake_chan(chan));
	KUNIT_EXPECT_NULL(test, dma_offload_find_channel(DMA_INTERLEAVE, &priv));
	rcu_read_unlock();

	/* It starts itself what it has there. */
	offload_issued = 0;
	dma_issue_pending_all();
	KUNIT_EXPECT_EQ(test, offload_issued, 1);
	if (chan)
		KUNIT_EXPECT_EQ(test, to_fake_chan(chan)->issued, 0);
	KUNIT_EXPECT_EQ(test, table_wrong(test, fd, 3), 0);

	/* It gives way without being asked. */
	fake_unregister(fd[0]);
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_FALSE(test, fd[0]->chans[i].added);
		KUNIT_EXPECT_EQ(test, fd[0]->chans[i].resources, 0);
		KUNIT_EXPECT_EQ(test, fd[0]->chans[i].synced, 1);
	}
	KUNIT_EXPECT_EQ(test, fd[0]->released, 1);
	KUNIT_EXPECT_EQ(test, table_wrong(test, fd + 1, 2), 0);

	dma_offload_unregister(&offload_ops);
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_FALSE(test, fd[2]->chans[i].added);
		KUNIT_EXPECT_EQ(test, fd[2]->chans[i].chan.client_count, 0);
	}
	KUNIT_EXPECT_TRUE(test, table_empty());
}

/* As several drivers do: their list of channels is empty when they unregister. */
static void test_offload_emptied(struct kunit *test)
{
	struct fake_dev *fd;
	int i;

	offload_test = test;
	KUNIT_ASSERT_EQ(test, dma_offload_register(&offload_ops), 0);
	fd = fake_registered(test, 3, ALL_CAPS);
	for (i = 0; i < 3; i++)
		list_del(&fd->chans[i].chan.device_node);
	fake_unregister(fd);
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_FALSE(test, fd->chans[i].added);
		KUNIT_EXPECT_EQ(test, fd->chans[i].resources, 0);
	}
	KUNIT_EXPECT_EQ(test, fd->released, 1);
	KUNIT_EXPECT_TRUE(test, table_empty());
	dma_offload_unregister(&offload_ops);
}

static void test_offload_refuses(struct kunit *test)
{
	struct fake_dev *fd = fake_registered(test, 3, ALL_CAPS);

	offload_test = test;
	offload_refuses = &fd->chans[1].chan;
	fd->chans[2].alloc_err = FAKE_ERR;
	KUNIT_ASSERT_EQ(test, dma_offload_register(&offload_ops), 0);
	KUNIT_EXPECT_TRUE(test, fd->chans[0].added);
	KUNIT_EXPECT_EQ(test, fd->chans[1].chan.client_count, 0);
	KUNIT_EXPECT_EQ(test, fd->chans[1].resources, 0);
	KUNIT_EXPECT_EQ(test, fd->chans[2].chan.client_count, 0);
	KUNIT_EXPECT_EQ(test, table_wrong(test, &fd, 1), 0);

	/* Others can use what it does not want, and find no mark of it there. */
	dmaengine_get();
	KUNIT_EXPECT_EQ(test, fd->chans[0].chan.client_count, 2);
	KUNIT_EXPECT_EQ(test, fd->chans[1].chan.client_count, 1);
	KUNIT_EXPECT_EQ(test, table_wrong(test, &fd, 1), 0);
	KUNIT_EXPECT_TRUE(test, findable(&fd->chans[1].chan));
	KUNIT_EXPECT_FALSE(test, offered(&fd->chans[1].chan));
	KUNIT_EXPECT_TRUE(test, offered(&fd->chans[0].chan));
	dmaengine_put();
	offload_refuses = NULL;
	dma_offload_unregister(&offload_ops);
	KUNIT_EXPECT_EQ(test, fd->chans[0].resources, 0);
}

/* Losing the offload user does not take a channel from others, nor back. */
static void test_offload_and_get(struct kunit *test)
{
	struct fake_dev *fd = fake_registered(test, 2, ALL_CAPS);
	struct dma_chan *chan = &fd->chans[0].chan;
	int first;

	offload_test = test;
	for (first = 0; first < 2; first++) {
		dmaengine_get();
		KUNIT_ASSERT_EQ(test, dma_offload_register(&offload_ops), 0);
		KUNIT_EXPECT_EQ(test, chan->client_count, 2);
		if (first)
			dmaengine_put();
		else
			dma_offload_unregister(&offload_ops);
		KUNIT_EXPECT_EQ(test, chan->client_count, 1);
		KUNIT_EXPECT_EQ(test, fd->chans[0].added, first);
		KUNIT_EXPECT_EQ(test, fd->chans[0].resources, 1);
		KUNIT_EXPECT_EQ(test, table_wrong(test, &fd, 1), 0);
		if (first)
			dma_offload_unregister(&offload_ops);
		else
			dmaengine_put();
		KUNIT_EXPECT_EQ(test, chan->client_count, 0);
		KUNIT_EXPECT_TRUE(test, table_empty());
	}
}

/* A device that has been private comes back. */
static void test_offload_private(struct kunit *test)
{
	struct fake_dev *fd = fake_registered(test, 2, ALL_CAPS);
	struct dma_chan *chan = &fd->chans[0].chan;

	offload_test = test;
	KUNIT_ASSERT_PTR_EQ(test, dma_get_slave_channel(chan), chan);
	KUNIT_ASSERT_EQ(test, dma_offload_register(&offload_ops), 0);
	KUNIT_EXPECT_FALSE(test, fd->chans[1].added);
	KUNIT_EXPECT_TRUE(test, table_empty());

	dma_release_channel(chan);
	KUNIT_EXPECT_TRUE(test, fd->chans[0].added);
	KUNIT_EXPECT_TRUE(test, fd->chans[1].added);
	KUNIT_EXPECT_EQ(test, table_wrong(test, &fd, 1), 0);
	KUNIT_EXPECT_NULL_MSG(test, dma_get_slave_channel(chan), "in public use");
	dma_offload_unregister(&offload_ops);
}

/* A provider takes one channel for a slave, and the others stop being public. */
static void test_offload_made_private(struct kunit *test)
{
	struct fake_dev *fd = fake_registered(test, 2, ALL_CAPS);
	struct dma_chan *chan = &fd->chans[0].chan;

	offload_test = test;
	offload_refuses = chan;
	KUNIT_ASSERT_EQ(test, dma_offload_register(&offload_ops), 0);
	KUNIT_EXPECT_TRUE(test, fd->chans[1].added);
	KUNIT_ASSERT_PTR_EQ(test, dma_get_slave_channel(chan), chan);
	KUNIT_EXPECT_FALSE(test, fd->chans[1].added);
	KUNIT_EXPECT_TRUE(test, table_empty());
	offload_refuses = NULL;
	dma_release_channel(chan);
	KUNIT_EXPECT_TRUE(test, fd->chans[0].added);
	KUNIT_EXPECT_TRUE(test, fd->chans[1].added);
	dma_offload_unregister(&offload_ops);
}

static void test_offload_dynamic(struct kunit *test)
{
	struct fake_dev *fd = fake_registered(test, 1, ALL_CAPS);
	struct fake_chan *fc = &fd->chans[1];

	offload_test = test;
	KUNIT_ASSERT_EQ(test, dma_offload_register(&offload_ops), 0);
	list_add_tail(&fc->chan.device_node, &fd->dma.channels);
	KUNIT_ASSERT_EQ(test, dma_async_device_channel_register(&fd->dma, &fc->chan, NULL), 0);
	KUNIT_EXPECT_TRUE(test, fc->added);
	fd->nr_chans = 2;
	KUNIT_EXPECT_EQ(test, table_wrong(test, &fd, 1), 0);
	dma_async_device_channel_unregister(&fd->dma, &fc->chan);
	list_del(&fc->chan.device_node);
	KUNIT_EXPECT_FALSE(test, fc->added);
	KUNIT_EXPECT_EQ(test, fc->resources, 0);
	KUNIT_EXPECT_NULL(test, fc->chan.dev);
	fd->nr_chans = 1;
	KUNIT_EXPECT_EQ(test, table_wrong(test, &fd, 1), 0);
	dma_offload_unregister(&offload_ops);
}

/* --- any order --- */

#define ORDER_DEVS	3
#define ORDER_CHANS	3
#define ORDER_STEPS	400

/*
 * What must hold after each step, written down once more: a channel that can be
 * found has one reference for each user there is; one that cannot keeps those it
 * had, but not more than there are users.
 */
struct order_model {
	int users;
	bool offload;
	struct order_dev {
		bool registered;
		bool always_private;
		struct order_chan {
			int gets;
			bool requested;
		} chan[ORDER_CHANS];
	} dev[ORDER_DEVS];
};

static bool order_public(const struct order_dev *dev)
{
	int i;

	for (i = 0; i < ORDER_CHANS; i++)
		if (dev->chan[i].requested)
			return false;
	return dev->registered && !dev->always_private;
}

static void order_settle(struct order_model *model)
{
	struct order_chan *chan;
	int d, i;

	for (d = 0; d < ORDER_DEVS; d++)
		for (i = 0; i < ORDER_CHANS; i++) {
			chan = &model->dev[d].chan[i];
			if (order_public(&model->dev[d]))
				chan->gets = model->users;
			else
				chan->gets = min(chan->gets, model->users);
		}
}

static int order_check(struct kunit *test, const struct order_model *model,
		       struct fake_dev **fd, int step, u32 seed)
{
	int d, i, want, wrong = 0;
	bool offloaded, in_use;

	for (d = 0; d < ORDER_DEVS; d++) {
		in_use = model->dev[d].registered;
		for (i = 0; i < ORDER_CHANS; i++) {
			const struct order_chan *chan = &model->dev[d].chan[i];
			struct fake_chan *fc = &fd[d]->chans[i];

			offloaded = model->offload && order_public(&model->dev[d]);
			want = chan->gets + offloaded + chan->requested;
			in_use |= want > 0;
			if (fc->chan.client_count == want && fc->added == offloaded &&
			    fc->resources == !!want)
				continue;
			wrong++;
			KUNIT_FAIL(test,
				   "seed %u step %d: engine %d channel %d: %d references, want %d; offloaded %d, want %d; resources %d",
				   seed, step, d, i, fc->chan.client_count, want, fc->added,
				   offloaded, fc->resources);
		}
		if (fd[d]->released == in_use) {
			wrong++;
			KUNIT_FAIL(test, "seed %u step %d: engine %d: released %d, in use %d",
				   seed, step, d, fd[d]->released, in_use);
		}
	}
	return wrong;
}

static void order_step(struct kunit *test, struct order_model *model,
		       struct fake_dev **fd, struct rnd_state *rnd)
{
	int d = prandom_u32_state(rnd) % ORDER_DEVS;
	int i = prandom_u32_state(rnd) % ORDER_CHANS;
	struct order_chan *chan = &model->dev[d].chan[i];
	struct order_dev *dev = &model->dev[d];
	struct dma_chan *got, *real = &fd[d]->chans[i].chan;
	bool idle = true, free;
	int n;

	for (n = 0; n < ORDER_CHANS; n++)
		idle &= !dev->chan[n].gets && !dev->chan[n].requested;

	switch (prandom_u32_state(rnd) % 8) {
	case 0:
		if (model->users < 3) {
			model->users++;
			dmaengine_get();
		}
		break;
	case 1:
		if (model->users) {
			model->users--;
			dmaengine_put();
		}
		break;
	case 2:
		if (model->offload)
			dma_offload_unregister(&offload_ops);
		else
			KUNIT_EXPECT_EQ(test, dma_offload_register(&offload_ops), 0);
		model->offload = !model->offload;
		break;
	case 3:
	case 4:
		if (dev->registered) {
			fake_unregister(fd[d]);
			dev->registered = false;
		} else if (idle) {
			/* Its memory is the provider's again. */
			dev->always_private = prandom_u32_state(rnd) % 4 == 0;
			fake_set_caps(fd[d], ALL_CAPS |
				      (dev->always_private ? BIT(DMA_PRIVATE) : 0));
			KUNIT_EXPECT_EQ(test, fake_register(fd[d]), 0);
			dev->registered = true;
		}
		break;
	default:
		if (chan->requested) {
			dma_release_channel(real);
			chan->requested = false;
			break;
		}
		free = dev->registered && !chan->gets &&
		       !(model->offload && order_public(dev));
		got = dma_get_slave_channel(real);
		KUNIT_EXPECT_PTR_EQ(test, got, free ? real : NULL);
		chan->requested = !!got;
	}
	order_settle(model);
}

static void test_any_order(struct kunit *test)
{
	const u32 seed = 20612;
	struct order_model model = {};
	struct fake_dev *fd[ORDER_DEVS];
	struct rnd_state rnd;
	int d, i, step;

	offload_test = test;
	for (d = 0; d < ORDER_DEVS; d++) {
		fd[d] = fake_make(test, ORDER_CHANS);
		fd[d]->released = 1;
	}
	prandom_seed_state(&rnd, seed);
	for (step = 0; step < ORDER_STEPS; step++) {
		order_step(test, &model, fd, &rnd);
		if (order_check(test, &model, fd, step, seed))
			break;
	}

	if (model.offload)
		dma_offload_unregister(&offload_ops);
	while (model.users--)
		dmaengine_put();
	for (d = 0; d < ORDER_DEVS; d++)
		for (i = 0; i < ORDER_CHANS; i++)
			if (model.dev[d].chan[i].requested)
				dma_release_channel(&fd[d]->chans[i].chan);
}

static struct kunit_case public_cases[] = {
	KUNIT_CASE_PARAM(test_table, table_gen_params),
	KUNIT_CASE(test_table_users),
	KUNIT_CASE(test_table_nodes),
	KUNIT_CASE(test_table_hotplug),
	KUNIT_CASE(test_no_operation),
	KUNIT_CASE(test_get_later_device),
	KUNIT_CASE(test_get_fails),
	KUNIT_CASE(test_get_module_references),
	KUNIT_CASE(test_get_unregister),
	KUNIT_CASE(test_issue_pending),
	KUNIT_CASE(test_issue_elsewhere),
	KUNIT_CASE(test_issue_after_private),
	KUNIT_CASE(test_offload_arguments),
	KUNIT_CASE(test_offload),
	KUNIT_CASE(test_offload_emptied),
	KUNIT_CASE(test_offload_refuses),
	KUNIT_CASE(test_offload_and_get),
	KUNIT_CASE(test_offload_private),
	KUNIT_CASE(test_offload_made_private),
	KUNIT_CASE(test_offload_dynamic),
	KUNIT_CASE_SLOW(test_any_order),
	{}
};

static int public_init(struct kunit *test)
{
	offload_refuses = NULL;
	fake_only_user(test);
	return 0;
}

static int public_suite_init(struct kunit_suite *suite)
{
	return fake_driver_register();
}

static void public_suite_exit(struct kunit_suite *suite)
{
	fake_driver_unregister();
}

static struct kunit_suite public_suite = {
	.name = "dmaengine-public",
	.suite_init = public_suite_init,
	.suite_exit = public_suite_exit,
	.init = public_init,
	.test_cases = public_cases,
};

kunit_test_suite(public_suite);
