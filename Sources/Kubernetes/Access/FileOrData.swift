// SPDX-License-Identifier: Apache-2.0

/// Something a kubeconfig either holds or names a file for.
package enum FileOrData: Sendable {
    /// Read again from time to time: certificates are renewed in their place.
    case file(String)
    case data(Confidential)

    func read() throws(KubernetesError) -> [UInt8] {
        switch self {
        case .file(let path): try readFile(path)
        case .data(let data): data.bytes
        }
    }

    /// For an error: the path, or that it is in the kubeconfig.
    var place: String {
        switch self {
        case .file(let path): "'\(path)'"
        case .data: "in the kubeconfig"
        }
    }
}
