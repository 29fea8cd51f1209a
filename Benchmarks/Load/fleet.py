# SPDX-License-Identifier: Apache-2.0
"""Manifests of a made-up installation, and settings to serve them."""

import json
import os

import processes

SECRET = "Bearer s3cr3t-of-everybody"
REGISTRY = "registry.example.com"


def _project(number):
    return f"team-{1000 + number}"


def _manifests(project, warehouses):
    """Receiver, Secret and Warehouses of a project; each Warehouse subscribes to an image of its own."""
    yield f"""\
apiVersion: kargo.akuity.io/v1alpha1
kind: ProjectConfig
metadata: {{ name: {project}, namespace: {project} }}
spec:
  webhookReceivers:
  - name: harbor
    harbor: {{ secretRef: {{ name: harbor-secret }} }}
"""
    yield f"""\
apiVersion: v1
kind: Secret
metadata: {{ name: harbor-secret, namespace: {project} }}
stringData: {{ auth-header: {SECRET} }}
"""
    for number in range(warehouses):
        yield f"""\
apiVersion: kargo.akuity.io/v1alpha1
kind: Warehouse
metadata: {{ name: app-{1000 + number}, namespace: {project} }}
spec:
  subscriptions:
  - image:
      repoURL: {REGISTRY}/{project}/app-{1000 + number}
      constraint: ^1.0.0
"""


def write(folder, projects, warehouses):
    """Writes manifests and settings into `folder`; everything that is no setting here has its default."""
    (folder / "manifests").mkdir(parents=True)
    for number in range(projects):
        path = folder / "manifests" / f"{_project(number)}.yaml"
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write("---\n".join(_manifests(_project(number), warehouses)))
    config = folder / "config.yaml"
    config.write_text(
        "baseURL: http://127.0.0.1/webhooks\n"
        "source: { directory: manifests }\n"
        "sink: { file: { directory: refresh } }\n"
        "stateDirectory: state\n"
        "log: { file: webhook-fcgi.log }\n"
    )
    return config


def push(repository, number):
    """The body of a push, a different one for each number."""
    return (
        '{"type":"PUSH_ARTIFACT","event_data":{"resources":[{"tag":"1.4.2",'
        f'"resource_url":"{repository}:1.4.2"}}]}},"occur_at":{number}}}'
    ).encode()


def targets(program, config, warehouses):
    """Path and repository of every push that the fleet can get."""
    receivers = json.loads(processes.run([program, "receivers", "--config", config, "--output", "json"], 60))
    for receiver in receivers:
        for number in range(warehouses):
            yield receiver["path"], f"{REGISTRY}/{receiver['project']}/app-{1000 + number}"
