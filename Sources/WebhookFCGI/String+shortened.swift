// SPDX-License-Identifier: Apache-2.0

extension String {
    /// At most 512 code points, for keeping what a stranger wrote.
    ///
    /// Not characters: a million accents on one letter are one of those.
    var shortened: String {
        let isLong = utf8.count > 512 && unicodeScalars.count > 512
        return isLong ? String(unicodeScalars.prefix(511)) + "…" : self
    }
}
