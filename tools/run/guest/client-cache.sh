# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# RAID-5 with a journal disk.  A copy of the running array has stripes in its journal: they must
# be recovered from there. They are few, and a clean stop empties the journal before, because
# md's recovery waits for ever when it finds more stripes than its cache holds.
#
# With an engine the journal is written through, as it is by default.  Written back, md puts
# pages into the journal without waiting for the copy that fills them (ops_run_biodrain() and
# then r5c_cache_data() in one pass of handle_stripe()), which is right only while copies end
# inside the call: on the CPU.

manifest_part=/tmp/manifest.part
mode=write-through
[ "$ENGINE" != none ] || mode=write-back

create_array --level=5 --raid-devices=4 --write-journal=/dev/ram4 /dev/ram[0-3]
array_whole
make_fs "$FILES"
copy_files
verify_files
stop_array

mdadm --quiet --assemble /dev/md0 /dev/ram[0-4]
mount -t ext4 /dev/md0 /mnt
echo $mode >$md/journal_mode
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
stripes=$(dmesg | sed -n 's/.*recovering \([0-9]*\) data-only stripes and \([0-9]*\) .*/\1 \2/p' | tail -n 1)
stripes=$((${stripes% *} + ${stripes#* }))
[ $stripes -gt 20 ] || fail "there were only $stripes stripes to recover in the journal"
mount -t ext4 /dev/md0 /mnt
verify_files
verify_files /mnt/again $manifest_part
array_check
stop_array
verdict="$mode, files right, and after a crash with $stripes stripes in the journal"
