# SPDX-License-Identifier: Apache-2.0
"""Manifests of a made-up installation, and settings to serve them."""

import json
import os

import processes

SECRET = "Bearer s3cr3t-of-everybody"
REGISTRY = "registry.example.com"


def _project(number):
    return f"team-{1000 + number}"


def _manifests(project, warehouses, is_shared):
    """Receiver, Secret and Warehouses of a project; each subscribes to an image of its own, or all to the first's."""
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
      repoURL: {REGISTRY}/{project}/app-{1000 + (0 if is_shared else number)}
      constraint: ^1.0.0
"""


FILES = "file: { directory: refresh }"


def write(folder, projects, warehouses, sink=FILES, is_shared=False):
    """Writes manifests and settings into `folder`; everything that is no setting here has its default."""
    (folder / "manifests").mkdir(parents=True)
    for number in range(projects):
        path = folder / "manifests" / f"{_project(number)}.yaml"
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write("---\n".join(_manifests(_project(number), warehouses, is_shared)))
    return settings(folder, "config.yaml", sink)


def settings(folder, name, sink):
    """Settings for the manifests that are in `folder`."""
    config = folder / name
    config.write_text(
        "baseURL: http://127.0.0.1/webhooks\n"
        "source: { directory: manifests }\n"
        f"sink: {{ {sink} }}\n"
        "stateDirectory: state\n"
        "log: { file: webhook-fcgi.log }\n"
    )
    return config


def names(projects, warehouses):
    """Namespace and name of the first Warehouses of each project."""
    return [(_project(number), f"app-{1000 + each}") for number in range(projects) for each in range(warehouses)]


def push(repository, number):
    """The body of a push of a tag that no other number has and every Warehouse takes."""
    return (
        f'{{"type":"PUSH_ARTIFACT","event_data":{{"resources":[{{"tag":"1.4.{number}",'
        f'"resource_url":"{repository}:1.4.{number}"}}]}},"occur_at":1766620800}}'
    ).encode()


def targets(program, config, warehouses):
    """Path and repository of a push to each of the first Warehouses of each project."""
    receivers = json.loads(processes.run([program, "receivers", "--config", config, "--output", "json"], 60))
    for receiver in receivers:
        for number in range(warehouses):
            yield receiver["path"], f"{REGISTRY}/{receiver['project']}/app-{1000 + number}"
