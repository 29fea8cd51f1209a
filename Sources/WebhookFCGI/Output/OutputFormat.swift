// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// How a command prints what it has found.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case table, json
}
