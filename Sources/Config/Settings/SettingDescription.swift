// SPDX-License-Identifier: Apache-2.0

/// A setting as the README's table has it.
package struct SettingDescription: Sendable, Hashable {
    /// Where it is in the file, for example `limits.bodyBytes`.
    package let path: String

    /// The default as it would be written in the file, `required`, or `none`.
    package let defaultText: String

    /// What it is for, in one line.
    package let description: String

    /// The environment variable that overrides it, for example `WEBHOOK_FCGI_LIMITS_BODY_BYTES`.
    package var environment: String {
        var name = ""
        var wasUpper = true
        for letter in path {
            if letter.isUppercase, !wasUpper { name.append("_") }
            name.append(letter == "." ? "_" : letter.uppercased())
            wasUpper = letter.isUppercase || letter == "."
        }
        return Self.environmentPrefix + name
    }

    static let environmentPrefix = "WEBHOOK_FCGI_"
}
