// SPDX-License-Identifier: GPL-2.0-only
/*
 * Engines of the Intel I/O processors: a model of a unit
 *
 * The driver's reads and writes of registers come here; a thread fetches descriptors and
 * does what they say.  It reads them by the numbers of words and bits in the manual, not by
 * the names that the driver has for them.
 */
#include <linux/cleanup.h>
#include <linux/delay.h>
#include <linux/dma-direct.h>

#include "model.h"

/* Largest of any unit */
#define MODEL_SRCS	32

/* What a descriptor says */
struct model_op {
	u32 len;
	unsigned int nr;
	u8 *src[MODEL_SRCS];
	u8 coef[MODEL_SRCS];
	bool fill;
	u8 pattern[4];
	u8 *dst;
	u8 *q;
	bool check;
	bool irq;
};

static void *model_mem(struct iop_model *m, u32 addr)
{
	return phys_to_virt(dma_to_phys(m->id->dev, addr));
}

static u32 model_word(struct iop_model *m, u32 desc, unsigned int nr)
{
	return le32_to_cpu(READ_ONCE(((__le32 *)model_mem(m, desc))[nr]));
}

static void *model_at(struct iop_model *m, u32 desc, unsigned int nr)
{
	return model_mem(m, model_word(m, desc, nr));
}

static void model_bad(struct iop_model *m, const char *what)
{
	if (!m->bad)
		m->bad = what;
}

/**
 * iop_model_mul - multiply in GF(256), a bit at a time
 * @a: one factor
 * @b: the other
 *
 * Return: the product.
 */
u8 iop_model_mul(u8 a, u8 b)
{
	u8 product = 0;

	for (; b; b >>= 1) {
		if (b & 1)
			product ^= a;
		a = a << 1 ^ (a & 0x80 ? 0x1d : 0);
	}
	return product;
}

/* --- what descriptors say --- */

static void model_pattern(struct model_op *op, u32 word)
{
	int i;

	op->fill = true;
	for (i = 0; i < 4; i++)
		op->pattern[i] = word >> 8 * i;
}

static void model_decode_dma(struct iop_model *m, u32 desc, struct model_op *op)
{
	u32 ctl = model_word(m, desc, 5);

	if (!(ctl & BIT(6)) || ctl & ~0x7fU || model_word(m, desc, 2))
		model_bad(m, "DMA: not from memory to memory");
	op->len = model_word(m, desc, 4);
	op->irq = ctl & BIT(4);
	op->nr = 1;
	op->src[0] = model_at(m, desc, 1);
	op->dst = model_at(m, desc, 3);
}

static void model_aau_block(struct iop_model *m, u32 desc, struct model_op *op, u32 command,
			    unsigned int word)
{
	switch (command & 7) {
	case 0:
		return;
	case 1:
		if (!op->nr)
			model_bad(m, "AAU: nothing to add to");
		break;
	case 2:
		model_pattern(op, model_word(m, desc, word));
		return;
	case 7:
		if (op->nr)
			model_bad(m, "AAU: begins again");
		break;
	default:
		model_bad(m, "AAU: no such command");
		return;
	}
	op->src[op->nr++] = model_at(m, desc, word);
}

static void model_decode_aau(struct iop_model *m, u32 desc, struct model_op *op)
{
	u32 ctl = model_word(m, desc, 7), size = ctl >> 25 & 3, ext, cmd;
	static const u8 exts[] = { 0, 0, 1, 3 };
	unsigned int i, j;

	op->len = model_word(m, desc, 6);
	op->irq = ctl & BIT(0);
	if (ctl & BIT(31))
		op->dst = model_at(m, desc, 5);
	op->check = ctl & BIT(30);
	for (i = 0; i < 8; i++) {
		cmd = ctl >> (1 + 3 * i) & 7;
		if (cmd && i >= 4 && !size)
			model_bad(m, "AAU: sources without a mini descriptor");
		model_aau_block(m, desc, op, cmd, i < 4 ? 1 + i : 4 + i);
	}
	for (j = 0; j < exts[size]; j++) {
		ext = model_word(m, desc, 12 + 9 * j);
		for (i = 0; i < 8; i++)
			model_aau_block(m, desc, op, ext >> (1 + 3 * i), 13 + 9 * j + i);
	}
	if (op->check && op->len > 1024)
		model_bad(m, "AAU: a check of more than 1 KiB");
}

