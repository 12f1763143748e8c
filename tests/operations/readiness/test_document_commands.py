"""The readiness document's own curl commands against a running server, word by word.

Only the address is another one, as the server of a test has a port of its own. What does not answer
as the document expects is a deviation that docs/en/operations/deviations.md names, and is asserted
here as it is.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import pytest
from django.test import Client

from apps.accounts.models import User
from tests.factories import api_client, make_user
from tests.operations.readiness.document import needs_document, text

needs_shell = pytest.mark.skipif(
    not (shutil.which("bash") and shutil.which("curl")), reason="no bash or no curl"
)
ADDRESS = re.compile(r"http://localhost:(?:5000|5177)")
MALFORMED = 3  # curl's own word for an address with a space in it


def commands() -> list[tuple[str, str]]:
    """Every curl command of the document with what it expects."""
    found = []
    for block in re.findall(r"```bash\n(.*?)```", text(), re.DOTALL):
        whole = block.replace("\\\n", " ")
        for command, expected in re.findall(r"^(curl .*)\n# Expected: (.*)$", whole, re.MULTILINE):
            found.append((re.sub(r"\s+", " ", command), expected))
    return found


def said(command: str, url: str) -> tuple[int, int, str]:
    """Curl's exit code, the status and the body."""
    loud = ADDRESS.sub(url, command).replace("curl ", 'curl -s -w "\\n%{http_code}" ', 1)
    done = subprocess.run(
        ["bash", "-c", loud], capture_output=True, text=True, timeout=60, check=False
    )
    body, _line, status = done.stdout.rpartition("\n")
    return done.returncode, int(status or 0), body


def healthy(body: str, **more: type) -> None:
    answer = json.loads(body)
    assert answer["status"] == "healthy"
    for name, kind in more.items():
        assert isinstance(answer[name], kind), name


def timed(body: str) -> None:
    healthy(body)
    moment = json.loads(body)["timestamp"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", moment), moment


def running(body: str) -> None:
    timed(body)
    assert json.loads(body)["message"] == "ERP System API is running"


def refused(body: str) -> None:
    assert json.loads(body)["status"] == 401


def nothing(body: str) -> None:
    assert body == ""


def token(body: str) -> None:
    answer = json.loads(body)
    assert answer["access"].count(".") == answer["refresh"].count(".") == 2


# Each command by its address and what it expects: curl's exit code, the status, the body.
EXPECTED = {
    ("/api/health", "API is running"): (0, 200, running),
    ("/api/auth/login", "JWT token response"): (0, 200, token),
    # A deviation: the page is served by the application itself and begins with a log-in.
    ("5177", "HTML response with ERP title"): (0, 302, nothing),
    ("/api/auth/login", "401 Unauthorized"): (0, 401, refused),
    ("/api/v1/users", "401 Unauthorized"): (0, 401, refused),
    # A deviation: the address as typed is none, and without a token it would prove nothing.
    ("/api/v1/users?search=", "No injection successful"): (MALFORMED, 0, nothing),
    ("/api/health", '"timestamp":"2025-09-07T12:00:00Z"'): (0, 200, timed),
    ("/api/health/database", '"connections":5'): (
        0,
        200,
        lambda body: healthy(body, connections=int, query_time=float),
    ),
    ("/api/health/auth", '"jwt_valid":true'): (0, 200, lambda body: healthy(body, jwt_valid=bool)),
}


def key_of(command: str, expected: str) -> tuple[str, str]:
    found = [key for key in EXPECTED if key[0] in command and key[1] in expected]
    return max(found, key=lambda key: len(key[0]))


@needs_document
def test_every_command_is_known():
    assert len(commands()) == len(EXPECTED)
    assert {key_of(*one) for one in commands()} == set(EXPECTED)


@pytest.fixture
def people(transactional_db):
    """The document's administrator, with its password, and somebody to look for."""
    make_user("admin", "admin", is_staff=True, password="admin123")
    make_user("engineer", "engineer")


@needs_document
@needs_shell
def test_commands_as_typed(people, live_server):
    url = live_server.url.replace("127.0.0.1", "localhost")
    for command, expected in commands():
        code, status, check = EXPECTED[key_of(command, expected)]

        found = said(command, url)

        assert found[:2] == (code, status), (command, found)
        check(found[2])


def test_what_the_deviations_say_works_instead(db):
    """Those that are typed differently do what the document wanted to see."""
    client = api_client(make_user("admin", "admin", is_staff=True))
    make_user("engineer", "engineer")

    injected = client.get("/api/v1/users", {"search": "' OR 1=1--"})
    found = client.get("/api/v1/users", {"search": "engineer"})
    page = Client().get("/", follow=True)

    assert (injected.status_code, injected.json()["results"]) == (200, [])
    assert [row["username"] for row in found.json()["results"]] == ["engineer"]
    assert User.objects.count() == 2
    assert re.search(r"<title>[^<]*ERP[^<]*</title>", page.text)


def test_hostile_origin_is_not_welcome(db):
    """A browser keeps what other sites ask to itself: nothing is said that lets them read."""
    client = api_client(make_user("somebody", "admin"))
    hostile = {"Origin": "https://evil.example"}

    answers = [
        client.get("/api/v1/users", headers=hostile),
        client.options(
            "/api/v1/users", headers={**hostile, "Access-Control-Request-Method": "GET"}
        ),
    ]

    assert answers[0].status_code == 200
    for answer in answers:
        assert not [name for name in answer.headers if name.lower().startswith("access-control-")]
