# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Our I/OAT driver on the model of a device that fails in each way that it knows, time and
# again, while random chains are on it, of which each byte and each callback is checked;
# and that is pulled out.  Afterwards it works as before.
. /lib/test/lib.sh
. /lib/test/monitor.sh
. /lib/test/faults.sh

driver=/sys/bus/pci/drivers/ioatdma
engines='^0000:'

load ioatdma completion_timeout=100 || exit 1
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
