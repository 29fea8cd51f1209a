// SPDX-License-Identifier: Apache-2.0
//
// What libfcgi can do at most: threads that read a request's body to its end and answer a constant.
//
//     limit THREADS < listening-socket
//
// A thread waits on its connection between requests, so there must be more threads than connections that
// nginx keeps open: with as many or fewer, whoever comes next gets nothing at all.

#include <fcgiapp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static const char reply[] = "Status: 200\r\nContent-Length: 44\r\nContent-Type: application/json\r\n\r\n"
                            "{\"msg\":\"accepted refresh of 1 warehouse(s)\"}";

static void *answer(void *unused) {
    (void)unused;
    FCGX_Request request;
    FCGX_InitRequest(&request, 0, 0);
    while (FCGX_Accept_r(&request) == 0) {
        char buffer[16384];
        while (FCGX_GetStr(buffer, sizeof buffer, request.in) > 0) {}
        FCGX_PutStr(reply, sizeof reply - 1, request.out);
        FCGX_Finish_r(&request);
    }
    return NULL;
}

int main(int argc, char **argv) {
    int threads = argc == 2 ? atoi(argv[1]) : 0;
    if (threads < 1 || FCGX_Init() != 0) {
        fputs("usage: limit THREADS < listening-socket\n", stderr);
        return 64;
    }
    for (int i = 1; i < threads; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, answer, NULL) != 0) {
            perror("pthread_create");
            return 1;
        }
    }
    answer(NULL);
    return 1;
}
