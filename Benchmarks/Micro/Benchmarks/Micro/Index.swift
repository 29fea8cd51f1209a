// SPDX-License-Identifier: Apache-2.0

import Benchmark
import Subscriptions

/// The index of 10,000 Warehouses of a hundred projects.
func indexBenchmarks() {
    let fleet = (0..<10_000).map { subscription($0) }
    let index = SubscriptionIndex(fleet)
    let event = push("registry.example.com/team-42/app-17")
    let popular = push("registry.example.com/base/debian")
    let unknown = push("registry.example.com/nobody/asks")
    measure("match, 1 subscriber of 10,000") { index.match(event, in: .namespace("team-42")) }
    measure("match, 100 subscribers of 10,000") { index.match(popular, in: .cluster) }
    measure("match, none of 10,000") { index.match(unknown, in: .cluster) }
    let old = fleet[4217]
    let new = Subscription(
        target: old.target,
        repository: RepositoryKey("registry.example.com/team-42/new", kind: .image),
        selector: old.selector
    )
    // The one before stays in use, as it does where deliveries are decided by it meanwhile.
    measure("replace 1 of 10,000") { () -> SubscriptionIndex in
        var next = index
        next.replace([old], with: [new])
        return next
    }
    let configuration = Benchmark.Configuration(
        metrics: [.wallClock, .instructions],
        scalingFactor: .one,
        maxDuration: .seconds(2),
        maxIterations: 50
    )
    Benchmark("make anew, 10,000", configuration: configuration) { _ in
        blackHole(SubscriptionIndex(fleet))
    }
}

/// Every hundredth subscribes to the same image.
private func subscription(_ number: Int) -> Subscription {
    let (project, warehouse) = (number / 100, number % 100)
    let image = warehouse == 0 ? "base/debian" : "team-\(project)/app-\(warehouse)"
    let rule: VersionRule
    do { rule = try VersionRule(constraint: "^1.\(warehouse % 7)", isStrict: true) } catch {
        preconditionFailure("\(error)")
    }
    return Subscription(
        target: Target(namespace: "team-\(project)", name: "app-\(warehouse)"),
        repository: RepositoryKey("registry.example.com/\(image)", kind: .image),
        selector: .image(ImageSelector(.semVer(rule)))
    )
}

private func push(_ repository: String) -> Event {
    let push = Event.Push(repository: repository, kinds: [.image, .chart], qualifiers: .tags(["1.9.2"]))
    return Event(name: "PUSH_ARTIFACT", pushes: [push])
}
