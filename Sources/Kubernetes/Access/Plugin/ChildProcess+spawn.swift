// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import POSIX

extension ChildProcess {
    /// Starts the program in a process group of its own, with nothing open but these.
    func spawn(output: Int32, words: Int32) throws(SystemError) -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        unsafe posix_spawn_file_actions_adddup2(&actions, words, STDERR_FILENO)
        unsafe closeDescriptors(of: &actions, from: STDERR_FILENO + 1)

        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        // We block the signals that we wait for, and children inherit that.
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        unsafe sigaddset(&signals, SIGPIPE)
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))

        let variables = environment.map { "\($0.key)=\($0.value)" }
        var process: pid_t = 0
        let code = unsafe withStrings([path] + arguments) { arguments in
            unsafe withStrings(variables) { variables in
                unsafe posix_spawnp(&process, path, &actions, &attributes, arguments, variables)
            }
        }
        guard code == 0 else { throw SystemError(errno: code, doing: "starting '\(path)'") }
        return process
    }
}

/// Calls `body` with the strings as C takes them: an array of pointers that ends with NULL.
private func withStrings<Result>(
    _ strings: [String],
    _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
) -> Result {
    let pointers = unsafe strings.map { unsafe strdup($0) }
    defer { unsafe pointers.forEach { unsafe free($0) } }
    return unsafe body(pointers + [nil])
}
