# make demo and make test do all of their own set-up on a fresh machine; make help lists the rest.

# the first of these that runs and is new enough
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python3.14; do \
  $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$python && break; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEV := $(VENV)/.dev
TELNETD := $(CURDIR)/$(VENV)/telnetd/usr/sbin/telnetd

.PHONY: help install dev demo test test-slow lint types docs results bench clean

help: ## list what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(READY) ## set up .venv with the command .venv/bin/botwarden

dev: $(DEV) ## the same with what trains models and what tests them

$(READY): pyproject.toml
	@test -n "$(PYTHON)" || { echo "botwarden needs Python 3.11 or newer; point PYTHON= at one"; exit 2; }
	@echo "setting up $(VENV); the first time takes a few minutes"
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); test "$$(id -u)" = 0 && \
	  apt-get update -qq && apt-get install -y -qq python3-venv && $(PYTHON) -m venv $(VENV); }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@$(BIN)/botwarden scan examples/house.pcapng --json /dev/null >/dev/null; test $$? -le 1
	@$(BIN)/botwarden features examples/house.pcapng --out $(VENV)/rows.csv --quiet && rm -f $(VENV)/rows.csv
	@touch $@

$(DEV): $(READY)
	@echo "setting up what trains and tests"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: $(READY) ## scan the capture of a house in which a camera turns into a bot
	@mkdir -p out
	@$(BIN)/python -m botwarden scan examples/house.pcapng --html out/demo.html --json out/demo.json; \
	  code=$$?; test $$code -le 1 || exit $$code
	@echo
	@echo "The same as a page: out/demo.html, and for programs: out/demo.json"

test: $(DEV) ## run the tests (those that need root, a browser or the shared data skip where there is none)
	@sh tests/packages.sh
	@test ! -x $(TELNETD) || export BOTWARDEN_TELNETD=$(TELNETD); $(BIN)/python -m pytest -n 2 --dist loadfile -m 'not slow'

test-slow: $(DEV) ## run the slow tests: kernels with every index checked
	@$(BIN)/python -m pytest -m slow

lint: $(DEV) ## ruff
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(DEV) ## mypy, strict
	@$(BIN)/mypy

docs: $(DEV) ## write the generated pages anew
	@$(BIN)/python docs/json_schema.py
	@$(BIN)/python docs/labels.py
	@$(BIN)/python docs/logs.py

results: $(DEV) ## measure the bars anew and write docs/results.md (a quarter of an hour; DATA= names the folder)
	@$(BIN)/python docs/results.py --data $(or $(DATA),$${BOTWARDEN_SHARED:-../shared}/data)

bench: $(DEV) ## compare speed and memory with NFStream (installs it)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	@$(BIN)/python benchmarks/speed.py

clean: ## remove what the other targets made
	rm -rf $(VENV) out .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
