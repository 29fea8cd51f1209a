// SPDX-License-Identifier: Apache-2.0

extension Result {
    /// The outcome of what throws, as a value.
    init(_ body: () async throws(Failure) -> Success) async {
        do throws(Failure) { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
