// SPDX-License-Identifier: Apache-2.0

package import Kubernetes
package import POSIX

/// Why a refresh did not reach its sink.
package struct SinkError: Error, Sendable, CustomStringConvertible {
    package enum Code: Sendable {
        /// The target does not exist any more: there is no use in trying again.
        case gone
        /// The target's name cannot be a file name.
        case unsafeName
        /// Another process holds the sink and does not let go.
        case busy
        /// The system refused: a full disk, a read-only directory.
        case systemCall
        /// The API server did not take it: it is away, too busy, or refuses.
        case unavailable
    }

    package let code: Code

    /// For the operator: what, which path, why.
    ///
    /// A sender gets none of it.
    package let description: String

    /// What the sink asks to wait before the next attempt.
    package let retryAfter: Duration?

    package init(_ code: Code, _ description: String, retryAfter: Duration? = nil) {
        self.code = code
        self.description = description
        self.retryAfter = retryAfter
    }

    package init(_ error: SystemError) { self.init(.systemCall, "\(error)") }

    package init(_ error: KubernetesError) {
        self.init(
            error.code == .notFound ? .gone : .unavailable,
            error.description,
            retryAfter: error.retryAfter
        )
    }
}
