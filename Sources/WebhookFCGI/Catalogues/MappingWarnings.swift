// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Handlers
import NIOConcurrencyHelpers
import POSIX

/// Says on standard error what expressions cannot make of objects, of each expression once: there may be thousands of such
/// objects.
final class MappingWarnings: Sendable {
    private let line: ProgressLine
    private let told = NIOLockedValueBox<Set<String>>([])

    init(_ line: ProgressLine) { self.line = line }

    func note(_ object: CatalogueObject, _ problem: MappingProblem) {
        guard told.withLockedValue({ $0.insert(problem.path).inserted }) else { return }
        line.end()
        let text =
            "\("\(problem)".visible); the value is null, or the entity is left as it is where it needs it"
        printError("warning: \(object): \(text); others alike are not named")
    }
}
