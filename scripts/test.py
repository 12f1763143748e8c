"""Everything that has to hold: the gates, then the tests on both databases.

The quick ones come first and the first that fails ends the run with its name; the check of types
goes on beside them and is waited for last. `--gates` stops before the tests. What each test did is
left in test-results/junit.xml, which `erp_readiness --import-report` takes as evidence.
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

BASE_DIR = Path(__file__).resolve().parent.parent
RESULTS = BASE_DIR / "test-results"
MEMORY, ROOM = Path("/dev/shm"), 4 * 2**30  # noqa: S108 - a folder of our own is made in it
sys.path.insert(0, str(BASE_DIR))

from tests.conftest import chromium  # noqa: E402  # needs the project on the path
from tests.postgres import Cluster, available, sweep  # noqa: E402  # the same

QUIET = ["-m", "pytest", "-q", "--no-header"]
# Tests marked as a group stay with one worker: they follow each other on one thing they share.
# Twice as many workers as processors: a third of their time goes into waiting for browsers, servers
# and databases; with three, the processors stood still an eighth of the time.
PYTEST = [*QUIET, "-n", "4", "--dist=loadgroup", "--ignore=tests/architecture"]


@dataclass(frozen=True, eq=False)
class Step:
    """One thing that has to hold, and how it is seen."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    beside: bool = False  # begun with the first, waited for in its turn


def production() -> dict[str, str]:
    """Give an environment as an installation has it, with keys made for this run only.

    The database is the one the tests use, still empty, so that checks that ask it get an answer.
    """
    import secrets

    from cryptography.fernet import Fernet

    return {
        "ERP_DEBUG": "",
        "ERP_SECRET_KEY": secrets.token_urlsafe(64),
        "ERP_FIELD_KEY": Fernet.generate_key().decode(),
        "ERP_ALLOWED_HOSTS": "erp.example.com",
        "DATABASE_URL": os.environ.get("TEST_DATABASE_URL", "sqlite://:memory:"),
        "ERP_ALLOW_SQLITE": "1",
    }


def gates() -> list[Step]:
    """List what is checked without running the product's tests, quickest first."""
    # The database is an empty one in memory: a fresh clone has no var/ yet.
    local = {"ERP_DEBUG": "1", "DATABASE_URL": "sqlite://:memory:"}
    deploy = ["manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    migrations = ["manage.py", "makemigrations", "--check", "--dry-run"]
    directions = ["-c", "from importlinter.cli import lint_imports_command as run; run()"]
    return [
        Step("style (ruff)", ["-m", "ruff", "check", "."]),
        Step("format (ruff)", ["-m", "ruff", "format", "--check", "."]),
        Step("directions (import-linter)", directions),
        Step("deployment check", deploy, production()),
        Step("migrations complete", migrations, local),
        template("sqlite"),
        Step(
            "house rules: sizes, templates, translations, commands, settings",
            [*QUIET, "-n", "2", "tests/architecture", reported("rules")],
        ),
        Step("types (mypy)", ["-m", "mypy"], beside=True),
    ]


def template(kind: str) -> Step:
    """Migrate one database that those of the tests are copies of, and tell the story in another."""
    copies = ("TEMPLATE", "COMPANY", "STORY")
    names = [os.environ.get(f"TEST_{what}_{kind.upper()}", "") for what in copies]
    command = ["-m", "tests.template", *names]
    return Step(f"the {kind} databases to copy", command, {"TEST_DATABASE": kind}, beside=True)


def tests(postgres_missing: str) -> list[Step]:
    """List the runs of the tests: the browser and the locks belong to PostgreSQL where it is."""
    on_sqlite = [*PYTEST, reported("sqlite")]
    if postgres_missing:
        return [Step("tests on SQLite", on_sqlite, {"TEST_DATABASE": "sqlite"})]
    quick = [*on_sqlite, "-m", "not e2e and not postgres"]
    return [
        Step("tests on SQLite", quick, {"TEST_DATABASE": "sqlite"}),
        template("postgres"),
        Step(
            "tests on PostgreSQL",
            # Those of deployment bring databases of their own: seen already.
            [*PYTEST, reported("postgres"), "--ignore=tests/deploy"],
            {"TEST_DATABASE": "postgres", "TEST_DATA_ONLY": "1"},
        ),
    ]


def reported(name: str) -> str:
    """Let a run write down what became of each test."""
    return f"--junitxml={RESULTS / name}.xml"


def gather() -> None:
    """Make one report of those of this run."""
    whole = ElementTree.Element("testsuites")
    for name in ("rules", "sqlite", "postgres"):
        part = RESULTS / f"{name}.xml"
        if part.exists():
            whole.extend(ElementTree.parse(part).getroot())  # noqa: S314 - written by ourselves
    ElementTree.ElementTree(whole).write(RESULTS / "junit.xml", encoding="utf-8")


def begin(step: Step, *, shown: bool = True) -> subprocess.Popen[str]:
    """Start a step; byte code is kept, because the same modules are read by dozens of processes."""
    environment = {**os.environ, **step.environment}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, *step.command]
    said = None if shown else subprocess.PIPE
    both = None if shown else subprocess.STDOUT
    return subprocess.Popen(
        command, cwd=BASE_DIR, env=environment, text=True, stdout=said, stderr=both
    )


