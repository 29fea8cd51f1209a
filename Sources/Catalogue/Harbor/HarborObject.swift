// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
package import Handlers

/// Something that Harbor has, as it has it.
package struct HarborObject: Sendable {
    package let object: CatalogueObject

    /// Harbor's JSON with `__project`, `__repository` and `__identifier` as its last members.
    package let json: [UInt8]

    /// Takes Harbor's JSON for an object and leaves it as it is; nil where it is no JSON of an object.
    init?(_ object: CatalogueObject, _ json: ArraySlice<UInt8>) {
        guard let end = json.lastIndex(where: { !isWhiteSpace($0) }), json[end] == UInt8(ascii: "}"),
            let last = json[..<end].last(where: { !isWhiteSpace($0) })
        else { return nil }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let added = try? encoder.encode(Added(object)) else { return nil }
        self.object = object
        let separator = last == UInt8(ascii: "{") ? [] : [UInt8(ascii: ",")]
        self.json = json[..<end] + separator + added.dropFirst()
    }

    /// What a mapping needs to know and Harbor's JSON does not say, or not in every version.
    private struct Added: Encodable {
        let __identifier: String
        let __project: String
        let __repository: String?

        init(_ object: CatalogueObject) {
            __identifier = object.identifier
            __project = object.project
            __repository =
                switch object {
                case .project: nil
                case .repository(_, let name): name
                case .artifact(_, let repository, _): repository
                }
        }
    }
}

private func isWhiteSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
