// SPDX-License-Identifier: Apache-2.0
//
// What a responder can do at most that answers only when the delivery is on the disk: one event loop, whose
// turns read every request that is ready, append all bodies with one write(2) and one fdatasync(2), and then
// answer a constant to all.
//
//     durable-limit FILE < listening-socket

#define _GNU_SOURCE
#include <errno.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { listening = 0, events_per_turn = 512 };

// Where it starts again from the beginning: bodies of a megabyte would fill any disk.
static const off_t file_limit = 1 << 30;

static const char reply[] = "Status: 200\r\nContent-Length: 44\r\nContent-Type: application/json\r\n\r\n"
                            "{\"msg\":\"accepted refresh of 1 warehouse(s)\"}";

// The bodies of a turn, one after the other.
static struct {
    char *bytes;
    size_t count, capacity;
} journal;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void watch(int epoll, int descriptor, void *pointer) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = pointer};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) < 0) fail("epoll_ctl");
}

static void accept_all(int epoll) {
    for (;;) {
        int descriptor = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
        if (descriptor < 0 && (errno == EAGAIN || errno == ECONNABORTED)) return;
        FCGX_Request *request = malloc(sizeof *request);
        if (descriptor < 0 || !request) fail("accept");
        // Without a listening socket libfcgi never accepts by itself; without `keepConnection` it would
        // begin by closing what it is given; detached, it closes without waiting for the peer.
        FCGX_InitRequest(request, -1, 0);
        request->ipcFd = descriptor;
        request->keepConnection = 1;
        FCGX_Detach(request);
        watch(epoll, descriptor, request);
    }
}

static void drop(FCGX_Request *request) {
    FCGX_Free(request, 1);
    free(request);
}

// Adds the request's body to the journal; false when there is no request, for the peer has closed.
static int receive(FCGX_Request *request) {
    if (FCGX_Accept_r(request) != 0) return 0;
    for (;;) {
        if (journal.capacity - journal.count < 16384) {
            journal.capacity = journal.capacity ? 2 * journal.capacity : 1 << 20;
            journal.bytes = realloc(journal.bytes, journal.capacity);
            if (!journal.bytes) fail("realloc");
        }
        int count = FCGX_GetStr(journal.bytes + journal.count, 16384, request->in);
        if (count <= 0) return 1;
        journal.count += (size_t)count;
    }
}

static void commit(int file) {
    for (size_t written = 0; written < journal.count;) {
        ssize_t count = write(file, journal.bytes + written, journal.count - written);
        if (count < 0) fail("write");
        written += (size_t)count;
    }
    journal.count = 0;
    if (fdatasync(file) < 0) fail("fdatasync");
    if (lseek(file, 0, SEEK_CUR) > file_limit && (ftruncate(file, 0) < 0 || lseek(file, 0, SEEK_SET) < 0))
        fail("ftruncate");
}

int main(int argc, char **argv) {
    if (argc != 2 || FCGX_Init() != 0) {
        fputs("usage: durable-limit FILE < listening-socket\n", stderr);
        return 64;
    }
    int file = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) fail(argv[1]);
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0 || fcntl(listening, F_SETFL, O_NONBLOCK) < 0) fail("epoll");
    watch(epoll, listening, NULL);
    for (;;) {
        struct epoll_event events[events_per_turn];
        FCGX_Request *turn[events_per_turn];
        int requests = 0;
        int count = epoll_wait(epoll, events, events_per_turn, -1);
        // libfcgi catches SIGTERM, which then does no more than this.
        if (count < 0 && errno == EINTR) return 0;
        if (count < 0) fail("epoll_wait");
        for (int i = 0; i < count; i++) {
            FCGX_Request *request = events[i].data.ptr;
            if (!request) accept_all(epoll);
            else if (receive(request)) turn[requests++] = request;
            else drop(request);
        }
        if (requests == 0) continue;
        commit(file);
        for (int i = 0; i < requests; i++) {
            FCGX_PutStr(reply, sizeof reply - 1, turn[i]->out);
            FCGX_Finish_r(turn[i]);
            if (turn[i]->ipcFd < 0) drop(turn[i]);
        }
    }
}
