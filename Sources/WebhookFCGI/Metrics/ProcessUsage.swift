// SPDX-License-Identifier: Apache-2.0

import Glibc
import POSIX

/// What the system gives to this process now.
struct ProcessUsage: Codable, Equatable {
    /// In microseconds since 1970.
    var started: Int64 = 0
    let cpuMicroseconds: Int
    let residentBytes: Int
    let virtualBytes: Int
    let openDescriptors: Int
    let maxDescriptors: Int

    /// Asks; what cannot be learnt is 0.
    init() {
        var time = timespec()
        unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        cpuMicroseconds = time.tv_sec * 1_000_000 + time.tv_nsec / 1000
        let pages = (try? Self.pages()) ?? [0, 0]
        virtualBytes = pages[0] * Int(sysconf(Int32(_SC_PAGESIZE)))
        residentBytes = pages[1] * Int(sysconf(Int32(_SC_PAGESIZE)))
        // One of them is for looking.
        openDescriptors = max(0, ((try? Folder.names(in: "/proc/self/fd"))?.count ?? 0) - 1)
        var limit = rlimit()
        unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        maxDescriptors = Int(clamping: limit.rlim_cur)
    }

    /// All of them, and those in memory (proc(5)).
    private static func pages() throws(SystemError) -> [Int] {
        let path = "/proc/self/statm"
        let text = try Descriptor(opening: path, O_RDONLY).read(upTo: 256, from: path)
        let numbers = String(decoding: text, as: UTF8.self).split(separator: " ").prefix(2).map {
            Int($0) ?? 0
        }
        return numbers.count == 2 ? numbers : [0, 0]
    }
}
