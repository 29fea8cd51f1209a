# SPDX-License-Identifier: Apache-2.0
"""Disks that are full, fail, or only let read; mounted where nobody else sees them."""

import ctypes
import errno
import os
import subprocess
import time
from contextlib import contextmanager

import processes

_CLONE_NEWNS = 0x20000


class Skipped(Exception):
    """A fault that cannot be made here; the text says why."""


def hide_mounts():
    """Gives this process mounts of its own, which end with the last process that was started from here."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNS) == 0:
        processes.run(["mount", "--make-rprivate", "/"], 10)


def tmpfs(folder, mebibytes):
    """Mounts a small file system on a folder of a Scene."""
    def prepare(scene):
        _mount(["-t", "tmpfs", "-o", f"size={mebibytes}m,mode=700", "none"], getattr(scene, folder))
    return prepare


def ext4(scene):
    """Mounts a file in the place of the state's disk."""
    image = scene.folder / "disk"
    with open(image, "wb") as file:
        file.truncate(64 << 20)
    processes.run(["mkfs.ext4", "-q", "-F", image], 60)
    _mount(["-o", "loop", image], scene.state)


def _mount(options, folder):
    if os.geteuid() != 0:
        raise Skipped("only root can mount")
    try:
        processes.run(["mount", *options, folder], 10)
    except (OSError, subprocess.SubprocessError) as error:
        raise Skipped(f"mount: {error}") from error


@contextmanager
def _full(folder):
    """Fills a folder's disk to its last byte."""
    path = folder / "ballast"
    with open(path, "wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
    try:
        yield
    finally:
        path.unlink()


def full_state(scene, times=4):
    """No room for deliveries, again and again; the last time the program is killed meanwhile."""
    for _ in range(times):
        with _full(scene.state):
            _expect_refused(scene)
            time.sleep(2)
        _expect_accepted(scene)
        time.sleep(1)
    with _full(scene.state):
        # Not even with nothing in memory, and a log that was not written to its end.
        for responder in scene.responders:
            responder.kill()
            responder.start()
        time.sleep(3)
    _expect_accepted(scene)
    return f"{times + 1} times, once killed meanwhile"


def grown_state(scene):
    """The log of deliveries fills the disk by itself."""
    _expect_refused(scene, 60)
    time.sleep(3)
    processes.run(["mount", "-o", "remount,size=256m", scene.state], 10)
    _expect_accepted(scene)
    time.sleep(2)
    return "filled by deliveries, then made larger"


def full_sink(scene, times=3):
    """Deliveries are accepted all the while, and refreshed once there is room."""
    refused = sum(scene.ledger.counts.refused.values())
    for _ in range(times):
        with _full(scene.refresh):
            time.sleep(4)
        time.sleep(3)
    if sum(scene.ledger.counts.refused.values()) != refused:
        raise RuntimeError("deliveries were refused for the sink's disk")
    return f"{times} times for 4 s"


def read_only(scene, times=3):
    """A start on a disk that cannot be written to, which then can."""
    for _ in range(times):
        for responder in scene.responders:
            responder.terminate()
        processes.run(["mount", "-o", "remount,ro", scene.state], 10)
        for responder in scene.responders:
            responder.start()
        _expect_refused(scene)
        time.sleep(2)
        processes.run(["mount", "-o", "remount,rw", scene.state], 10)
        _expect_accepted(scene)
        time.sleep(1)
    return f"started so {times} times, then writable again"


def failed(scene, times=3):
    """The disk fails under the running program, as the kernel makes one that has errors: read-only at once."""
    for _ in range(times):
        # EIO and EROFS for whatever is open, and nothing in memory reaches the disk any more.
        processes.run(["mount", "-o", "remount,abort", scene.state], 10)
        _expect_refused(scene)
        time.sleep(1)
        for responder in scene.responders:
            responder.terminate()
        processes.run(["umount", scene.state], 10)
        _mount(["-o", "loop", scene.folder / "disk"], scene.state)
        for responder in scene.responders:
            responder.start()
        _expect_accepted(scene)
        time.sleep(1)
    return f"{times} times, mounted again"


def _expect_refused(scene, timeout=20):
    counts = scene.ledger.counts
    refused = sum(counts.refused.values())
    processes.wait_for(lambda: sum(counts.refused.values()) > refused + 5, "deliveries are refused", timeout)


def _expect_accepted(scene):
    counts = scene.ledger.counts
    accepted = counts.accepted
    processes.wait_for(lambda: counts.accepted > accepted + 5, "deliveries are accepted again", 20)
