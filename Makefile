# The workflow. A fresh machine needs Python 3.11 or newer and make; everything else is set up in .venv.
#   make demo    the whole job on an embedded sample blog: no key, no network beyond the install
#   make test    format, lint, types, tests; make test-browser: the page in headless Chromium; make test-kills: killed runs
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CORPORA ?= ../shared/corpora
SITE ?= ../shared/site
SEEDS ?= ../shared/seeds
MODELS ?= ../shared/models

.PHONY: help setup demo test test-browser test-kills check lint run bench bench-more models lock schema faults screenshots mail-screenshot wheel clean
help:
	@sed -n '2,3s/^#   //p' Makefile
	@echo "also: make check, run, bench, models, wheel, screenshots, mail-screenshot, schema, faults, test-kills, lock, clean"

setup: $(VENV)/ready
# pip installs what the lock names, each file checked against its hash; then this project without its dependencies
$(VENV)/ready: pyproject.toml requirements.lock
	@command -v $(PYTHON) >/dev/null || { echo "make: no $(PYTHON); install Python 3.11+ or say make PYTHON=python3.12"; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: Python 3.11 or newer is needed"; exit 2; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

demo: setup
	$(BIN)/digest demo --out demo-out

test: setup lint
	$(BIN)/python -m pytest -n 2 --dist loadscope -m "not browser and not kills"

lint: setup
	$(BIN)/ruff format --check digest tests benchmarks tools
	$(BIN)/ruff check digest tests benchmarks tools
	$(BIN)/mypy

# fails, never skips, where Chromium or the fonts cannot be had
test-browser: setup
	sh tests/browser/need_chromium.sh
	$(BIN)/python -m pytest -n 2 --dist loadfile -m browser tests/browser

# two hundred runs killed at random moments, and run again: some minutes
test-kills: setup
	$(BIN)/python -m pytest -m kills tests/kills

check: setup
	$(BIN)/digest check

run: setup
	$(BIN)/digest run

# what is measured, against whom: one command each; the figures are kept in docs/benchmarks.md
bench: demo
	for each in charset encoding feeds article sentences align match verify titles; do \
	  echo "== benchmarks/$$each.py"; $(BIN)/python benchmarks/$$each.py $(CORPORA) || exit 1; done
	$(BIN)/python benchmarks/repair.py --data $(CORPORA) --seeds $(SEEDS)
	$(BIN)/python benchmarks/clean.py $(CORPORA) $(SEEDS)
	$(BIN)/python benchmarks/printed.py $(CORPORA) --labels benchmarks/gold/printed.jsonl
	$(BIN)/python benchmarks/site.py $(SITE)
	$(BIN)/python benchmarks/search.py $(CORPORA) $(SITE)
	$(BIN)/python benchmarks/month.py $(SITE)
	$(BIN)/python benchmarks/mail.py $(SITE)
	$(BIN)/python benchmarks/mail_kills.py demo-out
	$(BIN)/python benchmarks/kills.py
	$(BIN)/python benchmarks/faults.py
	$(BIN)/python benchmarks/feed_speed.py
	$(BIN)/python benchmarks/run_memory.py $(SITE)
	$(BIN)/python benchmarks/outage.py $(SITE)
	$(BIN)/python benchmarks/xss.py $(CORPORA)
	$(BIN)/python benchmarks/abstracts.py $(CORPORA)
	$(BIN)/python benchmarks/glosses.py $(CORPORA)
	$(BIN)/python benchmarks/card.py $(CORPORA)
	$(BIN)/python benchmarks/topics.py $(CORPORA)
	$(BIN)/python benchmarks/engine_faults.py $(CORPORA)
	$(BIN)/python benchmarks/terms.py $(CORPORA)
	$(BIN)/python benchmarks/engines.py $(CORPORA) $(SITE)

# needs the extras: pip install -e ".[fit,mt]"
bench-more: setup
	$(BIN)/python benchmarks/local_speed.py $(MODELS) $(CORPORA)
	$(BIN)/python benchmarks/engine_mt.py $(SITE) $(CORPORA) $(MODELS)
	$(BIN)/python benchmarks/written.py $(CORPORA)
	$(BIN)/python benchmarks/mt_labels.py $(CORPORA) $(MODELS)
	$(BIN)/python benchmarks/verify.py $(CORPORA) --model $(MODELS)
	$(BIN)/python benchmarks/fit_beads.py $(CORPORA)
	$(BIN)/python benchmarks/ablation.py $(CORPORA)

# what repair reads lost bytes by, trained anew: eight minutes; the same text gives the same bytes (each tool says where)
models: setup
	for each in characters rescorer specialist; do \
	  $(BIN)/python tools/train_$$each.py $(CORPORA)/zh-train || exit 1; done

wheel: setup
	$(BIN)/python -m build --wheel --no-isolation --outdir dist .

# the pictures in the README but the mail: day, dark, phone, archive, search, alignment; needs Chromium
screenshots: demo
	$(BIN)/python tests/browser/shoot_site.py docs

# the other one: a mail in four views
mail-screenshot: demo
	$(BIN)/python tests/browser/shoot_mail.py docs/mail.png --at 构建服务器磁盘

# the list of faults and the tests that hold them, from the tests' own docstrings
faults: setup
	$(BIN)/python tools/faults_page.py

schema: setup
	$(BIN)/python -c 'from digest.config import schema_text; print(schema_text(), end="")' > docs/feeds.schema.json
	$(BIN)/python -c 'from digest.config.overrides import overrides_schema_text; print(overrides_schema_text(), end="")' > docs/overrides.schema.json

# written without the address of any package index; needs uv
lock:
	uv pip compile --quiet --universal --python-version 3.11 --extra dev --generate-hashes --no-header --no-emit-index-url --no-annotate \
	  pyproject.toml --output-file requirements.lock

clean:
	rm -rf $(VENV) dist build demo-out .mypy_cache .ruff_cache
