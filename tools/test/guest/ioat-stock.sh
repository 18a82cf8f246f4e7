# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# The stock kernel's own driver on the model of an I/OAT device: what it finds (CAPS, as
# in sysfs, and VERSION), its self-tests, dmatest with KINDS on all CHANNELS, and raid6test
# where the driver lets the device do parity.  Interrupts come the way that STYLE says.
# With FAULTS, what the driver does when the device fails; with IOMMU, that the IOMMU
# polices the device.
. /lib/test/lib.sh
. /lib/test/monitor.sh

# more NAME LEAST COUNTER COMMAND...: a counter of the device grows that much meanwhile
more()
{
	name=$1 least=$2 counter=$3
	shift 3
	before=$(device "$counter")
	"$@"
	grown=$(($(device "$counter") - before))
	if [ "$grown" -ge "$least" ]; then
		pass "$name"
		say "$name: $counter grew by $grown"
	else
		fail "$name" "the device's $counter grew by $grown only"
	fi
}

# copies TIMES [THREADS]: dmatest on all channels; prints how many copies there were, and
# how many of them failed
copies()
{
	dmesg -c >/dev/null
	load dmatest dmatest=0 iterations="$1" threads_per_chan="${2:-1}" timeout=5000 norandom=0 run=1 wait=1
	cat /sys/module/dmatest/parameters/wait >/dev/null
	rmmod dmatest
	dmesg | sed -n 's/.*-copy[0-9]*: summary \([0-9]*\) tests, \([0-9]*\) failures.*/\1 \2/p' |
		awk '{ tests += $1; failures += $2 } END { print tests, failures }'
}

# fault PROPERTY FAILURES: one of what it counts goes wrong, towards the end.  It costs so
# many copies, those that follow are well.
fault()
{
	more "$1: happens" 1 faults eval "device $1 28; result=\$(copies 30)"
	is "$1: failed copies" "30 $2" "$result"
	is "$1: afterwards" "30 0" "$(copies 30)"
}

bar=0x$(sed -n '1s/^0x0*\([0-9a-f]*\) .*/\1/p' "$DEVICE/resource")
# register OFFSET WIDTH [VALUE]: read or write it, past the driver
register() { busybox devmem $((bar + $1)) "$2" ${3:+"$3"}; }

if [ -n "${IOMMU:-}" ]; then
	# Without a driver, every address is a wrong one for the channel to begin with.
	echo 1 >"$DEVICE/enable"
	printf '\006' | dd of="$DEVICE/config" bs=1 seek=4 conv=notrunc 2>/dev/null
	dmesg -c >/dev/null
	register 0x90 32 0x1000
	register 0x94 32 0
	register 0x86 16 1
	sleep 1
	is "IOMMU stops what is not mapped" 0x00000004 "$(register 0xa8 32)"
	is "IOMMU reports it" 1 "$(dmesg | grep -c 'DMAR: \[DMA Read.*fault addr 0x1000 ')"
	echo 0 >"$DEVICE/enable"
	dmesg -c >/dev/null
fi

load ioatdma ioat_interrupt_style="$STYLE" || exit 1
is "self-tests" "" "$(dmesg | grep -E 'ioatdma.*(Self-test|selftest|init failed|Err|halted)')"
is channels "$CHANNELS" "$(find /sys/class/dma/ -name 'dma*chan*' | wc -l)"
chan=$(readlink -f /sys/class/dma/dma0chan0)
is capabilities "$CAPS" "$(tr ' ' , <"$chan/quickdata/cap")"
is version "$VERSION" "$(cat "$chan/quickdata/version")"

# shellcheck disable=SC2046
more "dmatest on the device" $((CHANNELS * ITERATIONS)) executed dmatest_all $(echo "$KINDS" | tr , ' ')
case ",$CAPS," in
*,pq,*)
	more "raid6test on the device" 5000 executed raid6test raid6test
	raid6test_end
	;;
esac

trouble='DMAR.*fault|ioatdma.*(Err|halted|timeout|CHANSTS|Reset)'
is "nothing to report" "" "$(dmesg | grep -m 1 -E "$trouble")"
is "faults" 0 "$(device faults)"

count=$(interrupts "ioat-$STYLE")
if [ "$count" -ge "$ITERATIONS" ]; then pass "interrupts by $STYLE"; else fail "interrupts by $STYLE" "$count"; fi
is "other interrupts" 0 "$(grep 'ioat-' /proc/interrupts | grep -vc "ioat-$STYLE")"
say "$count interrupts by $STYLE, $(device irqs) sent"

# Interrupts that wait for more to report are fewer, and nothing waits for ever.
register 0x0c 16 10000
executed=$(device executed) irqs=$(device irqs)
is coalescing "$((CHANNELS * 4 * 50)) 0" "$(copies 50 4)"
executed=$(($(device executed) - executed)) irqs=$(($(device irqs) - irqs))
if [ "$irqs" -lt $((executed * 3 / 4)) ]; then
	pass "fewer interrupts"
else
	fail "fewer interrupts" "$irqs for $executed descriptors"
fi
register 0x0c 16 0

# The driver's watchdog looks after what is lost.  A descriptor that fails or is never
# done costs one copy.
if [ -n "${FAULTS:-}" ]; then
	fault lose-irq-nth 0
	fault lose-cmp-nth 1
	fault hang-nth 1
	device error 0x100
	fault error-nth 1
	is "errors" 1 "$(device errors)"
fi
if rmmod ioatdma; then pass "unload ioatdma"; else fail "unload ioatdma" "rmmod failed"; fi
