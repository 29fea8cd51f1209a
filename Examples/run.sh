#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Starts nginx and the responder with the sample manifests under run/, shows one push on its way, and leaves
# the server running. `stop` ends it. Called by `make run` and `make stop` from the top of the checkout.
set -eu

run=$PWD/run
program=$PWD/.build/release/webhook-fcgi
config=$run/config.yaml

# Whether the process has the words in its command line: its id may be somebody else's by now.
runs() { tr '\0' ' ' 2>/dev/null < "/proc/$1/cmdline" | grep -qF -- "$2"; }

# Ends the process whose id is in the file, and waits for it; a file that is not there is no process.
end() {
    [ -f "$1" ] || return 0
    pid=$(cat "$1")
    if runs "$pid" "$2"; then kill -TERM "$pid"; fi
    for _ in $(seq 100); do
        runs "$pid" "$2" || break
        sleep 0.1
    done
    rm -f "$1"
}

stop() {
    end "$run/nginx.pid" "$run/nginx.conf"
    end "$run/webhook-fcgi.pid" "$program serve"
    rm -f "$run/webhook-fcgi.sock"
}

# Waits until the command succeeds, ten seconds at most.
await() {
    for _ in $(seq 100); do
        "$@" >/dev/null 2>&1 && return 0
        sleep 0.1
    done
    echo "not after 10 seconds: $*; see the logs in run/" >&2
    return 1
}

start() {
    stop
    mkdir -p "$run/manifests" "$run/tmp"
    cp Examples/config.yaml nginx/webhook_fcgi_params "$run/"
    for file in Examples/manifests/*.yaml; do install -m 600 "$file" "$run/manifests/"; done
    # nginx makes paths of sockets relative to where it starts, and as root its workers are somebody else.
    {
        [ "$(id -u)" -ne 0 ] || echo 'user root;'
        sed "s|unix:webhook-fcgi.sock|unix:$run/webhook-fcgi.sock|" Examples/nginx.conf
    } > "$run/nginx.conf"

    # Whatever fails from here on, nothing is left running.
    trap stop EXIT
    "$program" check --config "$config"
    "$program" nginx --config "$config" > "$run/locations.conf"
    WEBHOOK_FCGI_CONFIG=$config spawn-fcgi -s "$run/webhook-fcgi.sock" -M 0600 -P "$run/webhook-fcgi.pid" \
        -- "$program" serve
    nginx -p "$run" -c "$run/nginx.conf" -e "$run/nginx.error.log"
    await curl -s http://127.0.0.1:8080/
    trap - EXIT
}

demonstrate() {
    echo
    echo 'The receivers, with the URLs to give to their senders:'
    "$program" receivers --config "$config"
    url=$("$program" receivers --config "$config" --output url | grep /harbor/)
    echo
    echo 'Harbor pushes registry.example.com/team-a/backend/api:1.4.2, which curl plays:'
    echo "  curl -H 'Authorization: s3cr3t' --json @Examples/harbor-push.json $url"
    # With the time of now: the same push a second time would be taken for a repetition.
    sed "s/\"occur_at\": [0-9]*/\"occur_at\": $(date +%s)/" Examples/harbor-push.json \
        | curl -sS -H 'Authorization: s3cr3t' -H 'Content-Type: application/json' --data-binary @- "$url"
    echo
    echo
    echo 'The Warehouse that subscribes to it, refreshed, in run/refresh/kargo-demo/warehouses/guestbook.yaml:'
    cat "$run/refresh/kargo-demo/warehouses/guestbook.yaml"
    echo
    echo 'The log, in run/webhook-fcgi.log:'
    tail -n 1 "$run/webhook-fcgi.log"
    echo
    echo 'It is running on 127.0.0.1:8080; `make stop` ends it.'
}

case ${1:-} in
    start) start; demonstrate ;;
    stop) stop ;;
    *) echo 'usage: Examples/run.sh start|stop' >&2; exit 64 ;;
esac
