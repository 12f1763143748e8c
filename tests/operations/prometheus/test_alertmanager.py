"""Who hears of which alert: by tier, and nobody of a colour."""

from __future__ import annotations

import re

import pytest
import yaml

from apps.operations.alerting.prometheus import alert_name
from apps.operations.alerting.rules import rules
from tests.deploy.programs import DEPLOY, find, needs, run
from tests.operations.prometheus.queries import RULES

FILE = DEPLOY / "alertmanager" / "alertmanager.yml"
CONFIG = yaml.safe_load(FILE.read_text())
RECEIVERS = {one["name"]: one for one in CONFIG["receivers"]}
ROUTES = {one["receiver"]: one for one in CONFIG["route"]["routes"]}
COMPOSE = yaml.safe_load((DEPLOY / "docker" / "compose.yaml").read_text())


@needs("amtool")
def test_amtool_takes_it():
    result = run([str(find("amtool")), "check-config", str(FILE)])

    assert result.returncode == 0, result.stdout
    assert "SUCCESS" in result.stdout


SAMPLES = [
    *(("critical", name) for name in ("application_down", "security_breach")),
    *(("warning", name) for name in ("response_time", "disk")),
    *(("info", name) for name in ("backup", "performance_trend")),
]


@needs("amtool")
@pytest.mark.parametrize(("tier", "alert"), SAMPLES)
def test_a_tier_goes_to_its_receiver(tier, alert):
    labels = [f"alertname={alert_name(alert)}", f"tier={tier}", "job=erp"]

    result = run(
        [str(find("amtool")), "config", "routes", "test", f"--config.file={FILE}",
         f"--verify.receivers={tier}", *labels]
    )  # fmt: skip

    assert rules().alerts[alert].tier.name == tier
    assert result.returncode == 0, result.stdout


@needs("amtool")
def test_a_colour_goes_to_nobody():
    labels = ["alertname=DiskState", "state=critical"]

    result = run(
        [str(find("amtool")), "config", "routes", "test", f"--config.file={FILE}",
         "--verify.receivers=nobody", *labels]
    )  # fmt: skip

    assert result.returncode == 0, result.stdout
    assert RECEIVERS["nobody"] == {"name": "nobody"}


def test_it_is_said_again_when_the_time_to_respond_is_over():
    minutes = {"m": 1, "h": 60}

    again = {
        name: int(route["repeat_interval"][:-1]) * minutes[route["repeat_interval"][-1]]
        for name, route in ROUTES.items()
    }

    assert again == {name: tier.response_minutes for name, tier in rules().tiers.items()}


def test_the_critical_ones_come_fast_and_by_phone():
    assert ROUTES["critical"]["group_wait"] == "10s"
    assert "webhook_configs" in RECEIVERS["critical"]
    assert {"slack_configs", "email_configs"} <= set(RECEIVERS["warning"])
    assert set(RECEIVERS["info"]) == {"name", "email_configs"}


def test_inhibitions_name_alerts_there_are():
    groups = yaml.safe_load(RULES.read_text())["groups"]
    known = {rule["alert"] for group in groups for rule in group["rules"] if "alert" in rule}

    named = re.findall(r'alertname =~? "([^"]+)"', FILE.read_text())

    for pattern in "|".join(named).split("|"):
        assert any(re.fullmatch(pattern, alert) for alert in known), pattern
    security = [
        rule for rule in CONFIG["inhibit_rules"]
        if any("Security" in matcher for matcher in rule["target_matchers"])
    ]  # fmt: skip
    assert security == []


def test_no_inhibition_goes_round():
    """What is silenced by another one silences it not: both would be lost."""
    pairs = [
        (re.findall(r'"([^"]+)"', rule["source_matchers"][0])[0],
         re.findall(r'"([^"]+)"', rule["target_matchers"][0])[0])
        for rule in CONFIG["inhibit_rules"]
    ]  # fmt: skip
    assert not [
        (source, target)
        for source, target in pairs
        for other, back in pairs
        if re.fullmatch(target, other) and re.fullmatch(back, source)
    ]


def test_secrets_come_by_files_and_compose_gives_them():
    text = FILE.read_text()
    service = COMPOSE["services"]["alertmanager"]

    files = set(re.findall(r"/run/secrets/(\w+)", text))

    assert files == set(service["secrets"])
    assert not re.search(r"(?:password|token|url|credentials): ", text.replace("- url: https", ""))
    prometheus = (DEPLOY / "docker" / "prometheus.yml").read_text()
    assert "alertmanager:9093" in prometheus
