// SPDX-License-Identifier: Apache-2.0

package import POSIX

/// A target and the token it is to get.
package struct Refresh: Sendable, Hashable {
    package let target: Target

    /// Greater than every token the target had before.
    package let token: Timestamp

    package init(target: Target, token: Timestamp) {
        self.target = target
        self.token = token
    }
}
