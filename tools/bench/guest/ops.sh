# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# One run of async_tx_bench with the parameters in PARAMS, separated by commas, or with each of
# several such lists, separated by slashes.
# What an engine costs is asked for, not whether it pays.
echo 'options async_tx weigh=0' >/etc/modprobe.conf
for module in /lib/modules/*/*.ko; do
	modprobe "$(basename "$module" .ko)"
done
# What the boot leaves behind is over by then.
sleep 1
status=0
for params in $(echo "$PARAMS" | tr / ' '); do
	# shellcheck disable=SC2046
	insmod /lib/bench/async_tx_bench.ko $(echo "$params" | tr , ' ' | tr + ,) || status=1
	rmmod async_tx_bench
done
awk '$NF ~ /^ioat-/ { for (i = 2; i < NF; i++) if ($i ~ /^[0-9]+$/) sum += $i } END { print "bench-interrupts " sum + 0 }' /proc/interrupts
# Where it ran; stock does not say.
[ ! -e /sys/kernel/debug/async_tx/counters ] || sed 's/^/bench-counter /' /sys/kernel/debug/async_tx/counters
if [ "${END:-}" ]; then
	echo "JOB-END $status"
	sleep 0.1
	poweroff -f
fi
exit $status
