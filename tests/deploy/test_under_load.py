"""Killed, restarted, reloaded while people work: nothing acknowledged is lost, nothing is twice.

TEST_LOAD_SECONDS makes the load last longer; by default it is as short as shows the point.
"""

from __future__ import annotations

import json
import os
import time

from tests.deploy import stack
from tests.deploy.load import Outcome
from tests.deploy.programs import run
from tests.deploy.site import NEEDED, Site, warm

pytestmark = NEEDED
SECONDS = float(os.environ.get("TEST_LOAD_SECONDS", "0"))
WRITES = 8
# As rolling-restart.sh: nginx asks a process again two seconds after it was refused.
SETTLE = 3


def all_kept(site: Site, outcome: Outcome) -> None:
    """Every acknowledged write is in the database, and nothing is there twice."""
    titles = dict(site.titles())

    assert [title for title in outcome.written if title not in titles] == []
    assert {title: count for title, count in titles.items() if count != 1} == {}
    assert outcome.lost == []


def test_a_process_killed_under_load_loses_no_acknowledged_write(site: Site):
    victim = site.webs[0]
    with site.load() as load:
        load.wait_for(WRITES)
        victim.kill()
        load.wait_for(WRITES)
        time.sleep(SECONDS)
        victim.start()
        load.wait_for(WRITES)

    all_kept(site, load.outcome)
    assert len(load.outcome.written) >= 3 * WRITES


def test_a_write_asked_for_again_elsewhere_exists_once(site: Site):
    """The answer was lost on the way: the other process gives the same one."""
    body = {**site.person["body"], "title": "Load asked for twice"}
    answers = []
    first = site.log_in()
    for web in site.webs:
        direct = site.caller(web.port)
        direct.token = first.token
        status, headers, content = direct.once(
            "POST",
            "/api/v1/requisitions",
            body,
            Idempotency_Key="asked-twice",
            Host="localhost",
            X_Forwarded_Proto="https",
            X_Forwarded_For="127.0.0.1",
        )
        answers.append((status, json.loads(content)["id"], headers.get("Idempotent-Replayed")))

    assert answers[0][:2] == answers[1][:2]
    assert [replayed for _status, _key, replayed in answers] == [None, "true"]
    assert dict(site.titles())["Load asked for twice"] == 1


def test_a_rolling_restart_under_load_is_not_noticed(site: Site):
    with site.load() as load:
        load.wait_for(WRITES // 2)
        for web in site.webs:
            web.stop()
            load.wait_for(WRITES // 2)
            web.start()
            warm(site)
            time.sleep(SETTLE)
        load.wait_for(WRITES // 2)
        time.sleep(SECONDS)

    all_kept(site, load.outcome)
    # nginx hands on what an ending process refuses: not even the first attempt fails.
    assert load.outcome.first_failures == [], site.nginx.complaints()


def test_a_reload_under_load_is_not_noticed(site: Site):
    def workers(web: stack.Program) -> set[str]:
        listed = run(["ps", "-o", "pid=", "-s", str(web.process.pid)]).stdout
        return {pid for pid in listed.split() if pid != str(web.process.pid)}

    web = site.webs[0]
    before = workers(web)
    with site.load() as load:
        web.reload()
        deadline = time.monotonic() + 40
        while before & workers(web) and time.monotonic() < deadline:
            load.wait_for(1)
        load.wait_for(WRITES // 2)

    all_kept(site, load.outcome)
    assert load.outcome.first_failures == [], site.nginx.complaints()
    assert not before & workers(web)
