// SPDX-License-Identifier: Apache-2.0

import Yams

/// The ClusterRole of `deploy/kubernetes`, or what a test makes of it.
struct DeployedRole: Codable {
    let apiVersion: String
    let kind: String
    let metadata: Metadata
    private var rules: [Rule]

    struct Metadata: Codable { let name: String }

    private struct Rule: Codable {
        let apiGroups: [String]
        let resources: [String]
        let verbs: [String]
    }

    /// As it is in the file.
    init() throws {
        self = try YAMLDecoder().decode(Self.self, from: DeployedManifest("clusterrole.yaml").text)
    }

    var permissions: [Permission] {
        get {
            rules.flatMap { rule in
                rule.apiGroups.flatMap { group in
                    rule.resources.flatMap { resource in
                        rule.verbs.map { Permission($0, group, resource) }
                    }
                }
            }
        }
        set {
            rules = newValue.map {
                Rule(apiGroups: [$0.group], resources: [$0.resource], verbs: [$0.verb])
            }
        }
    }

    var yaml: String { get throws { try YAMLEncoder().encode(self) } }
}
