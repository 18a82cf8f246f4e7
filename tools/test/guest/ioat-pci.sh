# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Our I/OAT driver as a driver of a PCI Express function: errors of the bus, removal of a
# device that is gone already, sleep.  Random chains are on it meanwhile, or dmatest; then it
# works as before.
. /lib/test/lib.sh
. /lib/test/monitor.sh

counters=/sys/kernel/debug/async_tx/counters
name=$(basename "$DEVICE")

# chains SECONDS: what torture says of chains on nothing but the device
chains() { torture simulated=0 seconds="$1"; }

# during NAME COMMAND...: the command, while chains are under way, and chains afterwards
during()
{
	name_of=$1
	shift
	chains 3 >/tmp/verdict &
	sleep 1
	"$@"
	wait
	case $(cat /tmp/verdict) in SUCCESS*) pass "$name_of: chains" ;; *) fail "$name_of: chains" "$(cat /tmp/verdict)" ;; esac
	sleep 1
	echo 1 >/sys/kernel/debug/async_tx/reset
	case $(chains 1) in SUCCESS*) pass "$name_of: afterwards" ;; *) fail "$name_of: afterwards" "chains fail" ;; esac
	done=$(awk '$2 ~ /^0000:/ { sum += $3 } END { print sum + 0 }' $counters)
	say "$name_of: $done operations on the device afterwards"
	[ "$done" -gt 100 ] || fail "$name_of: in service" "$done operations"
}

# bus_error ERROR: reported by the device; the driver is told, and that it is over
bus_error()
{
	dmesg -c >/dev/null
	qmp "{\"execute\": \"human-monitor-command\", \"arguments\": {\"command-line\": \"pcie_aer_inject_error dma $1\"}}" >/tmp/injected
	say "$1: $(cat /tmp/injected)"
	n=0
	until dmesg | grep -q 'AER: device recovery' || [ $n -ge 50 ]; do
		sleep .1
		n=$((n + 1))
	done
	is "$1: recovery" "successful" "$(dmesg | sed -n 's/.*AER: device recovery \([a-z]*\).*/\1/p' | tail -n 1)"
}

removed()
{
	device gone true
	sleep .2
	echo 1 >"/sys/bus/pci/devices/$name/remove"
	is "removed" 0 "$(find /sys/class/dma/ -name 'dma*chan*' | wc -l)"
	device gone false
	echo 1 >/sys/bus/pci/rescan
	is "found again" "$CHANNELS" "$(find /sys/class/dma/ -name 'dma*chan*' | wc -l)"
}

# The port passes on what the device reports, as firmware would have it set up.
printf '\002' | dd of="$(dirname "$(readlink -f "$DEVICE")")/config" bs=1 seek=62 conv=notrunc 2>/dev/null

load ioatdma completion_timeout=50 || exit 1
echo platform >/sys/power/pm_test
load dmatest iterations=2000 timeout=5000 norandom=0 run=1
sleep 1
echo freeze >/sys/power/state || fail "sleep" "it failed"
cat /sys/module/dmatest/parameters/wait >/dev/null
rmmod dmatest
is "sleep: all threads" $((CHANNELS * 3)) "$(dmesg | grep -c 'dmatest.*summary 2000 tests, 0 failures')"
is "sleep: while they were under way" 1 \
	"$(dmesg | awk '/ioatdma.*version/ { on = 1 } /PM: suspend debug/ && on { slept = 1 } /dmatest.*summary/ { print slept + 0; exit }')"
dmatest_all copy
load async_tx stall_ms=500
during "an error that is not fatal" bus_error COMP_TIME
during "a fatal error" bus_error DLP
during "removal" removed
async_tx_end
if rmmod ioatdma; then pass "unload ioatdma"; else fail "unload ioatdma" "rmmod failed"; fi
