// SPDX-License-Identifier: Apache-2.0

extension String {
    /// Puts a test's own values in the places of an example's, one after the other.
    ///
    /// - Throws: The example has changed and does not have one of them any more.
    package func replacing(_ placeholders: [(name: String, value: String)]) throws -> String {
        try placeholders.reduce(self) { text, placeholder in
            guard text.contains(placeholder.name) else {
                throw Failure("no '\(placeholder.name)' in \(text)")
            }
            return text.replacing(placeholder.name, with: placeholder.value)
        }
    }
}
