// SPDX-License-Identifier: GPL-2.0-only
/*
 * Intel I/OAT: a model of a channel
 *
 * A thread reads what the driver writes to the registers, and does what the hardware
 * would.  Registers that are cleared by writing them are cleared with the next chain.
 */
#include <linux/bitfield.h>
#include <linux/cleanup.h>
#include <linux/delay.h>
#include <linux/dma-direct.h>

#include "model.h"

#define ERR_LENGTH	BIT(11)

/* Where sources and sums are, of one descriptor */
struct model_op {
	u8 *src[IOAT_MAX_SRCS];
	u8 coef[IOAT_MAX_SRCS];
	u8 *dst[2];
	unsigned int nr;
	unsigned int stride;
};

static void *model_mem(struct ioat_model *m, u64 addr)
{
	return phys_to_virt(dma_to_phys(&m->id->pdev->dev, addr));
}

static void model_write64(struct ioat_model *m, unsigned int reg, u64 value)
{
	WRITE_ONCE(*(u64 *)(m->regs + IOAT_CHAN_SIZE + reg), value);
}

static u64 model_read64(struct ioat_model *m, unsigned int reg)
{
	return READ_ONCE(*(u64 *)(m->regs + IOAT_CHAN_SIZE + reg));
}

/**
 * ioat_model_mul - multiply in GF(256), a bit at a time
 * @a: one factor
 * @b: the other
 *
 * Return: the product.
 */
u8 ioat_model_mul(u8 a, u8 b)
{
	u8 product = 0;

	for (; b; b >>= 1) {
		if (b & 1)
			product ^= a;
		a = a << 1 ^ (a & 0x80 ? 0x1d : 0);
	}
	return product;
}

/* A word of a descriptor, or of the extended one that the first one's link leads to */
static u64 model_word(struct ioat_model *m, union ioat_slot *slot, unsigned int ext,
		      unsigned int word)
{
	if (ext)
		slot = model_mem(m, le64_to_cpu(slot->word[IOAT_W_NEXT]));
	return le64_to_cpu(slot->word[word]);
}

static void model_decode(struct ioat_model *m, union ioat_slot *slot, u32 ctl,
			 struct model_op *op)
{
	static const u8 xor_words[] = { 1, 4, 5, 6, 7, 0, 1, 2 };
	static const u8 pq_words[] = { 1, 4, 5, 0, 1, 2, 4, 5 };
	u8 code = FIELD_GET(IOAT_CTL_OP, ctl);
	unsigned int i;
	__le64 *sed;

	op->stride = 1;
	op->dst[0] = model_mem(m, model_word(m, slot, 0, IOAT_W_DST));
	switch (code) {
	case IOAT_OP_COPY:
		op->nr = 1;
		op->src[0] = model_mem(m, model_word(m, slot, 0, IOAT_W_SRC));
		return;
	case IOAT_OP_FILL:
		op->nr = 0;
		return;
	case IOAT_OP_XOR:
	case IOAT_OP_XOR_VAL:
		op->nr = FIELD_GET(IOAT_CTL_SRCS, ctl) + 2;
		op->stride += op->nr > 5;
		for (i = 0; i < op->nr; i++)
			op->src[i] = model_mem(m, model_word(m, slot, i >= 5, xor_words[i]));
		return;
	}

