#!/usr/bin/env bash
# Fuzzes one target for some seconds: run.sh TARGET SECONDS
# Seeds are the cases of the ordinary tests. Needs: Rust's nightly toolchain, `cargo install cargo-fuzz`.
set -euo pipefail
cd "$(dirname "$0")"
target=${1:?"which target? They are in fuzz_targets/"} seconds=${2:-3600}

seeds=corpus/$target
mkdir -p "$seeds"
# Every case under a name of its own; a text of megabytes makes each run slow and finds nothing more.
seed() {
  find "$@" -type f -size -64k | while read -r file; do
    cp "$file" "$seeds/seed-$(sha256sum <"$file" | cut -c1-16)"
  done
}
# The code of each case of a language is its first fence.
seed_fences() {
  local language file
  for language in "$@"; do
    for file in ../tests/data/check/"$language"/*.md; do
      awk '/^(```|~~~)/ { if (in_code) exit; in_code = 1; next } in_code' "$file" >"$seeds/seed-$language-$(basename "$file" .md)"
    done
  done
}
case $target in
  bash) seed_fences bash sh; seed ../tests/data/lint/shell ;;
  console | dotenv | go | http | javascript | python | rust | toml) seed_fences "$target" ;;
  typescript) seed_fences typescript tsx ;;
  json) seed_fences json jsonc; seed ../tests/data/lint/mcp-config ../tests/data/lint/plugin-manifest ;;
  yaml) seed_fences yaml; seed ../patterns -name '*.yaml' ;;
  markdown) seed_fences markdown; seed ../tests/data/check -name '*.md' ;;
  front_matter) seed ../tests/data/lint/skill ;;
  shell) seed_fences bash sh; seed ../tests/data/lint/shell ../tests/data/lint/credential-helper ;;
  comments)
    seed ../src/inspect/examples -name 'ignore-*'
    printf '# patternbook-ignore-file yaml-syntax: it is a template\na: {{ b }}\n' >"$seeds/seed-yaml"
    ;;
  baseline)
    printf '{"patternbookBaseline": 1, "findings": [{"path": "a.md", "rule": "json-syntax", "fingerprint": "0123", "count": 2}]}' \
      >"$seeds/seed"
    ;;
  cache) ;;
  rule_examples) seed ../src/inspect/examples ;;
esac
# A text that takes so long is a finding, as one that panics. It is seconds of the clock: a machine that does something else as
# well lets a good text take 10 of them.
exec cargo +nightly fuzz run --sanitizer none "$target" -- \
  -max_total_time="$seconds" -max_len=8192 -timeout=90 -rss_limit_mb=2048 -print_final_stats=1
