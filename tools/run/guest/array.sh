# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Steps with md arrays and files that the jobs share.  The array is /dev/md0, mounted on /mnt;
# the files come from the tar archive on /dev/vda and are compared with the checksums in
# /lib/job/manifest, which the host made from the originals.

md=/sys/block/md0/md
mkdir -p /mnt

# create_array OPTIONS...: makes /dev/md0
create_array()
{
	echo 1000000 >/proc/sys/dev/raid/speed_limit_min
	echo 2000000 >/proc/sys/dev/raid/speed_limit_max
	mdadm --create /dev/md0 --run --metadata=1.2 "$@" </dev/null
}

# sync_state ACTION: how far md is with it
sync_state()
{
	at='' total='' speed=''
	read -r at _ total <$md/sync_completed || :
	read -r speed <$md/sync_speed || :
	# It may begin or end between the two.
	case $at/$total/$speed in
	*[!0-9/]* | /* | *//* | */ | */0/*) echo "$1 begins or ends" ;;
	*) echo "$1 at $((at * 100 / total)) %, $((speed / 1024)) MiB/s" ;;
	esac
}

# sync_wait: until md has nothing left to synchronise.  Two minutes without a sign of progress
# are a failure.
sync_wait()
{
	last='' quiet=0
	while :; do
		action=$(cat $md/sync_action)
		[ "$action" != idle ] || break
		state=$(sync_state "$action")
		progress "$state"
		if [ "$state" = "$last" ]; then
			quiet=$((quiet + 1))
			[ $quiet -lt 240 ] || fail "no progress: $state"
		else
			quiet=0 last=$state
		fi
		sleep .5
	done
}

# array_whole: the array has all its disks, and they are in step
array_whole()
{
	for _ in 1 2 3 4 5; do
		sync_wait
		if [ "$(cat $md/degraded)" = 0 ] && [ "$(cat $md/resync_start)" = none ]; then
			return
		fi
		sleep 1
	done
	cat /proc/mdstat
	fail "the array is still degraded when md has ended its work"
}

# array_check: a check pass; the number of mismatches must be 0
array_check()
{
	echo check >$md/sync_action
	sync_wait
	mismatches=$(cat $md/mismatch_cnt)
	[ "$mismatches" = 0 ] || fail "mismatch_cnt is $mismatches, not 0"
}

# make_fs FILES: an ext4 with room for so many files, mounted
make_fs()
{
	mkfs.ext4 -q -F -m 0 -N $(($1 + $1 / 4 + 1000)) -E lazy_itable_init=0 /dev/md0
	mount -t ext4 /dev/md0 /mnt
}

copied() { echo "$(wc -l </tmp/copied) of $FILES copied"; }

copy_files()
{
	: >/tmp/copied
	tar -x -v -f /dev/vda -C /mnt >/tmp/copied &
	with_progress copied || fail "the files were not copied"
	sync
}

verified() { echo "$(cat /tmp/sum.* 2>/dev/null | wc -l) of $1 verified"; }

# verify_files [DIRECTORY [MANIFEST]]: drops caches and compares every file with its checksum, a
# process for each CPU
verify_files()
{
	manifest=${2:-/lib/job/manifest}
	files=$(wc -l <"$manifest")
	drop_caches
	rm -f /tmp/sum.*
	n=$(nproc)
	(
		cd "${1:-/mnt}" || exit
		pids=
		for i in $(seq 0 $((n - 1))); do
			awk -v n="$n" -v i="$i" 'NR % n == i' "$manifest" |
				/lib/job/sha256sum -c - >"/tmp/sum.$i" 2>&1 &
			pids="$pids $!"
		done
		for p in $pids; do
			wait "$p" || :
		done
	) &
	with_progress verified "$files" || :
	good=$(cat /tmp/sum.* | grep -c ': OK$') || :
	if [ "$good" != "$files" ]; then
		cat /tmp/sum.* | grep -v ': OK$'
		fail "$((files - good)) of $files files differ; they are named in the console log"
	fi
}

stop_array()
{
	umount /mnt
	mdadm --quiet --stop /dev/md0
}

# crash_copy FROM TO N: copies N disks from /dev/ramFROM on as they are now, in mid-life, to
# those from /dev/ramTO on. The files stand still meanwhile, but md may go on with what it has:
# a journal disk is the last of the array, and is copied first, for what is in it may be on the
# other disks as well, but must not be nowhere.  Nor must the array become clean meanwhile: a
# journal disk that has missed that counts as stale.
crash_copy()
{
	[ ! -e $md/safe_mode_delay ] || echo 0 >$md/safe_mode_delay
	sync
	fsfreeze --freeze /mnt
	# If it was about to, it has.
	sleep .5
	for i in $(seq $(($3 - 1)) -1 0); do
		dd if="/dev/ram$(($1 + i))" of="/dev/ram$(($2 + i))" bs=1M iflag=direct oflag=direct 2>/dev/null
	done
	fsfreeze --unfreeze /mnt
}
