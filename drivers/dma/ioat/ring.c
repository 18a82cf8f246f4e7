// SPDX-License-Identifier: GPL-2.0-only
/*
 * Intel I/OAT: operations as the device reads them
 *
 * The ring is one array of slots, each linked to the next, the last to the first.
 * An operation takes one for each piece of at most the longest transfer, another
 * behind it where the sources need more room, and a null descriptor at its end where
 * the device might report it too early otherwise.
 */
#include <linux/lockdep.h>
#include <linux/minmax.h>

#include "ioat.h"

/* Where the address of a source goes: into which slot, and which of its words */
struct ioat_place {
	u8 slot;
	u8 word;
};

static const struct ioat_place xor_places[IOAT_XOR_MAX] = {
	{ 0, 1 }, { 0, 4 }, { 0, 5 }, { 0, 6 }, { 0, 7 }, { 1, 0 }, { 1, 1 }, { 1, 2 },
};

static const struct ioat_place pq_places[IOAT_PQ_MAX] = {
	{ 0, 1 }, { 0, 4 }, { 0, 5 }, { 1, 0 }, { 1, 1 }, { 1, 2 }, { 1, 4 }, { 1, 5 },
};

/* Slots 1 and 2 are the super extended ones, which are not in the ring. */
static const struct ioat_place pq16_places[IOAT_PQ16_MAX] = {
	{ 0, 1 }, { 0, 4 }, { 1, 1 }, { 1, 2 }, { 1, 3 }, { 1, 4 }, { 1, 5 }, { 1, 6 },
	{ 1, 7 }, { 2, 0 }, { 2, 1 }, { 2, 2 }, { 2, 3 }, { 2, 4 }, { 2, 5 }, { 2, 6 },
};

static union ioat_slot *ioat_slot(struct ioat_chan *ic, u16 nr)
{
	return &ic->ring[nr & ic->mask];
}

static __le64 ioat_coefs(const u8 *coef)
{
	u64 word = 0;
	int i;

	for (i = 7; i >= 0; i--)
		word = word << 8 | coef[i];
	return cpu_to_le64(word);
}

static void ioat_write_xor(struct ioat_chan *ic, struct ioat_desc *desc, u16 nr, size_t off)
{
	int i;

	for (i = 0; i < desc->nr_srcs; i++)
		ioat_slot(ic, nr + xor_places[i].slot)->word[xor_places[i].word] =
			cpu_to_le64(desc->src[i] + off);
	ioat_slot(ic, nr)->word[IOAT_W_DST] = cpu_to_le64(desc->dst[0] + off);
}

static void ioat_write_pq(struct ioat_chan *ic, struct ioat_desc *desc, u16 nr, size_t off,
			  unsigned int piece)
{
	union ioat_slot *slot = ioat_slot(ic, nr);
	__le64 *sed = desc->sed;
	int i;

	if (sed)
		sed += piece * IOAT_SED_SIZE / sizeof(*sed);
	for (i = 0; i < desc->nr_srcs; i++) {
		__le64 addr = cpu_to_le64(desc->src[i] + off);

		if (!sed)
			ioat_slot(ic, nr + pq_places[i].slot)->word[pq_places[i].word] = addr;
		else if (!pq16_places[i].slot)
			slot->word[pq16_places[i].word] = addr;
		else
			sed[(pq16_places[i].slot - 1) * 8 + pq16_places[i].word] = addr;
	}
	if (sed) {
		slot->word[IOAT_W_SED] = cpu_to_le64(desc->sed_dma + piece * IOAT_SED_SIZE);
		sed[0] = ioat_coefs(desc->coef + 8);
	}
	slot->word[IOAT_W_COEF] = ioat_coefs(desc->coef);
	slot->word[IOAT_W_DST] = cpu_to_le64(desc->dst[0] + off);
	slot->word[IOAT_W_Q] = cpu_to_le64(desc->dst[1] + off);
}

