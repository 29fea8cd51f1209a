// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Handlers

/// What libFuzzer calls with every input; `FUZZ_TARGET` says what to do with it.
///
/// - Parameters:
///   - bytes: Belongs to libFuzzer.
///   - count: How many bytes there are.
/// - Returns: 0, as libFuzzer asks.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: bytes, count: count))
    if let violation = target.violation(bytes) { fatalError(violation) }
    return 0
}

private let target: Target = {
    let name = ProcessInfo.processInfo.environment["FUZZ_TARGET"] ?? ""
    if name == "manifests" { return .manifests }
    if name == "request" { return .request }
    if let provider = Provider(rawValue: name) { return .delivery(provider) }
    guard let property = Property(rawValue: name) else { fatalError("FUZZ_TARGET is '\(name)'") }
    return .property(property)
}()

private enum Target {
    case property(Property)
    case manifests
    case request
    case delivery(Provider)

    func violation(_ bytes: [UInt8]) -> String? {
        switch self {
        case .property(let property): property.violation(String(decoding: bytes, as: UTF8.self))
        case .manifests: manifestsViolation(bytes)
        case .request: RequestProperty.violation(bytes)
        case .delivery(let provider): DeliveryProperty.violation(bytes, of: provider)
        }
    }
}
