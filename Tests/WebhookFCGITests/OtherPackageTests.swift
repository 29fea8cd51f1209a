// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// `make fuzz` and `make bench-micro` build the rooms once more, each in a package of its own that nothing else builds.
@Suite struct OtherPackageTests {
    @Test(arguments: ["Fuzz", "Benchmarks/Micro"])
    func `A room has the dependencies that it has here`(_ folder: String) throws {
        let here = try dependencies(in: "Package.swift")
        let there = try dependencies(in: "\(folder)/Package.swift", of: #"path:"Rooms/"#)
        #expect(there.count > 4)
        for (room, dependencies) in there { #expect(dependencies == here[room], "\(room)") }
    }

    /// By target, as they are written; of those targets that have `mark`.
    private func dependencies(in file: String, of mark: String = "") throws -> [String: String] {
        let text = try Checkout.read(file).filter { !$0.isWhitespace }
        let all = text.split(separator: "arget(name:\"").dropFirst()
        let targets = all.filter { mark.isEmpty || $0.contains(mark) }.map { target in
            let list = target.split(separator: "dependencies:[").dropFirst().first?.prefix { $0 != "]" } ?? ""
            return (
                String(target.prefix { $0 != "\"" }),
                list.hasSuffix(",") ? String(list.dropLast()) : String(list)
            )
        }
        return Dictionary(targets) { first, _ in first }
    }
}
