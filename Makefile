.DEFAULT_GOAL := help
SHELL := /bin/bash

BIN := $(CURDIR)/.venv/bin
PY := "$(BIN)/python"
API := allocation-api
# Each stands for a step that is done: the environment, what serving needs, what tests and lint need on top.
VENV := .venv/.created
RUNTIME := .venv/.runtime
DEV := .venv/.dev
SBOM_TOOL := .venv/sbom/.created

ifneq ($(wildcard .venv/.unfinished),)
.PHONY: $(VENV)
endif

PYTEST := $(PY) -m pytest
WORKBENCH_DO := $(PY) scripts/workbench.py
PARALLEL := -n $(or $(PROCESSES),auto) --dist loadfile --no-loadscope-reorder

# What lint and check look at: everything, or one room. A room is wired under its name or is a package of services.
ifdef ROOM
ROOMS := $(sort $(filter-out __init__ container,$(basename $(notdir $(wildcard $(API)/app/wiring/*.py)))) \
	$(notdir $(patsubst %/__init__.py,%,$(wildcard $(API)/app/services/*/__init__.py))))
ifeq ($(filter $(ROOMS),$(ROOM)),)
$(error There is no room "$(ROOM)". The rooms are: $(ROOMS))
endif
in_api = $(patsubst $(API)/%,%,$(wildcard $(addprefix $(API)/,$(1))))
TYPED := $(call in_api,app/*/$(ROOM) app/*/$(ROOM).py)
TESTS := $(call in_api,tests/unit/$(ROOM) tests/integration/$(ROOM))
LINTED := $(TYPED) $(TESTS)
else
TYPED :=
TESTS := tests/
LINTED := . ../min-dispersion-algorithm.py ../scripts/check_licences.py ../scripts/audit_packages.py ../scripts/workbench.py \
	../scripts/services.py
endif

# A shell that forbids bytecode makes every start compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup run dev workbench check test e2e lint format bench load contract permissions configuration fuzz licences sbom audit-packages \
	requirements migrate reset audit-verify simulator services clean

help: ## Show this help
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "  UV=0 installs with pip instead of uv."
	@echo "  Settings come from the environment and .env (see .env.example): PORT, DATABASE_URL, MOCK_DATA_SCENARIO, ..."

$(VENV): scripts/make-venv
	@scripts/make-venv .venv
	@touch $@

$(RUNTIME): $(API)/requirements.txt $(API)/requirements-uv.txt scripts/install-packages $(VENV)
	@scripts/install-packages .venv $(API)/requirements.txt
	@touch $@

# It holds the runtime packages, too.
$(DEV): $(API)/requirements-dev.txt $(API)/requirements-uv.txt scripts/install-packages $(VENV)
	@scripts/install-packages .venv $(API)/requirements-dev.txt
	@touch $@ $(RUNTIME)

setup: $(DEV) ## Create the virtual environment and install the pinned packages, those of tests and lint too

run: $(RUNTIME) ## Build the workbench, migrate the embedded database, serve both at http://localhost:5000 (docs at /docs)
	@$(WORKBENCH_DO) build --or-without
	@cd $(API) && exec $(PY) run.py

dev: $(RUNTIME) ## Serve the API, and the workbench at http://localhost:5173 as it is being written; Ctrl-C ends both
	@exec $(WORKBENCH_DO) dev

workbench: $(RUNTIME) ## Build the workbench
	@$(WORKBENCH_DO) build

check: lint ## Lint and run the fast tests; ROOM=trading: only that room's
	@$(if $(TESTS),cd $(API) && HYPOTHESIS_PROFILE=$${HYPOTHESIS_PROFILE:-dev} $(PYTEST) -m "not slow and not browser" $(PARALLEL) $(TESTS),\
		echo "The room $(ROOM) has no tests in tests/unit/$(ROOM) or tests/integration/$(ROOM).")
	@$(if $(ROOM),,$(WORKBENCH_DO) test)

test: $(DEV) ## Run the whole test suite, a process for each core (PROCESSES=3: as many; HYPOTHESIS_PROFILE=full: all cases); T=tests/unit/test_config.py::test_name: only that one
	@cd $(API) && $(PYTEST) $(if $(T),"$${T#$(API)/}",$(PARALLEL) tests/)
	@$(if $(T),,$(WORKBENCH_DO) test)

e2e: $(DEV) workbench ## Run only the tests that start the real server, those in a browser too
	@cd $(API) && $(PYTEST) tests/e2e

fuzz: $(DEV) ## Send 10,000 generated requests to the whole application (FUZZ_CASES for another number)
	@cd $(API) && FUZZ_CASES=$${FUZZ_CASES:-10000} $(PYTEST) tests/contract/test_schemathesis.py

lint: $(DEV) ## Check style, types and who may import whom; ROOM=trading: style and types of that room
	@cd $(API) && $(PY) -m ruff check $(LINTED)
	@cd $(API) && $(PY) -m ruff format --check $(LINTED)
	@cd $(API) && $(PY) -m mypy $(TYPED)
	@cd $(API) && "$(BIN)/lint-imports"
	@$(if $(ROOM),,$(WORKBENCH_DO) check)

format: $(DEV) ## Format the code and mend what can be mended by itself
	@cd $(API) && $(PY) -m ruff check --fix-only . && $(PY) -m ruff format .

bench: $(DEV) ## Print the benchmarks (ratios within one run)
	@cd $(API) && $(PY) -m benchmarks.preview
	@cd $(API) && $(PY) -m benchmarks.latency
	@cd $(API) && $(PY) -m benchmarks.blotters
	@cd $(API) && $(PY) -m benchmarks.blotter_workers
	@cd $(API) && $(PY) -m benchmarks.positions
	@cd $(API) && $(PY) -m benchmarks.min_dispersion
	@cd $(API) && $(PY) -m benchmarks.odd_sales
	@cd $(API) && $(PY) -m benchmarks.joint
	@cd $(API) && $(PY) -m benchmarks.proposals
	@cd $(API) && $(PY) -m benchmarks.portfolios
	@cd $(API) && $(PY) -m benchmarks.backtests
	@cd $(API) && $(PY) -m benchmarks.fairness_cost
	@cd $(API) && $(PY) -m benchmarks.fairness_year
	@cd $(API) && $(PY) -m benchmarks.market_history

load: $(DEV) ## Put two minutes of mixed load on four processes (LOAD_OPTIONS, such as "--seconds 20")
	@cd $(API) && $(PY) -m benchmarks.load $(LOAD_OPTIONS)

contract: $(RUNTIME) ## Write api-schema-contract.txt from the schemas and routes, and the workbench's client from it
	@cd $(API) && $(PY) -m app contract > ../api-schema-contract.txt.new
	@mv api-schema-contract.txt.new api-schema-contract.txt
	@$(WORKBENCH_DO) generate

permissions: $(RUNTIME) ## Write the tables of docs/permissions.md from the declared operations
	@cd $(API) && $(PY) -m app permissions --into ../docs/permissions.md

configuration: $(RUNTIME) ## Write docs/configuration.md from the settings that the code reads
	@cd $(API) && $(PY) -m app settings --into ../docs/configuration.md

licences: $(DEV) ## Check that everything that ships may: no GPL, AGPL, SSPL, Commons Clause
	@$(PY) scripts/check_licences.py

$(SBOM_TOOL): $(API)/requirements-sbom.txt $(VENV)
	@scripts/make-venv .venv/sbom
	@scripts/install-packages .venv/sbom $<
	@touch $@

sbom: SHELL := /bin/bash -o pipefail
sbom: $(SBOM_TOOL) $(RUNTIME) ## Print what ships as a CycloneDX bill of materials (SBOM=file writes it there)
	@.venv/sbom/bin/cyclonedx-py requirements --output-reproducible --mc-type application --pyproject $(API)/pyproject.toml \
		--output-file - $(API)/requirements.txt | $(WORKBENCH_DO) sbom $(if $(SBOM),> "$(SBOM)")

audit-packages: $(DEV) ## Look for known vulnerabilities; fails with "Not checked" where advisories cannot be reached
	@$(PY) scripts/audit_packages.py

COMPILE := UV_CUSTOM_COMPILE_COMMAND="make requirements" "$(BIN)/uv" pip compile --quiet --generate-hashes --universal \
	--python-version 3.11 --no-annotate --no-emit-index-url --no-emit-find-links

requirements: $(VENV) ## Compile the requirements files from the ranges in pyproject.toml (UPGRADE=--upgrade for the newest)
	@cd $(API) && $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt
	@cd $(API) && $(COMPILE) $(UPGRADE) pyproject.toml --all-extras -o requirements-dev.txt
	@cd $(API) && $(COMPILE) pyproject.toml --constraints requirements-dev.txt -o requirements.txt
	@cd $(API) && $(COMPILE) $(UPGRADE) --group installer -o requirements-uv.txt
	@cd $(API) && $(COMPILE) $(UPGRADE) --group node -o requirements-node.txt
	@cd $(API) && $(COMPILE) $(UPGRADE) --group sbom -o requirements-sbom.txt

migrate: $(RUNTIME) ## Bring the database of DATABASE_URL up to date (the embedded one does it by itself)
	@cd $(API) && $(PY) -m app migrate

audit-verify: $(RUNTIME) ## Verify the audit trail of DATABASE_URL (AUDIT_OPTIONS, such as --anchor; see README)
	@cd $(API) && exec $(PY) -m app audit $(AUDIT_OPTIONS)

simulator: $(RUNTIME) ## Serve the Aladdin simulator by itself (SIMULATOR_PORT, default 5001; SIMULATOR_OPTIONS, see README)
	@cd $(API) && exec $(PY) -m aladdin_simulator --port $${SIMULATOR_PORT:-5001} \
		--scenario "$${MOCK_DATA_SCENARIO:-default}" --journal instance/simulator.db \
		$${BUSINESS_DATE:+--business-date $$BUSINESS_DATE} $(SIMULATOR_OPTIONS)

services: $(VENV) ## Start the Redis and the PostgreSQL that are installed, and print the settings for them; Ctrl-C stops both
	@exec $(PY) scripts/services.py

reset: $(RUNTIME) ## Delete the embedded database and the mock desk's orders; the next start begins anew
	@cd $(API) && $(PY) -m app reset instance/simulator.db

clean: ## Remove the virtual environment, the built workbench and caches (keeps the database)
	@rm -rf .venv workbench/dist* $$([ -L workbench/node_modules ] || echo workbench/node_modules) $(API)/.pytest_cache $(API)/.mypy_cache $(API)/.ruff_cache $(API)/.hypothesis
