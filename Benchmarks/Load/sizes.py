# SPDX-License-Identifier: Apache-2.0
"""How large the program is, stripped: with Swift's libraries inside, and without; and what it consists of."""

import os

import link_map
import processes


def is_asked_for():
    return os.environ.get("BENCH_SIZES") == "1"


def measure(root, folder, program):
    """Mebibytes by how it is linked."""
    sizes = {"statically linked Swift libraries": _stripped(program, folder)}
    if is_asked_for():
        scratch = root / "run/bench/dynamic"
        command = ["swift", "build", "-c", "release", "--scratch-path", scratch, "--product", "webhook-fcgi"]
        processes.run(command, 3600, cwd=root)
        sizes["dynamically linked"] = _stripped(scratch / "release/webhook-fcgi", folder)
    return sizes


def parts(root, folder):
    """Mebibytes by dependency, of the program with Swift's libraries inside, which is linked once more as it is."""
    path = folder / "link.map"
    processes.run([
        "swift", "build", "-c", "release", "--static-swift-stdlib", "--product", "webhook-fcgi",
        "-Xlinker", f"-Map={path}",
    ], 3600, cwd=root)
    sizes = link_map.read(path.read_text(errors="replace"), root)
    return {name: size / 1024 / 1024 for name, size in sizes.most_common()}


def _stripped(program, folder):
    copy = folder / "stripped"
    processes.run(["strip", "-o", copy, program], 60)
    return copy.stat().st_size / 1024 / 1024
