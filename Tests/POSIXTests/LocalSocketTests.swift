// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import POSIX
import TestSupport
import Testing

@Suite struct LocalSocketTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A path with this name is longer than a socket's address.
    @Test(arguments: ["s", String(repeating: "long/", count: 30) + "s"])
    func `Who connects can ask and is answered`(_ name: String) throws {
        let path = "\(folder.path)/\(name)"
        try folder.write("", to: name + ".neighbour")
        let listener = try LocalListener(at: path)
        let client = try LocalSocket.connect(to: path, timeout: .seconds(60))
        try client.send(Array("question".utf8))
        switch try listener.accept(or: WakeUp(), atMost: .seconds(60), timeout: .seconds(60)) {
        case .connection(let connection):
            let question = try connection.read(upTo: 8, from: "the test")
            try connection.send(question + Array(", answer".utf8))
        case .nobody: Issue.record("nobody came")
        case .stopped: Issue.record("nobody came")
        }
        let answer = try client.read(upTo: 100, from: "the test")
        #expect(String(decoding: answer, as: UTF8.self) == "question, answer")
    }

    @Test func `The file is for its owner alone, and ends with the listener`() throws {
        let path = "\(folder.path)/s"
        try listen(at: path) { isThere in
            #expect(isThere)
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
        #expect(folder.entries().isEmpty)
        var code: Int32?
        do throws(SystemError) { _ = try LocalSocket.connect(to: path, timeout: .seconds(1)) } catch {
            code = error.errno
        }
        #expect(code == ENOENT)
    }

    @Test func `Who says nothing is not waited for without end, and the bell ends the waiting`() throws {
        let path = "\(folder.path)/s"
        let listener = try LocalListener(at: path)
        let stop = try WakeUp()
        let client = try LocalSocket.connect(to: path, timeout: .milliseconds(1))
        var codes: [Int32] = []
        switch try listener.accept(or: stop, atMost: .seconds(60), timeout: .milliseconds(1)) {
        case .connection(let connection):
            do throws(SystemError) { _ = try connection.read(upTo: 1, from: "the test") } catch {
                codes.append(error.errno)
            }
            do throws(SystemError) { _ = try client.read(upTo: 1, from: "the test") } catch {
                codes.append(error.errno)
            }
        case .nobody: break
        case .stopped: break
        }
        #expect(codes == [EAGAIN, EAGAIN])
        var isNobody = false
        if case .nobody = try listener.accept(or: stop, atMost: .zero, timeout: .zero) { isNobody = true }
        #expect(isNobody)
        stop.ring()
        var isStopped = false
        if case .stopped = try listener.accept(or: stop, atMost: .seconds(600), timeout: .zero) {
            isStopped = true
        }
        #expect(isStopped)
    }

    @Test func `Who has gone away is an error and no signal`() throws {
        let path = "\(folder.path)/s"
        let listener = try LocalListener(at: path)
        func comeAndGo() throws { _ = try LocalSocket.connect(to: path, timeout: .seconds(1)) }
        try comeAndGo()
        var code: Int32?
        switch try listener.accept(or: WakeUp(), atMost: .seconds(60), timeout: .seconds(1)) {
        case .connection(let connection):
            do throws(SystemError) { try connection.send([1]) } catch { code = error.errno }
        case .nobody: break
        case .stopped: break
        }
        #expect(code == EPIPE)
    }

    private func listen(at path: String, _ body: (_ isThere: Bool) throws -> Void) throws {
        let listener = try LocalListener(at: path)
        try body(listener.isThere)
        _ = listener.path
    }
}
