// SPDX-License-Identifier: GPL-2.0-only
/*
 * Engines of the Intel I/O processors: what each unit can do, and how it is told
 *
 * Registers and descriptors are those of Intel's developer manuals of the 80321 and the
 * 81348, chapters on the DMA unit, the AAU and the ADMA unit.
 */
#include <kunit/visibility.h>
#include <linux/bitfield.h>
#include <linux/minmax.h>

#include "iop.h"

/* --- DMA unit --- */

/* Of an abort nobody knows on which side it was: what was to be written may be half done. */
static const struct iop_cause dma_causes[] = {
	{ IOP_CSR_SPLIT, DMA_TRANS_READ_FAILED, "split transaction" },
	{ IOP_CSR_PCI_TABORT, DMA_TRANS_WRITE_FAILED, "target abort on the PCI bus" },
	{ IOP_CSR_PCI_MABORT, DMA_TRANS_WRITE_FAILED, "master abort on the PCI bus" },
	{ IOP_CSR_MABORT, DMA_TRANS_WRITE_FAILED, "master abort on the internal bus" },
	{}
};

static void dma_write(__le32 *word, const struct iop_hw_op *op)
{
	u32 ctl = FIELD_PREP(IOP_DMA_COMMAND, IOP_DMA_READ_BLOCK) | IOP_DMA_MEM_TO_MEM;

	if (op->irq)
		ctl |= IOP_DMA_INT;
	word[IOP_DMA_W_SRC] = cpu_to_le32(op->src[0]);
	word[IOP_DMA_W_SRC_HI] = 0;
	word[IOP_DMA_W_DST] = cpu_to_le32(op->dst[0]);
	word[IOP_DMA_W_COUNT] = cpu_to_le32(op->len);
	word[IOP_DMA_W_CTL] = cpu_to_le32(ctl);
	word[IOP_DMA_W_CRC] = 0;
}

/* IOP3xx: copies, between any two places of the internal bus */
const struct iop_unit iop_dma_unit = {
	.name = "IOP3xx DMA unit",
	.dar = IOP_DMA_DAR,
	.ndar = IOP_DMA_NDAR,
	.regs = IOP_DMA_REGS,
	.active = IOP_CSR_ACTIVE,
	.eot = IOP_CSR_EOT,
	.eoc = IOP_CSR_EOC,
	.errors = IOP_CSR_SPLIT | IOP_CSR_PCI_TABORT | IOP_CSR_PCI_MABORT | IOP_CSR_MABORT,
	.causes = dma_causes,
	.slot = IOP_DMA_SLOT,
	.copies = true,
	.write = dma_write,
};
EXPORT_SYMBOL_IF_KUNIT(iop_dma_unit);

/* --- AAU --- */

static const struct iop_cause aau_causes[] = {
	{ IOP_CSR_MABORT, DMA_TRANS_WRITE_FAILED, "master abort on the internal bus" },
	{}
};

/* Commands for the blocks of one control word, of which there are @nr from @first on */
static u32 aau_commands(unsigned int first, unsigned int nr)
{
	unsigned int i;
	u32 ctl = 0;

	for (i = first; i < min(nr, first + 8); i++)
		ctl |= (i ? IOP_AAU_CMD_XOR : IOP_AAU_CMD_DIRECT) << IOP_AAU_CMD_SHIFT(i - first);
	return ctl;
}

static unsigned int aau_src_word(unsigned int nr)
{
	if (nr < 4)
		return IOP_AAU_W_SRC + nr;
	if (nr < 8)
		return IOP_AAU_W_MINI + nr - 4;
	return IOP_AAU_W_EXT(nr / 8 - 1) + 1 + nr % 8;
}

static u32 aau_size(unsigned int nr)
{
	if (nr <= 4)
		return IOP_AAU_SIZE_4;
	if (nr <= 8)
		return IOP_AAU_SIZE_8;
	return nr <= 16 ? IOP_AAU_SIZE_16 : IOP_AAU_SIZE_32;
}

