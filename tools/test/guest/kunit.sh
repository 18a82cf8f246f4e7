# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# The KUnit suites, which are modules: without an engine, then those of the API
# again with the software engine.
. /lib/test/lib.sh

checkpoint
load dmaengine-kunit && rmmod dmaengine-kunit
load dma-soft-kunit && rmmod dma-soft-kunit
load async_tx_kunit && rmmod async_tx_kunit

say "TEST prefix soft"
if load dma-soft; then
	load async_tx_kunit && rmmod async_tx_kunit
	rmmod async_raid6_recov async_pq async_xor async_memcpy async_memset async_tx 2>/dev/null
	if rmmod dma-soft; then pass "unload dma-soft"; else fail "unload dma-soft" "rmmod failed"; fi
fi
say "TEST prefix"
leaks
