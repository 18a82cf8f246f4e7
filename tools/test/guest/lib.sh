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

# With kmemleak in the kernel: at its end, is everything that was allocated since
# the job began still reachable?
kmemleak=/sys/kernel/debug/kmemleak

leaks()
{
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

if [ -e $kmemleak ] && [ ! "${leaks_later:-}" ]; then
	leaks_later=yes
	trap leaks EXIT
	echo scan >$kmemleak
	echo clear >$kmemleak
fi
