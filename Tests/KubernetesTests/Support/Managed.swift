// SPDX-License-Identifier: Apache-2.0

/// Of an object, who has written its fields.
struct Managed: Decodable {
    let metadata: Metadata

    struct Metadata: Decodable { let managedFields: [Field] }

    struct Field: Decodable {
        let manager: String
        let operation: String
    }
}
