# The commands of the project. `make run` and `make test` are all a newcomer needs.

PYTHON_IN_VENV = .venv/bin/python
UV = .venv/bin/uv pip compile -q --generate-hashes --python-version 3.13 --no-header --no-annotate $(if $(UPGRADE),--upgrade)

.DEFAULT_GOAL := help
.PHONY: help setup run test soak bench check format lock screenshot recordings clean

help:  ## Say what each command does
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup:  ## Make .venv with the locked packages (Python 3.13 or 3.12; name one by PYTHON=...)
	@PYTHON="$(PYTHON)" sh scripts/setup.sh

run: setup  ## Serve the product with demo data on http://localhost:5000 (PORT=... for another port, DEMO_REQUISITIONS=... for a shorter story)
	@PORT="$(PORT)" $(PYTHON_IN_VENV) scripts/run.py

test: setup  ## Run every gate and the tests on SQLite and PostgreSQL
	@$(PYTHON_IN_VENV) scripts/test.py

soak: setup  ## Race 8 threads x 200 rounds, lists at 100,000 rows, whole files, 30 recoveries, deployment under load
	@TEST_DATABASE=postgres TEST_RACE_ROUNDS=$(or $(ROUNDS),200) $(PYTHON_IN_VENV) -m pytest -n 2 tests/concurrency tests/accounts/test_races.py
	@TEST_DATABASE=postgres TEST_SCALE_ROWS=$(or $(ROWS),100000) $(PYTHON_IN_VENV) -m pytest tests/scale
	@TEST_DATABASE=postgres TEST_DRILLS=$(or $(DRILLS),30) $(PYTHON_IN_VENV) -m pytest tests/operations/backup/test_drills.py
	@TEST_DATABASE=postgres TEST_WHOLE_FILES=1 $(PYTHON_IN_VENV) -m pytest tests/importing/test_real_files.py tests/importing/test_unspsc.py tests/operations/test_seed.py tests/architecture/test_strange_queries.py
	@TEST_LOAD_SECONDS=$(or $(SECONDS),60) $(PYTHON_IN_VENV) -m pytest tests/deploy tests/operations/runbooks tests/operations/prometheus/test_live.py tests/project/test_run.py tests/project/test_recording.py

bench: setup  ## Measure hot operations, what measuring, backups and dashboards cost, and fifty people at once
	@sh scripts/setup_bench.sh
	@$(PYTHON_IN_VENV) -m benchmarks.operations
	@$(PYTHON_IN_VENV) -m benchmarks.measuring
	@$(PYTHON_IN_VENV) -m benchmarks.backup
	@$(PYTHON_IN_VENV) -m benchmarks.dashboards
	@$(PYTHON_IN_VENV) -m benchmarks.load --seconds $(or $(BENCH_SECONDS),60) $(BENCH_OPTIONS)

check: setup  ## Run the gates only: style, types, directions, migrations, templates, translations
	@$(PYTHON_IN_VENV) scripts/test.py --gates

format: setup  ## Put the code in order: imports, mendable findings, formatting
	@$(PYTHON_IN_VENV) -m ruff check --fix --quiet .
	@$(PYTHON_IN_VENV) -m ruff format .

lock: setup  ## Lock requirements/*.in with hashes (UPGRADE=1 takes the newest versions)
	@cd requirements && for name in base production dev bench tools; do \
		../$(UV) $$name.in -o $$name.txt || exit 1; \
	done

screenshot: setup  ## Take the pictures of README and guides anew (needs Chromium)
	@$(PYTHON_IN_VENV) -m scripts.screenshot

recordings: setup  ## Record the walkthroughs of the help centre anew (needs Chromium and ffmpeg)
	@$(PYTHON_IN_VENV) -m scripts.record

clean:  ## Remove what can be made again: .venv, caches, compiled files; var/ with the data stays
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis test-results
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@find locale -name '*.mo' -delete 2>/dev/null || true
