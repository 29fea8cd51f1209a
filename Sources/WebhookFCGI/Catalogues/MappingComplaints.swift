// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Handlers
import Logging
import NIOConcurrencyHelpers
import Outbox

/// Says what expressions cannot make of objects, of each expression ever more rarely: there may be thousands of such
/// objects.
final class MappingComplaints: Sendable {
    private struct Expression: Hashable {
        let receiver: ReceiverName
        let path: String
    }

    private let log: Logger
    private let troubles = NIOLockedValueBox<[Expression: Trouble]>([:])

    init(_ log: Logger) { self.log = log }

    func note(_ receiver: ReceiverName, _ object: CatalogueObject, _ problem: MappingProblem) {
        let expression = Expression(receiver: receiver, path: problem.path)
        let isNews = troubles.withLockedValue { $0[expression, default: Trouble()].isNews(problem.path) }
        guard isNews else { return }
        log.warning(
            "an expression of the mapping fails",
            metadata: [
                "receiver": "\(receiver.title)", "object": "\(object.identifier)",
                "expression": "\(problem.path)",
                "error": "\(problem.message)",
            ]
        )
    }
}
