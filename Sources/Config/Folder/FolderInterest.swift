// SPDX-License-Identifier: Apache-2.0

/// Which entries of a folder matter.
struct FolderInterest {
    /// Every one that is not hidden: manifests are read from this folder.
    private(set) var isWhole = false

    /// Those on the way to a manifest, hidden or not, and whether what is in them matters or only what they are.
    private(set) var names: [String: Bool] = [:]

    /// Whether the kernel has to tell what is written.
    var hasContents: Bool { isWhole || names.values.contains(true) }

    /// By path, what matters where manifests are read below `directory`.
    ///
    /// `files` are those that are there now, nil where the directory cannot be read.
    static func all(_ files: ManifestFiles?, below directory: String) -> [String: FolderInterest] {
        var interests: [String: FolderInterest] = [:]
        for folder in files?.folders ?? [] { interests[folder, default: Self()].isWhole = true }
        for path in [directory] + (files?.links ?? []) {
            let steps = steps(along: path)
            for (index, step) in steps.enumerated() {
                // A link's last step is the file, or the folder, which is then looked into anyway.
                interests[step.folder, default: Self()].add(step.name, isLast: index == steps.count - 1)
            }
        }
        return interests
    }

    mutating func merge(_ other: FolderInterest) {
        isWhole = isWhole || other.isWhole
        names.merge(other.names) { $0 || $1 }
    }

    /// What a change of this entry means.
    func weight(of name: String) -> Weight {
        let isVisible = isWhole && !name.hasPrefix(".")
        if isVisible && ManifestFiles.isManifest(name) || names[name] == true { return .certain }
        return isVisible || names[name] != nil ? .possible : .none
    }

    /// Whether manifests have changed.
    enum Weight: Comparable {
        case none
        /// Perhaps: a look tells.
        case possible
        /// Yes, even if they look the same.
        case certain
    }

    private mutating func add(_ name: String, isLast: Bool) {
        names[name] = isLast || names[name] ?? false
    }
}
