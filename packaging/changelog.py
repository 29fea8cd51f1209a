# SPDX-License-Identifier: Apache-2.0
"""Writes Debian's changelog from CHANGELOG.md, whose newest version has to be the one that is given.

    changelog.py VERSION < CHANGELOG.md
"""

import datetime
import email.utils
import re
import sys
import textwrap

MAINTAINER = "webhook-fcgi maintainers <webhook-fcgi@users.noreply.github.com>"


def entry(version, day, body):
    lines = [f"webhook-fcgi ({version}) stable; urgency=medium", ""]
    kind = ""
    for line in re.sub(r"\n +", " ", body).split("\n"):
        if line.startswith("### "):
            kind = line[4:]
        elif line.startswith("- "):
            text = textwrap.wrap(f"{kind}: {line[2:]}".replace("`", ""), 74, break_on_hyphens=False)
            lines += [f"  * {text[0]}", *[f"    {more}" for more in text[1:]]]
    midnight = datetime.datetime.fromisoformat(day).replace(tzinfo=datetime.timezone.utc)
    return "\n".join([*lines, "", f" -- {MAINTAINER}  {email.utils.format_datetime(midnight)}", ""])


parts = re.split(r"^## \[([^]]+)\] - (\S+)\n", sys.stdin.read(), flags=re.MULTILINE)[1:]
entries = list(zip(parts[0::3], parts[1::3], parts[2::3]))
if not entries or entries[0][0] != sys.argv[1]:
    newest = entries[0][0] if entries else "none"
    sys.exit(f"the program says {sys.argv[1]}, the newest version in CHANGELOG.md is {newest}: change one of them")
print("\n".join(entry(*each) for each in entries), end="")
