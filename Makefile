# Two commands do everything: `make demo` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: help demo demo-password test walk nemesis bench faults upgrade-drill screenshots lint setup setup-dev

help:
	@echo "make demo           everything on this machine, with a WHMCS to try it on (PORT=8000, SANDBOX_PORT=8010)"
	@echo "make demo-password  a new password for the demo's operator"
	@echo "make test           the whole test suite (ARGS='-k sign_in' for a part of it)"
	@echo "make walk           2,000 random steps of truth and faults (WALK_SEED=0, WALK_LONG=2000)"
	@echo "make nemesis        workers killed, frozen and cut off for MINUTES=10, on PostgreSQL and Redis"
	@echo "make bench          the benchmarks, as ratios"
	@echo "make faults         what goes wrong, measured: docs/faults.md (ARGS='F-06 F-20' only prints a part of it)"
	@echo "make upgrade-drill  from the version before to this one under traffic; needs PostgreSQL and Redis (ARGS=COMMIT)"
	@echo "make screenshots    the pictures of docs/guide, in three languages; needs Chromium"
	@echo "make lint           ruff and mypy"

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -m venv .venv || \
		{ rm -rf .venv; echo "python3 -m venv does not work here; on Debian: apt-get install python3-venv" >&2; exit 1; }

.venv/run.stamp: requirements.txt | .venv/bin/python
	@echo "Installing what Ticketz needs into .venv ..."
	@$(PIP) -r requirements.txt
	@touch $@

.venv/dev.stamp: requirements-dev.txt | .venv/bin/python
	@echo "Installing what Ticketz and its tests need into .venv ..."
	@$(PIP) -r requirements-dev.txt
	@touch $@

setup: .venv/run.stamp
setup-dev: .venv/dev.stamp

demo: setup
	@$(BIN)/python -m ticketz.demo --end-with-parent

demo-password: setup
	@$(BIN)/python -m ticketz.demo manage changepassword operator@ticketz.test

test: setup-dev
	$(BIN)/python -m pytest $(ARGS)

walk: setup-dev
	WALK_LONG=$${WALK_LONG:-2000} $(BIN)/python -m pytest tests/walk -k dice $(ARGS)

nemesis: setup-dev
	$(BIN)/python -m tests.nemesis $${MINUTES:-10}

bench: setup-dev
	$(BIN)/python -m bench $(ARGS)

faults: setup-dev
	$(BIN)/python -m tests.scoreboard $(ARGS)

upgrade-drill: setup-dev
	$(BIN)/python -m tests.upgrade $(ARGS)

screenshots: setup-dev
	$(BIN)/python -m tests.screenshots

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
