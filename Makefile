# Two commands do everything: `make run` and `make test`. On a machine with nothing but
# Python 3.11 to 3.13, make and git they set up what they need first, once.

PYTHON ?= $(or $(firstword $(foreach v,3.11 3.12 3.13,$(shell command -v python$(v) 2>/dev/null))),python3)
BIN := .venv/bin
# As it is, for the shell: names with quotes and dollars in them included.
ARGS ?=
export ARGS

.PHONY: run window test test-all bench package model screenshots lint clean

# The window, on your own samples with `make run ARGS=~/Samples`, else on a demo library; without
# a display the main job in the terminal.
run: .venv/base
	@sh packaging/run.sh "$$ARGS"

# The window, on your own library.
window: .venv/base
	@$(BIN)/kitsort window

test: lint
	$(BIN)/python -m pytest -n 2

# Every fuzz case, every kill point, and the frozen program.
test-all: lint
	KITSORT_TESTS=all $(BIN)/python -m pytest -n 2

lint: .venv/all
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/all
	$(BIN)/python tests/benchmarks/speed.py

# One folder that needs no Python, and an archive of it, for this system, into dist.
package: .venv/all
	$(BIN)/python packaging/build.py

# Pictures of the window into docs/pictures; no screen is needed.
screenshots: .venv/base
	$(BIN)/python docs/make_pictures.py

# Measures and trains the models that ship, on a folder of labelled sounds: make model CORPUS=DIR
model: .venv/all
	for model in ensemble mlp; do \
	  $(BIN)/kitsort evaluate --corpus "$(CORPUS)" --model $$model --protocol packs --out docs/evaluation && \
	  $(BIN)/kitsort train --corpus "$(CORPUS)" --model $$model --out models || exit 1; done
	for model in cnn rf; do \
	  $(BIN)/kitsort evaluate --corpus "$(CORPUS)" --model $$model --protocol packs --out docs/evaluation \
	  || exit 1; done

clean:
	rm -rf .venv .make build dist *.egg-info

.venv/base: .make/system-run .venv/python pyproject.toml constraints.txt
	@echo "Installing what Kitsort needs into .venv ..."
	@$(BIN)/python -m pip install --quiet --constraint constraints.txt \
	  --config-settings editable_mode=compat --editable .
	@touch $@

.venv/all: .make/system-test .venv/base
	@echo "Installing what training and the checks need into .venv (TensorFlow is large) ..."
	@$(BIN)/python -m pip install --quiet --constraint constraints.txt \
	  --config-settings editable_mode=compat --editable ".[train,dev]"
	@touch $@

.venv/python: .make/system-run
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
	  { echo "Kitsort needs Python 3.11, 3.12 or 3.13; name one: make PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -m venv .venv
	@touch $@

.make/system-%: packaging/system_libraries.sh
	@mkdir -p .make
	@PYTHON="$(PYTHON)" sh packaging/system_libraries.sh $*
	@touch $@
