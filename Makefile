# `make demo` and `make test` work as the first command after a clone: git, make and Python 3.11 or later are all they need.
# Everything runs in .venv, which is made here and brought up to date when pyproject.toml changes.

VENV = .venv
BIN = $(VENV)/bin
STAMP = $(VENV)/.installed
WORKERS = auto
EXAMPLES = 20000
SAMPLE = 200
REPO =

# Prints a Python's version (3.11, 3.12, …), or fails where it is too old or not CPython.
VERSION = import sys; v = sys.version_info; ok = v >= (3, 11) and sys.implementation.name == "cpython"; ok and print("%d.%d" % v[:2]); sys.exit(not ok)

# With pip from 25.1 on, one call installs the project and its group of development tools.
INSTALL = python -m pip install --quiet --disable-pip-version-check

.PHONY: help demo test test-all suite lint fix types layers tests bench fuzz mutate corpus clean
.NOTPARALLEL:

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s  %s\n", $$1, $$2 }' Makefile

demo: $(STAMP) ## try ssot on a sample repository, in a temporary folder
	@$(BIN)/ssot demo

test: lint types layers tests ## everything that CI runs: style, types, layers, tests with coverage

lint: $(STAMP) ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP) ## mypy, strict
	$(BIN)/mypy

layers: $(STAMP) ## each layer imports only downward
	$(BIN)/lint-imports --no-logo

tests: $(STAMP) ## the test suite alone, with coverage
	$(BIN)/python -m pytest -n $(WORKERS) -m "not slow" --cov --cov-report=term --cov-fail-under=90

test-all: ## the test suite on every CPython from 3.11 on that this machine has
	@found=; failed=; \
	for python in python3 python3.11 python3.12 python3.13 python3.14 python3.15 "$$HOME"/.pyenv/versions/3.*/bin/python; do \
	  version=$$("$$python" -c '$(VERSION)' 2>/dev/null) || continue; \
	  case " $$found " in *" $$version "*) continue ;; esac; \
	  found="$$found $$version"; \
	  echo "== Python $$version: $$python"; \
	  $(MAKE) --no-print-directory suite VENV=".venv-$$version" PYTHON="$$python" || failed="$$failed $$version"; \
	done; \
	if [ -z "$$found" ]; then echo "no Python 3.11 or later found: install one, or put it on PATH" >&2; exit 1; fi; \
	if [ -n "$$failed" ]; then echo "failed on Python$$failed" >&2; exit 1; fi; \
	echo "passed on Python$$found"

suite: $(STAMP)
	$(BIN)/python -m pytest -n $(WORKERS)

fix: $(STAMP) ## put the style right where ruff can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(STAMP) ## CPU time against parsing the same files; REPO=DIR measures on that repository
	$(BIN)/python benchmarks/bench.py $(REPO)

fuzz: $(STAMP) ## generated packages, executed before and after; EXAMPLES=N of each kind
	SSOT_FUZZ_EXAMPLES=$(EXAMPLES) $(BIN)/python -m pytest -n $(WORKERS) tests/test_generated.py tests/fuzz

mutate: $(STAMP) ## break the gates and the git writer on purpose, count what the tests notice; SAMPLE=N mutants of each
	$(BIN)/python benchmarks/mutate.py git --sample $(SAMPLE)
	$(BIN)/python benchmarks/mutate.py prove --sample $(SAMPLE)

corpus: $(STAMP) ## run on large published projects (fetches them) and write docs/corpus.md
	$(BIN)/python benchmarks/corpus.py --keep corpus --write

clean: ## remove the environments, caches and everything else that is made here
	rm -rf .venv .venv-3.* .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache .grimp_cache
	rm -rf build dist corpus .coverage .coverage.*
	find codemods cli tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

$(STAMP): pyproject.toml
	@python=; \
	for one in $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11); do \
	  "$$one" -c '$(VERSION)' >/dev/null 2>&1 && python=$$one && break; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "ssot needs CPython 3.11 or later: install one, or name it: make PYTHON=/path/to/python" >&2; exit 1; \
	fi; \
	echo "Installing into $(VENV) with $$("$$python" --version) (again only when pyproject.toml changes)." >&2; \
	if ! "$(BIN)/python" -c 'import pip; $(VERSION)' >/dev/null 2>&1 && ! "$$python" -m venv --clear "$(VENV)"; then \
	  echo "no virtual environment could be made; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; \
	fi
	@$(BIN)/$(INSTALL) --upgrade "pip>=25.1"
	@$(BIN)/$(INSTALL) --editable . --group dev
	@touch $(STAMP)
