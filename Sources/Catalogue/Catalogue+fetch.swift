// SPDX-License-Identifier: Apache-2.0

internal import Handlers

/// An object and what Harbor has of it; nil where it has none.
typealias Found = (object: CatalogueObject, json: [UInt8]?)

extension Catalogue {
    /// Asks Harbor for each of the objects.
    func fetch(_ objects: [CatalogueObject]) async -> (found: [Found], [CatalogueObject: CatalogueFailure]) {
        var answers = Answers(byteLimit: byteLimit)
        await withTaskGroup(of: (CatalogueObject, Result<[UInt8]?, HarborError>).self) { group in
            for (index, object) in objects.enumerated() {
                if index >= harbor.maxConcurrent, let answer = await group.next() {
                    answers.take(answer.0, answer.1)
                }
                guard answers.isWorthAsking(object) else { continue }
                group.addTask { [harbor] in
                    // Not `do` and `catch`: what they return from here is garbage once Swift 6.3.1 has optimised it.
                    let answer = await Result { () async throws(HarborError) in
                        try await harbor.object(object)
                    }
                    return (object, answer)
                }
            }
            while let answer = await group.next() { answers.take(answer.0, answer.1) }
        }
        return (answers.found, answers.failures)
    }

    /// What Harbor has said so far.
    private struct Answers {
        let byteLimit: Int
        var found: [Found] = []
        var failures: [CatalogueObject: CatalogueFailure] = [:]

        private var byteCount = 0

        /// Why no other object is worth a question.
        private var obstacle: CatalogueFailure?

        /// For how many in a row nobody answered.
        private var silence = 0

        init(byteLimit: Int) { self.byteLimit = byteLimit }

        /// After so many the rest are not asked for: each would take as long.
        private static let patience = 3

        mutating func take(_ object: CatalogueObject, _ result: Result<[UInt8]?, HarborError>) {
            switch result {
            case .success(let json):
                silence = 0
                found.append((object, json))
                byteCount += json?.count ?? 0
                if byteCount >= byteLimit { obstacle = obstacle ?? .tooLarge }
            case .failure(let error):
                let failure = CatalogueFailure(error)
                failures[object] = failure
                silence = error.code == .unreachable ? silence + 1 : 0
                if error.isAboutAll || silence >= Self.patience { obstacle = failure }
            }
        }

        mutating func isWorthAsking(_ object: CatalogueObject) -> Bool {
            guard let obstacle else { return true }
            failures[object] = obstacle
            return false
        }
    }
}

extension CatalogueFailure {
    /// What is large is brought up to date by and by: only so much is in memory at once.
    static var tooLarge: CatalogueFailure {
        CatalogueFailure("put off, because the objects before it in its batch are large")
    }

    init(_ error: HarborError) {
        guard error.code != .cancelled else {
            self = .putOff("Harbor has taken too long for its batch")
            return
        }
        self.init(error.description, retryAfter: error.retryAfter)
    }
}

extension HarborError {
    /// Whether it would meet every other object as well.
    fileprivate var isAboutAll: Bool {
        switch code {
        case .unauthorized, .configuration, .cancelled: true
        case .unavailable: retryAfter != nil
        case .forbidden, .unreachable, .unexpected: false
        }
    }
}

extension CatalogueObject {
    /// What of an object follows from its name.
    var derived: [UInt8] {
        let members: [(String, String)] =
            switch self {
            case .project(let project): [("name", project)]
            case .repository: [("name", identifier)]
            case .artifact(_, _, let digest): [("digest", digest)]
            }
        let text = members.map { "\"\($0)\":\(JSONText(quoting: $1))" }.joined(separator: ",")
        return HarborObject(self, Array("{\(text)}".utf8)[...])?.json ?? []
    }
}
