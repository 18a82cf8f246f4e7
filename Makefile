# SPDX-License-Identifier: GPL-2.0-only
#
# For people: each target does its own set-up.  The kernel's build does not
# read this file; it sees crypto/, drivers/ and include/ where the overlay puts
# them.

export KSRC BUILD JOBS DATA LEVEL ENGINE FAULTS NOMEM APPEND FRAGMENTS SMP ROUNDS

# Empty is as good as not set, for the tools.
ifeq ($(strip $(BUILD)),)
unexport BUILD
BUILD := build
endif
ifeq ($(strip $(KSRC)),)
unexport KSRC
KSRC := /usr/src/linux-source-6.12.tar.xz
endif
ifeq ($(strip $(JOBS)),)
unexport JOBS
endif

.PHONY: help setup tree kernel run test test-um check clients torture conformance kcsan
.PHONY: test-ioat test-iop test-qemu-device clean
.PHONY: bench bench-cpu bench-native bench-engine bench-scale bench-md bench-table
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

help:
	@echo 'make run       build a 6.12 kernel with this subsystem, run a RAID array on it in QEMU'
	@echo '                 ENGINE=soft|sim|ioat|iop|none  FAULTS=1  NOMEM=1  LEVEL=6|5  DATA=DIRECTORY  APPEND="KERNEL ARGUMENTS"  FRAGMENTS=debug'
	@echo 'make test      every test: KUnit, the stock test modules, RAID; release and debug kernels'
	@echo '                 tools/test/run -l "*" lists them, tools/test/run NAME runs one'
	@echo 'make test-um   the suites of the CPU path, natively, in seconds'
	@echo 'make torture   random chains on engines that fail, in both kernels: SECONDS=600  SEED=1  PARAMS="faults=2000"'
	@echo 'make conformance  what any driver of an engine has to do: ENGINE=soft,sim,ioat,iop'
	@echo 'make kcsan     KUnit and five minutes of torture in a kernel that finds data races'
	@echo 'make test-ioat    our I/OAT driver on the model of an I/OAT device'
	@echo 'make test-iop     our driver of I/O processors on the model of their units'
	@echo 'make test-qemu-device  the stock I/OAT driver on the model of an I/OAT device'
	@echo 'make clients   the other users of async_tx: dm-integrity, PPL, reshape, journal'
	@echo 'make bench     what it costs, stock 6.12 beside ours: bench-cpu, bench-native, bench-engine, bench-scale, bench-md'
	@echo '                 ROUNDS=N   make bench-table: the results as tables for the documentation'
	@echo 'make check     checkpatch, sparse, W=1, kernel-doc, Sphinx'
	@echo 'make kernel    build the kernel only (build/release)'
	@echo 'make tree      make the merged kernel tree only (build/tree)'
	@echo 'make setup     install the Debian packages that all of this needs'
	@echo 'make clean     remove build/'
	@echo
	@echo 'KSRC=PATH      another 6.12.y tree than the linux-source-6.12 package'
	@echo 'BUILD=PATH     another place than build/          JOBS=N  parallel jobs'

setup:
	@tools/kernel/setup

tree: setup
	@tools/kernel/overlay '$(KSRC)' '$(BUILD)/tree'

kernel: setup
	@tools/kernel/build release

run: setup
	@tools/run/run

clients: setup
	@tools/run/clients

test: setup
	@tools/test/run

test-um: setup
	@tools/test/run '*-um'

torture: SECONDS ?= 600
torture: SEED ?= 1
torture: setup
	@# One after the other: what counts is how much happens in the time.
	@status=0; for kernel in torture torture-debug; do \
		env -u SECONDS tools/test/run -s SECONDS=$(SECONDS) -s SEED=$(SEED) \
			-s LIMIT=$$(($(SECONDS) * 2 + 600)) -s PARAMS='$(PARAMS)' $$kernel || status=1; \
	done; exit $$status

conformance: setup
	@tools/test/run $(if $(ENGINE),-s ENGINE=$(ENGINE)) conformance

test-ioat: setup
	@tools/test/run 'ioat-*' md-ioat

test-iop: setup
	@tools/test/run 'iop-*' md-iop

test-qemu-device: setup
	@tools/test/run 'device-*'

kcsan: setup
	@tools/test/run '*-kcsan'

bench:
	@tools/bench/run

bench-cpu bench-native bench-engine bench-scale bench-md:
	@tools/bench/run $(@:bench-%=%)

bench-table:
	@tools/bench/table

check: setup
	@tools/check

clean:
	rm -rf '$(BUILD)'
