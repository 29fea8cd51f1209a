// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Shows what the number of Warehouses costs: time and memory to load them, CPU time to decide a delivery.
///
/// Without arguments it generates manifests, runs itself once for each figure, so that no figure contains the
/// generator's memory or another's garbage, and prints a Markdown table.
@main
struct ScaleBenchmark {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        let folders = arguments.dropFirst()
        switch arguments.first {
        case nil: try report()
        case "load": for folder in folders { print(try Loading(of: folder).row) }
        case "change": for folder in folders { print(try Changing(folder).row) }
        case "decide": for row in try Deciding(Array(folders)).rows { print(row) }
        default: throw UsageError()
        }
    }

    private static func report() throws {
        print("Fleet: \(Fleet.large.description).\n")
        print("| manifests | size | loaded in | peak resident | found |\n|---|---|---|---|---|")
        for layout in Layout.allCases {
            try withTemporaryFolder { folder in
                let size = try layout.write(.large, to: folder)
                print("| \(layout.rawValue) | \(size / 1_000_000) MB | \(try run(["load", folder])) |")
            }
        }
        print("\n| image that is pushed | CPU time | Warehouses | CPU time | Warehouses | ratio |")
        print("|---|---|---|---|---|---|")
        try withTemporaryFolder { folder in
            var folders: [String] = []
            for (number, fleet) in [Fleet.large, .small, .popular].enumerated() {
                folders.append("\(folder)/\(number)")
                try FileManager.default.createDirectory(
                    atPath: folders[number],
                    withIntermediateDirectories: false
                )
                _ = try Layout.documents.write(fleet, to: folders[number])
            }
            print(try run(["decide"] + folders))
            print(
                "\n| one Warehouse of \(Fleet.large.warehouseCount) changes: CPU time | at most |\n|---|---|"
            )
            print("| \(try run(["change", folders[0]])) |")
        }
    }

    /// Runs this program again and returns what it prints.
    private static func run(_ arguments: [String]) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = arguments
        process.standardOutput = output
        try process.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw UsageError() }
        return String(decoding: text, as: UTF8.self).trimmingCharacters(in: .newlines)
    }

    private static func withTemporaryFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "scale-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer {
            do { try FileManager.default.removeItem(at: folder) } catch { print("left behind: \(error)") }
        }
        try body(folder.path)
    }
}

/// What this program was asked is nothing it can do, or a run of it failed.
struct UsageError: Error {}
