// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// Made once for all tests: see certificates.sh for what there is.
enum Certificates {
    private static let folder = Result {
        let folder = try TemporaryFolder()
        _ = try Scripts.run("\(Scripts.folder)/certificates.sh", [folder.path])
        // Nothing else runs when the process ends.
        atexit {
            if let path = try? Certificates.path("") { try? FileManager.default.removeItem(atPath: path) }
        }
        return folder
    }

    /// The path of a file.
    static func path(_ name: String) throws -> String { try "\(folder.get().path)/\(name)" }

    static func text(_ name: String) throws -> String {
        try String(contentsOfFile: try path(name), encoding: .utf8)
    }
}
