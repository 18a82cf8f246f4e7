# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# dm-integrity with an encrypted journal.  With a stream cipher it XORs the journal with a key
# stream through async_xor; with a block cipher it would not.  A copy of the disk taken in
# mid-life has a full journal, which must be replayed.

# There is no udev to make the nodes in /dev/mapper.
export DM_DISABLE_UDEV=1

key=000102030405060708090a0b0c0d0e0f

# integrity NAME DISK SECTORS: the mapping on DISK
integrity()
{
	dmsetup create "$1" --table \
		"0 $3 integrity $2 0 - J 3 internal_hash:crc32c journal_crypt:ctr(aes):$key commit_time:100000"
}

# Loaded with one sector, the target formats the disk and says how many there are.
dd if=/dev/zero of=/dev/ram0 bs=4k count=1 2>/dev/null
integrity whole /dev/ram0 1
sectors=$(dmsetup status whole | awk '{ print int($5 / 128) * 128 }')
dmsetup remove whole
integrity whole /dev/ram0 "$sectors"
# A sector has no checksum until it is written once; this fills the journal over and over, too.
dd if=/dev/zero of=/dev/mapper/whole bs=64k count=$((sectors / 128)) oflag=direct 2>/dev/null

mkfs.ext4 -q -F -m 0 -N $((FILES + FILES / 4 + 1000)) /dev/mapper/whole
mount -t ext4 /dev/mapper/whole /mnt
copy_files
crash_copy 0 8 1
verify_files
umount /mnt
dmsetup remove whole

integrity replayed /dev/ram8 "$sectors"
mount -t ext4 /dev/mapper/replayed /mnt
verify_files
umount /mnt
[ "$(dmsetup status replayed | awk '{ print $4 }')" = 0 ] || fail "dm-integrity found wrong checksums"
dmsetup remove replayed
verdict="files right, and after a replay of the journal"