static void ioat_write_piece(struct ioat_chan *ic, struct ioat_desc *desc, u16 nr, size_t off,
			     unsigned int piece)
{
	union ioat_slot *slot = ioat_slot(ic, nr);

	switch (desc->op) {
	case IOAT_OP_XOR:
	case IOAT_OP_XOR_VAL:
		ioat_write_xor(ic, desc, nr, off);
		break;
	case IOAT_OP_FILL:
		slot->word[IOAT_W_SRC] = cpu_to_le64(desc->src[0]);
		slot->word[IOAT_W_DST] = cpu_to_le64(desc->dst[0] + off);
		break;
	case IOAT_OP_COPY:
		slot->word[IOAT_W_SRC] = cpu_to_le64(desc->src[0] + off);
		slot->word[IOAT_W_DST] = cpu_to_le64(desc->dst[0] + off);
		break;
	default:
		ioat_write_pq(ic, desc, nr, off, piece);
		break;
	}
}

static void ioat_write_head(struct ioat_chan *ic, u16 nr, size_t size, u32 ctl)
{
	struct ioat_hw *hw = &ioat_slot(ic, nr)->hw;

	hw->size = cpu_to_le32(size);
	hw->ctl = cpu_to_le32(ctl);
}

/**
 * ioat_ring_write - write an operation into the ring
 * @ic: the channel
 * @desc: the operation, whose slots are reserved
 *
 * Context: &m2m_chan.lock held.
 */
void ioat_ring_write(struct ioat_chan *ic, struct ioat_desc *desc)
{
	const size_t most = BIT(ic->dev->xfercap);
	unsigned int piece = 0;
	u16 nr = ic->head;
	size_t off = 0;

	lockdep_assert_held(&ic->mc.lock);

	desc->first = nr;
	do {
		size_t size = min(desc->len - off, most);
		u32 ctl = desc->flags;

		if (off + size < desc->len)
			ctl &= ~(IOAT_CTL_INT | IOAT_CTL_FENCE);
		else if (desc->tail)
			ctl &= ~IOAT_CTL_INT;
		else
			ctl |= IOAT_CTL_COMPLETE;
		ioat_write_piece(ic, desc, nr, off, piece++);
		ioat_write_head(ic, nr, size, ctl);
		nr += desc->stride;
		off += size;
	} while (off < desc->len);
	if (desc->tail)
		/* The device takes a length of zero for an error. */
		ioat_write_head(ic, nr++, 1,
				IOAT_CTL_NULL | IOAT_CTL_COMPLETE | (desc->flags & IOAT_CTL_INT));
	ic->head = nr & ic->mask;
}

/**
 * ioat_ring_doorbell - tell the device what is new in the ring
 * @ic: the channel
 *
 * A channel that is being reset is told afterwards.
 *
 * Context: &m2m_chan.lock held.
 */
void ioat_ring_doorbell(struct ioat_chan *ic)
{
	u16 new = ioat_distance(ic, ic->issued, ic->head);

	lockdep_assert_held(&ic->mc.lock);

	if (!new || ic->state != IOAT_CHAN_RUNNING)
		return;
	if (!ic->chain_set) {
		dma_addr_t chain = ic->ring_dma + ic->issued * IOAT_DESC_SIZE;

		writel(lower_32_bits(chain), ic->regs + IOAT_CHAINADDR);
		writel(upper_32_bits(chain), ic->regs + IOAT_CHAINADDR + 4);
		ic->chain_set = true;
		ic->chain_first = ic->issued;
		ic->count = 0;
	}
	if (ic->tail == ic->issued)
		ic->progress = jiffies;
	ic->issued = ic->head;
	ic->count += new;
	writew(ic->count, ic->regs + IOAT_DMACOUNT);
	if (!timer_pending(&ic->timer))
		mod_timer(&ic->timer, jiffies + msecs_to_jiffies(ioat_completion_timeout));
}

/**
 * ioat_ring_result - what a check wrote back
 * @ic: the channel
 * @desc: a check that is complete
 *
 * Context: &m2m_chan.lock held.
 * Return: %IOAT_WB_P and %IOAT_WB_Q, each for a sum that differs.
 */
u32 ioat_ring_result(struct ioat_chan *ic, const struct ioat_desc *desc)
{
	unsigned int piece;
	u32 found = 0;

	for (piece = 0; piece < desc->pieces; piece++) {
		u16 nr = desc->first + piece * desc->stride;
		u32 size = le32_to_cpu(READ_ONCE(ioat_slot(ic, nr)->hw.size));

		if (size & IOAT_WB_VALID)
			found |= size & (IOAT_WB_P | IOAT_WB_Q);
	}
	return found;
}
