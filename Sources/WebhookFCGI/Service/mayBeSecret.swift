// SPDX-License-Identifier: Apache-2.0

/// Whether the delivery log must not have the header field of this name, written as in a variable: `X_API_KEY`.
///
/// By words that say so, wherever they stand: `Authorization`, `Cookie` and whatever a sender or a proxy has made up. An
/// address counts as well, because where the URL authenticates it is a secret. Every header of every delivery is asked
/// about, so most letters are looked at once.
func mayBeSecret(headerNamed name: ArraySlice<UInt8>) -> Bool {
    for index in name.indices {
        let rest = name[index...]
        let isSecret =
            switch name[index] {
            case UInt8(ascii: "A"): rest.starts(with: "AUTH".utf8)
            case UInt8(ascii: "C"): rest.starts(with: "COOKIE".utf8) || rest.starts(with: "CRED".utf8)
            case UInt8(ascii: "J"): rest.starts(with: "JWT".utf8)
            case UInt8(ascii: "K"): rest.starts(with: "KEY".utf8)
            case UInt8(ascii: "P"): rest.starts(with: "PASS".utf8) || rest.starts(with: "PATH".utf8)
            case UInt8(ascii: "R"): rest.starts(with: "REFERER".utf8)
            case UInt8(ascii: "S"):
                rest.starts(with: "SECRET".utf8) || rest.starts(with: "SIGN".utf8)
                    || rest.starts(with: "SESSION".utf8)
            case UInt8(ascii: "T"): rest.starts(with: "TOKEN".utf8)
            case UInt8(ascii: "U"): rest.starts(with: "URI".utf8) || rest.starts(with: "URL".utf8)
            default: false
            }
        if isSecret { return true }
    }
    return false
}
