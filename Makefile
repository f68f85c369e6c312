# Each target makes its own virtual environment on first use.
#   make benchmark   the digits suite: table, verdicts, HTML report
#   make test        all tests
#   make selfcheck   what a release has to hold, checked by training a little: a minute
#   make check       what has to pass before a commit
#   make speed       what a training step costs, for benchmarks/speed.json: some ten minutes
VENV ?= .venv
PYTHON ?= python3
WORKERS ?= 2
RUN := $(VENV)/bin/python -m
STAMP := $(VENV)/.installed

.PHONY: benchmark test selfcheck check lint speed clean

benchmark: $(STAMP)
	$(RUN) da bench digits --workers $(WORKERS)

test: $(STAMP)
	OMP_NUM_THREADS=1 $(RUN) pytest -n auto

selfcheck: $(STAMP)
	$(RUN) da selfcheck

lint: $(STAMP)
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy

check: lint test selfcheck

speed: $(STAMP)
	$(VENV)/bin/python benchmarks/speed.py

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache

# With the versions that the committed results were computed with; CONSTRAINTS= takes the newest.
CONSTRAINTS ?= -c constraints.txt
$(STAMP): pyproject.toml constraints.txt
	test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --editable '.[test]' $(CONSTRAINTS)
	touch $@
