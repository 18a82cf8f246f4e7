# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# RAID-5 with a journal disk, written back.  A copy of the running array has data in its journal only: it must be recovered
# from there.

create_array --level=5 --raid-devices=4 --write-journal=/dev/ram4 /dev/ram[0-3]
array_whole
echo write-back >$md/journal_mode
make_fs "$FILES"
copy_files
crash_copy 0 8 5
verify_files
array_check
stop_array

mdadm --quiet --assemble --run /dev/md0 /dev/ram8 /dev/ram9 /dev/ram10 /dev/ram11 /dev/ram12
mount -t ext4 /dev/md0 /mnt
verify_files
array_check
stop_array
verdict="files right, and after a crash"