	op->dst[1] = model_mem(m, model_word(m, slot, 0, IOAT_W_Q));
	if (code == IOAT_OP_PQ || code == IOAT_OP_PQ_VAL) {
		op->nr = FIELD_GET(IOAT_CTL_SRCS, ctl) + 2;
		op->stride += op->nr > 3;
		for (i = 0; i < op->nr; i++)
			op->src[i] = model_mem(m, model_word(m, slot, i >= 3, pq_words[i]));
	} else {
		op->nr = FIELD_GET(IOAT_CTL_SRCS, ctl) + 9;
		sed = model_mem(m, model_word(m, slot, 0, IOAT_W_SED));
		for (i = 0; i < op->nr; i++) {
			/* The eighth word of the buffer begins its second half. */
			u64 addr = i < 2 ? model_word(m, slot, 0, i ? 4 : 1) :
					   le64_to_cpu(sed[i - 1]);

			op->src[i] = model_mem(m, addr);
		}
		for (i = 8; i < op->nr; i++)
			op->coef[i] = le64_to_cpu(sed[0]) >> 8 * (i - 8);
	}
	for (i = 0; i < min(op->nr, 8U); i++)
		op->coef[i] = model_word(m, slot, 0, IOAT_W_COEF) >> 8 * i;
}

/* One descriptor.  Returns what is wrong with it, as in CHANERR. */
static u32 model_execute(struct ioat_model *m, union ioat_slot *slot, unsigned int *stride)
{
	u32 ctl = le32_to_cpu(slot->hw.ctl), len = le32_to_cpu(slot->hw.size);
	u8 code = FIELD_GET(IOAT_CTL_OP, ctl);
	struct model_op op = {};
	unsigned int i, j;
	u32 differs = 0;

	*stride = 1;
	if (!len || len > BIT(m->id->xfercap))
		return ERR_LENGTH;
	if (code == IOAT_OP_COPY && ctl & IOAT_CTL_NULL)
		return 0;
	model_decode(m, slot, ctl, &op);
	*stride = op.stride;

	for (i = 0; i < len; i++) {
		u8 p = 0, q = 0;

		for (j = 0; j < op.nr; j++) {
			p ^= op.src[j][i];
			q ^= ioat_model_mul(op.src[j][i], op.coef[j]);
		}
		switch (code) {
		case IOAT_OP_FILL:
			p = model_word(m, slot, 0, IOAT_W_SRC) >> 8 * (i % 8);
			fallthrough;
		case IOAT_OP_COPY:
		case IOAT_OP_XOR:
			op.dst[0][i] = p;
			break;
		case IOAT_OP_XOR_VAL:
			differs |= p != op.dst[0][i] ? IOAT_ERR_P : 0;
			break;
		case IOAT_OP_PQ:
		case IOAT_OP_PQ_16S:
			if (!(ctl & IOAT_CTL_NO_P))
				op.dst[0][i] = p;
			if (!(ctl & IOAT_CTL_NO_Q))
				op.dst[1][i] = q;
			break;
		default:
			if (!(ctl & IOAT_CTL_NO_P) && p != op.dst[0][i])
				differs |= IOAT_ERR_P;
			if (!(ctl & IOAT_CTL_NO_Q) && q != op.dst[1][i])
				differs |= IOAT_ERR_Q;
		}
	}
	if (!(ctl & IOAT_CTL_WRITE_BACK))
		return differs;
	slot->hw.size = cpu_to_le32(IOAT_WB_VALID | (differs & IOAT_ERR_P ? IOAT_WB_P : 0) |
				    (differs & IOAT_ERR_Q ? IOAT_WB_Q : 0));
	return 0;
}

static void model_report(struct ioat_model *m, u64 state, bool write, bool irq)
{
	model_write64(m, IOAT_CHANSTS, m->last | state);
	if (write) {
		if (m->lose_writes > 0)
			m->lose_writes--;
		else
			/* Behind the data, which the driver may look at then. */
			smp_store_release((u64 *)model_mem(m, model_read64(m, IOAT_CHANCMP)),
					  m->last | state);
	}
	if (irq) {
		if (m->lose_irqs > 0)
			m->lose_irqs--;
		else
			tasklet_schedule(&m->id->chans[0].clean);
	}
}

static void model_fail(struct ioat_model *m, u32 err)
{
	m->halted = true;
	WRITE_ONCE(*(u32 *)(m->regs + IOAT_CHAN_SIZE + IOAT_CHANERR), err);
	model_report(m, IOAT_STS_HALTED, true, true);
}

