# SPDX-License-Identifier: Apache-2.0
"""All faults by name: what each is, and how it is run."""

from dataclasses import dataclass, field
from typing import Callable

import kills
from scene import Scene


class Skipped(Exception):
    """A fault that cannot be made here; the text says why."""


@dataclass
class Fault:
    title: str
    # Makes the fault in a Scene, and returns a note.
    make: Callable
    # Of the Scene.
    options: dict = field(default_factory=dict)

    def run(self, folder, name, kills):
        """A row of the table, and the problems."""
        try:
            with Scene(folder, name, **self.options) as scene:
                note = self.make(scene, kills)
        except Skipped as reason:
            return [self.title, *[""] * 6, f"skipped: {reason}"], []
        counts = scene.ledger.counts
        problems = scene.ledger.problems[:20]
        if scene.lost:
            problems.append(f"lost: {', '.join(f'{each.target} {each.tag}' for each in scene.lost[:20])}")
        if counts.accepted == 0:
            problems.append("nothing was accepted")
        others = {code: count for code, count in counts.refused.items() if code < 500}
        if others:
            problems.append(f"refused: {others}")
        refused = sum(counts.refused.values())
        row = [
            self.title, f"{counts.sent:,}", f"{counts.accepted:,}", f"{refused:,}", f"{counts.unanswered:,}",
            f"{len(scene.lost):,}", f"{scene.ledger.slowest()[1]:.1f}", note,
        ]
        return row, problems


SCENES = {
    "kill": Fault("`kill -9`", kills.kill),
    "kill2": Fault(
        "`kill -9` of one of two processes", lambda scene, count: kills.kill(scene, max(1, count // 5)), {"count": 2}
    ),
    "sigterm": Fault("SIGTERM under load", lambda scene, count: kills.terminate(scene, 50)),
}
