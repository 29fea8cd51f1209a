// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

// A package of its own, because nobody who builds the program needs what measures it: see `make bench-micro`.
//
// `package` access ends at a package's border. So the rooms are not a dependency but targets of this package as
// well, through the link `Rooms` to the checkout's `Sources`: the same files, compiled once more.
let package = Package(
    name: "Micro",
    dependencies: [
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        // Without its interposers, which want more packages: CAllocations counts what is needed here.
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    ],
    targets: [
        // Its parent folder has to have this name for the plugin to find it.
        .executableTarget(
            name: "Micro",
            dependencies: [
                "CAllocations", "Handlers", "Outbox", "POSIX", "Subscriptions",
                .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "Benchmarks/Micro",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
        ),
        .target(name: "CAllocations", path: "Benchmarks/CAllocations"),
        .target(
            name: "Handlers",
            dependencies: ["CSimdJSON", "Subscriptions", .product(name: "Crypto", package: "swift-crypto")],
            path: "Rooms/Handlers"
        ),
        .target(
            name: "Outbox",
            dependencies: [
                "POSIX", "Subscriptions",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
            ],
            path: "Rooms/Outbox"
        ),
        .target(
            name: "Subscriptions",
            dependencies: [
                "CRE2", "POSIX", .product(name: "HashTreeCollections", package: "swift-collections"),
            ],
            path: "Rooms/Subscriptions"
        ),
        .target(name: "POSIX", dependencies: ["CLinux"], path: "Rooms/POSIX"),
        .target(name: "CLinux", path: "Rooms/CLinux"),
        .target(name: "CRE2", path: "Rooms/CRE2", linkerSettings: [.linkedLibrary("re2")]),
        .target(
            name: "CSimdJSON",
            path: "Rooms/CSimdJSON",
            linkerSettings: [.linkedLibrary("simdjson")]
        ),
    ],
    cxxLanguageStandard: .cxx17
)

// The settings of the package that is measured.
for target in package.targets where !["CAllocations", "CLinux", "CRE2", "CSimdJSON"].contains(target.name) {
    target.swiftSettings = [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .strictMemorySafety(),
        .treatAllWarnings(as: .error),
    ]
}
