"""The real Prometheus and Alertmanager over a real server: quiet while it is well, heard when not.

With the files of deploy/ as they are shipped: only addresses differ, and the phone is ours.
"""

from __future__ import annotations

import http.server
import json
import os
import subprocess
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy.programs import DEPLOY, find, needs
from tests.operations import servers

pytestmark = [
    pytest.mark.django_db,  # without a test that asks for it, no database is made at all
    needs("prometheus", "prometheus-alertmanager"),
    pytest.mark.skipif("TEST_LOAD_SECONDS" not in os.environ, reason="minutes: by `make soak`"),
]
TOKEN = "for-prometheus-of-this-test-only"  # opens nothing else
BAR = 120  # seconds from the fault to somebody's phone
LONG_ENOUGH = 75  # two rounds, and what Alertmanager waits
ENOUGH = 20  # figures of ours


class Phone:
    """Whoever is on call."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        heard = self.heard

        class Gateway(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_said: Any) -> None:
                """Nothing."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def rang_for(self) -> set[str]:
        return {call["groupLabels"]["alertname"] for call in self.heard}


@contextmanager
def program(folder: Path, *command: str, **variables: str) -> Iterator[None]:
    with (folder / f"{Path(command[0]).name}.log").open("wb") as said:
        process = subprocess.Popen(
            command, env={**os.environ, **variables}, stdout=said, stderr=said, cwd=folder
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def within(seconds: float, seen: Callable[[], Any]) -> float:
    """Wait until it is seen; give how long that took."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        try:
            if seen():
                return time.monotonic() - began
        except OSError:
            pass
        time.sleep(1)
    raise AssertionError(f"not within {seconds} s")


class Prometheus:
    """What it knows."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/api/v1"

    def get(self, path: str, **asked: str) -> Any:
        query = urllib.parse.urlencode(asked)
        with urllib.request.urlopen(f"{self.url}/{path}?{query}", timeout=5) as reply:  # noqa: S310  # our own
            return json.load(reply)["data"]

    def value(self, expression: str) -> float:
        found = self.get("query", query=expression)["result"]
        return float(found[0]["value"][1]) if found else 0.0

    def rules(self) -> list[dict[str, Any]]:
        return [rule for group in self.get("rules")["groups"] for rule in group["rules"]]

    def alerts(self) -> set[str]:
        return {
            alert["labels"]["alertname"]
            for alert in self.get("alerts")["alerts"]
            if alert["state"] == "firing"
        }


def configured(folder: Path, site_port: int, alert_port: int, phone: Phone) -> None:
    """Put our addresses into the files that are shipped."""
    asked = yaml.safe_load((DEPLOY / "docker" / "prometheus.yml").read_text())
    job = asked["scrape_configs"][0]
    job["static_configs"] = [{"targets": [f"localhost:{site_port}"]}]
    job["authorization"]["credentials_file"] = str(folder / "token")
    asked["rule_files"] = [str(DEPLOY / "prometheus" / "*.yml")]
    asked["alerting"]["alertmanagers"][0]["static_configs"] = [
        {"targets": [f"127.0.0.1:{alert_port}"]}
    ]
    (folder / "prometheus.yml").write_text(yaml.safe_dump(asked))
    told = yaml.safe_load((DEPLOY / "alertmanager" / "alertmanager.yml").read_text())
    told.pop("global")
    for receiver in told["receivers"]:
        receiver.pop("slack_configs", None)
        receiver.pop("email_configs", None)
        for hook in receiver.get("webhook_configs", ()):
            hook.update(url=f"http://127.0.0.1:{phone.port}/call", http_config={})
    (folder / "alertmanager.yml").write_text(yaml.safe_dump(told))
    (folder / "token").write_text(TOKEN)


@contextmanager
def watched(folder: Path, port: int, phone: Phone) -> Iterator[Prometheus]:
    """Prometheus over a server, and Alertmanager behind it."""
    asked_at, told_at = servers.free_port(), servers.free_port()
    configured(folder, port, told_at, phone)
    asking = (
        *(str(find("prometheus")), "--config.file=prometheus.yml", "--storage.tsdb.path=tsdb"),
        f"--web.listen-address=127.0.0.1:{asked_at}",
        "--enable-feature=expand-external-labels",
    )
    telling = (
        *(str(find("prometheus-alertmanager")), "--config.file=alertmanager.yml"),
        *("--storage.path=alerts", f"--web.listen-address=127.0.0.1:{told_at}"),
        "--cluster.listen-address=",
    )
    with (
        program(folder, *asking, ERP_BASE_URL=f"http://localhost:{port}"),
        program(folder, *telling),
    ):
        yield Prometheus(asked_at)


def test_a_server_that_dies_rings_a_phone_within_two_minutes(
    story: Any, django_db_blocker: Any, tmp_path: Path
) -> None:
    figures = 'count(count by (__name__) ({__name__=~"erp_.*"}))'
    with (
        closing(Phone()) as phone,
        django_db_blocker.unblock(),
        servers.copied(story, tmp_path) as (site, port),
        watched(tmp_path, port, phone) as seen,
    ):
        with servers.serving(site, port, ERP_METRICS_TOKEN=TOKEN):
            within(60, lambda: seen.value('up{job="erp"}') == 1)
            within(60, lambda: seen.value(figures) > ENOUGH)
            within(90, lambda: {rule["health"] for rule in seen.rules()} == {"ok"})
            time.sleep(LONG_ENOUGH)  # what was so before the first answer would ring now
            assert "ApplicationDown" not in seen.alerts()
            assert phone.heard == []

        within(BAR, lambda: "ApplicationDown" in phone.rang_for())

        call = next(c for c in phone.heard if c["groupLabels"]["alertname"] == "ApplicationDown")
        assert (call["receiver"], call["commonLabels"]["response"]) == ("critical", "15m")
        said = call["alerts"][0]["annotations"]
        assert said["runbook_url"] == f"http://localhost:{port}/help/runbooks/slow"
        assert said["summary_zh"] == "应用无响应"
        with servers.serving(site, port, ERP_METRICS_TOKEN=TOKEN):
            within(300, lambda: "ApplicationDown" not in seen.alerts())
