"""The rules in force as rules of Prometheus: `erp_monitor --export-rules` writes them.

A site that has a Prometheus gets the same alerts at the same limits, because both come out of
fixtures/operations/thresholds.toml. Only what the product cannot see of itself is added here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import yaml
from django.urls import reverse
from django.utils import translation

from apps.operations.alerting.promql import MINE, ROUND_SECONDS, Figures
from apps.operations.alerting.rules import AlertRule, Condition, MetricRule, Rules
from apps.operations.alerting.titles import ALERTS, METRICS, OUTSIDE
from apps.operations.metrics import names

HEADER = """\
# Made by `manage.py erp_monitor --export-rules{more}` from fixtures/operations/thresholds.toml:
# change it there and make this file anew. The label `tier` says how fast somebody has to respond,
# `state` is the colour of a metric; alerts with a state and no tier are for dashboards only.
"""
SLOW_SECONDS = 120  # well within the five minutes Prometheus looks back
SILENT_SECONDS = 180
SITE = "{{ $externalLabels.site }}"
FIRST_ROUND_SECONDS = 60  # a Prometheus just started has not asked anybody yet
# What another machine sees when the application says nothing any more: the figure, the question,
# and how long it has to be so beyond what the alert itself says.
SEES = {
    "application_down": [
        ("up", f"max by (job) (max_over_time(up{MINE}[1m])) < 0.5", 0),
        ("absent", f"absent(up{MINE})", FIRST_ROUND_SECONDS),
    ],
    "backup": [
        (
            names.BACKUP_AGE.name,
            "job:erp_database_up:min == 1 unless job:erp_backup_proved_age_hours:max",
            0,
        )
    ],
}

type Rule = dict[str, Any]


def groups(said: Rules) -> list[Rule]:
    """Everything as groups of rules: figures first, then states, then alerts."""
    figures = Figures(said.slo)
    states = [rule for metric in said.metrics.values() for rule in _states(metric, figures)]
    alerts = [rule for alert in said.alerts.values() for rule in _alerts(alert, said, figures)]
    recorded = {
        is_slow: [
            {"record": name, "expr": expression}
            for name, expression in figures.recorded.items()
            if (name in figures.slow) is is_slow
        ]
        for is_slow in (False, True)
    }
    return [
        _group("erp-figures", recorded[False]),
        _group("erp-figures-of-days", recorded[True], SLOW_SECONDS),
        _group("erp-states", states),
        _group("erp-alerts", [*alerts, _silent(said)]),
    ]


def rules_file(said: Rules) -> str:
    """The file Prometheus reads."""
    return HEADER.format(more="") + _yaml({"groups": groups(said)})


def kubernetes_file(said: Rules) -> str:
    """The same for the operator of Prometheus in Kubernetes."""
    manifest = {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "erp", "labels": {"app.kubernetes.io/name": "erp"}},
        "spec": {"groups": groups(said)},
    }
    return HEADER.format(more=" kubernetes") + _yaml(manifest)


FORMATS = {"prometheus": rules_file, "kubernetes": kubernetes_file}


def alert_name(name: str) -> str:
    """The name of an alert in the style of Prometheus: DiskCritical."""
    return "".join(word.capitalize() for word in name.split("_"))


def _group(name: str, rules: list[Rule], seconds: int = ROUND_SECONDS) -> Rule:
    return {"name": name, "interval": f"{seconds}s", "rules": rules}


def _states(metric: MetricRule, figures: Figures) -> Iterator[Rule]:
    """One rule for each threshold; on the limit itself as evaluating.state_of has it."""
    is_above = metric.direction == "above"
    # Only the direction is taken from it: which of several processes is the worst one.
    limits = {"above": metric.critical} if is_above else {"below": metric.critical}
    (figure, enough), *_more = figures.of(_limited(metric.condition, **limits))
    for state, limit in (
        ("off_target", metric.target),
        ("warning", metric.warning),
        ("critical", metric.critical),
    ):
        sign = (">=" if state == "off_target" else ">") if is_above else "<"
        titles = {
            f"summary{suffix}": f"{text}: {sign} {limit:g}"
            for suffix, text in _both(METRICS[metric.name]).items()
        }
        yield {
            "alert": f"{alert_name(metric.name)}State",
            "expr": f"{figure} {sign} {limit!r}{enough}",
            "labels": {"state": state, "metric": metric.name},
            "annotations": titles,
        }


def _limited(
    condition: Condition, above: float | None = None, below: float | None = None
) -> Condition:
    return replace(condition, above=above, below=below)


def _alerts(alert: AlertRule, said: Rules, figures: Figures) -> Iterator[Rule]:
    """One rule for each condition: any of them is enough, and the label says which."""
    for condition in alert.any:
        figure = condition.metric or alert.name
        labels = {"state": state} if (state := _state_at(condition, said)) else {}
        yield _alert(alert, figure, _past(condition, figures), labels)
    for figure, expression, seconds in SEES.get(alert.name, ()):
        lasting = replace(alert, for_seconds=max(alert.for_seconds, seconds))
        yield _alert(lasting, figure, expression, {})


def _alert(alert: AlertRule, figure: str, expression: str, more: Mapping[str, str]) -> Rule:
    wait = {"for": f"{alert.for_seconds}s"} if alert.for_seconds else {}
    minutes = alert.tier.response_minutes
    title = ALERTS.get(alert.name) or OUTSIDE[alert.name]
    titles = {f"summary{suffix}": text for suffix, text in _both(title).items()}
    return {
        "alert": alert_name(alert.name),
        "expr": expression,
        **wait,
        "keep_firing_for": f"{alert.clear_seconds}s",
        "labels": {
            "tier": alert.tier.name,
            "response": f"{minutes // 60}h" if minutes >= 60 else f"{minutes}m",
            "figure": figure,
            **more,
        },
        "annotations": {
            **titles,
            "description": f"{figure}: {{{{ $value | humanize }}}}",
            "runbook_url": SITE + reverse("support:runbook", args=[alert.runbook]),
        },
    }


def _past(condition: Condition, figures: Figures) -> str:
    """When a condition holds: in both windows of a burn rate, in any window of the others."""
    if condition.measure == "burn":
        burnt = f"> {condition.above!r} * (1 - {figures.objective.target!r})"
        shares = [figures.failures(minutes) for minutes in condition.windows]
        return " and ".join(f"{share} {burnt}" for share in shares)
    sign, limit = _limit(condition)
    return "\nor ".join(
        f"{figure} {sign} {limit!r}{enough}" for figure, enough in figures.of(condition)
    )


def _limit(condition: Condition) -> tuple[str, float]:
    pairs = ((">", condition.above), (">=", condition.at_least), ("<", condition.below))
    return next((sign, limit) for sign, limit in pairs if limit is not None)


def _state_at(condition: Condition, said: Rules) -> str:
    """The state a metric of the document has at the limit of a condition, if it is one of its."""
    if condition.measure == "burn":
        return ""
    read = (condition.metric, condition.of)
    limit = _limit(condition)[1]
    for metric in said.metrics.values():
        if (metric.condition.metric, metric.condition.of) == read:
            begins = {metric.target: "off_target", metric.warning: "warning"}
            begins[metric.critical] = "critical"
            return begins.get(limit, "")
    return ""


def _silent(said: Rules) -> Rule:
    """Who watches the monitor: nobody is probed and nothing is judged while it does not run."""
    alert = AlertRule("monitor_silent", said.tiers["warning"], "slow", ())
    age = f"min by (job) ({names.MONITOR_AGE.name}{MINE}) > {SILENT_SECONDS}"
    return _alert(alert, names.MONITOR_AGE.name, age, {})


def _both(title: Any) -> dict[str, str]:
    """In English and in Chinese."""
    found = {}
    for suffix, language in (("", "en"), ("_zh", "zh-hans")):
        with translation.override(language):
            found[suffix] = str(title)
    return found


class _Dumper(yaml.SafeDumper):
    """Expressions of several lines stay readable."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def _yaml(data: Any) -> str:
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1000)
