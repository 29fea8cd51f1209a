// SPDX-License-Identifier: Apache-2.0

internal import Catalogue

extension ClusterObjects {
    /// How many mappings are compiled at a time.
    private static let compilerLimit = 2

    /// Mappings to compile now, elsewhere: here everybody else would wait for the time that a tenant's takes.
    func nextUnknownMappings() -> [MappingDefinition] {
        let open = unknownMappings.union(repeated).subtracting(compiled)
        let next = open.prefix(max(0, Self.compilerLimit - compiled.count))
        compiled.formUnion(next)
        repeated.subtract(next)
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
        let isNews = manifests.mappings[definition].map { !$0.isUnknown || !result.isUnknown } ?? true
        manifests.mappings[definition] = result
        mayLackMappings = true
        if isNews { haveReceiversChanged = true }
    }

    /// Has a mapping compiled once more, if nothing is known of it yet but that there was no process for that.
    func compileAgain(_ definition: MappingDefinition) {
        guard manifests.mappings[definition]?.isUnknown == true, manifests.definitions.contains(definition)
        else { return }
        repeated.insert(definition)
    }
}
