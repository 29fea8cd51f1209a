// SPDX-License-Identifier: Apache-2.0

import TestSupport

/// What somebody says who does not speak FastCGI well, the same for the same seed.
///
/// Requests in records, of which some are changed, lost, repeated or strangers'; whoever sends it has no secret.
struct BrokenRecords {
    /// How it ends.
    enum Ending: Equatable {
        /// Reads what is answered.
        case attentive
        /// Is gone before anything can be answered.
        case gone
        /// Stays there and says no more.
        case silent
    }

    let bytes: [UInt8]
    let ending: Ending

    init(seed: UInt64, examples: [FastCGIRequest]) {
        var random = Mutator(seed: seed)
        var records = (0..<Int.random(in: 1...3, using: &random)).flatMap { _ in
            examples.randomElement(using: &random).map { Record.all(of: $0, &random) } ?? []
        }
        for _ in 0..<Int.random(in: 1...4, using: &random) { Self.change(&records, &random) }
        var bytes = records.reduce(into: []) { $0 += $1.encoded }
        switch Int.random(in: 0..<8, using: &random) {
        case 0: bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))
        case 1 where bytes.count < 10_000: bytes = random.mutation(of: [bytes])
        default: break
        }
        self.bytes = bytes
        // One that is silent in its body holds up the loop for a quarter of a second.
        switch Int.random(in: 0..<400, using: &random) {
        case 0: ending = .silent
        case ..<100: ending = .gone
        default: ending = .attentive
        }
    }

    private static func change(_ records: inout [Record], _ random: inout Mutator) {
        guard let index = records.indices.randomElement(using: &random) else { return }
        switch Int.random(in: 0..<10, using: &random) {
        case 0: records.remove(at: index)
        case 1: records.insert(records[index], at: index)
        case 2: records.swapAt(index, records.indices.randomElement(using: &random) ?? index)
        case 3...5: records.insert(.stranger(&random), at: index)
        case 6:
            let stranger = Record.stranger(&random)
            let count = Int.random(in: 2...200, using: &random)
            let limit = max(2, 65_536 / stranger.encoded.count)
            records.insert(contentsOf: repeatElement(stranger, count: min(count, limit)), at: index)
        default: records[index].change(&random)
        }
    }
}

extension BrokenRecords {
    /// A record (FastCGI 1.0 §3.3), right or wrong.
    private struct Record {
        var version: UInt8 = 1
        var type: UInt8
        var identifier: UInt16 = 1
        var content: [UInt8] = []
        var padding: [UInt8] = []

        /// What it says of its content, where that is not true.
        var length: UInt16?

        var encoded: [UInt8] {
            let length = length ?? UInt16(content.count)
            let numbers = [identifier, length].flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
            return [version, type] + numbers + [UInt8(padding.count), 0] + content + padding
        }

        /// A request in records of any size.
        static func all(of request: FastCGIRequest, _ random: inout Mutator) -> [Record] {
            let flags: UInt8 = request.keepsConnection ? 1 : 0
            return [Record(type: 1, content: [0, 1, flags, 0, 0, 0, 0, 0])]
                + stream(4, Array(request.beginning[24...].dropLast(8)), &random)
                + stream(5, request.body, &random)
        }

        private static func stream(_ type: UInt8, _ bytes: [UInt8], _ random: inout Mutator) -> [Record] {
            let size = [1, 8, 100, 8192, 65_535].randomElement(using: &random) ?? 100
            let starts = stride(from: 0, to: bytes.count, by: max(size, bytes.count / 100))
            return starts.map { start in
                let end = min(start + max(size, bytes.count / 100), bytes.count)
                return Record(type: type, content: Array(bytes[start..<end].prefix(65_535)))
            } + [Record(type: type)]
        }

        /// What is no part of a request, or of another one.
        static func stranger(_ random: inout Mutator) -> Record {
            let question: [UInt8] = [14, 0] + Array("FCGI_MAX_CONNS".utf8)
            let other = UInt16.random(in: 0...3, using: &random)
            return switch Int.random(in: 0..<9, using: &random) {
            case 0: Record(type: 2)
            case 1:
                Record(
                    type: 9,
                    identifier: 0,
                    content: Array(
                        repeatElement(question, count: .random(in: 0...60, using: &random)).joined()
                    )
                )
            case 2: Record(type: 9, identifier: 0, content: lengths(&random))
            case 3: Record(type: .random(in: 0...255, using: &random), identifier: 0)
            case 4:
                Record(
                    type: 1,
                    identifier: other,
                    content: [0, .random(in: 0...4, using: &random), 1, 0, 0, 0, 0, 0]
                )
            case 5: Record(type: 4, content: lengths(&random))
            case 6: Record(type: 4, content: [0x80, 0, 0, 1, 0x80, 0, 0xFF, 0xF0] + zeros(65_521))
            case 7:
                Record(
                    type: [4, 5, 8].randomElement(using: &random) ?? 5,
                    identifier: other,
                    content: zeros(9)
                )
            default: Record(type: .random(in: 0...255, using: &random), content: lengths(&random))
            }
        }

        /// A name and a value that are not there.
        private static func lengths(_ random: inout Mutator) -> [UInt8] {
            let bytes: [UInt8] = [0, 1, 0x7F, 0x80, 0xBF, 0xFF]
            return (0..<Int.random(in: 1...12, using: &random)).map { _ in
                bytes.randomElement(using: &random) ?? 0
            }
        }

        private static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

        mutating func change(_ random: inout Mutator) {
            switch Int.random(in: 0..<7, using: &random) {
            case 0: version = .random(in: 0...255, using: &random)
            case 1: type = .random(in: 0...12, using: &random)
            case 2: identifier = [0, 2, 256, 0xFFFF].randomElement(using: &random) ?? 0
            case 3: length = .random(in: 0...UInt16.max, using: &random)
            case 4: length = UInt16(truncatingIfNeeded: content.count + .random(in: -9...9, using: &random))
            case 5 where content.count < 10_000:
                content = Array(random.mutation(of: [content]).prefix(65_535))
            default:
                padding = Array(Self.stranger(&random).encoded.prefix(.random(in: 1...255, using: &random)))
            }
        }
    }
}
