/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Chains that are made of two operations, or of more
 */
#ifndef ATX_TESTS_CHAIN_H
#define ATX_TESTS_CHAIN_H

#include "fixture.h"

/* blocks of the operations that chains are made of, P and Q included */
#define CHAIN_BLOCKS	6

/* operations of a chain, with those that make a validation's input right */
#define CHAIN_OPS	32

struct atx_pair {
	enum atx_kind first;
	enum atx_kind second;
};

/* which of the two uses the common buffer how; named in the order of the chain */
enum atx_hazard {
	WRITE_READ,
	READ_WRITE,
	WRITE_WRITE,
	READ_READ,
	NR_HAZARDS
};

extern const char * const atx_kind_names[ATX_NR_KINDS];

/* for cases that get a pair of kinds as parameter */
const void *atx_pair_gen_params(const void *prev, char *desc);

bool atx_is_val(enum atx_kind kind);
struct atx_chain *atx_chain_new(struct kunit *test);
void atx_chain_run(struct kunit *test, struct atx_chain *chain);
void atx_chain_run_without_bh(struct kunit *test, struct atx_chain *chain);
struct atx_chain *atx_copies(struct kunit *test, unsigned int nr);
struct atx_op *atx_op_make(struct kunit *test, enum atx_kind kind, struct atx_buf *in,
			   struct atx_buf *out, unsigned int base, size_t len);
struct atx_op *atx_op_make_generator(struct kunit *test, const struct atx_op *val);
void atx_relay(struct kunit *test);
bool atx_hazard_fits(const struct atx_pair *pair, enum atx_hazard hazard);
void atx_pair_run(struct kunit *test, const struct atx_pair *pair,
		  enum atx_hazard hazard, size_t len, enum atx_end end,
		  bool right_before);

#endif /* ATX_TESTS_CHAIN_H */
