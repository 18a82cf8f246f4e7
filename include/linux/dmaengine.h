/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * DMA engines: what providers offer and clients use
 */
#ifndef LINUX_DMAENGINE_H
#define LINUX_DMAENGINE_H

#include <linux/device.h>
#include <linux/err.h>
#include <linux/uio.h>
#include <linux/bug.h>
#include <linux/scatterlist.h>
#include <linux/bitmap.h>
#include <linux/types.h>
#include <asm/page.h>

/**
 * DOC: dmaengine overview
 *
 * A DMA engine moves or transforms memory while the CPU does something else.
 * dmaengine stands between the drivers of such engines, the providers, and
 * those who want work done, the clients::
 *
 *    client A      client B            clients of async_tx
 *       |             |                        |
 *       | owns        | owns                   |
 *       |             |                    async_tx    dmaengine_get() users
 *       |             |                        |             |
 *       |             |                   dma_find_channel(operation)
 *       |             |                        |
 *       |             |              table: operation x CPU -> channel
 *       |             |                    |               |
 *    +--v-------------v--+            +----v---------------v----+
 *    | chan 0  | chan 1  |            |   chan 0   |   chan 1   |
 *    +---------+---------+            +------------+------------+
 *    | dma_device, private            | dma_device, public
 *    |   struct dma_device: capabilities, limits, operations    |
 *    +-------------------+            +-------------------------+
 *              provider's driver, hardware
 *
 * A &struct dma_device is one controller, a &struct dma_chan one queue of it.
 * All channels of a device are public or all are private.  Public channels are
 * shared: whoever has called dmaengine_get() looks up the one to use for an
 * operation with dma_find_channel(), once per operation and without taking a
 * lock.  A private channel has one owner, who got it by dma_request_chan() or
 * a relative and gives it back with dma_release_channel().  A device becomes
 * private with the first channel requested, if none is in use publicly, and
 * public again with the last one released; one that sets %DMA_PRIVATE before it
 * is registered stays private.
 *
 * The life of a transaction is a fixed order of calls:
 *
 * 1. Get a channel.  Slave channels are told about their peripheral with
 *    dmaengine_slave_config().
 * 2. Map the buffers for the device that dmaengine_get_dma_device() names.
 * 3. Prepare: dmaengine_prep_dma_memcpy() and its like return a descriptor, or
 *    NULL if the engine has none free or cannot do this.  Until it is submitted
 *    the provider may hold a lock, so nothing else is prepared or awaited on
 *    this channel between the two calls.
 * 4. Set &dma_async_tx_descriptor.callback and callback_param.
 * 5. dmaengine_submit() queues the descriptor and returns its cookie, which
 *    only dma_submit_error() may find negative.
 * 6. dma_async_issue_pending() starts what is queued.  Before that the
 *    hardware need not know of it.
 * 7. The callback runs, or dmaengine_tx_status() says so.  From now on the
 *    descriptor belongs to the provider again, unless it was prepared without
 *    %DMA_CTRL_ACK; then it does after async_tx_ack().
 * 8. Unmap.
 *
 * dmaengine_terminate_sync() ends everything on a channel before its time.
 *
 * Threads:
 *
 * - Getting and releasing channels, and dmaengine_get() and dmaengine_put(),
 *   may sleep.
 * - Preparing, submitting, issuing and asking for the status may be done in any
 *   context but hard interrupt, from several threads at a time; providers
 *   lock.
 * - A callback runs in the provider's softirq context, as a rule, without the
 *   provider's locks.  It may prepare and submit.  It must not sleep or wait
 *   for the channel, so not call dmaengine_terminate_sync() either.
 * - What dma_find_channel() returns can be relied on inside the same section
 *   of code with preemption disabled, or under rcu_read_lock(), or for as long
 *   as the caller's dmaengine_get() is in force.
 */

/**
 * typedef dma_cookie_t - number of a transaction on its channel
 *
 * Positive, in order of submission, and starting over after %INT_MAX; negative
 * values are errnos.
 */
typedef s32 dma_cookie_t;
#define DMA_MIN_COOKIE	1

/**
 * dma_submit_error - has a submission failed?
 * @cookie: what dmaengine_submit() returned
 *
 * Return: 0, or the errno.
 */
static inline int dma_submit_error(dma_cookie_t cookie)
{
	return cookie < 0 ? cookie : 0;
}

/**
 * enum dma_status - how far a transaction has got
 * @DMA_COMPLETE: done, and done right
 * @DMA_IN_PROGRESS: waiting, or being worked on
 * @DMA_PAUSED: begun; the channel has been told to pause
 * @DMA_ERROR: over, and failed
 * @DMA_OUT_OF_ORDER: unknown, because the channel (see
 *	%DMA_COMPLETION_NO_ORDER) does not complete in order
 */
enum dma_status {
	DMA_COMPLETE,
	DMA_IN_PROGRESS,
	DMA_PAUSED,
	DMA_ERROR,
	DMA_OUT_OF_ORDER,
};

/**
 * enum dma_transaction_type - capabilities of a device
 * @DMA_MEMCPY: copies
 * @DMA_XOR: XOR of several sources
 * @DMA_PQ: RAID-6 P and Q
 * @DMA_XOR_VAL: whether sources XOR to zero
 * @DMA_PQ_VAL: whether P and Q fit their sources
 * @DMA_MEMSET: fills with a byte
 * @DMA_MEMSET_SG: fills a scatter list with a byte
 * @DMA_INTERRUPT: a transaction that does nothing but call back
 * @DMA_PRIVATE: the device's channels have one owner each
 * @DMA_ASYNC_TX: does all that async_tx could ask for, so that none of its
 *	chains has to change channels.  The registry sets it, no driver does.
 * @DMA_SLAVE: to or from peripherals
 * @DMA_CYCLIC: rings of periods, such as audio needs
 * @DMA_INTERLEAVE: patterns, see &struct dma_interleaved_template
 * @DMA_COMPLETION_NO_ORDER: completes transactions in any order
 * @DMA_REPEAT: knows %DMA_PREP_REPEAT
 * @DMA_LOAD_EOT: knows %DMA_PREP_LOAD_EOT
 * @DMA_TX_TYPE_END: the number of capabilities
 */
enum dma_transaction_type {
	DMA_MEMCPY,
	DMA_XOR,
	DMA_PQ,
	DMA_XOR_VAL,
	DMA_PQ_VAL,
	DMA_MEMSET,
	DMA_MEMSET_SG,
	DMA_INTERRUPT,
	DMA_PRIVATE,
	DMA_ASYNC_TX,
	DMA_SLAVE,
	DMA_CYCLIC,
	DMA_INTERLEAVE,
	DMA_COMPLETION_NO_ORDER,
	DMA_REPEAT,
	DMA_LOAD_EOT,
	DMA_TX_TYPE_END,
};

/**
 * enum dma_transfer_direction - from what to what
 * @DMA_MEM_TO_MEM: both ends are memory
 * @DMA_MEM_TO_DEV: a peripheral receives
 * @DMA_DEV_TO_MEM: a peripheral sends
 * @DMA_DEV_TO_DEV: one peripheral sends to another
 * @DMA_TRANS_NONE: no direction
 */
enum dma_transfer_direction {
	DMA_MEM_TO_MEM,
	DMA_MEM_TO_DEV,
	DMA_DEV_TO_MEM,
	DMA_DEV_TO_DEV,
	DMA_TRANS_NONE,
};

/**
 * DOC: interleaved transfers
 *
 * A frame is a short list of chunks, each some bytes long and followed by a
 * gap, and a transfer is a frame repeated::
 *
 *    frame 0              frame 1                    frame numf - 1
 *    [chunk]..[chunk]...  [chunk]..[chunk]...   ...  [chunk]..[chunk]...
 *           gap      gap         gap      gap
 *
 * Either side follows the gaps, is dense, or stays at one address.  With a
 * template kept, only the two start addresses change between transfers.
 */

/**
 * struct data_chunk - a chunk of a frame and the gaps behind it
 * @size: bytes read; how many are written is up to the operation
 * @icg: gap behind the chunk in bytes, for a side that has the _inc and the
 *	_sgl flag and no gap of its own here
 * @dst_icg: gap on the destination's side; needs dst_inc, 0: @icg decides
 * @src_icg: gap on the source's side; needs src_inc, 0: @icg decides
 */
struct data_chunk {
	size_t size;
	size_t icg;
	size_t dst_icg;
	size_t src_icg;
};

/**
 * struct dma_interleaved_template - an interleaved transfer
 * @src_start: bus address that the first chunk is read from
 * @dst_start: bus address that it is written to
 * @dir: what the two sides are
 * @src_inc: the source's address advances
 * @dst_inc: the destination's address advances
 * @src_sgl: the source follows &data_chunk.icg; without, and without a src_icg,
 *	it is dense
 * @dst_sgl: the same of the destination
 * @numf: how often the frame is repeated
 * @frame_size: chunks in the frame, the length of @sgl
 * @sgl: the frame
 */
