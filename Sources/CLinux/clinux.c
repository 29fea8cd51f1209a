// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "CLinux.h"

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int clinux_accept(int descriptor) { return accept4(descriptor, NULL, NULL, SOCK_CLOEXEC); }

const char *clinux_errno_name(int error) { return strerrorname_np(error); }

int clinux_syncfs(int descriptor) { return syncfs(descriptor); }
