#!/usr/bin/env bash
# Builds what is measured, optimised, and measures it.
set -euo pipefail
cd "$(dirname "$0")/.."
target="${CARGO_TARGET_DIR:-$PWD/target}"
cargo build --release --locked -p tminus
cargo build --release --locked -p tminus-app --features testing --example fill
CARGO_TARGET_DIR="$target/benches" cargo build --release --locked --manifest-path benches/Cargo.toml
exec node benches/run.mjs
