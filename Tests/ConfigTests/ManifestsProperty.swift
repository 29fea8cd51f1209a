// SPDX-License-Identifier: Apache-2.0

@testable import Config

/// What is wrong with how the bytes of a manifest file are read, or nil.
///
/// To return at all is the first property. Then every problem names a line of the file, and what was read
/// can be joined.
func manifestsViolation(_ bytes: [UInt8]) -> String? {
    var reader = ManifestReader()
    let unread = YAMLFile(path: "m.yaml", bytes: bytes).forEachDocument { _ = reader.read($0) }
    guard let baseURL = try? BaseURL("https://hooks.example.com") else { return "the base URL is refused" }
    var problems: [Problem] = []
    let snapshot = Snapshot(
        reader.manifests,
        baseURL: baseURL,
        systemResourcesNamespace: "kargo-system-resources",
        &problems
    )
    guard snapshot.warehouseCount <= bytes.count else { return "there are more Warehouses than bytes" }
    let lines = bytes.count { $0 == UInt8(ascii: "\n") } + 1
    // libyaml also breaks lines at CR, NEL, LS and PS, so that there may be more lines than newlines.
    let hasOtherBreaks = bytes.contains { $0 == UInt8(ascii: "\r") || $0 >= 0x80 }
    for problem in unread + reader.problems + problems where !hasOtherBreaks {
        guard let line = problem.line, (1...lines + 1).contains(line) else {
            return "no line of \(lines): \(problem)"
        }
    }
    return nil
}
