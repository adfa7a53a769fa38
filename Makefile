# The commands of the README. Everything is installed into .venv, with hashes checked; nothing else is touched.
.PHONY: demo test setup check rerun requirements clean screenshots pictures faults faults-nightly faults-release dist sbom licences audit bench-peers

VENV := .venv
STAMP := $(VENV)/.requirements
DEV_STAMP := $(VENV)/.requirements-dev

demo: setup  ## crawl and search an invented wire on this machine
	@$(VENV)/bin/bayegan demo

test: $(DEV_STAMP)  ## run all tests and checks of the code
	@$(VENV)/bin/python -m pytest $(TESTS)

setup: $(STAMP)  ## make .venv with bayegan in it

check: $(DEV_STAMP)  ## format, lint, types, import rules, dependencies
	@sh .ci/check $(VENV)/bin

faults: $(DEV_STAMP)  ## break things on purpose, a table of what came of it: under three minutes (ONLY=kill for some)
	@$(VENV)/bin/python -m tests.faults --size ci $(addprefix --only ,$(ONLY))

faults-nightly faults-release: $(DEV_STAMP)  ## the same, more often: about half an hour, some hours
	@$(VENV)/bin/python -m tests.faults --size $(@:faults-%=%) $(addprefix --only ,$(ONLY))

rerun: $(DEV_STAMP)  ## what a changed rule makes of the golden pages (WRITE=1 takes it over) and of the raw pages of ARCHIVE
	@$(VENV)/bin/python -m tests.pages.rerun $(if $(WRITE),--write)
	@$(if $(ARCHIVE),$(VENV)/bin/bayegan --archive $(ARCHIVE) reprocess --dry-run)

$(STAMP): requirements.txt pyproject.toml .ci/setup
	@sh .ci/setup $(VENV) requirements.txt
	@touch $@

$(DEV_STAMP): requirements-dev.txt $(STAMP)
	@sh .ci/setup $(VENV) requirements-dev.txt
	@touch $@

requirements:  ## pin again (needs uv)
	uv pip compile --quiet --universal --python-version 3.12 --generate-hashes --no-header --no-annotate \
	    --upgrade pyproject.toml --group build -o requirements.txt
	uv pip compile --quiet --universal --python-version 3.12 --generate-hashes --no-header --no-annotate \
	    pyproject.toml --group build --group dev -c requirements.txt -o requirements-dev.txt
	echo pip-audit | uv pip compile --quiet --universal --python-version 3.12 --generate-hashes --no-header --no-annotate \
	    - -o requirements-audit.txt

sbom: $(DEV_STAMP)  ## what bayegan is made of, as CycloneDX, into bayegan.cdx.json
	@$(VENV)/bin/python tools/sbom.py > bayegan.cdx.json

licences: $(DEV_STAMP)  ## the licence of every package; fails on one we cannot use
	@$(VENV)/bin/python tools/sbom.py --licences

audit: $(STAMP)  ## look for known weaknesses of the pinned packages; asks the package index, from an environment of its own
	@$(VENV)/bin/python -m venv $(VENV)/audit
	@$(VENV)/audit/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-audit.txt
	@$(VENV)/audit/bin/pip-audit --strict --require-hashes --disable-pip -r requirements.txt

screenshots: $(DEV_STAMP)  ## each page of the browser as Chromium shows it, into screenshots/
	@$(VENV)/bin/python -m tests.screenshots screenshots

pictures: $(DEV_STAMP)  ## what README.md shows: a terminal and a page of the browser, into docs/pictures/
	@$(VENV)/bin/python -m tests.pictures docs/pictures

bench-peers: $(DEV_STAMP)  ## Bayegan beside its peers, in an environment of their own; writes docs/benchmarks.md
	@test -x .venv-peers/bin/python || $(VENV)/bin/python -m venv .venv-peers
	@.venv-peers/bin/pip install --quiet --no-deps --require-hashes -r tests/bench/peers/requirements.txt
	@$(VENV)/bin/python -m tests.bench.peers --peers .venv-peers/bin/python --kept .venv-peers/contest.jsonl
	@rm -f .venv-peers/contest.jsonl
	@$(VENV)/bin/python -m tests.bench.peers.searching --peers .venv-peers/bin/python
	@$(VENV)/bin/python -m tests.bench.profile

dist: $(DEV_STAMP)  ## a wheel and an sdist, into dist/
	@$(VENV)/bin/python -m hatchling build

clean:
	rm -rf $(VENV)
