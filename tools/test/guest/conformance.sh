# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# What any engine has to do, on those that ENGINE names: soft, sim (several, of
# different abilities), ioat, iop (its three units together, and one by one).
# async_tx is not loaded: the channels are free.
. /lib/test/lib.sh

# conforms ENGINE DRIVER MODULE [PARAMETER...]
conforms()
{
	engine=$1 driver=$2 module=$3
	shift 2

	say "TEST prefix $engine"
	load "$@" || return
	load dmaengine-conformance engine="$driver" && rmmod dmaengine-conformance
	rmmod "$module" || fail "unload $module" "rmmod failed"
	say "TEST prefix"
}

for name in $(echo "$ENGINE" | tr , ' '); do
	case $name in
	soft) conforms soft dma-soft dma-soft channels=2 ;;
	sim)
		conforms sim dma-sim dma-sim "engines=all:iova=1:callback_unlocked=1"
		conforms sim-small dma-sim dma-sim \
			"engines=a:kinds=memcpy,xor:copy_align=64:xor_align=512:max_xor=4:ring=8;b:kinds=pq,pq_val,memset:max_pq=4:delay_ns=20000:coalesce_ops=4:coalesce_us=100"
		;;
	ioat) conforms ioat ioatdma ioatdma ;;
	iop)
		load iop-adma-pci
		conforms iop iop-adma iop-adma
		for unit in /sys/bus/platform/devices/iop*.*; do
			unit=$(basename "$unit")
			conforms "$unit" "$unit" iop-adma
		done
		rmmod iop-adma-pci || fail "unload iop-adma-pci" "rmmod failed"
		;;
	*) fail "$name" "no such engine" ;;
	esac
done