static void model_decode_adma(struct iop_model *m, u32 desc, struct model_op *op)
{
	u32 ctl = model_word(m, desc, 1), count = model_word(m, desc, 3);
	unsigned int i;
	u32 hi;

	if ((ctl >> 1 & 3) != 3 || ctl & ~0x000c11ffU || count >> 24 || model_word(m, desc, 5))
		model_bad(m, "ADMA: bits that are reserved");
	op->irq = ctl & BIT(0);
	op->len = count;
	op->check = ctl & BIT(7);
	if (op->check && !(ctl & BIT(12)))
		model_bad(m, "ADMA: a check without a result");
	if (!op->check && ctl & BIT(12))
		model_bad(m, "ADMA: a result without a check");
	if (ctl & BIT(8)) {
		model_pattern(op, model_word(m, desc, 2));
	} else {
		op->nr = (ctl >> 3 & 15) + 1;
		for (i = 0; i < op->nr; i++) {
			op->src[i] = model_at(m, desc, 6 + 2 * i);
			hi = model_word(m, desc, 7 + 2 * i);
			op->coef[i] = hi >> 24;
			if (hi & 0xffffff)
				model_bad(m, "ADMA: memory that is not there");
		}
	}
	if (!(ctl & BIT(18))) {
		op->dst = op->check ? NULL : model_at(m, desc, 4);
		return;
	}
	if ((model_word(m, desc, 4) ^ model_word(m, desc, 2)) & 15)
		model_bad(m, "ADMA: P and Q that lie differently");
	op->dst = ctl & BIT(19) ? NULL : model_at(m, desc, 4);
	op->q = model_at(m, desc, 2);
	if (!op->check)
		return;
	if (op->nr < 3) {
		model_bad(m, "ADMA: a check of nothing");
		return;
	}
	op->nr -= 2;
	op->dst = ctl & BIT(19) ? NULL : op->src[op->nr];
	op->q = op->src[op->nr + 1];
}

/* --- what they do --- */

/* Returns bit 0 for a sum or a P that differs, bit 1 for a Q. */
static u32 model_compute(struct model_op *op)
{
	u32 differs = 0;
	unsigned int i, j;

	for (i = 0; i < op->len; i++) {
		u8 p = op->fill ? op->pattern[i % 4] : 0, q = 0;

		for (j = 0; j < op->nr; j++) {
			p ^= op->src[j][i];
			if (op->q)
				q ^= iop_model_mul(op->src[j][i], op->coef[j]);
		}
		if (!op->check) {
			if (op->dst)
				op->dst[i] = p;
			if (op->q)
				op->q[i] = q;
		} else if (op->q) {
			if (op->dst && op->dst[i] != p)
				differs |= BIT(0);
			if (op->q[i] != q)
				differs |= BIT(1);
		} else if (p) {
			differs |= BIT(0);
		}
	}
	return differs;
}

static void model_write_back(struct iop_model *m, u32 desc, u32 differs)
{
	__le32 *word = model_mem(m, desc);

	if (m->id->unit == &iop_aau_unit)
		word[7] |= cpu_to_le32(BIT(28) | (differs ? BIT(29) : 0));
	else
		word[3] |= cpu_to_le32(BIT(31) | (differs & BIT(0) ? BIT(30) : 0) |
				       (differs & BIT(1) ? BIT(29) : 0));
}

/* Returns whether it asks for an interrupt. */
static bool model_execute(struct iop_model *m, u32 desc)
{
	struct model_op op = {};
	u32 differs;

	if (m->id->unit == &iop_dma_unit)
		model_decode_dma(m, desc, &op);
	else if (m->id->unit == &iop_aau_unit)
		model_decode_aau(m, desc, &op);
	else
		model_decode_adma(m, desc, &op);
	if (op.len >> 24)
		model_bad(m, "a count of more than 24 bits");
	if (m->slow_us)
		usleep_range(m->slow_us, 2 * m->slow_us);
	differs = model_compute(&op);
	if (m->wrong && !op.check && op.dst)
		op.dst[op.len - 1] ^= 0x10;
	if (op.check)
		model_write_back(m, desc, differs);
	return op.irq;
}

/* --- registers --- */

/* There is one model at a time: KUnit runs one case after the other. */
static struct iop_model *the_model;

/**
 * iop_model_of - the model of a device
 * @id: the device
 *
 * Return: the model.
 */
struct iop_model *iop_model_of(struct iop_dev *id)
{
	return the_model->id == id ? the_model : NULL;
}

static u32 model_read(struct iop_dev *id, unsigned int reg)
{
	struct iop_model *m = iop_model_of(id);

	guard(spinlock_irqsave)(&m->lock);
	if (m->gone)
		return ~0U;
	if (reg == 0)
		return m->ccr;
	if (reg == 4)
		return m->csr;
	if (reg == id->unit->dar)
		return m->dar;
	if (reg == id->unit->ndar)
		return m->ndar;
	model_bad(m, "a register that it has no use for is read");
	return 0;
}

static void model_write_ccr(struct iop_model *m, u32 value)
{
	const struct iop_unit *unit = m->id->unit;
	bool was = m->ccr & BIT(0);

	m->ccr = value & BIT(0);
	if (!m->ccr) {
		m->resume = false;
		m->stops += !!(m->csr & unit->active);
		m->hangs = false;
		if (!m->executing && !m->stuck)
			m->csr &= ~unit->active;
	} else if (!was) {
		if (m->csr & unit->errors)
			model_bad(m, "started with errors");
		m->link = m->ndar;
		m->csr |= unit->active;
	} else if (value & BIT(1)) {
		m->appended += !!(m->csr & unit->active);
		if (m->lose_resumes > 0)
			m->lose_resumes--;
		else
			m->resume = true;
	}
}

