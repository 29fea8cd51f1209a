// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

// A package of its own, because every module in it is built with libFuzzer's flags: see `make fuzz`.
//
// `package` access ends at a package's border. So the rooms are not a dependency but targets of this package as
// well, through the link `Rooms` to the checkout's `Sources`: the same files, compiled once more.
let package = Package(
    name: "Fuzz",
    dependencies: [
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    ],
    targets: [
        .executableTarget(name: "Fuzz", dependencies: ["Config", "FastCGI", "Handlers", "Subscriptions"]),
        .target(
            name: "Catalogue",
            dependencies: [
                "CJQ", "HTTP", "Handlers", "POSIX", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
            ],
            path: "Rooms/Catalogue"
        ),
        .target(
            name: "Config",
            dependencies: [
                "Catalogue", "HTTP", "Handlers", "Kubernetes", "POSIX", "Subscriptions",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Yams", package: "Yams"),
            ],
            path: "Rooms/Config"
        ),
        .target(
            name: "FastCGI",
            dependencies: [
                "CLinux", "POSIX", .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
            ],
            path: "Rooms/FastCGI"
        ),
        .target(
            name: "Handlers",
            dependencies: ["CSimdJSON", "Subscriptions", .product(name: "Crypto", package: "swift-crypto")],
            path: "Rooms/Handlers"
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
            ],
            path: "Rooms/HTTP"
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
            ],
            path: "Rooms/Kubernetes"
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
        .target(name: "CJQ", path: "Rooms/CJQ", linkerSettings: [.linkedLibrary("jq")]),
        .target(name: "CRE2", path: "Rooms/CRE2", linkerSettings: [.linkedLibrary("re2")]),
        .target(
            name: "CSimdJSON",
            path: "Rooms/CSimdJSON",
            linkerSettings: [.linkedLibrary("simdjson")]
        ),
    ],
    cxxLanguageStandard: .cxx17
)

// The settings of the package that is tested.
for target in package.targets where !["CJQ", "CLinux", "CRE2", "CSimdJSON"].contains(target.name) {
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
