# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# For jobs that do things to the machine they run in: QEMU's monitor at the end of the
# second serial line (MONITOR=1).

# The first function of a model of ours
DEVICE=$(dirname "$(grep -lE '^0x(3430|3710|0c50|0b00|10f2)$' /sys/bus/pci/devices/*/device | head -n 1)")

# What the monitor says at once, the line echoes, until it is told not to; and the monitor
# takes that for commands.  So both begin anew: the byte, which no JSON has, ends whatever
# the monitor believes to have begun.
stty -F /dev/ttyS1 raw -echo
exec 3<>/dev/ttyS1
while read -r -t 1 answer <&3; do :; done
printf '\377{"execute": "qmp_capabilities"}\n' >&3
while read -r -t 10 answer <&3; do
	case $answer in '{"return": '*) break ;; esac
done

# qmp COMMAND: prints what the monitor returns
qmp()
{
	echo "$1" >&3
	while read -r -t 10 answer <&3; do
		case $answer in
		'{"return": '*)
			answer=${answer#'{"return": '}
			echo "${answer%\}*}"
			return
			;;
		*'"error": '*) break ;;
		esac
	done
	fail monitor "$1: ${answer:-no answer}"
	return 1
}

# device PROPERTY [NUMBER|true|false]: of the model with the id dma, read or set
device()
{
	at="\"path\": \"/machine/peripheral/dma\", \"property\": \"$1\""
	if [ $# -eq 1 ]; then
		qmp "{\"execute\": \"qom-get\", \"arguments\": {$at}}"
	else
		value=$2
		case $value in true | false) ;; *) value=$((value)) ;; esac
		qmp "{\"execute\": \"qom-set\", \"arguments\": {$at, \"value\": $value}}" >/dev/null
	fi
}