struct dma_interleaved_template {
	dma_addr_t src_start;
	dma_addr_t dst_start;
	enum dma_transfer_direction dir;
	bool src_inc;
	bool dst_inc;
	bool src_sgl;
	bool dst_sgl;
	size_t numf;
	size_t frame_size;
	struct data_chunk sgl[];
};

/**
 * struct dma_vec - an extent of bus addresses
 * @addr: its first byte
 * @len: bytes
 */
struct dma_vec {
	dma_addr_t addr;
	size_t len;
};

/**
 * enum dma_ctrl_flags - wishes about a transaction, and its state
 * @DMA_PREP_INTERRUPT: interrupt, and so call back, at the end of this one
 * @DMA_CTRL_ACK: the provider may take the descriptor back as soon as it is
 *	complete; cleared, it must wait for async_tx_ack()
 * @DMA_PREP_PQ_DISABLE_P: leave out P
 * @DMA_PREP_PQ_DISABLE_Q: leave out Q
 * @DMA_PREP_CONTINUE: go on from the P and Q that the destination holds, with
 *	more sources
 * @DMA_PREP_FENCE: what follows on this channel reads what this one writes
 * @DMA_CTRL_REUSE: the client submits the descriptor again and again, see
 *	dmaengine_desc_set_reuse()
 * @DMA_PREP_CMD: the data is a command for the peripheral and travels in the
 *	format for that
 * @DMA_PREP_REPEAT: start over at the end, until a transaction with
 *	%DMA_PREP_LOAD_EOT takes over; interleaved transfers only
 * @DMA_PREP_LOAD_EOT: take over from the repeated transaction in front when
 *	that reaches its end.  Without the flag that end never comes and this one
 *	never starts.
 */
enum dma_ctrl_flags {
	DMA_PREP_INTERRUPT = (1 << 0),
	DMA_CTRL_ACK = (1 << 1),
	DMA_PREP_PQ_DISABLE_P = (1 << 2),
	DMA_PREP_PQ_DISABLE_Q = (1 << 3),
	DMA_PREP_CONTINUE = (1 << 4),
	DMA_PREP_FENCE = (1 << 5),
	DMA_CTRL_REUSE = (1 << 6),
	DMA_PREP_CMD = (1 << 7),
	DMA_PREP_REPEAT = (1 << 8),
	DMA_PREP_LOAD_EOT = (1 << 9),
};

/**
 * enum sum_check_bits - bit numbers of &enum sum_check_flags
 * @SUM_CHECK_P: P, or the XOR
 * @SUM_CHECK_Q: Q
 */
enum sum_check_bits {
	SUM_CHECK_P = 0,
	SUM_CHECK_Q = 1,
};

/**
 * enum sum_check_flags - what a validation has found wrong
 * @SUM_CHECK_P_RESULT: P does not fit, or the XOR is not zero
 * @SUM_CHECK_Q_RESULT: Q does not fit
 */
enum sum_check_flags {
	SUM_CHECK_P_RESULT = (1 << SUM_CHECK_P),
	SUM_CHECK_Q_RESULT = (1 << SUM_CHECK_Q),
};

/**
 * typedef dma_cap_mask_t - a set of capabilities
 *
 * Handled by dma_cap_set(), dma_cap_clear(), dma_cap_zero(), dma_has_cap() and
 * for_each_dma_cap_mask().
 */
typedef struct { DECLARE_BITMAP(bits, DMA_TX_TYPE_END); } dma_cap_mask_t;

/**
 * enum dma_desc_metadata_mode - who owns the memory for metadata
 * @DESC_METADATA_NONE: there is no metadata
 * @DESC_METADATA_CLIENT: the client.  It attaches a buffer of its own with
 *	dmaengine_desc_attach_metadata() between preparing and submitting;
 *	towards a peripheral it fills the buffer first, from a peripheral it finds
 *	the metadata there after completion.
 * @DESC_METADATA_ENGINE: the provider.  dmaengine_desc_get_metadata_ptr() tells
 *	where.  Towards a peripheral the client writes there before it submits,
 *	and says how much with dmaengine_desc_set_metadata_len(); from a peripheral
 *	it reads there at completion, and not after its callback has returned.
 *
 * A descriptor has one mode, that of the first of these calls.
 */
enum dma_desc_metadata_mode {
	DESC_METADATA_NONE = 0,
	DESC_METADATA_CLIENT = BIT(0),
	DESC_METADATA_ENGINE = BIT(1),
};

/**
 * struct dma_chan_percpu - statistics of a channel, per CPU
 * @memcpy_count: transactions; for sysfs, and counted by nobody
 * @bytes_transferred: their bytes; the same
 */
struct dma_chan_percpu {
	unsigned long memcpy_count;
	unsigned long bytes_transferred;
};

/**
 * struct dma_router - switches request lines of peripherals to channels
 * @dev: the router
 * @route_free: undoes the route of a channel; called when the channel is
 *	released
 */
struct dma_router {
	struct device *dev;
	void (*route_free)(struct device *dev, void *route_data);
};

/**
 * struct dma_chan - a channel
 * @device: whose channel it is; set by the provider, like @device_node
 * @slave: the client's device, from dma_request_chan() on
 * @cookie: the last one given out
 * @completed_cookie: the last one that is complete
 * @chan_id: number among the device's channels
 * @dev: the channel in the driver model; NULL unless registered or in use
 * @name: the link to this channel in the sysfs directory of @slave
 * @dbg_client_name: for debugfs: device and name that the channel was requested
 *	with
 * @device_node: in &dma_device.channels
 * @local: statistics
 * @client_count: owners, or users of a public channel; resources are allocated
 *	while it is not 0
 * @table_count: how many CPUs and operations have it in the table
 * @router: the router in front of it, if any
 * @route_data: the router's data for this channel
 * @private: for the provider and its client to agree on
 */
struct dma_chan {
	struct dma_device *device;
	struct device *slave;
	dma_cookie_t cookie;
	dma_cookie_t completed_cookie;

	int chan_id;
	struct dma_chan_dev *dev;
	const char *name;
#ifdef CONFIG_DEBUG_FS
	char *dbg_client_name;
#endif

	struct list_head device_node;
	struct dma_chan_percpu __percpu *local;
	int client_count;
	int table_count;

	struct dma_router *router;
	void *route_data;

	void *private;
};

/**
 * struct dma_chan_dev - a channel in the driver model
 * @chan: the channel; NULL when it has been unregistered
 * @device: /sys/class/dma/dmaXchanY
 * @dev_id: the X of that
 * @chan_dma_dev: buffers are mapped for @device, not for &dma_device.dev
 */
struct dma_chan_dev {
	struct dma_chan *chan;
	struct device device;
	int dev_id;
	bool chan_dma_dev;
};

/**
 * enum dma_slave_buswidth - width of an access to a peripheral, in bytes
 * @DMA_SLAVE_BUSWIDTH_UNDEFINED: not given
 * @DMA_SLAVE_BUSWIDTH_1_BYTE: 1
 * @DMA_SLAVE_BUSWIDTH_2_BYTES: 2
 * @DMA_SLAVE_BUSWIDTH_3_BYTES: 3
 * @DMA_SLAVE_BUSWIDTH_4_BYTES: 4
 * @DMA_SLAVE_BUSWIDTH_8_BYTES: 8
 * @DMA_SLAVE_BUSWIDTH_16_BYTES: 16
 * @DMA_SLAVE_BUSWIDTH_32_BYTES: 32
 * @DMA_SLAVE_BUSWIDTH_64_BYTES: 64
 * @DMA_SLAVE_BUSWIDTH_128_BYTES: 128
 */
enum dma_slave_buswidth {
	DMA_SLAVE_BUSWIDTH_UNDEFINED = 0,
	DMA_SLAVE_BUSWIDTH_1_BYTE = 1,
	DMA_SLAVE_BUSWIDTH_2_BYTES = 2,
	DMA_SLAVE_BUSWIDTH_3_BYTES = 3,
	DMA_SLAVE_BUSWIDTH_4_BYTES = 4,
	DMA_SLAVE_BUSWIDTH_8_BYTES = 8,
	DMA_SLAVE_BUSWIDTH_16_BYTES = 16,
	DMA_SLAVE_BUSWIDTH_32_BYTES = 32,
	DMA_SLAVE_BUSWIDTH_64_BYTES = 64,
	DMA_SLAVE_BUSWIDTH_128_BYTES = 128,
};

/**
 * struct dma_slave_config - what a slave channel must know of its peripheral
 * @direction: obsolete; the direction of a transfer is given when it is
 *	prepared
 * @src_addr: physical address to read from, where the source is a peripheral
 * @dst_addr: physical address to write to, where the destination is one
 * @src_addr_width: bytes per read, where that matters
 * @dst_addr_width: bytes per write
 * @src_maxburst: most reads that the peripheral can take in one go, in units of
 *	@src_addr_width; half the depth of its FIFO is a good value
 * @dst_maxburst: most writes, in units of @dst_addr_width
 * @src_port_window_size: length of the area, in units of @src_addr_width, that
 *	reads go round in; for peripherals that have no single data register
 * @dst_port_window_size: the same for writes
 * @device_fc: the peripheral, not the engine, controls the flow
 * @peripheral_config: for one kind of provider only, in a format that its
 *	header defines
 * @peripheral_size: bytes of that
 *
 * Passed to dmaengine_slave_config().  A member that can mean something to
 * engines in general belongs here; for the rest there is @peripheral_config.
 */
