"""Each thing broken for real: the doctor names the cause, says what to do, and ends with 1."""

import pytest

from tests.operations.doctor import faults
from tests.operations.doctor.conftest import ask, causes
from tests.operations.probes.conftest import pointed_at

healthy: dict[str, set[str]] = {}


def named(cases):
    return pytest.mark.parametrize(
        ("topic", "cause", "fault"), cases, ids=[cause for _topic, cause, _fault in cases]
    )


def examine(topic, cause, fault, site, monkeypatch):
    if topic not in healthy:  # every installation is a copy of the same: one look is enough
        healthy[topic] = set(causes(topic)) - {"backup_missing", "processor_busy"}
    assert cause not in healthy[topic]
    with fault(site, monkeypatch):
        report, code = ask("--topic", topic)
    found = {one["cause"]: one for one in report["checks"]}
    assert cause in found, [one for one in report["checks"] if one["cause"]]
    assert found[cause]["state"] in {"warning", "problem"}
    assert found[cause]["said"]
    assert found[cause]["next"]
    assert code == 1


@named(faults.ANYWHERE)
def test_cause_is_named(site, monkeypatch, topic, cause, fault):
    examine(topic, cause, fault, site, monkeypatch)


@named(faults.SQLITE)
def test_cause_is_named_on_sqlite(site, monkeypatch, topic, cause, fault, on_postgres):
    if on_postgres:
        pytest.skip("a matter of files")
    examine(topic, cause, fault, site, monkeypatch)


@pytest.mark.postgres
@named(faults.POSTGRES)
def test_cause_is_named_on_postgres(site, monkeypatch, topic, cause, fault):
    examine(topic, cause, fault, site, monkeypatch)


@pytest.mark.postgres
@pytest.mark.parametrize("change", [{"PASSWORD": "wrong"}, {"USER": "nobody_of_ours"}])
def test_wrong_password_is_named(site, change):
    with pointed_at(**change):
        found = causes("database")
        report, _code = ask("--topic", "auth")

    assert "wrong_password" in found
    assert site.config["PASSWORD"] not in str(report)


def test_enough_faults():
    cases = [*faults.ANYWHERE, *faults.SQLITE, *faults.POSTGRES]

    assert len({cause for _topic, cause, _fault in cases}) >= 20
