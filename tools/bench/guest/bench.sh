# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# One run of the benchmark module: PART is cpu, or engine, for which there is an emulated
# Intel I/OAT device.
for module in /lib/modules/*/*.ko; do
	modprobe "$(basename "$module" .ko)"
done
# What the boot leaves behind is over by then.
sleep 1
offload=0
[ "$PART" = cpu ] || offload=1
insmod /lib/bench/async_tx_bench.ko offload=$offload && rmmod async_tx_bench
awk '$NF ~ /^ioat-/ { for (i = 2; i < NF; i++) if ($i ~ /^[0-9]+$/) sum += $i } END { print "bench-interrupts " sum + 0 }' /proc/interrupts
