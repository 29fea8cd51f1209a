// SPDX-License-Identifier: Apache-2.0

extension Settings {
    /// Reads `file`, with `environment` having the last word.
    ///
    /// Paths are relative to the folder of `file`, wherever they are set. An empty variable counts as unset.
    ///
    /// - Throws: Every problem there is, warnings included, as soon as one is an error.
    package static func load(
        file: String,
        environment: [String: String]
    ) throws(SettingsError) -> (settings: Settings, warnings: [Problem]) {
        let bytes: [UInt8]
        let folder: String
        do {
            bytes = try FileSystem.read(file, limit: 1_048_576).bytes
            folder = file.hasPrefix("/") ? file : file.resolved(in: try FileSystem.currentFolder)
        } catch {
            throw SettingsError([Problem(file: file, message: error.message)])
        }

        var documents: [YAMLValue] = []
        var problems = YAMLFile(path: file, bytes: bytes).forEachDocument { documents.append($0) }
        guard problems.isEmpty else { throw SettingsError(problems) }
        for document in documents.dropFirst() {
            problems.append(document.error("a second document: settings are one document, remove the '---'"))
        }

        var reader = SettingsReader(file: file, root: documents.first, environment: environment)
        let settings = read(&reader, folder: folder.parentFolder)
        problems += documents.first.map { reader.unknownKeys(in: $0) } ?? []
        problems += reader.problems
        let warnings = reader.unknownVariables(in: environment)
        guard let settings, problems.isEmpty else { throw SettingsError(problems + warnings) }
        return (settings, warnings)
    }
}
