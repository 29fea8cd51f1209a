// SPDX-License-Identifier: Apache-2.0

/// Why there is no answer to a call.
package struct HTTPError: Error, Sendable, CustomStringConvertible {
    package enum Code: Sendable, Hashable {
        /// The connection could not be made, or broke; the server may have done what was asked.
        case transport
        /// No complete answer in time; the server may have done what was asked.
        case timeout
        /// The answer is longer than what the caller wants to read.
        case tooLarge
        /// The server is not whom the authority vouches for, or speaks no TLS.
        case tls
        /// The server sends elsewhere, where nobody follows: credentials would go there, too.
        case redirect
        /// The URL, a header or the file with the authority cannot work: they have to be changed.
        case configuration
        /// The task was cancelled, or the transport shut down.
        case cancelled
    }

    package let code: Code

    /// What was called; nil where nothing was.
    package let place: String?

    /// What is wrong, without a word about the URL's path.
    package let reason: String

    init(_ code: Code, _ reason: String, at place: String? = nil) {
        self.code = code
        self.reason = reason
        self.place = place
    }

    /// For the operator: method, host and path, and what is wrong; never a query, a header or a body.
    package var description: String { place.map { "\($0): \(reason)" } ?? reason }
}
