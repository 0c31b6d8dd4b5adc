#!/usr/bin/env bash
# Makes a throw-away CA, a server certificate for 127.0.0.1, and a client certificate, for two days.
# Needs openssl. Usage: make-test-certificates.sh FOLDER
set -euo pipefail
umask 077

folder=${1:?usage: make-test-certificates.sh FOLDER}
mkdir -p "$folder"
cd "$folder"

curve=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)

issue() {
  local name=$1 subject=$2 extensions=$3
  openssl req -new "${curve[@]}" -subj "$subject" -keyout "$name.key" -out "$name.csr"
  printf '%s\n' "$extensions" > "$name.ext"
  openssl x509 -req -in "$name.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 \
    -extfile "$name.ext" -out "$name.pem"
  rm "$name.csr" "$name.ext"
}

openssl req -x509 "${curve[@]}" -days 2 -subj '/CN=Acme test CA' -keyout ca.key -out ca.pem
issue server /CN=127.0.0.1 $'subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth'
issue client /CN=laptop-1 'extendedKeyUsage=clientAuth'
