// SPDX-License-Identifier: Apache-2.0

internal import Kubernetes

extension KubernetesObject {
    /// What matters of the object, as a manifest is read; most of an object is its status and who changed what.
    var document: [UInt8] {
        var members: [String] = []
        for key in ["spec", "data"] {
            guard let value = try? member(key) else { continue }
            members.append("\"\(key)\":\(String(decoding: value, as: UTF8.self))")
        }
        if let receivers = try? member("status", "webhookReceivers") {
            members.append(#""status":{"webhookReceivers":\#(String(decoding: receivers, as: UTF8.self))}"#)
        }
        return Array("{\(members.joined(separator: ","))}".utf8)
    }
}
