// SPDX-License-Identifier: Apache-2.0

import Config
import FoundationEssentials
import Glibc
import POSIX

/// The processes that serve with a state directory, as `check` sees them.
struct RunningServers {
    private let directory: String
    private let key = (0..<Served.keySize).map { _ in UInt8.random(in: 0...255) }

    /// An answer may take so long: a large fleet is millions of digests.
    private static let timeout = Duration.seconds(30)

    /// More than any fleet has.
    private static let longestAnswer = 1 << 30

    init(in directory: String) { self.directory = directory }

    /// What each of them would do about `result` if it read it now, in words.
    func compare(with result: LoadResult) -> String {
        let answers: [Result<Served, SystemError>]
        do throws(SystemError) { answers = try ask() } catch {
            return "nobody can be asked what is served (\(error))"
        }
        guard !answers.isEmpty else { return "no server runs with this state directory" }
        let next = Served(result.snapshot, key: key)
        // Processes that share a socket mostly serve the same.
        var processes: [String: [Int32]] = [:]
        var texts: [String] = []
        for answer in answers {
            switch answer {
            case .success(let served):
                let text = describe(served, next, result.obstacle)
                if processes[text] == nil { texts.append(text) }
                processes[text, default: []].append(served.process)
            case .failure(let error): texts.append("a server cannot be asked what it serves (\(error))")
            }
        }
        return texts.map { text in
            guard let numbers = processes[text]?.sorted() else { return text }
            let names = numbers.map(String.init).joined(separator: ", ")
            return "\(numbers.count == 1 ? "process" : "processes") \(names) \(text)"
        }.joined(separator: "\n")
    }

    private func describe(_ served: Served, _ next: Served, _ obstacle: Problem?) -> String {
        guard served.isReady else { return "not ready: the source has not been read yet" }
        let difference = ServedDifference(from: served, to: next)
        guard !difference.lines.isEmpty else { return "serving these receivers and Warehouses" }
        let changes = difference.description()
        guard let obstacle else { return "serving something else, and with a reload:\n\(changes)" }
        return "serving something else, and it stays so because of \(obstacle); else:\n\(changes)"
    }

    /// Those that answer; a socket at which nobody listens is what a killed process has left.
    private func ask() throws(SystemError) -> [Result<Served, SystemError>] {
        var answers: [Result<Served, SystemError>] = []
        for path in try ServedSocket.paths(in: directory) {
            do throws(SystemError) { answers.append(.success(try ask(at: path))) } catch {
                if ![ECONNREFUSED, ENOENT].contains(error.errno) { answers.append(.failure(error)) }
            }
        }
        return answers
    }

    private func ask(at path: String) throws(SystemError) -> Served {
        let connection = try LocalSocket.connect(to: path, timeout: Self.timeout)
        try connection.send(key)
        let bytes = try connection.read(upTo: Self.longestAnswer, from: path)
        do { return try JSONDecoder().decode(Served.self, from: Data(bytes)) } catch {
            throw SystemError(errno: EPROTO, doing: "reading what '\(path)' says")
        }
    }
}
