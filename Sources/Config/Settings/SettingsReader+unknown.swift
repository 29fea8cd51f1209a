// SPDX-License-Identifier: Apache-2.0

/// What was set and is no setting: a misspelt key must not pass for a default.
extension SettingsReader {
    /// Every key of `group` that leads to no declared setting, and every group that is none.
    func unknownKeys(in group: YAMLValue) -> [Problem] {
        guard group.shape == .mapping else { return [group.mismatch(.mapping)] }
        let known = children(of: group.path)
        return group.members.flatMap { key, name, value -> [Problem] in
            guard known.contains(key) else {
                let key = key.quoted + (group.path.isEmpty ? "" : " in '\(group.path)'")
                return [name.error("unknown key \(key)\(suggestion(for: name.scalar ?? "", among: known))")]
            }
            let isSetting = declared.contains { $0.path == value.path }
            return isSetting || value.shape == .empty ? [] : unknownKeys(in: value)
        }
    }

    /// Every variable that looks like a setting and is none: a warning, for it may be meant for something else.
    func unknownVariables(in environment: [String: String]) -> [Problem] {
        let known = declared.map(\.environment)
        return environment.keys.sorted().compactMap { name in
            guard name.hasPrefix(SettingDescription.environmentPrefix), !known.contains(name),
                !isOthersVariable(name)
            else { return nil }
            // The prefix that all of them share would make them all alike.
            let near = nearest(to: name.withoutPrefix, among: known.map(\.withoutPrefix))
            let advice =
                near.map { "did you mean \(SettingDescription.environmentPrefix)\($0)?" }
                ?? "it is ignored"
            return Problem(.warning, message: "\(name.quoted) in the environment is no setting: \(advice)")
        }
    }

    /// The keys that settings have at a level of the file.
    private func children(of group: String) -> [String] {
        let prefix = group.isEmpty ? "" : group + "."
        var keys: [String] = []
        for setting in declared where setting.path.hasPrefix(prefix) {
            let key = String(setting.path.dropFirst(prefix.count).prefix { $0 != "." })
            if !keys.contains(key) { keys.append(key) }
        }
        return keys
    }

    /// The path of the settings file, and what Kubernetes tells every container about a Service `webhook-fcgi`.
    private func isOthersVariable(_ name: String) -> Bool {
        let name = name.withoutPrefix
        return name == "CONFIG" || name == "SERVICE_HOST"
            || ["SERVICE_PORT", "PORT"].contains { name == $0 || name.hasPrefix($0 + "_") }
    }
}

extension String {
    fileprivate var withoutPrefix: String { String(dropFirst(SettingDescription.environmentPrefix.count)) }
}
