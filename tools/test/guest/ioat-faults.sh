# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Our I/OAT driver on the model of a device that fails in each way that it knows, time and
# again, while random chains are on it, of which each byte and each callback is checked;
# and that is pulled out.  Afterwards it works as before.
. /lib/test/lib.sh
. /lib/test/monitor.sh

counters=/sys/kernel/debug/async_tx/counters
driver=/sys/bus/pci/drivers/ioatdma

# chains SECONDS: what torture says of chains on nothing but the device
chains() { torture simulated=0 seconds="$1" seed="$SEED"; }

# on_device COLUMN: what async_tx has counted there: 3 done, 4 failed
on_device() { awk -v c="$1" '$2 ~ /^0000:/ { sum += $c } END { print sum + 0 }' $counters; }

# in_service: all is done there, and nothing fails
in_service()
{
	n=0
	while grep -qE 'has failed|being stopped' /sys/kernel/debug/async_tx/status && [ $n -lt 100 ]; do
		sleep .1
		n=$((n + 1))
	done
	echo 1 >/sys/kernel/debug/async_tx/reset
	verdict=$(chains 1)
	case $verdict in SUCCESS*) ;; *) echo "$verdict" ;; esac
	[ "$(on_device 3)" -gt 100 ] || echo "only $(on_device 3) operations ran there"
	[ "$(on_device 4)" -eq 0 ] || echo "$(on_device 4) operations failed"
}

# fault NAME PROPERTY EACH [FAILS]: each so manieth time something is to happen it goes wrong;
# operations fail of that
fault()
{
	name=$1 property=$2 each=$3 fails=${4:-}
	echo 1 >/sys/kernel/debug/async_tx/reset
	before=$(device faults)
	device repeat true
	device "$property" "$each"
	verdict=$(chains "$SECONDS")
	device "$property" 0
	device repeat false
	struck=$(($(device faults) - before))
	say "$name: struck $struck times, $(on_device 3) operations done there, $(on_device 4) failed"
	case $verdict in SUCCESS*) pass "$name" ;; *) fail "$name" "$verdict" ;; esac
	[ $struck -ge 3 ] || fail "$name: strikes" "$struck times only"
	[ ! "$fails" ] || [ "$(on_device 4)" -ge 3 ] || fail "$name: fails" "$(on_device 4) operations only"
	is "$name: afterwards" "" "$(in_service)"
}

load ioatdma completion_timeout=50 || exit 1
load async_tx stall_ms=500
is "before" "" "$(in_service)"

# A descriptor ends with these bits of CHANERR.  P and Q, 16 and 17, are what a check has
# found: nobody can tell that from an error.
for bit in $(echo "$BITS" | tr , ' '); do
	device error $((1 << bit))
	fault "error $bit" error-nth 300 fails
done
fault "lost interrupt" lose-irq-nth 50
fault "lost completion" lose-cmp-nth 100
fault "hang" hang-nth 1000 fails

# Pulled out under load, and put in again.
dev=$(basename "$DEVICE")
chains 4 >/tmp/verdict &
n=0
while [ $n -lt 5 ]; do
	sleep .3
	device gone true
	sleep .1
	echo "$dev" >$driver/unbind
	device gone false
	echo "$dev" >$driver/bind || fail "bind again" "after $n times"
	n=$((n + 1))
done
wait
case $(cat /tmp/verdict) in SUCCESS*) pass "pulled out" ;; *) fail "pulled out" "$(cat /tmp/verdict)" ;; esac
is "pulled out: afterwards" "" "$(in_service)"

async_tx_end
if rmmod ioatdma; then pass "unload ioatdma"; else fail "unload ioatdma" "rmmod failed"; fi