def run(step: Step, begun: subprocess.Popen[str] | None = None) -> int:
    """Run one step with its output on the screen, or wait for one begun before and show it."""
    print(f"\n=== {step.name}", flush=True)
    started = time.monotonic()
    process = begun or begin(step)
    said, _nothing = process.communicate()
    if said:
        print(said, end="", flush=True)
    code = process.returncode
    if code:
        print(f"=== FAILED: {step.name} (exit {code})", file=sys.stderr, flush=True)
    elif "tests on" not in step.name:  # the last line of a run of tests is pytest's own
        print(f"=== held: {step.name}, {time.monotonic() - started:.1f} s", flush=True)
    return code


def work_folder() -> Path:
    """Give the folder for everything tests write, in memory where there is room for it.

    Databases are copied by the hundred, and a copy is a thousand files: there it takes a tenth.
    """
    has_room = MEMORY.is_dir() and os.access(MEMORY, os.W_OK)
    has_room = has_room and shutil.disk_usage(MEMORY).free >= ROOM
    place = MEMORY if has_room else Path(tempfile.gettempdir())
    sweep("erp-tests-*", place)
    folder = Path(tempfile.mkdtemp(prefix=f"erp-tests-{os.getpid()}-", dir=place))
    folder.chmod(0o755)  # the database server of a run by root is somebody else
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["TMPDIR"] = str(folder)
    tempfile.tempdir = None  # reads the variable anew
    return folder


def name_copies(folder: Path) -> None:
    """Say where the databases are that those of the tests are copies of."""
    os.environ.setdefault("TEST_STORY_FILES", str(folder))
    for what in ("template", "company", "story"):
        file, name = folder / f"{what}.sqlite3", f"erp_{what}_{os.getpid()}"
        os.environ.setdefault(f"TEST_{what.upper()}_SQLITE", str(file))
        os.environ.setdefault(f"TEST_{what.upper()}_POSTGRES", name)


def main() -> int:
    """Run the steps until one fails."""
    folder = work_folder()
    missing = available()
    if missing:
        print(f"=== skipped: no PostgreSQL ({missing}); locks and races are not shown")
    elif "TEST_DATABASE_URL" not in os.environ:
        cluster = Cluster.start()
        atexit.register(cluster.stop)
        os.environ["TEST_DATABASE_URL"] = cluster.url
    name_copies(folder)
    shutil.rmtree(RESULTS, ignore_errors=True)
    RESULTS.mkdir()
    steps = gates()
    if "--gates" not in sys.argv[1:]:
        if not chromium():
            print("=== skipped: no Chromium; the walks in a browser are not shown")
        steps += tests(missing)
    begun = {step: begin(step, shown=False) for step in steps if step.beside}
    for process in begun.values():
        atexit.register(process.kill)
    code = next((c for c in (run(step, begun.get(step)) for step in steps) if c), 0)
    gather()
    return abs(code)


if __name__ == "__main__":
    sys.exit(main())
