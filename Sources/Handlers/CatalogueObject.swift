// SPDX-License-Identifier: Apache-2.0

/// Something in Harbor of which a catalogue has an entity.
///
/// An event only says that it may have changed: what it is now is asked of Harbor.
package enum CatalogueObject: Sendable, Hashable {
    case project(String)

    /// `name` is without the project.
    case repository(project: String, name: String)

    case artifact(project: String, repository: String, digest: String)

    /// What sort of object, as a mapping calls it.
    package enum Kind: String, Sendable, CaseIterable {
        case project
        case repository
        case artifact
    }

    package var kind: Kind {
        switch self {
        case .project: .project
        case .repository: .repository
        case .artifact: .artifact
        }
    }

    /// The name of its project, or its own.
    package var project: String {
        switch self {
        case .project(let project), .repository(let project, _), .artifact(let project, _, _): project
        }
    }

    /// The repository of an artifact and its project, or the project of a repository.
    package var parents: [CatalogueObject] {
        switch self {
        case .project: []
        case .repository(let project, _): [.project(project)]
        case .artifact(let project, let repository, _):
            [.repository(project: project, name: repository), .project(project)]
        }
    }

    /// What names it for ever and among all kinds: `library`, `library/a/b`, or `library/a/b@sha256:…`.
    ///
    /// Every event has what it takes to make it. No other object has the same.
    package var identifier: String {
        switch self {
        case .project(let project): project
        case .repository(let project, let name): "\(project)/\(name)"
        case .artifact(let project, let repository, let digest): "\(project)/\(repository)@\(digest)"
        }
    }
}

extension CatalogueObject {
    /// The longest identifier: Harbor allows 255 characters for a project and for a repository each, a digest has 135
    /// at most.
    private static let longest = 700

    /// The object with this ``identifier``; nil where there can be none.
    ///
    /// The text may be a stranger's, and becomes part of URLs, of lines and of the names of files: nothing is let through
    /// that has a meaning there.
    package init?(identifier: String) {
        guard identifier.utf8.count <= Self.longest, identifier.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F })
        else { return nil }
        let parts = identifier.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let project = String(parts[0])
        guard isName(parts[0]) else { return nil }
        guard parts.count == 2 else {
            self = .project(project)
            return
        }
        // No repository has an "@" in its name (OCI Distribution §2), which is why it stands before a digest.
        let ends = parts[1].split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard ends[0].split(separator: "/", omittingEmptySubsequences: false).allSatisfy(isName) else {
            return nil
        }
        let repository = String(ends[0])
        guard ends.count == 2 else {
            self = .repository(project: project, name: repository)
            return
        }
        guard isDigest(ends[1]) else { return nil }
        self = .artifact(project: project, repository: repository, digest: String(ends[1]))
    }
}

extension CatalogueObject: CustomStringConvertible {
    package var description: String { "\(kind.rawValue) \(identifier)" }
}

/// Whether it can be a step of a path.
private func isName(_ text: Substring) -> Bool { !text.isEmpty && text != "." && text != ".." }

/// Whether it is an algorithm and what that has computed (OCI Image, "Digests").
private func isDigest(_ text: Substring) -> Bool {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    return parts.count == 2
        && parts.allSatisfy { part in
            !part.isEmpty
                && part.utf8.allSatisfy { byte in
                    switch byte {
                    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                        UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "+"), UInt8(ascii: "."),
                        UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "="):
                        true
                    default: false
                    }
                }
        }
}
