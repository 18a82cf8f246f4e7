/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What happens to an operation that does not finish inside the call
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM async_tx

#if !defined(_ASYNC_TX_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _ASYNC_TX_TRACE_H

#include <linux/tracepoint.h>

#include "core.h"

#ifndef _ASYNC_TX_TRACE_FIELDS
#define _ASYNC_TX_TRACE_FIELDS
/* An operation is named by the CPU that submitted it, and its cookie there. */
static inline int async_tx_trace_cpu(const struct async_tx_op *op)
{
	return container_of(op->tx.chan, struct async_tx_cpu, chan)->number;
}
#endif

/* For programs that read the formats and do not know our names. */
TRACE_DEFINE_ENUM(DMA_TRANS_NOERROR);
TRACE_DEFINE_ENUM(DMA_TRANS_READ_FAILED);
TRACE_DEFINE_ENUM(DMA_TRANS_WRITE_FAILED);
TRACE_DEFINE_ENUM(DMA_TRANS_ABORTED);
TRACE_DEFINE_ENUM(ASYNC_TX_AHEAD);
TRACE_DEFINE_ENUM(ASYNC_TX_BY_PARENT);
TRACE_DEFINE_ENUM(ASYNC_TX_BY_TABLE);
TRACE_DEFINE_ENUM(ASYNC_TX_BY_SEARCH);
TRACE_DEFINE_ENUM(ASYNC_TX_OFFLOADED);
TRACE_DEFINE_ENUM(ASYNC_TX_NO_CHANNEL);
TRACE_DEFINE_ENUM(ASYNC_TX_UNFIT);
TRACE_DEFINE_ENUM(ASYNC_TX_QUARANTINED);
TRACE_DEFINE_ENUM(ASYNC_TX_LEAVING);
TRACE_DEFINE_ENUM(ASYNC_TX_NO_MAPPING);
TRACE_DEFINE_ENUM(ASYNC_TX_NO_DESCRIPTOR);
TRACE_DEFINE_ENUM(ASYNC_TX_FAILED);
TRACE_DEFINE_ENUM(ASYNC_TX_STALLED);
TRACE_DEFINE_ENUM(ASYNC_TX_ABORTED);
TRACE_DEFINE_ENUM(ASYNC_TX_NO_MEMORY);
TRACE_DEFINE_ENUM(ASYNC_TX_LONG);

#define show_async_tx_why(why)						\
	__print_symbolic(why,						\
		{ ASYNC_TX_OFFLOADED,		"offloaded" },		\
		{ ASYNC_TX_NO_CHANNEL,		"no-channel" },		\
		{ ASYNC_TX_UNFIT,		"unfit" },		\
		{ ASYNC_TX_QUARANTINED,		"quarantined" },	\
		{ ASYNC_TX_LEAVING,		"leaving" },		\
		{ ASYNC_TX_NO_MAPPING,		"no-mapping" },		\
		{ ASYNC_TX_NO_DESCRIPTOR,	"no-descriptor" },	\
		{ ASYNC_TX_FAILED,		"failed" },		\
		{ ASYNC_TX_STALLED,		"stalled" },		\
		{ ASYNC_TX_ABORTED,		"aborted" },		\
		{ ASYNC_TX_NO_MEMORY,		"no-memory" },		\
		{ ASYNC_TX_LONG,		"long" })

TRACE_EVENT(async_tx_described,
	TP_PROTO(const struct async_tx_op *op,
		 const struct dma_async_tx_descriptor *parent),
	TP_ARGS(op, parent),
	TP_STRUCT__entry(
		__field(int, cpu)
		__field(dma_cookie_t, cookie)
		__string(kind, op->kind->name)
		__field(size_t, len)
		__field(u16, blocks)
		__field(dma_cookie_t, parent)
	),
	TP_fast_assign(
		__entry->cpu = async_tx_trace_cpu(op);
		__entry->cookie = op->tx.cookie;
		__assign_str(kind);
		__entry->len = op->len;
		__entry->blocks = op->blocks;
		__entry->parent = parent ? parent->cookie : 0;
	),
	TP_printk("op=%d:%d kind=%s len=%zu blocks=%u parent=%d",
		  __entry->cpu, __entry->cookie, __get_str(kind), __entry->len,
		  __entry->blocks, __entry->parent)
);

