// SPDX-License-Identifier: Apache-2.0

/// How a setting is written, in the file and in the environment.
struct SettingType<Value> {
    /// What the YAML value must be; in the environment everything is text.
    let shape: YAMLShape
    let parse: (String) throws(InvalidSetting) -> Value
}

extension SettingType<BaseURL> {
    static var baseURL: Self { Self(shape: .text) { text throws(InvalidSetting) in try BaseURL(text) } }
}

extension SettingType<Int> {
    static func wholeNumber(in range: ClosedRange<Int>) -> Self {
        Self(shape: .number) { text throws(InvalidSetting) in
            guard let number = Int(text), range.contains(number) else {
                throw InvalidSetting(
                    "must be a whole number from \(range.lowerBound) to \(range.upperBound), but is \(text.quoted)"
                )
            }
            return number
        }
    }
}

extension SettingType<String> {
    /// A file or folder; a relative one is relative to `folder`, that of the settings file.
    static func path(relativeTo folder: String) -> Self {
        Self(shape: .text) { text throws(InvalidSetting) in
            guard !text.isEmpty, !text.utf8.contains(0) else { throw InvalidSetting("must be a path") }
            return text.resolved(in: folder)
        }
    }

    static var namespace: Self {
        Self(shape: .text) { text throws(InvalidSetting) in
            guard isDNSLabel(text) else {
                throw InvalidSetting("must be a namespace (\(dnsLabelRule)), but is \(text.quoted)")
            }
            return text
        }
    }
}

extension SettingType where Value: CaseIterable & RawRepresentable<String> {
    static var choice: Self {
        Self(shape: .text) { text throws(InvalidSetting) in
            guard let value = Value(rawValue: text) else {
                let choices = Value.allCases.map(\.rawValue).listed("or")
                throw InvalidSetting("must be \(choices), but is \(text.quoted)")
            }
            return value
        }
    }
}
