// SPDX-License-Identifier: Apache-2.0

/// How much is logged, from everything to next to nothing; swift-log's levels under their own names.
package enum LogLevel: String, Sendable, CaseIterable {
    case trace
    case debug
    case info
    case notice
    case warning
    case error
    case critical
}
