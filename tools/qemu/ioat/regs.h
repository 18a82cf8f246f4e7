/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Registers and descriptors of an I/OAT (QuickData) function, versions 3.0 to 3.4.
 */
#ifndef IOAT_REGS_H
#define IOAT_REGS_H

/* BAR 0: registers in the first page, then MSI-X's table and its pending bits */
#define IOAT_MMIO_SIZE		0x4000
#define IOAT_MSIX_TABLE		0x1000
#define IOAT_MSIX_PBA		0x1800
#define IOAT_CHAN_SIZE		0x80
#define IOAT_MAX_CHANS		8

/* Configuration space: where the capabilities are, and errors of the DMA unit */
#define IOAT_CFG_MSI		0x60
#define IOAT_CFG_MSIX		0x80
#define IOAT_CFG_EXPRESS	0x90
#define IOAT_CFG_AER		0x100
#define IOAT_CFG_UNCERRSTS	0x148
#define IOAT_CFG_CHANERR	0x180
#define IOAT_CFG_CHANERRMASK	0x184

/* Of the function */
#define IOAT_CHANCNT		0x00
#define IOAT_XFERCAP		0x01
#define  IOAT_XFERCAP_1M	20
#define IOAT_GENCTRL		0x02
#define IOAT_INTRCTRL		0x03
#define  IOAT_INTRCTRL_MASTER	0x01
#define  IOAT_INTRCTRL_STATUS	0x02
#define  IOAT_INTRCTRL_INT	0x04
#define  IOAT_INTRCTRL_VECTORS	0x08
#define IOAT_ATTNSTATUS		0x04
#define IOAT_VER		0x08
#define IOAT_INTRDELAY		0x0c
#define  IOAT_INTRDELAY_TIME	0x3fff
#define  IOAT_INTRDELAY_CAN	0x8000
#define IOAT_DMACAP		0x10
#define  IOAT_CAP_PAGE_BREAK	0x00000001
#define  IOAT_CAP_FILL_BIT	6
#define  IOAT_CAP_FILL		0x00000040
#define  IOAT_CAP_XOR_BIT	8
#define  IOAT_CAP_XOR		0x00000100
#define  IOAT_CAP_PQ_BIT	9
#define  IOAT_CAP_PQ		0x00000200
#define  IOAT_CAP_DWBES_BIT	13	/* a check may write its result back */
#define  IOAT_CAP_DWBES		0x00002000
#define  IOAT_CAP_RAID16SS_BIT	17	/* P+Q of 16 sources */
#define  IOAT_CAP_RAID16SS	0x00020000
#define  IOAT_CAP_DPS		0x00800000	/* fetches descriptors ahead */
#define  IOAT_CAP_OPTIONAL	(IOAT_CAP_FILL | IOAT_CAP_XOR | IOAT_CAP_PQ | IOAT_CAP_DWBES | \
				 IOAT_CAP_RAID16SS)

/* Of a channel */
#define IOAT_CHANCTRL		0x00
#define  IOAT_CHANCTRL_REARM	0x0001
#define  IOAT_CHANCTRL_ERR_CMPL	0x0004
#define  IOAT_CHANCTRL_ERR_INT	0x0010
#define IOAT_CHANCMD		0x04
#define  IOAT_CMD_SUSPEND	0x04
#define  IOAT_CMD_ABORT		0x08
#define  IOAT_CMD_RESUME	0x10
#define  IOAT_CMD_RESET		0x20
#define IOAT_DMACOUNT		0x06
#define IOAT_CHANSTS		0x08
#define  IOAT_STS_ACTIVE	0
#define  IOAT_STS_DONE		1
#define  IOAT_STS_SUSPENDED	2
#define  IOAT_STS_HALTED	3
#define IOAT_CHAINADDR_LO	0x10
#define IOAT_CHAINADDR_HI	0x14
#define IOAT_CHANCMP_LO		0x18
#define IOAT_CHANCMP_HI		0x1c
#define IOAT_CDAR		0x20
#define IOAT_CHANERR		0x28
#define  IOAT_ERR_NEXT_ADDR	0x00000004
#define  IOAT_ERR_NEXT_ALIGN	0x00000008
#define  IOAT_ERR_CHAIN_ADDR	0x00000010
#define  IOAT_ERR_READ		0x00000100
#define  IOAT_ERR_WRITE		0x00000200
#define  IOAT_ERR_CONTROL	0x00000400
#define  IOAT_ERR_LENGTH	0x00000800
#define  IOAT_ERR_CMPL_ADDR	0x00001000
#define  IOAT_ERR_SED_ADDR	0x00004000
#define  IOAT_ERR_P		0x00010000
#define  IOAT_ERR_Q		0x00020000
#define  IOAT_ERR_COUNT		0x00040000
#define IOAT_CHANERRMASK	0x2c

/* A descriptor: eight words of 64 bits, little endian */
#define IOAT_DESC_SIZE		64
#define IOAT_DESC_WORDS		8
/* word 0: length in the lower half, control in the upper */
#define IOAT_CTL_INT		(1u << 0)
#define IOAT_CTL_CMPL		(1u << 3)
#define IOAT_CTL_NULL		(1u << 5)	/* of a copy */
#define IOAT_CTL_SRCS(ctl)	(((ctl) >> 5) & 7)	/* of XOR and PQ */
#define IOAT_CTL_NO_P		(1u << 11)
#define IOAT_CTL_NO_Q		(1u << 12)
#define IOAT_CTL_WB_STATUS	(1u << 15)
#define IOAT_CTL_RESERVED	0x00fff800u	/* of a copy, a fill and XOR */
#define IOAT_CTL_PQ_RESERVED	0x00fe6000u
#define IOAT_CTL_OP(ctl)	((ctl) >> 24)
#define IOAT_OP_COPY		0x00
#define IOAT_OP_FILL		0x01
#define IOAT_OP_XOR		0x87
#define IOAT_OP_XOR_VAL		0x88
#define IOAT_OP_PQ		0x89
#define IOAT_OP_PQ_VAL		0x8a
#define IOAT_OP_PQ_16S		0xa0
#define IOAT_OP_PQ_VAL_16S	0xa1
/* the others */
#define IOAT_W_SRC		1
#define IOAT_W_DST		2	/* P, of PQ */
#define IOAT_W_NEXT		3
#define IOAT_W_SED		5
#define IOAT_W_COEF		6
#define IOAT_W_Q		7
/* What a check writes into the length */
#define IOAT_WB_P		(1u << 25)
#define IOAT_WB_Q		(1u << 26)
#define IOAT_WB_VALID		(1u << 31)

#endif /* IOAT_REGS_H */
