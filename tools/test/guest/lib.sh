# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# What the jobs share inside the guest.  Results go through the kernel's log,
# where no other message can come into the middle of a line.

say()  { echo "<6>$*" >/dev/kmsg; }
pass() { say "TEST pass $1"; }
skip() { say "TEST skip $1: $2"; }
fail() { say "TEST fail $1: $2"; }

# is NAME WANTED GOT: compare
is()
{
	if [ "$2" = "$3" ]; then pass "$1"; else fail "$1" "'$2' wanted, '$3' got"; fi
}

# These jobs are to see engines at work, whether or not that pays on an emulated CPU.
echo "options async_tx weigh=0" >/etc/modprobe.conf

# load MODULE [PARAMETER...]: a failure to load is a failed case
load()
{
	modprobe "$@" || {
		fail "load $1" "modprobe $* failed"
		return 1
	}
}

# dmatest_all KIND...: the stock dmatest module, with these kinds of operation (copy, set,
# xor, pq), on every channel that is there, or on those that ONLY names.  async_tx must not
# be loaded: dmatest finds no free channel where it is.
dmatest_all()
{
	channels=${ONLY:-}
	[ "$channels" ] || for channel in /sys/class/dma/*; do
		[ ! -e "$channel" ] || channels="$channels ${channel##*/}"
	done
	[ -n "$channels" ] || fail dmatest "there is no channel"

	dmesg -c >/dev/null
	# Mode 0 copies, mode 1 fills; XOR and P+Q run in both.
	for mode in 0 1; do
		case "$mode $*" in "1 "*set* | 0*) ;; *) continue ;; esac
		load dmatest dmatest=$mode iterations="$ITERATIONS" timeout=60000 norandom=0 run=1 wait=1
		cat /sys/module/dmatest/parameters/wait >/dev/null
		rmmod dmatest
	done
	dmesg >/tmp/dmatest.log
	for channel in $channels; do
		for kind; do
			summary=$(sed -n "s/.*dmatest: $channel-$kind[0-9]*: summary \(.*\)/\1/p" /tmp/dmatest.log | head -n 1)
			case $summary in
			"$ITERATIONS tests, 0 failures"*) pass "dmatest $channel $kind" ;;
			'') fail "dmatest $channel $kind" "it did not run" ;;
			*) fail "dmatest $channel $kind" "$summary" ;;
			esac
		done
	done
}

# raid6test NAME: the stock raid6test module, which is a case of that name
raid6test()
{
	load raid6test
	if dmesg | grep -q 'raid6test: complete (2429 tests, 0 failures)'; then
		pass "$1"
	else
		fail "$1" "$(dmesg | sed -n 's/.*raid6test: complete//p' | grep . || echo 'it did not come to its end')"
	fi
}

# raid6test_end: unload it, and what it has brought along
raid6test_end()
{
	rmmod raid6test
	async_tx_end
}

# torture PARAMETER...: what the torture module says in the end.  Its failure to load is
# how it says that something was wrong; modprobe would try again.
torture()
{
	for module in dma-sim async_memcpy async_memset async_xor async_pq async_raid6_recov; do load $module; done
	dmesg -c >/dev/null
	insmod "$(find /lib/modules -name async_tx_torture.ko)" "$@" 2>/dev/null && rmmod async_tx_torture
	dmesg | sed -n 's/.*torture: \(SUCCESS\|FAILURE\)/\1/p' | grep -m 1 . || echo 'it did not come to its end'
}

# async_tx_end: unload it, with those of its parts that are there
async_tx_end()
{
	for module in async_raid6_recov async_pq async_xor async_memcpy async_memset async_tx; do
		[ ! -e /sys/module/$module ] || rmmod $module || fail "unload $module" "rmmod failed"
	done
}

# interrupts NAME: how many came to handlers of that name
interrupts()
{
	awk -v name="$1" '$NF == name { for (i = 2; i < NF; i++) if ($i ~ /^[0-9]+$/) sum += $i } END { print sum + 0 }' /proc/interrupts
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

# With KCSAN in the kernel: it looks, and has looked.
kcsan=/sys/kernel/debug/kcsan

looked()
{
	while read -r line; do
		case $line in
		enabled:* | setup_watchpoints:* | data_races:*) say "kcsan: $line" ;;
		esac
	done <$kcsan
	if grep -q '^enabled: 1' $kcsan && grep -q '^setup_watchpoints: [1-9]' $kcsan; then
		pass "kcsan looks"
	else
		fail "kcsan looks" "it does not: $(head -n 3 $kcsan | tr '\n' ' ')"
	fi
}

at_end()
{
	[ ! -e $kcsan ] || looked
	[ ! -e $kmemleak ] || leaks
}

# A script of several jobs comes here for each.
if [ ! "${watched:-}" ]; then
	watched=yes
	if [ -e $kmemleak ]; then
		echo scan >$kmemleak
		echo clear >$kmemleak
	fi
	[ ! -e $kcsan ] || echo on >$kcsan
	trap at_end EXIT
fi
