#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fuzzes one target after the other, and keeps a table of what was tried; called by `make fuzz`.

Environment: FUZZ_SECONDS (in all), FUZZ_TARGETS, FUZZ_FLAGS (libFuzzer's).
"""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent / "Benchmarks/Load"))

import machine
import report
import workspace


def main():
    os.chdir(workspace.ROOT)
    targets = os.environ["FUZZ_TARGETS"].split()
    share = int(os.environ["FUZZ_SECONDS"]) // (len(targets) + 1)
    if share < 1:
        sys.exit(f"fuzz: FUZZ_SECONDS is at least {len(targets) + 1}, one for each target")
    rows, problem = [], None
    for target in [*targets, "records"]:
        print(f"== {target}", flush=True)
        row, problem = records(share) if target == "records" else inputs(target, share)
        rows.append(row)
        if problem:
            break
    path = workspace.result("-fuzz.md")
    path.write_text(markdown(rows, problem))
    print(path.relative_to(workspace.ROOT))
    if problem:
        sys.exit(f"fuzz: {problem}")


def inputs(target, seconds):
    """Inputs that libFuzzer makes: a row of the table, and what has ended it."""
    corpus = Path("run/fuzz", target)
    corpus.mkdir(parents=True, exist_ok=True)
    status, text, took = follow(
        [
            "Fuzz/.build/release/Fuzz", *os.environ["FUZZ_FLAGS"].split(), f"-max_total_time={seconds}",
            "-print_final_stats=1", f"-artifact_prefix={corpus}-", corpus, f"Fuzz/Corpus/{target}",
        ],
        {"FUZZ_TARGET": target, "SWIFT_BACKTRACE": "enable=no"},
    )
    # An input that only takes long is kept as well, and ends nothing.
    artifacts = re.findall(r"Test unit written to (\S+)", text)
    row = [
        target, took, last(r"^stat::number_of_executed_units: +(\d+)", text),
        last(r"^stat::average_exec_per_sec: +(\d+)", text), last(r"\bcorp: (\d+)", text),
        ", ".join(f"`{each}`" for each in artifacts) or ("none" if status == 0 else f"ended with {status}"),
    ]
    if status == 0:
        return row, None
    return row, f"{target}: see {artifacts[-1]}" if artifacts else f"{target}: libFuzzer ended with {status}"


def records(seconds):
    """The same of conversations with the running program, which a test makes."""
    seed = int(time.time())
    status, text, took = follow(
        ["swift", "test", "--filter", "RecordFuzzTests"], {"FUZZ_SECONDS": str(seconds), "FUZZ_SEED": str(seed)}
    )
    count = re.search(r"(\d+) conversations of seed", text)
    rate = f"{int(count[1]) // seconds:,}" if count else ""
    row = ["records", took, f"{int(count[1]):,}" if count else "", rate, "", "none" if status == 0 else f"seed {seed}"]
    return row, None if status == 0 else f"records: see above, FUZZ_SEED={seed}"


def follow(command, environment):
    """Runs it, shows what it says, and returns its status, that text, and how many seconds it took."""
    began, lines = time.monotonic(), []
    with subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        errors="replace",
    ) as process:
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(line)
    return process.returncode, "".join(lines), f"{time.monotonic() - began:.0f}"


def last(pattern, text):
    """The last number of that kind, as long as there is one."""
    found = re.findall(pattern, text, re.M)
    return f"{int(found[-1]):,}" if found else ""


def markdown(rows, problem):
    parts = [
        "<!-- SPDX-License-Identifier: Apache-2.0 -->\n",
        "# What fuzzing found\n",
        f"Written by `make fuzz`. {machine.line()}.\n",
        report.table(["target", "seconds", "inputs", "a second", "corpus", "new findings"], rows),
        "The corpus is how many inputs reach something that no smaller one does, of Fuzz/Corpus, earlier runs and this "
        "one. An input of `records` is a conversation with the running program; its seconds are with the test's build.\n",
    ]
    if problem:
        parts.append(f"It ended there. {problem}\n")
    return "\n".join(parts)


if __name__ == "__main__":
    main()
