// SPDX-License-Identifier: Apache-2.0

/// What `/metrics` tells, taken apart.
package struct ExposedMetrics {
    /// By name and labels as they are written.
    package private(set) var values: [String: Double] = [:]

    /// By family.
    package private(set) var types: [String: String] = [:]

    package init(_ text: String) throws {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if line.hasPrefix("# TYPE ") { types[String(words[2])] = String(words[3]) }
            guard !line.hasPrefix("#") else { continue }
            // A label's value may hold spaces.
            guard let space = line.lastIndex(of: " "), let value = Double(line[space...].dropFirst()) else {
                throw Failure("no number in '\(line)'")
            }
            guard values.updateValue(value, forKey: String(line[..<space])) == nil else {
                throw Failure("'\(line)' twice")
            }
        }
    }

    /// The number of this series, 0 where there is none.
    package subscript(series: String) -> Double { values[series] ?? 0 }

    /// The deliveries to a receiver of the sample with these labels.
    package func deliveries(_ receiver: String, _ event: String, _ outcome: String) -> Double {
        values.filter { name, _ in
            name.hasPrefix("webhook_fcgi_deliveries_total{") && name.contains(#"receiver="\#(receiver)""#)
                && name.contains(#"event="\#(event)""#) && name.contains(#"outcome="\#(outcome)""#)
        }.values.reduce(0, +)
    }

    /// All numbers of a family together.
    package func sum(_ family: String) -> Double {
        values.filter { $0.key == family || $0.key.hasPrefix("\(family){") }.values.reduce(0, +)
    }

    /// The names of all series, without labels.
    package var names: Set<String> { Set(values.keys.map { String($0.prefix { $0 != "{" }) }) }
}

extension Site {
    /// What the responder tells, as soon as it knows what other processes have counted.
    package func metrics(over connection: FastCGIConnection? = nil) throws -> ExposedMetrics {
        var reply = try status("/metrics", over: connection)
        try eventually("there are metrics") {
            if reply.status != 200 { reply = try status("/metrics") }
            return reply.status == 200
        }
        return try ExposedMetrics(reply.body)
    }
}
