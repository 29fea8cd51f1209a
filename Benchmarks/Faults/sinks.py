# SPDX-License-Identifier: Apache-2.0
"""What has arrived at a sink: files of refreshes, and patches at an API server."""

import os
import re
from datetime import datetime

from ledger import Refresh

_WHOLE = re.compile(
    'apiVersion: kargo.akuity.io/v1alpha1\nkind: Warehouse\nmetadata:\n  namespace: "(.*)"\n  name: "(.*)"\n'
    r'  annotations:\n    kargo.akuity.io/refresh: "(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)"' "\n"
)


def microseconds(token):
    moment = datetime.fromisoformat(token.removesuffix("Z") + "+00:00")
    return int(moment.timestamp()) * 1_000_000 + moment.microsecond


class Files:
    """The folder of the file sink; a file that is not whole is a problem."""

    def __init__(self, folder, problems):
        self.folder, self.problems = folder, problems

    def refreshes(self, targets):
        found = {}
        for target in targets:
            namespace, name = target.split("/")
            try:
                # Opened once: the name may be another file's a moment later.
                with open(self.folder / namespace / "warehouses" / f"{name}.yaml") as file:
                    arrived = os.fstat(file.fileno()).st_mtime_ns // 1000
                    text = file.read()
            except FileNotFoundError:
                continue
            match = _WHOLE.fullmatch(text)
            if match is None or match[1] != namespace or match[2] != name:
                self.problems.append(f"the file of {target} is not whole: {text!r}")
                continue
            found[target] = Refresh(microseconds(match[3]), arrived)
        return found
