// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmaengine core: metadata of descriptors
 */
#include <linux/export.h>

#include "internal.h"

/* The first call of a client decides on the mode of the descriptor. */
static int metadata_set_mode(struct dma_async_tx_descriptor *desc,
			     enum dma_desc_metadata_mode mode)
{
	if (desc->desc_metadata_mode == mode)
		return 0;
	if (desc->desc_metadata_mode != DESC_METADATA_NONE)
		return -EINVAL;
	if (!dmaengine_is_metadata_mode_supported(desc->chan, mode))
		return -ENOTSUPP;
	desc->desc_metadata_mode = mode;
	return 0;
}

/**
 * dmaengine_desc_attach_metadata - have metadata in a buffer of the client's
 * @desc: the descriptor, not yet submitted
 * @data: the buffer; it must stay until the transaction is complete
 * @len: its bytes
 *
 * Return: 0; -EINVAL without a descriptor or if it is in the other mode,
 *	-ENOTSUPP if the provider does not know this mode, or its errno.
 */
int dmaengine_desc_attach_metadata(struct dma_async_tx_descriptor *desc,
				   void *data, size_t len)
{
	int err;

	if (!desc)
		return -EINVAL;
	err = metadata_set_mode(desc, DESC_METADATA_CLIENT);
	if (!err && !(desc->metadata_ops && desc->metadata_ops->attach))
		err = -ENOTSUPP;
	return err ?: desc->metadata_ops->attach(desc, data, len);
}
EXPORT_SYMBOL_GPL(dmaengine_desc_attach_metadata);

/**
 * dmaengine_desc_get_metadata_ptr - where a provider keeps metadata
 * @desc: the descriptor
 * @payload_len: set to how many bytes are valid
 * @max_len: set to how many there may be
 *
 * Return: the place, good until the completion callback has returned; or -EINVAL
 *	without a descriptor or if it is in the other mode, -ENOTSUPP if the
 *	provider does not know this mode, or its errno.
 */
void *dmaengine_desc_get_metadata_ptr(struct dma_async_tx_descriptor *desc,
				      size_t *payload_len, size_t *max_len)
{
	int err;

	if (!desc)
		return ERR_PTR(-EINVAL);
	err = metadata_set_mode(desc, DESC_METADATA_ENGINE);
	if (!err && !(desc->metadata_ops && desc->metadata_ops->get_ptr))
		err = -ENOTSUPP;
	return err ? ERR_PTR(err) :
		     desc->metadata_ops->get_ptr(desc, payload_len, max_len);
}
EXPORT_SYMBOL_GPL(dmaengine_desc_get_metadata_ptr);

/**
 * dmaengine_desc_set_metadata_len - say how much metadata the client has written
 * @desc: the descriptor, not yet submitted
 * @payload_len: bytes
 *
 * Return: 0; -EINVAL without a descriptor or if it is in the other mode,
 *	-ENOTSUPP if the provider does not know this mode, or its errno.
 */
int dmaengine_desc_set_metadata_len(struct dma_async_tx_descriptor *desc,
				    size_t payload_len)
{
	int err;

	if (!desc)
		return -EINVAL;
	err = metadata_set_mode(desc, DESC_METADATA_ENGINE);
	if (!err && !(desc->metadata_ops && desc->metadata_ops->set_len))
		err = -ENOTSUPP;
	return err ?: desc->metadata_ops->set_len(desc, payload_len);
}
EXPORT_SYMBOL_GPL(dmaengine_desc_set_metadata_len);
