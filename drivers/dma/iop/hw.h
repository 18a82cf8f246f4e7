/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Engines of the Intel I/O processors: registers and descriptors
 *
 * IOP3xx (80321, 80331, 80333): DMA units, which copy, and an application accelerator
 * unit (AAU), which adds up and fills.  IOP13xx (81341, 81342, 81348): ADMA units,
 * which do all of that and P+Q.
 *
 * Registers and descriptors are little endian: that is the order in which these chips
 * run Linux, and the one in which a PCI host sees them.
 */
#ifndef IOP_HW_H
#define IOP_HW_H

#include <linux/bits.h>
#include <linux/sizes.h>

/* Of all units, 32 bits each */
#define IOP_CCR			0x00	/* control */
#define   IOP_CCR_ENABLE	BIT(0)	/* cleared: stops at the end of a descriptor */
#define   IOP_CCR_RESUME	BIT(1)	/* reads the current descriptor's link again */
#define IOP_CSR			0x04	/* status; flags but ACTIVE are cleared by writing ones */

/* DMA unit */
#define IOP_DMA_DAR		0x0c	/* current descriptor */
#define IOP_DMA_NDAR		0x10	/* next descriptor; the first, before enabling */
#define IOP_DMA_REGS		0x28

/* AAU */
#define IOP_AAU_ADAR		0x08
#define IOP_AAU_ANDAR		0x0c
#define IOP_AAU_REGS		0xa8

/* Status of either of them; what is only of the DMA unit says so */
#define   IOP_CSR_SPLIT		BIT(1)	/* DMA: a split transaction failed */
#define   IOP_CSR_PCI_TABORT	BIT(2)	/* DMA */
#define   IOP_CSR_PCI_MABORT	BIT(3)	/* DMA */
#define   IOP_CSR_MABORT	BIT(5)
#define   IOP_CSR_EOC		BIT(8)	/* end of chain */
#define   IOP_CSR_EOT		BIT(9)	/* end of a transfer that asked for an interrupt */
#define   IOP_CSR_ACTIVE	BIT(10)

/* ADMA unit */
#define IOP_ADMA_ADAR		0x08
#define IOP_ADMA_ANDAR		0x24
#define IOP_ADMA_REGS		0xcc
#define   IOP_ACSR_MABORT	BIT(3)	/* of the internal bus, and so */
#define   IOP_ACSR_TABORT	BIT(4)
#define   IOP_ACSR_MCU		BIT(5)	/* memory controller */
#define   IOP_ACSR_PARITY	BIT(9)
#define   IOP_ACSR_EOC		BIT(11)
#define   IOP_ACSR_EOT		BIT(12)
#define   IOP_ACSR_ACTIVE	BIT(13)

/*
 * Descriptors: words of 32 bits.  The first is everywhere the address of the next one,
 * or 0.  Each begins at a multiple of its largest size, rounded up to a power of two.
 */
#define IOP_W_NEXT		0
#define IOP_MAX_COUNT		(SZ_16M - SZ_4K)	/* 24 bits, and a whole number of pages */

/* DMA unit */
#define IOP_DMA_SLOT		32
#define IOP_DMA_W_SRC		1
#define IOP_DMA_W_SRC_HI	2
#define IOP_DMA_W_DST		3
#define IOP_DMA_W_COUNT		4
#define IOP_DMA_W_CTL		5
#define   IOP_DMA_COMMAND	GENMASK(3, 0)	/* on the PCI bus */
#define     IOP_DMA_READ_BLOCK	0xe
#define   IOP_DMA_INT		BIT(4)
#define   IOP_DMA_MEM_TO_MEM	BIT(6)
#define IOP_DMA_W_CRC		6

/*
 * AAU.  Four sources are in the descriptor, four in the mini descriptor behind it, eight
 * more in each of three extended ones, which begin with the commands for theirs.
 */
#define IOP_AAU_SLOT		256
#define IOP_AAU_MAX_SRCS	32
#define IOP_AAU_MAX_CHECK	SZ_1K	/* what it can compare with zero at once */
#define IOP_AAU_W_SRC		1	/* or the word to fill with */
#define IOP_AAU_W_DST		5
#define IOP_AAU_W_COUNT		6
#define IOP_AAU_W_CTL		7
#define   IOP_AAU_INT		BIT(0)
#define   IOP_AAU_CMD_SHIFT(n)	(1 + 3 * (n))	/* of a block, 3 bits for each of eight */
#define     IOP_AAU_CMD_XOR	1U
#define     IOP_AAU_CMD_FILL	2U
#define     IOP_AAU_CMD_DIRECT	7U	/* the first of those that are added up */
#define   IOP_AAU_SIZE		GENMASK(26, 25)
#define     IOP_AAU_SIZE_4	0
#define     IOP_AAU_SIZE_8	1
#define     IOP_AAU_SIZE_16	2
#define     IOP_AAU_SIZE_32	3
#define   IOP_AAU_COMPLETE	BIT(28)	/* written back, by a check */
#define   IOP_AAU_NOT_ZERO	BIT(29)	/* likewise */
#define   IOP_AAU_CHECK		BIT(30)
#define   IOP_AAU_WRITE		BIT(31)
#define IOP_AAU_W_MINI		8
#define IOP_AAU_W_EXT(n)	(12 + 9 * (n))	/* commands; eight sources follow */

/* ADMA unit */
#define IOP_ADMA_SLOT		256
#define IOP_ADMA_MAX_SRCS	16
#define IOP_ADMA_W_CTL		1
#define   IOP_ADMA_INT		BIT(0)
#define   IOP_ADMA_DIR		GENMASK(2, 1)
#define     IOP_ADMA_INTERNAL	3	/* from and to the internal bus */
#define   IOP_ADMA_SRCS		GENMASK(6, 3)	/* less one; of a check of P+Q with both of them */
#define   IOP_ADMA_CHECK	BIT(7)
#define   IOP_ADMA_FILL		BIT(8)
#define   IOP_ADMA_WRITE_BACK	BIT(12)
#define   IOP_ADMA_PQ		BIT(18)
#define   IOP_ADMA_NO_P		BIT(19)
#define IOP_ADMA_W_DATA		2	/* of a fill; address of Q */
#define IOP_ADMA_W_COUNT	3
#define   IOP_ADMA_COUNT	GENMASK(23, 0)
#define   IOP_ADMA_BAD_Q	BIT(29)	/* written back, like the next two */
#define   IOP_ADMA_BAD		BIT(30)	/* P, or the sum of an XOR */
#define   IOP_ADMA_COMPLETE	BIT(31)
#define IOP_ADMA_W_DST		4	/* or P */
#define IOP_ADMA_W_DST_HI	5	/* of Q, too */
#define IOP_ADMA_W_SRC(n)	(6 + 2 * (n))
#define IOP_ADMA_W_SRC_HI(n)	(7 + 2 * (n))
#define   IOP_ADMA_COEF		GENMASK(31, 24)	/* above the upper bits of the address */

/* Addresses of P and Q must be equal in these bits, whether or not P is written. */
#define IOP_ADMA_PQ_ALIGN	4

#endif /* IOP_HW_H */
