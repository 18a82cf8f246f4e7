# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# RAID-5 with a partial parity log.  A copy of the running array, less one disk, is what a crash
# and a dead disk leave: the log must make it whole enough to read.

create_array --level=5 --consistency-policy=ppl --raid-devices=4 /dev/ram[0-3]
array_whole
echo 1000 >$md/safe_mode_delay
make_fs "$FILES"
copy_files
crash_copy 0 8 4
verify_files
array_check
stop_array

mdadm --quiet --assemble --run --force /dev/md0 /dev/ram8 /dev/ram10 /dev/ram11
mount -t ext4 /dev/md0 /mnt
verify_files
stop_array
verdict="files right, and after a crash with a disk lost"
