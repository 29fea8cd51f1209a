// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc
import Handlers
import NIOConcurrencyHelpers
import POSIX
import TestSupport
import Testing

@testable import Catalogue

/// What an expression must not be able to do, whoever writes it.
@Suite(.threadsOfTheirOwn) struct EvaluatorTests {
    private func values(_ expressions: [String: String], of text: String = "{}") async throws -> Mapped {
        let definition = MappingDefinition.artifacts(expressions, identifier: #""x""#)
        return try await Mapping(definition).map(.artifact, Array(text.utf8))
    }

    @Test(arguments: [
        ("[range(1e9)]", "it takes more than 500 ms of processor time"),
        ("[repeat(1)]", "it takes more than 500 ms of processor time"),
        ("last(range(infinite))", "it takes more than 500 ms of processor time"),
        ("def f: f; f", "it takes more than 500 ms of processor time"),
        ("[1] | .[1e9] = 2", "it takes more than 128 MiB of memory, or more than jq can do"),
        ("reduce range(3e5) as $i (null; [.])", "it makes values that are nested too deeply"),
        ("reduce range(100) as $i (null; [.])", "its result is more than 64 levels deep"),
        ("[range(300000)]", "its result is larger than 1048576 bytes"),
    ])
    func `An expression without bounds ends itself and nothing else`(
        _ expression: String,
        _ message: String
    ) async throws {
        let expressions = ["a": "1", "b": expression, "c": "2", "d": expression, "e": "3"]
        var mapped = try await values(expressions)
        // On a machine that is busy two may take longer than an object's time.
        for _ in 0..<9 where mapped.problems.contains(where: { $0.message.hasPrefix("too many") }) {
            mapped = try await values(expressions)
        }
        let properties = try #require(mapped.entities.first).properties.texts
        #expect(properties == ["a": "1", "b": "null", "c": "2", "d": "null", "e": "3"])
        #expect(mapped.problems.map(\.message) == [message, message])
    }

    @Test func `Expressions that together take too long for an object are not all evaluated`() async throws {
        let many = Dictionary(uniqueKeysWithValues: (100..<390).map { ("p\($0)", "last(range(100000))") })
        let mapped = try await values(many)
        let properties = try #require(mapped.entities.first).properties.texts
        #expect(properties["p100"] == "99999" && properties["p389"] == "null")
        let messages = Set(mapped.problems.map(\.message))
        #expect(messages == ["the expressions before it have used up the object's processor time"])
        // The next object has time of its own.
        let next = try await values(["p": "1"])
        #expect(next.problems.isEmpty)
    }

    @Test func `After some that exceed their bounds the others of an object are not evaluated`() async throws
    {
        let endless = Dictionary(uniqueKeysWithValues: (0..<9).map { ("p\($0)", "last(range(infinite))") })
        let mapped = try await values(endless.merging(["last": "1"]) { first, _ in first })
        let messages = mapped.problems.map(\.message)
        #expect(messages.count { $0.contains("500 ms") } == 3)
        #expect(messages.count { $0 == "too many expressions before it exceed their bounds" } == 6)
        #expect(mapped.entities.first?.properties.texts["last"] == "1")
    }

    @Test func `What many expressions make together has a bound`() async throws {
        let mapped = try await values(
            Dictionary(uniqueKeysWithValues: (0..<9).map { ("p\($0)", #""x" * 1000000"#) })
        )
        let properties = try #require(mapped.entities.first).properties.texts
        #expect(properties.values.count { $0 != "null" } == 4)
        let messages = Set(mapped.problems.map(\.message))
        #expect(messages == ["the expressions before it have used up the bytes of the object's outputs"])
        // Nor do many resources make more of it.
        let resource = MappingDefinition.artifacts(
            Dictionary(uniqueKeysWithValues: (0..<4).map { ("p\($0)", #""x" * 1048000"#) })
        ).resources[0]
        let many = try await Mapping(MappingDefinition(resources: [resource, resource, resource]))
            .map(.artifact, Array(#"{"__identifier":"x"}"#.utf8))
        #expect(many.problems.map(\.message) == ["the entities before it are too large"] && !many.isComplete)
    }

    @Test(arguments: ["repeat(.)", "range(infinite)", "1, def f: f; f"])
    func `The first output is all that is asked for`(_ expression: String) async throws {
        #expect(try await values(["p": expression]).problems.isEmpty)
    }

    @Test(arguments: [
        "env", "input", "inputs", "debug", "stderr", "input_filename", "input_line_number", "halt",
        "halt_error", "modulemeta", "get_search_list",
    ])
    func `What is no function of the object is refused from the start`(_ name: String) throws {
        let error = #expect(throws: MappingError.self) {
            try Mapping(.artifacts(["p": #"(.a | \#(name)) as $x | "x\(\#(name))""#]))
        }
        #expect(error?.problems.map(\.message) == ["\(name)_is_not_available_in_a_mapping/0 is not defined"])
    }

    @Test(arguments: [
        #"import "a" as a; ."#, #"include "a"; ."#, #"import "/etc/passwd" as $x; $x"#,
        "halt_error(1)", "$__prog_args", "1) | env | (1", "# \n) | $ENV | (", "empty) , $ENV , (2",
    ])
    func `There is no way around that`(_ expression: String) throws {
        #expect(throws: MappingError.self) { try Mapping(.artifacts(["p": expression])) }
    }

    @Test func `The environment is empty, and no file can be read`() async throws {
        // Where it is not empty here the test could not fail.
        #expect(unsafe getenv("PATH") != nil)
        let mapped = try await values([
            "env": "$ENV", "zone": "0 | localtime | mktime",
        ])
        let properties = try #require(mapped.entities.first).properties.texts
        #expect(properties == ["env": "{}", "zone": "0"])
    }

    @Test func `A comment at its end does not hide the next expression`() async throws {
        let mapped = try await values(["a": "1 # one", "b": "2"])
        #expect(mapped.entities.first?.properties.texts == ["a": "1", "b": "2"])
    }

    @Test(arguments: [
        [".a) | (.b"], [#"""#, #"""#], ["[(1", "2)]"], ["{a: (1", "2)}"], [#""\("#, #")""#], ["1]", "[1"],
    ])
    func `What does not compile alone does not in company`(_ texts: [String]) throws {
        let names = texts.indices.map { "p\($0)" }
        let expressions = Dictionary(uniqueKeysWithValues: zip(names, texts))
        let error = #expect(throws: MappingError.self) { try Mapping(.artifacts(expressions)) }
        #expect(error?.code == .invalid)
        let paths = names.map { "resources[0].port.entity.mappings.properties.\($0)" }
        #expect(error?.problems.map(\.path) == paths)
    }

    @Test func `Brackets and quotation marks that open nothing are no hindrance`() async throws {
        let mapped = try await values([
            "text": #""a) \" \\" + "]\(["\("(")"] | .[0])""#, "comment": "[1 # ) ]\n, {a: (2)}] # \"",
        ])
        let properties = try #require(mapped.entities.first).properties.texts
        #expect(properties == ["text": #""a) \" \\](""#, "comment": #"[1,{"a":2}]"#])
    }

    @Test func `A mapping serves many at once`() async throws {
        let mapping = try Mapping(.artifacts(["p": ".n"], identifier: #"".\(.n)""#))
        try await withThrowingTaskGroup { group in
            for number in 0..<200 {
                group.addTask {
                    let mapped = try await mapping.map(.artifact, Array("{\"n\":\(number)}".utf8))
                    return mapped.entities.first?.properties.texts == ["p": "\(number)"]
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }

    @Test func `A large object gets through`() async throws {
        let text = "{\"a\":[\((0..<400_000).map { "\($0)" }.joined(separator: ","))]}"
        let mapped = try await values(["p": ".a | length"], of: text)
        #expect(mapped.entities.first?.properties.texts == ["p": "400000"])
    }

    private let expression = Expression(index: 0, path: "p", text: ".n")

    /// An evaluator, and the numbers of the processes that it has started.
    private func evaluator(
        idleTime: DispatchTimeInterval
    ) throws -> (Evaluator, NIOLockedValueBox<[pid_t]>) {
        let started = NIOLockedValueBox<[pid_t]>([])
        let evaluator = try Evaluator([expression], idleTime: idleTime, places: EvaluatorPlaces(limit: 1)) {
            () throws(SystemError) -> EvaluatorProcess in
            let process = try EvaluatorProcess()
            started.withLockedValue { $0.append(process.process) }
            return process
        }
        return (evaluator, started)
    }

    private let one: [Expression: Evaluator.Answer] = [
        Expression(index: 0, path: "p", text: ".n"): .value(JSONText("1"))
    ]
    private let document = Array(#"{"n":1}"#.utf8)

    @Test func `A process that something else has ended is no expression's fault`() async throws {
        let (evaluator, started) = try evaluator(idleTime: .seconds(60))
        for round in 1...3 {
            #expect(try await evaluator.evaluate([expression], over: document) == one)
            let processes = started.withLockedValue { $0 }
            #expect(processes.count == round)
            kill(try #require(processes.last), SIGKILL)
        }
    }

    @Test func `What a process has grown by is no expression's fault either`() async throws {
        let started = NIOLockedValueBox<[pid_t]>([])
        let large = Expression(index: 0, path: "p", text: "[range(1e5)] | length")
        let evaluator = try Evaluator([large], idleTime: .seconds(60), places: EvaluatorPlaces(limit: 1)) {
            () throws(SystemError) -> EvaluatorProcess in
            let process = try EvaluatorProcess()
            started.withLockedValue { $0.append(process.process) }
            return process
        }
        let process = try #require(started.withLockedValue { $0 }.first)
        #expect(
            try await evaluator.evaluate([large], over: Array("1".utf8)) == [
                large: .value(JSONText("100000"))
            ]
        )
        // As if it had used up what it may have.
        _ = try Command(["prlimit", "--pid", "\(process)", "--as=0"]).succeeded()
        let huge = Array("[\((0..<100_000).map { "\($0)" }.joined(separator: ","))]".utf8)
        #expect(try await evaluator.evaluate([large], over: huge) == [large: .value(JSONText("100000"))])
        #expect(started.withLockedValue { $0.count } == 2)
    }

    @Test func `A process that has nothing to do is ended, and another comes when it is needed`() async throws
    {
        let (evaluator, started) = try evaluator(idleTime: .milliseconds(10))
        for round in 1...2 {
            #expect(try await evaluator.evaluate([expression], over: document) == one)
            let process = try #require(started.withLockedValue { $0 }.last)
            try await waitUntil("the process ends, and somebody has waited for it") { kill(process, 0) == -1 }
            #expect(started.withLockedValue { $0.count } >= round)
        }
    }

    @Test func `Where no process can be had nothing is concluded`() async throws {
        let last = NIOLockedValueBox<pid_t?>(nil)
        let evaluator = try Evaluator([expression], idleTime: .seconds(60), places: EvaluatorPlaces(limit: 1))
        {
            () throws(SystemError) -> EvaluatorProcess in
            guard last.withLockedValue({ $0 }) == nil else {
                throw SystemError(errno: EAGAIN, doing: "starting")
            }
            let process = try EvaluatorProcess()
            last.withLockedValue { $0 = process.process }
            return process
        }
        #expect(try await evaluator.evaluate([expression], over: document) == one)
        kill(try #require(last.withLockedValue { $0 }), SIGKILL)
        let error = await #expect(throws: MappingError.self) {
            try await evaluator.evaluate([expression], over: document)
        }
        #expect(error?.code == .unavailable && error?.description.contains("(EAGAIN)") == true)
    }

    @Test func `Where the kernel ends it, as it does first when memory runs out, the error says so`()
        async throws
    {
        let count = NIOLockedValueBox(0)
        let evaluator = try Evaluator([expression], idleTime: .seconds(60), places: EvaluatorPlaces(limit: 1))
        {
            () throws(SystemError) -> EvaluatorProcess in
            let process = try EvaluatorProcess()
            let number = count.withLockedValue { count in
                count += 1
                return count
            }
            if number > 1 { kill(process.process, SIGKILL) }
            return process
        }
        await evaluator.rest()
        let error = await #expect(throws: MappingError.self) {
            try await evaluator.evaluate([expression], over: document)
        }
        #expect(error?.code == .unavailable && error?.description.contains("runs out of memory") == true)
    }

    @Test func `However many mappings there are, few processes are there at once`() async throws {
        let places = EvaluatorPlaces(limit: 2)
        let started = NIOLockedValueBox<[pid_t]>([])
        let most = NIOLockedValueBox(0)
        let evaluators = try (0..<6).map { _ in
            try Evaluator([expression], idleTime: .seconds(60), places: places) {
                () throws(SystemError) -> EvaluatorProcess in
                let process = try EvaluatorProcess()
                let alive = started.withLockedValue { started in
                    started.append(process.process)
                    return started.count { kill($0, 0) == 0 }
                }
                most.withLockedValue { $0 = max($0, alive) }
                return process
            }
        }
        // What was compiled last is not kept for itself.
        #expect(started.withLockedValue { $0.count { kill($0, 0) == 0 } } == 2)
        most.withLockedValue { $0 = 0 }
        try await withThrowingTaskGroup { group in
            for evaluator in evaluators + evaluators {
                group.addTask { try await evaluator.evaluate([expression], over: document) == one }
            }
            for try await isRight in group { #expect(isRight) }
        }
        let alive = most.withLockedValue { $0 }
        #expect((1...2).contains(alive), "\(alive)")
    }

    @Test func `Those that exceed their bounds leave room for the others`() async throws {
        let places = EvaluatorPlaces(limit: 4)
        let texts = ["last(range(infinite))", "[range(1e9)]"] + [String](repeating: ".n", count: 4)
        let evaluators = try texts.map {
            try Evaluator([Expression(index: 0, path: "p", text: $0)], places: places)
        }
        for (evaluator, text) in zip(evaluators, texts) {
            let expression = Expression(index: 0, path: "p", text: text)
            _ = try await evaluator.evaluate([expression], over: document)
        }
        #expect(evaluators[0].isWaster && evaluators[1].isWaster)
        let holding = NIOLockedValueBox(0)
        let isOver = NIOLockedValueBox(false)
        await withTaskGroup { group in
            for evaluator in evaluators {
                group.addTask {
                    await places.pass(evaluator, isWaster: true) {
                        holding.withLockedValue { $0 += 1 }
                        try? await waitUntil("the end", within: .seconds(300)) {
                            isOver.withLockedValue { $0 }
                        }
                    }
                }
            }
            try? await waitUntil("they have their places") { holding.withLockedValue { $0 } >= 2 }
            // However many there are, others come in.
            for _ in 0..<3 {
                let number = await places.pass(evaluators[5]) { holding.withLockedValue { $0 } }
                #expect(number == 2)
            }
            isOver.withLockedValue { $0 = true }
        }
        #expect(holding.withLockedValue { $0 } == 6)
    }

    @Test func `The standard mapping waits for no other to be compiled`() throws {
        let places = EvaluatorPlaces(limit: 4)
        let evaluator = try Evaluator([expression], places: places)
        let (begun, end) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        for _ in 0..<2 {
            DispatchQueue.global().async {
                places.compile(evaluator) {
                    begun.signal()
                    end.wait()
                }
            }
        }
        for _ in 0..<2 { begun.wait() }
        let compiled = DispatchSemaphore(value: 0)
        DispatchQueue.global().async {
            places.compile(evaluator, isStandard: true) {}
            compiled.signal()
        }
        let result = compiled.wait(timeout: .now() + 60)
        #expect(result == .success)
        for _ in 0..<2 { end.signal() }
    }

    @Test func `Who waits for a place need not wait when nobody asks any more`() async throws {
        let places = EvaluatorPlaces(limit: 1)
        let evaluators = try (0..<2).map { _ in
            try Evaluator([Expression(index: 0, path: "p", text: "last(range(infinite))")], places: places)
        }
        let endless = Expression(index: 0, path: "p", text: "last(range(infinite))")
        let first = Task { try await evaluators[0].evaluate([endless], over: document) }
        let second = Task { try await evaluators[1].evaluate([endless], over: document) }
        second.cancel()
        let error = await #expect(throws: MappingError.self) { try await second.value }
        #expect(error?.code == .unavailable)
        #expect(try await first.value[endless] != nil)
    }

    @Test func `Where memory runs out, it is the first to go`() throws {
        let process = try EvaluatorProcess()
        // It has come so far when it answers.
        #expect(process.compile([".n"]) == [.value(JSONText(""))])
        let score = try Command(["cat", "/proc/\(process.process)/oom_score_adj"]).succeeded()
        #expect(score == "1000\n")
    }
}
