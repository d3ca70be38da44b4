# `make` lists what can be made. Needs git, make, Python 3.11 or newer, and pip; no compiler, no account, no server.

PYTHON ?= python3
UV     ?= .tools/bin/uv
BIN    := .venv/bin
DEMO   ?= demo
SERVERS := tests/network/servers

# The certificates that the machine trusts, and the index that its pip uses: uv knows neither by itself.
export UV_SYSTEM_CERTS     ?= true
export UV_PYTHON_DOWNLOADS ?= never
INDEX   = $(or $(UV_DEFAULT_INDEX),$(PIP_INDEX_URL),$(shell $(PYTHON) -m pip config get global.index-url 2>/dev/null))
INSTALL = $(if $(INDEX),UV_DEFAULT_INDEX='$(INDEX)') $(UV) pip install -q
export PYTHONUTF8 := 1
# Compiled modules are kept: without them every command and every test process compiles all it imports anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run install dev test test-all test-network lint docs docs-run docs-check bench bench-smoke validate wheel lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: install ## set everything up, run the demo (leaves shortlist.xlsx and shortlist.html in ./demo) and, at a terminal, open the page
	$(BIN)/groundswell demo $(DEMO)

install: .venv/.installed ## install what the program needs into .venv, every package checked by hash
dev: .venv/.installed-dev ## the same, and what its developers need

# A file's tests stay in one process, so that what they share is made once; marks that group tests are not heard (pytest 9.2, xdist 3.8).
PYTEST = $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m

test: dev ## run the tests
	$(PYTEST) "not slow and not crash and not hostile and not network"

test-all: dev .venv/.installed-spark .venv/.installed-peers ## run the tests that are kept out of `make test`: slow, crash, hostile
	$(PYTEST) "(slow or crash or hostile) and not network"

test-network: dev $(SERVERS)/node_modules/.installed ## run the tests before real servers on this machine (needs Node.js, npm, PostgreSQL, Redis)
	$(BIN)/python -m pytest -m network tests/network

lint: dev ## style, formatting, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports

docs: dev ## write docs/reference and the README's picture anew from the declarations
	$(BIN)/python docs/generate.py
	$(BIN)/python docs/picture.py

docs-run: dev ## run every command in the tutorial and the how-to pages, and write what it printed
	$(BIN)/python docs/run.py

docs-check: dev ## fail when docs/reference has drifted from the declarations
	$(BIN)/python docs/generate.py --check

bench: .venv/.installed-peers ## measure speed and memory; results go to benchmarks/results
	$(BIN)/python benchmarks/run.py

bench-smoke: .venv/.installed-peers ## run every benchmark at a hundredth of its size
	$(BIN)/python benchmarks/run.py --scale 0.01

validate: dev ## put every claim about people to the test; figures go to docs/validity.md (GROUNDSWELL_DATA: folder with real data)
	$(BIN)/python -m benchmarks.validity

wheel: $(UV) ## build the wheel, install it alone in a fresh environment and run the demo there
	rm -rf dist build/wheel
	@$(if $(INDEX),UV_DEFAULT_INDEX='$(INDEX)') $(UV) build -q --wheel --sdist --python $(PYTHON) --out-dir dist
	$(UV) venv -q --python $(PYTHON) build/wheel/venv
	@$(INSTALL) --python build/wheel/venv/bin/python dist/*.whl
	mkdir -p build/wheel/empty
	cd build/wheel/empty && ../venv/bin/groundswell demo
	test -s build/wheel/empty/demo/shortlist.xlsx && test -s build/wheel/empty/demo/shortlist.html

lock: $(UV) ## pin what pyproject.toml asks for anew; versions stay where they can (`make lock UPGRADE=--upgrade` renews them all)
	@$(COMPILE) --extra mcp --group build -o requirements.lock
	@$(COMPILE) --extra mcp --group build --group dev -c requirements.lock -o requirements-dev.lock
	@$(COMPILE) --extra mcp --extra spark --group build --group dev -c requirements-dev.lock -o requirements-spark.lock
	@$(COMPILE) --extra mcp --group build --group dev --group peers -c requirements-dev.lock -o requirements-peers.lock

clean: ## remove everything that was made, workspaces of the user excepted
	rm -rf .venv .tools dist build $(DEMO) $(SERVERS)/node_modules .pytest_cache .ruff_cache .hypothesis .import_linter_cache

# Universal: one lock for Python 3.11 and later on every platform. Without addresses: it installs from whichever index one has.
COMPILE = $(if $(INDEX),UV_DEFAULT_INDEX='$(INDEX)') $(UV) pip compile -q pyproject.toml --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-header --no-annotate $(UPGRADE)

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Groundswell needs Python 3.11 or newer; this is $$($(PYTHON) --version). Say: make run PYTHON=python3.12"; exit 1; }
	@echo "Fetching uv, which installs the rest, into .tools"
	@$(PYTHON) -m pip install -q --disable-pip-version-check --root-user-action ignore --target .tools uv

# Of all these packages one alone runs a program when it is installed: SQLite is compiled, quickly rather than for speed, with the
# headers of the machine's own Node.js where they are there.
NODE_HEADERS = $(if $(wildcard /usr/include/node/node.h),npm_config_nodedir=/usr)
$(SERVERS)/node_modules/.installed: $(SERVERS)/package-lock.json
	@command -v npm >/dev/null || { echo "make test-network needs Node.js and npm. On Debian or Ubuntu: apt-get install nodejs npm"; exit 1; }
	cd $(SERVERS) && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	cd $(SERVERS) && CFLAGS=-O1 CXXFLAGS=-O1 $(NODE_HEADERS) npm rebuild better-sqlite3 --loglevel=error
	@touch $@

.venv/bin/python: | $(UV)
	$(UV) venv -q --allow-existing --python $(PYTHON) .venv

.venv/.installed: requirements.lock pyproject.toml | .venv/bin/python
	@echo "Installing requirements.lock into .venv"
	@$(INSTALL) --python $(BIN)/python --require-hashes -r requirements.lock
	@$(INSTALL) --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.installed-dev: requirements-dev.lock .venv/.installed
	@echo "Installing requirements-dev.lock into .venv"
	@$(INSTALL) --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@touch $@

.venv/.installed-spark: requirements-spark.lock .venv/.installed-dev
	@echo "Installing requirements-spark.lock into .venv"
	@$(INSTALL) --python $(BIN)/python --require-hashes -r requirements-spark.lock
	@touch $@

.venv/.installed-peers: requirements-peers.lock .venv/.installed-dev
	@echo "Installing requirements-peers.lock into .venv"
	@$(INSTALL) --python $(BIN)/python --require-hashes -r requirements-peers.lock
	@touch $@
