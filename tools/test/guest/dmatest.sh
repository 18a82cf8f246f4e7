# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# The stock dmatest module: every kind of operation that it knows, on every
# channel of the software engine.
. /lib/test/lib.sh

load dma-soft channels=2 || exit 1
dmatest_all copy set xor pq
rmmod dma-soft || fail "unload dma-soft" "rmmod failed"
