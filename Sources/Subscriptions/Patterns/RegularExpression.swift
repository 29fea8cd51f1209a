// SPDX-License-Identifier: Apache-2.0

import CRE2

/// A regular expression in RE2's syntax, which is Go's and so Kargo's; time to match is linear in the text.
///
/// This file is the only one that touches RE2 and its pointers. One difference to Go 1.22 and later is left:
/// Debian's RE2 knows named groups as `(?P<name>…)` only.
@safe
package final class RegularExpression: Sendable {
    /// Owned by this object from `init` to `deinit`, and never changed: any number of threads may match at once.
    private nonisolated(unsafe) let expression: OpaquePointer

    /// Longest pattern that is read, in bytes: to compile takes quadratic time for `a?a?a?…`.
    package static let lengthLimit = 4096

    /// Compiles a pattern.
    ///
    /// - Throws: `SyntaxError` with RE2's words when it is not valid or needs more than 8 MiB.
    package convenience init(_ pattern: String) throws(SyntaxError) {
        guard pattern.utf8.count <= Self.lengthLimit else {
            let code = SyntaxError.Code.tooLong(limit: Self.lengthLimit)
            throw SyntaxError(grammar: .regularExpression, code: code, text: pattern, offset: 0)
        }
        try self.init(ofAnyLength: pattern)
    }

    /// Compiles what was made from a pattern that has a limit itself.
    init(ofAnyLength pattern: String) throws(SyntaxError) {
        let compiled = unsafe pattern.utf8Span.span.withUnsafeBytes { bytes in
            unsafe cre2_compile(bytes.baseAddress, bytes.count)
        }
        guard let compiled = unsafe compiled else { throw Self.error("out of memory", in: pattern) }
        unsafe expression = compiled
        guard let reason = unsafe cre2_error(compiled) else { return }
        throw unsafe Self.error(String(cString: reason), in: pattern)
    }

    deinit {
        unsafe cre2_free(expression)
    }

    /// Whether the expression matches anywhere in the text; `^` and `$` tie it to the ends.
    ///
    /// Allocates nothing, and may be called from any number of threads at once.
    package func matches(_ text: String) -> Bool {
        unsafe text.utf8Span.span.withUnsafeBytes { bytes in
            unsafe cre2_matches(expression, bytes.baseAddress, bytes.count)
        }
    }

    private static func error(_ reason: String, in pattern: String) -> SyntaxError {
        SyntaxError(grammar: .regularExpression, code: .refused(reason), text: pattern, offset: 0)
    }
}
