// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import Handlers

/// How far a ``Resync`` is, as it is kept.
struct ResyncState: Codable, Sendable, Equatable {
    /// The one project that it is about; nil for all.
    let scope: String?

    /// What is shown, and where: what was sent before that changed has to be sent again.
    let configuration: String?

    var projects = PageCursor()

    /// The one that is being walked, and how far.
    var project: String?
    var repositories = PageCursor()

    /// Projects and repositories of which the list could not be read to its end; "" is for the list of projects.
    var unread: Set<String> = []

    /// Whether only what is gone is left to be removed.
    var isWalked = false

    var counts = ResyncCounts()

    init(scope: String?, configuration: String) {
        (self.scope, self.configuration) = (scope, configuration)
    }

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

    /// Whether the object may be in a list that could not be read to its end: that it was not met says nothing then.
    func isUnread(_ object: CatalogueObject) -> Bool {
        guard !unread.isEmpty else { return false }
        if unread.contains("") || object.kind != .project && unread.contains(object.project) { return true }
        guard case .artifact(let project, let repository, _) = object else { return false }
        return unread.contains("\(project)/\(repository)")
    }

    /// From 0 to 1: by projects, and in the project that is being walked by its repositories.
    ///
    /// Nil afterwards: how much is left to be looked at once more, nobody knows.
    var fraction: Double? {
        guard !isWalked else { return nil }
        let total = scope == nil ? projects.total : 1
        guard let total, total > 0 else { return nil }
        let part =
            project == nil
            ? 0 : repositories.total.map { $0 > 0 ? Double(repositories.count) / Double($0) : 0 } ?? 0
        return min((Double(projects.count) + min(part, 1)) / Double(total), 1)
    }
}
