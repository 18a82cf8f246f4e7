# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Random chains on simulated engines that fail, hang and disappear.
. /lib/test/lib.sh

# A CPU goes and comes back, with all that was queued there.
replug()
{
	trap - EXIT
	n=0
	while [ ! -e /tmp/replug-off ]; do
		echo 0 >"$1"
		sleep .3
		echo 1 >"$1"
		sleep 1
		n=$((n + 1))
	done
	echo $n >/tmp/replugged
}

cpu1=/sys/devices/system/cpu/cpu1/online
load async_tx stall_ms=50
if [ -w $cpu1 ]; then
	replug $cpu1 2>/dev/null &
fi
# shellcheck disable=SC2086
verdict=$(torture seconds="$SECONDS" seed="$SEED" ${PARAMS:-})
case $verdict in
SUCCESS*) pass "torture for $SECONDS s, seed $SEED" ;;
*) fail "torture for $SECONDS s, seed $SEED" "$verdict" ;;
esac
touch /tmp/replug-off
wait
if [ -w $cpu1 ]; then
	n=$(cat /tmp/replugged)
	say "a CPU was taken away $n times"
	[ "$n" -gt 0 ] || fail "take a CPU away" "it never went"
fi
grep . /sys/kernel/debug/async_tx/status | while read -r line; do say "$line"; done
async_tx_end
rmmod dma-sim || fail "unload dma-sim" "rmmod failed"
