# SPDX-License-Identifier: Apache-2.0
"""A Harbor with one artifact, for the robot of the example.

    harbor.py PORT PROJECT REPOSITORY DIGEST
"""

import base64
import http.server
import json
import sys
import urllib.parse

port, project, repository, digest = sys.argv[1:]
ACCOUNT = "Basic " + base64.b64encode(b"robot$catalogue:t0p-s3cr3t").decode()
FOLDER = f"/api/v2.0/projects/{project}/repositories/" + urllib.parse.quote(urllib.parse.quote(repository, safe=""), safe="")
OBJECTS = {
    FOLDER: {"name": f"{project}/{repository}", "artifact_count": 1},
    f"{FOLDER}/artifacts/{digest}": {"digest": digest, "type": "IMAGE", "size": 3084292, "tags": [{"name": "1.4.2"}]},
}


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        path = self.path.split("?")[0].replace("%3A", ":")
        if self.headers["Authorization"] != ACCOUNT:
            self.answer(401, {"errors": [{"code": "UNAUTHORIZED", "message": "unauthorized"}]})
        elif path in OBJECTS:
            self.answer(200, OBJECTS[path])
        else:
            self.answer(500, {"errors": [{"code": "UNKNOWN", "message": path}]})

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), Handler).serve_forever()
