.DEFAULT_GOAL := help
SHELL := /bin/bash

BIN := $(CURDIR)/.venv/bin
PY := "$(BIN)/python"
API := allocation-api
STAMP := .venv/.installed

# A shell that forbids bytecode makes every start compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup run test e2e lint format bench contract requirements migrate audit-verify simulator clean

help: ## Show this help
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "  Settings come from the environment and .env (see .env.example): PORT, DATABASE_URL, MOCK_DATA_SCENARIO, ..."

$(STAMP): $(API)/requirements.txt scripts/make-venv
	@scripts/make-venv .venv
	@echo "Installing packages (about a minute, once) ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check -r $(API)/requirements.txt
	@touch $@

setup: $(STAMP) ## Create the virtual environment and install the pinned packages

run: $(STAMP) ## Migrate the embedded database and serve the API at http://localhost:5000/v1 (docs at /docs)
	@cd $(API) && exec $(PY) run.py

test: $(STAMP) ## Run the whole test suite, the files side by side
	@cd $(API) && $(PY) -m pytest -n auto --dist loadfile --no-loadscope-reorder tests/

e2e: $(STAMP) ## Run only the tests that start the real server
	@cd $(API) && $(PY) -m pytest tests/e2e

lint: $(STAMP) ## Check style, types and who may import whom
	@cd $(API) && $(PY) -m ruff check . ../min-dispersion-algorithm.py
	@cd $(API) && $(PY) -m ruff format --check . ../min-dispersion-algorithm.py
	@cd $(API) && $(PY) -m mypy
	@cd $(API) && "$(BIN)/lint-imports"

format: $(STAMP) ## Format the code and mend what can be mended by itself
	@cd $(API) && $(PY) -m ruff check --fix-only . && $(PY) -m ruff format .

bench: $(STAMP) ## Print the benchmarks (ratios within one run)
	@cd $(API) && $(PY) -m benchmarks.preview
	@cd $(API) && $(PY) -m benchmarks.latency
	@cd $(API) && $(PY) -m benchmarks.positions
	@cd $(API) && $(PY) -m benchmarks.min_dispersion

contract: $(STAMP) ## Write api-schema-contract.txt from the schemas and routes
	@cd $(API) && $(PY) -m app.cli.contract > ../api-schema-contract.txt.new
	@mv api-schema-contract.txt.new api-schema-contract.txt

requirements: $(STAMP) ## Compile requirements.txt from the ranges in pyproject.toml (needs uv)
	@cd $(API) && uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 \
		--no-emit-index-url --no-emit-find-links --no-annotate --no-header -o requirements.txt

migrate: $(STAMP) ## Bring the database of DATABASE_URL up to date (the embedded one does it by itself)
	@cd $(API) && $(PY) -m app.core.migrate

audit-verify: $(STAMP) ## Verify the audit trail of DATABASE_URL (AUDIT_OPTIONS, such as --anchor; see README)
	@cd $(API) && exec $(PY) -m app.cli.audit $(AUDIT_OPTIONS)

simulator: $(STAMP) ## Serve the Aladdin simulator by itself (SIMULATOR_PORT, default 5001; SIMULATOR_OPTIONS, see README)
	@cd $(API) && exec $(PY) -m aladdin_simulator --port $${SIMULATOR_PORT:-5001} \
		--scenario "$${MOCK_DATA_SCENARIO:-default}" $(SIMULATOR_OPTIONS)

clean: ## Remove the virtual environment and caches (keeps the database)
	@rm -rf .venv $(API)/.pytest_cache $(API)/.mypy_cache $(API)/.ruff_cache $(API)/.hypothesis
