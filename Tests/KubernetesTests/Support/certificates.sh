#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Makes in the folder $1: an authority, certificates for servers on 127.0.0.1, one of which has a
# name alone, one for a client, and an authority that has signed none.
set -eu
cd "$1"

key() { openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:prime256v1 -out "$1.key" 2>/dev/null \
    || openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:prime256v1 -out "$1.key"; }

authority() {
    key "$1"
    openssl req -x509 -new -key "$1.key" -subj "/CN=$1" -days 2 -out "$1.crt"
}

# certificate NAME SUBJECT EXTENSIONS
certificate() {
    key "$1"
    printf '%s\n' "$3" >"$1.extensions"
    openssl req -new -key "$1.key" -subj "$2" -out "$1.csr"
    openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile "$1.extensions" \
        -out "$1.crt" 2>/dev/null
}

authority ca
authority other-ca
certificate server /CN=kube-apiserver "subjectAltName=IP:127.0.0.1,DNS:apiserver.test"
certificate named /CN=kube-apiserver "subjectAltName=DNS:apiserver.test"
certificate client "/O=system:masters/CN=certified" "extendedKeyUsage=clientAuth"
openssl genrsa -out service-account.key 2048 2>/dev/null
