// SPDX-License-Identifier: Apache-2.0

internal import NIOConcurrencyHelpers

extension Mapping {
    private struct Known {
        weak var mapping: Mapping?
    }

    private static let known = NIOLockedValueBox<[MappingDefinition: Known]>([:])

    /// The mapping of this definition that somebody has, or a new one, which blocks: see ``init(_:)``.
    ///
    /// Many receivers have the same, above all the standard one, and so have the manifests when they are read again.
    package static func shared(_ definition: MappingDefinition) throws(MappingError) -> Mapping {
        if let mapping = known.withLockedValue({ $0[definition]?.mapping }) { return mapping }
        let new = try Mapping(definition)
        return known.withLockedValue { known in
            known = known.filter { $0.value.mapping != nil }
            if let mapping = known[definition]?.mapping { return mapping }
            known[definition] = Known(mapping: new)
            return new
        }
    }
}
