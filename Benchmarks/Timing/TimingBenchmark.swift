// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Looks for a secret in how long it takes to refuse a wrong one.
///
/// Right and wrong values come in random order, so that whatever else the machine does meets all of them alike. The
/// first argument says how many times each.
@main
struct TimingBenchmark {
    static func main() throws {
        let count = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 100_000
        let secret = Hexadecimal.random(count: 40)
        let harbor = try Authentication.harbor(secret: "Bearer \(secret)")
        let all = [harbor] + (try Authentication.catalogue(secret: secret))
        let wrong = all.map { $0.wrongValues(count) }
        let right = all.map { $0.rightAndWrongValues(count) }
        let naive = EarlyExit(secret: "Bearer \(secret)").experiment(count)
        let paths = try PathLookUp(receivers: 1000).experiment(count)
        for experiment in zip(wrong, right).flatMap({ [$0, $1] }) + [paths, naive] {
            print("\(experiment)\n")
        }
        // The measure has to be fine enough to find what is looked for, or finding nothing means nothing.
        var findings = naive.isTelling ? [] : ["the comparison that stops early was not found out"]
        for experiment in wrong + [paths] where experiment.isTelling {
            findings.append("\(experiment.title): the time tells how near a wrong value is")
        }
        guard findings.isEmpty else {
            print(findings.joined(separator: "\n"))
            exit(1)
        }
    }
}

/// What keeps the program from measuring.
struct Finding: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
