// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import TestSupport

/// A file system of a few pages in memory, which can be filled and made read-only.
///
/// Only root can have one.
final class SmallDisk {
    let path: String
    private let folder: TemporaryFolder

    /// Whether disks can be mounted here: a container's root often cannot.
    static let isPossible = geteuid() == 0 && (try? SmallDisk()) != nil

    init(kilobytes: Int = 64) throws {
        folder = try TemporaryFolder()
        path = "\(folder.path)/disk"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        _ = try Command(["mount", "-t", "tmpfs", "-o", "size=\(kilobytes)k", "tmpfs", path]).succeeded()
    }

    deinit { _ = try? Command(["umount", "-l", path]).succeeded() }

    /// Leaves no page free.
    func fill() throws {
        let descriptor = unsafe open("\(path)/filler", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure("the disk cannot be filled") }
        defer { close(descriptor) }
        let page = [UInt8](repeating: 0, count: 4096)
        while unsafe write(descriptor, page, page.count) > 0 {}
    }

    /// Takes back ``fill()``.
    func makeSpace() throws { try FileManager.default.removeItem(atPath: "\(path)/filler") }

    func setReadOnly(_ isReadOnly: Bool) throws {
        _ = try Command(["mount", "-o", "remount,\(isReadOnly ? "ro" : "rw")", path]).succeeded()
    }
}
