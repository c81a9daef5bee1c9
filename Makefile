# Everything a developer or operator types. `make help` lists it.
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
NODE_EXTRA := $(shell command -v npm >/dev/null 2>&1 || echo ,node)
CODE := portal tests migrations piccolo_conf.py
.DEFAULT_GOAL := help
# What is compiled is kept, whatever the shell says: a run of the tests starts a hundred processes.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run install test check fix lint types layers bench check-a11y prove-isolation mutants texts clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/.run ## Start everything with the demo organisation, at http://127.0.0.1:8000
	@$(BIN)/portal run --demo

install: .venv/.run ## Make the environment and build the assets
	@$(BIN)/portal assets

test: .venv/.dev ## Run the tests; ARGS goes to pytest (make test ARGS="tests/ideas -q")
	@$(BIN)/portal assets >/dev/null
	@$(BIN)/python -m pytest $(or $(ARGS),-n 2 --dist loadfile)

check: .venv/.dev lint types layers ## Format, lint, types, layers, schema = tables, docs, tests
	@$(MAKE) --no-print-directory test

lint: .venv/.dev
	@$(BIN)/ruff format --check $(CODE)
	@$(BIN)/ruff check $(CODE)

types: .venv/.dev
	@$(BIN)/mypy

layers: .venv/.dev
	@$(BIN)/lint-imports

fix: .venv/.dev ## Format, and mend what can be mended by itself
	@$(BIN)/ruff format $(CODE)
	@$(BIN)/ruff check --fix $(CODE)

check-a11y: .venv/.dev ## Run axe over every page: both languages, light and dark, three widths
	@$(BIN)/portal assets >/dev/null
	@$(BIN)/python -m pytest tests/browser/check_a11y.py $(ARGS)

bench: .venv/.dev ## Measure pages and votes beside bare handlers
	@$(BIN)/portal assets >/dev/null
	@$(BIN)/python -m tests.bench $(ARGS)

prove-isolation: .venv/.dev ## Ask everything as guests of the demo organisation; the report is in build/isolation (ARGS="--language nl")
	@$(BIN)/python -m tests.isolation $(ARGS)

mutants: .venv/.dev ## Take each condition of portal/access out in turn, and see that a test notices (ARGS="scope.idea --quick")
	@$(BIN)/portal assets >/dev/null
	@$(BIN)/python -m tests.mutants $(ARGS)

texts: .venv/.dev ## Collect the interface's texts into portal/locale/nl.po
	@mkdir -p build
	@$(BIN)/pybabel -q extract -F babel.cfg -k lazy --no-location --sort-output --omit-header -o build/texts.pot .
	@$(BIN)/pybabel -q update -i build/texts.pot -o portal/locale/nl.po -l nl --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date

clean: ## Remove what was built (not the data)
	@rm -rf build node_modules .venv *.egg-info

.venv/.run: pyproject.toml constraints.txt
	@echo "Fetching the packages: a minute or two, this once."
	@test -d .venv || $(PYTHON) -m venv .venv
	@$(PIP) --editable '.$(if $(NODE_EXTRA),[node])'
	@touch $@

.venv/.dev: pyproject.toml constraints.txt
	@test -d .venv || $(PYTHON) -m venv .venv
	@$(PIP) --editable '.[dev$(NODE_EXTRA)]'
	@touch $@ .venv/.run
