"""The figures of the document, and what a file of rules may not say."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from apps.operations.alerting.evaluating import State, state_of
from apps.operations.alerting.rules import RulesError, parse, path, rules
from apps.operations.alerting.titles import ALERTS

TEXT = path().read_text(encoding="utf-8")
BEFORE, AFTER = -1e-9, 1e-9
GOOD, OFF, WARNING, CRITICAL = State.GOOD, State.OFF_TARGET, State.WARNING, State.CRITICAL
# Metric, limit as the document has it, and the state just below, on and just above it.
FIGURES = [
    # Between the warning at 2.5 and the target at 3.0 it warns already.
    ("response_time", 3.0, WARNING, WARNING, WARNING),
    ("response_time", 2.5, GOOD, GOOD, WARNING),
    ("response_time", 5.0, WARNING, WARNING, CRITICAL),
    ("error_rate", 0.02, GOOD, OFF, OFF),
    ("error_rate", 0.05, OFF, OFF, WARNING),
    ("error_rate", 0.10, WARNING, WARNING, CRITICAL),
    ("uptime", 0.995, OFF, GOOD, GOOD),
    ("uptime", 0.990, WARNING, OFF, OFF),
    ("uptime", 0.980, CRITICAL, WARNING, WARNING),
    ("query_time", 1.0, GOOD, OFF, OFF),
    ("query_time", 2.0, OFF, OFF, WARNING),
    ("query_time", 5.0, WARNING, WARNING, CRITICAL),
    ("connections", 0.80, GOOD, OFF, OFF),
    ("connections", 0.90, OFF, OFF, WARNING),
    ("connections", 0.95, WARNING, WARNING, CRITICAL),
    ("disk", 0.70, GOOD, OFF, OFF),
    ("disk", 0.80, OFF, OFF, WARNING),
    ("disk", 0.90, WARNING, WARNING, CRITICAL),
]


@pytest.mark.parametrize(("name", "limit", "below", "on", "above"), FIGURES)
def test_states_around_every_figure(name, limit, below, on, above):
    rule = rules().metrics[name]

    found = [state_of(rule, limit + by) for by in (BEFORE, 0.0, AFTER)]

    assert found == [below, on, above]
    assert limit in {rule.target, rule.warning, rule.critical}


@pytest.mark.parametrize("name", sorted(rules().metrics))
def test_what_was_not_measured_is_unknown(name):
    assert state_of(rules().metrics[name], None) is State.UNKNOWN


TIERS = {
    "critical": {
        *("application_down", "database_failures", "security_breach", "error_rate_critical"),
    },
    "warning": {"response_time", "error_rate", "disk", "processor"},
    "info": {"performance_trend", "adoption", "backup"},
}


def test_the_eleven_alerts_of_the_document():
    seed = [rule for rule in rules().alerts.values() if rule.seed]
    minutes = {tier.name: tier.response_minutes for tier in rules().tiers.values()}

    assert {tier: {r.name for r in seed if r.tier.name == tier} for tier in TIERS} == TIERS
    assert len(seed) == 11
    assert minutes == {"critical": 15, "warning": 60, "info": 24 * 60}


LIMITS = [
    ("error_rate_critical", 0.10),
    ("response_time", 5.0),
    ("error_rate", 0.05),
    ("disk", 0.80),
    ("processor", 0.80),
    ("disk_critical", 0.90),
    ("burn_fast", 14.4),
    ("burn_steady", 6.0),
    ("burn_slow", 1.0),
]


@pytest.mark.parametrize(("name", "limit"), LIMITS)
def test_alerts_around_their_figure(name, limit):
    condition = rules().alerts[name].any[0]

    assert [condition.holds(limit + by) for by in (BEFORE, 0.0, AFTER)] == [False, False, True]
    assert condition.holds(None) is None


def test_windows_of_the_burn_rates():
    found = {
        rule.any[0].windows for rule in rules().alerts.values() if rule.any[0].measure == "burn"
    }

    assert found == {(60, 5), (360, 30), (4320, 360)}
    assert (rules().slo.target, rules().slo.days) == (0.995, 30)


def test_every_alert_leads_to_a_runbook_and_has_a_title():
    for name, rule in rules().alerts.items():
        assert reverse("support:runbook", args=[rule.runbook])
        assert str(ALERTS[name])


WRONG = [
    ("critical = 5.0\nwarns_early", "critical = 2.0\nwarns_early", "metrics.response_time: thresh"),
    ("warning = 0.05", "warning = 0.15", "metrics.error_rate: thresholds out of order"),
    ("warning = 0.990", "warning = 0.999", "metrics.uptime: thresholds out of order"),
    ("warns_early = true\n", "", "metrics.response_time: thresholds out of order"),
    ('metric = "erp_probe_success"\nw', 'metric = "erp_x"\nw', "metrics.uptime: unknown metric e"),
    ("clear_seconds = 300", "clears = 300", "alerts.processor: unknown key clears"),
    ('runbook = "restore"', 'runbook = "pray"', "alerts.backup: unknown runbook pray"),
    ('tier = "info"\nseed = true\nrunbook = "res', 'tier = "x"\nrunbook = "res', "unknown tier x"),
    ('measure = "backup_age"', 'measure = "age"', "alerts.backup.any[1]: unknown measure age"),
    ("[alerts.backup]", "[alerts.backups]", "alerts.backups: it has no title"),
    ("[metrics.disk]", "[metrics.disc]", "metrics.disc: nobody knows this metric"),
    ("windows = [60, 5]", "windows = [60]", "alerts.burn_fast.any[1]: a burn rate needs"),
    ("hours = 72, below = 0.90", "hours = 72", "needs exactly one of above, at_least, below"),
    ('"erp_host_disk_ratio", above = 0.80', '"erp_host_disk_ratio", above = 0.95', "not above d"),
    ("target = 0.995          #", "target = 1.5 #", "slo.target: has to lie between 0 and 1"),
    ("ends = 19:00:00", "ends = 07:00:00", "office: it ends before it begins"),
    ("response_minutes = 60", 'response_minutes = "soon"', "tiers.warning.response_minutes"),
    ("days = 30", "", "slo: days is missing"),
    ("[slo]", "[slo", "Expected"),
]


@pytest.mark.parametrize(("old", "new", "said"), WRONG)
def test_a_wrong_file_is_refused_by_name(old, new, said):
    assert TEXT.count(old) >= 1

    with pytest.raises(RulesError) as refused:
        parse(TEXT.replace(old, new, 1))

    assert said in str(refused.value)


def test_all_that_is_wrong_is_named_at_once():
    text = TEXT.replace('runbook = "restore"', 'runbook = "pray"').replace("days = 30", "x = 1")

    with pytest.raises(RulesError) as refused:
        parse(text)

    assert len(refused.value.problems) == 3


@pytest.mark.parametrize(
    ("local", "is_open"),
    [
        ("2026-11-20T08:00", True),
        ("2026-11-20T07:59", False),
        ("2026-11-20T18:59", True),
        ("2026-11-20T19:00", False),
        ("2026-11-21T12:00", False),  # a Saturday
    ],
)
def test_office_hours(local, is_open):
    assert rules().office.is_open(dt.datetime.fromisoformat(local)) is is_open
