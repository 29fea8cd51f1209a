// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import POSIX

/// The bytes of a file with credentials or settings, none of which is large.
func readFile(_ path: String, code: KubernetesError.Code = .credentials) throws(KubernetesError) -> [UInt8] {
    let limit = 4 << 20
    do {
        // Without O_NONBLOCK, opening a pipe that nobody writes to would never return.
        let file = try Descriptor(opening: path, O_RDONLY | O_NONBLOCK)
        guard try FileStatus(of: file, at: path).kind == .file else {
            throw KubernetesError(code, "'\(path)' is no file: correct the path")
        }
        let bytes = try file.read(upTo: limit + 1, from: path)
        guard bytes.count <= limit else {
            throw KubernetesError(code, "'\(path)' is larger than \(limit >> 20) MiB: correct the path")
        }
        return bytes
    } catch let error as KubernetesError {
        throw error
    } catch {
        throw KubernetesError(
            code,
            "\(error): correct the path, or let the user that runs webhook-fcgi read it"
        )
    }
}
