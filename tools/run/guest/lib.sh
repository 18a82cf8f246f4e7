# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# What the jobs share inside the guest.  A job reports on the second serial line, where no
# kernel message comes in between; tools/run/show explains the lines.  All else goes to the
# console, which the host keeps.

. /etc/params

PATH=/lib/job:$PATH

exec 3>/dev/ttyS1
stty -F /dev/ttyS1 raw

debugfs=/sys/kernel/debug/async_tx
in_step=

# now: the time since boot in hundredths of a second
now()
{
	read -r up _ </proc/uptime
	echo "${up%.*}${up#*.}"
}

report() { echo "$1|$(now)|$2" >&3; }
progress() { report progress "$1"; }

step()
{
	in_step=1
	echo "--- $1"
	report step "$1"
}

ok()
{
	in_step=
	report ok "${1:-}"
}

# fail WHAT: ends the step and the job
fail()
{
	echo "FAILED: $1"
	# For whoever reads the log: what is under way, and where.
	cat /sys/kernel/debug/async_tx/status /sys/kernel/debug/async_tx/ops /proc/mdstat || :
	report fail "$1"
	in_step=
	exit 1
}

# A command that fails ends the job through set -e; the step that it was in must not look
# unfinished.
trap '[ ! "$in_step" ] || report fail "a command failed; its message is in the console log"' EXIT

drop_caches()
{
	sync
	echo 3 >/proc/sys/vm/drop_caches
}

# with_progress COMMAND...: calls COMMAND... every second while the background job $! runs, then
# gives the status of that job.
with_progress()
{
	job=$!
	while kill -0 "$job" 2>/dev/null; do
		progress "$("$@")"
		sleep 1
	done
	wait "$job"
}

# This is to see engines at work, whether or not that pays on an emulated CPU.
echo "options async_tx weigh=0" >/etc/modprobe.conf

# load MODULE: loads it, unless it is built in, with what the kernel's command line says for it
# as MODULE.PARAMETER=VALUE
load()
{
	name=$(echo "$1" | tr - _)
	[ ! -d "/sys/module/$name" ] || return 0
	parameters=$(tr ' ' '\n' </proc/cmdline | sed -n "s/^$name\.//p")
	echo "modprobe $1" $parameters
	# shellcheck disable=SC2086
	modprobe "$1" $parameters || fail "the module $1 does not load"
}

# load_disks: makes the ram disks, as the command line says
load_disks()
{
	load brd
	[ "$(($(cat "/sys/block/ram$((DISKS - 1))/size") / 2))" = "$DISK_KIB" ] ||
		fail "there are no $DISKS ram disks of $DISK_KIB KiB"
}

case $ENGINE in
soft) engine_module=dma-soft ;;
ioat) engine_module=ioatdma ;;
iop) engine_module=iop-adma ;;
esac

