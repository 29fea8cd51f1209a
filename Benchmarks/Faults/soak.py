#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Mixed traffic for a long time: memory, descriptors and latency have to stay as they are; called by `make soak`.

Environment: SOAK_MINUTES.
"""

import http.client
import os
import signal
import statistics
import sys
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent / "Load"))

import contenders
import fleet
import machine
import processes
import report
import traffic
import web
import workspace
from crowd import Crowd
from scene import Responder

_RATE, _THREADS = 300, 12
_PROJECTS, _WAREHOUSES = 20, 50
# Large bodies that each thread sends at first, all of them at once: the allocator keeps what was ever needed at the same
# time, and chance would bring that later.
_LARGE_FIRST = 20


@dataclass
class Minute:
    requests: int
    p50: float  # milliseconds, of what is expected to succeed and is small
    p99: float
    resident: float  # mebibytes
    anonymous: float
    descriptors: int

    def row(self):
        return [
            f"{self.requests:,}", f"{self.p50:.1f}", f"{self.p99:.1f}", f"{self.resident:.1f}",
            f"{self.anonymous:.1f}", self.descriptors,
        ]


class Clients(Crowd):
    """Threads that send what comes next, each twentieth time on a new connection."""

    def __init__(self, requests, nginx):
        self.requests, self.nginx = requests, nginx
        self.lock = threading.Lock()
        self.latencies, self.count, self.wrong = [], 0, []
        super().__init__([()] * _THREADS)

    def take(self):
        """Count and latencies since the last time."""
        with self.lock:
            taken = self.count, self.latencies
            self.count, self.latencies = 0, []
        return taken

    def _run(self):
        connection, number = None, 0
        due = time.monotonic()
        while not self.over.is_set():
            due = max(due + _THREADS / _RATE, time.monotonic() - 1)
            self.over.wait(max(0, due - time.monotonic()))
            number += 1
            if connection is None or number % 20 == 0:
                if connection:
                    connection.close()
                port = self.nginx.closed if number % 40 == 0 else self.nginx.kept
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
            request = self.requests.next() if number > _LARGE_FIRST else self.requests.large()
            began = time.perf_counter()
            try:
                connection.request(request.method, request.path, request.body, request.headers)
                response = connection.getresponse()
                text = response.read()
                status = response.status
            except (OSError, http.client.HTTPException):
                connection, status, text = None, None, b""
            with self.lock:
                self.count += 1
                if status not in request.expected:
                    self.wrong.append(f"{request.method} {request.body[:60]}: {status} {text[:100]}")
                elif status in (200, 202) and len(request.body) < 8192:
                    self.latencies.append((time.perf_counter() - began) * 1000)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    minutes = int(os.environ.get("SOAK_MINUTES", "30"))
    if minutes < 4:
        sys.exit("soak: SOAK_MINUTES is at least 4")
    load_average = os.getloadavg()
    with workspace.alone() as folder:
        measured, wrong = run(folder, minutes)
        path = workspace.result("-soak.md")
        goals = compare(measured, wrong)
        described = machine.describe(workspace.ROOT, workspace.RUN, load_average)
        path.write_text(markdown(measured, goals, wrong, described))
    for goal in goals:
        print("  " + " | ".join(goal))
    print(path.relative_to(workspace.ROOT))
    if any(goal[-1] != "yes" for goal in goals):
        sys.exit("soak: something grew, or was answered wrongly")
    workspace.link("soak", path)


def run(folder, minutes):
    config = fleet.write(folder / "fleet", _PROJECTS, _WAREHOUSES)
    traffic.add_examples(config)
    environment = {
        # Ten minutes' worth would fill the memory of repetitions for a third of the time.
        "WEBHOOK_FCGI_DEDUPE_WINDOW": "1m",
        # Half an hour's lines are not what is measured.
        "WEBHOOK_FCGI_LOG_LEVEL": "warning",
    }
    measured = []
    with ExitStack() as stack:
        listener = stack.enter_context(contenders.listening(folder / "ours.sock"))
        nginx = stack.enter_context(web.Nginx(folder))
        responder = Responder(config, listener, folder / "soak.log", environment)
        responder.start()
        stack.callback(lambda: processes.stop(responder.process))
        clients = stack.enter_context(Clients(traffic.Traffic(config, _WAREHOUSES), nginx))
        began = time.monotonic()
        for number in range(minutes):
            # What is resident is looked at now and then, for it comes and goes with large bodies.
            samples = []
            while time.monotonic() < began + 60 * (number + 1):
                time.sleep(5)
                responder.expect_alive()
                samples.append(processes.memory([responder.process]))
            count, latencies = clients.take()
            cuts = statistics.quantiles(latencies, n=100)
            measured.append(Minute(
                count, cuts[49], cuts[98],
                statistics.median(each["VmRSS"] for each in samples),
                statistics.median(each["RssAnon"] for each in samples),
                len(os.listdir(f"/proc/{responder.process.pid}/fd")),
            ))
            print(f"  {number + 1:3}  " + " | ".join(map(str, measured[-1].row())), flush=True)
    return measured, clients.wrong


def compare(measured, wrong):
    """Goal, what was measured, and whether it is reached.

    The medians of the first and of the last third after a warm-up of a sixth. Under threads that free what others have
    allocated, more and more of what the allocator has is touched, without more of it being in use: that takes some
    MiB. In half an hour 8 MiB are 28 bytes of each delivery between the two thirds. Latency belongs to the machine as
    well, which others use.
    """
    settled = measured[max(1, len(measured) // 6):]
    third = max(1, len(settled) // 3)

    def goal(name, value, factor, more, unit):
        first, last = (
            statistics.median(value(each) for each in some) for some in (settled[:third], settled[-third:])
        )
        most = first * factor + more
        return [name, f"{first:.1f}{unit}", f"{last:.1f}{unit}", f"≤ {most:.1f}{unit}", report.verdict(last <= most)]

    return [
        goal("resident", lambda each: each.resident, 1.1, 8, " MiB"),
        goal("of that anonymous", lambda each: each.anonymous, 1.1, 8, " MiB"),
        goal("open descriptors", lambda each: each.descriptors, 1, 8, ""),
        goal("p99", lambda each: each.p99, 2, 10, " ms"),
        ["replies that were not right", "", f"{len(wrong)}", "0", report.verdict(not wrong)],
    ]


def markdown(measured, goals, wrong, described):
    rows = [[number + 1, *each.row()] for number, each in enumerate(measured)]
    return "\n".join([
        "<!-- SPDX-License-Identifier: Apache-2.0 -->\n",
        "# What time does\n",
        f"Written by `make soak`. {_RATE} requests a second through nginx: pushes to {_PROJECTS * _WAREHOUSES:,} "
        "Warehouses, real deliveries of all providers, bodies up to 1 MiB, repetitions, new connections, and a sixth "
        "that has to be refused. `dedupe.window` is a minute, for what is kept to be all there after the first.\n",
        report.table(["machine", ""], described),
        "## First and last third\n",
        "Medians over minutes, without the first sixth. The bounds leave room for what the allocator keeps and for "
        "others on the machine: a tenth and 8 MiB of memory, eight connections of nginx, twice the latency and 10 ms.\n",
        report.table(["what", "first third", "last third", "wanted", "reached"], goals),
        "## Each minute\n",
        report.table(["minute", "requests", "p50, ms", "p99, ms", "resident, MiB", "anonymous", "descriptors"], rows),
        "".join(f"- {each}\n" for each in wrong[:20]),
    ])


if __name__ == "__main__":
    workspace.time_and_report(main)
