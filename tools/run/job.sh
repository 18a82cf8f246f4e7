# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the jobs in this directory share on the host: how a kernel and a guest are made, and how
# a guest is watched.

. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

PATH=$PATH:/usr/sbin:/sbin
HERE=$ROOT/tools/run
GUEST=$HERE/guest

# Configuration fragments besides those of the kernel "release"; with "debug" alone, that is
# the kernel of that name.
FRAGMENTS=${FRAGMENTS:-}
KDIR=$BUILD/release${FRAGMENTS:+-${FRAGMENTS// /-}}
[ "$FRAGMENTS" != debug ] || KDIR=$BUILD/debug

# build_kernel: brings the kernel in KDIR up to date, unless KERNEL_READY says that it is
build_kernel()
{
	[ -z "${KERNEL_READY:-}" ] || return 0
	"$ROOT/tools/kernel/setup" || exit 1
	if [ "$FRAGMENTS" ] && [ "$FRAGMENTS" != debug ]; then
		# shellcheck disable=SC2086
		"$ROOT/tools/kernel/build" "${KDIR##*/}" base md kunit $FRAGMENTS || exit 1
	else
		"$ROOT/tools/kernel/build" "${KDIR##*/}" || exit 1
	fi
}

# memory MIB: the memory of a guest that needs MIB for its job
memory()
{
	local mem=$(($1 + 512))

	# The checkers of a debug kernel keep shadows of all memory.
	[[ $FRAGMENTS != *debug* ]] || mem=$((mem + 1024))
	echo $((mem < 1024 ? 1024 : mem))
}

# ram_disks N MIB: the disks that the guest has
ram_disks()
{
	DISKS=$1 DISK_KIB=$(($2 * 1024))
}

# take_data DIRECTORY EVERY ROOM: puts the files, ROOM MiB at most, into OUT and sets FILES,
# BYTES and MIB.
take_data()
{
	"$HERE/data" "$1" "$2" "$OUT" "$3" || exit 1
	. "$OUT/data.info"
}

# initrd JOB [SRC:DST]...: builds OUT/initrd from a job in guest/ and the programs that all jobs
# use.  The job finds OUT/params, to which the disks are added, as /etc/params.
initrd()
{
	local job=$1 program file files=()
	shift

	printf 'DISKS=%d\nDISK_KIB=%d\n' "$DISKS" "$DISK_KIB" >>"$OUT/params"

	# busybox's shell takes its own mke2fs and sha256sum before any in the path, so these go
	# by other names.
	need mdadm mkfs.ext4 sha256sum
	for program in mdadm mkfs.ext4 sha256sum; do
		files+=(--file "$(command -v $program):/lib/job/$program")
	done
	for file in "$GUEST/lib.sh:/lib/job/lib.sh" "$GUEST/array.sh:/lib/job/array.sh" "$OUT/params:/etc/params" \
		"$OUT/manifest:/lib/job/manifest" "$@"; do
		files+=(--file "$file")
	done
	"$ROOT/tools/qemu/initramfs" "$OUT/initrd" --script "$GUEST/$job" "${files[@]}" --modules "$KDIR" \
		"$(modules_of "$KDIR" dma-soft dma-sim ioatdma iop-adma iop-adma-pci async_tx raid456 dm-integrity brd)" ||
		exit 1
}

# watch SECONDS MEMORY: boots the kernel with OUT/initrd and OUT/data.tar as its disk, and shows
# what the job reports on the second serial line.  Sets STATUS.
watch()
{
	local show

	: >"$OUT/report"
	"$HERE/show" "$OUT/report" $$ &
	show=$!
	STATUS=0
	"$ROOT/tools/qemu/boot" --kernel "$KDIR/arch/x86/boot/bzImage" --initrd "$OUT/initrd" --smp "${SMP:-2}" \
		--mem "$2" --timeout "$1" --log "$OUT/console.log" \
		--append "loglevel=7 brd.rd_nr=$DISKS brd.rd_size=$DISK_KIB ${APPEND:-}" -- \
		-serial "file:$OUT/report" \
		-drive "file=$OUT/data.tar,format=raw,if=virtio,readonly=on" || STATUS=$?
	echo 'end|' >>"$OUT/report"
	wait "$show" || :
}

# judge: writes to OUT/wrong what the guest's end and its console say against it.
judge()
{
	local what

	if ! "$HERE/splats" "$OUT/console.log" >"$OUT/splats"; then
		echo "the kernel reported: $(head -n 1 "$OUT/splats")"
	fi >>"$OUT/wrong"
	case $STATUS in
	0) return ;;
	124) what="the guest did not end in time" ;;
	125) what="the guest died" ;;
	*) what="the job ended with status $STATUS" ;;
	esac
	{ sed -n 's/^fail|[0-9]*|//p' "$OUT/report" | grep . || echo "$what"; } >>"$OUT/wrong"
}