struct dma_slave_config {
	enum dma_transfer_direction direction;
	phys_addr_t src_addr;
	phys_addr_t dst_addr;
	enum dma_slave_buswidth src_addr_width;
	enum dma_slave_buswidth dst_addr_width;
	u32 src_maxburst;
	u32 dst_maxburst;
	u32 src_port_window_size;
	u32 dst_port_window_size;
	bool device_fc;
	void *peripheral_config;
	size_t peripheral_size;
};

/**
 * enum dma_residue_granularity - how exact &dma_tx_state.residue is
 * @DMA_RESIDUE_GRANULARITY_DESCRIPTOR: not at all, it is 0; the channel knows
 *	whole descriptors only
 * @DMA_RESIDUE_GRANULARITY_SEGMENT: changes from segment to segment, or from
 *	period to period of a cyclic transfer
 * @DMA_RESIDUE_GRANULARITY_BURST: changes with each burst, as the hardware has a
 *	counter
 */
enum dma_residue_granularity {
	DMA_RESIDUE_GRANULARITY_DESCRIPTOR = 0,
	DMA_RESIDUE_GRANULARITY_SEGMENT = 1,
	DMA_RESIDUE_GRANULARITY_BURST = 2,
};

/**
 * struct dma_slave_caps - what a slave channel can do
 * @src_addr_widths: widths of reads: bit n for n bytes
 * @dst_addr_widths: widths of writes: bit n for n bytes
 * @directions: a bit for each &enum dma_transfer_direction
 * @min_burst: shortest burst
 * @max_burst: longest burst
 * @max_sg_burst: entries of a scatter list that the hardware walks by itself,
 *	without the driver refilling it; 0: any number
 * @cmd_pause: dmaengine_pause() works
 * @cmd_resume: dmaengine_resume() works
 * @cmd_terminate: dmaengine_terminate_sync() and _async() work
 * @residue_granularity: how exact the residue is
 * @descriptor_reuse: dmaengine_desc_set_reuse() works
 */
struct dma_slave_caps {
	u32 src_addr_widths;
	u32 dst_addr_widths;
	u32 directions;
	u32 min_burst;
	u32 max_burst;
	u32 max_sg_burst;
	bool cmd_pause;
	bool cmd_resume;
	bool cmd_terminate;
	enum dma_residue_granularity residue_granularity;
	bool descriptor_reuse;
};

/**
 * dma_chan_name - name of a channel, such as "dma0chan3"
 * @chan: a registered channel
 *
 * Return: the name.
 */
static inline const char *dma_chan_name(struct dma_chan *chan)
{
	return dev_name(&chan->dev->device);
}

/**
 * typedef dma_filter_fn - a client's say in which channel it gets
 * @chan: a free channel with the capabilities asked for
 * @filter_param: what the client gave along with the function
 *
 * Runs with the registry's mutex held and must not request or release channels.
 * True: take it.
 */
typedef bool (*dma_filter_fn)(struct dma_chan *chan, void *filter_param);

typedef void (*dma_async_tx_callback)(void *dma_async_param);

/**
 * enum dmaengine_tx_result - how a transaction has ended
 * @DMA_TRANS_NOERROR: well
 * @DMA_TRANS_READ_FAILED: the source could not be read
 * @DMA_TRANS_WRITE_FAILED: the destination could not be written
 * @DMA_TRANS_ABORTED: it was taken back before or while it ran
 */
enum dmaengine_tx_result {
	DMA_TRANS_NOERROR = 0,
	DMA_TRANS_READ_FAILED,
	DMA_TRANS_WRITE_FAILED,
	DMA_TRANS_ABORTED,
};

/**
 * struct dmaengine_result - how a transaction has ended, and where
 * @result: how
 * @residue: bytes not done
 */
struct dmaengine_result {
	enum dmaengine_tx_result result;
	u32 residue;
};

typedef void (*dma_async_tx_callback_result)(void *dma_async_param,
				const struct dmaengine_result *result);

/**
 * struct dmaengine_unmap_data - what to unmap at the end of a transaction
 * @map_cnt: slots in @addr
 * @to_cnt: how many of them are mapped %DMA_TO_DEVICE; they come first
 * @from_cnt: how many %DMA_FROM_DEVICE; they follow
 * @bidi_cnt: how many %DMA_BIDIRECTIONAL; they come last, and may be 0, for none
 * @dev: the device they are mapped for
 * @kref: references; the last one unmaps
 * @len: bytes of each mapping
 * @addr: the bus addresses
 *
 * Made by dmaengine_get_unmap_data(), filled by the client, given to a
 * descriptor with dma_set_unmap().
 */
struct dmaengine_unmap_data {
#if IS_ENABLED(CONFIG_DMA_ENGINE_RAID)
	u16 map_cnt;
#else
	u8 map_cnt;
#endif
	u8 to_cnt;
	u8 from_cnt;
	u8 bidi_cnt;
	struct device *dev;
	struct kref kref;
	size_t len;
	dma_addr_t addr[];
};

struct dma_async_tx_descriptor;

/**
 * struct dma_descriptor_metadata_ops - a provider's handling of metadata
 * @attach: use the client's buffer
 * @get_ptr: where the provider's buffer is, how much of it is used, and its size
 * @set_len: so much of the provider's buffer is valid
 */
struct dma_descriptor_metadata_ops {
	int (*attach)(struct dma_async_tx_descriptor *desc, void *data,
		      size_t len);

	void *(*get_ptr)(struct dma_async_tx_descriptor *desc,
			 size_t *payload_len, size_t *max_len);
	int (*set_len)(struct dma_async_tx_descriptor *desc,
		       size_t payload_len);
};

/**
 * struct dma_async_tx_descriptor - a transaction
 * @cookie: its number once submitted; -EBUSY while it waits for another
 *	transaction to be complete
 * @flags: see there
 * @phys: bus address of the hardware's descriptor, if the provider likes
 * @chan: the channel
 * @tx_submit: what dmaengine_submit() calls: give out a cookie and queue
 * @desc_free: gives a descriptor with %DMA_CTRL_REUSE back
 * @callback: called at completion, if there is no @callback_result
 * @callback_result: the same, and told the result
 * @callback_param: first argument of either
 * @unmap: what the provider unmaps at completion, by dma_descriptor_unmap()
 * @desc_metadata_mode: the mode that the client has chosen by its first call
 * @metadata_ops: set by a provider that knows metadata
 * @next: what to submit when this one completes
 * @parent: the one whose @next this is
 * @lock: protects @next and @parent
 *
 * Allocated by the provider, which returns it from its prepare operations.
 */
struct dma_async_tx_descriptor {
	dma_cookie_t cookie;
	enum dma_ctrl_flags flags;
	dma_addr_t phys;
	struct dma_chan *chan;
	dma_cookie_t (*tx_submit)(struct dma_async_tx_descriptor *tx);
	int (*desc_free)(struct dma_async_tx_descriptor *tx);
	dma_async_tx_callback callback;
	dma_async_tx_callback_result callback_result;
	void *callback_param;
	struct dmaengine_unmap_data *unmap;
	enum dma_desc_metadata_mode desc_metadata_mode;
	struct dma_descriptor_metadata_ops *metadata_ops;
#ifdef CONFIG_ASYNC_TX_ENABLE_CHANNEL_SWITCH
	struct dma_async_tx_descriptor *next;
	struct dma_async_tx_descriptor *parent;
	spinlock_t lock; /* next and parent; bottom halves take it too */
#endif
};

#ifdef CONFIG_DMA_ENGINE
/**
 * dma_set_unmap - have a transaction unmap at its end
 * @tx: the descriptor, not yet submitted
 * @unmap: what to unmap; the descriptor takes a reference of its own
 */
static inline void dma_set_unmap(struct dma_async_tx_descriptor *tx,
				 struct dmaengine_unmap_data *unmap)
{
	kref_get(&unmap->kref);
	tx->unmap = unmap;
}

struct dmaengine_unmap_data *
dmaengine_get_unmap_data(struct device *dev, int nr, gfp_t flags);
void dmaengine_unmap_put(struct dmaengine_unmap_data *unmap);
#else
static inline void dma_set_unmap(struct dma_async_tx_descriptor *tx,
				 struct dmaengine_unmap_data *unmap)
{
}

static inline struct dmaengine_unmap_data *
dmaengine_get_unmap_data(struct device *dev, int nr, gfp_t flags)
{
	return NULL;
}

static inline void dmaengine_unmap_put(struct dmaengine_unmap_data *unmap)
{
}
#endif

/**
 * dma_descriptor_unmap - for providers: a transaction is complete, unmap
 * @tx: the descriptor
 */
