# Two commands on a fresh Debian or Ubuntu machine: `make demo` and `make test`.
SHELL := /bin/bash
CARGO_ENV = [ -f "$${CARGO_HOME:-$$HOME/.cargo}/env" ] && . "$${CARGO_HOME:-$$HOME/.cargo}/env"; true
OUT ?= out/demo

.PHONY: help demo test bench validation release clean prepare

help:
	@echo "make demo     install what is missing, build, appraise the sample plots offline, say where to look"
	@echo "make test     format, lints, tests, documentation: what CI runs"
	@echo "make bench    timings of the hot rooms, and observe against the physical limit"
	@echo "make validation  the tables of docs/validation.md anew, from the sets in CROPLENS_DATA"
	@echo "make release  the optimised binary, target/release/croplens"

prepare:
	@.ci/prepare

demo: prepare
	@$(CARGO_ENV); cargo build --locked
	@$(CARGO_ENV); target/debug/croplens appraise sample_tiles/plots.geojson --catalog sample_tiles --as-of 2022-11-13 --out $(OUT)

test: prepare
	@$(CARGO_ENV); cargo fmt --check
	@$(CARGO_ENV); cargo clippy --locked --all-targets -- -D warnings
	@$(CARGO_ENV); RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --document-private-items
	@$(CARGO_ENV); cargo test --locked
	@tests/interop/run

bench: prepare
	@$(CARGO_ENV); cargo bench --locked --bench rooms
	@$(CARGO_ENV); cargo bench --locked --bench engine

# The tables between the marks are exactly what the verb writes.
validation: release
	@test -n "$(CROPLENS_DATA)" || { echo "CROPLENS_DATA=<folder of the sets> make validation"; exit 2; }
	@target/release/croplens validate --data "$(CROPLENS_DATA)" --out docs/validation > /dev/null
	@sed -i -e '/^<!-- begin: croplens validate/,/^<!-- end: croplens validate/{//!d}' \
	  -e '/^<!-- begin: croplens validate/r docs/validation/validation.md' docs/validation.md
	@rm docs/validation/validation.md docs/validation/validation.csv

release: prepare
	@$(CARGO_ENV); cargo build --locked --release

clean:
	rm -rf target out
