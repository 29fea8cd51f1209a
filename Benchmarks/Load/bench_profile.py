#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Where the CPU of a delivery goes, with the file sink; called by `make bench-profile`.

Environment: DURATION (seconds a level).
"""

import os
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import bench
import contenders
import fleet
import load
import machine
import perf
import processes
import report
import stages
import web
import workspace

_FUNCTIONS = 20


@dataclass
class Level:
    cell: load.Cell
    measured: load.Measurement
    samples: list
    responder: tuple  # shares of the time: on a core, waiting for one, asleep

    def shares(self, value):
        """Percent of the samples by what `value` says of each."""
        counts = Counter(map(value, self.samples))
        return Counter({name: 100 * count / len(self.samples) for name, count in counts.items()})


def main():
    duration = int(os.environ.get("DURATION", "10"))
    if duration < 1:
        sys.exit("bench: DURATION is at least 1")
    perf.check()
    load_average = os.getloadavg()
    with workspace.alone() as folder:
        levels = run(folder, duration)
        path = workspace.result("-profile.md")
        path.write_text(markdown(levels, machine.describe(workspace.ROOT, workspace.RUN, load_average), duration))
    print(path.relative_to(workspace.ROOT))


def run(folder, duration):
    config = fleet.write(folder / "fleet", 100, 100)
    contender = next(each for each in contenders.CONTENDERS if each.key == "ours")
    with web.Nginx(folder) as nginx:
        place = contenders.Place(folder, nginx, config, bench.pushes(folder, config, [contender]))
        [responder] = contender.start(place)
        try:
            contenders.check(place)
            load.measure(place, contender, [responder], load.Cell(16), 1)  # to warm up
            return [look(place, contender, responder, cell, duration) for cell in load.LEVELS]
        finally:
            processes.stop(responder)


def look(place, contender, responder, cell, duration):
    """Samples from the middle of a load that is a little longer."""
    with ThreadPoolExecutor(1) as pool:
        # perf begins late and ends late.
        loading = pool.submit(load.measure, place, contender, [responder], cell, duration + 4)
        time.sleep(1)
        before, began = perf.schedule(responder), time.monotonic()
        samples = perf.record(responder, place.folder, duration)
        after, seconds = perf.schedule(responder), time.monotonic() - began
        measured = loading.result()
    print(f"  {cell.title:36} {measured}  {len(samples):,} samples", flush=True)
    if not samples:
        raise RuntimeError("perf took no samples")
    return Level(cell, measured, samples, busiest(before, after, seconds))


def busiest(before, after, seconds):
    """How the thread of the responder spent its time."""
    used = [
        (running - before[thread][1], waiting - before[thread][2])
        for thread, (name, running, waiting) in after.items() if stages.is_responder(name) and thread in before
    ]
    running, waiting = (100 * value / seconds for value in max(used))
    return running, waiting, max(0, 100 - running - waiting)


def markdown(levels, described, duration):
    head = [f"{level.cell.connections} connections" for level in levels]
    meanwhile = [
        [title] + [report.number(value(level.measured)) for level in levels]
        for title, value in (("requests/s", report.rate), ("CPU of a request, µs", report.cpu))
    ] + [["samples"] + [f"{len(level.samples):,}" for level in levels]]
    responder = [
        [title] + [report.number(level.responder[index]) for level in levels]
        for index, title in enumerate(("on a core", "waiting for a core", "asleep: for requests or the disk"))
    ]
    parts = [
        "<!-- SPDX-License-Identifier: Apache-2.0 -->\n",
        "# Where the CPU of a delivery goes\n",
        f"Written by `make bench-profile DURATION={duration}`: webhook-fcgi with the file sink and its default "
        "settings behind nginx, pushes of new tags to 100 of 10,000 Warehouses, bodies of 0.4 KiB. `perf` looks at the "
        "program by the clock of its CPU, and slows it down a little. Everything shares the machine.\n",
        report.table(["machine", ""], described),
        report.table(["meanwhile", *head], meanwhile),
        "## Stages, in percent of the program's CPU\n",
        "With all they call, but what another stage is about counts there: each sample is one stage's. What the "
        "optimiser put into another function counts as that one.\n",
        _shares(["stage", *head], stages.STAGES, [level.shares(stages.stage) for level in levels]),
        "## What it is spent on, in percent of the program's CPU\n",
        "The function that runs, whichever stage it is called in.\n",
        _shares(["kind", *head], stages.KINDS, [level.shares(stages.kind) for level in levels]),
        "## The responder's thread, in percent of the time\n",
        "By the kernel's account of it.\n",
        report.table(["", *head], responder),
        f"## The {_FUNCTIONS} functions that run most, in percent of the program's CPU\n",
        "Without what they call.\n",
        _functions(head, levels),
    ]
    return "\n".join(parts)


def _shares(head, titles, columns):
    return report.table(head, [[title] + [report.number(column[title]) for column in columns] for title in titles])


def _functions(head, levels):
    columns = [level.shares(_function) for level in levels]
    most = sum(columns, Counter()).most_common(_FUNCTIONS)
    return _shares(["function", *head], [name for name, _ in most], columns)


def _function(sample):
    name = sample.functions[0].replace("|", "\\|").replace("`", "'")
    name = name if len(name) <= 100 else f"{name[:99]}…"
    return f"`{name}`" + (", kernel" if sample.is_kernel else "")


if __name__ == "__main__":
    workspace.time_and_report(main)
