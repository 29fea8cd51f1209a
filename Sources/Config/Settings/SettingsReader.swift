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

    /// Says so when `path` is missing, without which `other` has no effect.
    mutating func expect(_ path: String, beside other: String) {
        guard isPresent(other), !isPresent(path) else { return }
        problems.append(Problem(file: file, message: "\(other) has no effect without \(path): set that too"))
    }

    /// Which of these groups or settings is there; nil, and a problem, unless it is exactly one.
    ///
    /// An empty mapping is enough for one of which everything has a default.
    mutating func oneOf(_ paths: [String]) -> String? {
        let present = paths.filter(isPresent)
        if present.count == 1 { return present.first }
        let names = (present.isEmpty ? paths : present).listed(present.isEmpty ? "or" : "and")
        problems.append(
            Problem(
                file: file,
                message: present.isEmpty
                    ? "one of \(names) is missing: set it here or in the environment"
                    : "\(names) exclude each other: keep one"
            )
        )
        return nil
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
        return value(at: setting.path).map { .file($0) }
    }

    private func value(at path: String) -> YAMLValue? {
        path.split(separator: ".").reduce(root) { value, key in value?[String(key)] }
    }

    /// Whether the file has something at `path`, or the environment there or below.
    private func isPresent(_ path: String) -> Bool {
        value(at: path) != nil
            || declared.contains { setting in
                (setting.path == path || setting.path.hasPrefix(path + "."))
                    && environment[setting.environment]?.isEmpty == false
            }
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
                guard value.shape == type.shape, let text = value.scalar ?? value.commaSeparated else {
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

extension YAMLValue {
    /// A list of texts as the environment would have it; nil for anything else.
    fileprivate var commaSeparated: String? {
        guard shape == .list else { return nil }
        let texts = elements.compactMap { $0.shape == .text ? $0.scalar : nil }
        return texts.count == elements.count ? texts.joined(separator: ",") : nil
    }
}
