"""`make run`: a newcomer's first minute, and the second start."""

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings

from tests import databases, postgres
from tests.deploy.programs import clean

ROOT = Path(settings.BASE_DIR)
PATIENCE = 400  # the machine may be busy with other tests; the bar itself is in work done
STOP = "Ctrl-C stops"

pytestmark = pytest.mark.skipif(
    os.environ.get("TEST_DATABASE") == "postgres",
    reason="shown with SQLite, as newcomers have it",
)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        **clean(),
        "PORT": str(postgres.free_port()),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'erp.sqlite3'}",
        "ERP_MEDIA_ROOT": str(tmp_path / "media"),
    }


def work_done() -> float:
    """Seconds of processor time the programs started here have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def start_and_stop(environment: dict[str, str], log: Path) -> tuple[str, float, int]:
    """Start, fetch a page, press Ctrl-C; give what was said, the work done, the page's status."""
    began, before = time.monotonic(), work_done()
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "scripts" / "run.py")],
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        while STOP not in log.read_text() and time.monotonic() - began < PATIENCE:
            assert process.poll() is None, log.read_text()
            time.sleep(0.1)
        url = f"http://localhost:{environment['PORT']}/admin/login/"
        with urllib.request.urlopen(url) as reply:
            status = reply.status
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
        code = process.wait(30)
    assert code == 0, log.read_text()
    return log.read_text(), work_done() - before, status


def test_first_start_makes_demo_data_and_the_second_keeps_it(environment, tmp_path):
    """With a short story, and in `make soak` with the whole one."""
    if "TEST_LOAD_SECONDS" not in os.environ:
        environment["DEMO_REQUISITIONS"] = "3"
    first, first_work, status = start_and_stop(environment, tmp_path / "first.log")
    assert status == 200
    assert "Loading demo data" in first
    assert "engineer123" in first
    # The processor works slower for two at once; alone the same work takes little more than half.
    assert first_work < 90

    second, second_work, status = start_and_stop(environment, tmp_path / "second.log")
    assert status == 200
    assert "Loading demo data" not in second
    assert second_work < 25


def test_database_somebody_brought_along_gets_no_demo_data(environment, tmp_path):
    # What a run of the tests has migrated is as good as what somebody else has.
    if template := databases.template():
        shutil.copyfile(template, tmp_path / "erp.sqlite3")
    else:
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
            cwd=ROOT,
            env={**environment, "ERP_DEBUG": "1"},
            check=True,
        )

    said, _work, status = start_and_stop(environment, tmp_path / "log")

    assert status == 200
    assert "Loading demo data" not in said
