// SPDX-License-Identifier: Apache-2.0
//
// What a responder can do at most that answers only when the delivery is on the disk: one event loop, whose
// turns read every request that is ready, append all bodies with one write(2) and one fdatasync(2), and then
// answer a constant to all.
//
//     durable-limit FILE < listening-socket
//
// Compiled with -DSQLITE it inserts a row for each body instead, as large as a delivery's in the outbox, and commits
// a turn as one transaction: what the outbox's file costs before anything is decided, cleaned up, or logged.

#define _GNU_SOURCE
#include <errno.h>
#include <fcgiapp.h>
#include <fcntl.h>
#ifdef SQLITE
#include <sqlite3.h>
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { listening = 0, events_per_turn = 512 };

static const char reply[] = "Status: 200\r\nContent-Length: 44\r\nContent-Type: application/json\r\n\r\n"
                            "{\"msg\":\"accepted refresh of 1 warehouse(s)\"}";

// The bodies of a turn, one after the other, and where each ends.
static struct {
    char *bytes;
    size_t count, capacity;
    size_t ends[events_per_turn];
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

#ifdef SQLITE
static sqlite3 *database;
static sqlite3_stmt *begin, *insert, *end;

static void check(int code) {
    if (code == SQLITE_OK || code == SQLITE_DONE) return;
    fprintf(stderr, "%s\n", sqlite3_errmsg(database));
    exit(1);
}

static void prepare(const char *path) {
    check(sqlite3_open(path, &database));
    check(sqlite3_exec(database,
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4096;"
        "CREATE TABLE delivery (sequence INTEGER PRIMARY KEY, id, project, decision, key, body)", NULL, NULL, NULL));
    check(sqlite3_prepare_v2(database, "BEGIN IMMEDIATE", -1, &begin, NULL));
    check(sqlite3_prepare_v2(database, "COMMIT", -1, &end, NULL));
    check(sqlite3_prepare_v2(database, "INSERT INTO delivery (id, project, decision, key, body) VALUES (?,?,?,?,?)", -1,
        &insert, NULL));
}

static void run(sqlite3_stmt *statement) {
    check(sqlite3_step(statement));
    check(sqlite3_reset(statement));
}

static void commit(int requests) {
    // What the program keeps beside a body: who received it, why it did what it did, and whom it refreshed.
    static const char id[36], project[64], decision[640], key[32];
    size_t start = 0;
    run(begin);
    for (int i = 0; i < requests; start = journal.ends[i++]) {
        check(sqlite3_bind_text(insert, 1, id, sizeof id, SQLITE_STATIC));
        check(sqlite3_bind_text(insert, 2, project, sizeof project, SQLITE_STATIC));
        check(sqlite3_bind_text(insert, 3, decision, sizeof decision, SQLITE_STATIC));
        check(sqlite3_bind_blob(insert, 4, key, sizeof key, SQLITE_STATIC));
        check(sqlite3_bind_blob(insert, 5, journal.bytes + start, (int)(journal.ends[i] - start), SQLITE_STATIC));
        run(insert);
    }
    run(end);
    journal.count = 0;
}
#else
static int file;

// Where it starts again from the beginning: bodies of a megabyte would fill any disk.
static const off_t file_limit = 1 << 30;

static void prepare(const char *path) {
    file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) fail(path);
}

static void commit(int requests) {
    (void)requests;
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
#endif

int main(int argc, char **argv) {
    if (argc != 2 || FCGX_Init() != 0) {
        fputs("usage: durable-limit FILE < listening-socket\n", stderr);
        return 64;
    }
    prepare(argv[1]);
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
            else if (receive(request)) {
                journal.ends[requests] = journal.count;
                turn[requests++] = request;
            } else drop(request);
        }
        if (requests == 0) continue;
        commit(requests);
        for (int i = 0; i < requests; i++) {
            FCGX_PutStr(reply, sizeof reply - 1, turn[i]->out);
            FCGX_Finish_r(turn[i]);
            if (turn[i]->ipcFd < 0) drop(turn[i]);
        }
    }
}
