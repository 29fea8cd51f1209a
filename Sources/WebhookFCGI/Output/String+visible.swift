// SPDX-License-Identifier: Apache-2.0

extension String {
    /// Without what could move a terminal's cursor, or turn the order of what is read; the text may be a stranger's.
    var visible: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator: "\u{FFFD}"
                    default: scalar
                    }
                }
            )
        )
    }
}
