// SPDX-License-Identifier: Apache-2.0

/// How a log line is written: for people, or for a log collector.
package enum LogFormat: String, Sendable, CaseIterable {
    case text
    case json
}
