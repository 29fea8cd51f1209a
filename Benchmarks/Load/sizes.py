# SPDX-License-Identifier: Apache-2.0
"""How large the program is, stripped: with Swift's libraries inside, and without."""

import os

import processes


def measure(root, folder, program):
    """Mebibytes by how it is linked."""
    sizes = {"statically linked Swift libraries": _stripped(program, folder)}
    if os.environ.get("BENCH_SIZES") == "1":
        scratch = root / "run/bench/dynamic"
        command = ["swift", "build", "-c", "release", "--scratch-path", scratch, "--product", "webhook-fcgi"]
        processes.run(command, 3600, cwd=root)
        sizes["dynamically linked"] = _stripped(scratch / "release/webhook-fcgi", folder)
    return sizes


def _stripped(program, folder):
    copy = folder / "stripped"
    processes.run(["strip", "-o", copy, program], 60)
    return copy.stat().st_size / 1024 / 1024
