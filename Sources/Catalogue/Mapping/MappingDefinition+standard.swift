// SPDX-License-Identifier: Apache-2.0

internal import Handlers

extension MappingDefinition {
    /// The mapping that counts where a manifest has none: into the blueprints of `deploy/port/blueprints.json`.
    package static let standard = MappingDefinition(resources: [project, repository, artifact])

    private static let project = Resource(
        kind: .project,
        identifier: ".__identifier",
        title: ".name",
        blueprint: #""harborProject""#,
        properties: [
            "ownerName": ".owner_name",
            // A text in Harbor.
            "public": #".metadata.public == "true""#,
            "repoCount": ".repo_count // 0",
            "creationTime": ".creation_time",
            "updateTime": ".update_time",
        ]
    )

    private static let repository = Resource(
        kind: .repository,
        identifier: ".__identifier",
        title: ".__repository",
        blueprint: #""harborRepository""#,
        properties: [
            "description": ".description",
            "artifactCount": ".artifact_count // 0",
            "pullCount": ".pull_count // 0",
            "creationTime": ".creation_time",
            "updateTime": ".update_time",
        ],
        relations: ["project": ".__project"]
    )

    private static let artifact = Resource(
        kind: .artifact,
        identifier: ".__identifier",
        title: #".__repository + ([.tags[]?.name][0] // null | if . then ":" + . else "" end)"#,
        blueprint: #""harborArtifact""#,
        properties: [
            "type": ".type",
            "digest": ".digest",
            "size": ".size",
            "tags": "[.tags[]?.name]",
            "pushTime": time("push_time"),
            "pullTime": time("pull_time"),
            "scanStatus": scan(".scan_status"),
            "severity": scan(#".severity | if . == "" then null else . end"#),
            "vulnerabilityCritical": vulnerabilities(".summary.Critical"),
            "vulnerabilityHigh": vulnerabilities(".summary.High"),
            "vulnerabilityMedium": vulnerabilities(".summary.Medium"),
            "vulnerabilityLow": vulnerabilities(".summary.Low"),
            "vulnerabilityTotal": vulnerabilities(".total"),
        ],
        relations: [
            "project": ".__project",
            "repository": #".__project + "/" + .__repository"#,
        ]
    )

    /// What has never happened has the year 1 in Harbor.
    private static func time(_ name: String) -> String {
        #".\#(name) | if . == null or startswith("0001-") then null else . end"#
    }

    /// Reports are by media type, of which an artifact has one.
    private static func scan(_ expression: String) -> String { "[.scan_overview[]?][0] | \(expression)" }

    /// A severity of which there is none is left out, and so is the summary of a scan that has failed.
    private static func vulnerabilities(_ expression: String) -> String {
        scan(".summary | if . then \(expression) // 0 else null end")
    }
}
