// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc
import Logging
import POSIX

/// Tells `check` what this process serves, at a socket in the state directory.
///
/// A note on the disk would have to be written with every change, would be out of date for a moment, and would
/// hold what somebody could compare secrets with.
struct ServedSocket: Sendable {
    let service: Service

    /// How long who asks may take for its key, and between two pieces of the answer.
    private static let timeout = Duration.seconds(2)

    /// How often it is made sure that the socket can still be found.
    private static let interval = Duration.seconds(10)

    private static let prefix = "serving-"
    private static let suffix = ".sock"

    /// Answers until the task is cancelled.
    func run() async {
        var trouble = Trouble()
        while !Task.isCancelled {
            do throws(SystemError) {
                let stop = try WakeUp()
                let result = await withTaskCancellationHandler {
                    await onThread { Result { () throws(SystemError) in try listen(until: stop) } }
                } onCancel: {
                    stop.ring()
                }
                try result.get()
                trouble.end()
            } catch {
                if trouble.isNews(error.description) {
                    service.log.logger.warning(
                        "check cannot ask what is served",
                        metadata: ["error": "\(error)"]
                    )
                }
                try? await Task.sleep(for: Self.interval)
            }
        }
    }

    /// The sockets in a state directory, of processes that may have ended.
    static func paths(in directory: String) throws(SystemError) -> [String] {
        try Folder.names(in: directory).filter { $0.hasPrefix(prefix) && $0.hasSuffix(suffix) }
            .map { "\(directory)/\($0)" }
    }

    /// Returns when `stop` rings, or the socket is not there any more.
    private func listen(until stop: WakeUp) throws(SystemError) {
        let directory = service.stateDirectory
        try Folder.make(directory)
        try removeWhatIsLeft(in: directory)
        // Two containers that share the directory may have the same process number.
        let name = "\(Self.prefix)\(getpid())-\(UInt32.random(in: 0...UInt32.max))\(Self.suffix)"
        let listener = try LocalListener(at: "\(directory)/\(name)")
        while listener.isThere {
            switch try listener.accept(or: stop, atMost: Self.interval, timeout: Self.timeout) {
            case .stopped: return
            case .nobody: continue
            case .connection(let connection): answer(connection)
            }
        }
    }

    /// Who goes away or asks for something else gets nothing.
    private func answer(_ connection: borrowing Descriptor) {
        do {
            let key = try connection.read(upTo: Served.keySize, from: "a socket")
            guard key.count == Served.keySize else { return }
            try connection.send(Array(JSONEncoder().encode(Served(service.state.snapshot, key: key))))
        } catch {
            service.log.logger.debug("check was not answered", metadata: ["error": "\(error)"])
        }
        // For a large fleet it is megabytes.
        Memory.giveBack()
    }

    /// A process that was killed has left its socket behind.
    private func removeWhatIsLeft(in directory: String) throws(SystemError) {
        for path in try Self.paths(in: directory) {
            do throws(SystemError) {
                _ = try LocalSocket.connect(to: path, timeout: Self.timeout)
            } catch  where error.errno == ECONNREFUSED {
                unsafe unlink(path)
            } catch {}
        }
    }
}
