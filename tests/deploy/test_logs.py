"""Rotation and shipping of logs: what this machine's programs can read, they read."""

from __future__ import annotations

import re

from tests.deploy.programs import DEPLOY, find, needs, run
from tests.deploy.units import names

FOLDER = DEPLOY / "logs"


@needs("logrotate")
def test_rotation_keeps_what_was_written(tmp_path):
    """The shipped rules on a log of our own: a second file, nothing lost, the first one empty."""
    log = tmp_path / "erp.log"
    log.write_text('{"level": "INFO"}\n' * 10)
    rules = (FOLDER / "logrotate.conf").read_text()
    application = rules.split("/var/log/nginx")[0].replace("/var/log/erp", str(tmp_path))
    application = re.sub(r"^    su .*\n", "", application, flags=re.MULTILINE)
    (tmp_path / "rules").write_text(application)
    (tmp_path / "rules").chmod(0o644)
    tmp_path.chmod(0o750)

    command = [str(find("logrotate")), "--force", "--state", str(tmp_path / "state")]
    result = run([*command, str(tmp_path / "rules")])

    assert result.returncode == 0, result.stdout
    (kept,) = tmp_path.glob("erp.log-*")
    assert kept.read_text().count("\n") == 10
    assert log.read_text() == ""


@needs("logrotate")
def test_logrotate_reads_the_whole_file(tmp_path):
    copy = tmp_path / "rules"
    text = (FOLDER / "logrotate.conf").read_text()
    copy.write_text(re.sub(r"^    (su|create) .*\n", "", text, flags=re.MULTILINE))
    copy.chmod(0o644)

    state = str(tmp_path / "state")
    result = run([str(find("logrotate")), "--debug", "--state", state, str(copy)])

    assert result.returncode == 0, result.stdout
    assert "error" not in result.stdout.lower()


def test_shipping_names_every_service():
    shipped = re.search(r'"erp-\(([^)]+)\)', (FOLDER / "alloy.config").read_text())[1].split("|")

    services = {re.match(r"erp-(\w+)", name)[1] for name in names(".service")}
    assert set(shipped) == services


def test_brackets_are_closed():
    for name, pairs in (("alloy.config", "{}"), ("rsyslog.conf", "{}"), ("rsyslog.conf", "()")):
        text = re.sub(r'"(?:[^"\\]|\\.)*"', '""', (FOLDER / name).read_text())
        assert text.count(pairs[0]) == text.count(pairs[1]), name
