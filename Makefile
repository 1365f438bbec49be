# Two commands: `make mart` and `make test`. Needs Python 3.11+, pip and make; nothing else.
PYTHON ?= python3
UV_VERSION := 0.13.9
OLD_DUCKDB := 1.1.3
# Newer clients: one that reads macros in a way of its own, and the newest of each minor release.
ODD_DUCKDB := 1.4.1
NEWER_DUCKDB := 1.2.2 1.3.2 1.4.0 1.4.5 1.5.6
CLIENTS := .venv/duckdb-clients
TOOLS := .uv
UV := $(shell command -v uv 2>/dev/null || echo $(TOOLS)/bin/uv)
BIN := .venv/bin
export UV_COMPILE_BYTECODE := 1
export PYTHONUTF8 := 1
# Some machines forbid byte-code: every process, and each worker of the tests, would compile anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: mart test coverage acceptance soak fuzz bench site ui check format clean install help
.DEFAULT_GOAL := mart

# Without uv on the machine, pip installs it in a folder of its own, and uv makes the environment.
$(TOOLS)/bin/uv:
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --target $(TOOLS) uv==$(UV_VERSION)

ifeq ($(UV),$(TOOLS)/bin/uv)
UV_READY := $(TOOLS)/bin/uv
endif

.venv/.installed: pyproject.toml uv.lock | $(UV_READY)
	$(UV) sync --frozen --quiet --inexact --python $(PYTHON)
	@touch $@

.venv/.installed-test: .venv/.installed
	$(UV) sync --frozen --quiet --inexact --group test
	@touch $@

.venv/.installed-dev: .venv/.installed-test
	$(UV) sync --frozen --quiet --inexact --group dev
	@touch $@

.venv/.installed-browser: .venv/.installed-test
	$(UV) sync --frozen --quiet --inexact --group browser
	@touch $@

.venv/.installed-fuzz: .venv/.installed-test
	$(UV) sync --frozen --quiet --inexact --group fuzz
	@touch $@

# A DuckDB client of two years ago: tests open the mart with it, as analysts' old clients do.
.venv/old-duckdb: .venv/.installed
	$(UV) pip install --quiet --no-deps --target $@ duckdb==$(OLD_DUCKDB)

$(CLIENTS)/%: .venv/.installed
	$(UV) pip install --quiet --no-deps --target $@ duckdb==$*

# The tool that holds exported files against their contract; it wants an older DuckDB.
.venv/datacontract: .venv/.installed
	$(UV) venv --quiet --python $(BIN)/python $@
	VIRTUAL_ENV=$@ $(UV) pip install --quiet "datacontract-cli[duckdb]==1.2.8"

# dbt, and Datasette: tests read the mart and its SQLite file with them. From 1.12 on dbt downloads a
# parser while it is installed, which not every network allows.
.venv/dbt: .venv/.installed
	$(UV) venv --quiet --python $(BIN)/python $@
	VIRTUAL_ENV=$@ $(UV) pip install --quiet "dbt-core==1.10.23" "dbt-duckdb==1.11.1"

.venv/datasette: .venv/.installed
	$(UV) venv --quiet --python $(BIN)/python $@
	VIRTUAL_ENV=$@ $(UV) pip install --quiet datasette==0.65.5

help: ## List all targets
	@awk -F'[:#]+' '/^[a-z]+:.*##/ { printf "make %-11s%s\n", $$1, $$NF }' $(MAKEFILE_LIST)

install: .venv/.installed ## The locked environment in .venv

mart: .venv/.installed ## Sample if nothing was imported, refresh, headline figures
	@$(BIN)/access-recovery sample --if-empty
	@$(BIN)/access-recovery refresh

# Memory that the tests' hundred marts free is kept for the next one: less work for the system. Only
# the C library of Linux knows these words.
test: export GLIBC_TUNABLES := glibc.malloc.tcache_count=4096:glibc.malloc.mmap_threshold=33554432:glibc.malloc.trim_threshold=268435456:glibc.malloc.top_pad=67108864

# Counting lines takes over half as much time again, so tests do it only with COVERAGE=1. TESTS: some.
test: .venv/.installed-test .venv/old-duckdb $(CLIENTS)/$(ODD_DUCKDB) ## All tests
	$(if $(COVERAGE),$(BIN)/coverage erase)
	$(BIN)/$(if $(COVERAGE),coverage run -m )pytest -n 2 --dist loadfile --no-loadscope-reorder $(TESTS)
	$(if $(COVERAGE),$(BIN)/coverage combine --quiet)
	$(if $(COVERAGE),$(BIN)/coverage report)

coverage: ## All tests; fails if they run too little of the code
	@$(MAKE) --no-print-directory test COVERAGE=1

# The soak test's daemon needs the machine to itself, so it runs after the others.
acceptance: .venv/.installed-browser $(addprefix $(CLIENTS)/,$(NEWER_DUCKDB)) .venv/datacontract .venv/dbt .venv/datasette ## England-wide files and the soak test; many minutes
	$(BIN)/pytest -m acceptance -n 2 --dist loadfile
	$(BIN)/pytest -m soak tests/soak

soak: .venv/.installed-test ## Three months of releases replayed to the daemon alone; some minutes
	$(BIN)/pytest -m soak tests/soak

# RUNS: inputs of each kind; KINDS: some of them. What fails is kept in .fuzz/.
fuzz: .venv/.installed-fuzz ## Damaged files and pages for the intake, 100,000 of each kind; an hour
	@set -e; for kind in $(or $(KINDS),csv zip gz xlsx html json); do $(BIN)/python -m tests.fuzz $$kind $(RUNS); done

bench: .venv/.installed ## Speed and memory beside analysts' scripts; hours (with QUICK=1 two minutes)
	$(BIN)/python -m benchmarks $(if $(QUICK),--quick)

site: .venv/.installed ## Pages that people read, opened in the browser
	@$(BIN)/access-recovery report --open

ui: .venv/.installed ## Dagster UI and daemon on localhost
	@$(BIN)/access-recovery ui

check: .venv/.installed-dev ## Format, lint, types, imports, definitions
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -W error -c "from pipelines.definitions import build_definitions; from dagster import Definitions; Definitions.validate_loadable(build_definitions())"

format: .venv/.installed-dev ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean: ## Remove the environment; data are kept
	rm -rf .venv .uv
