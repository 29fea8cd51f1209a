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

extension SettingType<Duration> {
    /// A whole number with its unit, such as `100ms`, `1s`, `10m`, `12h` or `14d`, within bounds.
    static func duration(atLeast shortest: Duration = .zero, atMost longest: Duration) -> Self {
        Self(shape: .text) { text throws(InvalidSetting) in
            guard let duration = Duration(text: text) else {
                throw InvalidSetting(
                    "must be a duration such as 100ms, 1s, 10m, 12h or 14d, but is \(text.quoted)"
                )
            }
            guard duration >= shortest else {
                throw InvalidSetting(
                    "must be at least \(shortest.components.seconds)s, but is \(text.quoted)"
                )
            }
            guard duration <= longest else {
                throw InvalidSetting("must be at most \(longest.components.seconds)s, but is \(text.quoted)")
            }
            return duration
        }
    }
}

extension SettingType<RateLimit.Rate> {
    /// A whole number in a second, a minute or an hour, such as `50/s`, `10/m` or `100/h`.
    static var rate: Self {
        Self(shape: .text) { text throws(InvalidSetting) in
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0].allSatisfy(\.isNumber), let count = Int(parts[0]),
                (1...1_000_000).contains(count), let seconds = ["s": 1, "m": 60, "h": 3600][parts[1]]
            else {
                throw InvalidSetting(
                    "must be a rate such as 50/s, 10/m or 100/h, of at most 1000000, but is \(text.quoted)"
                )
            }
            return RateLimit.Rate(count: count, in: .seconds(seconds))
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

extension SettingType<String> {
    /// Some text.
    static var name: Self {
        Self(shape: .text) { text throws(InvalidSetting) in
            guard !text.isEmpty else { throw InvalidSetting("must not be empty") }
            return text
        }
    }

    /// What the API server takes for the name of a field manager.
    static var fieldManager: Self {
        Self(shape: .text) { text throws(InvalidSetting) in
            let isPrintable = text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
            guard isPrintable, (1...128).contains(text.utf8.count) else {
                throw InvalidSetting("must be 1 to 128 printable characters, but is \(text.quoted)")
            }
            return text
        }
    }
}

extension SettingType<[String]> {
    /// A list of namespaces; in the environment with commas between them.
    static var namespaces: Self {
        Self(shape: .list) { text throws(InvalidSetting) in
            let names = text.split(separator: ",", omittingEmptySubsequences: false).map { name in
                String(name.drop { $0 == " " })
            }
            for name in names where !isDNSLabel(name) {
                throw InvalidSetting("must be a list of namespaces (\(dnsLabelRule)), but has \(name.quoted)")
            }
            return Set(names).sorted()
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
