# SPDX-License-Identifier: Apache-2.0
"""What a program's bytes come from, by the map that gold, Swift's linker here, writes."""

import re
from collections import Counter
from functools import cache

LINKER = "symbols, relocations and other tables of the linker"
UNWINDING = "tables of all for unwinding the stack"
MERGED = "strings and constants of all, merged by the linker"
_C = "start of a C program"

# Where a name is long, address and size follow in a line of their own; symbols have no size.
_PLACE = re.compile(r"0x([0-9a-f]+) +0x([0-9a-f]+)(?: (.*))?$")


def read(text, root):
    """Bytes in the file by dependency, without those that `strip` removes; none where another linker has written."""
    sizes, section, is_kept = Counter(), "", False
    for line in text.partition("\nMemory map\n")[2].splitlines():
        if line and line[0] != " ":
            section, is_kept = line.split()[0], False
            is_section = True
        elif line[1:2].strip():
            is_section = False
        place = _PLACE.search(line)
        if place is None:
            continue
        address, size, origin = int(place[1], 16), int(place[2], 16), place[3]
        if is_section:
            # What is not loaded has no address; zeros take no place in the file.
            is_kept = address > 0 and section not in (".bss", ".tbss")
        elif is_kept:
            sizes[_dependency(origin, section, root)] += size
    return sizes


def _dependency(origin, section, root):
    if section.startswith(".eh_frame"):
        return UNWINDING
    if origin is None:
        return MERGED if section == ".rodata" else LINKER
    if module := re.search(r"/(\w+)\.build/", origin):
        return _package(module[1], root)
    library = re.search(r"/lib(\w+)\.a\(", origin)
    return _library(library[1]) if library else _C


@cache
def _package(module, root):
    if (root / "Sources" / module).is_dir():
        return "webhook-fcgi itself"
    folders = (root / ".build/checkouts").glob(f"*/Sources/{module}")
    package = next((folder.parent.parent.name for folder in folders), module)
    return f"{package}: BoringSSL" if "BoringSSL" in module else package


def _library(name):
    if name.startswith("swift"):
        return "Swift: standard library and runtime"
    if name in ("dispatch", "BlocksRuntime"):
        return "Swift: dispatch"
    return f"Swift: {name.lstrip('_')}" if "Foundation" in name else f"lib{name}"
