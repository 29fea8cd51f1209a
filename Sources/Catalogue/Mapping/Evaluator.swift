// SPDX-License-Identifier: Apache-2.0

internal import CJQ
internal import Dispatch
internal import NIOConcurrencyHelpers
internal import POSIX

/// Runs the expressions of one mapping in a process of their own, which is started when it is needed.
///
/// An expression that exceeds its bounds takes the process along, and nothing else: the others are run in the next one.
///
/// `@unchecked`: what changes is touched on `queue` alone.
final class Evaluator: @unchecked Sendable {
    /// What has become of an expression.
    enum Answer: Sendable, Hashable {
        /// Its first output.
        case value(JSONText)
        case nothing
        case failed(String)
    }

    private let expressions: [Expression]
    private let start: @Sendable () throws(SystemError) -> EvaluatorProcess
    private let places: EvaluatorPlaces

    /// One document at a time: however many wait, they are in nobody else's way.
    private let turn = CallGate(limit: 1)

    /// How long nothing has to come for the process to be ended: memory is for mappings that have something to do.
    private let idleTime: DispatchTimeInterval

    /// Where the process is waited for: a task must not, there are as few threads for tasks as there are cores.
    private let queue = DispatchQueue(label: "webhook-fcgi.evaluator")
    private var process: EvaluatorProcess?

    /// After so many expressions that exceed their bounds for one document the others have failed, too: each ends the
    /// process, and takes as long as it may before.
    private static let excesses = 3

    /// The same after this time, when expressions are slow to compile for each next process.
    private static let patience = Duration.seconds(20)

    /// For so many of the next documents it counts as one that wastes its time.
    private let penance = NIOLockedValueBox(0)

    /// For one that exceeded a bound: a batch of a hundred, each for two resources.
    ///
    /// One that only took long, be it to compile, may have been on a busy machine.
    private static let (fullPenance, shortPenance) = (400, 20)
    private static let longTime = Duration.seconds(2)

    /// The standard mapping is nobody's fault.
    private let isStandard: Bool

    /// Counts documents, to find out whether one came since the last look.
    private var uses = 0
    private var isWatched = false

    /// `expressions` are in the order of their numbers.
    init(
        _ expressions: [Expression],
        idleTime: DispatchTimeInterval = .seconds(30),
        places: EvaluatorPlaces = .shared,
        isStandard: Bool = false,
        start: @escaping @Sendable () throws(SystemError) -> EvaluatorProcess = { () throws(SystemError) in
            try EvaluatorProcess()
        }
    ) throws(MappingError) {
        self.expressions = expressions
        self.idleTime = idleTime
        self.places = places
        self.isStandard = isStandard
        self.start = start
        let problems = expressions.compactMap { expression in
            Self.problem(expression.text).map { expression.problem($0) }
        }
        guard problems.isEmpty else { throw MappingError(invalid: problems) }
        let result = places.compile(self, isStandard: isStandard) {
            queue.sync {
                defer { watch() }
                return Result { () throws(MappingError) in _ = try self.running() }
            }
        }
        try result.get()
    }

    /// What jq would not even see.
    private static func problem(_ text: String) -> String? {
        if text.allSatisfy(\.isWhitespace) { return "the expression is empty" }
        return text.utf8.contains(0) ? "the expression holds a NUL" : nil
    }

    /// Whether one of its last documents was dear.
    var isWaster: Bool { !isStandard && penance.withLockedValue { $0 > 0 } }

    /// Runs some of the expressions over a document.
    func evaluate(
        _ wanted: [Expression],
        over document: [UInt8]
    ) async throws(MappingError) -> [Expression: Answer] {
        let result = await turn.pass {
            await places.pass(self, isWaster: isWaster) {
                await onQueue { Result { () throws(MappingError) in try self.answers(wanted, document) } }
            }
        }
        guard let result = result ?? nil else { throw MappingError(unavailable: "it was cancelled") }
        return try result.get()
    }

    private func onQueue<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: body()) }
        }
    }

    /// Ends the process, when it has nothing to do: another mapping needs the memory.
    func rest() async { await onQueue { self.process = nil } }

    /// The same on the caller's thread.
    func restNow() { queue.sync { process = nil } }

    private func answers(
        _ wanted: [Expression],
        _ document: [UInt8]
    ) throws(MappingError) -> [Expression: Answer] {
        uses += 1
        watch()
        var answers: [Expression: Answer] = [:]
        var rest = wanted[...]
        var isRepeated = false
        var excesses = 0
        let start = ContinuousClock.now
        defer {
            let penance =
                excesses > 0 ? Self.fullPenance : .now - start > Self.longTime ? Self.shortPenance : 0
            self.penance.withLockedValue { $0 = max(penance, $0 - 1) }
        }
        while !rest.isEmpty {
            guard excesses < Self.excesses, excesses == 0 || .now - start < Self.patience else {
                for expression in rest {
                    answers[expression] = .failed("too many expressions before it exceed their bounds")
                }
                break
            }
            let process = try running()
            let isNew = process.isNew
            let given = process.answers(rest.map(\.index), document)
            for (expression, answer) in zip(rest, given) { answers[expression] = answer }
            rest = rest.dropFirst(given.count)
            guard let culprit = rest.first else { break }
            self.process = nil
            if let excess = process.end() {
                // What others have left behind may be why: that is to be seen in a process of its own.
                guard isNew, given.isEmpty else { continue }
                answers[culprit] = .failed(excess)
                excesses += 1
                rest = rest.dropFirst()
            } else if isRepeated {
                throw MappingError(unavailable: "the process that runs jq \(Self.endedFromOutside), twice")
            } else {
                isRepeated = true
            }
        }
        return answers
    }

    /// Nothing that it has done itself: no expression is at fault.
    private static let endedFromOutside =
        "was ended from outside, as it is before all others where the machine or the service runs out of memory"

    /// The process that is there, or a new one.
    private func running() throws(MappingError) -> EvaluatorProcess {
        if let process { return process }
        let process: EvaluatorProcess
        do throws(SystemError) { process = try start() } catch {
            throw MappingError(unavailable: "jq cannot be run: \(error)")
        }
        guard let answers = process.compile(expressions.map(\.text)) else {
            let problem = "the expressions cannot be compiled"
            if let excess = process.end() { throw MappingError(excessive: "\(problem): \(excess)") }
            throw MappingError(unavailable: "\(problem): it \(Self.endedFromOutside)")
        }
        let problems = zip(expressions, answers).compactMap { expression, answer in
            if case .failed(let message) = answer { expression.problem(message) } else { nil }
        }
        guard problems.isEmpty else { throw MappingError(invalid: problems) }
        self.process = process
        return process
    }

    /// Ends the process when nothing has come for a time.
    private func watch() {
        guard !isWatched else { return }
        isWatched = true
        let uses = uses
        queue.asyncAfter(deadline: .now() + idleTime) { [weak self] in
            guard let self else { return }
            isWatched = false
            if self.uses == uses { process = nil } else { watch() }
        }
    }
}
