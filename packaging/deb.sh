#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Packs .build/release/webhook-fcgi as .build/deb/webhook-fcgi_VERSION_ARCHITECTURE.deb and lets lintian look at it. The
# version is the program's, and the Debian changelog is CHANGELOG.md in other words.
set -eu

checkout=$PWD
version=$(.build/release/webhook-fcgi --version)
folder=$checkout/.build/deb
source=$folder/webhook-fcgi-$version

rm -rf "$folder"
mkdir -p "$source"
cp -r packaging/debian "$source/debian"
cp packaging/systemd/webhook-fcgi.sysusers "$source/debian/"
python3 -B packaging/changelog.py "$version" < CHANGELOG.md > "$source/debian/changelog"

cd "$source"
CHECKOUT=$checkout dpkg-buildpackage -b -us -uc -rfakeroot > "$folder/build.log" 2>&1 || {
    cat "$folder/build.log" >&2
    exit 1
}
cd "$folder"
allow=; [ "$(id -u)" -ne 0 ] || allow=--allow-root
lintian $allow --fail-on error,warning webhook-fcgi_*.changes
echo "$folder/$(ls webhook-fcgi_*.deb)"
