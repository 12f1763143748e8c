"""Dashboards of Grafana: whole, in both languages, coloured at the limits of the thresholds."""

from __future__ import annotations

import json
import re

import pytest
import yaml

from apps.operations.alerting.rules import rules
from tests.deploy.programs import DEPLOY
from tests.operations.prometheus import queries
from tests.operations.prometheus.queries import DASHBOARDS, panels

DOCKER = DEPLOY / "docker"
# Panels that show a metric of the document, by the figure they ask for.
SHOWN = {
    "response_time": "job:erp_http_request_duration_seconds:mean5m",
    "error_rate": "job:erp_http_server_errors:ratio5m",
    "uptime": "job:erp_probe_success:mean30d",
    "query_time": "job:erp_database_query_duration_seconds:mean5m",
    "connections": "job:erp_database_connections_ratio:max",
    "disk": "erp_host_disk_ratio",
}


def test_there_are_three():
    assert set(DASHBOARDS) == {"executive", "technical", "database"}
    boards = [json.loads(path.read_text()) for path in DASHBOARDS.values()]
    assert len({board["uid"] for board in boards}) == 3
    assert all("erp" in board["tags"] for board in boards)


@pytest.mark.parametrize("name", DASHBOARDS)
def test_panels_are_whole(name):
    everything = json.loads(DASHBOARDS[name].read_text())["panels"]

    assert len({panel["id"] for panel in everything}) == len(everything)
    for panel in everything:
        assert re.search(r"[A-Za-z].* · .*[\u4e00-\u9fff]", panel["title"]), panel["title"]
    for panel in panels(name):
        assert panel["targets"]
        assert panel["datasource"]["uid"] == "prometheus"
        assert panel["fieldConfig"]["defaults"]["unit"]


@pytest.mark.parametrize("name", DASHBOARDS)
def test_panels_do_not_lie_on_each_other(name):
    taken: set[tuple[int, int]] = set()
    for panel in json.loads(DASHBOARDS[name].read_text())["panels"]:
        place = panel["gridPos"]
        cells = {
            (place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])
        }
        assert place["x"] + place["w"] <= 24
        assert not cells & taken, panel["title"]
        taken |= cells


@pytest.mark.parametrize("metric", SHOWN)
def test_colours_change_at_the_thresholds(metric):
    said = rules().metrics[metric]
    limits = {said.target, said.warning, said.critical}
    shown = [
        panel
        for name in DASHBOARDS
        for panel in panels(name)
        if any(
            re.fullmatch(rf"\w+(?: by \(\w+\) |)\({SHOWN[metric]}(?:{{.*}})?\)", target["expr"])
            for target in panel["targets"][:1]
        )
    ]

    assert shown
    for panel in shown:
        steps = panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
        assert {step["value"] for step in steps} - {None} == limits, panel["title"]


@pytest.mark.parametrize("name", DASHBOARDS)
def test_queries_read_the_recorded_figures_where_there_are_some(name):
    """A dashboard and an alert show one figure, not two that nearly agree."""
    raw = {"erp_probe_success", "erp_database_up", "erp_host_memory_ratio"}
    alone = [
        target["expr"]
        for panel in panels(name)
        for target in panel["targets"]
        if " by (" not in target["expr"] and raw & queries.names_in(target["expr"])
    ]
    assert alone == []


def test_grafana_finds_dashboards_and_prometheus():
    source = yaml.safe_load((DOCKER / "grafana" / "datasource.yaml").read_text())
    provider = yaml.safe_load((DOCKER / "grafana" / "dashboards.yaml").read_text())
    mounts = yaml.safe_load((DOCKER / "compose.yaml").read_text())["services"]["grafana"]["volumes"]

    assert source["datasources"][0]["uid"] == "prometheus"
    folder = provider["providers"][0]["options"]["path"]
    assert f"../grafana:{folder}:ro" in mounts
