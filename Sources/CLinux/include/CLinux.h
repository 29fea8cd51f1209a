// SPDX-License-Identifier: Apache-2.0
//
// The functions of Linux and glibc that Swift's Glibc module leaves out.

#ifndef CLINUX_H
#define CLINUX_H

#include <malloc.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>

/// accept4(2) with SOCK_CLOEXEC and SOCK_NONBLOCK: a connection must not leak into a program that another thread
/// starts, and never holds up a loop.
int clinux_accept(int descriptor);

/// posix_spawn_file_actions_addclosefrom_np(3): the program has no descriptor from `first` on. What Swift imports as
/// `posix_spawn_file_actions_t` is not what it would import from here.
int clinux_close_from(void *actions, int first);

/// syncfs(2): everything written to the file system of `descriptor` is durable when it returns.
int clinux_syncfs(int descriptor);

/// renameat2(2) with RENAME_EXCHANGE: the files at both paths change places, in one step.
int clinux_exchange(const char *one, const char *other);

/// fcntl(2) with F_SETLEASE: fails while anybody else has the file of `descriptor` open, and until that is closed
/// makes those wait who open it.
int clinux_lease(int descriptor);

/// Gives the lease back. To close the descriptor is not enough while a child has a copy of it that has not come to its exec.
int clinux_end_lease(int descriptor);

/// strerrorname_np(3): `EACCES` for EACCES, NULL for a number that is no error.
const char *clinux_errno_name(int error);

/// mallopt(3) with M_ARENA_MAX: threads share this many pools of free memory.
static inline void clinux_limit_arenas(int count) { mallopt(M_ARENA_MAX, count); }

/// malloc_trim(3): gives memory that is free back to the system.
static inline void clinux_trim(void) { malloc_trim(0); }

/// inotify_init1(2) with IN_CLOEXEC and IN_NONBLOCK.
static inline int clinux_inotify(void) { return inotify_init1(IN_CLOEXEC | IN_NONBLOCK); }

/// inotify_add_watch(2) for a folder: entries that come, go or are renamed, and with `contents` those that were
/// written, or whose rights were changed.
static inline int clinux_watch_folder(int descriptor, const char *path, int contents) {
    uint32_t mask = IN_CREATE | IN_DELETE | IN_MOVE | IN_ONLYDIR | IN_MASK_ADD;
    return inotify_add_watch(descriptor, path, contents ? mask | IN_CLOSE_WRITE | IN_ATTRIB : mask);
}

/// The flags as plain numbers, because Swift imports each enumeration as a type of its own.
static const uint32_t clinux_epollin = EPOLLIN;
static const uint32_t clinux_epollout = EPOLLOUT;
static const uint32_t clinux_epollexclusive = EPOLLEXCLUSIVE;
static const int clinux_epoll_cloexec = EPOLL_CLOEXEC;
static const int clinux_efd_cloexec = EFD_CLOEXEC;
static const int clinux_efd_nonblock = EFD_NONBLOCK;
static const uint32_t clinux_in_overflow = IN_Q_OVERFLOW;
static const uint32_t clinux_in_ignored = IN_IGNORED;

#endif
