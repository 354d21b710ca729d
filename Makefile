# Everything a newcomer types. `make` alone prints the list. No step needs an environment variable.
.DEFAULT_GOAL := help
SHELL := /bin/bash
# Airflow starts in half the time when compiled files are kept.
unexport PYTHONDONTWRITEBYTECODE

PYTHON := $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
INSTALL := $(PIP) install --quiet --constraint constraints.txt
WORKERS := 2
# An index with small CPU builds of torch, for `make nn` and `make test`; empty means the ordinary index.
TORCH_INDEX :=
INSTALL_TORCH = $(INSTALL) $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) torch==2.13.0

.PHONY: help run test test-slow check fix bench messages lock nn programs clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

run: .venv/.run ## install, then the whole chain on an invented town: boards, Airflow, review app (Ctrl-C stops it)
	@$(BIN)/zorya demo

test: .venv/.test programs ## install what tests need, then the tests (both databases, a real browser)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -q -m "not slow"

test-slow: .venv/.test programs ## the tests that take longer: Airflow runs, wheels, contracts broken on purpose
	@$(BIN)/python -m pytest -q -m slow

check: .venv/.dev ## style, types, import contracts, data files, pinned versions
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy dags
	$(BIN)/lint-imports --no-logo
	$(BIN)/zorya doctor --data-files
	$(BIN)/python -m pytest -q tests/architecture -m "not slow"

fix: .venv/.dev ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/.run ## measure the stages on this machine
	@$(BIN)/zorya bench

messages: .venv/.dev ## bring the catalogues of the review app in step with its code; then translate what is empty in them
	@$(BIN)/python -m labeling.web.catalogues

lock: .venv/.dev ## renew constraints.txt from pyproject.toml (add UPGRADE=--upgrade for newer versions)
	UV_FIND_LINKS="$${PIP_FIND_LINKS:-}" $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras \
	  --no-annotate --no-header $(UPGRADE) --output-file constraints.txt pyproject.toml

nn: .venv/.run ## the optional transformer: torch and transformers (2 GB; TORCH_INDEX=… picks another index)
	$(INSTALL_TORCH)
	$(INSTALL) --editable '.[airflow,nn]'

clean: ## remove caches and build outputs; never data
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist

.venv/bin/python:
	@test -n "$(PYTHON)" && $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Zorya needs Python 3.11 or newer: apt-get install python3 python3-venv (macOS: brew install python@3.11)"; exit 1; }
	@$(PYTHON) -m venv .venv \
	  || { echo "python3 cannot make environments: apt-get install python3-venv"; rm -rf .venv; exit 1; }

# Each file says: this set was installed from these two files.
.venv/.run: pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing Zorya and Airflow into .venv (2-3 minutes the first time) …"
	@$(INSTALL) --editable '.[airflow]'
	@touch $@

.venv/.test: .venv/.run
	@echo "Installing what the tests need, torch among it (2 GB; TORCH_INDEX=… picks an index with smaller builds) …"
	@$(INSTALL_TORCH)
	@$(INSTALL) --editable '.[airflow,mlflow,nn,test]'
	@touch $@

.venv/.dev: .venv/.test
	@echo "Installing what the checks need …"
	@$(INSTALL) --editable '.[airflow,mlflow,nn,test,dev]'
	@touch $@

programs:
	@missing=""; \
	ls /usr/lib/postgresql/*/bin/initdb /usr/pgsql-*/bin/initdb /opt/homebrew/opt/postgresql*/bin/initdb \
	  /usr/local/opt/postgresql*/bin/initdb 2>/dev/null | grep -q . || command -v initdb >/dev/null || missing="postgresql"; \
	command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
	  || command -v google-chrome-stable >/dev/null || test -d "/Applications/Google Chrome.app" || missing="$$missing chromium"; \
	command -v gpg >/dev/null || missing="$$missing gnupg"; \
	test -z "$$missing" && exit 0; \
	if test "$$(id -u)" = 0 && command -v apt-get >/dev/null; then \
	  echo "Installing $$missing …"; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	else \
	  echo "The tests need these programs:$$missing. Type: sudo apt-get install -y --no-install-recommends $$missing"; \
	  echo "(macOS: brew install postgresql@16 && brew install --cask google-chrome), then make test again."; exit 1; \
	fi