static inline void dma_descriptor_unmap(struct dma_async_tx_descriptor *tx)
{
	struct dmaengine_unmap_data *unmap = tx->unmap;

	if (unmap) {
		tx->unmap = NULL;
		dmaengine_unmap_put(unmap);
	}
}

/*
 * Chains of descriptors across channels.  Without the option that has providers
 * carry them there are no such chains, and nothing may try to make one.
 */
#ifndef CONFIG_ASYNC_TX_ENABLE_CHANNEL_SWITCH
static inline void txd_lock(struct dma_async_tx_descriptor *txd)
{
}

static inline void txd_unlock(struct dma_async_tx_descriptor *txd)
{
}

static inline void
txd_chain(struct dma_async_tx_descriptor *txd,
	  struct dma_async_tx_descriptor *next)
{
	WARN_ON_ONCE(1);
}

static inline void txd_clear_parent(struct dma_async_tx_descriptor *txd)
{
}

static inline void txd_clear_next(struct dma_async_tx_descriptor *txd)
{
}

static inline struct dma_async_tx_descriptor *txd_next(struct dma_async_tx_descriptor *txd)
{
	return NULL;
}

static inline struct dma_async_tx_descriptor *txd_parent(struct dma_async_tx_descriptor *txd)
{
	return NULL;
}

#else
static inline void txd_lock(struct dma_async_tx_descriptor *txd)
{
	spin_lock_bh(&txd->lock);
}

static inline void txd_unlock(struct dma_async_tx_descriptor *txd)
{
	spin_unlock_bh(&txd->lock);
}

static inline void
txd_chain(struct dma_async_tx_descriptor *txd,
	  struct dma_async_tx_descriptor *next)
{
	next->parent = txd;
	txd->next = next;
}

static inline void txd_clear_parent(struct dma_async_tx_descriptor *txd)
{
	txd->parent = NULL;
}

static inline void txd_clear_next(struct dma_async_tx_descriptor *txd)
{
	txd->next = NULL;
}

static inline struct dma_async_tx_descriptor *txd_parent(struct dma_async_tx_descriptor *txd)
{
	return txd->parent;
}

static inline struct dma_async_tx_descriptor *txd_next(struct dma_async_tx_descriptor *txd)
{
	return txd->next;
}
#endif

/**
 * struct dma_tx_state - details that device_tx_status() reports
 * @last: last cookie that is complete
 * @used: last cookie given out
 * @residue: bytes that this transaction has still to do, if the provider knows;
 *	else 0
 * @in_flight_bytes: bytes read but not yet written
 */
struct dma_tx_state {
	dma_cookie_t last;
	dma_cookie_t used;
	u32 residue;
	u32 in_flight_bytes;
};

/**
 * enum dmaengine_alignment - required alignment, as a power of two
 * @DMAENGINE_ALIGN_1_BYTE: none
 * @DMAENGINE_ALIGN_2_BYTES: 2
 * @DMAENGINE_ALIGN_4_BYTES: 4
 * @DMAENGINE_ALIGN_8_BYTES: 8
 * @DMAENGINE_ALIGN_16_BYTES: 16
 * @DMAENGINE_ALIGN_32_BYTES: 32
 * @DMAENGINE_ALIGN_64_BYTES: 64
 * @DMAENGINE_ALIGN_128_BYTES: 128
 * @DMAENGINE_ALIGN_256_BYTES: 256
 */
enum dmaengine_alignment {
	DMAENGINE_ALIGN_1_BYTE = 0,
	DMAENGINE_ALIGN_2_BYTES = 1,
	DMAENGINE_ALIGN_4_BYTES = 2,
	DMAENGINE_ALIGN_8_BYTES = 3,
	DMAENGINE_ALIGN_16_BYTES = 4,
	DMAENGINE_ALIGN_32_BYTES = 5,
	DMAENGINE_ALIGN_64_BYTES = 6,
	DMAENGINE_ALIGN_128_BYTES = 7,
	DMAENGINE_ALIGN_256_BYTES = 8,
};

/**
 * struct dma_slave_map - which channel a client's name means, on machines
 *	whose firmware does not tell
 * @devname: the client's device
 * @slave: the name that it requests
 * @param: goes to &dma_filter.fn, which knows the channel by it
 */
struct dma_slave_map {
	const char *devname;
	const char *slave;
	void *param;
};

/**
 * struct dma_filter - a provider's table of slave channels
 * @fn: finds the channel
 * @mapcnt: entries in @map
 * @map: the table
 */
struct dma_filter {
	dma_filter_fn fn;
	int mapcnt;
	const struct dma_slave_map *map;
};

/**
 * struct dma_device - an engine
 * @ref: one for being registered and one for each channel in use
 * @chancnt: channels registered
 * @privatecnt: reasons for being private: channels requested, and one for a
 *	device that was registered as such
 * @channels: the channels; filled by the provider
 * @global_node: in the registry's list
 * @filter: slave channels by name
 * @cap_mask: the capabilities
 * @desc_metadata_modes: modes of metadata it knows
 * @max_xor: most sources of an XOR
 * @max_pq: most sources of a P+Q, and %DMA_HAS_PQ_CONTINUE; see dma_set_maxpq()
 * @copy_align: alignment of copies
 * @xor_align: alignment of XORs
 * @pq_align: alignment of P+Q
 * @fill_align: alignment of fills
 * @dev_id: number of the device, as in dma<dev_id>chan<chan_id>
 * @dev: the provider's device, for which buffers are mapped
 * @owner: the provider's module; the registry sets it from @dev
 * @chan_ida: gives out &dma_chan.chan_id
 * @src_addr_widths: as in &struct dma_slave_caps
 * @dst_addr_widths: as in &struct dma_slave_caps
 * @directions: as in &struct dma_slave_caps; 0: dma_get_slave_caps() does not
 *	know
 * @min_burst: as in &struct dma_slave_caps
 * @max_burst: as in &struct dma_slave_caps
 * @max_sg_burst: as in &struct dma_slave_caps
 * @descriptor_reuse: as in &struct dma_slave_caps
 * @residue_granularity: as in &struct dma_slave_caps
 * @device_alloc_chan_resources: the channel has its first user; negative errno,
 *	or the number of descriptors made.  May sleep.
 * @device_router_config: the route to the channel stands
 * @device_free_chan_resources: the channel's last user is gone.  May sleep.
 * @device_prep_dma_memcpy: prepare a copy
 * @device_prep_dma_xor: prepare an XOR into @dst
 * @device_prep_dma_xor_val: prepare a check that sources XOR to zero
 * @device_prep_dma_pq: prepare P into dst[0], Q into dst[1]; @scf holds a GF(256)
 *	coefficient for each source
 * @device_prep_dma_pq_val: prepare a check of P and Q
 * @device_prep_dma_memset: prepare a fill with the low byte of @value
 * @device_prep_dma_memset_sg: prepare a fill of a scatter list
 * @device_prep_dma_interrupt: prepare nothing but a callback
 * @device_prep_peripheral_dma_vec: prepare a transfer from or to a peripheral,
 *	memory by vectors
 * @device_prep_slave_sg: prepare a transfer from or to a peripheral
 * @device_prep_dma_cyclic: prepare an endless one over a ring of @buf_len bytes,
 *	with a callback each @period_len bytes
 * @device_prep_interleaved_dma: prepare a pattern
 * @device_prep_dma_imm_data: prepare a write of the eight bytes @data
 * @device_caps: corrects what dma_get_slave_caps() reports, for one channel
 * @device_config: see dmaengine_slave_config()
 * @device_pause: see dmaengine_pause()
 * @device_resume: see dmaengine_resume()
 * @device_terminate_all: abort everything; the hardware may take a moment more
 * @device_synchronize: wait until that is over, callbacks as well
 * @device_stop: abort everything, for good, without sleeping or waiting for
 *	long.  Returns 0 when it is certain that the engine accesses no memory of
 *	what was aborted and that no callback is under way or to come; -EINPROGRESS
 *	to be asked again; another error if the engine does not stop.  Nothing is
 *	submitted meanwhile.  What the offload user needs to take away work from
 *	an engine that hangs; see provider.rst
 * @callback_unlocked: the driver calls back with bottom halves disabled,
 *	interrupts enabled and no lock held that it takes elsewhere, so that what
 *	follows from a completion can be done in the callback; see provider.rst
 * @offload_always: whatever it does is worth more than the CPU's time: the offload
 *	user does not measure from which length it pays
 * @device_tx_status: state of a transaction, details if @txstate is not NULL
 * @device_issue_pending: start what is queued.  From any context, under
 *	rcu_read_lock().
 * @device_release: the last reference is gone, whenever after unregistering that
 *	may be; memory of device and channels can be freed.  A provider without it
 *	must not be unbound while it is in use.
 * @dbg_summary_show: own lines in debugfs' dmaengine/summary, under the
 *	registry's mutex
 * @dbg_dev_root: own directory in debugfs
 *
 * The provider fills it in, with zeroes where it has nothing to say, and calls
 * dma_async_device_register(); what only the registry sets is said above.
 */
