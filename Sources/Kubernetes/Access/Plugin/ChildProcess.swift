// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import POSIX

/// A program that is started, read from and waited for, within a bound.
struct ChildProcess: Sendable {
    /// Looked for in our `$PATH` if it has no slash.
    let path: String
    let arguments: [String]
    let environment: [String: String]

    /// Ends it early.
    let stop = StopFlag()

    enum Outcome: Sendable {
        /// Of a program that ended well.
        case output([UInt8])
        /// How it ended, and the beginning of what it wrote to standard error.
        case failed(String, words: String)
        /// It was killed, and those that it had started.
        case timedOut
    }

    /// Blocks until the program has ended.
    ///
    /// A program that writes more than `outputLimit` bytes is stopped.
    func run(timeout: Duration, outputLimit: Int) throws(SystemError) -> Outcome {
        let deadline = ContinuousClock.now + timeout
        let outputPipe = try Pipe()
        let wordsPipe = try Pipe()
        let process = try spawn(output: outputPipe.writing.number, words: wordsPipe.writing.number)
        // Ours would keep the pipes from ending.
        let outputEnd = outputPipe.intoReading()
        let wordsEnd = wordsPipe.intoReading()
        var output = BoundedBytes(limit: outputLimit, isFatal: true)
        var words = BoundedBytes(limit: 4096, isFatal: false)
        do {
            let isComplete =
                try read([(outputEnd.number, 0), (wordsEnd.number, 1)], until: deadline) { bytes, stream in
                    if stream == 0 { output.append(bytes) } else { words.append(bytes) }
                    return !output.isExceeded
                }
            if isComplete, let status = try wait(for: process, until: deadline) {
                return outcome(of: status, output.bytes, words.bytes)
            }
        } catch {
            end(process)
            throw error
        }
        end(process)
        return output.isExceeded ? .failed("it wrote more than \(outputLimit) bytes", words: "") : .timedOut
    }

    private func outcome(of status: Int32, _ output: [UInt8], _ words: [UInt8]) -> Outcome {
        let line = String(decoding: words, as: UTF8.self).split(whereSeparator: \.isNewline).first ?? ""
        let (signal, code) = (status & 0x7F, (status >> 8) & 0xFF)
        if signal != 0 { return .failed("signal \(signal) ended it", words: String(line.prefix(200))) }
        if code != 0 { return .failed("it exited with status \(code)", words: String(line.prefix(200))) }
        return .output(output)
    }

    /// Reads until all pipes have ended; false when it stopped before that.
    private func read(
        _ pipes: [(number: Int32, stream: Int)],
        until deadline: ContinuousClock.Instant,
        _ take: ([UInt8], Int) -> Bool
    ) throws(SystemError) -> Bool {
        var open = pipes
        var chunk = [UInt8](repeating: 0, count: 16384)
        while !open.isEmpty {
            var events = open.map { pollfd(fd: $0.number, events: Int16(POLLIN), revents: 0) }
            let left = max(.zero, ContinuousClock.now.duration(to: deadline))
            // Time and again it is looked whether somebody still waits for it.
            let milliseconds = Int32(min(left, .milliseconds(50)) / .milliseconds(1)) + 1
            let ready = try systemCall("waiting for '\(path)'") {
                unsafe poll(&events, nfds_t(events.count), milliseconds)
            }
            if left == .zero || stop.isSet { return false }
            if ready == 0 { continue }
            for event in events where event.revents != 0 {
                let count = try systemCall("reading from '\(path)'") {
                    unsafe Glibc.read(event.fd, &chunk, chunk.count)
                }
                let stream = open.first { $0.number == event.fd }?.stream ?? 0
                if count == 0 { open.removeAll { $0.number == event.fd } }
                if !take(Array(chunk.prefix(count)), stream) { return false }
            }
        }
        return true
    }

    /// The status with which the program ended; nil if it has not.
    private func wait(
        for process: pid_t,
        until deadline: ContinuousClock.Instant
    ) throws(SystemError) -> Int32? {
        var status: Int32 = 0
        while try systemCall("waiting for '\(path)'", { unsafe waitpid(process, &status, WNOHANG) }) == 0 {
            guard ContinuousClock.now < deadline, !stop.isSet else { return nil }
            // It has closed its output, so it is about to end.
            usleep(1000)
        }
        return status
    }

    /// Ends the program and what it has started: a shell's children would live on.
    private func end(_ process: pid_t) {
        kill(-process, SIGKILL)
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) == -1, errno == EINTR {}
    }
}
