// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// How a command prints what it has found.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case table, json
}

/// For a command and its subcommands together: what the one parses, the others get.
struct OutputOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "How to print it.")
    var output = OutputFormat.table
}