struct dma_device {
	struct kref ref;
	unsigned int chancnt;
	unsigned int privatecnt;
	struct list_head channels;
	struct list_head global_node;
	struct dma_filter filter;
	dma_cap_mask_t cap_mask;
	enum dma_desc_metadata_mode desc_metadata_modes;
	unsigned short max_xor;
	unsigned short max_pq;
	enum dmaengine_alignment copy_align;
	enum dmaengine_alignment xor_align;
	enum dmaengine_alignment pq_align;
	enum dmaengine_alignment fill_align;
/* In max_pq: takes DMA_PREP_CONTINUE without sources for the old P and Q. */
#define DMA_HAS_PQ_CONTINUE 0x8000

	int dev_id;
	struct device *dev;
	struct module *owner;
	struct ida chan_ida;

	u32 src_addr_widths;
	u32 dst_addr_widths;
	u32 directions;
	u32 min_burst;
	u32 max_burst;
	u32 max_sg_burst;
	bool descriptor_reuse;
	enum dma_residue_granularity residue_granularity;

	int (*device_alloc_chan_resources)(struct dma_chan *chan);
	int (*device_router_config)(struct dma_chan *chan);
	void (*device_free_chan_resources)(struct dma_chan *chan);

	struct dma_async_tx_descriptor *
	(*device_prep_dma_memcpy)(struct dma_chan *chan, dma_addr_t dst,
				  dma_addr_t src, size_t len,
				  unsigned long flags);
	struct dma_async_tx_descriptor *
	(*device_prep_dma_xor)(struct dma_chan *chan, dma_addr_t dst,
			       dma_addr_t *src, unsigned int src_cnt,
			       size_t len, unsigned long flags);
	struct dma_async_tx_descriptor *
	(*device_prep_dma_xor_val)(struct dma_chan *chan, dma_addr_t *src,
				   unsigned int src_cnt, size_t len,
				   enum sum_check_flags *result,
				   unsigned long flags);
	struct dma_async_tx_descriptor *
	(*device_prep_dma_pq)(struct dma_chan *chan, dma_addr_t *dst,
			      dma_addr_t *src, unsigned int src_cnt,
			      const unsigned char *scf, size_t len,
			      unsigned long flags);
	struct dma_async_tx_descriptor *
	(*device_prep_dma_pq_val)(struct dma_chan *chan, dma_addr_t *pq,
				  dma_addr_t *src, unsigned int src_cnt,
				  const unsigned char *scf, size_t len,
				  enum sum_check_flags *pqres,
				  unsigned long flags);
	struct dma_async_tx_descriptor *
	(*device_prep_dma_memset)(struct dma_chan *chan, dma_addr_t dest,
				  int value, size_t len, unsigned long flags);
	struct dma_async_tx_descriptor *
	(*device_prep_dma_memset_sg)(struct dma_chan *chan,
				     struct scatterlist *sg, unsigned int nents,
				     int value, unsigned long flags);
	struct dma_async_tx_descriptor *
	(*device_prep_dma_interrupt)(struct dma_chan *chan,
				     unsigned long flags);

	struct dma_async_tx_descriptor *
	(*device_prep_peripheral_dma_vec)(struct dma_chan *chan,
					  const struct dma_vec *vecs,
					  size_t nents,
					  enum dma_transfer_direction direction,
					  unsigned long flags);
	struct dma_async_tx_descriptor *
	(*device_prep_slave_sg)(struct dma_chan *chan, struct scatterlist *sgl,
				unsigned int sg_len,
				enum dma_transfer_direction direction,
				unsigned long flags, void *context);
	struct dma_async_tx_descriptor *
	(*device_prep_dma_cyclic)(struct dma_chan *chan, dma_addr_t buf_addr,
				  size_t buf_len, size_t period_len,
				  enum dma_transfer_direction direction,
				  unsigned long flags);
	struct dma_async_tx_descriptor *
	(*device_prep_interleaved_dma)(struct dma_chan *chan,
				       struct dma_interleaved_template *xt,
				       unsigned long flags);
	struct dma_async_tx_descriptor *
	(*device_prep_dma_imm_data)(struct dma_chan *chan, dma_addr_t dst,
				    u64 data, unsigned long flags);

	void (*device_caps)(struct dma_chan *chan, struct dma_slave_caps *caps);
	int (*device_config)(struct dma_chan *chan, struct dma_slave_config *config);
	int (*device_pause)(struct dma_chan *chan);
	int (*device_resume)(struct dma_chan *chan);
	int (*device_terminate_all)(struct dma_chan *chan);
	void (*device_synchronize)(struct dma_chan *chan);

	enum dma_status (*device_tx_status)(struct dma_chan *chan,
					    dma_cookie_t cookie,
					    struct dma_tx_state *txstate);
	void (*device_issue_pending)(struct dma_chan *chan);
	void (*device_release)(struct dma_device *dev);
	void (*dbg_summary_show)(struct seq_file *s, struct dma_device *dev);
	struct dentry *dbg_dev_root;
	/* Not in stock: at the end, so that all else is where it was. */
	int (*device_stop)(struct dma_chan *chan);
	bool callback_unlocked;
	bool offload_always;
};

/**
 * dmaengine_slave_config - tell a slave channel about its peripheral
 * @chan: the channel
 * @config: what it must know; not kept
 *
 * Holds for what is prepared from now on.
 *
 * Return: 0, -ENOSYS if the provider has no such call, or its errno.
 */
static inline int
dmaengine_slave_config(struct dma_chan *chan, struct dma_slave_config *config)
{
	if (!chan->device->device_config)
		return -ENOSYS;
	return chan->device->device_config(chan, config);
}

/**
 * is_slave_direction - is one side a peripheral?
 * @direction: the direction
 *
 * Return: true if so.
 */
static inline bool is_slave_direction(enum dma_transfer_direction direction)
{
	switch (direction) {
	case DMA_MEM_TO_DEV:
	case DMA_DEV_TO_MEM:
	case DMA_DEV_TO_DEV:
		return true;
	default:
		return false;
	}
}

/**
 * dmaengine_prep_slave_single - prepare a transfer of one buffer from or to a
 *	peripheral
 * @chan: the channel
 * @buf: bus address of the buffer
 * @len: its bytes
 * @dir: the direction
 * @flags: &enum dma_ctrl_flags
 *
 * Return: a descriptor, or NULL.
 */
static inline struct dma_async_tx_descriptor *
dmaengine_prep_slave_single(struct dma_chan *chan, dma_addr_t buf, size_t len,
			    enum dma_transfer_direction dir,
			    unsigned long flags)
{
	struct scatterlist one;

	if (!chan || !chan->device || !chan->device->device_prep_slave_sg)
		return NULL;

	sg_init_table(&one, 1);
	sg_dma_len(&one) = len;
	sg_dma_address(&one) = buf;
	return chan->device->device_prep_slave_sg(chan, &one, 1, dir, flags, NULL);
}

/**
 * dmaengine_prep_peripheral_dma_vec - prepare a transfer of several extents from
 *	or to a peripheral
 * @chan: the channel
 * @vecs: the extents; not kept
 * @nents: their number
 * @dir: the direction
 * @flags: &enum dma_ctrl_flags
 *
 * Return: a descriptor, or NULL.
 */
static inline struct dma_async_tx_descriptor *
dmaengine_prep_peripheral_dma_vec(struct dma_chan *chan,
				  const struct dma_vec *vecs, size_t nents,
				  enum dma_transfer_direction dir,
				  unsigned long flags)
{
	struct dma_device *dma = chan ? chan->device : NULL;

	return dma && dma->device_prep_peripheral_dma_vec ?
	       dma->device_prep_peripheral_dma_vec(chan, vecs, nents, dir, flags) :
	       NULL;
}

/**
 * dmaengine_prep_slave_sg - prepare a transfer of a scatter list from or to a
 *	peripheral
 * @chan: the channel
 * @sgl: the list, mapped
 * @sg_len: entries, as dma_map_sg() returned
 * @dir: the direction
 * @flags: &enum dma_ctrl_flags
 *
 * Return: a descriptor, or NULL.
 */
static inline struct dma_async_tx_descriptor *
dmaengine_prep_slave_sg(struct dma_chan *chan, struct scatterlist *sgl,
			unsigned int sg_len, enum dma_transfer_direction dir,
			unsigned long flags)
{
	struct dma_device *dma = chan ? chan->device : NULL;

	return dma && dma->device_prep_slave_sg ?
	       dma->device_prep_slave_sg(chan, sgl, sg_len, dir, flags, NULL) :
	       NULL;
}

#ifdef CONFIG_RAPIDIO_DMA_ENGINE
struct rio_dma_ext;

/**
 * dmaengine_prep_rio_sg - prepare a transfer over RapidIO
 * @chan: the channel
 * @sgl: local memory, mapped
 * @sg_len: entries
 * @dir: the direction
 * @flags: &enum dma_ctrl_flags
 * @rio_ext: the remote side
 *
 * Return: a descriptor, or NULL.
 */