/* The driver has its lock whenever it writes to registers: no half of an address is seen. */
static void model_command(struct ioat_model *m)
{
	u8 *cmd = m->regs + IOAT_CHAN_SIZE + IOAT_CHANCMD;

	if (READ_ONCE(*cmd) & IOAT_CHANCMD_RESET) {
		m->resets++;
		m->halted = false;
		m->hangs = false;
		m->last = 0;
		m->done = 0;
		m->cur = 0;
		WRITE_ONCE(*(u16 *)(m->regs + IOAT_CHAN_SIZE + IOAT_DMACOUNT), 0);
		WRITE_ONCE(*(u32 *)(m->regs + IOAT_CHAN_SIZE + IOAT_CHANERR), 0);
		model_write64(m, IOAT_CHAINADDR, 0);
		model_write64(m, IOAT_CHANSTS, IOAT_STS_HALTED);
		/* The driver goes on when it sees this. */
		/* All of that is done before the driver is told. */
		smp_store_release(cmd, 0);
	} else if (READ_ONCE(*cmd) & IOAT_CHANCMD_SUSPEND) {
		if (!m->halted)
			model_write64(m, IOAT_CHANSTS, m->last | IOAT_STS_SUSPENDED);
		m->halted = true;
		/* Nor is a chain begun that it did not get to. */
		model_write64(m, IOAT_CHAINADDR, 0);
		/* All of that is done before the driver is told. */
		smp_store_release(cmd, 0);
	}
}

static void model_step(struct ioat_model *m)
{
	u16 *count = m->regs + IOAT_CHAN_SIZE + IOAT_DMACOUNT;
	union ioat_slot *slot;
	unsigned int stride;
	u64 chain;
	u32 err, ctl;

	scoped_guard(spinlock_irqsave, &m->id->chans[0].mc.lock) {
		/* It was pulled out. */
		if (READ_ONCE(*(u32 *)m->regs) == ~0U)
			return;
		model_command(m);
		if (m->hangs || READ_ONCE(m->paused) || !READ_ONCE(*count))
			return;
		chain = model_read64(m, IOAT_CHAINADDR);
		if (!chain)
			break;
		model_write64(m, IOAT_CHAINADDR, 0);
		m->cur = chain;
		m->done = 0;
		m->last = 0;
		m->halted = false;
		WRITE_ONCE(*(u32 *)(m->regs + IOAT_CHAN_SIZE + IOAT_CHANERR), 0);
	}
	/* What the driver counts is written by then. */
	while (!m->halted && !m->hangs && m->cur && m->done != smp_load_acquire(count)) {
		slot = model_mem(m, m->cur);
		ctl = le32_to_cpu(slot->hw.ctl);
		if (!m->fail_in) {
			m->fail_in = -1;
			if (m->fail_err)
				model_fail(m, m->fail_err);
			else
				m->hangs = true;
			return;
		}
		if (m->fail_in > 0)
			m->fail_in--;
		err = model_execute(m, slot, &stride);
		if (err) {
			model_fail(m, err);
			return;
		}
		m->last = m->cur;
		while (stride--) {
			m->done++;
			m->cur = le64_to_cpu(((union ioat_slot *)model_mem(m, m->cur))
					     ->word[IOAT_W_NEXT]);
		}
		model_report(m, m->done == READ_ONCE(*count) ? IOAT_STS_DONE : IOAT_STS_ACTIVE,
			     ctl & IOAT_CTL_COMPLETE, ctl & IOAT_CTL_INT);
	}
}

/**
 * ioat_model_thread - the hardware
 * @data: the &struct ioat_model
 *
 * Return: 0.
 */
int ioat_model_thread(void *data)
{
	struct ioat_model *m = data;

	while (!kthread_should_stop()) {
		model_step(m);
		usleep_range(50, 100);
	}
	return 0;
}
