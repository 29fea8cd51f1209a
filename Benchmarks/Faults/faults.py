#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What goes wrong while deliveries flow, and whether anything that was acknowledged is lost; called by `make faults`.

Environment: KILLS (how often the program is killed), FAULTS (a list of names, all when it is empty).
"""

import os
import signal
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent / "Load"))

import disks
import machine
import report
import workspace
from scenes import SCENES


def main():
    # An ended run ends what it started, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    kills = int(os.environ.get("KILLS", "1000"))
    chosen = os.environ.get("FAULTS", "").split()
    if unknown := set(chosen) - set(SCENES):
        sys.exit(f"faults: no such fault: {', '.join(unknown)}; there are {', '.join(SCENES)}")
    load_average = os.getloadavg()
    disks.hide_mounts()
    rows, problems, skipped = [], [], []
    with workspace.alone() as folder:
        for name, fault in SCENES.items():
            if chosen and name not in chosen:
                continue
            print(f"{name}: {fault.title}", flush=True)
            row, found, reason = fault.run(folder, name, kills)
            print("  " + " | ".join(map(str, row[1:])), *found, sep="\n  ", flush=True)
            rows.append(row)
            problems += [f"{name}: {problem}" for problem in found]
            if reason:
                skipped.append(f"{name}: {reason}")
        path = workspace.result("-faults.md")
        described = machine.describe(workspace.ROOT, workspace.RUN, load_average)
        path.write_text(markdown(rows, problems, described))
    print(path.relative_to(workspace.ROOT))
    # A table with holes would take the place of a whole one.
    if not chosen and not problems and not skipped:
        link = path.relative_to(workspace.ROOT)
        report.refresh_readme(workspace.ROOT / "README.md", "faults", table(rows) + f"\n[All of it]({link}).\n")
    for each in skipped:
        print(f"faults: skipped {each}", file=sys.stderr)
    if problems:
        sys.exit("faults: something was lost or went wrong")
    if skipped:
        sys.exit("faults: not everything was tried; the README keeps its table")


def table(rows):
    return report.table(["fault", "deliveries", "2xx", "5xx", "no reply", "lost", "slowest refresh, s", "notes"], rows)


def markdown(rows, problems, described):
    parts = [
        "<!-- SPDX-License-Identifier: Apache-2.0 -->\n",
        "# What faults do\n",
        "Written by `make faults`. Deliveries flow through nginx while something goes wrong. A delivery is lost when it "
        "was answered 2xx and no refresh of its target came after it.\n",
        report.table(["machine", ""], described),
        "## Faults\n",
        table(rows),
        METHOD,
    ]
    if problems:
        parts += ["## Problems\n", "".join(f"- {problem}\n" for problem in problems)]
    return "\n".join(parts)


METHOD = """\
- Every delivery is a valid push of Harbor's of a tag of its own. A target that waits for its refresh gets no other
  delivery meanwhile, so that no later refresh hides that one is missing; but for eight, which take every eighth
  delivery, so that refreshes coalesce as well.
- A refresh comes after a delivery when its token is no older than the moment before the delivery was sent. Where the
  program's clock is a wrong one, its token has to be another than before, and its file written since.
- Besides: tokens never go back, every file is whole each time it is read, nothing stays pending, the program ends
  only when it is ended, and then with 0, `PRAGMA integrity_check` finds the outbox sound, and none was moved aside.
- A kill finds a journal in use when a file of the killed process has deliveries in it that the next process has to
  look for in the log, and to bring there.
- What was answered otherwise, or not at all, may have been refreshed or not; a sender would send it again.
"""


if __name__ == "__main__":
    workspace.time_and_report(main)
