// SPDX-License-Identifier: Apache-2.0

/// A token or a private key, which no log line or error can print.
///
/// There is no `==`: nothing here has a reason to compare one with a guess.
package struct Confidential: Sendable {
    let bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package init(_ text: String) { bytes = Array(text.utf8) }

    /// For the header that carries it.
    var text: String { String(decoding: bytes, as: UTF8.self) }
}

extension Confidential: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
