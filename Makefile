# Careergraph: `make run` starts it, `make test` tests it; each sets up what it needs in .venv.
PYTHON ?= python3.11
ifeq ($(shell command -v $(PYTHON) 2>/dev/null),)
PYTHON := python3
endif
BIN := .venv/bin

.PHONY: run setup test check lint-graph bench lock

run: .venv/runtime explorer/dist/manifest.json
	$(BIN)/python server.py

setup: .venv/development explorer/dist/manifest.json tests/clients/node_modules/.package-lock.json

test: setup
	@$(BIN)/python -m tests.support.requirements
	$(BIN)/python -m pytest -n auto --dist worksteal

check: .venv/development
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory lint-graph; else echo "npm is missing, so graphql-eslint did not check the graph."; fi

lint-graph: tests/clients/node_modules/.package-lock.json
	tests/clients/node_modules/.bin/eslint --config tests/clients/eslint.config.mjs schema/schema.graphql

# make bench ARGS="--only posts --large"
bench: setup .venv/bench benchmarks/peers/node/node_modules/.package-lock.json benchmarks/peers/postgraphile/node_modules/.package-lock.json
	$(BIN)/python -m benchmarks $(ARGS)

.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Careergraph needs Python 3.11 or newer: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/runtime: requirements.lock | .venv/bin/pip
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

# pip compiles on one processor. Some files are not meant for this Python.
.venv/development: requirements-dev.lock | .venv/bin/pip
	$(BIN)/pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m compileall -qq -j 0 .venv/lib || true
	@touch $@ .venv/runtime

.venv/bench: requirements-bench.lock .venv/development
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.lock
	@touch $@

# better-sqlite3 is a native module: its build downloads one or needs a C++ compiler.
benchmarks/peers/node/node_modules/.package-lock.json: benchmarks/peers/node/package-lock.json
	@if command -v npm >/dev/null; then \
	  cd benchmarks/peers/node && npm ci --no-audit --no-fund --silent && npm rebuild better-sqlite3 --ignore-scripts=false --silent \
	  && touch node_modules/.package-lock.json; \
	fi || echo "The servers from npm could not be built; they are left out."

# The package `node` fetches the Node.js that PostGraphile needs.
benchmarks/peers/postgraphile/node_modules/.package-lock.json: benchmarks/peers/postgraphile/package-lock.json
	@if command -v npm >/dev/null; then \
	  cd benchmarks/peers/postgraphile && npm ci --no-audit --no-fund --silent && npm rebuild node --ignore-scripts=false --silent \
	  && touch node_modules/.package-lock.json; \
	fi || echo "PostGraphile could not be installed; it is left out."

# Without npm the explorer comes from a CDN; the server says so when it starts.
explorer/dist/manifest.json: $(shell find explorer -path explorer/node_modules -prune -o -path explorer/dist -prune -o -type f -print)
	@if command -v npm >/dev/null; then \
	  cd explorer && npm ci --no-audit --no-fund --silent && node build.mjs && touch dist/manifest.json; \
	else \
	  echo "npm is missing, so GraphiQL will come from a CDN. To build it: install Node.js 18 or newer with npm, then make setup."; \
	fi

# The clients from npm that tests run. Without npm those tests are left out.
tests/clients/node_modules/.package-lock.json: tests/clients/package.json tests/clients/rest/package.json tests/clients/package-lock.json
	@if command -v npm >/dev/null; then cd tests/clients && npm ci --no-audit --no-fund --silent && touch node_modules/.package-lock.json; fi

# Locks name no registry.
lock: .venv/development
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --no-header --no-annotate -q -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --generate-hashes --no-header --no-annotate -q -c requirements.lock -o requirements-dev.lock
	$(BIN)/uv pip compile pyproject.toml --extra bench --universal --generate-hashes --no-header --no-annotate -q -c requirements-dev.lock -o requirements-bench.lock
