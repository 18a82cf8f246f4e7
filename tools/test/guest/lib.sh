# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# What the jobs share inside the guest.  Results go through the kernel's log,
# where no other message can come into the middle of a line.

say()  { echo "<6>$*" >/dev/kmsg; }
pass() { say "TEST pass $1"; }
skip() { say "TEST skip $1: $2"; }
fail() { say "TEST fail $1: $2"; }

# load MODULE [PARAMETER...]: a failure to load is a failed case
load()
{
	modprobe "$@" || {
		fail "load $1" "modprobe $* failed"
		return 1
	}
}

# checkpoint / leaks: with kmemleak in the kernel, is everything that was
# allocated since the checkpoint still reachable?
kmemleak=/sys/kernel/debug/kmemleak

checkpoint()
{
	[ -e $kmemleak ] || return 0
	echo scan >$kmemleak
	echo clear >$kmemleak
}

leaks()
{
	[ -e $kmemleak ] || return 0
	# kmemleak leaves objects alone that are younger than five seconds, and
	# reports those only that two scans found unreachable.
	sleep 6
	echo scan >$kmemleak
	sleep 1
	echo scan >$kmemleak
	if [ -s $kmemleak ] && grep -q . $kmemleak; then
		while read -r line; do say "$line"; done <$kmemleak
		fail kmemleak "$(grep -c '^unreferenced' $kmemleak) unreferenced objects"
	else
		pass kmemleak
	fi
}
