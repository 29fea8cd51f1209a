// SPDX-License-Identifier: Apache-2.0

internal import HTTP

/// What an answer of Port means for a batch.
enum PortOutcome: Sendable {
    /// But for these, by their index in what the sink was given.
    case done([Int: CatalogueFailure])

    /// None of it, which says nothing of other batches.
    case failed(CatalogueFailure)

    /// Smaller ones may do.
    case split([PortBatch])

    /// Nothing will do now.
    case away(CatalogueFailure)

    init(of batch: PortBatch, _ answer: HTTPAnswer) {
        let port = PortAnswer(answer)
        let doing = batch.work == .upsert ? "upserting into" : "deleting from"
        let words = "\(doing) blueprint '\(batch.blueprint)' was answered with \(answer.status)\(port.words)"
        let retry = { (advice: String) in
            CatalogueFailure("Port: \(words)\(advice)", retryAfter: answer.retryAfter)
        }
        switch answer.status {
        case 200...299: self.init(success: batch, answer.status, port, retry)
        case 401: self = .away(retry("; it refuses a token that it has just given"))
        case 403: self = .failed(retry("; the credentials need a role that may do this"))
        case 404 where batch.work != .upsert && port.error == "not_found":
            // Port itself says so, and nothing in between: which of many is not there, smaller calls tell.
            self = batch.halves.map { .split($0) } ?? .done([:])
        case 404: self = .failed(retry(batch.missingBlueprint))
        case 413: self = batch.halves.map { .split($0) } ?? PortOutcome(tooLarge: batch)
        // Which one is to blame, smaller calls tell.
        case 400, 409, 422: self = batch.halves.map { .split($0) } ?? .failed(retry(batch.disagreement))
        case 408, 429, 503: self = .away(retry(""))
        default: self = .failed(retry(""))
        }
    }

    /// No call takes it.
    init(tooLarge batch: PortBatch) {
        let who = batch.items.first.map { "'\($0.identifier)' of " } ?? ""
        self = .failed(
            CatalogueFailure(
                "\(who)blueprint '\(batch.blueprint)' is larger than Port takes: "
                    + "\(batch.byteCount) bytes, leave something out of its mapping",
                isForever: true
            )
        )
    }

    private init(
        success batch: PortBatch,
        _ status: Int,
        _ port: PortAnswer,
        _ retry: (String) -> CatalogueFailure
    ) {
        guard let errors = port.errors else {
            self = status == 207 ? .failed(retry("; what has failed cannot be read")) : .done([:])
            return
        }
        var failures: [Int: CatalogueFailure] = [:]
        for error in errors where batch.work == .upsert || error.statusCode != 404 {
            let item = error.item(of: batch)
            let failure = CatalogueFailure(
                "Port refused \(item.map { "'\($0.identifier)'" } ?? "an entity") of blueprint "
                    + "'\(batch.blueprint)'\(error.statusCode.map { " with \($0)" } ?? "")\(error.words)"
                    + (error.statusCode == 404 ? batch.missingBlueprint : batch.disagreement),
                retryAfter: retry("").retryAfter
            )
            if let item { failures[item.index] = failure } else { failures.fail(batch, failure) }
        }
        self = .done(failures)
    }
}

extension PortAnswer.PartialError {
    /// Nil where it is about none, or does not say which: then all of them may have failed.
    fileprivate func item(of batch: PortBatch) -> PortBatch.Item? {
        if let index, batch.items.indices.contains(index),
            identifier == nil || batch.items[index].identifier == identifier
        {
            return batch.items[index]
        }
        return batch.items.first { $0.identifier == identifier }
    }
}

extension PortBatch {
    fileprivate var missingBlueprint: String {
        "; where there is no blueprint '\(blueprint)' make it, deploy/port/blueprints.json has the default ones"
    }

    fileprivate var disagreement: String { "; let the mapping and blueprint '\(blueprint)' agree" }
}

extension [Int: CatalogueFailure] {
    /// Fails all of the batch of which nothing is known yet.
    mutating func fail(_ batch: PortBatch, _ failure: CatalogueFailure) {
        for item in batch.items where self[item.index] == nil { self[item.index] = failure }
    }
}
