// SPDX-License-Identifier: Apache-2.0

package import POSIX

/// A whole reply, whatever its status says.
package struct HTTPAnswer: Sendable {
    package let status: Int
    package let body: [UInt8]

    /// With the names in lower case.
    private let headers: [(name: String, value: String)]

    package init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers.map { ($0.name.lowercased(), $0.value) }
        self.body = body
    }

    package var isSuccess: Bool { (200...299).contains(status) }

    /// The first header of this name, in whatever case.
    package func header(_ name: String) -> String? {
        let name = name.lowercased()
        return headers.first { $0.name == name }?.value
    }

    /// How long the server asks to wait before the next attempt; nil where it does not.
    package var retryAfter: Duration? { retryAfter(at: .now()) }

    /// `Retry-After` in seconds or as a date (RFC 9110 §10.2.3), and else, of a server that has had too much, when it counts
    /// anew: `x-ratelimit-reset`, in seconds, or as some write it in seconds since 1970.
    ///
    /// Never negative, and ``longestWait`` at most: a clock that is wrong must not stop everything for years.
    package func retryAfter(at now: Timestamp) -> Duration? {
        let wait: Duration?
        if let text = header("Retry-After") {
            wait = seconds(text) ?? HTTPDate(text).map { now.duration(to: $0.time) }
        } else if status == 429 || status == 503, let text = header("x-ratelimit-reset") {
            wait = seconds(text).map { reset in
                // Nobody asks for thirty years: that is a time.
                guard reset > .seconds(1_000_000_000) else { return reset }
                return reset - .microseconds(now.microseconds)
            }
        } else {
            wait = nil
        }
        return wait.map { min(max($0, .zero), Self.longestWait) }
    }

    package static let longestWait = Duration.seconds(3600)

    private func seconds(_ text: String) -> Duration? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return .seconds(Int64(text) ?? .max / 2)
    }
}

extension Timestamp {
    fileprivate func duration(to later: Timestamp) -> Duration {
        .microseconds(later.microseconds - microseconds)
    }
}
