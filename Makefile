# Needs make and Python 3.11 or later; everything else goes into .venv, from the locks.
#
#   make run         the sample city on http://127.0.0.1:8000 (POINTWARD_PORT)
#   make fast        the compiled kernel (numba) beside it
#   make test        all tests but the long ones, on SQLite and PostGIS
#   make check       style, types, and migrations that fit the tables
#   make test-long   the long tests
#   make bench       figures, each beside that of a peer
#   make lock        the locks anew from pyproject.toml (needs uv)

# The first that is new enough; one that every user of the machine may run goes before one in somebody's home, or the
# environment would be of no use to the others.
ifndef PYTHON
PYTHON := $(shell for shared in 1 0; do for name in python3.11 /usr/bin/python3.11 python3 /usr/bin/python3; do \
	$$name -c "import pathlib, sys; home = pathlib.Path(sys.base_prefix); sys.exit(sys.version_info < (3, 11) or $$shared \
	and not (all(folder.stat().st_mode & 1 for folder in (home, *home.parents)) and __import__('ensurepip')))" \
	2>/dev/null && echo $$name && exit; done; done)
endif

VENV_PYTHON := .venv/bin/python

.PHONY: setup run fast test test-long test-setup test-tools bench check lock
.DELETE_ON_ERROR:

setup: .venv/run.stamp

test-setup: .venv/test.stamp

fast: .venv/fast.stamp

.venv/run.stamp: requirements.lock
.venv/fast.stamp: requirements-fast.lock
.venv/test.stamp: requirements-test.lock
.venv/bench.stamp: requirements-bench.lock
.venv/%.stamp:
	@test -n "$(PYTHON)" || { echo >&2 "No Python 3.11 or later found: install it, or name it: make PYTHON=/path/to/python"; \
		echo >&2 "找不到 Python 3.11 或更高版本：请安装，或指定路径：make PYTHON=/路径/python"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo >&2 "$(PYTHON) cannot make virtual environments; on Debian and Ubuntu run: apt-get install python3-venv"; \
		echo >&2 "$(PYTHON) 无法创建虚拟环境；Debian、Ubuntu 请运行：apt-get install python3-venv"; exit 1; }
	@# Whoever may read the folder may use the environment, and nobody writes bytecode into it later.
	@umask 022 && { test -x .venv/bin/pip || $(PYTHON) -m venv .venv; } \
		&& echo "Installing $< into .venv ..." \
		&& $(VENV_PYTHON) -m pip install -qq --disable-pip-version-check --require-hashes --no-deps --no-compile -r $< \
		&& $(VENV_PYTHON) -m compileall -q -j 0 .venv/lib \
		&& touch $@

run: setup
	@$(VENV_PYTHON) main.py demo

test: test-setup test-tools
	$(VENV_PYTHON) -m pytest -n 2 -m "not long"

test-long: test-setup test-tools
	$(VENV_PYTHON) -m pytest -m long

bench: .venv/bench.stamp
	$(VENV_PYTHON) -m benchmarks

check: test-setup
	$(VENV_PYTHON) -m ruff check .
	$(VENV_PYTHON) -m ruff format --check .
	$(VENV_PYTHON) -m mypy
	@mkdir -p build && rm -f build/check.sqlite*
	POINTWARD_DATABASE_URL=sqlite:///build/check.sqlite $(VENV_PYTHON) -m alembic upgrade head
	POINTWARD_DATABASE_URL=sqlite:///build/check.sqlite $(VENV_PYTHON) -m alembic check

# What the tests drive and pip cannot install. Elsewhere than as root on Debian the tests say what is missing.
test-tools:
	@test "$$(id -u)" = 0 && test -f /etc/debian_version || exit 0; \
	missing=; \
	ls /usr/lib/postgresql/*/lib/postgis-3.so >/dev/null 2>&1 || missing="$$missing postgresql-postgis"; \
	command -v chromium >/dev/null || missing="$$missing chromium"; \
	find /usr/share/fonts -iname '*cjk*' 2>/dev/null | grep -q . || missing="$$missing fonts-noto-cjk"; \
	test -n "$$missing" || exit 0; \
	echo "Installing$$missing ..."; \
	export DEBIAN_FRONTEND=noninteractive; \
	install="apt-get install -y -qq --no-install-recommends $$missing"; \
	{ apt-get update -qq && $$install; } || { apt-get update -qq && $$install; }

LOCK = $(UV) pip compile pyproject.toml --quiet --universal --generate-hashes --no-annotate --no-header \
	--no-emit-index-url --no-emit-find-links -p 3.11
UV ?= uv

lock:
	@command -v $(UV) >/dev/null || { echo >&2 "uv is not installed: pip install uv, or name it: make lock UV=/path/to/uv"; exit 1; }
	$(LOCK) -o requirements.lock
	$(LOCK) --extra fast -o requirements-fast.lock
	$(LOCK) --extra fast --extra test -o requirements-test.lock
	$(LOCK) --extra fast --extra bench --extra test -o requirements-bench.lock
