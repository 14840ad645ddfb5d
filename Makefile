# The two commands are `make run` and `make test`; the rest are their parts and the long checks.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Databases of tests lie in memory where there is room for them.
SCRATCH := $(shell test -w /dev/shm && test $$(df -Pk /dev/shm | awk 'END {print $$4}') -gt 6000000 && echo /dev/shm || echo $${TMPDIR:-/tmp})
DB ?= sqlite:///$(CURDIR)/var/dashboard.db

# Bytecode is kept: every process of a test run, and there are hundreds, would compile all it imports again.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: clean run test collected programs check lint types compiled house browser bench bench-match bench-race bench-walk bench-replay deck-sweep sample-check install install-tests install-bench screenshots

run: install
	@$(BIN)/python -m dashboard run --sample --db "$(DB)"

install: $(VENV)/.installed

install-tests: $(VENV)/.tests-installed

$(VENV)/.installed: requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.tests-installed: requirements.txt tests/requirements.txt $(VENV)/.installed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r tests/requirements.txt
	@touch $@

install-bench: $(VENV)/.bench-installed

$(VENV)/.bench-installed: tests/bench/requirements.txt $(VENV)/.tests-installed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r tests/bench/requirements.txt
	@touch $@

test:
	@$(MAKE) --no-print-directory -j2 install-tests programs
	@$(MAKE) --no-print-directory -j2 lint types compiled collected
	@TMPDIR=$(SCRATCH) $(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

check: install-tests lint types house

lint:
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types:
	@$(BIN)/mypy

# The matching core as machine code, once, before several processes want it.
compiled:
	@$(BIN)/python -c "from dashboard.core.matching.warm import warm_up; warm_up()"

# The bytecode of the tests, once, before several processes want it.
collected:
	@found=$$($(BIN)/python -m pytest --collect-only -q) || { echo "$$found"; exit 1; }

programs:
	@tests/programs.sh

house:
	@$(BIN)/python -m pytest tests/test_house.py

browser: install-tests
	@tests/programs.sh
	@$(BIN)/python -m pytest tests/browser

# Ratios on this machine, printed.
bench: install-tests
	@tests/programs.sh
	@$(BIN)/python -m tests.bench.bench_match
	@$(BIN)/python -m tests.bench.bench_teams
	@$(BIN)/python -m tests.bench.bench_map
	@$(BIN)/python -m tests.bench.bench_deck

# Is anything cut on a deck's screens? Decks of every mix of blocks in Chromium, at three sizes.
deck-sweep: install-tests
	@tests/programs.sh
	@$(BIN)/python -m tests.bench.deck_screens

# The solver beside others, ratios with their targets: `make bench-match BENCH=--quick` leaves out what takes long.
bench-match: install-bench
	@$(BIN)/python -m tests.bench.bench_solvers $(BENCH)

# 100,000 contended dispatches on each database; with the locks off the same harness must show doubles.
bench-race: install-tests
	@tests/programs.sh
	@$(BIN)/python -m tests.bench.race --attempts 100000

# 100,000 random actions of four actors on each database; the rules are looked up in the rows after every one.
bench-walk: install-tests
	@tests/programs.sh
	@$(BIN)/python -m tests.bench.walk --steps 100000

# Twelve month ends from the event record, the same to the byte after 10,000 later events; on each database.
bench-replay: install-tests
	@tests/programs.sh
	@$(BIN)/python -m tests.bench.bench_replay --events 10000

# The pictures of the README, of sample data.
screenshots: install-tests
	@tests/programs.sh
	@$(BIN)/python -m tests.bench.screenshots

# The sample county at its full size, counted.
sample-check: install-tests
	@$(BIN)/python -m tests.bench.sample_check

# Machine code of earlier versions of the matching core, and what tests leave behind.
clean:
	@rm -rf .pytest_cache .ruff_cache .mypy_cache .hypothesis
	@find dashboard pages db tests -name __pycache__ -type d -prune -exec rm -rf {} +
