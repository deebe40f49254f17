.PHONY: up test check soak bench lock

PYTHON := .venv/bin/python
BLANK := set -a && . .ci/blank.env && set +a

up: .venv/installed
	@exec $(PYTHON) -m config.local

test: .venv/installed
	$(PYTHON) -m pytest -m "not soak" -n logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder

check: .venv/installed
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	.venv/bin/lint-imports
	$(BLANK) && $(PYTHON) -m mypy .
	$(BLANK) && $(PYTHON) -W ignore manage.py makemigrations --check --dry-run
	$(BLANK) && $(PYTHON) manage.py check --deploy --fail-level WARNING

soak: .venv/installed
	$(PYTHON) -m pytest -m soak

bench: .venv/installed
	$(PYTHON) -m bench

# Needs a package index; names none in the files it writes.
lock: .venv/installed
	.venv/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	  --no-header --quiet --upgrade -o requirements.txt
	.venv/bin/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 \
	  --generate-hashes --no-header --quiet --upgrade -o requirements-dev.txt

.venv/installed: requirements-dev.txt requirements-uv.txt
	python3 -m venv .venv
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt
	VIRTUAL_ENV="$$PWD/.venv" .venv/bin/uv pip sync --quiet --require-hashes requirements-dev.txt
	@touch .venv/installed
