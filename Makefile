# Two commands on a fresh machine: `make demo` and `make test`. Both begin with `make setup`.
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.ready

.PHONY: sieve demo test setup constraints check format benchmark soak soak-notices soak-reminders notices picture clean

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "chibot needs Python 3.11 or newer; this is " + sys.version.split()[0])'
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "chibot needs the venv module: install the package python3-venv" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing what chibot needs into .venv ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $(STAMP)

demo: setup
	@$(BIN)/chibot demo

test: setup
	@$(BIN)/ruff format --check --quiet . || { echo "run: make format" >&2; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@PYTHONHASHSEED=0 $(BIN)/python -m pytest -n auto --dist worksteal

format: setup
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

# Writes constraints.txt anew: the newest versions that fit together, by name and version only.
constraints:
	@rm -rf .venv-new && $(PYTHON) -m venv .venv-new
	@.venv-new/bin/python -m pip install --quiet --disable-pip-version-check '.[dev]'
	@.venv-new/bin/python -m pip freeze --exclude chibot --exclude pip --exclude setuptools | grep '==' > constraints.txt
	@rm -rf .venv-new build *.egg-info

# Ratios side by side in one run; the table goes to docs/benchmarks.md by hand.
benchmark: setup
	@$(BIN)/python -m benchmarks.throughput

# kill -9 at 200 random moments under load: prints how many messages were lost or logged twice.
soak: setup
	@$(BIN)/python -m benchmarks.soak

# The same while notices go out: how many were lost or sent twice.
soak-notices: setup
	@$(BIN)/python -m benchmarks.soak_notices

# The same while rounds of reminders write what is to be said.
soak-reminders: setup
	@$(BIN)/python -m benchmarks.soak_reminders

# 10,000 notices to a server that takes 30 a second; with 429 and 5xx by chance: python -m benchmarks.notices --faults
notices: setup
	@$(BIN)/python -m benchmarks.notices

# Learns anew how questions on our subject are told from others, after phrasings, articles or the lexicon changed; some minutes.
sieve: setup
	@$(BIN)/python -m benchmarks.training

clean:
	rm -rf .venv .venv-new build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
