#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Runs a program until standard input ends, which happens even when the tests crash: supervise.sh PIDFILE PROGRAM...
# Removes $REMOVE_AT_END then.
pidfile="$1"
shift
"$@" </dev/null &
pid=$!
echo "$pid" >"$pidfile.new"
mv "$pidfile.new" "$pidfile"
read -r _
kill -KILL "$pid" 2>/dev/null
wait "$pid" 2>/dev/null
[ -z "${REMOVE_AT_END:-}" ] || rm -rf "$REMOVE_AT_END"