static inline struct dma_async_tx_descriptor *
dmaengine_prep_rio_sg(struct dma_chan *chan, struct scatterlist *sgl,
		      unsigned int sg_len, enum dma_transfer_direction dir,
		      unsigned long flags, struct rio_dma_ext *rio_ext)
{
	struct dma_device *dma = chan ? chan->device : NULL;

	return dma && dma->device_prep_slave_sg ?
	       dma->device_prep_slave_sg(chan, sgl, sg_len, dir, flags, rio_ext) :
	       NULL;
}
#endif

/**
 * dmaengine_prep_dma_cyclic - prepare an endless transfer over a ring
 * @chan: the channel
 * @buf_addr: bus address of the ring
 * @buf_len: its bytes
 * @period_len: bytes between two callbacks
 * @dir: the direction
 * @flags: &enum dma_ctrl_flags
 *
 * Return: a descriptor, or NULL.
 */
static inline struct dma_async_tx_descriptor *
dmaengine_prep_dma_cyclic(struct dma_chan *chan, dma_addr_t buf_addr,
			  size_t buf_len, size_t period_len,
			  enum dma_transfer_direction dir, unsigned long flags)
{
	struct dma_device *dma = chan ? chan->device : NULL;

	return dma && dma->device_prep_dma_cyclic ?
	       dma->device_prep_dma_cyclic(chan, buf_addr, buf_len, period_len,
					   dir, flags) : NULL;
}

/**
 * dmaengine_prep_interleaved_dma - prepare a pattern
 * @chan: the channel
 * @xt: the pattern; not kept
 * @flags: &enum dma_ctrl_flags; %DMA_PREP_REPEAT needs %DMA_REPEAT
 *
 * Return: a descriptor, or NULL.
 */
static inline struct dma_async_tx_descriptor *
dmaengine_prep_interleaved_dma(struct dma_chan *chan,
			       struct dma_interleaved_template *xt,
			       unsigned long flags)
{
	struct dma_device *dma = chan ? chan->device : NULL;

	if (!dma || !dma->device_prep_interleaved_dma)
		return NULL;
	if (!test_bit(DMA_REPEAT, dma->cap_mask.bits) && (flags & DMA_PREP_REPEAT))
		return NULL;
	return dma->device_prep_interleaved_dma(chan, xt, flags);
}

/**
 * dmaengine_prep_dma_memset - prepare a fill
 * @chan: the channel
 * @dest: bus address to fill
 * @value: what with; its low byte counts
 * @len: bytes
 * @flags: &enum dma_ctrl_flags
 *
 * Return: a descriptor, or NULL.
 */
static inline struct dma_async_tx_descriptor *
dmaengine_prep_dma_memset(struct dma_chan *chan, dma_addr_t dest, int value,
			  size_t len, unsigned long flags)
{
	struct dma_device *dma = chan ? chan->device : NULL;

	return dma && dma->device_prep_dma_memset ?
	       dma->device_prep_dma_memset(chan, dest, value, len, flags) : NULL;
}

/**
 * dmaengine_prep_dma_memcpy - prepare a copy
 * @chan: the channel
 * @dest: bus address to write
 * @src: bus address to read
 * @len: bytes
 * @flags: &enum dma_ctrl_flags
 *
 * Return: a descriptor, or NULL.
 */
static inline struct dma_async_tx_descriptor *
dmaengine_prep_dma_memcpy(struct dma_chan *chan, dma_addr_t dest,
			  dma_addr_t src, size_t len, unsigned long flags)
{
	struct dma_device *dma = chan ? chan->device : NULL;

	return dma && dma->device_prep_dma_memcpy ?
	       dma->device_prep_dma_memcpy(chan, dest, src, len, flags) : NULL;
}

/**
 * dmaengine_is_metadata_mode_supported - does a channel know a metadata mode?
 * @chan: the channel, or NULL
 * @mode: the mode
 *
 * Return: true if so.
 */
static inline bool
dmaengine_is_metadata_mode_supported(struct dma_chan *chan,
				     enum dma_desc_metadata_mode mode)
{
	return chan && (chan->device->desc_metadata_modes & mode);
}

#ifdef CONFIG_DMA_ENGINE
int dmaengine_desc_attach_metadata(struct dma_async_tx_descriptor *desc,
				   void *data, size_t len);
void *dmaengine_desc_get_metadata_ptr(struct dma_async_tx_descriptor *desc,
				      size_t *payload_len, size_t *max_len);
int dmaengine_desc_set_metadata_len(struct dma_async_tx_descriptor *desc,
				    size_t payload_len);
#else /* CONFIG_DMA_ENGINE */
static inline int
dmaengine_desc_attach_metadata(struct dma_async_tx_descriptor *desc, void *data,
			       size_t len)
{
	return -EINVAL;
}

static inline void *
dmaengine_desc_get_metadata_ptr(struct dma_async_tx_descriptor *desc,
				size_t *payload_len, size_t *max_len)
{
	return NULL;
}

static inline int
dmaengine_desc_set_metadata_len(struct dma_async_tx_descriptor *desc,
				size_t payload_len)
{
	return -EINVAL;
}
#endif /* CONFIG_DMA_ENGINE */

/**
 * dmaengine_terminate_all - abort everything on a channel
 * @chan: the channel
 *
 * Obsolete: does not say whether it waits.  Use dmaengine_terminate_sync() or
 * dmaengine_terminate_async().
 *
 * Return: 0, -ENOSYS if the provider has no such call, or its errno.
 */
static inline int dmaengine_terminate_all(struct dma_chan *chan)
{
	if (!chan->device->device_terminate_all)
		return -ENOSYS;
	return chan->device->device_terminate_all(chan);
}

/**
 * dmaengine_terminate_async - abort everything on a channel, do not wait
 * @chan: the channel
 *
 * The hardware may still be writing when this returns, and callbacks may be
 * running: memory that they use is freed after dmaengine_synchronize(), not
 * earlier.
 *
 * Context: any, the channel's own callbacks included.
 * Return: 0, -EINVAL if the provider has no such call, or its errno.
 */
static inline int dmaengine_terminate_async(struct dma_chan *chan)
{
	if (!chan->device->device_terminate_all)
		return -EINVAL;
	return chan->device->device_terminate_all(chan);
}

/**
 * dmaengine_synchronize - wait for the end of what was aborted
 * @chan: the channel
 *
 * Afterwards the hardware is done with all that was issued before
 * dmaengine_terminate_async(), and its callbacks have returned.  Nothing may
 * have been issued in between.
 *
 * Context: may sleep; not from a callback of the channel.
 */
static inline void dmaengine_synchronize(struct dma_chan *chan)
{
	might_sleep();

	if (chan->device->device_synchronize)
		chan->device->device_synchronize(chan);
}

/**
 * dmaengine_terminate_sync - abort everything on a channel and wait for the end
 * @chan: the channel
 *
 * dmaengine_terminate_async() and dmaengine_synchronize() in one.
 *
 * Context: may sleep; not from a callback of the channel.
 * Return: 0, -EINVAL if the provider cannot, or its errno.
 */
static inline int dmaengine_terminate_sync(struct dma_chan *chan)
{
	int err = dmaengine_terminate_async(chan);

	if (!err)
		dmaengine_synchronize(chan);
	return err;
}

/**
 * dmaengine_pause - stop a channel where it stands
 * @chan: the channel
 *
 * Return: 0, -ENOSYS if the provider has no such call, or its errno.
 */
static inline int dmaengine_pause(struct dma_chan *chan)
{
	if (!chan->device->device_pause)
		return -ENOSYS;
	return chan->device->device_pause(chan);
}

/**
 * dmaengine_resume - let a paused channel go on
 * @chan: the channel
 *
 * Return: 0, -ENOSYS if the provider has no such call, or its errno.
 */
static inline int dmaengine_resume(struct dma_chan *chan)
{
	if (!chan->device->device_resume)
		return -ENOSYS;
	return chan->device->device_resume(chan);
}

/**
 * dmaengine_tx_status - ask for the state of a transaction
 * @chan: its channel
 * @cookie: its number
 * @state: where to put details, or NULL
 *
 * Return: the state.
 */
static inline enum dma_status
dmaengine_tx_status(struct dma_chan *chan, dma_cookie_t cookie,
		    struct dma_tx_state *state)
{
	return chan->device->device_tx_status(chan, cookie, state);
}

/**
 * dmaengine_submit - queue a transaction
 * @desc: its descriptor
 *
 * Return: its cookie, or a negative errno; see dma_submit_error().
 */
static inline dma_cookie_t dmaengine_submit(struct dma_async_tx_descriptor *desc)
{
	return desc->tx_submit(desc);
}

/**
 * dmaengine_check_align - are offsets and length aligned?
 * @align: as a power of two
 * @off1: an offset
 * @off2: another
 * @len: the length
 *
 * Return: true if all are.
 */
static inline bool dmaengine_check_align(enum dmaengine_alignment align,
					 size_t off1, size_t off2, size_t len)
{
	const size_t low_bits = (1 << align) - 1;

	return ((off1 | off2 | len) & low_bits) == 0;
}

/**
 * is_dma_copy_aligned - can a device do this copy, as far as alignment goes?
 * @dev: the device
 * @off1: offset of one buffer in bytes
 * @off2: offset of the other
 * @len: bytes
 *
 * Return: true if so.
 */
