# SPDX-License-Identifier: Apache-2.0
"""Processes: started so that none outlives this one, ended by id, and what the kernel says about them."""

import ctypes
import os
import resource
import signal
import subprocess
import time
from pathlib import Path

_libc = ctypes.CDLL(None)
_TICK = os.sysconf("SC_CLK_TCK")
_PR_SET_PDEATHSIG = 1


def _die_with_parent():
    """Even `kill -9` of the benchmark leaves nothing behind: the kernel then ends what it started."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def start(command, log, before=None, **options):
    """Starts a process whose output goes to the file `log`; `before` is called in it before its program is."""
    def prepare():
        _die_with_parent()
        if before:
            before()

    with open(log, "ab") as output:
        return subprocess.Popen(
            [str(word) for word in command], stdout=output, stderr=output, preexec_fn=prepare, **options
        )


def run(command, timeout, **options):
    """Runs a command to its end and returns what it printed."""
    return subprocess.run(
        [str(word) for word in command],
        check=True, text=True, stdout=subprocess.PIPE, timeout=timeout, preexec_fn=_die_with_parent, **options
    ).stdout


def stop(process):
    """Ends a process as its operator would, and by force when it takes longer than it may."""
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def family(process):
    """The ids of a process and of its children, such as the children of php-fpm."""
    try:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    except FileNotFoundError:
        return []
    return [process.pid, *map(int, children)]


def cpu(processes):
    """Seconds of CPU that they have used, with those of children that have ended."""
    total = 0
    for pid in _ids(processes):
        try:
            # Everything behind the name, which may hold spaces: utime, stime, cutime, cstime.
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += sum(map(int, fields[11:15]))
    return total / _TICK


def cpu_of_ended():
    """Seconds of CPU that processes have used which this one started and saw the end of."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def memory(processes):
    """Mebibytes resident now, of these anonymous, and resident at the peak since the start.

    Of several processes the sum, in which what they share counts for each.
    """
    totals = {"VmRSS": 0, "RssAnon": 0, "VmHWM": 0}
    for pid in _ids(processes):
        try:
            status = Path(f"/proc/{pid}/status").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        for line in status.splitlines():
            name, _, value = line.partition(":")
            if name in totals:
                totals[name] += int(value.split()[0])
    return {name: kibibytes / 1024 for name, kibibytes in totals.items()}


def settle(processes, at_least, at_most):
    """Waits until they have nothing to do any more, for what is done after the reply is part of the work."""
    end = time.monotonic() + at_most
    time.sleep(at_least)
    before = cpu(processes)
    while time.monotonic() < end:
        time.sleep(0.4)
        now = cpu(processes)
        if now - before < 0.03:
            return
        before = now


def wait_for(condition, what, timeout=10):
    """Waits until `condition()` holds."""
    end = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"not after {timeout} seconds: {what}")
        time.sleep(0.02)


def _ids(processes):
    return [pid for process in processes for pid in family(process)]
