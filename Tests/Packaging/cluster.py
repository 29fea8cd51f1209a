# SPDX-License-Identifier: Apache-2.0
"""An API server with nothing in it, for those who bring the plugin's token.

    cluster.py KEY CERTIFICATE
"""

import http.server
import json
import ssl
import sys
import time


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.headers["Authorization"] != "Bearer t0k3n":
            self.answer(401, {"kind": "Status", "code": 401, "message": "who are you?"})
        elif "watch" in self.path:
            self.send_response(200)
            self.end_headers()
            time.sleep(60)
        else:
            self.answer(200, {"kind": "List", "apiVersion": "v1", "metadata": {"resourceVersion": "1"}, "items": []})

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 6443), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[2], sys.argv[1])
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