static inline bool is_dma_copy_aligned(struct dma_device *dev, size_t off1,
				       size_t off2, size_t len)
{
	return dmaengine_check_align(dev->copy_align, off1, off2, len);
}

/**
 * is_dma_xor_aligned - can a device do this XOR, as far as alignment goes?
 * @dev: the device
 * @off1: offset of one buffer in bytes
 * @off2: offset of another
 * @len: bytes
 *
 * Return: true if so.
 */
static inline bool is_dma_xor_aligned(struct dma_device *dev, size_t off1,
				      size_t off2, size_t len)
{
	return dmaengine_check_align(dev->xor_align, off1, off2, len);
}

/**
 * is_dma_pq_aligned - can a device do this P+Q, as far as alignment goes?
 * @dev: the device
 * @off1: offset of one buffer in bytes
 * @off2: offset of another
 * @len: bytes
 *
 * Return: true if so.
 */
static inline bool is_dma_pq_aligned(struct dma_device *dev, size_t off1,
				     size_t off2, size_t len)
{
	return dmaengine_check_align(dev->pq_align, off1, off2, len);
}

/**
 * is_dma_fill_aligned - can a device do this fill, as far as alignment goes?
 * @dev: the device
 * @off1: offset of the buffer in bytes
 * @off2: 0, or another offset
 * @len: bytes
 *
 * Return: true if so.
 */
static inline bool is_dma_fill_aligned(struct dma_device *dev, size_t off1,
				       size_t off2, size_t len)
{
	return dmaengine_check_align(dev->fill_align, off1, off2, len);
}

/**
 * dma_set_maxpq - for providers: set the limit of sources of P+Q
 * @dma: the device
 * @maxpq: the limit
 * @has_pq_continue: the hardware goes on from an old P and Q by itself
 */
static inline void
dma_set_maxpq(struct dma_device *dma, int maxpq, int has_pq_continue)
{
	dma->max_pq = has_pq_continue ? maxpq | DMA_HAS_PQ_CONTINUE : maxpq;
}

/**
 * dmaf_continue - does an operation go on from an old P and Q?
 * @flags: its flags
 *
 * Return: true if so.
 */
static inline bool dmaf_continue(enum dma_ctrl_flags flags)
{
	return flags & DMA_PREP_CONTINUE;
}

/**
 * dmaf_p_disabled_continue - does it go on from an old Q alone?
 * @flags: its flags
 *
 * Return: true if so.
 */
static inline bool dmaf_p_disabled_continue(enum dma_ctrl_flags flags)
{
	return (flags & DMA_PREP_CONTINUE) && (flags & DMA_PREP_PQ_DISABLE_P);
}

/**
 * dma_dev_has_pq_continue - does the hardware go on from an old P and Q?
 * @dma: the device
 *
 * Return: true if so.
 */
static inline bool dma_dev_has_pq_continue(struct dma_device *dma)
{
	return dma->max_pq & DMA_HAS_PQ_CONTINUE;
}

/**
 * dma_dev_to_maxpq - limit of sources of P+Q
 * @dma: the device
 *
 * Return: the limit.
 */
static inline unsigned short dma_dev_to_maxpq(struct dma_device *dma)
{
	return dma->max_pq & ~DMA_HAS_PQ_CONTINUE;
}

/**
 * dma_maxpq - limit of new sources of one P+Q operation
 * @dma: the device
 * @flags: the operation's flags
 *
 * Hardware that cannot go on from an old P and Q is given them as sources,
 * which then are not there for new ones.  P takes {00} to be in P only; Q must
 * be in Q only, so it comes with {01}, and again with {00} to leave P as it was:
 * three.  Without P one is enough, Q with {01}.
 *
 * Return: the limit.
 */
static inline int dma_maxpq(struct dma_device *dma, enum dma_ctrl_flags flags)
{
	int taken = 0;

	if (dmaf_continue(flags) && !dma_dev_has_pq_continue(dma))
		taken = dmaf_p_disabled_continue(flags) ? 1 : 3;
	return dma_dev_to_maxpq(dma) - taken;
}

/**
 * dmaengine_get_icg - gap behind a chunk, on one side
 * @inc: the side's address advances
 * @sgl: the side follows @icg
 * @icg: the gap of both sides
 * @dir_icg: the gap of this side
 *
 * Return: bytes.
 */
static inline size_t
dmaengine_get_icg(bool inc, bool sgl, size_t icg, size_t dir_icg)
{
	if (!inc)
		return 0;
	if (dir_icg)
		return dir_icg;
	return sgl ? icg : 0;
}

/**
 * dmaengine_get_dst_icg - gap behind a chunk at the destination
 * @xt: the pattern
 * @chunk: the chunk
 *
 * Return: bytes.
 */
static inline size_t dmaengine_get_dst_icg(struct dma_interleaved_template *xt,
					   struct data_chunk *chunk)
{
	return dmaengine_get_icg(xt->dst_inc, xt->dst_sgl,
				 chunk->icg, chunk->dst_icg);
}

/**
 * dmaengine_get_src_icg - gap behind a chunk at the source
 * @xt: the pattern
 * @chunk: the chunk
 *
 * Return: bytes.
 */
static inline size_t dmaengine_get_src_icg(struct dma_interleaved_template *xt,
					   struct data_chunk *chunk)
{
	return dmaengine_get_icg(xt->src_inc, xt->src_sgl,
				 chunk->icg, chunk->src_icg);
}

/* Public channels */

#ifdef CONFIG_DMA_ENGINE
void dmaengine_get(void);
void dmaengine_put(void);
#else
static inline void dmaengine_get(void)
{
}

static inline void dmaengine_put(void)
{
}
#endif

/*
 * What async_tx made of them before it became the offload user (see
 * dma_offload.h); other clients use these names too.
 */
#ifdef CONFIG_ASYNC_TX_DMA
#define async_dmaengine_get()	dmaengine_get()
#define async_dmaengine_put()	dmaengine_put()
#ifndef CONFIG_ASYNC_TX_ENABLE_CHANNEL_SWITCH
#define async_dma_find_channel(type) dma_find_channel(DMA_ASYNC_TX)
#else
#define async_dma_find_channel(type) dma_find_channel(type)
#endif /* CONFIG_ASYNC_TX_ENABLE_CHANNEL_SWITCH */
#else
static inline void async_dmaengine_get(void)
{
}

static inline void async_dmaengine_put(void)
{
}

static inline struct dma_chan *
async_dma_find_channel(enum dma_transaction_type type)
{
	return NULL;
}
#endif /* CONFIG_ASYNC_TX_DMA */

void dma_async_tx_descriptor_init(struct dma_async_tx_descriptor *tx,
				  struct dma_chan *chan);

/**
 * async_tx_ack - the client is done with a descriptor
 * @tx: the descriptor; not to be touched again once complete
 */
static inline void async_tx_ack(struct dma_async_tx_descriptor *tx)
{
	tx->flags |= DMA_CTRL_ACK;
}

/**
 * async_tx_clear_ack - for providers: the client is not done with a descriptor
 * @tx: the descriptor
 */
static inline void async_tx_clear_ack(struct dma_async_tx_descriptor *tx)
{
	tx->flags &= ~DMA_CTRL_ACK;
}

/**
 * async_tx_test_ack - is the client done with a descriptor?
 * @tx: the descriptor
 *
 * Return: true if so.
 */
static inline bool async_tx_test_ack(struct dma_async_tx_descriptor *tx)
{
	return (tx->flags & DMA_CTRL_ACK) == DMA_CTRL_ACK;
}

/* Sets of capabilities: the macros take the set itself, not its address. */

#define dma_cap_set(tx, mask) __dma_cap_set((tx), &(mask))
static inline void
__dma_cap_set(enum dma_transaction_type tx_type, dma_cap_mask_t *dstp)
{
	set_bit(tx_type, dstp->bits);
}

#define dma_cap_clear(tx, mask) __dma_cap_clear((tx), &(mask))
static inline void
__dma_cap_clear(enum dma_transaction_type tx_type, dma_cap_mask_t *dstp)
{
	clear_bit(tx_type, dstp->bits);
}

#define dma_cap_zero(mask) __dma_cap_zero(&(mask))
static inline void __dma_cap_zero(dma_cap_mask_t *dstp)
{
	bitmap_zero(dstp->bits, DMA_TX_TYPE_END);
}

#define dma_has_cap(tx, mask) __dma_has_cap((tx), &(mask))
static inline int
__dma_has_cap(enum dma_transaction_type tx_type, dma_cap_mask_t *srcp)
{
	return test_bit(tx_type, srcp->bits);
}

#define for_each_dma_cap_mask(cap, mask) \
	for_each_set_bit(cap, (mask).bits, DMA_TX_TYPE_END)

/**
 * dma_async_issue_pending - start what has been submitted
 * @chan: the channel
 *
 * A client that submits several transactions in a row calls it once, after the
 * last: the doorbell is the expensive part.
 */
