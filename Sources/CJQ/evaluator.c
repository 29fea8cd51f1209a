// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "evaluator.h"
#include "CJQ.h"
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

// Whatever goes wrong here ends the process: whoever asked sees it end, and knows which answer is missing.

static void bound(int resource, rlim_t limit) {
    struct rlimit both = {limit, limit};
    if (setrlimit(resource, &both) != 0) _exit(EXIT_FAILURE);
}

/// Where memory runs out, the kernel is to end this rather than the program that serves.
static void offer(void) {
    int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (file < 0) return;
    // What does not work here is bounded all the same.
    if (write(file, "1000", 4) != 4) errno = 0;
    close(file);
}

/// Bounds what an expression can take, and closes what it could open.
static void confine(void) {
    offer();
    char text[32] = "";
    int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (file < 0 || read(file, text, sizeof text - 1) <= 0) _exit(EXIT_FAILURE);
    close(file);
    rlim_t pages = strtoull(text, NULL, 10);
    bound(RLIMIT_AS, pages * (rlim_t)sysconf(_SC_PAGESIZE) + cjq_memory_limit);
    bound(RLIMIT_NOFILE, 0);
    bound(RLIMIT_CORE, 0);
    // A sanitizer would catch them, and who asked would not learn how it ended.
    signal(SIGSEGV, SIG_DFL);
    signal(SIGBUS, SIG_DFL);
    signal(SIGABRT, SIG_DFL);
}

/// From here on the processor's time counts; 0 stops the clock. SIGPROF ends the process.
static void set_clock(int milliseconds) {
    struct itimerval timer = {{0, 0}, {milliseconds / 1000, milliseconds % 1000 * 1000}};
    if (setitimer(ITIMER_PROF, &timer, NULL) != 0) _exit(EXIT_FAILURE);
}

/// Stops the clock, and says how many microseconds of processor time have passed since it was set.
static long stop_clock(int milliseconds) {
    struct itimerval none = {{0, 0}, {0, 0}}, left;
    if (setitimer(ITIMER_PROF, &none, &left) != 0) _exit(EXIT_FAILURE);
    return milliseconds * 1000L - (left.it_value.tv_sec * 1000000L + left.it_value.tv_usec);
}

/// False at the end.
static int take(int socket, void *bytes, size_t size) {
    for (size_t done = 0; done < size;) {
        ssize_t count = read(socket, (char *)bytes + done, size - done);
        if (count <= 0) return 0;
        done += (size_t)count;
    }
    return 1;
}

static void give(int socket, const void *bytes, size_t size) {
    for (size_t done = 0; done < size;) {
        ssize_t count = write(socket, (const char *)bytes + done, size - done);
        if (count < 0) _exit(EXIT_SUCCESS);
        done += (size_t)count;
    }
}

static void answer(int socket, cjq_status status, const char *text, size_t size) {
    uint32_t head[2] = {status, (uint32_t)size};
    give(socket, head, sizeof head);
    give(socket, text, size);
}

/// A message with its size in front; it ends the process where there is none any more.
static char *message(int socket, uint32_t *size) {
    if (!take(socket, size, sizeof *size)) _exit(EXIT_SUCCESS);
    char *bytes = malloc((size_t)*size + 1);
    if (bytes == NULL || !take(socket, bytes, *size)) _exit(EXIT_FAILURE);
    bytes[*size] = 0;
    return bytes;
}

static uint32_t number(const char *bytes) {
    uint32_t number;
    memcpy(&number, bytes, sizeof number);
    return number;
}

/// Takes the expressions and says which of them compile.
static jq_state *compile(int socket) {
    uint32_t size;
    char *bytes = message(socket, &size);
    size_t count = 0;
    char **texts = NULL;
    for (char *next = bytes; next < bytes + size; count++) {
        texts = realloc(texts, (count + 1) * sizeof *texts);
        if (texts == NULL) _exit(EXIT_FAILURE);
        uint32_t length = number(next);
        texts[count] = strndup(next + sizeof length, length);
        if (texts[count] == NULL) _exit(EXIT_FAILURE);
        next += sizeof length + length;
    }
    free(bytes);
    int closed = 1;
    for (size_t index = 0; closed && index < count; index++) closed = program_is_closed(texts[index]);
    jv problem = jv_string("it does not compile between brackets");
    jq_state *all = NULL;
    if (closed) {
        jv_free(problem);
        all = program_of_all(texts, count, &problem);
    }
    jv problems = jv_array();
    int found = all != NULL;
    for (size_t index = 0; index < count; index++) {
        jv own = all == NULL ? program_problem(texts[index]) : jv_null();
        found |= jv_get_kind(own) == JV_KIND_STRING;
        problems = jv_array_append(problems, own);
        free(texts[index]);
    }
    free(texts);
    for (size_t index = 0; index < count; index++) {
        // Each by itself compiles and all together do not, such as definitions without an expression after them.
        jv own = found ? jv_array_get(jv_copy(problems), (int)index) : jv_copy(problem);
        int fails = jv_get_kind(own) == JV_KIND_STRING;
        const char *text = fails ? jv_string_value(own) : "";
        answer(socket, fails ? cjq_failed : cjq_value, text, strlen(text));
        jv_free(own);
    }
    jv_free(problems);
    jv_free(problem);
    return all;
}

/// Takes a document, and answers with what the expressions make of it.
static void evaluate(int socket, jq_state *programs) {
    uint32_t size;
    char *bytes = message(socket, &size);
    uint32_t count = number(bytes);
    size_t head = ((size_t)count + 1) * sizeof count;
    long left = cjq_document_limit * 1000L;
    size_t room = cjq_document_value_limit;
    set_clock(cjq_time_limit);
    jv document = jv_parse_sized(bytes + head, (int)(size - head));
    left -= stop_clock(cjq_time_limit);
    for (uint32_t index = 0; index < count; index++) {
        if (left <= 0) {
            static const char reason[] = "the expressions before it have used up the object's processor time";
            answer(socket, cjq_failed, reason, sizeof reason - 1);
            continue;
        }
        set_clock(cjq_time_limit);
        cjq_status status;
        jv text = program_run(programs, number(bytes + (index + 1) * sizeof count), jv_copy(document), &status);
        left -= stop_clock(cjq_time_limit);
        size_t length = (size_t)jv_string_length_bytes(jv_copy(text));
        if (length > room) {
            static const char reason[] = "the expressions before it have used up the bytes of the object's outputs";
            answer(socket, cjq_failed, reason, sizeof reason - 1);
        } else {
            room -= length;
            answer(socket, status, jv_string_value(text), length);
        }
        jv_free(text);
    }
    jv_free(document);
    free(bytes);
}

void cjq_evaluate(int socket) {
    confine();
    set_clock(cjq_compile_limit);
    jq_state *programs = compile(socket);
    set_clock(0);
    // Without them there is nothing to do but to wait for the end.
    while (programs != NULL) evaluate(socket, programs);
    _exit(EXIT_SUCCESS);
}
