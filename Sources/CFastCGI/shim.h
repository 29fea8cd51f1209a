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

/// The error of the request's input: zero while its records are whole.
static inline int cfastcgi_input_error(const FCGX_Request *request) {
    return request->in ? FCGX_GetError(request->in) : 0;
}

#endif
