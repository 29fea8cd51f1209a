// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

enum JSON {
    /// Says what is wrong and where, never what is there: it may be a Secret.
    static func decode<Value: Decodable>(
        _ type: Value.Type,
        from bytes: ArraySlice<UInt8>
    ) throws(KubernetesError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            throw KubernetesError(
                .invalidResponse,
                "the API server's JSON is not as expected: \(describe(error))"
            )
        } catch {
            throw KubernetesError(.invalidResponse, "the API server's JSON cannot be read")
        }
    }

    static func encode(_ value: some Encodable) throws(KubernetesError) -> [UInt8] {
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .withoutEscapingSlashes
            return Array(try encoder.encode(value))
        } catch {
            throw KubernetesError(.configuration, "a value cannot be written as JSON")
        }
    }

    private static func describe(_ error: DecodingError) -> String {
        let (path, problem) =
            switch error {
            case .typeMismatch(_, let context): (context.codingPath, "is of another type")
            case .valueNotFound(_, let context): (context.codingPath, "is null")
            case .keyNotFound(let key, let context): (context.codingPath + [key], "is missing")
            case .dataCorrupted(let context): (context.codingPath, "is not valid")
            @unknown default: ([], "is not valid")
            }
        return "\(path.isEmpty ? "the document" : path.map(\.stringValue).joined(separator: ".")) \(problem)"
    }
}
