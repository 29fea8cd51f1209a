// SPDX-License-Identifier: Apache-2.0

internal import Yams

extension KubeconfigFile {
    /// Reads `exec` of a user (client.config.k8s.io/v1 ExecConfig).
    func plugin(_ node: Node, user: String, cluster: Cluster) throws(KubernetesError) -> CredentialPlugin {
        let exec = try mapping(node, "exec of the user '\(user)'")
        guard let command = try text("command", of: exec) else {
            throw error("exec of the user '\(user)' has no command")
        }
        let version = try text("apiVersion", of: exec)
        guard let version = CredentialPlugin.Version(rawValue: version ?? "") else {
            let known = CredentialPlugin.Version.allCases.map(\.rawValue).joined(separator: " or ")
            throw error("exec of the user '\(user)' needs the apiVersion \(known)")
        }
        guard try text("interactiveMode", of: exec) != "Always" else {
            throw error(
                "exec of the user '\(user)' wants to ask somebody, but nobody is there: log in otherwise"
            )
        }
        return CredentialPlugin(
            // As a shell does: a name alone is looked for in $PATH.
            command: command.contains("/") ? resolve(command) : command,
            arguments: try texts("args", of: exec),
            environment: try variables(exec),
            version: version,
            cluster: try flag("provideClusterInfo", of: exec) ? cluster : nil
        )
    }

    private func texts(_ key: String, of mapping: Mapping) throws(KubernetesError) -> [String] {
        guard let node = mapping[key], node.scalar == nil else { return [] }
        guard let sequence = node.sequence else { throw error("\(key) must be a list") }
        var texts: [String] = []
        for element in sequence {
            guard let text = element.scalar?.string else { throw error("\(key) must be a list of text") }
            texts.append(text)
        }
        return texts
    }

    private func variables(_ exec: Mapping) throws(KubernetesError) -> [String: String] {
        guard let node = exec["env"], node.scalar == nil else { return [:] }
        guard let sequence = node.sequence else { throw error("env must be a list") }
        var variables: [String: String] = [:]
        for element in sequence {
            let variable = try mapping(element, "an entry of env")
            guard let name = try text("name", of: variable) else {
                throw error("an entry of env has no name")
            }
            variables[name] = try text("value", of: variable) ?? ""
        }
        return variables
    }
}
