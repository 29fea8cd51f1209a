# SPDX-License-Identifier: Apache-2.0
"""What is asked of each contender, and one measurement of it."""

import os
import threading
from dataclasses import dataclass, field

import fleet
import processes
import web


@dataclass(frozen=True)
class Cell:
    """One load: connections of clients, size of a body, and whether nginx keeps its connections open."""

    connections: int
    kibibytes: float = 0.4
    kept: bool = True

    @property
    def title(self):
        kept = "" if self.kept else ", no keep-alive"
        return f"{self.connections} connections, {self.kibibytes:g} KiB{kept}"


# Large bodies and new connections at one level each: they are to show a difference, not a curve.
CELLS = [
    Cell(1), Cell(16), Cell(64), Cell(256),
    Cell(64, kept=False),
    Cell(64, kibibytes=20),
    Cell(16, kibibytes=1000),
]


@dataclass
class Measurement:
    requests: int
    seconds: float
    p50: float  # milliseconds
    p99: float  # milliseconds
    cpu: float  # microseconds of a request
    resident: float = 0  # mebibytes at the peak since the start
    anonymous: float = 0  # mebibytes, the most that was seen
    errors: dict = field(default_factory=dict)

    @property
    def rate(self):
        return self.requests / self.seconds


class LoadError(Exception):
    pass


class _Sampler(threading.Thread):
    """Looks at memory while the load runs."""

    def __init__(self, responders):
        super().__init__(daemon=True)
        self.responders, self.anonymous, self.over = responders, 0, threading.Event()

    def run(self):
        while not self.over.wait(0.2):
            self.anonymous = max(self.anonymous, processes.memory(self.responders)["RssAnon"])


_number = 0


def measure(place, contender, responders, cell, duration):
    """Runs wrk for `duration` seconds; a single refused or lost request is an error."""
    global _number
    _number += 1
    port = place.nginx.kept if cell.kept else place.nginx.closed
    threads = max(1, min(cell.connections, os.cpu_count() // 2))
    command = [
        "wrk", "--threads", threads, "--connections", cell.connections, "--duration", f"{duration}s",
        "--timeout", "10s", "--latency", "--script", web.HERE / "push.lua", f"http://127.0.0.1:{port}", "--",
        place.pushes[contender.path], fleet.SECRET, round(cell.kibibytes * 1024), _number,
    ]
    sampler = _Sampler(responders)
    before = processes.cpu(responders)
    sampler.start()
    output = processes.run(command, duration + 30)
    sampler.over.set()
    sampler.join()
    processes.settle(responders, at_least=1.1, at_most=3)
    used = processes.cpu(responders) - before
    line = next((line for line in output.splitlines() if line.startswith("RESULT ")), None)
    if line is None:
        raise LoadError(f"{contender.name}, {cell.title}: wrk printed no result:\n{output}")
    requests, microseconds, p50, p99, *counts = map(int, line.split()[1:])
    errors = dict(zip(("connect", "read", "write", "status", "timeout"), counts))
    if requests == 0 or any(errors.values()):
        raise LoadError(f"{contender.name}, {cell.title}: {requests} requests, errors {errors}")
    memory = processes.memory(responders)
    return Measurement(
        requests, microseconds / 1e6, p50 / 1000, p99 / 1000, used / requests * 1e6,
        memory["VmHWM"], max(sampler.anonymous, memory["RssAnon"]), errors,
    )
