# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# One run of the benchmark module.
for module in /lib/modules/*/*.ko; do
	modprobe "$(basename "$module" .ko)"
done
# What the boot leaves behind is over by then.
sleep 1
insmod /lib/bench/async_tx_bench.ko && rmmod async_tx_bench
