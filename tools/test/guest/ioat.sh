# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Our I/OAT driver on the model of a device: what it finds (CAPS, as in sysfs), its
# self-tests, dmatest with KINDS on all CHANNELS, the conformance suite, UNBINDS unbindings
# from under dmatest, and raid6test, with async_tx's counters.  Interrupts come the way
# that STYLE says.
. /lib/test/lib.sh

driver=/sys/bus/pci/drivers/ioatdma

load ioatdma ioat_interrupt_style="$STYLE" || exit 1
is self-tests "" "$(dmesg | grep -m 1 'ioatdma.*self-test')"
is channels "$CHANNELS" "$(find /sys/class/dma/ -name 'dma*chan*' | wc -l)"
chan=$(readlink -f /sys/class/dma/dma0chan0)
is capabilities "$CAPS" "$(tr ' ' , <"$chan/quickdata/cap")"
say "version $(cat "$chan"/quickdata/version), $(cat "$chan"/quickdata/ring_size) descriptors"

# shellcheck disable=SC2046
dmatest_all $(echo "$KINDS" | tr , ' ')
load dmaengine-conformance engine=ioatdma && rmmod dmaengine-conformance

# Taken away while it works, and given back.
n=0
while [ $n -lt "$UNBINDS" ]; do
	dev=$(basename "$(readlink -f $driver/0000:*)")
	load dmatest iterations=0 timeout=60000 run=1 || break
	echo "$dev" >$driver/unbind
	rmmod dmatest
	echo "$dev" >$driver/bind || break
	n=$((n + 1))
done
is "unbound and bound $UNBINDS times" "$UNBINDS" $n
is "channels afterwards" "$CHANNELS" "$(find /sys/class/dma/ -name 'dma*chan*' | wc -l)"

raid6test raid6test
counters=/sys/kernel/debug/async_tx/counters
while read -r line; do say "$line"; done <$counters
for kind in xor pq pq_val 2data datap; do
	done=$(awk -v k=$kind '$1 == k && $2 ~ /^0000:/ { print $3 }' $counters)
	[ "${done:-0}" -gt 0 ] || fail "raid6test $kind on ioatdma" "no operation ran there"
done
raid6test_end

count=$(interrupts "ioat-$STYLE")
if [ "$count" -gt 100 ]; then pass "interrupts by $STYLE"; else fail "interrupts by $STYLE" "$count"; fi
say "$count interrupts by $STYLE"
is "nothing to report" "" "$(dmesg | grep -m 1 -E 'DMAR.*fault|ioatdma.*(error of|halted|progress|does not end)')"
if rmmod ioatdma; then pass "unload ioatdma"; else fail "unload ioatdma" "rmmod failed"; fi
