// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import POSIX

/// A push as a service reports it, made up, but for repository and tag or branch.
///
/// No two are alike: none is taken for a repetition of another.
struct SamplePush {
    let repository: String
    let new: New
    let time: Timestamp

    enum New {
        case tag(String)
        case branch(String)
    }

    /// Who it says has pushed.
    static let pusher = "webhook-fcgi send"

    init(of new: New, to repository: String, at time: Timestamp = .now()) {
        self.repository = repository
        self.new = new
        self.time = time
    }

    /// Its parts, the host first, without the empty ones.
    var parts: [String] { repository.split(separator: "/").map(String.init) }

    var tag: String {
        switch new {
        case .tag(let name), .branch(let name): name
        }
    }

    /// As Git names it.
    var ref: String {
        switch new {
        case .tag(let name): "refs/tags/\(name)"
        case .branch(let name): "refs/heads/\(name)"
        }
    }

    var seconds: Int64 { time.microseconds / 1_000_000 }

    /// Hexadecimal digits that nobody else has.
    func digits(_ count: Int) -> String {
        let digits = (UUID().uuidString + UUID().uuidString).lowercased().filter { $0 != "-" }
        return String(digits.prefix(count))
    }

    func identifier() -> String { UUID().uuidString.lowercased() }
}

/// A string in JSON.
func quoted(_ text: String) -> String {
    var json = JSONText()
    json.append(quoted: text)
    return String(decoding: json.bytes, as: UTF8.self)
}
