// SPDX-License-Identifier: Apache-2.0

import Foundation
package import POSIX

/// Reads what the sink has written, as kubectl would.
package struct SinkObserver: Sendable {
    package let directory: String

    /// The token of a Warehouse, such as `kargo-demo/guestbook`; nil when it was never refreshed.
    ///
    /// - Throws: The file is not whole.
    package func token(of warehouse: String) throws -> Timestamp? {
        let parts = warehouse.split(separator: "/")
        let path = "\(directory)/\(parts[0])/warehouses/\(parts[1]).yaml"
        guard let bytes = FileManager.default.contents(atPath: path) else { return nil }
        return try RefreshedWarehouse(String(decoding: bytes, as: UTF8.self)).token
    }

    /// Every Warehouse's file.
    package var files: [String] {
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: directory)) ?? []
        return names.filter { $0.hasSuffix(".yaml") }.sorted()
    }

    /// - Throws: One of them is not whole.
    package func checkFiles() throws {
        for file in files {
            let bytes = FileManager.default.contents(atPath: "\(directory)/\(file)") ?? Data()
            _ = try RefreshedWarehouse(String(decoding: bytes, as: UTF8.self))
        }
    }
}
