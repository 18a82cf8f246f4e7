// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which cache lines CPUs take from each other, in a piece of the guest's code
 *
 * A plugin of QEMU's.  The guest says where the piece begins and ends on the CPU that
 * executes it, by two instructions that do nothing:
 *
 *	nopl 0x5b0001(%rax)	it begins
 *	nopl 0x5b0002(%rax)	it ends
 *
 * In between, every store is looked at that goes to a line which another CPU was the last
 * to write there: on a machine, the line has to come from that one's cache.  When QEMU ends, the
 * file out=FILE has
 *
 *	pieces CPU NUMBER	how often each CPU has been through the piece
 *	line ADDRESS NUMBER	a line, and how often it has gone from a CPU to another
 *	at ADDRESS NUMBER	which instruction made it go, and how often
 *
 * least=N leaves out lines that have gone less often: memory that one CPU has freed and
 * another gets, or what an interrupt does in between.
 *
 * QEMU's emulated CPUs take turns (-accel tcg,thread=single), which are long; a guest that wants
 * short ones executes `pause` now and then, which ends a turn.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <qemu-plugin.h>

#define MAX_CPUS	64
#define MAX_SITES	16
#define LINE_BITS	6
#define TABLE_BITS	20

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

struct site {
	uint64_t pc;
	uint64_t times;
};

struct line {
	uint64_t number;
	int last;
	uint64_t times;
	struct site sites[MAX_SITES];
	struct line *next;
};

static struct line *table[1 << TABLE_BITS];
static bool inside[MAX_CPUS];
static uint64_t pieces[MAX_CPUS];
static const char *out;
static unsigned int least = 1;

static struct line *find_line(uint64_t number)
{
	struct line **head, *line;

	head = &table[(number * 0x9e3779b97f4a7c15ull) >> (64 - TABLE_BITS)];
	for (line = *head; line; line = line->next)
		if (line->number == number)
			return line;
	line = calloc(1, sizeof(*line));
	if (!line)
		abort();
	line->number = number;
	line->last = -1;
	line->next = *head;
	*head = line;
	return line;
}

/* One CPU runs at a time (thread=single): nothing here needs a lock. */
static void stored(unsigned int cpu, qemu_plugin_meminfo_t info, uint64_t addr, void *pc)
{
	struct line *line;
	int i, last;

	if (cpu >= MAX_CPUS || !inside[cpu] || !qemu_plugin_mem_is_store(info))
		return;
	line = find_line(addr >> LINE_BITS);
	last = line->last;
	line->last = cpu;
	if (last < 0 || last == (int)cpu)
		return;
	line->times++;
	for (i = 0; i < MAX_SITES; i++) {
		if (!line->sites[i].times)
			line->sites[i].pc = (uintptr_t)pc;
		if (line->sites[i].pc == (uintptr_t)pc) {
			line->sites[i].times++;
			return;
		}
	}
}

static void begins(unsigned int cpu, void *unused)
{
	if (cpu < MAX_CPUS) {
		inside[cpu] = true;
		pieces[cpu]++;
	}
}

static void ends(unsigned int cpu, void *unused)
{
	if (cpu < MAX_CPUS)
		inside[cpu] = false;
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	static const unsigned char mark[] = { 0x0f, 0x1f, 0x80 };
	size_t i, n = qemu_plugin_tb_n_insns(tb);

	for (i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		const unsigned char *code = qemu_plugin_insn_data(insn);
		uintptr_t pc = qemu_plugin_insn_vaddr(insn);
		uint32_t word = 0;

		if (qemu_plugin_insn_size(insn) == 7 && !memcmp(code, mark, sizeof(mark)))
			memcpy(&word, code + sizeof(mark), sizeof(word));
		if (word == 0x5b0001)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, begins,
							       QEMU_PLUGIN_CB_NO_REGS, NULL);
		if (word == 0x5b0002)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, ends,
							       QEMU_PLUGIN_CB_NO_REGS, NULL);
		qemu_plugin_register_vcpu_mem_cb(insn, stored, QEMU_PLUGIN_CB_NO_REGS,
						 QEMU_PLUGIN_MEM_W, (void *)pc);
	}
}

static void report_line(FILE *file, const struct line *line)
{
	int i;

	if (line->times < least)
		return;
	fprintf(file, "line %" PRIx64 " %" PRIu64 "\n", line->number << LINE_BITS, line->times);
	for (i = 0; i < MAX_SITES && line->sites[i].times; i++)
		fprintf(file, "at %" PRIx64 " %" PRIu64 "\n", line->sites[i].pc,
			line->sites[i].times);
}

static void at_exit(qemu_plugin_id_t id, void *unused)
{
	FILE *file = fopen(out, "w");
	struct line *line;
	int i;

	if (!file) {
		perror(out);
		return;
	}
	for (i = 0; i < MAX_CPUS; i++)
		if (pieces[i])
			fprintf(file, "pieces %d %" PRIu64 "\n", i, pieces[i]);
	for (i = 0; i < 1 << TABLE_BITS; i++)
		for (line = table[i]; line; line = line->next)
			report_line(file, line);
	fclose(file);
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info,
					   int argc, char **argv)
{
	int i;

	for (i = 0; i < argc; i++) {
		if (!strncmp(argv[i], "out=", 4))
			out = strdup(argv[i] + 4);
		else if (!strncmp(argv[i], "least=", 6))
			least = strtoul(argv[i] + 6, NULL, 0);
	}
	if (!out) {
		fprintf(stderr, "stores: out=FILE is missing\n");
		return -1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	qemu_plugin_register_atexit_cb(id, at_exit, NULL);
	return 0;
}
