# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Simulated engines as their user sees them: configfs, debugfs, sysfs, and the
# module parameter; and stock raid6test on two of them, of which neither can do
# all, with some faults if FAULTS names any, separated by commas; and once more
# while they are taken away from it.
. /lib/test/lib.sh

FAULTS=$(echo "$FAULTS" | tr , ' ')

# refused NAME VALUE FILE: writing it must fail
refused()
{
	if echo "$2" 2>/dev/null >"$3"; then fail "$1" "'$2' was taken"; else pass "$1"; fi
}

# counter FILE NAME...: the number behind these words
counter()
{
	file=$1
	shift
	sed -n "s/^$* //p" "$file" | cut -d ' ' -f 1
}

# raid6_again: what a run of raid6test says, and nothing that an earlier one said
raid6_again()
{
	dmesg -c >/dev/null
	modprobe raid6test
	dmesg | sed -n 's/.*raid6test: complete //p' | grep . || echo 'it did not come to its end'
	rmmod raid6test
}

load dma-sim || exit 1
mkdir -p /sys/kernel/config
mount -t configfs none /sys/kernel/config
cd /sys/kernel/config/dma-sim || exit 1
driver=/sys/bus/platform/drivers/dma-sim

# Parameters.
mkdir a
is "default kinds" "memcpy xor pq xor_val pq_val memset interrupt" "$(cat a/kinds)"
echo "xor, memcpy" >a/kinds
is "kinds" "memcpy xor" "$(cat a/kinds)"
echo 64 >a/xor_align
is "alignment in bytes" 64 "$(cat a/xor_align)"
echo 7 >a/max_xor
is "max_xor" 7 "$(cat a/max_xor)"
refused "unknown kind" "cyclic" a/kinds
refused "odd alignment" 3 a/copy_align
refused "no number" x a/ring
echo 65 >a/channels
refused "too many channels" 1 a/live
echo 2 >a/channels
is "no device yet" "" "$(cat a/dev_name)"
is "not live" 0 "$(cat a/live)"

# Life.
echo 1 >a/live
is "live" 1 "$(cat a/live)"
dev=$(cat a/dev_name)
is "channels in sysfs" 2 "$(find /sys/class/dma/ -name 'dma*chan*' -exec readlink -f {} \; | grep -c "/$dev/")"
refused "change while live" 8 a/max_xor
refused "live twice" 1 a/live
echo "$dev" >$driver/unbind
is "unbound" 0 "$(find /sys/class/dma/ -name 'dma*chan*' -exec readlink -f {} \; | grep -c "/$dev/")"
echo "$dev" >$driver/bind
is "bound" 2 "$(find /sys/class/dma/ -name 'dma*chan*' -exec readlink -f {} \; | grep -c "/$dev/")"
refused "unknown fault" "explode" a/fault
refused "unknown option" "stall at=3" a/fault
refused "fault of mapping without iova" "refuse_map" a/fault
echo "fail_end nth=5 result=aborted" >a/fault
is "fault" "fail_end nth=5 every=0 ppm=0 times=0 result=aborted delay_ms=0" "$(cat a/fault)"
echo clear >/sys/kernel/debug/dma-sim/"$dev"/fault
is "faults cleared" "" "$(cat a/fault)"
is "fault injection" 11 "$(find /sys/kernel/debug/dma-sim/"$dev" -name probability | wc -l)"
if rmmod dma-sim 2>/dev/null; then fail "a directory keeps the module" "rmmod succeeded"; else pass "a directory keeps the module"; fi
echo 0 >a/live
is "not live any more" "" "$(cat a/dev_name)"
echo 1 >a/live
rmdir a
is "removed while live" 0 "$(find /sys/bus/platform/devices/ -name 'dma-sim.*' | wc -l)"

# Two engines of different abilities, under all of the RAID-6 recoveries.
mkdir x y
echo "xor xor_val interrupt" >x/kinds
echo "memcpy pq pq_val" >y/kinds
echo 4 >x/max_xor
echo 8 >y/max_pq
for e in x y; do
	[ "$IOVA" = 0 ] || echo 1 >$e/iova
	echo 2 >$e/channels
	echo 1 >$e/live
	for f in $FAULTS; do echo "$f ppm=20000" >$e/fault; done
done
raid6test "raid6test on two engines"
for e in x y; do
	while read -r line; do say "$e $line"; done <$e/counters
	is "rules kept on $e" "" "$(sed -n '/^violation/{/ 0$/!p}' $e/counters)"
	is "nothing left mapped on $e" 0 "$(counter $e/counters mapped)"
	for f in $FAULTS; do
		if [ "$(counter $e/counters fault "$f")" -gt 0 ]; then
			pass "$f on $e"
		else
			fail "$f on $e" "it never happened"
		fi
	done
done
for op in "x xor" "y pq" "y pq_val"; do
	if [ "$(counter "${op% *}/counters" ops "${op#* }")" -gt 0 ]; then
		pass "operations: $op"
	else
		fail "operations: $op" "none"
	fi
done
raid6test_end
rmdir x y
cd /
if rmmod dma-sim; then pass "unload dma-sim"; else fail "unload dma-sim" "rmmod failed"; fi

# Engines of the module itself, while they are at work: unbound and bound,
# pulled out, and unloaded.
if load dma-sim "engines=one:kinds=memcpy,xor:iova=$IOVA:delay_ns=5000;two:kinds=pq,pq_val:iova=$IOVA:delay_ns=5000"; then
	rm -f /tmp/enough /tmp/ended
	while [ ! -e /tmp/enough ]; do raid6_again >>/tmp/ended; done &
	job=$!
	cycles=0
	while [ $cycles -lt 12 ]; do
		for dev in dma-sim.0 dma-sim.1; do
			if [ $((cycles % 4)) -eq 2 ]; then
				echo vanish >/sys/kernel/debug/dma-sim/$dev/fault
				sleep 0.1
			fi
			echo $dev >$driver/unbind
			echo $dev >$driver/bind
		done
		cycles=$((cycles + 1))
	done
	for dev in dma-sim.0 dma-sim.1; do
		is "rules kept on $dev" "" "$(sed -n '/^violation/{/ 0$/!p}' /sys/kernel/debug/dma-sim/$dev/counters)"
		say "$dev vanished $(counter /sys/kernel/debug/dma-sim/$dev/counters fault vanish) times"
		[ "$(grep -c '^ops .* [1-9]' /sys/kernel/debug/dma-sim/$dev/counters)" -gt 0 ] || fail "operations: $dev" "none"
	done
	begin=$(cut -d . -f 1 /proc/uptime)
	if rmmod dma-sim && [ $(($(cut -d . -f 1 /proc/uptime) - begin)) -le 5 ]; then
		pass "unload dma-sim at work"
	else
		fail "unload dma-sim at work" "rmmod failed or took long"
	fi
	touch /tmp/enough
	wait $job
	say "raid6test came to its end $(wc -l </tmp/ended) times"
	is "raid6test on engines that come and go" "(2429 tests, 0 failures)" "$(sort -u /tmp/ended)"
	async_tx_end
fi

# What the parameter says.
if load dma-sim "engines=one:kinds=xor:channels=2;two"; then
	is "engines by parameter" 2 "$(find /sys/bus/platform/devices/ -name 'dma-sim.*' | wc -l)"
	rmmod dma-sim || fail "unload dma-sim with engines" "rmmod failed"
fi
if modprobe dma-sim engines=one:bones=2 2>/dev/null; then
	fail "wrong parameter" "it was taken"
else
	pass "wrong parameter"
fi
