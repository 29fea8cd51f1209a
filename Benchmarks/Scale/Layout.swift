// SPDX-License-Identifier: Apache-2.0

import Foundation

/// How the objects are laid out in files.
enum Layout: String, CaseIterable {
    case documents = "a file for each namespace, a document for each object"
    case lists = "a file for each namespace, one `kind: List`"
    case list = "one file, one `kind: List`"

    /// Writes all manifests into `folder` and returns how many bytes they are.
    func write(_ fleet: Fleet, to folder: String) throws -> Int {
        var size = 0
        var everything: [String] = []
        for project in 0..<fleet.projects {
            let objects = fleet.objects(of: project)
            switch self {
            case .documents: size += try write(objects.joined(separator: "---\n"), folder, project)
            case .lists: size += try write(list(objects), folder, project)
            case .list: everything += objects
            }
        }
        return self == .list ? try write(list(everything), folder, 0) : size
    }

    /// As `kubectl get -o yaml` prints it.
    private func list(_ objects: [String]) -> String {
        var text = "apiVersion: v1\nitems:\n"
        for object in objects {
            for (number, line) in object.split(separator: "\n").enumerated() {
                text += "\(number == 0 ? "- " : "  ")\(line)\n"
            }
        }
        return text + "kind: List\nmetadata:\n  resourceVersion: \"\"\n"
    }

    private func write(_ text: String, _ folder: String, _ project: Int) throws -> Int {
        let path = "\(folder)/\(Fleet.project(project)).yaml"
        try Data(text.utf8).write(to: URL(filePath: path))
        // There are Secrets in it.
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        return text.utf8.count
    }
}
