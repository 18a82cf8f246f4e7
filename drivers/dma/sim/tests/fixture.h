/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of the simulated engines share.
 *
 * Each test makes engines of its own, private so that no other client takes
 * their channels.
 */
#ifndef DMA_SIM_TEST_FIXTURE_H
#define DMA_SIM_TEST_FIXTURE_H

#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/dma-mapping.h>
#include <linux/dma_sim.h>
#include <linux/dmaengine.h>
#include <linux/string.h>

#define TEST_RING	16
#define TEST_LEN	4096
#define TEST_BUFS	12
#define TEST_SEED	0x51b

/* Long enough for any machine; a test that waits so long has failed. */
#define TEST_TIMEOUT_MS	10000

/* Long enough for anything that is going to happen by itself to have happened. */
#define TEST_QUIET_MS	30

/* So many polls do all the work of a test, several times over. */
#define TEST_MAX_POLLS	100000

/**
 * struct sim_test - what a test has
 * @sim: its engines, of which the second may not exist
 * @chan: a channel of the first, and another if there is one
 * @buf: buffers of TEST_LEN bytes, each filled with its number plus 1
 * @addr: their bus addresses for the first engine, while mapped
 * @dir: how they are mapped; DMA_NONE if they are not
 * @calls: how often a callback has come
 * @order: numbers of the callbacks, as they came
 * @result: what the last callback was told
 * @called: a callback has come
 */
struct sim_test {
	struct dma_sim *sim[2];
	struct dma_chan *chan[2];
	u8 *buf[TEST_BUFS];
	dma_addr_t addr[TEST_BUFS];
	enum dma_data_direction dir[TEST_BUFS];
	atomic_t calls;
	unsigned int order[64];
	struct dmaengine_result result;
	struct completion called;
};

/* What a callback is given. */
struct test_call {
	struct sim_test *t;
	unsigned int nr;
};

const void *dsim_mode_gen_params(const void *prev, char *desc);
bool dsim_mode(struct kunit *test);
struct dma_chan *dsim_request(struct dma_sim *sim);
struct dma_sim_config dsim_config(bool iova);
void dsim_need_iova(struct kunit *test);
void dsim_engine(struct kunit *test, const struct dma_sim_config *config);
void dsim_map(struct kunit *test, unsigned int buf,
	      enum dma_data_direction dir);
void dsim_unmap(struct sim_test *t, unsigned int buf);
void dsim_unmap_all(struct sim_test *t);
void dsim_map_all(struct kunit *test);
void dsim_fill(struct sim_test *t);
int dsim_init(struct kunit *test);
void dsim_release(struct sim_test *t);
void dsim_exit(struct kunit *test);
dma_cookie_t dsim_submit(struct kunit *test,
			 struct dma_async_tx_descriptor *tx,
			 struct test_call *call);
struct dma_async_tx_descriptor *
dsim_prep_copy(struct sim_test *t, unsigned int dst, unsigned int src);
dma_cookie_t dsim_copy(struct kunit *test, unsigned int dst,
		       unsigned int src, struct test_call *call);
enum dma_status dsim_status(struct sim_test *t, dma_cookie_t cookie);
void dsim_poll(struct kunit *test, dma_cookie_t cookie);
void dsim_wait_calls(struct kunit *test, int calls);
void dsim_run(struct kunit *test, struct dma_async_tx_descriptor *tx);
bool dsim_is(const u8 *buf, u8 value, size_t len);
u64 dsim_violations(struct sim_test *t, enum dma_sim_violation what);
u64 dsim_faults(struct sim_test *t, enum dma_sim_fault_class class);
void dsim_fault_once(struct kunit *test, enum dma_sim_fault_class class);

#endif /* DMA_SIM_TEST_FIXTURE_H */
