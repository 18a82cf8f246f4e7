/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Intel I/OAT: registers and descriptors, versions 3.0 to 3.4.
 */
#ifndef IOAT_HW_H
#define IOAT_HW_H

#include <linux/bits.h>
#include <linux/types.h>

#define IOAT_VER_3_3		0x33
#define IOAT_VER_3_4		0x34

/* Configuration space; errors of the chipset's side, cleared by writing them */
#define IOAT_CFG_UNCERRSTS	0x148
#define IOAT_CFG_CHANERR	0x180

/* Of the device */
#define IOAT_CHANCNT		0x00	/* 8 bits */
#define IOAT_XFERCAP		0x01	/* 8 bits, logarithm of the longest transfer */
#define IOAT_INTRCTRL		0x03	/* 8 bits */
#define   IOAT_INTRCTRL_MASTER	BIT(0)
#define   IOAT_INTRCTRL_STATUS	BIT(1)
#define   IOAT_INTRCTRL_VECTORS	BIT(3)	/* all of MSI-X */
#define IOAT_ATTNSTATUS		0x04	/* 32 bits, one a channel; cleared by reading */
#define IOAT_VER		0x08	/* 8 bits */
#define IOAT_INTRDELAY		0x0c	/* 16 bits, microseconds */
#define   IOAT_INTRDELAY_MAX	GENMASK(13, 0)
#define   IOAT_INTRDELAY_CAN	BIT(15)
#define IOAT_DMACAP		0x10	/* 32 bits */
#define   IOAT_CAP_FILL		BIT(6)
#define   IOAT_CAP_XOR		BIT(8)
#define   IOAT_CAP_PQ		BIT(9)
#define   IOAT_CAP_DWBES	BIT(13)	/* checks are written back */
#define   IOAT_CAP_RAID16SS	BIT(17)	/* P+Q of 9 to 16 sources */
#define   IOAT_CAP_DPS		BIT(23)	/* descriptors are fetched ahead */
#define IOAT_PREFETCH_LIMIT	0x4c	/* 8 bits */

/* Of a channel; the first is at the size of one */
#define IOAT_CHAN_SIZE		0x80
#define IOAT_CHANCTRL		0x00	/* 16 bits */
#define   IOAT_CHANCTRL_REARM	BIT(0)
#define   IOAT_CHANCTRL_ERR_CMP	BIT(2)	/* an error writes a completion */
#define   IOAT_CHANCTRL_ABORT	BIT(3)	/* any error stops the channel */
#define   IOAT_CHANCTRL_ERR_INT	BIT(4)	/* an error interrupts */
#define   IOAT_CHANCTRL_RUN	(IOAT_CHANCTRL_REARM | IOAT_CHANCTRL_ERR_CMP | \
				 IOAT_CHANCTRL_ABORT | IOAT_CHANCTRL_ERR_INT)
#define IOAT_CHANCMD		0x04	/* 8 bits */
#define   IOAT_CHANCMD_SUSPEND	BIT(2)
#define   IOAT_CHANCMD_RESET	BIT(5)	/* set as long as it lasts */
#define IOAT_DMACOUNT		0x06	/* 16 bits: descriptors of the chain, in all */
#define IOAT_CHANSTS		0x08	/* 64 bits: as it is written back */
#define   IOAT_STS_STATE	GENMASK_ULL(2, 0)
#define     IOAT_STS_ACTIVE	0
#define     IOAT_STS_DONE	1
#define     IOAT_STS_SUSPENDED	2
#define     IOAT_STS_HALTED	3
#define   IOAT_STS_ADDR		GENMASK_ULL(63, 6)
#define IOAT_CHAINADDR		0x10	/* 64 bits, by halves */
#define IOAT_CHANCMP		0x18	/* 64 bits, by halves */
#define IOAT_CHANERR		0x28	/* 32 bits, cleared by writing them */
#define   IOAT_ERR_READ		BIT(8)
#define   IOAT_ERR_WRITE	BIT(9)
#define   IOAT_ERR_P		BIT(16)
#define   IOAT_ERR_Q		BIT(17)
#define IOAT_CHANERRMASK	0x2c	/* 32 bits */

/* Of the only channel of a function: they are where a second one would be. */
#define IOAT_DRSCTL		0xb6	/* 16 bits: the ring, for fetching ahead */
#define   IOAT_DRS_SIZE		GENMASK(3, 0)	/* logarithm of its pages, at most 9 */
#define   IOAT_DRS_EN		BIT(8)
#define   IOAT_DRS_AUTOWRAP	BIT(9)
#define IOAT_LTR_SELECT		0xbc	/* 8 bits: 0 is active, 1 is idle */
#define IOAT_LTR_ACTIVE		0xc0	/* 32 bits: the latency it puts up with */
#define IOAT_LTR_IDLE		0xc4
#define   IOAT_LTR_VALUE	GENMASK(9, 0)
#define   IOAT_LTR_US		BIT(11)
#define   IOAT_LTR_REQUIRED	BIT(15)
#define   IOAT_LTR_IDLE_US	600

/* A descriptor.  What a word means depends on the operation. */
#define IOAT_DESC_SIZE		64

struct ioat_hw {
	__le32 size;
	__le32 ctl;
	__le64 word[7];
};

/* An extended descriptor has no head. */
union ioat_slot {
	struct ioat_hw hw;
	__le64 word[8];
};

/* In &ioat_hw.ctl */
#define IOAT_CTL_INT		BIT(0)
#define IOAT_CTL_COMPLETE	BIT(3)
#define IOAT_CTL_FENCE		BIT(4)
#define IOAT_CTL_NULL		BIT(5)
#define IOAT_CTL_SRCS		GENMASK(7, 5)
#define IOAT_CTL_NO_P		BIT(11)
#define IOAT_CTL_NO_Q		BIT(12)
#define IOAT_CTL_WRITE_BACK	BIT(15)
#define IOAT_CTL_OP		GENMASK(31, 24)
#define   IOAT_OP_COPY		0x00
#define   IOAT_OP_FILL		0x01
#define   IOAT_OP_XOR		0x87
#define   IOAT_OP_XOR_VAL	0x88
#define   IOAT_OP_PQ		0x89
#define   IOAT_OP_PQ_VAL	0x8a
#define   IOAT_OP_PQ_16S	0xa0
#define   IOAT_OP_PQ_VAL_16S	0xa1

/* In &ioat_hw.size, after a check that writes back */
#define IOAT_WB_P		BIT(25)
#define IOAT_WB_Q		BIT(26)
#define IOAT_WB_VALID		BIT(31)

/* Words of a slot */
#define IOAT_W_SRC		1	/* or the pattern of a fill */
#define IOAT_W_DST		2	/* or P */
#define IOAT_W_NEXT		3
#define IOAT_W_SED		5	/* address of the super extended descriptors */
#define IOAT_W_COEF		6
#define IOAT_W_Q		7

/* Most sources by the form of descriptor */
#define IOAT_XOR_NEAR		5
#define IOAT_XOR_MAX		8
#define IOAT_PQ_NEAR		3
#define IOAT_PQ_MAX		8
#define IOAT_PQ16_MIN		9
#define IOAT_PQ16_MAX		16
#define IOAT_SED_SIZE		(2 * IOAT_DESC_SIZE)

#endif /* IOAT_HW_H */
