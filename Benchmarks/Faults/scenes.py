# SPDX-License-Identifier: Apache-2.0
"""All faults by name: what each is, and how it is run."""

import subprocess
from dataclasses import dataclass, field
from typing import Callable

import clients
import cluster
import disks
import kills
import limits
from scene import Scene


@dataclass
class Fault:
    title: str
    # Makes the fault in a Scene, and returns a note.
    make: Callable
    # Of the Scene.
    options: dict = field(default_factory=dict)

    def run(self, folder, name, kills):
        """A row of the table, the problems, and why it was skipped, if it was."""
        scene = Scene(folder, name, **self.options)
        try:
            with scene:
                note = self.make(scene, kills)
        except (RuntimeError, TimeoutError, subprocess.SubprocessError) as error:
            # The other faults are worth trying all the same.
            return [self.title, *[""] * 5, "", "**stopped**"], [str(error)], None
        except disks.Skipped as reason:
            return [self.title, *[""] * 6, f"skipped: {reason}"], [], str(reason)
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
            f"{len(scene.lost):,}", f"{scene.ledger.slowest():.1f}", note,
        ]
        return row, problems, None


def _cluster(title, make):
    return Fault(
        f"API server: {title}", lambda scene, _: make(scene),
        {"sink": cluster.Cluster, "prepare": cluster.prepare, "rate": 100, "wait": 120},
    )


def _fault(title, make, **options):
    return Fault(title, lambda scene, _: make(scene), options)


SCENES = {
    "kill": Fault("`kill -9` in a rush", kills.kill_in_rush, {"rate": 1000, "logs_all": True}),
    "kill2": Fault(
        "`kill -9` of one of two processes", lambda scene, count: kills.kill_one(scene, max(1, count // 5)),
        {"count": 2, "logs_all": True},
    ),
    "sigterm": Fault("SIGTERM under load", lambda scene, _: kills.terminate(scene, 50), {"logs_all": True}),
    "full": _fault("state: disk full", disks.full_state, prepare=disks.tmpfs("state", 48)),
    "grown": _fault("state: disk full of deliveries", disks.grown_state, prepare=disks.tmpfs("state", 4)),
    "sink": _fault("sink: disk full", disks.full_sink, prepare=disks.tmpfs("refresh", 16)),
    "readonly": _fault("state: read-only at the start", disks.read_only, prepare=disks.tmpfs("state", 64)),
    "failed": _fault("state: disk fails", disks.failed, prepare=disks.ext4, damages=True),
    "files": _fault("no more descriptors", limits.descriptors),
    "clock": _fault("clock steps", limits.clock, prepare=limits.prepare_clock, by_arrival=True),
    "clients": _fault("slow and half-open clients", clients.bad_clients),
    "nginx": _fault("nginx restarts and reloads", clients.nginx),
    "dead": _cluster("dead", cluster.dead),
    "slow": _cluster("slow", cluster.slow),
    "flapping": _cluster("flapping", cluster.flapping),
}
