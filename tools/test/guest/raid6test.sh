# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# The stock raid6test module, on the CPU (ENGINE=none) or on the software engine.
. /lib/test/lib.sh

counters=/sys/kernel/debug/async_tx/counters

[ "$ENGINE" = none ] || load dma-soft || exit 1
raid6test "raid6test on $ENGINE"

# That the engine took part is counted, not supposed.
if [ "$ENGINE" != none ]; then
	for kind in xor pq pq_val 2data datap; do
		done=$(awk -v k=$kind '$1 == k && $2 == "dma-soft" { print $3 }' $counters)
		if [ "${done:-0}" -gt 0 ]; then
			pass "raid6test $kind on dma-soft"
		else
			fail "raid6test $kind on dma-soft" "no operation ran there"
		fi
	done
fi
while read -r line; do say "$line"; done <$counters
raid6test_end
[ "$ENGINE" = none ] || rmmod dma-soft || fail "unload dma-soft" "rmmod failed"
