# SPDX-License-Identifier: Apache-2.0
"""What is asked of each contender, and one measurement of it."""

import os
import threading
from dataclasses import dataclass, field

import fleet
import outbox
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
SMALL = [cell for cell in CELLS if cell.kept and cell.kibibytes < 1]
# These in the first round only, to save time: no goal is about them.
OTHERS = [cell for cell in CELLS if cell not in SMALL]
LARGE = [cell for cell in CELLS if cell.kibibytes >= 1]
LEVELS = [cell for cell in SMALL if cell.connections > 1]
BUSY = Cell(64)


@dataclass
class Measurement:
    requests: int
    seconds: float
    p50: float  # milliseconds
    p99: float  # milliseconds
    cpu: float  # microseconds of a request
    nginx: float  # microseconds of a request
    wrk: float  # microseconds of a request
    resident: float = 0  # mebibytes at the peak since the start
    anonymous: float = 0  # mebibytes, the most that was seen
    errors: dict = field(default_factory=dict)
    behind: object = None  # of the program: how far behind the replies the refreshes are

    @property
    def rate(self):
        return self.requests / self.seconds

    def __str__(self):
        text = (
            f"{self.rate:9,.0f}/s  p50 {self.p50:8.2f} ms  p99 {self.p99:8.2f} ms  {self.cpu:7.1f} µs  "
            f"{self.resident:6.1f} MiB"
        )
        return text + (f"  {self.behind.pending:6} pending for {self.behind.seconds:.1f} s" if self.behind else "")


@dataclass
class Behind:
    """Refreshes at the end of the load."""

    pending: int
    overdue: int  # of them those that wait for the sink, and not for refresh.minInterval
    seconds: float  # until none was pending


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


def _behind(config):
    overdue, pending = outbox.overdue(config), outbox.pending(config)
    return Behind(pending, overdue, outbox.drain(config, timeout=60))


def measure(place, contender, responders, cell, duration, drains=True):
    """Runs wrk for `duration` seconds; a single refused or lost request is an error."""
    global _number
    _number += 1
    port = place.nginx.kept if cell.kept else place.nginx.closed
    threads = max(1, min(cell.connections, os.cpu_count() // 2))
    command = [
        "wrk", "--threads", threads, "--connections", cell.connections, "--duration", f"{duration}s",
        "--timeout", "10s", "--latency", "--script", web.HERE / "push.lua", f"http://127.0.0.1:{port}", "--",
        place.pushes[contender.key], fleet.SECRET, round(cell.kibibytes * 1024), _number,
    ]
    sampler = _Sampler(responders)
    before = processes.cpu(responders)
    before_nginx, before_wrk = processes.cpu([place.nginx.process]), processes.cpu_of_ended()
    sampler.start()
    output = processes.run(command, duration + 30)
    used_by_nginx = processes.cpu([place.nginx.process]) - before_nginx
    used_by_wrk = processes.cpu_of_ended() - before_wrk
    # A reply is a promise: it has to be kept, too, and before the next measurement.
    behind = _behind(contender.config(place)) if contender.config and drains else None
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
        requests, microseconds / 1e6, p50 / 1000, p99 / 1000,
        *(each / requests * 1e6 for each in (used, used_by_nginx, used_by_wrk)),
        memory["VmHWM"], max(sampler.anonymous, memory["RssAnon"]), errors, behind,
    )
