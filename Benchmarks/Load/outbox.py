# SPDX-License-Identifier: Apache-2.0
"""What the program's outbox says about refreshes, read beside it."""

import sqlite3
import time
from contextlib import closing

import processes


def _query(config, sql, *values):
    path = config.parent / "state/outbox.sqlite"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)) as database:
        return database.execute(sql, values).fetchone()[0]


def pending(config):
    return _query(config, "SELECT count(*) FROM refresh WHERE state = 0")


def overdue(config):
    """Pending refreshes that wait for the sink alone, and not for refresh.minInterval."""
    return _query(config, "SELECT count(*) FROM refresh WHERE state = 0 AND due <= ?", time.time_ns() // 1000)


def failed(config):
    """Pending refreshes that were tried in vain."""
    return _query(config, "SELECT count(*) FROM refresh WHERE state = 0 AND attempts > 0")


def drain(config, timeout):
    """Seconds until no refresh is pending."""
    began = time.monotonic()
    processes.wait_for(lambda: pending(config) == 0, "no refresh is pending", timeout)
    return time.monotonic() - began


def make_due(config):
    """Ends every wait for another attempt, while the program is down."""
    with closing(sqlite3.connect(config.parent / "state/outbox.sqlite", timeout=5)) as database, database:
        database.execute("UPDATE refresh SET due = 0 WHERE state = 0")
