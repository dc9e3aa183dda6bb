# Two commands matter: `make demo` and `make test`. Neither needs a service, Node or root.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PORT   ?= 8000
DEMO   := HANDRAIL_DATA_DIR=$(CURDIR)/var/demo DEBUG=1
JOBS   ?= auto

.PHONY: help setup setup-dev demo run test check bench messages compile clean

help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)

$(VENV)/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Handrail needs Python 3.11 or newer; say which one with: make PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ echo "Python's venv module is missing. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@touch $@

$(VENV)/run: requirements.txt | $(VENV)/made
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/dev: requirements-dev.txt $(VENV)/run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

## make setup     everything that running needs, into .venv
setup: $(VENV)/run
	@DEBUG=1 $(BIN)/python manage.py compile_translations
	@DEBUG=1 $(BIN)/python manage.py check_pdf

setup-dev: setup $(VENV)/dev

## make demo      a store with people, procedures, training and 90 days of work; then serves it
demo: setup
	@$(DEMO) $(BIN)/python manage.py migrate --verbosity 0
	@$(DEMO) $(BIN)/python manage.py seed_demo
	@$(DEMO) $(BIN)/python manage.py serve --port $(PORT) --demo

## make run       serves your own installation (settings from the environment or .env)
run: setup
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py collectstatic --noinput --verbosity 0
	@$(BIN)/python manage.py serve --port $(PORT)

## make test      all tests, on every core
test: setup-dev
	$(BIN)/pytest -n $(JOBS) -q

## make check     lint, types, layers, translations, migrations, deploy check
check: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djade --check --target-version 5.2 $$(git ls-files '*.html')
	$(BIN)/mypy kit people sop training scoring portal
	$(BIN)/lint-imports
	DEBUG=1 $(BIN)/python manage.py makemigrations --check --dry-run
	DEBUG=1 $(BIN)/python manage.py check_translations
	SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(60))') \
		HTTPS=1 $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/bandit -q -c pyproject.toml -r kit people sop training scoring portal

## make bench     benchmarks; each prints ratios measured in one run
bench: setup-dev
	@for file in benchmarks/*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

## make messages  takes new strings into the .po files (needs gettext)
messages: setup
	@for app in kit people sop training scoring portal; do \
		(cd $$app && DEBUG=1 $(CURDIR)/$(BIN)/python ../manage.py makemessages -l zh_Hans --no-location --no-wrap -v 0); done

## make compile   pins requirements.in and requirements-dev.in
compile: setup-dev
	$(BIN)/uv pip compile -q --no-emit-index-url --no-header --python-version 3.11 requirements.in -o requirements.txt
	$(BIN)/uv pip compile -q --no-emit-index-url --no-header --python-version 3.11 requirements-dev.in -o requirements-dev.txt

clean:
	rm -rf $(VENV) var
