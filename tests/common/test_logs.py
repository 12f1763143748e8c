"""The log: one event is one line, with what one needs to find it again, and without secrets."""

import dataclasses
import json
import logging
import re
import socket
from logging.handlers import WatchedFileHandler

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import ResolverMatch
from django.utils.functional import SimpleLazyObject

from apps.common import access_log, context
from apps.common.logs import JsonFormatter, LineFormatter, PatientSysLogHandler
from apps.common.measuring import masked
from apps.common.middleware.measure import harmless_path
from erp import logs
from erp.operating import read_all
from erp.variables import Reader
from tests import factories as make

ATTACKS = [
    "two\nlines",
    "carriage\rreturn",
    "both\r\n2026-01-01T00:00:00Z INFO root forged",
    "\x1b[31mred\x1b[0m and \x1b]0;title\x07",
    "bell\x07 and null\x00",
    "next line\x85 separator\u2028 paragraph\u2029",
    "turned\u202etxt.exe and \u2066isolated",
    "half a pair \ud800",
    "\x9b31m one-sign escape",
]
VISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def record(message="said", *args, **more):
    made = logging.LogRecord(
        "erp.test", logging.INFO, __file__, 1, message, args, more.pop("exc", None)
    )
    made.__dict__.update(more)
    return made


def failing(text):
    try:
        raise ValueError(text)
    except ValueError as error:
        return type(error), error, error.__traceback__


def as_json(made):
    line = JsonFormatter().format(made)
    return line, json.loads(line)


@pytest.mark.parametrize("text", ATTACKS)
def test_json_is_one_line_whatever_is_said(text):
    line, said = as_json(record("%s", text, exc=failing(text), request_id=text))

    assert VISIBLE.search(line) is None
    assert said["message"] == text
    assert text in said["exception"]
    assert line.encode()


@pytest.mark.parametrize("text", ATTACKS)
def test_readable_line_cannot_be_forged(text):
    lines = (
        LineFormatter().format(record("%s", text, exc=failing(text), request_id=text)).split("\n")
    )

    assert [line for line in lines if VISIBLE.search(line)] == []
    assert all(line.startswith("    | ") for line in lines[1:])


def test_line_carries_the_work_it_belongs_to():
    user = make.User(pk=17)
    with context.working(
        actor=user, channel=context.Channel.API, request_id="r-1", remote_addr="203.0.113.9"
    ):
        _line, said = as_json(record())

    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", said.pop("time"))
    assert said == {
        "level": "INFO",
        "logger": "erp.test",
        "message": "said",
        "request_id": "r-1",
        "user": 17,
        "channel": "api",
        "address": "203.0.113.9",
    }


def test_logging_asks_no_database():
    asked = []
    with context.working(actor=SimpleLazyObject(lambda: asked.append(1))):
        _line, said = as_json(record())

    assert "user" not in said
    assert asked == []


STATEMENTS = [
    ("SELECT 1 WHERE a = %s", "SELECT 1 WHERE a = %s"),
    ("SELECT 'geheim' ,\n  'it''s'", "SELECT '?' , '?'"),
    ("UPDATE t SET x = 'a' WHERE y = 'b'", "UPDATE t SET x = '?' WHERE y = '?'"),
]


@pytest.mark.parametrize(("statement", "expected"), STATEMENTS)
def test_statement_is_shown_without_values(statement, expected):
    assert masked(statement) == expected


def request_to(path, **kwargs):
    request = RequestFactory().get(path)
    request.resolver_match = ResolverMatch(lambda: None, (), kwargs, route="x/<y>")
    return request


PATHS = [
    ("/requisitions/12", {"pk": 12}, "/requisitions/12"),
    ("/reset/MQ/abc-123/", {"uidb64": "MQ", "token": "abc-123"}, ""),
    ("/login", {}, "/login"),
]


@pytest.mark.parametrize(("path", "kwargs", "expected"), PATHS)
def test_path_with_more_than_numbers_is_not_kept(path, kwargs, expected):
    assert harmless_path(request_to(path, **kwargs)) == expected


@pytest.mark.django_db
def test_access_line_of_a_page(caplog):
    user = make.make_user("reader", "engineer")
    client = Client()
    client.force_login(user)

    with caplog.at_level(logging.INFO, "erp.access"):
        response = client.get("/?next=geheim", headers={"x-request-id": "abc"})

    (line,) = [r for r in caplog.records if r.name == "erp.access"]
    _text, said = as_json(line)
    assert (said["method"], said["route"], said["status"]) == ("GET", "/", response.status_code)
    assert (said["request_id"], said["user"], said["channel"]) == ("abc", user.pk, "workspace")
    assert said["queries"] > 0
    assert said["duration_ms"] >= said["query_ms"] > 0
    assert "geheim" not in _text


