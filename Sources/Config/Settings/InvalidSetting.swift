// SPDX-License-Identifier: Apache-2.0

/// A value that a setting cannot have; `reason` continues the sentence that the setting's name begins.
///
/// The reason quotes a number or a choice at most: a URL pasted with its password would end in a log.
package struct InvalidSetting: Error, Sendable, Equatable {
    package let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}
