# SPDX-License-Identifier: Apache-2.0
"""What the resident memory of a process belongs to."""

import re
from collections import Counter
from pathlib import Path

import report

_HEAD = re.compile(r"^[0-9a-f]+-[0-9a-f]+ \S+ \S+ \S+ (\d+) *(.*)$")


def read(pid):
    """Mebibytes resident by kind of mapping."""
    sizes, kind = Counter(), None
    for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
        if head := _HEAD.match(line):
            kind = _kind(head[2])
        elif line.startswith("Rss:"):
            sizes[kind] += int(line.split()[1]) / 1024
    return sizes


def _kind(name):
    if name == "[heap]" or not name:
        return "heap, and memory that is mapped for it"
    if name.startswith("["):
        return "stack and kernel"
    if "outbox.sqlite" in name:
        return "outbox.sqlite-shm, the index of the write-ahead log"
    if name.split(" ")[0].endswith("/webhook-fcgi"):
        return "the program"
    return "libraries"


def table(maps):
    kinds = sorted({kind for sizes in maps.values() for kind in sizes})
    rows = [[kind] + [f"{sizes[kind]:.1f}" for sizes in maps.values()] for kind in kinds]
    return report.table(["resident, MiB", *maps], rows)
