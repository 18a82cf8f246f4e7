#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs the clients of async_tx that are named in /etc/params one after another, each from
# /lib/job/client-NAME.sh.  One that fails does not keep the next one from running.
set -eu
. /lib/job/lib.sh
. /lib/job/array.sh

# leave: takes down what a client has left behind
leave()
{
	umount /mnt 2>/dev/null || :
	DM_DISABLE_UDEV=1 dmsetup remove_all 2>/dev/null || :
	mdadm --quiet --stop --scan 2>/dev/null || :
	for d in /dev/ram*; do
		mdadm --quiet --zero-superblock --force "$d" 2>/dev/null || :
		dd if=/dev/zero of="$d" bs=64k count=4 2>/dev/null
	done
	drop_caches
}

# offloaded: what the engines did of it, and an error when there is an engine that did nothing
offloaded()
{
	awk -v engine="$ENGINE" '
	NR > 1 && $1 != "trigger" {
		all += $6
		failed += $4
		if ($2 != "cpu")
			there += $6
	}
	END {
		printf "%.1f of %.1f MiB on an engine", there / 1048576, all / 1048576
		exit all == 0 || failed > 0 || (engine != "none") != (there > 0)
	}' $debugfs/counters
}

load_engine
load_disks
load dm-integrity
failures=0
for client in $CLIENTS; do
	echo 1 >$debugfs/reset
	if (
		set -eu
		trap '[ ! "$in_step" ] || report fail "a command failed; its message is in the console log"' EXIT
		step "$client"
		. "/lib/job/client-$client.sh"
		share=$(offloaded) || fail "$share"
		no_live_ops
		ok "$verdict; $share"
	); then
		echo "client|0|$client pass" >&3
	else
		echo "client|0|$client fail" >&3
		cat $debugfs/counters
		failures=$((failures + 1))
	fi
	leave
done
no_leaks
[ "$failures" = 0 ]
