// SPDX-License-Identifier: Apache-2.0

/// Something wrong in the settings or the manifests, as `check` prints it and `serve` logs it.
///
/// The message says what is wrong and what to do about it, and never holds a secret value.
package struct Problem: Error, Sendable, Hashable {
    package let severity: Severity
    package let file: String?

    /// From 1; nil where it is the whole file, or no file at all.
    package let line: Int?
    package let message: String

    package init(_ severity: Severity = .error, file: String? = nil, line: Int? = nil, message: String) {
        self.severity = severity
        self.file = file
        self.line = line
        self.message = message
    }

    /// The same, with whose problem it is said first.
    func prefixed(with owner: String) -> Problem {
        Problem(severity, file: file, line: line, message: "\(owner): \(message)")
    }

    /// Whether something is left out because of it (`check` fails), or it is merely unwise.
    package enum Severity: Sendable, Hashable {
        case error
        case warning
    }
}

extension Problem: CustomStringConvertible {
    /// `file:line: message`, as compilers print it and editors can jump to.
    package var description: String {
        let message = severity == .warning ? "warning: \(message)" : message
        guard let file else { return message }
        return "\(Place(file: file, line: line)): \(message)"
    }
}

extension Problem: Comparable {
    package static func < (left: Self, right: Self) -> Bool {
        (left.file ?? "", left.line ?? 0, left.message) < (right.file ?? "", right.line ?? 0, right.message)
    }
}
