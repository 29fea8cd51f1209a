// SPDX-License-Identifier: Apache-2.0

package import POSIX

/// Why a refresh did not reach its sink.
package struct SinkError: Error, Sendable, CustomStringConvertible {
    package enum Code: Sendable {
        /// The target's name cannot be a file name.
        case unsafeName
        /// Another process holds the sink and does not let go.
        case busy
        /// The system refused: a full disk, a read-only directory.
        case systemCall
    }

    package let code: Code

    /// For the operator: what, which path, why.
    ///
    /// A sender gets none of it.
    package let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    package init(_ error: SystemError) { self.init(.systemCall, "\(error)") }
}
