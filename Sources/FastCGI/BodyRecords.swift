// SPDX-License-Identifier: Apache-2.0

/// The records of a request's body: FCGI_STDIN to its end (FastCGI 1.0 §5.3).
///
/// It takes bytes in pieces of any size, and never more of them than belong to the request. Any other record is
/// the end of it: libfcgi would answer some, lose memory for others, and skip what follows a third kind.
struct BodyRecords {
    private let identifier: UInt16

    /// The bytes of a header so far.
    private var header: UInt64 = 0
    private var headerCount = 0

    /// What is missing of the record whose header was read.
    private var contentLeft = 0
    private var paddingLeft = 0
    private var isEnded = false
    private var isBroken = false

    init(identifier: UInt16) { self.identifier = identifier }

    /// Whether the body came to its end.
    var isComplete: Bool { isEnded && paddingLeft == 0 }

    /// How many bytes of the request are certain to follow, zero when there is no more to take.
    var missing: Int {
        if isBroken { return 0 }
        return contentLeft + paddingLeft + (isEnded ? 0 : Self.headerLength - headerCount)
    }

    private static let headerLength = 8

    /// Hands the content in `bytes` to `consume`, and returns how many of them belong to the request.
    mutating func take(_ bytes: ArraySlice<UInt8>, _ consume: (ArraySlice<UInt8>) -> Void) -> Int {
        var rest = bytes
        while !rest.isEmpty, missing > 0 {
            if contentLeft > 0 {
                let content = rest.prefix(contentLeft)
                consume(content)
                contentLeft -= content.count
                rest = rest.dropFirst(content.count)
            } else if paddingLeft > 0 {
                let padding = rest.prefix(paddingLeft)
                paddingLeft -= padding.count
                rest = rest.dropFirst(padding.count)
            } else {
                header = header << 8 | UInt64(rest.removeFirst())
                headerCount += 1
                if headerCount == Self.headerLength { begin() }
            }
        }
        return bytes.count - rest.count
    }

    /// Reads the header (FastCGI 1.0 §3.3).
    private mutating func begin() {
        let expected = 0x0105 << 16 | UInt64(identifier)
        guard header >> 32 == expected else {
            isBroken = true
            return
        }
        contentLeft = Int(header >> 16 & 0xFFFF)
        paddingLeft = Int(header >> 8 & 0xFF)
        isEnded = contentLeft == 0
        (header, headerCount) = (0, 0)
    }
}
