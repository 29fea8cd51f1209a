// SPDX-License-Identifier: Apache-2.0

extension String {
    /// How often `text` is in it.
    func count(of text: String) -> Int { ranges(of: text).count }
}
