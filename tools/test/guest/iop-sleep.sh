# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Our driver of the I/O processors' units on a machine that sleeps: under dmatest, with a unit
# that hangs, and with nobody there.  All units work afterwards.
. /lib/test/lib.sh
. /lib/test/monitor.sh

driver=/sys/bus/platform/drivers/iop-adma

load iop-adma-pci || exit 1
load iop-adma || exit 1

# chan UNIT: the name of its channel
chan() { basename "$(readlink -f $driver/"$1".*/dma/dma*)"; }
dma=$(chan iop3xx-dma) aau=$(chan iop3xx-aau) adma=$(chan iop13xx-adma)

all_work()
{
	ONLY="$dma $adma" dmatest_all copy
	ONLY="$aau $adma" dmatest_all set xor
	ONLY="$adma" dmatest_all pq
}

# sleep_now: as far as that goes without a machine that wakes up, and back
echo platform >/sys/power/pm_test
sleep_now() { echo freeze >/sys/power/state || fail "sleep" "it failed"; }

# Copies and P+Q on those that have them, XOR on two: five threads
dmesg -c >/dev/null
load dmatest iterations=2000 timeout=5000 norandom=0 run=1
sleep 1
sleep_now
cat /sys/module/dmatest/parameters/wait >/dev/null
rmmod dmatest
is "under load: all threads" 5 "$(dmesg | grep -c 'dmatest.*summary 2000 tests, 0 failures')"
is "under load: while they were under way" 1 \
	"$(dmesg | awk '/dmatest: Started/ { on = 1 } /PM: suspend debug/ && on { slept = 1 } /dmatest.*summary/ { print slept + 0; exit }')"
all_work

# What hangs is given up, and so is what stands behind it.
before=$(device faults)
load dmatest iterations=0 timeout=5000 run=1
device hang-nth 20
sleep .1
sleep_now
rmmod dmatest
is "a unit that hangs: struck" 1 $(($(device faults) - before))
all_work

sleep_now
all_work
is "violations" 0 "$(device violations)"
if rmmod iop-adma-pci iop-adma; then pass "unload"; else fail "unload" "rmmod failed"; fi
