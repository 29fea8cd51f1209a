// SPDX-License-Identifier: Apache-2.0

internal import Catalogue

/// The mapping of a CatalogueReceiver, before it was compiled.
struct MappingManifest: Sendable {
    let definition: MappingDefinition

    /// Of the whole.
    let place: Place

    /// Of each expression, by its path.
    let places: [String: Place]

    /// What is said of a mapping that does not compile, each expression at its line.
    func problems(_ error: MappingError) -> [Problem] {
        if error.code == .unavailable {
            return [
                place.error("the mapping cannot be compiled now, that is tried again and again: \(error)")
            ]
        }
        guard !error.problems.isEmpty else { return [place.error("\(error)")] }
        return error.problems.map { (places[$0.path] ?? place).error("the mapping's \($0)") }
    }
}
