# What people and CI call. `make help` lists it.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run shell test unit browser lint fmt pins setup

PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$python; break; }; done)
BIN := .venv/bin
INSTALLED := .venv/installed
IN_TEST_ENVIRONMENT := $(BIN)/python -m clinic.testing
IN_PRODUCTION := $(IN_TEST_ENVIRONMENT) env DEBUG=0 PUBLIC_URL=https://clinic.example

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

run: $(INSTALLED) ## start the portal with a demo clinic (PORT=8000, CLINIC_DATA=./var)
	@$(BIN)/python -m clinic.run --end-with-parent

shell: $(INSTALLED) ## open Django's shell on the demo's data, while it runs or not
	@$(BIN)/python -m clinic.run $(BIN)/python manage.py shell

test: lint unit browser ## all that CI does

unit: $(INSTALLED) ## the tests that need no browser
	$(BIN)/pytest -n logical --maxprocesses=4

browser: $(INSTALLED) chromium coturn ## the browser tests
	CHROMIUM="$$($(FIND_CHROMIUM))" $(BIN)/pytest --own-network e2e

lint: $(INSTALLED) ## everything that reads the code without running it
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/lint-imports
	$(IN_TEST_ENVIRONMENT) $(BIN)/mypy
	$(IN_TEST_ENVIRONMENT) $(BIN)/python manage.py makemigrations --check --dry-run
	$(IN_PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING

fmt: $(INSTALLED) ## lay out the code, and mend what can be mended without thinking
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

pins: $(INSTALLED) ## pin requirements*.in to exact versions (UPGRADE=--upgrade for the newest)
	$(BIN)/uv pip compile $(PIN) --output-file requirements.txt requirements.in
	$(BIN)/uv pip compile $(PIN) --constraint requirements.txt --output-file requirements-dev.txt requirements-dev.in
PIN = --quiet --universal --python-version 3.11 --custom-compile-command 'make pins' $(UPGRADE)

setup: $(INSTALLED) ## make the virtual environment and install into it

$(INSTALLED): requirements-dev.txt
	@test -n '$(PYTHON)' || { echo 'Python is missing: install Python 3.11 or newer.' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "Python's venv module is missing: apt-get install python3-venv" >&2; exit 1; }
	@$(BIN)/python -c '' 2>/dev/null || $(PYTHON) -m venv --clear .venv
	@echo 'Installing the requirements into .venv.'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements-dev.txt
	@touch $@

.PHONY: chromium coturn
FIND_CHROMIUM = command -v chromium || command -v chromium-browser || command -v google-chrome
chromium:
	@{ $(FIND_CHROMIUM); } >/dev/null || { test "$$(id -u)" = 0 && apt-get update -q && \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -q chromium; } || \
		{ echo 'Chromium is missing: install it for the browser tests.' >&2; exit 1; }

coturn: # its tests are skipped where it is missing
	@command -v turnserver >/dev/null || { test "$$(id -u)" = 0 && apt-get update -q && \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends coturn; } || \
		echo 'coturn is missing: the tests of the video relay are skipped.' >&2
