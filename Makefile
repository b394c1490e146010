# Everything a person needs to run or change the bot. A machine with make and
# Python 3.11 is enough: each target first builds the environment it needs from the
# hashed lock files, in a folder of this checkout, and builds it again when they
# change.
#
#   make test PYTEST_ARGS="-k danger -x"    pass words on to pytest
#   make test PYTHON=python3.12             use another Python, in .venv-3.12
#   make run RUN_ARGS=--help                pass words on to the bot
#   make chaos CHAOS_KILLS=40               kill fewer processes than 200
#   make chaos CHAOS_SECONDS=15             kill what sends alerts for less than 60 s
#   make soak SOAK_SECONDS=60 SOAK_WARM=50  watch the day for less than 600 s
#   make bench BENCH_DECISIONS=10000        store fewer decisions than a million
#   make lock LOCK_ARGS=--upgrade           move every pin to its newest version

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Two targets asked for at once share an environment, so they take turns.
.NOTPARALLEL:

ifndef PYTHON
PYTHON := $(shell command -v python3.11 || command -v python3)
endif
PYTHON_VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])')

# One environment a Python version, so that trying another one rebuilds nothing.
ifeq ($(PYTHON_VERSION),3.11)
VENV ?= .venv
else
VENV ?= .venv-$(PYTHON_VERSION)
endif
BIN := $(VENV)/bin

# Only wheels whose hash is in the lock: nothing is built and no setup code runs.
INSTALL := $(BIN)/python -m pip install --quiet --no-input \
	--disable-pip-version-check --require-hashes --only-binary :all:

# Only `make lock` uses uv; it lives apart so that nobody else has to fetch it. Extras
# stay in the locks: without them pip asks the index for the newest release of what is
# wanted with an extra, and refuses the whole lock on the day there is a newer one.
UV_VERSION := 0.13.9
COMPILE = $(VENV)-lock/bin/uv pip compile pyproject.toml --quiet --universal \
	--python-version 3.11 --generate-hashes --no-annotate --no-strip-extras \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
	$(LOCK_ARGS)

# A browser belongs to the system; it is installed only where that can be done.
CHROMIUM = { [ "$$(id -u)" = 0 ] && apt-get -q update && apt-get -q -y install \
	--no-install-recommends chromium fonts-liberation; } || \
	{ echo "Install Chromium or Chrome, then run make journeys again." >&2; exit 1; }

# What the journeys in Slack and the pictures need from npm, from its own hashed lock;
# no package runs a script of its own. Without npm those journeys are skipped.
NODE_TOOLS := $(VENV)-journeys/node

# Microsoft's own client for bots in Teams: pre-release software that may be installed
# to try it and must not be kept here. Without npm the journeys in Teams are skipped.
PLAYGROUND = if command -v npm >/dev/null; then \
	test -d $(VENV)-journeys/playground/node_modules || npm install --silent \
	--no-save --ignore-scripts --no-audit --no-fund \
	--prefix $(VENV)-journeys/playground @microsoft/m365agentsplayground@0.2.28; \
	else echo "No npm: the journeys in Teams are skipped." >&2; fi

.PHONY: help run test check bench chaos soak journeys coverage lock clean

help: ## list what make can do (this list)
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-10s%s\n", $$1, $$2}' \
		$(firstword $(MAKEFILE_LIST))

run: $(VENV)/.stamp-run ## try the bot on a page in your browser; no account needed
	@echo "To talk in this terminal instead: $(BIN)/python app.py chat"
	$(BIN)/python app.py page $(RUN_ARGS)

test: $(VENV)/.stamp-dev ## run the tests, without those that kill processes
	$(BIN)/python -m pytest -n auto --dist worksteal $(PYTEST_ARGS)

check: $(VENV)/.stamp-dev ## lint, format, types, imports, spelling and the packs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell
	$(BIN)/python app.py knowledge check
	$(BIN)/python app.py knowledge prove

