// SPDX-License-Identifier: Apache-2.0

/// As much of a body as a page shows: laid out, and without what looks like a password.
struct ShownBody {
    let text: String

    /// Whether it is the whole body.
    let isAll: Bool

    /// Of the body, and of what comes of it with indentation.
    private static let (limit, longest) = (64 << 10, 256 << 10)

    init(_ body: [UInt8], isWhole: Bool) {
        let isCut = !isWhole || body.count > Self.limit
        let laidOut = JSONLayout(Self.masked(body.prefix(Self.limit), isCut: isCut)).description
        isAll = !isCut && laidOut.utf8.count <= Self.longest
        text = String(decoding: laidOut.utf8.prefix(Self.longest), as: UTF8.self)
    }

    /// Without user-info that has a password (RFC 3986 §3.2.1), which senders put into the URLs of Git repositories.
    ///
    /// The last at sign ends it, what cannot be in it begins it, and a colon parts name and password. Where the body is cut,
    /// its at sign may be beyond.
    private static func masked(_ body: ArraySlice<UInt8>, isCut: Bool) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(body.count)
        var start = 0
        var hasColon = false
        for byte in body {
            switch byte {
            case ...0x20, UInt8(ascii: "\""), UInt8(ascii: "/"), UInt8(ascii: "\\"):
                (start, hasColon) = (text.count + 1, false)
            case UInt8(ascii: ":"): hasColon = true
            case UInt8(ascii: "@") where hasColon:
                text.replaceSubrange(start..., with: "…".utf8)
            default: break
            }
            text.append(byte)
        }
        if isCut, hasColon { text.replaceSubrange(start..., with: "…".utf8) }
        return text
    }
}
