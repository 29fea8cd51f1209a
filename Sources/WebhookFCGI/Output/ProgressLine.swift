// SPDX-License-Identifier: Apache-2.0

import Glibc
import NIOConcurrencyHelpers
import POSIX

/// Tells on standard error how far something is: in one line that changes on a terminal, elsewhere in one from time to
/// time.
final class ProgressLine: Sendable {
    private let terminal: Terminal?
    private let state: NIOLockedValueBox<State>

    private struct State {
        var estimate: ProgressEstimate
        var shown: ContinuousClock.Instant?
        var isOpen = false
        var trouble: String?
    }

    init(on terminal: Terminal? = .standardError) {
        self.terminal = terminal
        state = NIOLockedValueBox(State(estimate: ProgressEstimate(from: .now)))
    }

    /// `words` say what is done; `trouble` why it does not go on for the moment.
    func show(_ fraction: Double?, _ words: String, trouble: String? = nil) {
        let now = ContinuousClock.now
        state.withLockedValue { state in
            let left = state.estimate.left(fraction, at: now)
            if let trouble, trouble != state.trouble {
                close(&state)
                printError("waiting: \(trouble.visible)")
            }
            state.trouble = trouble
            let pause = terminal == nil ? Duration.seconds(10) : .milliseconds(100)
            if let shown = state.shown, now - shown < pause, fraction != 1 { return }
            state.shown = now
            let text = Self.text(fraction, left, words, width: terminal.flatMap(\.width))
            if terminal == nil { return printError(text) }
            write("\r\(text)\u{1B}[K")
            state.isOpen = true
        }
    }

    /// Leaves the line, before something else is printed.
    func end() { state.withLockedValue { close(&$0) } }

    private func close(_ state: inout State) {
        if state.isOpen { write("\n") }
        state.isOpen = false
    }

    private func write(_ text: String) {
        let bytes = Array(text.utf8)
        unsafe bytes.withUnsafeBytes { _ = unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    /// A bar where there is a width, with what is left, and the words as far as they fit.
    static func text(_ fraction: Double?, _ left: Duration?, _ words: String, width: Int?) -> String {
        var text = words
        if let fraction {
            let percent = "\(Int(fraction * 100))%"
            let ahead = left.map { ", about \(Self.words(for: $0)) left" } ?? ""
            let bar = width.map { width in
                let cells = max(10, min(30, width / 4))
                let done = Int(fraction * Double(cells))
                return
                    "[\(String(repeating: "#", count: done))\(String(repeating: " ", count: cells - done))] "
            }
            text = "\(bar ?? "")\(percent)\(ahead): \(words)"
        }
        // One less than there is room for: some terminals go on to the next line with the last one.
        return width.map { String(text.prefix(max($0 - 1, 1))) } ?? text
    }

    private static func words(for duration: Duration) -> String {
        let seconds = duration.components.seconds
        switch seconds {
        case ..<90: return "\(max(seconds, 1))s"
        case ..<5400: return "\((seconds + 30) / 60)m"
        default: return "\((seconds + 1800) / 3600)h"
        }
    }
}
