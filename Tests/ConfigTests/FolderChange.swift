// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import TestSupport
import Testing

/// Something that happens to a folder of manifests, after which a push of the image `new` has one target more.
struct FolderChange: Sendable, CustomTestStringConvertible {
    let testDescription: String

    /// Inside the site's folder.
    var directory = "manifests"
    var before: @Sendable (TemporaryFolder) throws -> Void = { _ in }
    let change: @Sendable (TemporaryFolder) throws -> Void

    static let all: [FolderChange] = [
        FolderChange(testDescription: "a file is added, in one step") {
            try $0.write(new, to: "manifests/n.yaml")
        },
        FolderChange(testDescription: "a file is written where it is") { folder in
            try overwrite(new, folder.path + "/manifests/w.yaml")
        },
        FolderChange(testDescription: "a file is renamed to what is read") { folder in
            try rename(folder, "manifests/later.txt", "manifests/later.yaml")
        },
        FolderChange(testDescription: "a folder of folders is made") {
            try $0.write(new, to: "manifests/a/b/c/n.yaml")
        },
        FolderChange(testDescription: "a folder is moved here") { folder in
            try rename(folder, "outside", "manifests/outside")
        },
        FolderChange(
            testDescription: "what is in a linked folder changes",
            before: { try $0.link("manifests/link", to: "../outside2") },
            change: { try $0.write(new, to: "outside2/n.yaml") }
        ),
        FolderChange(
            testDescription: "a link leads elsewhere",
            before: { folder in
                try folder.link("current", to: "outside2")
                try folder.link("manifests/link", to: folder.path + "/current")
            },
            change: { folder in
                try folder.link("next", to: "outside")
                try rename(folder, "next", "current")
            }
        ),
        FolderChange(
            testDescription: "a linked file is written where it is",
            before: { try $0.link("manifests/link.yaml", to: "../outside2/o.yaml") },
            change: { folder in try overwrite(new, folder.path + "/outside2/o.yaml") }
        ),
        FolderChange(
            testDescription: "Kubernetes replaces ..data",
            directory: "mounted",
            before: { folder in
                try folder.write(other, to: "mounted/..1/w.yaml")
                try folder.link("mounted/..data", to: "..1")
                try folder.link("mounted/w.yaml", to: "..data/w.yaml")
            },
            change: { folder in
                try folder.write(new, to: "mounted/..2/w.yaml")
                try folder.link("mounted/..data_tmp", to: "..2")
                try rename(folder, "mounted/..data_tmp", "mounted/..data")
                try FileManager.default.removeItem(atPath: folder.path + "/mounted/..1")
            }
        ),
        FolderChange(testDescription: "the folder is replaced") { folder in
            try rename(folder, "manifests", "old")
            try rename(folder, "outside", "manifests")
        },
        FolderChange(
            testDescription: "the folder above is replaced",
            directory: "above/manifests",
            before: { folder in
                try folder.write(other, to: "above/manifests/w.yaml")
                try folder.write(new, to: "next/manifests/w.yaml")
            },
            change: { folder in
                try rename(folder, "above", "old")
                try rename(folder, "next", "above")
            }
        ),
        FolderChange(
            testDescription: "the folder is a link, and leads elsewhere",
            directory: "current",
            before: { try $0.link("current", to: "manifests") },
            change: { folder in
                try folder.link("next", to: "outside")
                try rename(folder, "next", "current")
            }
        ),
        FolderChange(
            testDescription: "what a link leads to is made anew, with the folders above it",
            before: { folder in
                try folder.write(warehouse("linked", image: "linked"), to: "far/away/n.yaml")
                try folder.link("manifests/link.yaml", to: "../far/away/n.yaml")
            },
            change: { folder in
                try FileManager.default.removeItem(atPath: folder.path + "/far")
                try folder.write(new, to: "far/away/n.yaml")
            }
        ),
    ]

    /// Beside what is read.
    static func prepare(_ folder: TemporaryFolder) throws {
        try folder.write(other, to: "manifests/w.yaml")
        try folder.write(new, to: "manifests/later.txt")
        try folder.write(new, to: "outside/n.yaml")
        try folder.write(warehouse("elsewhere", image: "elsewhere"), to: "outside2/o.yaml")
    }

    private static let other = warehouse("other", image: "other")
    private static let new = warehouse("new", image: "new")

    private static func rename(_ folder: TemporaryFolder, _ old: String, _ new: String) throws {
        guard unsafe Glibc.rename("\(folder.path)/\(old)", "\(folder.path)/\(new)") == 0 else {
            throw Failure("cannot rename \(old) to \(new)")
        }
    }

    private static func overwrite(_ text: String, _ path: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }
}
