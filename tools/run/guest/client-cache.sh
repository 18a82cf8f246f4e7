# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# RAID-5 with a journal disk, written through and then back.  A copy of the running array has data in its journal only:
# they must be recovered from there.  They are few, and the journal is emptied by a clean stop before, because md's
# recovery waits for ever when it finds more stripes than its cache holds.

manifest_part=/tmp/manifest.part

create_array --level=5 --raid-devices=4 --write-journal=/dev/ram4 /dev/ram[0-3]
array_whole
make_fs "$FILES"
copy_files
verify_files
stop_array

mdadm --quiet --assemble /dev/md0 /dev/ram[0-4]
mount -t ext4 /dev/md0 /mnt
echo write-back >$md/journal_mode
head -n 40 /lib/job/manifest >$manifest_part
sed 's/^[^ ]*  //' $manifest_part | while IFS= read -r f; do
	mkdir -p "/mnt/again/${f%/*}"
	cp "/mnt/$f" "/mnt/again/$f"
done
crash_copy 0 8 5
verify_files /mnt/again $manifest_part
array_check
stop_array

mdadm --quiet --assemble --run /dev/md0 /dev/ram8 /dev/ram9 /dev/ram10 /dev/ram11 /dev/ram12
dmesg | grep -q 'recovering [1-9][0-9]* data-only stripes' || fail "there was nothing to recover in the journal"
mount -t ext4 /dev/md0 /mnt
verify_files
verify_files /mnt/again $manifest_part
array_check
stop_array
verdict="files right, and after a crash"