static void model_write(struct iop_dev *id, unsigned int reg, u32 value)
{
	struct iop_model *m = iop_model_of(id);

	guard(spinlock_irqsave)(&m->lock);
	if (m->gone)
		return;
	if (reg == 0) {
		model_write_ccr(m, value);
	} else if (reg == 4) {
		m->csr &= ~(value & ~id->unit->active);
	} else if (reg == id->unit->ndar) {
		if (m->ccr || m->csr & id->unit->active)
			model_bad(m, "a chain is set while another is there");
		if (value % id->unit->slot)
			model_bad(m, "a descriptor that is not aligned");
		m->ndar = value;
	} else {
		model_bad(m, "a register that it has no use for is written");
	}
}

/* Flags that are new are signalled, each on its line; the caller has no lock. */
static void model_signal(struct iop_model *m, u32 new)
{
	unsigned long flags;
	int i;

	if (!new)
		return;
	if (m->lose_irqs > 0) {
		m->lose_irqs--;
		return;
	}
	local_irq_save(flags);
	for (i = 0; i < IOP_MAX_IRQS; i++)
		if (new & m->id->irq[i].mask)
			iop_irq(0, &m->id->irq[i]);
	local_irq_restore(flags);
}

static u32 model_set(struct iop_model *m, u32 flags)
{
	u32 new = flags & ~m->csr;

	m->csr |= flags;
	return new;
}

/* Is there a descriptor to fetch? */
static bool model_ready(struct iop_model *m)
{
	const struct iop_unit *unit = m->id->unit;

	if (m->paused || m->hangs || m->gone || !m->ccr || m->csr & unit->errors)
		return false;
	if (m->csr & unit->active)
		return true;
	if (!m->resume)
		return false;
	/* It has come to the end, and may go on there. */
	m->resume = false;
	m->link = model_word(m, m->dar, 0);
	if (!m->link)
		return false;
	m->csr |= unit->active;
	m->resumed++;
	return true;
}

/* Returns flags that are new. */
static u32 model_fail(struct iop_model *m)
{
	m->fail_in = -1;
	if (!m->fail_fetch)
		m->dar = m->link;
	m->fail_fetch = false;
	if (!m->fail_bits) {
		m->hangs = true;
		return 0;
	}
	m->csr &= ~m->id->unit->active;
	return model_set(m, m->fail_bits);
}

/* Behind a descriptor.  Returns flags that are new. */
static u32 model_go_on(struct iop_model *m, bool irq)
{
	const struct iop_unit *unit = m->id->unit;
	u32 flags = irq ? unit->eot : 0;

	m->executed++;
	if (!m->link && m->resume)
		m->link = model_word(m, m->dar, 0);
	m->resume = false;
	if (!m->ccr && !m->stuck) {
		m->csr &= ~unit->active;
	} else if (!m->link) {
		m->csr &= ~unit->active;
		flags |= unit->eoc;
	}
	return model_set(m, flags);
}

static bool model_step(struct iop_model *m)
{
	u32 new = 0, desc = 0;
	bool irq;

	scoped_guard(spinlock_irqsave, &m->lock) {
		if (!model_ready(m))
			return false;
		if (!m->fail_in) {
			new = model_fail(m);
			break;
		}
		if (m->fail_in > 0)
			m->fail_in--;
		desc = m->link;
		if (desc % m->id->unit->slot)
			model_bad(m, "a descriptor that is not aligned");
		m->dar = desc;
		m->link = model_word(m, desc, 0);
		m->executing = true;
	}
	if (desc) {
		irq = model_execute(m, desc);
		scoped_guard(spinlock_irqsave, &m->lock) {
			m->executing = false;
			new = model_go_on(m, irq);
		}
	}
	model_signal(m, new);
	return true;
}

/**
 * iop_model_thread - the hardware
 * @data: the &struct iop_model
 *
 * Return: 0.
 */
int iop_model_thread(void *data)
{
	while (!kthread_should_stop())
		if (!model_step(data))
			usleep_range(50, 100);
	return 0;
}

/**
 * iop_model_reset - what has lost its power has forgotten everything
 * @m: the model, which executes nothing
 */
void iop_model_reset(struct iop_model *m)
{
	guard(spinlock_irqsave)(&m->lock);
	m->ccr = 0;
	m->csr = 0;
	m->dar = 0;
	m->ndar = 0;
	m->link = 0;
	m->resume = false;
	m->hangs = false;
}

/**
 * iop_model_init - put a model behind a device
 * @m: the model, whose thread does not run yet
 * @id: the device
 */
void iop_model_init(struct iop_model *m, struct iop_dev *id)
{
	const u32 masks[IOP_MAX_IRQS] = { id->unit->eot, id->unit->eoc, id->unit->errors };
	int i;

	m->id = id;
	m->fail_in = -1;
	spin_lock_init(&m->lock);
	the_model = m;
	id->reg_read = model_read;
	id->reg_write = model_write;
	for (i = 0; i < IOP_MAX_IRQS; i++)
		id->irq[i].mask = masks[i];
}