# load_engine: brings the engine that the user asked for into the kernel
load_engine()
{
	case $ENGINE in
	soft | ioat | iop)
		[ "$ENGINE" != iop ] || load iop-adma-pci
		load "$engine_module"
		for d in /sys/class/dma/*; do
			[ -e "$d" ] || fail "$engine_module registered no channel"
		done ;;
	sim)
		load dma-sim
		mount -t configfs configfs /sys/kernel/config 2>/dev/null || :
		# Neither can do all that a RAID needs.
		make_sim sim-a kinds="memcpy pq xor_val" max_pq=4 iova="$SIM_IOVA"
		make_sim sim-b kinds="memcpy xor pq_val" max_xor=4 iova="$SIM_IOVA" ;;
	none) ;;
	esac
	load async_tx
	load raid456
	[ -r $debugfs/counters ] || fail "the kernel has no $debugfs/counters"
	echo 1 >$debugfs/reset
}

# reload_engine: takes the engine away from a file system that is written to, and brings it back.
# Sets took, the time until it was gone: 5 s at most.
reload_engine()
{
	(
		trap - EXIT
		while [ ! -e /tmp/load-off ]; do
			dd if=/dev/zero of=/mnt/load bs=64k count=64 conv=fsync 2>/dev/null
			echo >/tmp/load-on
		done
	) &
	load=$!
	until [ -e /tmp/load-on ]; do sleep .1; done
	began=$(now)
	rmmod $engine_module || fail "the engine cannot be unloaded"
	hundredths=$(($(now) - began))
	took=$((hundredths / 100)).$(printf %02d $((hundredths % 100)))' s'
	[ $hundredths -le 500 ] || fail "unloading the engine took $took"
	load $engine_module
	: >/tmp/load-off
	wait "$load"
	rm /mnt/load
}

# make_sim NAME PARAMETER=VALUE...: makes a simulated engine
make_sim()
{
	dir=/sys/kernel/config/dma-sim/$1
	mkdir "$dir"
	shift
	for p; do echo "${p#*=}" >"$dir/${p%%=*}"; done
	echo 1 >"$dir/live"
}

# start_faults: from now on simulated engines fail at random, and once a second one after the
# other is unbound and bound again
start_faults()
{
	for dir in /sys/kernel/config/dma-sim/*/; do
		for class in fail_before fail_middle fail_end lose_irq refuse_prep; do
			echo "$class ppm=1000" >"$dir/fault"
		done
		echo "stall ppm=100" >"$dir/fault"
	done
	echo 50 >/sys/module/async_tx/parameters/stall_ms
	(
		trap - EXIT
		cd /sys/bus/platform/drivers/dma-sim
		n=0
		while [ ! -e /tmp/faults-off ]; do
			for d in dma-sim.*; do
				sleep 1
				echo "$d" >unbind
				echo "$d" >bind
				n=$((n + 1))
			done
		done
		echo $n >/tmp/rebinds
	) &
	faults=$!
}

# stop_faults: the end of that; says what happened, and that no rule of the DMA API was broken
stop_faults()
{
	: >/tmp/faults-off
	wait "$faults"
	echo "unbound and bound: $(cat /tmp/rebinds) times"
	for dir in /sys/kernel/config/dma-sim/*/; do
		echo clear >"$dir/fault"
		sed "s,^,${dir%/}: ,; s,.*/,," "$dir/counters"
		bad=$(awk '$1 == "violation" { n += $3 } END { print n + 0 }' "$dir/counters")
		[ "$bad" = 0 ] || fail "$bad violations of the DMA API's rules, see the console log"
	done
}

# start_nomem: from now on, whatever async_tx allocates without being able to wait fails
start_nomem()
{
	for cache in async_tx_op async_tx_op_big; do
		echo 1 >/sys/kernel/slab/$cache/failslab
	done
	cd /sys/kernel/debug/failslab
	echo Y >cache-filter
	echo Y >ignore-gfp-wait
	echo 0 >verbose
	echo 2000000000 >times
	echo 100 >probability
	cd /
}

# stop_nomem: the end of that; says how often it happened
stop_nomem()
{
	echo 0 >/sys/kernel/debug/failslab/probability
	n=$((2000000000 - $(cat /sys/kernel/debug/failslab/times)))
	echo "allocations that failed: $n"
	cat $debugfs/status
	[ $n -gt 1000 ] || fail "only $n allocations failed"
	grep -q no-memory $debugfs/status || fail "no operation had to do without memory"
}

# live_ops: the operations that have not ended.  What a client never acknowledged is reaped with
# a delay, so wait a while.
live_ops()
{
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		n=$(sed 1d $debugfs/ops | grep -vc '^#') || :
		[ "$n" -gt 0 ] || break
		sleep 1
	done
	echo "$n"
}

no_live_ops()
{
	n=$(live_ops)
	if [ "$n" -gt 0 ]; then
		cat $debugfs/ops
		fail "$n operations have not ended; they are listed in the console log"
	fi
}

# no_leaks: what kmemleak, where the kernel has it, finds on two scans
no_leaks()
{
	[ -w /sys/kernel/debug/kmemleak ] || return 0
	for _ in 1 2; do
		echo scan >/sys/kernel/debug/kmemleak
		sleep 5
	done
	[ ! -s /sys/kernel/debug/kmemleak ] || {
		cat /sys/kernel/debug/kmemleak
		fail "kmemleak reports leaks; they are listed in the console log"
	}
}

# counters: hands the counters to the host
counters()
{
	sed 's/^/counter|0|/' $debugfs/counters >&3
	sed -n 's/^crossings /crossings|0|/p' $debugfs/status >&3
}