static u32 aau_write_srcs(__le32 *word, const struct iop_hw_op *op)
{
	u32 size = aau_size(op->nr);
	unsigned int i, exts = size == IOP_AAU_SIZE_32 ? 3 : size == IOP_AAU_SIZE_16;

	for (i = 0; i < op->nr; i++)
		word[aau_src_word(i)] = cpu_to_le32(op->src[i]);
	/* It reads all of them, whatever they are needed for. */
	for (i = 0; i < exts; i++)
		word[IOP_AAU_W_EXT(i)] = cpu_to_le32(aau_commands(8 * (i + 1), op->nr));
	return aau_commands(0, op->nr) | FIELD_PREP(IOP_AAU_SIZE, size);
}

static void aau_write(__le32 *word, const struct iop_hw_op *op)
{
	u32 ctl = 0;

	switch (op->op) {
	case IOP_FILL:
		word[IOP_AAU_W_SRC] = cpu_to_le32(op->value * 0x01010101U);
		ctl = IOP_AAU_WRITE | IOP_AAU_CMD_FILL << IOP_AAU_CMD_SHIFT(0);
		break;
	case IOP_XOR:
		ctl = IOP_AAU_WRITE | aau_write_srcs(word, op);
		break;
	case IOP_XOR_VAL:
		ctl = IOP_AAU_CHECK | aau_write_srcs(word, op);
		break;
	default:
		break;
	}
	if (op->irq)
		ctl |= IOP_AAU_INT;
	word[IOP_AAU_W_DST] = cpu_to_le32(op->dst[0]);
	word[IOP_AAU_W_COUNT] = cpu_to_le32(op->len);
	word[IOP_AAU_W_CTL] = cpu_to_le32(ctl);
}

static u32 aau_found(const __le32 *word)
{
	u32 ctl = le32_to_cpu(READ_ONCE(word[IOP_AAU_W_CTL]));

	return ctl & IOP_AAU_COMPLETE && ctl & IOP_AAU_NOT_ZERO ? SUM_CHECK_P_RESULT : 0;
}

/* IOP3xx: XOR and its check, fills */
const struct iop_unit iop_aau_unit = {
	.name = "IOP3xx application accelerator unit",
	.dar = IOP_AAU_ADAR,
	.ndar = IOP_AAU_ANDAR,
	.regs = IOP_AAU_REGS,
	.active = IOP_CSR_ACTIVE,
	.eot = IOP_CSR_EOT,
	.eoc = IOP_CSR_EOC,
	.errors = IOP_CSR_MABORT,
	.causes = aau_causes,
	.slot = IOP_AAU_SLOT,
	.max_check = IOP_AAU_MAX_CHECK,
	.max_xor = IOP_AAU_MAX_SRCS,
	.fills = true,
	.write = aau_write,
	.found = aau_found,
};
EXPORT_SYMBOL_IF_KUNIT(iop_aau_unit);

/* --- ADMA unit --- */

static const struct iop_cause adma_causes[] = {
	{ IOP_ACSR_MABORT, DMA_TRANS_WRITE_FAILED, "master abort on the internal bus" },
	{ IOP_ACSR_TABORT, DMA_TRANS_WRITE_FAILED, "target abort on the internal bus" },
	{ IOP_ACSR_MCU, DMA_TRANS_READ_FAILED, "abort by the memory controller" },
	{ IOP_ACSR_PARITY, DMA_TRANS_READ_FAILED, "parity of the internal bus" },
	{}
};

static void adma_write_src(__le32 *word, unsigned int nr, dma_addr_t addr, u8 coef)
{
	word[IOP_ADMA_W_SRC(nr)] = cpu_to_le32(addr);
	word[IOP_ADMA_W_SRC_HI(nr)] = cpu_to_le32(FIELD_PREP(IOP_ADMA_COEF, coef));
}

