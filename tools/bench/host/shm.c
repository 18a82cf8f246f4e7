// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shared memory for fio, which asks for that of System V, in a kernel that has none:
 * its children get it from it, which anonymous memory is enough for.
 * To be preloaded.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>

static void *blocks[64];
static int nr_blocks;

int shmget(key_t key, size_t size, int flags)
{
	void *block;

	if (nr_blocks == sizeof(blocks) / sizeof(*blocks)) {
		errno = ENOSPC;
		return -1;
	}
	block = mmap(0, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (block == MAP_FAILED)
		return -1;
	blocks[nr_blocks] = block;
	return nr_blocks++;
}

void *shmat(int id, const void *where, int flags)
{
	if (id < 0 || id >= nr_blocks) {
		errno = EINVAL;
		return (void *)-1;
	}
	return blocks[id];
}

int shmdt(const void *where)
{
	return 0;
}

int shmctl(int id, int what, struct shmid_ds *about)
{
	return 0;
}
