# SPDX-License-Identifier: Apache-2.0
"""Where a run keeps its files, and what remains of it."""

import fcntl
import os
import shutil
import sys
import time
from contextlib import contextmanager
from datetime import datetime, timezone

import load
import machine
import report
import web

ROOT = web.HERE.parent.parent
RUN = ROOT / "run/bench"
RESULTS = ROOT / "Benchmarks/results"


@contextmanager
def alone():
    """A folder of its own for the one run that a checkout can have at a time."""
    # nginx and php-fpm are where not everybody looks for programs.
    os.environ["PATH"] += ":/usr/local/sbin:/usr/sbin:/sbin"
    RUN.mkdir(parents=True, exist_ok=True)
    with open(RUN / "lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit("bench: another one is running in this checkout")
        # Whatever a killed run has left; its processes have died with it, maybe a moment ago.
        for leftover in RUN.glob("work-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        folder = RUN / f"work-{os.getpid()}"
        folder.mkdir()
        if len(str(folder / "durable-limit.sock")) > 100:
            sys.exit(f"bench: {folder} is too long a path for a Unix socket: use a checkout nearer to the root")
        try:
            yield folder
        finally:
            _keep_logs(folder)
            shutil.rmtree(folder, ignore_errors=True)


def _keep_logs(folder):
    """What the contenders and nginx have said outlives the run, for whoever wants to know why it stopped."""
    logs = RUN / "logs"
    shutil.rmtree(logs, ignore_errors=True)
    logs.mkdir()
    for log in folder.rglob("*.log"):
        # The log of deliveries has millions of lines.
        with open(log, "rb") as source, open(logs / log.name, "wb") as target:
            target.write(source.read(1 << 20))


def result(ending):
    """The path of a file with results, for this day and commit."""
    RESULTS.mkdir(exist_ok=True)
    return RESULTS / f"{datetime.now(timezone.utc):%Y-%m-%d}-{machine.commit(ROOT)}{ending}"


def link(name, path):
    """Lets the README lead to the newest result of that name."""
    report.refresh_readme(ROOT / "README.md", name, f"[The newest run]({path.relative_to(ROOT)}).\n")


def time_and_report(main):
    """Runs `main`, and says how long it took or why it stopped."""
    began = time.monotonic()
    try:
        main()
    except (load.LoadError, RuntimeError, TimeoutError) as error:
        sys.exit(f"bench: {error}; logs are in {RUN / 'logs'}")
    print(f"took {(time.monotonic() - began) / 60:.1f} minutes")