DECLARE_EVENT_CLASS(async_tx_on_channel,
	TP_PROTO(const struct async_tx_op *op, struct dma_chan *chan, int value),
	TP_ARGS(op, chan, value),
	TP_STRUCT__entry(
		__field(int, cpu)
		__field(dma_cookie_t, cookie)
		__string(kind, op->kind->name)
		__string(chan, dma_chan_name(chan))
		__field(int, value)
	),
	TP_fast_assign(
		__entry->cpu = async_tx_trace_cpu(op);
		__entry->cookie = op->tx.cookie;
		__assign_str(kind);
		__assign_str(chan);
		__entry->value = value;
	),
	TP_printk("op=%d:%d kind=%s chan=%s result=%s",
		  __entry->cpu, __entry->cookie, __get_str(kind), __get_str(chan),
		  __print_symbolic(__entry->value,
				   { DMA_TRANS_NOERROR, "ok" },
				   { DMA_TRANS_READ_FAILED, "read-failed" },
				   { DMA_TRANS_WRITE_FAILED, "write-failed" },
				   { DMA_TRANS_ABORTED, "aborted" }))
);

DEFINE_EVENT_PRINT(async_tx_on_channel, async_tx_mapped,
	TP_PROTO(const struct async_tx_op *op, struct dma_chan *chan, int value),
	TP_ARGS(op, chan, value),
	TP_printk("op=%d:%d kind=%s chan=%s mapped=%d",
		  __entry->cpu, __entry->cookie, __get_str(kind),
		  __get_str(chan), __entry->value)
);

DEFINE_EVENT_PRINT(async_tx_on_channel, async_tx_dispatched,
	TP_PROTO(const struct async_tx_op *op, struct dma_chan *chan, int value),
	TP_ARGS(op, chan, value),
	TP_printk("op=%d:%d kind=%s chan=%s chosen=%s",
		  __entry->cpu, __entry->cookie, __get_str(kind), __get_str(chan),
		  __print_symbolic(__entry->value,
				   { ASYNC_TX_AHEAD, "ahead" },
				   { ASYNC_TX_BY_PARENT, "parent" },
				   { ASYNC_TX_BY_TABLE, "table" },
				   { ASYNC_TX_BY_SEARCH, "search" }))
);

DEFINE_EVENT(async_tx_on_channel, async_tx_reported,
	TP_PROTO(const struct async_tx_op *op, struct dma_chan *chan, int value),
	TP_ARGS(op, chan, value)
);

TRACE_EVENT(async_tx_fallback,
	TP_PROTO(const struct async_tx_op *op, enum async_tx_why why),
	TP_ARGS(op, why),
	TP_STRUCT__entry(
		__field(int, cpu)
		__field(dma_cookie_t, cookie)
		__string(kind, op->kind->name)
		__field(int, why)
	),
	TP_fast_assign(
		__entry->cpu = async_tx_trace_cpu(op);
		__entry->cookie = op->tx.cookie;
		__assign_str(kind);
		__entry->why = why;
	),
	TP_printk("op=%d:%d kind=%s why=%s", __entry->cpu, __entry->cookie,
		  __get_str(kind), show_async_tx_why(__entry->why))
);

TRACE_EVENT(async_tx_completed,
	TP_PROTO(const struct async_tx_op *op),
	TP_ARGS(op),
	TP_STRUCT__entry(
		__field(int, cpu)
		__field(dma_cookie_t, cookie)
		__string(kind, op->kind->name)
		__field(int, error)
	),
	TP_fast_assign(
		__entry->cpu = async_tx_trace_cpu(op);
		__entry->cookie = op->tx.cookie;
		__assign_str(kind);
		__entry->error = op->error;
	),
	TP_printk("op=%d:%d kind=%s error=%d", __entry->cpu, __entry->cookie,
		  __get_str(kind), __entry->error)
);

TRACE_EVENT(async_tx_quarantine,
	TP_PROTO(struct dma_chan *chan, unsigned int failures, unsigned int ms),
	TP_ARGS(chan, failures, ms),
	TP_STRUCT__entry(
		__string(chan, dma_chan_name(chan))
		__field(unsigned int, failures)
		__field(unsigned int, ms)
	),
	TP_fast_assign(
		__assign_str(chan);
		__entry->failures = failures;
		__entry->ms = ms;
	),
	TP_printk("chan=%s failures=%u for=%ums", __get_str(chan),
		  __entry->failures, __entry->ms)
);

#endif /* _ASYNC_TX_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
