// SPDX-License-Identifier: Apache-2.0

/// Reads settings by path, from the environment or else from the file, and keeps note of every path it is
/// asked for.
///
/// So the code that reads a setting is its declaration too: the known keys, the environment's names and the
/// README's table follow from it, and none of them can be forgotten.
struct SettingsReader {
    private(set) var declared: [SettingDescription] = []
    private(set) var problems: [Problem] = []

    private let file: String
    private let root: YAMLValue?
    private let environment: [String: String]

    init(file: String, root: YAMLValue?, environment: [String: String]) {
        self.file = file
        self.root = root
        self.environment = environment
    }

    /// A setting without which nothing works; nil, and a problem, when it is missing or wrong.
    mutating func required<Value>(
        _ path: String,
        _ type: SettingType<Value>,
        _ description: String
    ) -> Value? {
        let setting = declare(path, "required", description)
        guard let given = given(setting) else {
            let advice = "set it here, or \(setting.environment) in the environment"
            problems.append(Problem(file: file, message: "\(path) is missing: \(advice)"))
            return nil
        }
        return parse(given, of: setting, type)
    }

    /// A setting that may be left out; `fallback` is written as it would be in the file.
    mutating func value<Value>(
        _ path: String,
        _ type: SettingType<Value>,
        default fallback: String,
        _ description: String
    ) -> Value? {
        let setting = declare(path, fallback, description)
        return parse(given(setting) ?? .builtIn(fallback), of: setting, type)
    }

    /// A setting that may be left out, for which there is no default.
    mutating func optional<Value>(
        _ path: String,
        _ type: SettingType<Value>,
        _ description: String
    ) -> Value? {
        let setting = declare(path, "none", description)
        return given(setting).flatMap { parse($0, of: setting, type) }
    }
}

extension SettingsReader {
    /// Where a value comes from, which is where its problem is reported.
    private enum Given {
        case environment(String)
        case file(YAMLValue)
        case builtIn(String)
    }

    private mutating func declare(_ path: String, _ fallback: String, _ text: String) -> SettingDescription {
        let setting = SettingDescription(path: path, defaultText: fallback, description: text)
        declared.append(setting)
        return setting
    }

    /// An empty variable counts as unset, because Compose files and systemd units can hardly unset one.
    private func given(_ setting: SettingDescription) -> Given? {
        if let text = environment[setting.environment], !text.isEmpty { return .environment(text) }
        var value = root
        for key in setting.path.split(separator: ".") { value = value?[String(key)] }
        return value.map { .file($0) }
    }

    private mutating func parse<Value>(
        _ given: Given,
        of setting: SettingDescription,
        _ type: SettingType<Value>
    ) -> Value? {
        do {
            switch given {
            case .environment(let text), .builtIn(let text): return try type.parse(text)
            case .file(let value):
                guard value.shape == type.shape, let text = value.scalar else {
                    problems.append(value.mismatch(type.shape))
                    return nil
                }
                return try type.parse(text)
            }
        } catch {
            switch given {
            case .file(let value): problems.append(value.error("\(setting.path) \(error.reason)"))
            case .environment, .builtIn:
                problems.append(Problem(message: "\(setting.environment) \(error.reason)"))
            }
            return nil
        }
    }
}
