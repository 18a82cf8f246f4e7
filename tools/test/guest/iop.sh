# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Our driver of the I/O processors' units on the model of a function that has three: each
# with what it can do and no more, dmatest on all of them, the conformance suite, UNBINDS
# unbindings from under dmatest, and raid6test, with async_tx's counters.  Interrupts come
# the way that STYLE says.
. /lib/test/lib.sh
. /lib/test/monitor.sh

driver=/sys/bus/platform/drivers/iop-adma

load iop-adma-pci || exit 1
load iop-adma || exit 1
is "units" 3 "$(find $driver/ -name 'iop*.*' | wc -l)"
is "channels" 3 "$(find /sys/class/dma/ -name 'dma*chan*' | wc -l)"
for unit in "iop3xx-dma:IOP3xx DMA" "iop3xx-aau:IOP3xx application" "iop13xx-adma:IOP13xx ADMA"; do
	is "${unit%%:*} is found" 1 "$(dmesg | grep -c "${unit%%:*}.*: ${unit#*:}")"
done

is "self-tests" "" "$(dmesg | grep -m 1 'iop.*self-test')"

# chan UNIT: the name of its channel
chan() { basename "$(readlink -f $driver/"$1".*/dma/dma*)"; }

# Each kind on those that have it; dmatest leaves alone what has it not.
dma=$(chan iop3xx-dma) aau=$(chan iop3xx-aau) adma=$(chan iop13xx-adma)
say "channels: $dma $aau $adma"
ONLY="$dma $adma" dmatest_all copy
ONLY="$aau $adma" dmatest_all set xor
ONLY="$adma" dmatest_all pq

load dmaengine-conformance engine=iop-adma && rmmod dmaengine-conformance

# Taken away while they work, and given back: one after the other, and all at once.
n=0
while [ $n -lt "$UNBINDS" ]; do
	load dmatest iterations=0 timeout=60000 run=1 || break
	for unit in $driver/iop*.*; do
		unit=$(basename "$unit")
		echo "$unit" >$driver/unbind
		echo "$unit" >$driver/bind || break 2
	done
	name=$(basename "$DEVICE")
	echo "$name" >/sys/bus/pci/drivers/iop-adma-pci/unbind
	rmmod dmatest
	echo "$name" >/sys/bus/pci/drivers/iop-adma-pci/bind || break
	n=$((n + 1))
done
is "unbound and bound $UNBINDS times" "$UNBINDS" $n
is "channels afterwards" 3 "$(find /sys/class/dma/ -name 'dma*chan*' | wc -l)"

raid6test raid6test
counters=/sys/kernel/debug/async_tx/counters
while read -r line; do say "$line"; done <$counters
for kind in xor pq pq_val 2data datap; do
	done=$(awk -v k=$kind '$1 == k && $2 ~ /^iop/ { sum += $3 } END { print sum + 0 }' $counters)
	if [ "$done" -gt 0 ]; then pass "raid6test $kind on units"; else fail "raid6test $kind on units" "none"; fi
done
raid6test_end

for unit in dma aau adma; do
	n=$(device executed-$unit)
	say "$unit: $n descriptors"
	[ "$n" -gt 100 ] || fail "descriptors on $unit" "$n"
done
say "appended $(device appended), resumed $(device resumed), $(device irqs) interrupts by $STYLE"
[ "$(device appended)" -gt 0 ] || fail "append" "nothing was appended to a chain under way"
[ "$(device resumed)" -gt 0 ] || fail "resume" "no chain went on behind its end"
is "violations" 0 "$(device violations)"
is "interrupts by $STYLE" "$VECTORS" "$(awk '/iop/ { print $1 }' /proc/interrupts | sort -u | wc -l)"
is "nothing to report" "" "$(dmesg | grep -m 1 -E 'iop.*(error of|stopped|progress|does not stop)')"
if rmmod iop-adma-pci iop-adma; then pass "unload"; else fail "unload" "rmmod failed"; fi
