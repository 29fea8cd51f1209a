# SPDX-License-Identifier: Apache-2.0
"""API servers for the Kubernetes sink: a real kube-apiserver with its etcd, and one that answers as slowly as told."""

import http.client
import json
import os
import socket
import ssl
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import processes
import web

_TESTS = web.HERE.parent.parent / "Tests/KubernetesTests"
_TOKEN = "token-of-admin"
_API = "/apis/kargo.akuity.io/v1alpha1"


def programs():
    """The folder with etcd and kube-apiserver, None where the tests have not made it; building it takes minutes."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "webhook-fcgi/kube-apiserver"
    folder = Path(os.environ.get("KUBEBUILDER_ASSETS") or cache)
    is_complete = all(os.access(folder / name, os.X_OK) for name in ("etcd", "kube-apiserver"))
    return folder if is_complete else None


def certificates(folder):
    """Makes an authority and what it signs, once a run."""
    target = folder / "certificates"
    if not target.exists():
        target.mkdir()
        with open(folder / "certificates.log", "ab") as log:
            processes.run([_TESTS / "Support/certificates.sh", target], 60, stderr=log)
    return target


def kubeconfig(folder, port):
    """Writes a kubeconfig for an API server at that port and returns the sink's setting."""
    path = folder / f"kubeconfig-{port}"
    user = {"name": "bench", "user": {"token": _TOKEN}}
    cluster = {"server": f"https://127.0.0.1:{port}", "certificate-authority": str(certificates(folder) / "ca.crt")}
    context = {"name": "bench", "context": {"cluster": "bench", "user": "bench"}}
    path.write_text(json.dumps({
        "apiVersion": "v1", "kind": "Config", "current-context": "bench", "users": [user], "contexts": [context],
        "clusters": [{"name": "bench", "cluster": cluster}],
    }))
    path.chmod(0o600)
    return f"kubernetes: {{ kubeconfig: {path} }}"


class _Client:
    """Administers an API server; each thread has a connection of its own."""

    def __init__(self, folder, port):
        self.port, self.local = port, threading.local()
        self.tls = ssl.create_default_context(cafile=str(certificates(folder) / "ca.crt"))

    def send(self, method, path, body=None):
        if getattr(self.local, "connection", None) is None:
            self.local.connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=30, context=self.tls)
        headers = {"Authorization": f"Bearer {_TOKEN}", "Content-Type": "application/json"}
        try:
            self.local.connection.request(method, path, body, headers)
            response = self.local.connection.getresponse()
            return response.status, response.read().decode()
        except (OSError, http.client.HTTPException):
            self.local.connection = None
            raise

    def answers(self, path):
        try:
            return self.send("GET", path)[0] == 200
        except (OSError, http.client.HTTPException):
            return False


class Real:
    """kube-apiserver and etcd with the CRD and the given Warehouses (namespace and name)."""

    def __init__(self, folder, port, warehouses):
        self.folder, self.port, self.warehouses = folder, port, warehouses
        self.processes = []

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        # kube-apiserver first: without etcd it ends only by force.
        for process in reversed(self.processes):
            processes.stop(process)

    def _start(self):
        keys = certificates(self.folder)
        data = self.folder / f"apiserver-{web.free_port()}"
        data.mkdir()
        (data / "tokens.csv").write_text(f'{_TOKEN},admin,1,"system:masters"\n')
        client, peer = (f"http://127.0.0.1:{web.free_port()}" for _ in range(2))
        self.processes.append(processes.start([
            programs() / "etcd", f"--data-dir={data}/etcd", f"--listen-client-urls={client}",
            f"--advertise-client-urls={client}", f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}", f"--initial-cluster=default={peer}",
        ], self.folder / "etcd.log"))
        self.processes.append(processes.start([
            programs() / "kube-apiserver", f"--etcd-servers={client}", "--bind-address=127.0.0.1",
            f"--secure-port={self.port}", f"--tls-cert-file={keys}/server.crt",
            f"--tls-private-key-file={keys}/server.key", f"--client-ca-file={keys}/ca.crt",
            f"--token-auth-file={data}/tokens.csv", "--authorization-mode=RBAC",
            "--disable-admission-plugins=ServiceAccount", "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={keys}/service-account.key",
            f"--service-account-signing-key-file={keys}/service-account.key", f"--cert-dir={data}/certificates",
        ], self.folder / "kube-apiserver.log"))
        self.client = _Client(self.folder, self.port)
        processes.wait_for(lambda: self._is_ready("/readyz"), "kube-apiserver is ready", 90)
        definition = (_TESTS / "Fixtures/warehouses.json").read_text()
        self._create("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition)
        processes.wait_for(lambda: self._is_ready(f"{_API}/warehouses"), "Warehouses are known", 60)
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(self._create_namespace, sorted({namespace for namespace, _ in self.warehouses})))
            list(pool.map(self._create_warehouse, self.warehouses))

    def _is_ready(self, path):
        if any(process.poll() is not None for process in self.processes):
            raise RuntimeError("etcd or kube-apiserver has ended")
        return self.client.answers(path)

    def _create(self, path, body):
        status, reply = self.client.send("POST", path, body)
        if status != 201:
            raise RuntimeError(f"kube-apiserver answers {status} to {path}: {reply[:200]}")

    def _create_namespace(self, name):
        self._create("/api/v1/namespaces", json.dumps({"metadata": {"name": name}}))

    def _create_warehouse(self, warehouse):
        namespace, name = warehouse
        self._create(f"{_API}/namespaces/{namespace}/warehouses", json.dumps({
            "apiVersion": "kargo.akuity.io/v1alpha1", "kind": "Warehouse", "metadata": {"name": name},
            "spec": {"subscriptions": [{"image": {"repoURL": f"registry.example.com/{namespace}/{name}"}}]},
        }))

    def refreshed(self):
        """How many Warehouses have the annotation."""
        _, reply = self.client.send("GET", f"{_API}/warehouses")
        metadata = [item["metadata"] for item in json.loads(reply)["items"]]
        return sum("kargo.akuity.io/refresh" in each.get("annotations", {}) for each in metadata)


class Scripted:
    """Answers every patch with success after `delay` seconds; a process of its own."""

    def __init__(self, folder, port, delay):
        self.folder, self.port, self.delay = folder, port, delay

    def __enter__(self):
        keys = certificates(self.folder)
        command = [
            sys.executable, "-B", web.HERE / "scripted_apiserver.py", self.port, self.delay,
            keys / "server.crt", keys / "server.key",
        ]
        self.process = processes.start(command, self.folder / "scripted-apiserver.log")
        processes.wait_for(self._listens, "the scripted API server listens")
        self.client = _Client(self.folder, self.port)
        return self

    def __exit__(self, *_):
        processes.stop(self.process)

    def _listens(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def counts(self):
        """Patches that were answered, and the most that were under way at once."""
        return json.loads(self.client.send("GET", "/counts")[1])
