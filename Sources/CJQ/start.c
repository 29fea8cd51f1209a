// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "CJQ.h"
#include "evaluator.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/// Before `main`, and before anything of Swift: glibc hands a constructor the arguments.
__attribute__((constructor)) static void become_evaluator(int count, char **arguments) {
    if (count == 1 && strcmp(arguments[0], cjq_name) == 0) cjq_evaluate(STDIN_FILENO);
}

static int spawn(pid_t *process, int its_end) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int error = posix_spawn_file_actions_init(&actions);
    if (error != 0) return error;
    error = posix_spawnattr_init(&attributes);
    if (error != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return error;
    }
    // Signals that this program blocks or ignores would be so in the evaluator; a terminal's are not for it.
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    error = posix_spawn_file_actions_adddup2(&actions, its_end, STDIN_FILENO);
    // jq writes there before it gives up.
    if (error == 0) error = posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    if (error == 0) error = posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    if (error == 0) error = posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    char *arguments[] = {cjq_name, NULL};
    char *environment[] = {NULL};
    if (error == 0) error = posix_spawn(process, "/proc/self/exe", &actions, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

int cjq_start(pid_t *process) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return -1;
    int error = spawn(process, ends[1]);
    close(ends[1]);
    if (error == 0) return ends[0];
    close(ends[0]);
    errno = error;
    return -1;
}
