#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Keeps the tables that a program prints, below a title and what it ran on: NAME TITLE COMMAND...; called by make."""

import subprocess
import sys

import machine
import workspace

# The README has a place for these.
_LINKED = ["scale"]


def main():
    name, title, *command = sys.argv[1:]
    path = workspace.result(f"-{name}.md")
    with open(path, "w") as file, subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        file.write(
            "<!-- SPDX-License-Identifier: Apache-2.0 -->\n\n"
            f"# {title}\n\nWritten by `make bench-{name}`. {machine.line()}.\n\n"
        )
        for line in process.stdout:
            if "\033" in line or str(workspace.ROOT) in line:
                # What a tool says of itself, and where.
                print(line, end="", file=sys.stderr)
                continue
            print(line, end="", flush=True)
            file.write(line)
    print(path.relative_to(workspace.ROOT))
    if process.returncode != 0:
        sys.exit(f"bench: {command[0]} ended with {process.returncode}")
    if name in _LINKED:
        workspace.link(name, path)


if __name__ == "__main__":
    main()
