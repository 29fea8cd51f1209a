// SPDX-License-Identifier: Apache-2.0

internal import Catalogue
private import Yams

extension MappingManifest {
    /// More is no mapping that somebody has written.
    private static let longestFile = 1 << 20

    /// The mapping of a CatalogueReceiver's `spec`: what it holds, what the file holds that it names, or the standard one.
    ///
    /// It is not compiled: whoever reads manifests must not wait for that.
    static func read(_ spec: YAMLValue, _ problems: inout [Problem]) -> MappingManifest? {
        guard let value = spec["mapping"] else {
            return MappingManifest(definition: .standard, place: spec.place, places: [:])
        }
        guard value.shape == .mapping else {
            problems.append(value.mismatch(.mapping))
            return nil
        }
        guard let file = value["file"] else { return decoded(value, &problems) }
        // Whoever writes manifests in one namespace must not have files read that are not theirs: errors quote them.
        guard value.place.line != nil else {
            problems.append(
                file.error(
                    "\(file.path) is for manifests in a folder: in a cluster write the mapping itself, with resources"
                )
            )
            return nil
        }
        guard value.holdsOnly(["file"], &problems), let path = value.path("file", &problems) else {
            return nil
        }
        let bytes: [UInt8]
        do throws(FileError) { bytes = try FileSystem.read(path, limit: longestFile).bytes } catch {
            problems.append(error.problem)
            return nil
        }
        var documents: [YAMLValue] = []
        let unread = YAMLFile(path: path, bytes: bytes).forEachDocument { documents.append($0) }
        problems += unread
        guard unread.isEmpty else { return nil }
        guard let document = documents.first, documents.count == 1 else {
            problems.append(
                Problem(file: path, message: "holds no mapping, or several: write one, with resources")
            )
            return nil
        }
        return decoded(document, &problems)
    }

    private static func decoded(_ value: YAMLValue, _ problems: inout [Problem]) -> MappingManifest? {
        let definition: MappingDefinition
        do { definition = try value.decoded() } catch let error as DecodingError {
            problems.append(value.problem(error))
            return nil
        } catch {
            problems.append(value.error("the mapping cannot be read: \(error)"))
            return nil
        }
        do throws(MappingError) {
            let paths = try Mapping.paths(of: definition)
            return MappingManifest(
                definition: definition,
                place: value.place,
                places: Dictionary(paths.map { ($0, value.place(of: $0)) }) { first, _ in first }
            )
        } catch {
            problems += error.problems.map { value.place(of: $0.path).error("the mapping's \($0)") }
            return nil
        }
    }
}

extension YAMLValue {
    /// What is wrong with it, at its line.
    fileprivate func problem(_ error: DecodingError) -> Problem {
        let context: DecodingError.Context
        var missing = ""
        switch error {
        case .keyNotFound(let key, let found):
            context = found
            missing = "\(key.stringValue) is missing: add it"
        case .typeMismatch(_, let found), .valueNotFound(_, let found), .dataCorrupted(let found):
            context = found
        @unknown default: return self.error("the mapping cannot be read")
        }
        let steps = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }
        let path = String(steps.joined().drop { $0 == "." })
        let text = missing.isEmpty ? context.debugDescription : missing
        return place(of: path).error("the mapping\(path.isEmpty ? "" : "'s \(path)"): \(text)")
    }

    /// The line of what is at `path`, such as `resources[1].port`, or of the last that is on the way there.
    fileprivate func place(of path: String) -> Place {
        var value = self
        for step in path.split(whereSeparator: { $0 == "." || $0 == "[" || $0 == "]" }) {
            let next: YAMLValue?
            if value.shape == .list, let index = Int(step) {
                let elements = value.elements
                next = elements.indices.contains(index) ? elements[index] : nil
            } else {
                next = value[String(step)]
            }
            guard let next else { break }
            value = next
        }
        return value.place
    }
}
