# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Our driver of the I/O processors' units on the model of a device that fails in each way
# that it knows, time and again, while random chains are on it, which go from unit to unit,
# and of which each byte and each callback is checked; whose units are taken away and given
# back; that is pulled out; and that does not even stop.  Afterwards it works as before.
. /lib/test/lib.sh
. /lib/test/monitor.sh
. /lib/test/faults.sh

driver=/sys/bus/platform/drivers/iop-adma
pci=/sys/bus/pci/drivers/iop-adma-pci
function=$(basename "$DEVICE")
engines='^iop'

# during NAME COMMAND...: the command, while chains are under way, and chains afterwards
during()
{
	during=$1
	shift
	chains 4 >/tmp/verdict &
	chains=$!
	sleep 1
	"$@"
	wait "$chains"
	case $(cat /tmp/verdict) in SUCCESS*) pass "$during" ;; *) fail "$during" "$(cat /tmp/verdict)" ;; esac
	is "$during: afterwards" "" "$(in_service)"
}

rebind()
{
	n=0
	while [ $n -lt 8 ]; do
		for unit in $driver/iop*.*; do
			unit=$(basename "$unit")
			echo "$unit" >$driver/unbind
			echo "$unit" >$driver/bind || fail "bind again" "$unit after $n times"
		done
		n=$((n + 1))
		sleep .2
	done
}

pull()
{
	n=0
	while [ $n -lt 4 ]; do
		device gone true
		sleep .1
		echo "$function" >$pci/unbind
		device gone false
		echo "$function" >$pci/bind || fail "bind again" "after $n times"
		n=$((n + 1))
		sleep .3
	done
}

# All that the kernel says, whoever reads it meanwhile
cat /dev/kmsg >/tmp/kmsg &
kmsg=$!
said() { grep -c "$1" /tmp/kmsg; }

load iop-adma-pci || exit 1
load iop-adma completion_timeout=100 || exit 1
# What a descriptor ends with, on each unit: bits of units, bit of the status, and its name
causes="dma:1:1:split transaction
dma:1:2:target abort on the PCI bus
dma:1:3:master abort on the PCI bus
dma:1:5:master abort on the internal bus
aau:2:5:master abort on the internal bus
adma:4:3:master abort on the internal bus
adma:4:4:target abort on the internal bus
adma:4:5:abort by the memory controller
adma:4:9:parity of the internal bus"

# Once each, before there is so much to say that not all of it is said
echo "$causes" >/tmp/causes
while IFS=: read -r unit units bit text; do
	device units "$units"
	device error $((1 << bit))
	device error-nth 5
	load dmatest iterations=10 timeout=5000 run=1 wait=1
	cat /sys/module/dmatest/parameters/wait >/dev/null
	rmmod dmatest
	is "$unit: error $bit is named" 1 "$(said "iop[0-9]*xx-$unit.*: error of: $text")"
done </tmp/causes

# One that fails when it is tried is not used; tried again, it is.
for spec in iop3xx-dma:1:5 iop3xx-aau:2:5 iop13xx-adma:4:3; do
	IFS=: read -r unit units bit <<-END
		$spec
	END
	name=$(basename $driver/"$unit".*)
	echo "$name" >$driver/unbind
	device units "$units"
	device error $((1 << bit))
	device error-nth 1
	echo "$name" >$driver/bind 2>/dev/null && fail "$unit: self-test" "it is bound"
	is "$unit: self-test" 1 "$(said "$unit.*self-test: .* failed")"
	is "$unit: is not used" 2 "$(find /sys/class/dma/ -name 'dma*chan*' | wc -l)"
	echo "$name" >$driver/bind || fail "bind again" "$name"
	is "$unit: is used" 3 "$(find /sys/class/dma/ -name 'dma*chan*' | wc -l)"
done

load async_tx stall_ms=500
is "before" "" "$(in_service)"
crossings=$(sed -n 's/^crossings //p' /sys/kernel/debug/async_tx/status)
say "$crossings crossings"
[ "${crossings:-0}" -gt 10 ] || fail "crossings" "${crossings:-none}"

while IFS=: read -r unit units bit text; do
	device units "$units"
	device error $((1 << bit))
	fault "$unit: error $bit" error-nth 10 fails
done </tmp/causes
device units 7
fault "lost interrupt" lose-irq-nth 50
fault "lost resume" lose-resume-nth 100
fault "hang" hang-nth 500 fails
is "violations" 0 "$(device violations)"

during "units are unbound and bound" rebind
during "pulled out" pull
async_tx_end

# A unit that does not even stop keeps what it has, until it is cut off from memory; who
# waits for that may wait for ever, so this is for dmatest.  What comes back was reset.
load dmatest iterations=0 timeout=300 run=1
sleep .5
before=$(device faults)
device stuck-nth 50
n=0
until [ "$(said 'iop.*: it does not stop')" -gt 0 ] || [ $n -ge 50 ]; do
	sleep .1
	n=$((n + 1))
done
is "stuck: struck" 1 $(($(device faults) - before))
is "stuck: said" 1 "$(said 'iop.*: it does not stop')"
echo "$function" >$pci/unbind
rmmod dmatest || fail "stuck: unload dmatest" "rmmod failed"
device gone true
device gone false
echo "$function" >$pci/bind || fail "bind again" "a unit that was stuck"
ONLY=$(basename "$(readlink -f $driver/iop3xx-dma.*/dma/dma*)") dmatest_all copy
ONLY=$(basename "$(readlink -f $driver/iop3xx-aau.*/dma/dma*)") dmatest_all xor
ONLY=$(basename "$(readlink -f $driver/iop13xx-adma.*/dma/dma*)") dmatest_all copy xor pq

kill "$kmsg"
if rmmod iop-adma-pci iop-adma; then pass "unload"; else fail "unload" "rmmod failed"; fi
