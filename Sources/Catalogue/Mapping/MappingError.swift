// SPDX-License-Identifier: Apache-2.0

/// Why there is no mapping, or why nothing can be mapped at the moment.
package struct MappingError: Error, Sendable, CustomStringConvertible {
    package enum Code: Sendable {
        /// Expressions do not compile: ``problems`` has each of them.
        case invalid
        /// Expressions exceed their bounds when they are compiled, and would again.
        case excessive
        /// The evaluator does not run: it is to be tried again.
        case unavailable
    }

    package let code: Code
    package let problems: [MappingProblem]

    /// For the operator.
    package let description: String

    init(invalid problems: [MappingProblem]) {
        code = .invalid
        self.problems = problems
        description = problems.map(\.description).joined(separator: "; ")
    }

    init(excessive description: String) {
        code = .excessive
        problems = []
        self.description = description
    }

    init(unavailable description: String) {
        code = .unavailable
        problems = []
        self.description = description
    }
}
