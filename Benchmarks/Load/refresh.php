<?php
// SPDX-License-Identifier: Apache-2.0
//
// What one would write in an afternoon: checks the header, reads the push, and replaces the refresh file of
// the Warehouse that is named like the repository. Knows no Warehouses, keeps no log, syncs nothing.

declare(strict_types=1);

function reply(int $status, array $body): never {
    http_response_code($status);
    header('Content-Type: application/json');
    echo json_encode($body);
    exit;
}

$authorization = $_SERVER['HTTP_AUTHORIZATION'] ?? '';
if (!hash_equals(getenv('BENCH_SECRET'), $authorization)) {
    reply(401, ['error' => 'unauthorized']);
}

$push = json_decode(file_get_contents('php://input'), true);
$repository = $push['event_data']['repository']['repo_full_name'] ?? '';
if (($push['type'] ?? '') !== 'PUSH_ARTIFACT' || !preg_match('#^[a-z0-9-]+/[a-z0-9-]+$#D', $repository)) {
    reply(400, ['error' => 'invalid request body']);
}

[$namespace, $name] = explode('/', $repository);
$folder = getenv('BENCH_FOLDER') . "/$namespace";
$token = (new DateTimeImmutable('now', new DateTimeZone('UTC')))->format('Y-m-d\TH:i:s.u\Z');
$manifest = <<<YAML
    apiVersion: kargo.akuity.io/v1alpha1
    kind: Warehouse
    metadata:
      name: $name
      namespace: $namespace
      annotations:
        kargo.akuity.io/refresh: "$token"

    YAML;
if (!is_dir($folder)) {
    @mkdir($folder, 0755, true);
}
$temporary = tempnam($folder, '.new');
if (file_put_contents($temporary, $manifest) === false || !rename($temporary, "$folder/$name.yaml")) {
    reply(503, ['error' => 'the refresh could not be written']);
}
reply(200, ['msg' => 'refreshed 1 warehouse(s)']);
