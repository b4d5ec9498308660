# Two commands matter: `make demo` and `make test`. Both make .venv themselves; a second run installs nothing.
.POSIX:
.SUFFIXES:
.PHONY: demo test chaos docs pictures lint fix lock release words preview bench simulate clean
PYTHON ?= python3
VENV = .venv
BIN = $(VENV)/bin
APP = $(VENV)/.installed-app
DEV = $(VENV)/.installed-dev
RELEASE = $(VENV)/.installed-release

demo: $(APP)
	@$(BIN)/newsletter demo

test: $(DEV)
	@$(BIN)/python tests/run.py

chaos: $(DEV)
	@$(BIN)/python tests/chaos/run.py

docs: $(DEV)
	@$(BIN)/python tools/docs/site.py

pictures: $(DEV)
	@$(BIN)/python -m tools.pictures

lint: $(DEV)
	@$(BIN)/python tests/run.py --lint

fix: $(DEV)
	$(BIN)/ruff check --fix newsletter tests benchmarks tools
	$(BIN)/ruff format newsletter tests benchmarks tools

preview: $(APP)
	@$(BIN)/newsletter preview

release: $(RELEASE)
	@$(BIN)/python tools/release/release.py

# The files hold hashes and no address: pip looks where the machine's own settings tell it to.
lock:
	uv pip compile pyproject.toml --universal --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links --extra postgresql --extra holidays --extra build -o requirements/app.txt
	uv pip compile pyproject.toml --universal --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links --extra dev -c requirements/app.txt -o requirements/dev.txt
	uv pip compile pyproject.toml --universal --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links --extra release -c requirements/app.txt -o requirements/release.txt
	$(BIN)/python tools/release/bill.py requirements/app.txt requirements/sbom.cdx.json

# The words the templates say by themselves: collected, put into each language's .po, and compiled.
TRANSLATIONS = templates/translations
words: $(DEV)
	$(BIN)/pybabel -q extract -F pyproject.toml -c Translators: --sort-output --no-location --omit-header -o $(TRANSLATIONS)/messages.pot templates
	$(BIN)/pybabel -q update -i $(TRANSLATIONS)/messages.pot -d $(TRANSLATIONS) --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	$(BIN)/pybabel -q compile -d $(TRANSLATIONS)

simulate: $(DEV)  # every date of two years, in four zones at four times: half an hour
	$(BIN)/python benchmarks/simulate.py
	$(BIN)/python benchmarks/simulate.py --table

clean:
	rm -rf $(VENV) demo build dist

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 demo"; exit 1; }
	@echo "Making $(VENV) …"
	@$(PYTHON) -m venv $(VENV)

$(APP): requirements/app.txt pyproject.toml $(BIN)/python
	@echo "Installing what the newsletter needs (once) …"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes --requirement requirements/app.txt
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --no-index --editable .
	@touch $@

$(DEV): requirements/dev.txt $(APP)
	@echo "Installing what the tests need (once) …"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes --requirement requirements/dev.txt
	@touch $@

$(RELEASE): requirements/release.txt $(APP)
	@echo "Installing what a release needs (once) …"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes --requirement requirements/release.txt
	@touch $@
