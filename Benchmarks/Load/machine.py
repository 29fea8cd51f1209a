# SPDX-License-Identifier: Apache-2.0
"""What a run ran on."""

import os
import platform
import subprocess
from pathlib import Path

import processes

_PACKAGES = ["etcd-server", "libfcgi0*", "libsqlite3-0", "nginx", "php*-fpm", "webhook", "wrk"]


def commit(root):
    return processes.run(["git", "-C", root, "rev-parse", "--short", "HEAD"], 10).strip()


def describe(root, folder, load):
    """Names and values; `load` is the load average before the run."""
    changed = processes.run(["git", "-C", root, "status", "--porcelain", "--untracked-files=no"], 10).strip()
    command = ["dpkg-query", "-W", "-f", "${db:Status-Abbrev}${Package} ${Version}\n", *_PACKAGES]
    # Some may come from elsewhere; those are left out.
    known = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    installed = [line.removeprefix("ii ") for line in known.splitlines() if line.startswith("ii ")]
    system = _first_line("/etc/os-release", "PRETTY_NAME").partition("=")[2].strip('"')
    return [
        ("cores", f"{os.cpu_count()}, {_processor()}"),
        ("memory", _memory()),
        ("system", f"{system}, Linux {platform.release()}"),
        ("file system", processes.run(["stat", "-f", "-c", "%T", folder], 10).strip()),
        ("load average before", " ".join(f"{value:.1f}" for value in load)),
        ("packages", ", ".join(installed)),
        ("webhook-fcgi", commit(root) + (" with changes that are not committed" if changed else "")),
        ("Swift", processes.run(["swift", "--version"], 60).splitlines()[0]),
    ]


def line():
    """The same in short, for what is less than a page."""
    return f"{os.cpu_count()} cores, {_processor()}; {_memory()} of memory; Linux {platform.release()}"


def _processor():
    return _first_line("/proc/cpuinfo", "model name").partition(":")[2].strip()


def _memory():
    return f"{int(_first_line('/proc/meminfo', 'MemTotal').split()[1]) / 1048576:.1f} GiB"


def _first_line(path, beginning):
    return next((line for line in Path(path).read_text().splitlines() if line.startswith(beginning)), "")
