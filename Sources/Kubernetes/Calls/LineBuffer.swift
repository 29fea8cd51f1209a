// SPDX-License-Identifier: Apache-2.0

/// Cuts what comes in pieces into lines.
struct LineBuffer {
    /// Of one line, without its end.
    let limit: Int

    private var bytes: [UInt8] = []

    /// Where the first line that was not taken begins, and from where on no end of it was found yet.
    private var (start, searched) = (0, 0)

    init(limit: Int) { self.limit = limit }

    var isEmpty: Bool { start == bytes.count }

    mutating func append(_ piece: some Sequence<UInt8>) {
        bytes.removeFirst(start)
        (start, searched) = (0, searched - start)
        bytes.append(contentsOf: piece)
    }

    /// The next complete line; nil when more has to come first.
    mutating func next() throws(KubernetesError) -> [UInt8]? {
        let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n"))
        guard (end ?? bytes.count) - start <= limit else {
            throw KubernetesError(
                .invalidResponse,
                "the API server sent a watch event longer than \(limit) bytes"
            )
        }
        guard let end else {
            searched = bytes.count
            return nil
        }
        let line = Array(bytes[start..<end])
        (start, searched) = (end + 1, end + 1)
        return line
    }
}
