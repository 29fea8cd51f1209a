// SPDX-License-Identifier: Apache-2.0

/// What a namespace may be called (RFC 1123).
///
/// Names become parts of file names and URLs, so nothing else passes.
func isDNSLabel(_ name: String) -> Bool { name.utf8.count <= 63 && isLabel(name[...]) }

/// What most objects may be called: labels between dots, at most 253 bytes.
///
/// Kubernetes bounds only the whole, so that a label may be longer than 63 bytes here.
func isDNSSubdomain(_ name: String) -> Bool {
    name.utf8.count <= 253 && name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(isLabel)
}

/// The rules in words, for messages.
let dnsLabelRule = "lower-case letters, digits and '-', at most 63, no '-' at either end"
let dnsSubdomainRule = "lower-case letters, digits, '-' and '.', at most 253, a letter or digit at either end"

private func isLabel(_ label: Substring) -> Bool {
    !label.isEmpty && !label.hasPrefix("-") && !label.hasSuffix("-")
        && label.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"):
                true
            default: false
            }
        }
}
