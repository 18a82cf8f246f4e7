# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Our I/OAT driver on the model of a device that can only copy and fill: private, it is there for
# who asks for a channel, while async_tx is loaded; public, it has its part in chains that
# cross to the software engine and back.
. /lib/test/lib.sh

counters=/sys/kernel/debug/async_tx/counters

load ioatdma || exit 1
load async_tx
is "said in the log" 1 "$(dmesg | grep -c 'ioatdma.*RAID is not offloaded')"
is "private" 0 "$(grep -c '^channel' /sys/kernel/debug/async_tx/status)"
dmatest_all copy
rmmod async_tx ioatdma || fail "unload ioatdma" "rmmod failed"

load ioatdma public=1
load dma-soft
load async_tx
load raid6test
rmmod raid6test
is "channels of both" "$(find /sys/class/dma/ -name 'dma*chan*' | wc -l)" \
	"$(grep -c '^channel.* of \(0000:\|dma-soft\)' /sys/kernel/debug/async_tx/status)"
verdict=$(torture simulated=0 seconds=5)
case $verdict in SUCCESS*) pass "chains" ;; *) fail "chains" "$verdict" ;; esac
crossings=$(dmesg | sed -n 's/.*torture: \([0-9]*\) crossings$/\1/p')
say "$crossings crossings"
[ "${crossings:-0}" -gt 100 ] || fail "crossings" "${crossings:-none}"
while read -r line; do say "$line"; done <$counters
for engine in 0000: dma-soft; do
	if [ "$(awk -v e="$engine" 'index($2, e) == 1 { sum += $3 } END { print sum + 0 }' $counters)" -gt 100 ]; then
		pass "operations on $engine"
	else
		fail "operations on $engine" "hardly any"
	fi
done
is "no parity on ioatdma" "" "$(awk '$2 ~ /^0000:/ && $1 != "memcpy" && $1 != "memset"' $counters)"
raid6test_end
if rmmod ioatdma dma-soft; then pass "unload"; else fail "unload" "rmmod failed"; fi