static u32 adma_write_pq(__le32 *word, const struct iop_hw_op *op)
{
	bool check = op->op == IOP_PQ_VAL;
	unsigned int nr = op->nr, i;
	u32 ctl = IOP_ADMA_PQ;

	for (i = 0; i < nr; i++)
		adma_write_src(word, i, op->src[i], op->coef[i]);
	if (op->no_p)
		ctl |= IOP_ADMA_NO_P;
	if (check) {
		/* What they are compared with comes behind the sources. */
		adma_write_src(word, nr++, op->dst[op->no_p], 0);
		adma_write_src(word, nr++, op->dst[1], 0);
		ctl |= IOP_ADMA_CHECK | IOP_ADMA_WRITE_BACK;
	}
	word[IOP_ADMA_W_DATA] = cpu_to_le32(op->dst[1]);
	/* Without P its address has to be well aligned all the same. */
	word[IOP_ADMA_W_DST] = cpu_to_le32(op->dst[op->no_p]);
	return ctl | FIELD_PREP(IOP_ADMA_SRCS, nr - 1);
}

static u32 adma_write_xor(__le32 *word, const struct iop_hw_op *op)
{
	unsigned int i;

	for (i = 0; i < op->nr; i++)
		adma_write_src(word, i, op->src[i], 0);
	return FIELD_PREP(IOP_ADMA_SRCS, op->nr - 1);
}

static void adma_write(__le32 *word, const struct iop_hw_op *op)
{
	u32 ctl = FIELD_PREP(IOP_ADMA_DIR, IOP_ADMA_INTERNAL);

	word[IOP_ADMA_W_DATA] = 0;
	word[IOP_ADMA_W_DST] = cpu_to_le32(op->dst[0]);
	switch (op->op) {
	case IOP_FILL:
		word[IOP_ADMA_W_DATA] = cpu_to_le32(op->value * 0x01010101U);
		ctl |= IOP_ADMA_FILL;
		break;
	case IOP_XOR_VAL:
		ctl |= IOP_ADMA_CHECK | IOP_ADMA_WRITE_BACK | adma_write_xor(word, op);
		break;
	case IOP_PQ:
	case IOP_PQ_VAL:
		ctl |= adma_write_pq(word, op);
		break;
	case IOP_NULL:
		adma_write_src(word, 0, 0, 0);
		break;
	default:
		/* A copy is the sum of one source. */
		ctl |= adma_write_xor(word, op);
		break;
	}
	if (op->irq)
		ctl |= IOP_ADMA_INT;
	word[IOP_ADMA_W_DST_HI] = 0;
	word[IOP_ADMA_W_COUNT] = cpu_to_le32(op->len);
	word[IOP_ADMA_W_CTL] = cpu_to_le32(ctl);
}

static u32 adma_found(const __le32 *word)
{
	u32 count = le32_to_cpu(READ_ONCE(word[IOP_ADMA_W_COUNT]));

	if (!(count & IOP_ADMA_COMPLETE))
		return 0;
	return (count & IOP_ADMA_BAD ? SUM_CHECK_P_RESULT : 0) |
	       (count & IOP_ADMA_BAD_Q ? SUM_CHECK_Q_RESULT : 0);
}

/* IOP13xx: everything, P+Q among it */
const struct iop_unit iop_adma_unit = {
	.name = "IOP13xx ADMA unit",
	.dar = IOP_ADMA_ADAR,
	.ndar = IOP_ADMA_ANDAR,
	.regs = IOP_ADMA_REGS,
	.active = IOP_ACSR_ACTIVE,
	.eot = IOP_ACSR_EOT,
	.eoc = IOP_ACSR_EOC,
	.errors = IOP_ACSR_MABORT | IOP_ACSR_TABORT | IOP_ACSR_MCU | IOP_ACSR_PARITY,
	.causes = adma_causes,
	.slot = IOP_ADMA_SLOT,
	.max_check = IOP_MAX_COUNT,
	.max_xor = IOP_ADMA_MAX_SRCS,
	.max_pq = IOP_ADMA_MAX_SRCS,
	.copies = true,
	.fills = true,
	.write = adma_write,
	.found = adma_found,
};
EXPORT_SYMBOL_IF_KUNIT(iop_adma_unit);
