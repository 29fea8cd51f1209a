// SPDX-License-Identifier: Apache-2.0

internal import POSIX

/// Why the responder cannot listen or run; the text says what to do.
package struct FastCGIError: Error, Sendable, CustomStringConvertible {
    package enum Code: Sendable {
        /// The address is none that can be listened on.
        case invalidAddress
        /// Another process answers there already.
        case addressInUse
        /// The descriptor handed over is not a listening socket.
        case notListening
        /// The system refused.
        case systemCall
    }

    package let code: Code
    package let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    init(_ error: SystemError) { self.init(.systemCall, "\(error)") }
}

/// ``POSIX/systemCall(_:_:)`` with this room's error.
@discardableResult
func systemCall<Result: FixedWidthInteger>(
    _ doing: @autoclosure () -> String,
    _ call: () -> Result
) throws(FastCGIError) -> Result {
    do { return try POSIX.systemCall(doing(), call) } catch { throw FastCGIError(error) }
}
