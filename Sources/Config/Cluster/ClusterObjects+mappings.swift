// SPDX-License-Identifier: Apache-2.0

internal import Catalogue

extension ClusterObjects {
    /// How many mappings are compiled at a time.
    private static let compilerLimit = 2

    /// Mappings to compile now, elsewhere: here everybody else would wait for the time that a tenant's takes.
    func nextUnknownMappings() -> [MappingDefinition] {
        let next = unknownMappings.subtracting(compiled).prefix(max(0, Self.compilerLimit - compiled.count))
        compiled.formUnion(next)
        return Array(next)
    }

    /// Mappings of which it is not known whether they compile.
    var unknownMappings: Set<MappingDefinition> {
        guard mayLackMappings else { return [] }
        let definitions = manifests.definitions
        manifests.mappings = manifests.mappings.filter { definitions.contains($0.key) }
        let unknown = definitions.filter { manifests.mappings[$0] == nil }
        mayLackMappings = !unknown.isEmpty
        return unknown
    }

    /// Takes note of what became of compiling a mapping.
    func apply(_ result: Result<Mapping, MappingError>, to definition: MappingDefinition) {
        compiled.remove(definition)
        manifests.mappings[definition] = result
        (haveReceiversChanged, mayLackMappings) = (true, true)
    }
}
