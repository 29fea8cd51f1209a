// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "CLinux.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int clinux_accept(int descriptor) { return accept4(descriptor, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK); }

int clinux_close_from(void *actions, int first) {
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

const char *clinux_errno_name(int error) { return strerrorname_np(error); }

int clinux_syncfs(int descriptor) { return syncfs(descriptor); }

int clinux_exchange(const char *one, const char *other) {
    return renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE);
}

int clinux_lease(int descriptor) {
    /* Tells that somebody waits. Without a choice it would be SIGIO, which ends the process; this one is ignored. */
    if (fcntl(descriptor, F_SETSIG, SIGURG) < 0) return -1;
    return fcntl(descriptor, F_SETLEASE, F_WRLCK);
}

int clinux_end_lease(int descriptor) { return fcntl(descriptor, F_SETLEASE, F_UNLCK); }
