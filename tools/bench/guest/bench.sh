# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# One run of the benchmark module.
for module in async_memcpy async_memset async_xor async_pq async_raid6_recov; do
	modprobe $module 2>/dev/null
done
# What the boot leaves behind is over by then.
sleep 1
insmod /lib/bench/async_tx_bench.ko && rmmod async_tx_bench
