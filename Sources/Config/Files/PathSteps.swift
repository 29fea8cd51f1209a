// SPDX-License-Identifier: Apache-2.0

internal import POSIX

/// The entries of folders that say where an absolute path leads: a change of any of them may make it lead elsewhere.
///
/// One for each component, and where that is a symbolic link, those on the way to its target.
func steps(along path: String) -> [(folder: String, name: String)] {
    var steps: [(folder: String, name: String)] = []
    var folder = "/"
    var rest = path.split(separator: "/").map(String.init)[...]
    var links = 0
    while let name = rest.popFirst() {
        guard name != "." else { continue }
        guard name != ".." else {
            // No link is in it, so that this is what is above it.
            folder = folder.parentFolder
            continue
        }
        steps.append((folder, name))
        let next = folder == "/" ? "/\(name)" : "\(folder)/\(name)"
        guard let target = Folder.target(ofLink: next) else {
            folder = next
            continue
        }
        links += 1
        // As many as the kernel follows.
        guard links <= 40 else { break }
        if target.hasPrefix("/") { folder = "/" }
        rest = (target.split(separator: "/").map(String.init) + rest)[...]
    }
    return steps
}
