# Everything starts here, on a machine with Python 3.11 or newer and make.
# The environment in .venv is made on first use and again when the locks change.
#
#   make PYTHON=python3.12 ...   choose the Python
#   make UV= ...                 install with pip even where uv is on PATH
#   make unit PYTEST_ARGS="-k cursor -x"
#   make unit WORKERS=0          run the tests one after the other, in one process
#   make compare QUICK=1         compare with other servers, in minutes

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
STEP := scripts/step
SOURCES := floorgraph schema resolvers loaders subscriptions tests
PYTEST_ARGS ?=
# One process more than there are cores, since tests also wait; the tests of a file stay together, since they
# share what is costly to start.
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
DEMO_ARGS ?=
BENCH_ARGS ?=
# Some servers that are compared with ask for glibc 2.39: LOADER names the dynamic loader of a newer one.
PEERS_LOADER := $(if $(LOADER),--loader $(LOADER))

export VENV
# Passed on only when given, so that the script can tell "not set" from "set to nothing".
ifneq ($(origin PYTHON),undefined)
export PYTHON
endif
ifneq ($(origin UV),undefined)
export UV
endif

.PHONY: help
help: ## List what can be made
	@echo "make TARGET, where TARGET is one of"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1|\2/p' Makefile | awk -F'|' '{ printf "%-16s %s\n", $$1, $$2 }'

.PHONY: demo
demo: $(VENV)/.runtime-installed ## Run a simulated shop floor with the server in front of it
	@$(BIN)/floorgraph demo $(DEMO_ARGS)

.PHONY: test
test: lint types imports schema-check unit ## Run every check there is, as the CI does
	@echo "All checks passed."

.PHONY: setup
setup: $(VENV)/.dev-installed ## Make the environment for development in .venv

$(VENV)/.runtime-installed: pyproject.toml locks/runtime.txt locks/build.txt scripts/setup
	@scripts/setup runtime

$(VENV)/.dev-installed: pyproject.toml locks/dev.txt scripts/setup
	@scripts/setup dev

.PHONY: lint
lint: $(VENV)/.dev-installed ## Check style and formatting with ruff
	@$(STEP) lint $(BIN)/ruff check .
	@$(STEP) format $(BIN)/ruff format --check .

.PHONY: format
format: $(VENV)/.dev-installed ## Format the code and repair what ruff can repair
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

.PHONY: types
types: $(VENV)/.dev-installed ## Check types in code and tests with mypy, strict
	@$(STEP) types $(BIN)/mypy --strict

.PHONY: imports
imports: $(VENV)/.dev-installed ## Check that imports point one way with import-linter
	@$(STEP) imports $(BIN)/lint-imports --no-logo

.PHONY: schema-check
schema-check: $(VENV)/.dev-installed ## Check that schema.graphql is what the code says
	@$(STEP) schema-check $(BIN)/floorgraph schema --check

.PHONY: unit
unit: $(VENV)/.dev-installed ## Run the tests; PYTEST_ARGS chooses which
	@$(STEP) unit $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

.PHONY: bench
bench: $(VENV)/.dev-installed ## Measure queries with and without the fast path; BENCH_ARGS go to bench.queries
	@$(BIN)/python -m bench.queries $(BENCH_ARGS)

.PHONY: compare
compare: $(VENV)/.dev-installed ## Compare with other servers, queries and fan-out; QUICK=1 takes minutes, without it an hour
	@$(BIN)/python -m bench.compare $(if $(QUICK),--quick --no-document) $(PEERS_LOADER)
	@$(BIN)/python -m bench.broadcast $(if $(QUICK),--sockets 1000 --changes 5 --rounds 1 --no-document) $(PEERS_LOADER)

.PHONY: schema
schema: $(VENV)/.dev-installed ## Write schema.graphql from the code, and what docs/ take from it
	@$(BIN)/floorgraph schema > $(VENV)/schema.graphql
	@mv $(VENV)/schema.graphql schema.graphql
	@echo "schema.graphql is written"
	@$(BIN)/python -m scripts.docs write

.PHONY: reference
reference: $(VENV)/.dev-installed ## Write into docs/ what it takes from the code
	@$(BIN)/python -m scripts.docs write

.PHONY: docs
docs: $(VENV)/.dev-installed ## Build the documentation's site in site/
	@$(BIN)/python -m scripts.docs site

.PHONY: lock
lock: ## Bring locks/ up to pyproject.toml; LOCK_ARGS=--upgrade takes the newest versions
	@scripts/lock $(LOCK_ARGS)

.PHONY: graphiql
graphiql: ## Build the bundled GraphiQL page (needs Node.js)
	@scripts/build-graphiql

.PHONY: clean
clean: ## Remove the environment, caches and build results
	rm -rf $(VENV) dist site .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find $(SOURCES) -name __pycache__ -type d -prune -exec rm -rf {} +
