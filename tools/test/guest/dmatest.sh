# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# The stock dmatest module: every kind of operation that it knows, on every
# channel of the software engine.  async_tx is not loaded: dmatest finds no
# free channel where it is.
. /lib/test/lib.sh

# dmatest_run MODE: 0 memcpy, 1 memset; xor and pq run in both
dmatest_run()
{
	load dmatest dmatest="$1" iterations="$ITERATIONS" timeout=60000 norandom=0 run=1 wait=1
	cat /sys/module/dmatest/parameters/wait >/dev/null
	rmmod dmatest
}

load dma-soft channels=2 || exit 1
channels=
for channel in /sys/class/dma/*; do channels="$channels ${channel##*/}"; done
[ -n "$channels" ] || fail dmatest "dma-soft has no channel"

dmesg -c >/dev/null
dmatest_run 0
dmatest_run 1
dmesg >/tmp/log
for channel in $channels; do
	for kind in copy set xor pq; do
		summary=$(sed -n "s/.*dmatest: $channel-$kind[0-9]*: summary \(.*\)/\1/p" /tmp/log | head -n 1)
		case $summary in
		"$ITERATIONS tests, 0 failures"*) pass "dmatest $channel $kind" ;;
		'') fail "dmatest $channel $kind" "it did not run" ;;
		*) fail "dmatest $channel $kind" "$summary" ;;
		esac
	done
done
rmmod dma-soft || fail "unload dma-soft" "rmmod failed"
