# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the parts of the benchmark share: the two kernels, how the modules are built for them,
# how a guest runs a job with them, and how results are kept.
#
# A part appends records to a file, which `compare` makes a table of:
#
#	row|parameter|unit|stock|ours|ratio
#
# The parameter is the number of bytes in most parts.  A value that there is not is "-".

HERE=$ROOT/tools/bench
OUT=$BUILD/bench
WORK=$OUT/scratch
mkdir -p "$WORK"

# A result of a run that did not come to its end is none.
begin_part()
{
	PART=$1 RECORDS=$WORK/$1.records
	rm -f "$OUT/$1.json" "$OUT/$1.svg" "$OUT/$1.misses"
	: >"$RECORDS"
}

record() { (IFS='|' && printf '%s\n' "$*") >>"$RECORDS"; }

# ratio A B: A / B
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { if (a == "-" || b == "-" || b + 0 == 0) print "-"; else printf "%.4f\n", a / b }'; }

# median: of the numbers on stdin, one a line
median() { sort -n | awk '{ v[NR] = $1 } END { if (!NR) print "-"; else if (NR % 2) print v[(NR + 1) / 2]; else print (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

release_of() { cat "$BUILD/$1/include/config/kernel.release"; }

# The tree that a kernel was built from
tree_of() { sed -n 's,^include \(.*\)/Makefile$,\1,p' "$BUILD/$1/Makefile"; }

arch_of() { awk -v n="$1" '$1 == n { print $2 }' "$ROOT/tools/kernel/kernels"; }

# need_kernel NAME...: builds them, unless they are to be taken as they are
need_kernel()
{
	local name
	for name; do
		if [ -z "${KERNEL_READY:-}" ]; then
			"$ROOT/tools/kernel/build" "$name"
		elif [ ! -e "$BUILD/$name/.config" ]; then
			die "there is no kernel $name" "leave out -n"
		fi
	done
}

# build_modules KERNEL: the benchmark modules, for this kernel, in WORK/KERNEL.module
build_modules()
{
	local kernel=$1 dir=$WORK/$1.module arch

	arch=$(arch_of "$kernel")
	rm -rf "$dir"
	cp -r "$HERE/module" "$dir"
	run_step "benchmark modules for $kernel" 0 "$LOGS/bench-$kernel-module.log" \
		make -C "$(tree_of "$kernel")" "O=$BUILD/$kernel" "ARCH=$arch" "M=$dir" "CC=$CC" modules || exit 1
}

# initrd NAME KERNEL JOB "MODULE..." "VARIABLE=VALUE..." [initramfs option...]: makes WORK/NAME.cpio of a
# job in guest/, the benchmark modules, and those of the kernel's that it has
initrd()
{
	local name=$1 kernel=$2 job=$3 modules=$4 word module files=()
	local variables=$5
	shift 5

	for module in "$WORK/$kernel.module"/*.ko; do files+=(--file "$module:/lib/bench/${module##*/}"); done
	{
		for word in $variables; do printf "export %s='%s'\n" "${word%%=*}" "${word#*=}"; done
		cat "$HERE/guest/$job.sh"
	} >"$WORK/$name.sh"
	# shellcheck disable=SC2086
	"$ROOT/tools/qemu/initramfs" "$WORK/$name.cpio" --script "$WORK/$name.sh" "${files[@]}" "$@" \
		--modules "$BUILD/$kernel" "$(modules_of "$BUILD/$kernel" $modules)"
}

# guest NAME KERNEL TITLE [boot option...]: boots a kernel with WORK/NAME.cpio; LOG is its console
guest()
{
	local name=$1 kernel=$2 title=$3
	shift 3

	LOG=$LOGS/bench-$name.log
	run_step "$title" 0 "$LOGS/bench-$name-boot.log" "$ROOT/tools/qemu/boot" \
		--kernel "$BUILD/$kernel/arch/x86/boot/bzImage" --initrd "$WORK/$name.cpio" --log "$LOG" "$@" || {
		tail -n 3 "$LOGS/bench-$name-boot.log" >&2
		die "$title: the guest failed" "see $(nice_path "$LOG")"
	}
	rm -f "$WORK/$name.cpio"
	if ! "$ROOT/tools/run/splats" "$LOG" >"$WORK/splats"; then
		die "$title: the kernel reported: $(head -n 1 "$WORK/splats")" "see $(nice_path "$LOG")"
	fi
}

# rows LOG: what the modules have said: row|parameter|cost
rows() { sed -n 's/^.*bench|\([^|]*|[0-9]*|[0-9]*\)$/\1/p' "$1"; }

# The modules of async_tx, as far as a kernel has them
ASYNC="async_memcpy async_memset async_xor async_pq async_raid6_recov"

# side_by_side STOCK OURS UNIT: records from two lists of rows, in the order of the second.
# Costs are in thousandths there.
side_by_side()
{
	awk -F'|' -v OFS='|' -v unit="$3" '
		NR == FNR { stock[$1 "|" $2] = $3; next }
		{
			key = $1 "|" $2
			if (key in stock)
				print $1, $2, unit, sprintf("%.1f", stock[key] / 1000), sprintf("%.1f", $3 / 1000),
					sprintf("%.4f", $3 / stock[key])
			else
				print $1, $2, unit, "-", sprintf("%.1f", $3 / 1000), "-"
		}' "$1" "$2" >>"$RECORDS"
}

# compare_part TITLE CONDITIONS: shows and keeps what the records say
compare_part()
{
	"$HERE/compare" "$PART" "$RECORDS" "$OUT" "$1" "$2"
	"$HERE/plot" "$PART" "$OUT" "$1"
	echo
}
