// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The checkout that these tests belong to.
package enum Checkout {
    package static let path = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// The program: SwiftPM builds it into the folder of the test bundle, which is what is running here.
    ///
    /// `WEBHOOK_FCGI_TESTED` may name another one, such as a release.
    package static let program: String = {
        if let program = ProcessInfo.processInfo.environment["WEBHOOK_FCGI_TESTED"] { return program }
        let bundle = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: bundle).deletingLastPathComponent().path + "/webhook-fcgi"
    }()

    package static func read(_ file: String) throws -> String {
        try String(contentsOfFile: "\(path)/\(file)", encoding: .utf8)
    }

    /// What `make fuzz` begins with for a target: examples, and whatever was found once.
    package static func corpus(_ target: String) throws -> [[UInt8]] {
        let folder = "\(path)/Fuzz/Corpus/\(target)"
        return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map { name in
            Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")))
        }
    }

    /// A payload that the handlers' tests have too, such as `harbor/default-push-artifact`.
    package static func payload(_ name: String) throws -> [UInt8] {
        Array(try read("Tests/HandlersTests/Fixtures/\(name).json").utf8)
    }
}
