# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# The KUnit suites, which are modules: without an engine, then those of the API
# again with the software engine, with several channels, so that chains meet.
. /lib/test/lib.sh
# What is measured is looked at, too.
rm /etc/modprobe.conf

# What a suite leaves behind, such as handles that nobody acknowledged, is not
# to be there for the next.
api_suites()
{
	load async_tx_kunit && rmmod async_tx_kunit
	async_tx_end
}

load dmaengine-kunit && rmmod dmaengine-kunit
load dma-soft-kunit && rmmod dma-soft-kunit
rmmod dma-soft || fail "unload dma-soft" "rmmod failed after its suites"
load dma-sim-kunit && rmmod dma-sim-kunit
rmmod dma-sim || fail "unload dma-sim" "rmmod failed after its suites"
load ioat-kunit && rmmod ioat-kunit
rmmod ioatdma || fail "unload ioatdma" "rmmod failed after its suite"
load iop-kunit && rmmod iop-kunit
rmmod iop-adma || fail "unload iop-adma" "rmmod failed after its suite"
# On simulated engines, where the suite makes them, else on none.  Engines that
# stall are to be found out soon.
load async_tx stall_ms=50
api_suites
rmmod dma-sim || fail "unload dma-sim" "rmmod failed after its suites"

say "TEST prefix soft"
if load dma-soft channels=3; then
	api_suites
	if rmmod dma-soft; then pass "unload dma-soft"; else fail "unload dma-soft" "rmmod failed"; fi
fi
say "TEST prefix"
