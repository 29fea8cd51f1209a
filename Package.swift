// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

let package = Package(
    name: "webhook-fcgi",
    products: [
        .executable(name: "webhook-fcgi", targets: ["WebhookFCGI"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    ],
    targets: [
        .executableTarget(
            name: "WebhookFCGI",
            dependencies: [
                "Catalogue", "Config", "FastCGI", "HTTP", "Handlers", "Kubernetes", "Outbox", "POSIX",
                "Sinks", "Subscriptions",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
            ]
        ),
        .target(
            name: "Catalogue",
            dependencies: [
                "CJQ", "HTTP", "Handlers", "POSIX", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
            ]
        ),
        .target(
            name: "FastCGI",
            dependencies: [
                "CLinux", "POSIX", .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
            ]
        ),
        .target(
            name: "Config",
            dependencies: [
                "Catalogue", "HTTP", "Handlers", "Kubernetes", "POSIX", "Subscriptions",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Yams", package: "Yams"),
            ]
        ),
        .target(
            name: "Handlers",
            dependencies: ["CSimdJSON", "Subscriptions", .product(name: "Crypto", package: "swift-crypto")]
        ),
        .target(
            name: "HTTP",
            dependencies: [
                "POSIX",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]
        ),
        .target(
            name: "Kubernetes",
            dependencies: [
                "HTTP", "POSIX",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Yams", package: "Yams"),
            ]
        ),
        .target(
            name: "Outbox",
            dependencies: [
                "POSIX", "Subscriptions",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
            ]
        ),
        .target(
            name: "Subscriptions",
            dependencies: [
                "CRE2", "POSIX", .product(name: "HashTreeCollections", package: "swift-collections"),
            ]
        ),
        .target(
            name: "Sinks",
            dependencies: [
                "CLinux", "Kubernetes", "POSIX", "Subscriptions",
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
            ]
        ),
        .target(name: "POSIX", dependencies: ["CLinux"]),
        .target(name: "CLinux"),
        .target(name: "CJQ", linkerSettings: [.linkedLibrary("jq")]),
        .target(name: "CRE2", linkerSettings: [.linkedLibrary("re2")]),
        .target(name: "CSimdJSON", linkerSettings: [.linkedLibrary("simdjson")]),

        .executableTarget(
            name: "ScaleBenchmark",
            dependencies: ["Config", "Handlers", "Subscriptions"],
            path: "Benchmarks/Scale"
        ),
        .executableTarget(
            name: "TimingBenchmark",
            dependencies: [
                "Config", "Handlers", "Subscriptions", .product(name: "Crypto", package: "swift-crypto"),
            ],
            path: "Benchmarks/Timing"
        ),

        .target(
            name: "TestSupport",
            dependencies: [
                "POSIX",
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            path: "Tests/Support"
        ),
        .testTarget(
            name: "CatalogueTests",
            dependencies: [
                "Catalogue", "HTTP", "Handlers", "POSIX", "TestSupport",
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "Yams", package: "Yams"),
            ],
            exclude: ["Fixtures"]
        ),
        .testTarget(
            name: "FastCGITests",
            dependencies: [
                "FastCGI", "TestSupport", .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
            ]
        ),
        .testTarget(
            name: "ConfigTests",
            dependencies: [
                "Catalogue", "Config", "HTTP", "Handlers", "POSIX", "Subscriptions", "TestSupport",
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
            ]
        ),
        .testTarget(
            name: "HandlersTests",
            dependencies: [
                "Handlers", "Subscriptions", "TestSupport", .product(name: "Crypto", package: "swift-crypto"),
            ],
            resources: [.copy("Fixtures")]
        ),
        .testTarget(
            name: "HTTPTests",
            dependencies: [
                "HTTP", "POSIX", "TestSupport",
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
            ]
        ),
        .testTarget(
            name: "KubernetesTests",
            dependencies: [
                "Catalogue", "Config", "Handlers", "Kubernetes", "POSIX", "Sinks", "Subscriptions",
                "TestSupport", "WebhookFCGI",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Yams", package: "Yams"),
            ],
            exclude: ["Fixtures", "Support/certificates.sh", "Support/supervise.sh", "kube-apiserver.sh"]
        ),
        .testTarget(
            name: "OutboxTests",
            dependencies: [
                "Outbox", "POSIX", "Subscriptions", "TestSupport",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
            ]
        ),
        .testTarget(name: "POSIXTests", dependencies: ["POSIX", "TestSupport"]),
        .testTarget(name: "SubscriptionsTests", dependencies: ["Subscriptions", "TestSupport"]),
        .testTarget(name: "SinksTests", dependencies: ["POSIX", "Sinks", "Subscriptions", "TestSupport"]),
        .testTarget(
            name: "WebhookFCGITests",
            dependencies: [
                "Catalogue", "Config", "FastCGI", "Handlers", "Outbox", "POSIX", "Sinks", "Subscriptions",
                "TestSupport",
                "WebhookFCGI",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
            ]
        ),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "POSIX", "TestSupport", "WebhookFCGI",
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
            ]
        ),
    ],
    cxxLanguageStandard: .cxx17
)

// Every Swift target is held to the same rules.
let cTargets = ["CJQ", "CLinux", "CRE2", "CSimdJSON"]
let swiftTargets = package.targets.filter { $0.type != .system && !cTargets.contains($0.name) }
for target in swiftTargets {
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
