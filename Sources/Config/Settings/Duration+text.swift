// SPDX-License-Identifier: Apache-2.0

extension Duration {
    /// Reads a whole number with its unit, such as `100ms`, `1s`, `10m`, `12h` or `14d`.
    package init?(text: String) {
        let unit = text.drop(while: \.isNumber)
        let seconds = ["s": 1, "m": 60, "h": 3600, "d": 86_400][unit]
        guard let number = Int(text.dropLast(unit.count)), number < 1_000_000_000,
            seconds != nil || unit == "ms"
        else { return nil }
        self = seconds.map { .seconds(number * $0) } ?? .milliseconds(number)
    }
}
