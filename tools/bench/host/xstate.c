// SPDX-License-Identifier: GPL-2.0-only
/*
 * For user-mode Linux 6.12 on a host whose extended registers (AMX) do not fit into the
 * room that it has for them.  It reads what fits, but the host takes back nothing
 * but all of them, so that no program starts: what did not fit is put beside it here.
 * To be preloaded.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

#define NT_X86_XSTATE	0x202

long ptrace(enum __ptrace_request request, ...)
{
	static long (*next)(int request, int pid, void *addr, void *data);
	static char all[1 << 16];
	struct iovec whole = { all, sizeof(all) }, *part;
	void *addr, *data;
	va_list args;
	int pid;

	va_start(args, request);
	pid = va_arg(args, int);
	addr = va_arg(args, void *);
	data = va_arg(args, void *);
	va_end(args);
	if (!next)
		next = dlsym(RTLD_NEXT, "ptrace");

	if (request == PTRACE_SETREGSET && addr == (void *)NT_X86_XSTATE) {
		part = data;
		if (!next(PTRACE_GETREGSET, pid, addr, &whole) && whole.iov_len > part->iov_len) {
			memcpy(all, part->iov_base, part->iov_len);
			data = &whole;
		}
	}
	return next(request, pid, addr, data);
}
