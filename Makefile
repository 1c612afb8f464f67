.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
PIP := $(VENV)/bin/python -m pip --disable-pip-version-check
RUN := $(VENV)/bin/yesword
RUNTIME := $(VENV)/.runtime-installed
DEV := $(VENV)/.dev-installed
MODEL := $(VENV)/.model-installed
DEMO_DATA ?= demo-data

help: ## List what make can do
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: $(RUNTIME) ## Make .venv with the pinned and hashed dependencies

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Yesword needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV) || { echo "On Debian and Ubuntu: apt install python3-venv"; exit 1; }

$(RUNTIME): $(VENV)/bin/python requirements/runtime.txt requirements/build.txt pyproject.toml
	$(PIP) install --quiet --require-hashes -r requirements/build.txt
	$(PIP) install --quiet --require-hashes -r requirements/runtime.txt
	$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): $(RUNTIME) requirements/dev.txt
	$(PIP) install --quiet --require-hashes -r requirements/dev.txt
	@touch $@

$(MODEL): $(DEV) requirements/model.txt
	$(PIP) install --quiet --require-hashes -r requirements/model.txt
	@touch $@

demo: $(RUNTIME) ## Start everything with demo data, and print the address and a sign-in
	$(RUN) demo --data $(DEMO_DATA)

demo-check: $(RUNTIME) ## Start the demo, wait for the front page, stop it
	@folder=$$(mktemp -d); $(RUN) demo --data "$$folder" --check; code=$$?; rm -rf "$$folder"; exit $$code

serve: $(RUNTIME) ## Start without demo data; a one-time link creates the owner
	$(RUN) serve

lint: $(DEV) ## Check style, types and the direction of imports
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

test: $(DEV) lint ## Run every check and every test
	$(VENV)/bin/pytest -n 2 --dist loadfile

bench: $(RUNTIME) ## Measure speed and memory, with ratios from the same run
	$(RUN) bench

torture: $(RUNTIME) ## Kill the worker at ten random moments in a 20,000-message campaign and count
	$(RUN) torture

faults: $(RUNTIME) ## Kill, pause and cut off an installation for an hour, and check what it promised
	$(RUN) faults $(if $(MINUTES),--minutes $(MINUTES)) $(if $(SEED),--seed $(SEED))

docs: $(DEV) ## Write what is made from the code: tables of the reference, compiled packs, translations
	$(VENV)/bin/python tests/unit/docs/tables.py --write
	$(VENV)/bin/python -m yesword.web.catalogs

model: $(MODEL) ## Train the model that helps to understand replies, from the texts in training/
	$(VENV)/bin/python -m training.train

replies-score: $(DEV) ## Measure how replies are understood, on texts that no rule was written from
	$(VENV)/bin/python -m training.score

lock: ## Renew the pinned requirements (needs uv)
	for f in runtime build dev model; do uv pip compile -q --universal --generate-hashes --python-version 3.11 requirements/$$f.in -o requirements/$$f.txt; done

.PHONY: help setup demo demo-check serve lint test bench torture faults docs model replies-score lock
