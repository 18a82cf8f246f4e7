# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# The tracepoints, as a user sees them: trace-cmd records what a short torture
# does, and its report has each event, with names for its numbers.
. /lib/test/lib.sh

mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null
load async_tx stall_ms=50
trace-cmd record -q -o /tmp/trace.dat -b 20000 -e async_tx \
	modprobe async_tx_torture seconds=2 >/tmp/record 2>&1 ||
	fail "trace-cmd record" "$(tail -n 1 /tmp/record)"
! dmesg | grep -q 'torture: FAILURE' || fail torture "$(dmesg | sed -n 's/.*torture: //p' | grep -m 1 FAILURE)"
trace-cmd report -q -i /tmp/trace.dat >/tmp/report 2>/tmp/report.err ||
	fail "trace-cmd report" "$(tail -n 1 /tmp/report.err)"

# seen EVENT FIELDS: a line of that event has fields that look so
seen()
{
	if grep "async_tx_$1: " /tmp/report | grep -q -E "$2"; then
		pass "$1"
	else
		fail "$1" "no event with $2; the first: $(grep -m 1 "async_tx_$1: " /tmp/report)"
	fi
}

seen described 'op=[0-9]+:[0-9]+ kind=pq len=[0-9]+ blocks=[0-9]+ parent='
seen dispatched 'kind=memcpy chan=dma[0-9]+chan[0-9]+ chosen=(parent|table|search)'
seen dispatched 'chosen=ahead'
seen mapped 'kind=xor chan=dma[0-9]+chan[0-9]+ mapped=1'
seen reported 'result=ok'
seen reported 'result=(read-failed|write-failed|aborted)'
seen fallback 'why=[a-z-]+'
seen completed 'error=0'
seen quarantine 'chan=dma[0-9]+chan[0-9]+ failures=[0-9]+ for=[0-9]+ms'
