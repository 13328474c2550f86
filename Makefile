# Two commands do everything on a fresh machine with Python 3.11 and make:
#   make note   writes the sample desk's note into out/
#   make test   passes everything: lint, types, layers, documents, tests
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= auto

.PHONY: note test lint types layers docs check-docs format bench clean

note: $(VENV)/run.stamp
	$(BIN)/crosscurrent note --desk sample --data sample --out out

test: lint types layers
	$(BIN)/python -m pytest -q -n $(JOBS) --dist loadgroup

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/dev.stamp
	$(BIN)/mypy

layers: $(VENV)/dev.stamp
	$(BIN)/lint-imports

docs: $(VENV)/dev.stamp
	$(BIN)/python scripts/write_docs.py

check-docs: $(VENV)/dev.stamp
	$(BIN)/python scripts/write_docs.py --check

format: $(VENV)/dev.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/dev.stamp
	$(BIN)/python benchmarks/note.py

$(VENV)/run.stamp: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("crosscurrent needs Python 3.11 or later, this is " + sys.version) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@

clean:
	rm -rf $(VENV) out build dist .mypy_cache .ruff_cache .import_linter_cache

.PHONY: goldens
goldens: $(VENV)/dev.stamp
	PYTHONPATH=tests $(BIN)/python tests/golden/test_sample_note.py
	$(BIN)/python scripts/write_examples.py
