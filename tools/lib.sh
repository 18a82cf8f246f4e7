# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the shell tools share: where things are, how they speak, how a long
# step is run.  Source it; it only sets variables and defines functions.
#
# Environment:
#   BUILD      where everything is built        (default: build/ of the project)
#   KSRC       pristine 6.12.y tree or tarball  (default: Debian's linux-source-6.12)
#   JOBS       parallel jobs                    (default: one for each CPU)
#   CCACHE_DIR compiler cache                   (default: $BUILD/ccache)

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BUILD=$(realpath -m "${BUILD:-$ROOT/build}")
TREE=$BUILD/tree
LOGS=$BUILD/log
DEBIAN_SOURCE=/usr/src/linux-source-6.12.tar.xz
KSRC=${KSRC:-$DEBIAN_SOURCE}
JOBS=${JOBS:-$(nproc 2>/dev/null || echo 2)}
ME=${0##*/}
[ "$ME" = run ] && ME=$(basename "$(dirname "$0")")/run

# Tools are read as well as run: their messages are expected in English.  And
# what a calling make says to its children is not meant for the kernel's make.
export LC_ALL=C.UTF-8
unset MAKEFLAGS MFLAGS MAKELEVEL KBUILD_OUTPUT KBUILD_EXTMOD KCONFIG_CONFIG CROSS_COMPILE

# Messages go to stderr, so that a tool's stdout is only its result.
say()  { printf '%s\n' "$*" >&2; }
warn() { printf '%s: %s\n' "$ME" "$*" >&2; }

# die "what went wrong" ["what to do"]: always the last line, always one line
die()
{
	printf '%s: %s%s\n' "$ME" "$1" "${2:+; $2}" >&2
	exit "${DIE_STATUS:-1}"
}

need()
{
	local tool
	for tool; do
		command -v "$tool" >/dev/null 2>&1 ||
			die "'$tool' is not installed" "run 'make setup'"
	done
}

# A name for people: relative to where they are, when that is shorter
nice_path() { realpath --relative-base="$PWD" -m "$1"; }

elapsed()
{
	local s=$1
	if [ "$s" -lt 60 ]; then
		printf '%d s' "$s"
	else
		printf '%d min %02d s' $((s / 60)) $((s % 60))
	fi
}

# need_space DIRECTORY MEGABYTES
need_space()
{
	local free

	mkdir -p "$1" || die "cannot create $1" "check its permissions or set BUILD="
	free=$(df -Pm "$1" | awk 'NR == 2 { print $4 }')
	[ "${free:-0}" -ge "$2" ] ||
		die "only ${free:-0} MB free for $1, $2 MB needed" "free some space or set BUILD= to another disk"
}

# progress TITLE TOTAL LOG: stdin goes to LOG; shows how many compilations it
# names.  On a terminal one line is rewritten each second, otherwise a plain
# line is printed twice a minute.  TOTAL 0 means not known.
progress()
{
	local title=$1 total=$2 log=$3 n=0 line shown=-1 start=$SECONDS step=30 text

	[ -t 2 ] && step=1
	exec 4>"$log"
	while IFS= read -r line; do
		printf '%s\n' "$line" >&4
		case $line in
		'  CC '*|'  AS '*|'  HOSTCC '*|'  CHECK '*) n=$((n + 1)) ;;
		esac
		if [ $(((SECONDS - start) / step)) -ne "$shown" ]; then
			shown=$(((SECONDS - start) / step))
			[ -t 2 ] || [ "$shown" -gt 0 ] || continue
			text="$n files"
			[ "$n" -gt 0 ] || text="under way"
			[ "$total" -gt 0 ] && [ "$n" -le "$total" ] && text="$n of $total files"
			text="$title: $text, $(elapsed $((SECONDS - start)))"
			if [ -t 2 ]; then printf '\r\033[K%s' "$text" >&2; else say "$text"; fi
		fi
	done
	exec 4>&-
	[ -t 2 ] && printf '\r\033[K' >&2
	printf '%s\n' "$n" >"$log.files"
}

# run_step TITLE TOTAL LOG COMMAND...: run a long command, its output in LOG
run_step()
{
	local title=$1 total=$2 log=$3 rc=0 start=$SECONDS files
	shift 3

	mkdir -p "$(dirname "$log")"
	set +e
	"$@" </dev/null 2>&1 | progress "$title" "$total" "$log"
	rc=${PIPESTATUS[0]}
	set -e
	if [ "$rc" -ne 0 ]; then
		explain_failure "$title" "$log" "$rc"
		return "$rc"
	fi
	files=$(cat "$log.files")
	[ "$files" -gt 0 ] || files=
	say "$title: done, ${files:+$files files, }$(elapsed $((SECONDS - start)))"
}

# The lines of a failed step's log that a reader would look for, and a last
# line that says what to do.
explain_failure()
{
	local title=$1 log=$2 rc=$3 hint

	hint="see $(nice_path "$log")"
	if grep -q 'No space left on device' "$log"; then
		hint="the disk is full: free some space or set BUILD= to another disk"
	elif [ "$rc" -eq 137 ] || grep -q 'fatal error: Killed signal' "$log"; then
		hint="something was killed (no memory left?): try JOBS=1, $hint"
	elif [ "$rc" -gt 128 ] || grep -q '\*\*\* .* \(Terminated\|Interrupt\)$' "$log"; then
		hint="it was interrupted: run it again to go on from there"
	elif ! grep -m 5 -E '(error|ERROR): |Error [0-9]|\*\*\*|No such file' "$log" >&2; then
		tail -n 5 "$log" >&2
	fi
	say "$ME: $title failed; $hint"
}

# modules_of KERNELDIR NAME...: those of the named modules that a kernel has as
# modules; others are built in, or it does not have them
modules_of()
{
	local kdir=$1 name
	shift

	for name; do
		! grep -q "/$name\.o\$" "$kdir/modules.order" || printf '%s ' "$name"
	done
}

# ccache when there, with its cache where the rest of the build is.  It trusts
# the compiler's list of headers: to preprocess every file just to look it up
# would cost a build from nothing a quarter more.
CC=gcc
if command -v ccache >/dev/null 2>&1; then
	CC="ccache gcc"
	export CCACHE_DIR=${CCACHE_DIR:-$BUILD/ccache}
	export CCACHE_NOHASHDIR=1 CCACHE_DEPEND=1 CCACHE_COMPRESSLEVEL=${CCACHE_COMPRESSLEVEL:-1}
fi
