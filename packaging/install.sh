#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Installs everything under $DESTDIR, or removes it: `install` and `uninstall`. Called by `make`, which says where.
set -eu

action=$1
temporary=$(mktemp)
trap 'rm -f "$temporary"' EXIT

# The file with this machine's paths in it.
fill_in() {
    sed -e "s|@BINDIR@|$BINDIR|g" -e "s|@SBINDIR@|$SBINDIR|g" -e "s|@SYSCONFDIR@|$SYSCONFDIR|g" \
        -e "s|@NGINX_GROUP@|$NGINX_GROUP|g" "$1" > "$temporary"
}

# A file that is ours: put MODE TARGET SOURCE
put() {
    case $action in
        install) install -D -m "$1" "$3" "$DESTDIR$2" ;;
        uninstall) rm -f "$DESTDIR$2" ;;
    esac
}

put_filled_in() {
    fill_in "$3"
    put "$1" "$2" "$temporary"
}

# A file that is the administrator's: what was changed is left alone. keep TARGET SOURCE
keep() {
    fill_in "$2"
    if [ -e "$DESTDIR$1" ] && ! cmp -s "$temporary" "$DESTDIR$1"; then
        echo "left as it is: $DESTDIR$1"
    else
        put 0644 "$1" "$temporary"
    fi
}

put 0755 "$BINDIR/webhook-fcgi" "$PROGRAM"
put_filled_in 0755 "$SBINDIR/webhook-fcgi-spawn" packaging/spawn/webhook-fcgi-spawn.in
put 0644 "$MANDIR/man1/webhook-fcgi.1" "$GENERATED/webhook-fcgi.1"
put_filled_in 0644 "$MANDIR/man8/webhook-fcgi-spawn.8" packaging/spawn/webhook-fcgi-spawn.8.in
put 0644 "$BASHDIR/webhook-fcgi" "$GENERATED/webhook-fcgi.bash"
put 0644 "$ZSHDIR/_webhook-fcgi" "$GENERATED/webhook-fcgi.zsh"
put 0644 "$FISHDIR/webhook-fcgi.fish" "$GENERATED/webhook-fcgi.fish"
put_filled_in 0644 "$UNITDIR/webhook-fcgi.socket" packaging/systemd/webhook-fcgi.socket.in
put_filled_in 0644 "$UNITDIR/webhook-fcgi.service" packaging/systemd/webhook-fcgi.service.in
put 0644 "$SYSUSERSDIR/webhook-fcgi.conf" packaging/systemd/webhook-fcgi.sysusers

put 0644 "$DOCDIR/README.md" README.md
put 0644 "$DOCDIR/SECURITY.md" SECURITY.md
put 0644 "$DOCDIR/examples/config.yaml" packaging/config.yaml
for file in project secrets warehouses; do
    put 0644 "$DOCDIR/examples/manifests/$file.yaml" "Examples/manifests/$file.yaml"
done
for file in portal portal-mapping; do
    put 0644 "$DOCDIR/examples/catalogue/$file.yaml" "Examples/catalogue/$file.yaml"
done
for file in webhook-fcgi status locations; do
    put 0644 "$DOCDIR/examples/nginx/$file.conf" "nginx/$file.conf"
done
put 0644 "$DOCDIR/examples/systemd/credential-plugin.conf" packaging/systemd/credential-plugin.conf

keep "$SYSCONFDIR/default/webhook-fcgi" packaging/spawn/webhook-fcgi.default.in
keep "$SYSCONFDIR/logrotate.d/webhook-fcgi" packaging/spawn/webhook-fcgi.logrotate.in
keep "$SYSCONFDIR/nginx/webhook_fcgi_params" nginx/webhook_fcgi_params

case $action in
    # The program looks there, whatever the prefix.
    install) [ -d "$DESTDIR/etc/webhook-fcgi" ] || install -d -m 0750 "$DESTDIR/etc/webhook-fcgi" ;;
    uninstall)
        for folder in manifests catalogue nginx systemd ''; do
            rmdir --ignore-fail-on-non-empty "$DESTDIR$DOCDIR/examples/$folder"
        done
        rmdir --ignore-fail-on-non-empty "$DESTDIR$DOCDIR"
        ;;
esac
