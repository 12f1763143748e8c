"""Two web process groups behind nginx with TLS, PostgreSQL and Redis: people notice one system."""

from __future__ import annotations

import gzip
import re
from urllib.parse import urlencode

import psycopg

from tests.deploy.load import Caller
from tests.deploy.site import NEEDED, Site

pytestmark = NEEDED


def _log_in_as_a_browser(caller: Caller, site: Site) -> str:
    """By the form of the page; gives the cookie of the session."""
    _status, headers, content = caller.once("GET", "/login")
    cookie = re.search(r"csrftoken=[^;]+", headers["Set-Cookie"])[0]
    token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', content)[1].decode()
    form = {"csrfmiddlewaretoken": token, "next": "/"}
    form |= {name: site.person[name] for name in ("username", "password")}
    connection = caller.connect()
    origin = {"Referer": f"https://localhost:{site.nginx.https}/login", "Cookie": cookie}
    origin["Content-Type"] = "application/x-www-form-urlencoded"
    connection.request("POST", "/login", urlencode(form), origin)
    response = connection.getresponse()
    response.read()
    assert response.status == 302
    return re.search(r"sessionid=[^;]+", str(response.headers))[0]


def test_a_log_in_survives_round_robin(site: Site):
    caller = site.caller()
    session = _log_in_as_a_browser(caller, site)

    answers = [caller.once("GET", "/profile", Cookie=session)[0] for _number in range(12)]

    assert set(answers) == {200}
    processes = {f"127.0.0.1:{web.port}" for web in site.webs}
    assert {entry["upstream"] for entry in site.nginx.logged(*processes)} >= processes


def test_a_token_is_good_at_every_process(site: Site):
    caller = site.log_in()

    answers = [caller.once("GET", "/api/auth/me")[0] for _number in range(10)]

    assert set(answers) == {200}


def throttled(site: Site) -> dict[str, int]:
    """How often each caller was counted, by the key of the counter."""
    import pickle

    import redis

    client = redis.Redis.from_url(site.redis_url)
    kept = {key.decode(): client.get(key) for key in client.scan_iter("*throttle*")}
    client.close()
    # A counter that ended between the two questions is none any more.
    return {key: len(pickle.loads(value)) for key, value in kept.items() if value}  # noqa: S301  # our own Redis


def test_counters_are_shared(site: Site):
    """One address asks one process, then the other: both count in the same place."""
    given = {"username": "nobody-here-either", "password": "wrong"}
    address = {"X_Forwarded_For": "198.51.100.7", "X_Forwarded_Proto": "https"}
    before = throttled(site)
    counted = []

    for web in site.webs:
        direct = site.caller(web.port)
        status, _headers, _content = direct.once(
            "POST", "/api/auth/login", given, Host="localhost", **address
        )
        assert status == 401
        new = {key: number for key, number in throttled(site).items() if before.get(key) != number}
        counted.append({key: number for key, number in new.items() if "198.51.100.7" in key})

    first, second = counted
    assert first
    assert set(first) == set(second)
    assert set(first.values()) == {1}
    assert set(second.values()) == {2}


def test_sessions_are_shared(site: Site):
    import redis

    _log_in_as_a_browser(site.caller(), site)

    client = redis.Redis.from_url(site.redis_url)
    assert any(b"session" in key for key in client.scan_iter())
    client.close()


def test_a_spoofed_address_is_ignored(site: Site):
    caller = site.caller()
    given = {"username": "nobody-here", "password": "wrong"}

    status, _headers, _content = caller.once(
        "POST", "/api/auth/login", given, X_Forwarded_For="203.0.113.9", X_Request_ID="spoof-1"
    )

    assert status == 401
    with psycopg.connect(site.database) as connection:
        addresses = connection.execute(
            "SELECT DISTINCT host(remote_addr) FROM audit_entry WHERE cid = 'spoof-1'"
        ).fetchall()
        attempts = connection.execute(
            "SELECT host(ip_address) FROM axes_accessattempt WHERE username = 'nobody-here'"
        ).fetchall()
    assert {address for (address,) in addresses + attempts} == {"127.0.0.1"}


def test_pages_carry_the_headers_of_the_application(site: Site):
    _status, headers, _content = site.caller().once("GET", "/login")

    assert "max-age=63072000" in headers["Strict-Transport-Security"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Secure" in headers["Set-Cookie"]
    assert re.fullmatch(r"[0-9a-f]{32}", headers["X-Request-ID"])


def test_plain_http_leads_to_https(site: Site):
    status, headers, _content = site.caller(site.nginx.http).once("GET", "/login")

    assert (status, headers["Location"]) == (301, f"https://localhost:{site.nginx.https}/login")


def test_static_files_come_compressed_and_stay(site: Site):
    _status, _headers, page = site.caller().once("GET", "/login")
    path = re.search(rb'href="(/static/[^"]+\.css)"', page)[1].decode()

    status, headers, content = site.caller().once("GET", path, Accept_Encoding="gzip")

    assert (status, headers["Content-Encoding"]) == (200, "gzip")
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "{" in gzip.decompress(content).decode()
