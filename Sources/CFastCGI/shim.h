// SPDX-License-Identifier: Apache-2.0
//
// libfcgi as the FastCGI room uses it: connections that the event loop accepted itself.

#ifndef CFASTCGI_SHIM_H
#define CFASTCGI_SHIM_H

#include <fcgiapp.h>

/// Prepares `request` for a connection that libfcgi did not accept.
///
/// Without a listening socket libfcgi can never block in accept(2). `keepConnection` has to be set before the
/// first FCGX_Accept_r, which otherwise begins by closing the descriptor. Detached, a close is a plain
/// close(2): attached, it polls up to two seconds for the peer to close first.
static inline void cfastcgi_adopt(FCGX_Request *request, int descriptor) {
    FCGX_InitRequest(request, -1, 0);
    request->ipcFd = descriptor;
    request->keepConnection = 1;
    FCGX_Detach(request);
}

/// Whether libfcgi still holds the connection open.
static inline int cfastcgi_is_open(const FCGX_Request *request) {
    return request->ipcFd >= 0;
}

/// Reads the head of a request from `head`, which is closed when that fails; the reply goes to the connection.
static inline int cfastcgi_read_head(FCGX_Request *request, int head) {
    int descriptor = request->ipcFd;
    request->ipcFd = head;
    int result = FCGX_Accept_r(request);
    if (result == 0) {
        request->ipcFd = descriptor;
    } else {
        cfastcgi_adopt(request, descriptor);
    }
    return result;
}

#endif