static inline void dma_async_issue_pending(struct dma_chan *chan)
{
	chan->device->device_issue_pending(chan);
}

/**
 * dma_async_is_tx_complete - ask for the state of a transaction
 * @chan: its channel
 * @cookie: its number
 * @last: where to put the last cookie that is complete, or NULL
 * @used: where to put the last cookie given out, or NULL
 *
 * With the two numbers the caller can judge other cookies of the channel by
 * dma_async_is_complete(), without asking the hardware again.
 *
 * Return: the state.
 */
static inline enum dma_status
dma_async_is_tx_complete(struct dma_chan *chan, dma_cookie_t cookie,
			 dma_cookie_t *last, dma_cookie_t *used)
{
	enum dma_status status;
	struct dma_tx_state now;

	status = chan->device->device_tx_status(chan, cookie, &now);
	if (used)
		*used = now.used;
	if (last)
		*last = now.last;
	return status;
}

/**
 * dma_async_is_complete - judge a cookie by two others
 * @cookie: the one in question
 * @last_complete: last cookie that is complete
 * @last_used: last cookie given out
 *
 * What is in progress lies behind @last_complete and not behind @last_used, on
 * a circle: the numbers start over.
 *
 * Return: %DMA_COMPLETE or %DMA_IN_PROGRESS.
 */
static inline enum dma_status
dma_async_is_complete(dma_cookie_t cookie, dma_cookie_t last_complete,
		      dma_cookie_t last_used)
{
	bool behind = cookie > last_complete, given_out = cookie <= last_used;
	bool pending;

	if (last_used < last_complete)
		pending = behind || given_out;
	else
		pending = behind && given_out;
	return pending ? DMA_IN_PROGRESS : DMA_COMPLETE;
}

/**
 * dma_set_tx_state - for providers: fill in a struct dma_tx_state
 * @st: which, or NULL
 * @last: last cookie that is complete
 * @used: last cookie given out
 * @residue: bytes to do
 */
static inline void
dma_set_tx_state(struct dma_tx_state *st, dma_cookie_t last, dma_cookie_t used, u32 residue)
{
	if (st) {
		st->residue = residue;
		st->used = used;
		st->last = last;
	}
}

#ifdef CONFIG_DMA_ENGINE
struct dma_chan *dma_find_channel(enum dma_transaction_type tx_type);
enum dma_status dma_sync_wait(struct dma_chan *chan, dma_cookie_t cookie);
enum dma_status dma_wait_for_async_tx(struct dma_async_tx_descriptor *tx);
void dma_issue_pending_all(void);
struct dma_chan *__dma_request_channel(const dma_cap_mask_t *mask,
				       dma_filter_fn fn, void *fn_param,
				       struct device_node *np);

struct dma_chan *dma_request_chan(struct device *dev, const char *name);
struct dma_chan *dma_request_chan_by_mask(const dma_cap_mask_t *mask);
struct dma_chan *devm_dma_request_chan(struct device *dev, const char *name);

void dma_release_channel(struct dma_chan *chan);
int dma_get_slave_caps(struct dma_chan *chan, struct dma_slave_caps *caps);
#else
static inline struct dma_chan *dma_find_channel(enum dma_transaction_type tx_type)
{
	return NULL;
}

static inline enum dma_status dma_sync_wait(struct dma_chan *chan, dma_cookie_t cookie)
{
	return DMA_COMPLETE;
}

static inline enum dma_status dma_wait_for_async_tx(struct dma_async_tx_descriptor *tx)
{
	return DMA_COMPLETE;
}

static inline void dma_issue_pending_all(void)
{
}

static inline struct dma_chan *__dma_request_channel(const dma_cap_mask_t *mask,
						     dma_filter_fn fn,
						     void *fn_param,
						     struct device_node *np)
{
	return NULL;
}

static inline struct dma_chan *dma_request_chan(struct device *dev,
						const char *name)
{
	return ERR_PTR(-ENODEV);
}

static inline struct dma_chan *dma_request_chan_by_mask(const dma_cap_mask_t *mask)
{
	return ERR_PTR(-ENODEV);
}

static inline struct dma_chan *devm_dma_request_chan(struct device *dev, const char *name)
{
	return ERR_PTR(-ENODEV);
}

static inline void dma_release_channel(struct dma_chan *chan)
{
}

static inline int dma_get_slave_caps(struct dma_chan *chan,
				     struct dma_slave_caps *caps)
{
	return -ENXIO;
}
#endif

/**
 * dmaengine_desc_set_reuse - keep a descriptor over its completion
 * @tx: the descriptor
 *
 * The client submits it again, each time after it has completed, and ends with
 * dmaengine_desc_free().
 *
 * Return: 0, -EPERM if the channel cannot, or what dma_get_slave_caps() returns.
 */
static inline int dmaengine_desc_set_reuse(struct dma_async_tx_descriptor *tx)
{
	struct dma_slave_caps caps;
	int err = dma_get_slave_caps(tx->chan, &caps);

	if (!err && !caps.descriptor_reuse)
		err = -EPERM;
	if (!err)
		tx->flags |= DMA_CTRL_REUSE;
	return err;
}

/**
 * dmaengine_desc_clear_reuse - let a descriptor go at its next completion
 * @tx: the descriptor
 */
static inline void dmaengine_desc_clear_reuse(struct dma_async_tx_descriptor *tx)
{
	tx->flags &= ~DMA_CTRL_REUSE;
}

/**
 * dmaengine_desc_test_reuse - is a descriptor kept over its completion?
 * @tx: the descriptor
 *
 * Return: true if so.
 */
static inline bool dmaengine_desc_test_reuse(struct dma_async_tx_descriptor *tx)
{
	return (tx->flags & DMA_CTRL_REUSE) == DMA_CTRL_REUSE;
}

/**
 * dmaengine_desc_free - give back a descriptor that was kept
 * @desc: the descriptor
 *
 * Return: 0, -EPERM if it was not kept, or the provider's errno.
 */
static inline int dmaengine_desc_free(struct dma_async_tx_descriptor *desc)
{
	return dmaengine_desc_test_reuse(desc) ? desc->desc_free(desc) : -EPERM;
}

/* For providers */

int dma_async_device_register(struct dma_device *device);
int dmaenginem_async_device_register(struct dma_device *device);
void dma_async_device_unregister(struct dma_device *device);
int dma_async_device_channel_register(struct dma_device *device,
				      struct dma_chan *chan,
				      const char *name);
void dma_async_device_channel_unregister(struct dma_device *device,
					 struct dma_chan *chan);
void dma_run_dependencies(struct dma_async_tx_descriptor *tx);

/**
 * dma_request_channel - get a channel of one's own, by capabilities
 * @mask: a &dma_cap_mask_t, not its address
 * @x: a &dma_filter_fn, or NULL
 * @y: its argument
 *
 * Return: the channel, or NULL.
 */
#define dma_request_channel(mask, x, y) \
	__dma_request_channel(&(mask), x, y, NULL)

/**
 * dma_request_slave_channel - get a slave channel by name
 * @dev: the client's device
 * @name: the name
 *
 * Obsolete: hides why there is none.  Use dma_request_chan().
 *
 * Return: the channel, or NULL.
 */
static inline struct dma_chan * __deprecated
dma_request_slave_channel(struct device *dev, const char *name)
{
	struct dma_chan *chan = dma_request_chan(dev, name);

	return IS_ERR(chan) ? NULL : chan;
}

/**
 * dma_request_slave_channel_compat - get a slave channel by name, else by filter
 * @mask: capabilities, for the second try
 * @fn: filter; without it, or without @fn_param, there is no second try
 * @fn_param: its argument
 * @dev: the client's device
 * @name: the name
 *
 * Return: the channel, or NULL.
 */
static inline struct dma_chan *
dma_request_slave_channel_compat(const dma_cap_mask_t mask,
				 dma_filter_fn fn, void *fn_param,
				 struct device *dev, const char *name)
{
	struct dma_chan *chan = dma_request_slave_channel(dev, name);

	if (!chan && fn && fn_param)
		chan = __dma_request_channel(&mask, fn, fn_param, NULL);
	return chan;
}

/**
 * dmaengine_get_direction_text - a direction in words, for messages
 * @dir: the direction
 *
 * Return: the words.
 */
static inline char *
dmaengine_get_direction_text(enum dma_transfer_direction dir)
{
	if (dir == DMA_MEM_TO_MEM)
		return "MEM_TO_MEM";
	if (dir == DMA_MEM_TO_DEV)
		return "MEM_TO_DEV";
	if (dir == DMA_DEV_TO_MEM)
		return "DEV_TO_MEM";
	return dir == DMA_DEV_TO_DEV ? "DEV_TO_DEV" : "invalid";
}

/**
 * dmaengine_get_dma_device - the device to map a channel's buffers for
 * @chan: a channel that is in use
 *
 * Return: the device.
 */
static inline struct device *dmaengine_get_dma_device(struct dma_chan *chan)
{
	return chan->dev->chan_dma_dev ? &chan->dev->device : chan->device->dev;
}

#endif /* LINUX_DMAENGINE_H */
