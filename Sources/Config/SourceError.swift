// SPDX-License-Identifier: Apache-2.0

/// A source that could not be read at all.
package struct SourceError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong and what to do.
    package let problem: Problem

    package var description: String { problem.description }

    package init(_ problem: Problem) {
        self.problem = problem
    }
}
