// SPDX-License-Identifier: Apache-2.0

/// One inbound request, as a handler sees it: whole, within the size limit, and untrusted.
package struct Delivery: Sendable {
    package let headers: Headers
    package let body: [UInt8]

    package init(headers: Headers, body: [UInt8]) {
        self.headers = headers
        self.body = body
    }
}
