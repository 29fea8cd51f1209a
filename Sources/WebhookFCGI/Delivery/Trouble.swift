// SPDX-License-Identifier: Apache-2.0

/// What does not work and is tried again and again: worth a line when it begins, and when it becomes another.
struct Trouble {
    private var last: String?

    /// Takes note of it.
    ///
    /// - Returns: Whether it is new.
    mutating func isNew(_ error: String) -> Bool {
        defer { last = error }
        return error != last
    }

    /// Takes note that it works.
    mutating func end() { last = nil }
}