@pytest.mark.django_db
def test_access_line_of_a_call_names_whose_token_it_was(caplog):
    user = make.make_user("caller", "engineer")

    with caplog.at_level(logging.INFO, "erp.access"):
        make.api_client(user).get("/api/v1/users/me")

    said = as_json([r for r in caplog.records if r.name == "erp.access"][-1])[1]
    assert (said["user"], said["channel"]) == (user.pk, "api")


@pytest.mark.django_db
def test_log_in_leaves_no_password(caplog):
    make.make_user("careful")
    with caplog.at_level(logging.DEBUG):
        for password in (make.PASSWORD, "wrong-password-42"):
            body = {"username": "careful", "password": password}
            answer = Client().post("/api/auth/login", body, content_type="application/json")
            tokens = answer.json().get("access", "eyJ")
    text = "\n".join(
        JsonFormatter().format(r) for r in caplog.records if r.name != "django.db.backends"
    )

    assert make.PASSWORD not in text
    assert "wrong-password-42" not in text
    assert tokens not in text


def test_probe_is_not_worth_a_line(caplog):
    with caplog.at_level(logging.INFO, "erp.access"):
        Client().get("/livez")
    assert [r for r in caplog.records if r.name == "erp.access"] == []

    with caplog.at_level(logging.DEBUG, "erp.access"):
        Client().get("/livez")
    assert len([r for r in caplog.records if r.name == "erp.access"]) == 1


@pytest.mark.parametrize(("limit", "lines"), [(1, 1), (600_000, 0)])
def test_slow_request_and_slow_query(caplog, settings, limit, lines, db):
    settings.OPERATING = dataclasses.replace(
        settings.OPERATING, slow_request_ms=limit, slow_query_ms=limit
    )
    with caplog.at_level(logging.WARNING), connection.cursor() as cursor:
        Client().get("/login")
        cursor.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)"
            " SELECT count(*), 'geheim' FROM n WHERE i <> %s",
            [4711],
        )

    slow = [r for r in caplog.records if r.name == "erp.slow_request"]
    queries = [
        r for r in caplog.records if r.name == "erp.slow_query" and "RECURSIVE" in r.msg % r.args
    ]
    assert (len(slow), len(queries)) == (lines, lines)
    for line in queries:
        text = JsonFormatter().format(line)
        assert "4711" not in text
        assert "geheim" not in text
        assert json.loads(text)["duration_ms"] >= limit


def test_failing_listener_costs_nobody_the_reply(monkeypatch):
    monkeypatch.setattr(access_log, "_fields", lambda *args: 1 / 0)

    assert Client().get("/login").status_code == 200


def configured(**values):
    reader = Reader({name: str(value) for name, value in values.items()})
    operating = read_all(reader, debug=False, var_dir=settings.BASE_DIR / "var")
    assert reader.errors == {}
    return logs.config(operating, "INFO")


def test_file_is_opened_anew_after_rotation(tmp_path):
    path = tmp_path / "erp.log"
    config = configured(ERP_LOG_FILE=path)["handlers"]["file"]
    assert config["class"] == "logging.handlers.WatchedFileHandler"
    handler = WatchedFileHandler(config["filename"], encoding=config["encoding"], delay=True)
    handler.setFormatter(JsonFormatter())

    handler.handle(record("before"))
    path.rename(tmp_path / "erp.log.1")
    handler.handle(record("after"))
    handler.close()

    assert json.loads((tmp_path / "erp.log.1").read_text())["message"] == "before"
    assert json.loads(path.read_text())["message"] == "after"


def test_syslog_gets_the_line_and_its_absence_stops_nobody(tmp_path):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(5)
        address = configured(ERP_SYSLOG=f"127.0.0.1:{server.getsockname()[1]}")
        handler = PatientSysLogHandler(address["handlers"]["syslog"]["address"])
        handler.setFormatter(JsonFormatter())
        handler.handle(record("to syslog"))
        received = server.recv(4096).decode()
        handler.close()
    assert json.loads(received.partition(">")[2].rstrip("\0"))["message"] == "to syslog"

    absent = PatientSysLogHandler(
        configured(ERP_SYSLOG=tmp_path / "log")["handlers"]["syslog"]["address"]
    )
    absent.handle(record("to nobody"))
    absent.close()


@pytest.mark.parametrize(("debug", "expected"), [(True, "line"), (False, "json")])
def test_form_follows_the_place_unless_it_is_said(debug, expected):
    reader = Reader({})
    operating = read_all(reader, debug=debug, var_dir=settings.BASE_DIR)

    assert logs.config(operating, "INFO")["handlers"]["console"]["formatter"] == expected
    assert configured(ERP_LOG_FORMAT="line")["handlers"]["console"]["formatter"] == "line"
