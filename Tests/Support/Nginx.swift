// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// A real nginx on a free port of this machine, with all its files in a folder of the test.
package final class Nginx {
    package let port: UInt16
    private let process: ChildProcess
    private let folder: TemporaryFolder

    /// Where nginx writes what goes wrong, and what the responder has to say.
    package static let errorLog = "nginx.error.log"

    /// Starts nginx with the configuration that `config` makes for a port, and returns when it answers.
    package init(in folder: TemporaryFolder, config: (_ port: UInt16) throws -> String) throws {
        self.folder = folder
        var failure = ""
        // Between looking for a free port and taking it somebody else may.
        for _ in 0..<5 {
            let port = try Self.freePort()
            try folder.write(try config(port), to: "nginx.conf")
            let process = try ChildProcess(
                Self.command(folder, "daemon off;"),
                errors: "\(folder.path)/nginx.errors"
            )
            try eventually("nginx listens") { process.poll() != nil || (try? Socket(port: port)) != nil }
            if process.poll() == nil {
                self.port = port
                self.process = process
                return
            }
            failure = folder.read(Self.errorLog) + folder.read("nginx.errors")
        }
        throw Failure("nginx does not start: \(failure)")
    }

    deinit { end() }

    package func end() { process.end() }

    /// What `nginx -t` says about the folder's configuration.
    package static func test(_ folder: TemporaryFolder) throws -> Command {
        try Command(command(folder, "daemon off;") + ["-t"])
    }

    package func connect() throws -> HTTPConnection { try HTTPConnection(port: port) }

    /// One request on a connection of its own.
    package func exchange(_ request: HTTPRequest) throws -> HTTPReply { try connect().exchange(request) }

    package var errorLog: String { folder.read(Self.errorLog) }

    /// What nginx says where a reply is cut off or does not come.
    package var brokenReplies: [Substring] { errors("prematurely closed", "timed out") }

    /// What nginx says where it had sent a request and was cut off before a reply began.
    ///
    /// That nobody listens any more is none of it, nor that a kept connection did not take a request any more:
    /// the request goes elsewhere then, nothing of it was read.
    package var brokenConnections: [Substring] {
        errors("reset by peer", "roken pipe").filter { !$0.contains("while sending request to upstream") }
    }

    private func errors(_ words: String...) -> [Substring] {
        errorLog.split(separator: "\n").filter { line in words.contains { line.contains($0) } }
    }

    /// What the responder had to say, without what nginx adds: the request line, which is nginx's to log.
    package var responderLines: [Substring] {
        errorLog.split(separator: "\n").compactMap { line in
            line.firstMatch(of: /FastCGI sent in stderr: "(.*)" while/)?.1
        }
    }

    private static func command(_ folder: TemporaryFolder, _ directives: String) -> [String] {
        let errorLog = "\(folder.path)/\(errorLog)"
        return [
            "nginx", "-p", folder.path, "-c", "\(folder.path)/nginx.conf", "-e", errorLog, "-g", directives,
        ]
    }

    /// As root, nginx's workers would be somebody who may not enter.
    package static var userOfThisProcess: String { geteuid() == 0 ? "user root;\n" : "" }

    /// Everything outside `http`'s servers.
    package static func frame(_ http: String) -> String {
        """
        \(userOfThisProcess)
        pid nginx.pid;
        error_log \(errorLog) notice;
        worker_rlimit_nofile 8192;
        events { worker_connections 4096; }
        http {
            access_log off;
            client_body_temp_path body;
            proxy_temp_path proxy;
            fastcgi_temp_path fastcgi;
            uwsgi_temp_path uwsgi;
            scgi_temp_path scgi;
        \(http)
        }
        """
    }

    package static func freePort() throws -> UInt16 { try FreePort.find() }
}
