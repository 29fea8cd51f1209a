// SPDX-License-Identifier: Apache-2.0

/// `: did you mean 'source'?`, or what there is to choose from when nothing is near.
func suggestion(for name: String, among known: [String]) -> String {
    guard let nearest = nearest(to: name, among: known) else {
        return ": known here: \(known.sorted().listed())"
    }
    return ": did you mean '\(nearest)'?"
}

/// The name that `name` is most likely a misspelling of: a third of its letters may differ, case never counts.
func nearest(to name: String, among known: [String]) -> String? {
    guard name.utf8.count <= 128 else { return nil }
    let letters = Array(name.lowercased())
    let distances = known.map { (name: $0, distance: editDistance(letters, Array($0.lowercased()))) }
    guard let best = distances.min(by: { ($0.distance, $0.name) < ($1.distance, $1.name) }),
        best.distance <= max(1, min(letters.count, best.name.count) / 3)
    else { return nil }
    return best.name
}

/// Levenshtein's distance: how many letters to insert, delete or replace.
private func editDistance(_ left: [Character], _ right: [Character]) -> Int {
    var previous = Array(0...right.count)
    for (row, letter) in left.enumerated() {
        var current = [row + 1]
        for (column, other) in right.enumerated() {
            let replaced = previous[column] + (letter == other ? 0 : 1)
            current.append(min(replaced, previous[column + 1] + 1, current[column] + 1))
        }
        previous = current
    }
    return previous[right.count]
}
