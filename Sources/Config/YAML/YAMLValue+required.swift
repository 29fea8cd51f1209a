// SPDX-License-Identifier: Apache-2.0

/// Reading what must have a certain shape: each problem is noted, and reading goes on.
extension YAMLValue {
    /// The text under `key`, which must be there and not be empty.
    func requiredText(_ key: String, _ problems: inout [Problem]) -> String? {
        guard let value = self[key] else {
            let name = path.isEmpty ? key : "\(path).\(key)"
            problems.append(error("\(name) is missing: add it"))
            return nil
        }
        guard value.shape == .text, let text = value.scalar else {
            problems.append(value.mismatch(.text))
            return nil
        }
        guard !text.isEmpty else {
            problems.append(value.error("\(value.path) is empty: give it a value"))
            return nil
        }
        return text
    }

    /// The value under `key` if it is of the shape that it must have when it is there at all.
    func optional(_ key: String, _ shape: YAMLShape, _ problems: inout [Problem]) -> YAMLValue? {
        guard let value = self[key] else { return nil }
        guard value.shape == shape else {
            problems.append(value.mismatch(shape))
            return nil
        }
        return value
    }
}
