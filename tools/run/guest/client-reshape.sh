# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# A RAID-6 grows from five disks to six while its files are read.

create_array --level=6 --chunk=64 --raid-devices=5 /dev/ram[0-4]
array_whole
make_fs "$FILES"
copy_files
mdadm --quiet /dev/md0 --add /dev/ram5
mdadm --quiet --grow /dev/md0 --raid-devices=6
verify_files
sync_wait
[ "$(cat $md/raid_disks)" = 6 ] || fail "the array has not grown to six disks"
array_whole
verify_files
array_check
stop_array
verdict="files right, during and after"