bench: $(VENV)/.stamp-dev ## measure what a turn costs on this machine
	$(BIN)/python -m tests.benchmarks
	$(BIN)/python -m tests.benchmarks.ledger
	$(BIN)/python -m tests.benchmarks.scale

chaos: $(VENV)/.stamp-dev ## run the tests that start and kill real processes
	$(BIN)/python -m pytest -m chaos $(PYTEST_ARGS)

soak: $(VENV)/.stamp-dev ## watch a long day in which one thing after another breaks
	$(BIN)/python -m pytest -m soak $(PYTEST_ARGS) tests/soak

journeys: $(NODE_TOOLS)/.stamp-node ## drive page, Slack and Teams as people would
	@{ command -v chromium || command -v chromium-browser || \
		command -v google-chrome; } >/dev/null || $(CHROMIUM)
	@$(PLAYGROUND)
	TEAMS_PLAYGROUND=$(abspath $(VENV)-journeys/playground) \
	JOURNEY_NODE=$(abspath $(NODE_TOOLS)) \
		$(VENV)-journeys/bin/python -m pytest -m journey $(PYTEST_ARGS) tests/journeys

coverage: $(VENV)/.stamp-dev ## run the tests and list the branches none of them took
	$(BIN)/python -m pytest --cov --cov-report=term-missing $(PYTEST_ARGS)

lock: $(VENV)-lock/.stamp-$(UV_VERSION) ## write the lock files from pyproject.toml
	$(COMPILE) --output-file requirements.lock
	$(COMPILE) --extra dev --constraint requirements.lock \
		--output-file requirements-dev.lock
	$(COMPILE) --extra dev --extra journeys --constraint requirements-dev.lock \
		--output-file requirements-journeys.lock
	command -v npm >/dev/null || { echo "Install npm to move its lock." >&2; exit 1; }
	cd tests/journeys/node && npm install --silent --package-lock-only \
		--ignore-scripts --no-audit --no-fund && \
		$(abspath $(VENV)-lock)/bin/python bare_lock.py package-lock.json

clean: ## remove environments, caches and compiled files; databases stay
	rm -rf .venv .venv-* .*_cache .hypothesis .coverage htmlcov
	find . -name __pycache__ -prune -exec rm -rf {} +

# A changed lock starts from an empty environment: a package that left the lock must
# not go on working by accident.
$(VENV)/.stamp-venv: requirements.lock requirements-dev.lock
	@$(PYTHON) -c 'import sys; (3, 11) <= sys.version_info < (3, 14) or \
		sys.exit("The bot needs Python 3.11, 3.12 or 3.13. Try: make PYTHON=python3.11")'
	$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/.stamp-run: $(VENV)/.stamp-venv
	$(INSTALL) --requirement requirements.lock
	@touch $@

$(VENV)/.stamp-dev: $(VENV)/.stamp-venv
	$(INSTALL) --requirement requirements-dev.lock
	@touch $@

$(VENV)-journeys/.stamp-journeys: requirements-journeys.lock
	$(PYTHON) -m venv --clear $(VENV)-journeys
	$(VENV)-journeys/bin/python -m pip install --quiet --no-input \
		--disable-pip-version-check --require-hashes --only-binary :all: \
		--requirement requirements-journeys.lock
	@touch $@

$(NODE_TOOLS)/.stamp-node: $(VENV)-journeys/.stamp-journeys \
		tests/journeys/node/package.json tests/journeys/node/package-lock.json
	@command -v npm >/dev/null || \
		{ echo "No npm: the journeys in Slack are skipped." >&2; exit 0; }; \
	mkdir -p $(NODE_TOOLS) && cp $(filter %.json,$^) $(NODE_TOOLS) && \
		cd $(NODE_TOOLS) && npm ci --silent --ignore-scripts --no-audit --no-fund && \
		touch .stamp-node

$(VENV)-lock/.stamp-$(UV_VERSION):
	$(PYTHON) -m venv --clear $(VENV)-lock
	$(VENV)-lock/bin/python -m pip install --quiet --no-input \
		--disable-pip-version-check uv==$(UV_VERSION)
	@touch $@
