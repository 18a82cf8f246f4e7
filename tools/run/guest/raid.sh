#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The main job: a RAID array through its life, with real files on it.
set -eu
. /lib/job/lib.sh
. /lib/job/array.sh

case $LEVEL in
6) fail_disks='/dev/ram1 /dev/ram4' spares='/dev/ram6 /dev/ram7' failed='two disks' ;;
5) fail_disks=/dev/ram1 spares=/dev/ram6 failed='one disk' ;;
esac

step "load the engine ($ENGINE)"
load_engine
load_disks
[ ! "$FAULTS" ] || start_faults
[ ! "$NOMEM" ] || start_nomem
ok

step "create a RAID-$LEVEL of six disks"
create_array --level="$LEVEL" --chunk=64 --raid-devices=6 /dev/ram[0-5]
array_whole
ok "in sync"

step "make an ext4 on it"
make_fs "$FILES"
ok

step "copy $FILES files"
copy_files
ok

step "verify their SHA-256"
verify_files
ok "$FILES of $FILES files right"

step "fail $failed"
for d in $fail_disks; do
	mdadm --quiet /dev/md0 --fail "$d"
	mdadm --quiet /dev/md0 --remove "$d"
done
[ "$(cat $md/degraded)" = "$(echo "$fail_disks" | wc -w)" ] || fail "md does not say that they are gone"
ok "$fail_disks"

step "verify again, degraded, caches dropped"
verify_files
ok "$FILES of $FILES files right"

step "add spares and rebuild"
# One command, so that both are rebuilt in one pass.
mdadm --quiet /dev/md0 --add $spares
array_whole
ok "$spares in sync"

if [ "${engine_module:-}" ]; then
	step "unload the engine under load, and load it again"
	reload_engine
	ok "gone in $took"
fi

step "check the array's redundancy"
array_check
ok "mismatch_cnt 0"

step "verify again, caches dropped"
verify_files
ok "$FILES of $FILES files right"

step "stop the array"
stop_array
[ ! "$FAULTS" ] || stop_faults
[ ! "$NOMEM" ] || stop_nomem
no_live_ops
no_leaks
counters
ok "no live operation left"
echo 'done|0|' >&3
