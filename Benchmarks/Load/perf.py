# SPDX-License-Identifier: Apache-2.0
"""What a process is doing, as `perf` sees it some thousand times a second of CPU."""

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import processes

_FREQUENCY = 1999
_PARANOID = Path("/proc/sys/kernel/perf_event_paranoid")


@dataclass
class Sample:
    thread: str  # its name
    functions: list  # the one that runs first, then its callers
    is_kernel: bool  # whether the first is the kernel's


def check():
    """Ends the run beforehand where perf would show no kernel."""
    if os.geteuid() != 0 and int(_PARANOID.read_text()) > 1:
        sys.exit("bench: perf needs root, or `sysctl kernel.perf_event_paranoid=1`")


def record(process, folder, seconds):
    """Samples of that long, at times at which the process was on a core."""
    path = folder / "perf.data"
    with open(folder / "perf.log", "ab") as log:
        # By the clock, for virtual machines often have no counters of cycles.
        processes.run([
            "perf", "record", "--quiet", "-g", "--event", "cpu-clock", "--freq", _FREQUENCY, "--output", path,
            "--pid", process.pid, "--", "sleep", seconds,
        ], seconds + 30, stderr=log)
        # Functions that were inlined would each take a look at the debugging information.
        command = ["perf", "script", "--no-inline", "--input", path, "--fields", "comm,ip,sym"]
        return _samples(processes.run(command, 120, stderr=log))


_FRAME = re.compile(r"\s+([0-9a-f]+) (.*)")


def _samples(text):
    stacks = []
    for block in text.split("\n\n"):
        thread, *lines = block.strip("\n").splitlines() or [""]
        frames = [(int(match[1], 16), match[2]) for match in map(_FRAME.match, lines) if match]
        if frames:
            stacks.append((thread.strip(), frames))
    names = _demangled(sorted({name for _, frames in stacks for _, name in frames}))
    return [
        # The kernel has the upper half of all addresses.
        Sample(thread, [names[name] for _, name in frames], frames[0][0] >> 63 == 1) for thread, frames in stacks
    ]


def _demangled(names):
    command = ["swift", "demangle", "--simplified", "--compact"]
    lines = processes.run(command, 60, input="\n".join(names) + "\n").splitlines()
    return dict(zip(names, lines, strict=True))


def schedule(process):
    """Of each thread, by id: its name, seconds on a core, and seconds in which it could have run and had none."""
    threads = {}
    for task in Path(f"/proc/{process.pid}/task").iterdir():
        try:
            running, waiting, _ = map(int, (task / "schedstat").read_text().split())
            threads[task.name] = ((task / "comm").read_text().strip(), running / 1e9, waiting / 1e9)
        except (FileNotFoundError, ProcessLookupError):
            continue
    return threads
