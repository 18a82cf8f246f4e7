# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# For jobs in which the model of a device fails, time and again, while random chains are
# on it, of which each byte and each callback is checked.  The job says which engines
# async_tx may count them for: engines is a regular expression.

counters=/sys/kernel/debug/async_tx/counters

# chains SECONDS: what torture says of chains on nothing but the device
chains() { torture simulated=0 seconds="$1" seed="$SEED"; }

# on_device COLUMN: what async_tx has counted there: 3 done, 4 failed
on_device() { awk -v c="$1" -v e="$engines" '$2 ~ e { sum += $c } END { print sum + 0 }' $counters; }

# in_service: all is done there, and nothing fails
in_service()
{
	n=0
	while grep -qE 'has failed|being stopped' /sys/kernel/debug/async_tx/status && [ $n -lt 100 ]; do
		sleep .1
		n=$((n + 1))
	done
	echo 1 >/sys/kernel/debug/async_tx/reset
	# On a machine that is busy, little happens in a second.
	rounds=0
	while [ "$(on_device 3)" -le 100 ] && [ $rounds -lt 8 ]; do
		verdict=$(chains 1)
		case $verdict in SUCCESS*) ;; *) echo "$verdict" ;; esac
		rounds=$((rounds + 1))
	done
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
	# On a machine that is busy, little happens in that time.
	rounds=0 struck=0
	while [ $struck -lt 3 ] && [ $rounds -lt 8 ]; do
		verdict=$(chains "$SECONDS")
		case $verdict in SUCCESS*) ;; *) break ;; esac
		struck=$(($(device faults) - before))
		rounds=$((rounds + 1))
	done
	device "$property" 0
	device repeat false
	say "$name: struck $struck times, $(on_device 3) operations done there, $(on_device 4) failed"
	case $verdict in SUCCESS*) pass "$name" ;; *) fail "$name" "$verdict" ;; esac
	[ $struck -ge 3 ] || fail "$name: strikes" "$struck times only"
	[ ! "$fails" ] || [ "$(on_device 4)" -ge 3 ] || fail "$name: fails" "$(on_device 4) operations only"
	is "$name: afterwards" "" "$(in_service)"
}
