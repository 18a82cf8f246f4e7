/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Registers and descriptors of the units of Intel's I/O processors.
 */
#ifndef IOP_REGS_H
#define IOP_REGS_H

/* BAR 0: a page for each unit, then MSI-X's table and its pending bits */
#define IOP_WINDOW          0x1000
#define IOP_MSIX_TABLE      0x3000
#define IOP_MSIX_PBA        0x3800
#define IOP_MMIO_SIZE       0x4000

#define IOP_CFG_MSI         0x60
#define IOP_CFG_MSIX        0x80

/* Of all units; where the two addresses are depends */
#define IOP_CCR             0x00
#define  IOP_CCR_ENABLE     (1u << 0)
#define  IOP_CCR_RESUME     (1u << 1)
#define IOP_CSR             0x04
#define IOP_DMA_DAR         0x0c
#define IOP_DMA_NDAR        0x10
#define IOP_AAU_ADAR        0x08
#define IOP_AAU_ANDAR       0x0c
#define IOP_ADMA_ADAR       0x08
#define IOP_ADMA_ANDAR      0x24

/* Status of the DMA unit and of the AAU */
#define IOP_CSR_SPLIT       (1u << 1)
#define IOP_CSR_PCI_TABORT  (1u << 2)
#define IOP_CSR_PCI_MABORT  (1u << 3)
#define IOP_CSR_MABORT      (1u << 5)
#define IOP_CSR_EOC         (1u << 8)
#define IOP_CSR_EOT         (1u << 9)
#define IOP_CSR_ACTIVE      (1u << 10)

/* and of the ADMA unit */
#define IOP_ACSR_MABORT     (1u << 3)
#define IOP_ACSR_TABORT     (1u << 4)
#define IOP_ACSR_MCU        (1u << 5)
#define IOP_ACSR_PARITY     (1u << 9)
#define IOP_ACSR_EOC        (1u << 11)
#define IOP_ACSR_EOT        (1u << 12)
#define IOP_ACSR_ACTIVE     (1u << 13)

/* A descriptor: words of 32 bits, little endian, of which the first is the link */
#define IOP_DESC_WORDS      42
#define IOP_MAX_SRCS        32

/* DMA unit */
#define IOP_DMA_WORDS       7
#define IOP_DMA_W_SRC       1
#define IOP_DMA_W_SRC_HI    2
#define IOP_DMA_W_DST       3
#define IOP_DMA_W_COUNT     4
#define IOP_DMA_W_CTL       5
#define  IOP_DMA_INT        (1u << 4)
#define  IOP_DMA_MEM        (1u << 6)
#define  IOP_DMA_KNOWN      0x5fu

/* AAU */
#define IOP_AAU_WORDS       39
#define IOP_AAU_W_SRC       1
#define IOP_AAU_W_DST       5
#define IOP_AAU_W_COUNT     6
#define IOP_AAU_W_CTL       7
#define  IOP_AAU_INT        (1u << 0)
#define  IOP_AAU_CMD(w, n)  (((w) >> (1 + 3 * (n))) & 7)
#define  IOP_AAU_XOR        1
#define  IOP_AAU_FILL       2
#define  IOP_AAU_DIRECT     7
#define  IOP_AAU_SIZE(w)    (((w) >> 25) & 3)
#define  IOP_AAU_COMPLETE   (1u << 28)
#define  IOP_AAU_NOT_ZERO   (1u << 29)
#define  IOP_AAU_CHECK      (1u << 30)
#define  IOP_AAU_WRITE      (1u << 31)
#define IOP_AAU_W_MINI      8
#define IOP_AAU_W_EXT(n)    (12 + 9 * (n))
#define IOP_AAU_MAX_CHECK   1024

/* ADMA unit */
#define IOP_ADMA_WORDS      38
#define IOP_ADMA_W_CTL      1
#define  IOP_ADMA_INT       (1u << 0)
#define  IOP_ADMA_DIR(w)    (((w) >> 1) & 3)
#define  IOP_ADMA_SRCS(w)   ((((w) >> 3) & 15) + 1)
#define  IOP_ADMA_CHECK     (1u << 7)
#define  IOP_ADMA_FILL      (1u << 8)
#define  IOP_ADMA_STATUS    (1u << 12)
#define  IOP_ADMA_PQ        (1u << 18)
#define  IOP_ADMA_NO_P      (1u << 19)
#define  IOP_ADMA_KNOWN     0x000c11ffu
#define IOP_ADMA_W_DATA     2
#define IOP_ADMA_W_COUNT    3
#define  IOP_ADMA_BAD_Q     (1u << 29)
#define  IOP_ADMA_BAD       (1u << 30)
#define  IOP_ADMA_COMPLETE  (1u << 31)
#define IOP_ADMA_W_DST      4
#define IOP_ADMA_W_DST_HI   5
#define IOP_ADMA_W_SRC(n)   (6 + 2 * (n))

#define IOP_MAX_COUNT       0xffffffu

#endif /* IOP_REGS_H */
