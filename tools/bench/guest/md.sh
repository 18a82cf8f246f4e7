# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# A RAID-6 of DISKS ram disks: sequential and random writes, a check, a rebuild, with each number of
# md's group threads in GROUPS_OF_THREADS (separated by commas); ENGINE is soft, none, or slow: a
# simulated one that takes longer for everything than the CPU.  With ONLY=1 nothing but sequential
# writes; with SAMPLES=1 these, and where the time goes.
#
# "md|what|group threads|KiB a second", or operations a second for random writes
set -e
md=/sys/block/md0/md

row() { echo "<6>md|$1|$2|$3" >/dev/kmsg; }

case $ENGINE in
soft) modprobe dma-soft ;;
slow) modprobe dma-sim engines=slow:delay_kib_ns=50000:offload_always=0 ;;
esac
modprobe brd
for module in async_memcpy async_xor async_pq async_raid6_recov raid456; do modprobe $module; done
disks=
n=0
while [ $n -lt "$DISKS" ]; do
	disks="$disks /dev/ram$n"
	# A ram disk takes its memory when it is first written.
	dd if=/dev/zero of=/dev/ram$n bs=1M 2>/dev/null || :
	n=$((n + 1))
done

create()
{
	# Zeros are in sync with zeros.
	# shellcheck disable=SC2086
	mdadm --quiet --create /dev/md0 --run --assume-clean --level=6 --chunk=64 --metadata=1.2 --raid-devices="$DISKS" $disks
	echo 4096 >$md/stripe_cache_size
	echo "$1" >$md/group_thread_cnt
	echo 4000000 >$md/sync_speed_max
	echo 2000000 >$md/sync_speed_min
}

# write NAME FIELD OPTION...: fio for a while; FIELD of its terse output
write()
{
	name=$1 field=$2
	shift 2
	LD_PRELOAD=/lib/bench/shm.so fio --name="$name" --filename=/dev/md0 --direct=1 --ioengine=libaio --time_based \
		--runtime="$SECONDS_EACH" --minimal "$@" >/tmp/fio
	row "$name" "$threads" "$(tail -n 1 /tmp/fio | cut -d';' -f "$field")"
}

idle() { while [ "$(cat $md/sync_action)" != idle ]; do sleep 0.02; done; }

# sync NAME: speed of what md does now, from its own messages
sync_speed()
{
	idle
	dmesg | sed 's/^.*\[ *\([0-9.]*\)\]/\1/' | awk -v kib="$(($(cat $md/component_size)))" '
		/md: [a-z-]+ of RAID array/ { began = $1 }
		/md: md0: [a-z-]+ done/ { ended = $1 }
		END { if (ended > began) printf "%d\n", kib / (ended - began); else print "-" }'
}

for threads in $(echo "$GROUPS_OF_THREADS" | tr , ' '); do
	create "$threads"
	if [ "${SAMPLES:-}" ]; then
		insmod /lib/bench/bench_sample.ko
		echo 1 >/sys/module/bench_sample/parameters/on
	fi
	write "sequential write" 48 --rw=write --bs=1M --iodepth=4
	[ ! "${SAMPLES:-}" ] || echo 0 >/sys/module/bench_sample/parameters/on
	if [ ! "${SAMPLES:-}${ONLY:-}" ]; then
		write "random write" 49 --rw=randwrite --bs=4k --iodepth=32
		dmesg -c >/dev/null
		echo check >$md/sync_action
		row check "$threads" "$(sync_speed)"
		[ "$(cat $md/mismatch_cnt)" = 0 ] || { echo "mismatch_cnt is $(cat $md/mismatch_cnt)"; exit 1; }
		mdadm --quiet /dev/md0 --fail /dev/ram1
		mdadm --quiet /dev/md0 --remove /dev/ram1
		mdadm --quiet --zero-superblock /dev/ram1
		dmesg -c >/dev/null
		mdadm --quiet /dev/md0 --add /dev/ram1
		while [ "$(cat $md/degraded)" != 0 ]; do sleep 0.02; done
		row rebuild "$threads" "$(sync_speed)"
	fi
	mdadm --quiet --stop /dev/md0
done
[ ! -e /sys/kernel/debug/async_tx/counters ] || sed 's/^/bench-counter /' /sys/kernel/debug/async_tx/counters
