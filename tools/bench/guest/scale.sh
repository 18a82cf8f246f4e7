# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# How the cost of an operation grows, MODE being with what:
#
#	cpus      1 to 8 CPUs that submit, on the CPU path and on engines that do nothing
#	channels  1 to 1024 channels
#	possible  what these themselves cost
#	memory    what an operation in flight takes
#	stores-cpu, stores-engines   four CPUs that submit, while QEMU looks at what they write
# What an engine costs is asked for, not whether it pays.
echo 'options async_tx weigh=0' >/etc/modprobe.conf
for module in /lib/modules/*/*.ko; do
	modprobe "$(basename "$module" .ko)"
done
null=/sys/module/bench_null/parameters
phase() { echo "<6>bench-phase $1" >/dev/kmsg; }
measure() { insmod /lib/bench/bench_scale.ko "$@" && rmmod bench_scale; }
sleep 1

set -e
case $MODE in
cpus)
	phase "CPU path"
	for n in 1 2 4 8; do measure threads=$n; done
	insmod /lib/bench/bench_null.ko
	phase channels
	echo 8 >$null/channels
	phase engines
	for n in 1 2 4 8; do measure threads=$n; done
	;;
channels | possible)
	echo "bench-possible $(cat /sys/devices/system/cpu/possible)"
	insmod /lib/bench/bench_null.ko
	for n in 1 16 256 1024; do
		phase channels
		echo $n >$null/channels
		[ "$MODE" = channels ] || continue
		phase "$n channels"
		measure threads=1
	done
	;;
memory)
	insmod /lib/bench/bench_null.ko ring=8192
	phase channels
	echo 1 >$null/channels
	echo 1 >$null/hold
	# Nothing is to be concluded from an engine that stands still.
	[ ! -e /sys/module/async_tx/parameters/stall_ms ] || echo 0 >/sys/module/async_tx/parameters/stall_ms
	phase memory
	cat /proc/slabinfo >/tmp/slabs
	insmod /lib/bench/bench_scale.ko inflight=8000
	# Of what: caches that have grown by an object for each two operations at least
	awk 'NR == FNR { had[$1] = $2; next } $2 - had[$1] > 4000 { print "bench-slab", $1, $2 - had[$1], "of", $4, "bytes" }' \
		/tmp/slabs /proc/slabinfo
	echo 0 >$null/hold
	rmmod bench_scale
	;;
stores-*)
	if [ "$MODE" = stores-engines ]; then
		insmod /lib/bench/bench_null.ko
		phase channels
		echo 4 >$null/channels
	fi
	phase stores
	insmod /lib/bench/bench_scale.ko threads=4 rounds=16 relax=1
	# Where the code is, for who looks.
	sed -n 's/^\([0-9a-f]*\) [tT] \(.*\)\t\[.*/bench-symbol \1 \2/p' /proc/kallsyms
	;;
esac
