// SPDX-License-Identifier: Apache-2.0

internal import Catalogue
internal import Subscriptions

/// All objects of a source that matter, before receivers are joined with their Secrets.
///
/// Of an object that is defined twice neither definition is used. Which of two would win depends on the names
/// of their files, and a wrong secret or a wrong scope is worse than a missing receiver.
struct Manifests: Sendable {
    private(set) var receivers: [ObjectName: [ReceiverManifest]] = [:]
    private(set) var secrets: [ObjectName: SecretManifest] = [:]
    private(set) var warehouses: [ObjectName: WarehouseManifest] = [:]

    /// Why a Secret is not in ``secrets``, where that is known.
    var missing: [ObjectName: String] = [:]

    /// What has become of compiling the mappings, as far as that was done.
    var mappings: [MappingDefinition: Result<Mapping, MappingError>] = [:]
    private var selectors = SelectorReader()

    /// Puts an object in the place of what it was before.
    mutating func set(_ name: ObjectName, to document: YAMLValue, _ problems: inout [Problem]) {
        switch name.kind {
        case .projectConfig: receivers[name] = projectReceivers(name, document, &problems)
        case .clusterConfig: receivers[name] = clusterReceivers(name, document, &problems)
        case .secret: secrets[name] = SecretManifest(document, &problems)
        case .warehouse:
            let target = Target(namespace: name.namespace, name: name.name)
            warehouses[name] = WarehouseManifest(document, of: target, &selectors, &problems)
        case .catalogueReceiver:
            receivers[name] = ReceiverManifest(catalogue: name, document, &problems).map { [$0] } ?? []
        }
    }

    /// Every CatalogueReceiver that is there, as `project/name`.
    var catalogueReceivers: Set<String> {
        Set(receivers.keys.lazy.filter { $0.kind == .catalogueReceiver }.map { "\($0.namespace)/\($0.name)" })
    }

    /// The mappings of all CatalogueReceivers, each once.
    var definitions: Set<MappingDefinition> {
        Set(receivers.values.joined().compactMap { $0.catalogue?.mapping.definition })
    }

    /// Compiles all mappings; blocks for as long as that takes.
    mutating func compile(_ compile: Mapping.Compile) {
        for definition in definitions where mappings[definition] == nil {
            mappings[definition] = Result { () throws(MappingError) in try compile(definition) }
        }
    }

    /// Forgets an object.
    mutating func remove(_ name: ObjectName) {
        receivers[name] = nil
        secrets[name] = nil
        warehouses[name] = nil
    }
}

extension Mapping {
    /// Makes a mapping; it blocks.
    typealias Compile = @Sendable (MappingDefinition) throws(MappingError) -> Mapping
}

extension Result<Mapping, MappingError> {
    /// Whether this says nothing about the mapping: there was no process that could have compiled it.
    var isUnknown: Bool {
        if case .failure(let error) = self { error.code == .unavailable } else { false }
    }
}

private func projectReceivers(
    _ name: ObjectName,
    _ document: YAMLValue,
    _ problems: inout [Problem]
) -> [ReceiverManifest] {
    guard name.name == name.namespace else {
        problems.append(
            document.error(
                "ProjectConfig '\(name.name)' is in namespace '\(name.namespace)': both must be the "
                    + "project's name, its receivers are left out until they are"
            )
        )
        return []
    }
    return ReceiverManifest.read(document, project: name.namespace, &problems)
}

private func clusterReceivers(
    _ name: ObjectName,
    _ document: YAMLValue,
    _ problems: inout [Problem]
) -> [ReceiverManifest] {
    guard name.name == "cluster" else {
        problems.append(
            document.error(
                "ClusterConfig '\(name.name)' must be named 'cluster': "
                    + "its receivers are left out until it is"
            )
        )
        return []
    }
    return ReceiverManifest.read(document, project: "", &problems)
}
