# `make demo` and `make test` set everything up by themselves; the only thing they need is Python 3.11 or later.

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && { echo $$p; exit; }; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help demo test coverage check format chaos faults models models-smoke models-lock generate golden lock dashboards-check clean

help: ## show this
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

demo: .venv/ready ## run the whole stream over sample articles, print who said what, leave nothing running
	@$(BIN)/quotewire demo

# Two modules at a time; WORKERS=0: one. Bytecode is written even if the environment disables it: the tests start hundreds of
# processes, and each would compile our code again.
WORKERS ?= 2
test: export PYTHONDONTWRITEBYTECODE :=
test: .venv/ready ## every test, on a real Kafka and a real PostgreSQL that the tests start; PYTEST_ARGS="-k word" for some
	@$(BIN)/python -m pytest -n $(WORKERS) --no-loadscope-reorder $(if $(PYTEST_ARGS),$(PYTEST_ARGS),--cov --cov-report=)

coverage: .venv/ready ## the lines that the last `make test` did not run
	@$(BIN)/coverage report

check: .venv/ready ## format, lint, spelling, types, walls, dependencies, retired names, generated files fresh
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/codespell
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/deptry cli services
	@$(BIN)/deptry schemas/quotewire_schemas --config schemas/pyproject.toml
	@$(BIN)/deptry models/en_wire/en_wire --config models/en_wire/pyproject.toml
	@$(BIN)/python schemas/generate.py --check
	@$(BIN)/python schemas/compatibility.py
	@$(BIN)/python docs/write_pages.py --check
	@$(BIN)/python docs/check_retired.py

format: .venv/ready ## format, and fix what ruff can fix
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

# Training the model needs torch: an own environment, which only these two targets make.
MODELS := PYTHONPATH=models/training:services/extract .venv-models/bin/python -m

models: .venv/ready .venv-models/ready ## train and package the model: make models CORPORA=folder [BUILD=file] [ARGS=--steps=600]
	@test -n "$(CORPORA)" || { echo "make: name the folder of corpora: make models CORPORA=/path/to/corpora" >&2; exit 1; }
	@$(MODELS) quotewire_training all --corpora "$(CORPORA)" $(if $(BUILD),--build "$(BUILD)") $(ARGS)

models-smoke: .venv-models/ready ## ten training steps on invented sentences: does `make models` work?
	@$(MODELS) quotewire_training.smoke

models-lock: ## pin what training needs (needs uv)
	@uv pip compile models/training/requirements.in --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --custom-compile-command 'make models-lock' -q \
		-o models/training/requirements.lock

generate: .venv/ready ## write JSON Schemas, the generated pages of docs/ and .env.example
	@$(BIN)/python schemas/generate.py
	@$(BIN)/python docs/write_pages.py

golden: .venv/ready ## write the pipeline's answers over the golden articles; refused if they changed and the release was not raised
	@cd tests && ../$(BIN)/python -m kit.golden

lock: ## pin all dependencies with hashes (needs uv)
	@uv pip compile pyproject.toml --all-extras --group dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-emit-package quotewire-schemas --no-emit-package quotewire \
		--custom-compile-command 'make lock' -q -o requirements.lock
	@uv pip compile pyproject.toml --extra ingest --extra extract --extra store --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-emit-package quotewire-schemas --no-emit-package quotewire --no-annotate \
		-c requirements.lock --custom-compile-command 'make lock' -q -o requirements-services.lock

chaos: .venv/ready ## disturb a running stream for hours and audit the result; ARGS="--scale 0.1 kills" for less
	@cd tests && ../$(BIN)/python -m chaos.long $(ARGS)

faults: .venv/ready ## inject faults and print what dashboards and alerts show within a minute; ARGS="kafka hang"
	@cd tests && ../$(BIN)/python -m faults $(ARGS)

dashboards-check: .venv/ready ## query a running Prometheus with every expression of panels and alerts (PROMETHEUS=http://…)
	@cd tests && ../$(BIN)/python -m kit.prometheus_queries $(PROMETHEUS)

clean: ## remove the environment, caches and what was built
	@rm -rf .venv .parts .coverage dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

# The environment is made again if one of these files is newer than the stamp.
.venv/ready: requirements.lock pyproject.toml schemas/pyproject.toml models/en_wire/pyproject.toml
	@test -n "$(PYTHON)" || { echo "make: needs Python 3.11, 3.12 or 3.13 on the PATH (Debian: apt install python3 python3-venv)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "make: this Python has no venv (Debian: apt install python3-venv)" >&2; exit 1; }
	@test -x $(BIN)/python || { echo "making .venv with $$($(PYTHON) --version)"; $(PYTHON) -m venv .venv; }
	@echo "installing the pinned dependencies: about 240 MB to download the first time"
	@$(PIP) install $(if $(CI),-q,) --require-hashes --no-deps -r requirements.lock
	@$(PIP) install -q --no-deps --no-build-isolation -e schemas -e . -e models/en_wire
	@touch $@

.venv-models/ready: models/training/requirements.lock
	@test -n "$(PYTHON)" || { echo "make: needs Python 3.11, 3.12 or 3.13 on the PATH" >&2; exit 1; }
	@test -x .venv-models/bin/python || $(PYTHON) -m venv .venv-models
	@echo "installing torch and its dependencies: about 3 GB to download the first time"
	@.venv-models/bin/python -m pip --disable-pip-version-check install -q --require-hashes --no-deps -r $<
	@touch $@
