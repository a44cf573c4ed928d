# make run    the engine with its demo shop, on http://127.0.0.1:8000/
# make test   every check and every test, in a real browser too
# make check  the quick part of it: style, types, import directions, the snippet's budgets
# make bench  what an event costs, beside a bare echo of the same frames
# make lock   pin the newest versions that pyproject.toml allows, with their hashes
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
LOCK := $(BIN)/pip-compile --quiet --strip-extras --generate-hashes --no-header --no-annotate --no-emit-index-url \
	--no-emit-trusted-host --no-emit-find-links --no-emit-options

.PHONY: help run test check python-check snippet-check unit core-coverage browser postgresql bench lock clean

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

$(BIN)/python:
	@tools/make-venv $(PYTHON) $(VENV)

$(VENV)/.runtime: requirements.lock | $(BIN)/python
	@echo "installing what the engine needs"
	@$(PIP) install --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.dev: requirements.lock requirements-dev.lock | $(BIN)/python
	@echo "installing what the engine and its tests need"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@ $(VENV)/.runtime

js-snippet/node_modules/.package-lock.json: js-snippet/package-lock.json
	@tools/need-node 20
	@cd js-snippet && npm ci --no-audit --no-fund --loglevel=error

run: $(VENV)/.runtime
	@exec $(BIN)/python -m engine demo $(ARGS)

# The last line that `make test` prints is pytest's own summary.
test: check core-coverage browser postgresql
	@$(BIN)/python -m pytest --cov --cov-report=term

check: python-check snippet-check

python-check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --cache-dir .cache/import_linter

snippet-check: js-snippet/node_modules/.package-lock.json
	cd js-snippet && npm run -s check && npm test

core-coverage: $(VENV)/.dev
	$(BIN)/python -m pytest tests/core -q --cov=engine.core --cov-report=term --cov-fail-under=100

unit: $(VENV)/.dev postgresql
	$(BIN)/python -m pytest -m "not e2e"

browser:
	@tools/need-chromium

postgresql:
	@tools/need-postgresql

bench: $(VENV)/.dev
	$(BIN)/python -m tests.bench $(ARGS)

lock: $(VENV)/.dev
	$(LOCK) $(ARGS) --output-file requirements.lock pyproject.toml tools/older-pythons.in
	$(LOCK) $(ARGS) --extra dev --allow-unsafe --constraint requirements.lock \
		--output-file requirements-dev.lock pyproject.toml tools/older-pythons.in

clean:
	rm -rf $(VENV) .cache .coverage js-snippet/node_modules
