// SPDX-License-Identifier: Apache-2.0

extension String {
    /// The path, taken relative to `folder` if it is relative; doubled slashes and `.` are dropped.
    ///
    /// `..` stays, because what it means depends on symbolic links.
    func resolved(in folder: String) -> String {
        let path = hasPrefix("/") ? self : "\(folder)/\(self)"
        return "/" + path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }

    /// The path without its last component.
    var parentFolder: String {
        lastIndex(of: "/").map { $0 == startIndex ? "/" : String(self[..<$0]) } ?? "."
    }
}
