"""The rules of Prometheus say what the product's own rules say, at every limit."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from io import StringIO
from pathlib import Path

import pytest
import yaml
from django.core.management import call_command

from apps.operations.alerting import prometheus
from apps.operations.alerting.rules import rules
from apps.support.services.runbooks import SLUGS
from tests.deploy.programs import DEPLOY, find, needs, run
from tests.operations.prometheus import cases
from tests.operations.prometheus.series import as_test, together

FILE = DEPLOY / "prometheus" / "erp.yml"
FILES = {"prometheus": FILE, "kubernetes": DEPLOY / "kubernetes" / "monitoring" / "rules.yaml"}
CASES = cases.of_all(rules())
LEVEL = re.compile(r"job:[a-z0-9_]+:[a-z0-9_]+")


def exported(kind: str) -> str:
    out = StringIO()
    call_command("erp_monitor", "--export-rules", kind, stdout=out)
    return out.getvalue()


def alerts(prefix: str = "erp-alerts") -> list[dict]:
    groups = {group["name"]: group["rules"] for group in yaml.safe_load(FILE.read_text())["groups"]}
    return groups[prefix]


@pytest.mark.parametrize("kind", FILES)
def test_the_file_is_what_the_thresholds_say(kind):
    assert FILES[kind].read_text() == exported(kind), (
        f"make it anew: manage.py erp_monitor --export-rules {kind} > {FILES[kind].name}"
    )


def test_every_alert_of_the_product_is_there_with_its_time_and_its_page():
    response = {"critical": "15m", "warning": "1h", "info": "24h"}
    found = defaultdict(set)
    for rule in alerts():
        labels = rule["labels"]
        assert labels["response"] == response[labels["tier"]]
        page = re.fullmatch(
            r"{{ \$externalLabels.site }}/help/runbooks/(.+)", rule["annotations"]["runbook_url"]
        )
        assert page[1] in SLUGS
        assert rule["annotations"]["summary"] != rule["annotations"]["summary_zh"]
        found[rule["alert"]].add((labels["tier"], page[1]))

    expected = {
        prometheus.alert_name(name): {(alert.tier.name, alert.runbook)}
        for name, alert in rules().alerts.items()
    }
    assert found == {**expected, "MonitorSilent": {("warning", "slow")}}
    assert sum(alert.seed for alert in rules().alerts.values()) == 11


def test_every_threshold_has_its_state():
    seen = {(rule["labels"]["metric"], rule["labels"]["state"]) for rule in alerts("erp-states")}

    states = ("off_target", "warning", "critical")
    assert seen == {(metric, state) for metric in rules().metrics for state in states}
    assert not any("tier" in rule["labels"] for rule in alerts("erp-states"))


def test_state_and_tier_are_two_things():
    """More than 5 s is a critical state and, by the document, an alert of the warning tier."""
    (slow,) = (rule for rule in alerts() if rule["alert"] == "ResponseTime")

    assert (slow["labels"]["state"], slow["labels"]["tier"]) == ("critical", "warning")


def test_figures_are_named_by_level_metric_and_operation():
    recorded = [
        rule["record"]
        for group in yaml.safe_load(FILE.read_text())["groups"]
        for rule in group["rules"]
        if "record" in rule
    ]

    assert [name for name in recorded if not LEVEL.fullmatch(name)] == []
    assert len(recorded) == len(set(recorded))


@needs("promtool")
def test_promtool_takes_the_file_and_the_configuration(tmp_path: Path):
    """The configuration names places inside a container; here the files lie elsewhere."""
    text = (DEPLOY / "docker" / "prometheus.yml").read_text()
    (tmp_path / "token").write_text("token")
    moved = text.replace("/etc/prometheus/rules", str(FILE.parent))
    config = tmp_path / "prometheus.yml"
    config.write_text(moved.replace("/run/secrets/metrics_token", str(tmp_path / "token")))

    result = run([str(find("promtool")), "check", "config", str(config)])

    assert result.returncode == 0, result.stdout
    assert "SUCCESS: 1 rule files found" in result.stdout
    assert re.search(r"SUCCESS: \d+ rules found", result.stdout)


def test_every_limit_has_its_cases():
    """Just before, on and just past: for each threshold and each condition in each window."""
    limits = 3 * len(rules().metrics) + sum(
        len(condition.windows) or 1
        for alert in rules().alerts.values()
        for condition in alert.any
        if condition.measure != "burn"
    )

    climbs = [case for case in CASES if case.name.endswith(" min")]
    assert len({case.name for case in CASES}) == len(CASES)
    assert len(climbs) == limits
    assert {len(case.fires) for case in climbs} == {3}
    assert {case.fires for case in climbs} == {(False, False, True), (False, True, True)}


@needs("promtool")
def test_each_alert_fires_past_its_limit_and_not_before(tmp_path: Path):
    files = defaultdict(list)
    alone = [case for case in CASES if not case.name.endswith(" min")]
    shared = [case for case in CASES if case.name.endswith(" min")]
    for group in (*([case] for case in alone), *together(shared)):
        files[group[0].rounds].append(as_test(group))
    # Figures first: promtool takes groups in any order unless it is told.
    order = [group["name"] for group in yaml.safe_load(FILE.read_text())["groups"]]
    common = {"rule_files": [str(FILE)], "group_eval_order": order}
    paths = []
    for seconds, tests in files.items():
        path = tmp_path / f"{seconds}.json"
        path.write_text(
            json.dumps({**common, "evaluation_interval": f"{seconds}s", "tests": tests})
        )
        paths.append(str(path))

    result = run([str(find("promtool")), "test", "rules", *paths])

    assert result.returncode == 0, result.stdout[-6000:]
    assert result.stdout.count("SUCCESS") == len(paths)
