// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

/// How far a ``Resync`` is, as it is kept.
struct ResyncState: Codable, Sendable, Equatable {
    /// The one project that it is about; nil for all.
    let scope: String?

    var projects = PageCursor()

    /// The one that is being walked, and how far.
    var project: String?
    var repositories = PageCursor()

    /// Whether only what is gone is left to be removed.
    var isWalked = false

    var counts = ResyncCounts()

    init(scope: String?) { self.scope = scope }

    /// Nil for what this version cannot read.
    init?(_ text: String) {
        guard let state = try? JSONDecoder().decode(Self.self, from: Data(text.utf8)) else { return nil }
        self = state
    }

    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// From 0 to 1: by projects, and in the project that is being walked by its repositories.
    var fraction: Double? {
        guard !isWalked else { return 1 }
        let total = scope == nil ? projects.total : 1
        guard let total, total > 0 else { return nil }
        let part =
            project == nil
            ? 0 : repositories.total.map { $0 > 0 ? Double(repositories.count) / Double($0) : 0 } ?? 0
        return min((Double(projects.count) + min(part, 1)) / Double(total), 1)
    }
}
