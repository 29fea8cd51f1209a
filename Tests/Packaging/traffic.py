# SPDX-License-Identifier: Apache-2.0
"""Posts different Harbor pushes to URL until FILE is there, and prints the replies' statuses and how many each.

    traffic.py URL FILE
"""

import collections
import json
import os
import sys
import threading
import urllib.error
import urllib.request

url, end = sys.argv[1:]
template = json.load(open("/checkout/Examples/harbor-push.json", encoding="utf-8"))
lock = threading.Lock()
statuses = collections.Counter()
sent = 0


def post():
    global sent
    while not os.path.exists(end):
        with lock:
            sent += 1
            body = json.dumps({**template, "occur_at": 1_700_000_000 + sent}).encode()
        request = urllib.request.Request(
            url, body, {"Authorization": "s3cr3t", "Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                status = reply.status
        except urllib.error.HTTPError as error:
            status = error.code
        except OSError as error:
            status = str(error)
        with lock:
            statuses[str(status)] += 1


threads = [threading.Thread(target=post) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(json.dumps(statuses))
