# What people do here. `make` alone lists it. Everything else is in tools/ and package.json.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.PHONY: help setup assets run test e2e check deny bench shots clean

DENY := 0.20.2
DENY_BIN := target/tools/bin/cargo-deny-$(DENY)
PACKAGES := node_modules/.package-lock.json
DIST := crates/pages/dist/manifest.tsv
HOLIDAYS := crates/domain/holidays/holidays.txt

help:
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

setup:
	@tools/setup.sh build

assets: $(DIST) $(HOLIDAYS) ## bundle styles and scripts, write the table of public holidays

$(PACKAGES): package.json package-lock.json | setup
	npm ci --no-fund --no-audit
	@touch $@

$(DIST): $(PACKAGES) tools/build.mjs $(shell find crates/pages/assets -type f)
	npm run --silent build

$(HOLIDAYS): $(PACKAGES) tools/holidays.mjs
	npm run --silent holidays

run: setup assets ## build, and serve a sample practice on http://127.0.0.1:8080
	cargo build --locked -p tminus
	tools/run.sh

test: assets ## every test: crates on SQLite and PostgreSQL, then journeys in Chromium
	tools/setup.sh test
	tools/test.sh

e2e: assets ## only the journeys in Chromium
	tools/setup.sh test
	cargo build --locked -p tminus
	tools/e2e.sh

check: assets ## format, clippy, licences, documentation, types: all as errors
	cargo fmt --all --check
	cargo fmt --manifest-path benches/Cargo.toml --check
	npm run --silent types
	cargo clippy --workspace --all-targets --all-features --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --all-features --locked --quiet
	@$(MAKE) --no-print-directory deny

# Advisories are left out: they come from a database on GitHub, and this check has to pass without it. `cargo deny check advisories` asks for them.
deny: $(DENY_BIN)
	$(DENY_BIN) --all-features check bans licenses sources

# Not optimised: it is compiled more often than it is run.
$(DENY_BIN):
	cargo install cargo-deny --version $(DENY) --locked --no-default-features --profile dev --root target/tools --target-dir target/tools/build
	mv target/tools/bin/cargo-deny $@
	rm -rf target/tools/build

bench: assets ## the measurements of docs/benchmarks.md
	tools/bench.sh

shots: assets ## a picture of every page, in e2e/shots
	tools/setup.sh test
	cargo build --locked -p tminus
	TMINUS_CHROMIUM="$$(tools/setup.sh browser)" node e2e/shots.mjs

clean: ## throw away what was built
	rm -rf target node_modules crates/pages/dist crates/domain/holidays e2e/shots
