// SPDX-License-Identifier: Apache-2.0

internal import CJQ
internal import Glibc
internal import POSIX

/// One evaluator: see `CJQ.h` for what it is and for what goes through its socket.
///
/// It blocks whoever asks. A class, because it has an end.
final class EvaluatorProcess {
    private let socket: Descriptor
    /// Its number.
    let process: pid_t
    private var isEnded = false

    /// Whether it has seen no document yet.
    private(set) var isNew = true

    /// Longer than all its bounds together: it is not about an expression but about a machine that stands still.
    private static let patience = timeval(tv_sec: 60, tv_usec: 0)

    init() throws(SystemError) {
        var process: pid_t = 0
        socket = Descriptor(owning: try systemCall("starting '\(cjq_name)'") { unsafe cjq_start(&process) })
        self.process = process
        var patience = Self.patience
        let size = socklen_t(MemoryLayout<timeval>.size)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            unsafe setsockopt(socket.number, SOL_SOCKET, option, &patience, size)
        }
    }

    deinit { _ = end() }

    /// What each of the expressions has to say to being compiled; nil when the process has ended.
    func compile(_ expressions: [String]) -> [Evaluator.Answer]? {
        var message: [UInt8] = []
        for expression in expressions {
            let bytes = Array(expression.utf8)
            message.append(number: bytes.count)
            message += bytes
        }
        guard send(message) else { return nil }
        let answers = receive(expressions.count)
        return answers.count == expressions.count ? answers : nil
    }

    /// What the expressions of these numbers make of a document; fewer of them when the process has ended.
    func answers(_ indexes: [Int], _ document: [UInt8]) -> [Evaluator.Answer] {
        isNew = false
        var message: [UInt8] = []
        for number in [indexes.count] + indexes { message.append(number: number) }
        return send(message + document) ? receive(indexes.count) : []
    }

    /// Ends the process.
    ///
    /// - Returns: Which bound was exceeded where that had ended it already; nil where it was something else.
    func end() -> String? {
        guard !isEnded else { return nil }
        isEnded = true
        // It is about to end, or it does not answer.
        kill(process, SIGKILL)
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) == -1, errno == EINTR {}
        let tooMuch = "it takes more than \(cjq_memory_limit >> 20) MiB of memory, or more than jq can do"
        return switch status & 0x7F {
        case SIGPROF: "it takes more than \(cjq_time_limit) ms of processor time"
        case SIGSEGV, SIGBUS: "it makes values that are nested too deeply"
        case SIGABRT, SIGFPE, SIGILL: tooMuch
        // Not by a signal: it has given up by itself.
        case 0 where status != 0: tooMuch
        default: nil
        }
    }

    private func send(_ message: [UInt8]) -> Bool {
        var bytes: [UInt8] = []
        bytes.append(number: message.count)
        bytes += message
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.send(socket.number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private func receive(_ count: Int) -> [Evaluator.Answer] {
        var answers: [Evaluator.Answer] = []
        while answers.count < count, let head = receiveBytes(8) {
            guard let bytes = receiveBytes(head.number(at: 4)) else { break }
            let text = String(decoding: bytes, as: UTF8.self)
            switch head.number(at: 0) {
            case Int(cjq_value.rawValue): answers.append(.value(JSONText(text)))
            case Int(cjq_nothing.rawValue): answers.append(.nothing)
            default: answers.append(.failed(text))
            }
        }
        return answers
    }

    private func receiveBytes(_ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let part = unsafe bytes.withUnsafeMutableBytes {
                unsafe recv(socket.number, $0.baseAddress?.advanced(by: done), count - done, 0)
            }
            if part < 0, errno == EINTR { continue }
            guard part > 0 else { return nil }
            done += part
        }
        return bytes
    }
}

extension [UInt8] {
    fileprivate mutating func append(number: Int) {
        unsafe Swift.withUnsafeBytes(of: UInt32(number)) { unsafe append(contentsOf: $0) }
    }

    fileprivate func number(at index: Int) -> Int {
        unsafe withUnsafeBytes { Int(unsafe $0.loadUnaligned(fromByteOffset: index, as: UInt32.self)) }
    }
}
