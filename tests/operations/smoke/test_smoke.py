"""`erp_smoke` against a real server: nine green lines, and each of them red when it is broken."""

import json
from contextlib import contextmanager
from io import StringIO

import pytest
from django.core.management import CommandError, call_command, load_command_class
from django.db import connection
from django.test import override_settings

from apps.accounts.models import Department, User
from apps.catalog.models import Supplier
from apps.common import context
from apps.operations.management.commands.erp_smoke import GO_LIVE, _look
from apps.operations.smoke import lines, stage
from apps.operations.smoke.asking import Server
from apps.operations.smoke.lines import Round
from apps.procurement.models import PurchaseOrder
from apps.requisitions.models import Requisition
from tests.operations.doctor.certificates import self_signed
from tests.operations.probes.conftest import closed_port, pointed_at
from tests.operations.servers import installation, tampering

LINES = {line.name: line for line in GO_LIVE}
NINE = ["login", "requisition", "order", "endpoints", "transactions"]
NINE += ["metrics", "log", "tls", "web"]

pytestmark = pytest.mark.xdist_group("smoke")  # one server


@pytest.fixture(scope="module")
def running(story, django_db_blocker, tmp_path_factory):
    with (
        django_db_blocker.unblock(),
        installation(story, tmp_path_factory.mktemp("smoke")) as (site, port),
    ):
        yield site, port


def smoke(*arguments):
    said, code = StringIO(), 0
    try:
        call_command("erp_smoke", *arguments, "--json", stdout=said)
    except SystemExit as stopped:
        code = stopped.code
    return json.loads(said.getvalue()), code


def left_open():
    """Everything of the smoke test that is still in use."""
    documents = [
        *Requisition.objects.filter(department__code=stage.CODE).exclude(status="cancelled"),
        *PurchaseOrder.objects.filter(department__code=stage.CODE).exclude(status="cancelled"),
    ]
    shut = [
        *User.objects.filter(username__startswith="smoke-", is_active=True),
        *Department.objects.filter(code=stage.CODE, is_active=True),
        *Supplier.objects.filter(code=stage.CODE, is_active=True),
    ]
    return [*documents, *shut]


def test_nine_of_nine_and_nothing_left(running):
    _site, port = running
    before = User.objects.filter(is_active=True).count()

    first, code = smoke("--golive", "--url", f"http://localhost:{port}")
    second, _code = smoke("--url", f"http://localhost:{port}")

    assert [row["name"] for row in first["lines"]] == NINE
    assert (first["green"], code) == (9, 0), first
    assert (second["green"], first["left"], second["left"]) == (5, [], [])
    assert left_open() == []
    assert User.objects.filter(is_active=True).count() == before
    assert User.objects.filter(username__startswith="smoke-").count() == len(stage.ROLES)
    issued = PurchaseOrder.objects.get(number=first["lines"][2]["said"])
    assert issued.status == "cancelled"
    titles = Requisition.objects.filter(department__code=stage.CODE)
    assert {stage.TITLE} == {title.rstrip(".") for title in titles.values_list("title", flat=True)}


def test_pages_need_no_people(running):
    _site, port = running

    people = User.objects.count()
    web, code = smoke("--web", "--url", f"http://localhost:{port}")
    assert (web["green"], web["of"], code) == (2, 2, 0), web
    assert User.objects.count() == people
    assert left_open() == []


def test_server_that_is_away(running):
    with closed_port() as port:
        report, code = smoke("--golive", "--url", f"http://127.0.0.1:{port}")

    green = [row["name"] for row in report["lines"] if row["green"]]
    assert (green, code) == (["tls"], 1)
    assert left_open() == []


def _ruined(name):
    """A table the server needs is away; `_restored` brings it back."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {name} RENAME TO {name}_away")


def _restored(name):
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {name}_away RENAME TO {name}")


@contextmanager
def table_away(run, port):
    _ruined("catalog_unit")
    try:
        yield Server(run.server.url)
    finally:
        _restored("catalog_unit")


@contextmanager
def password_changed(run, port):
    old = run.stage.passwords["smoke-engineer"]
    run.stage.passwords["smoke-engineer"] = "another one, not set"
    yield run.server
    run.stage.passwords["smoke-engineer"] = old


@contextmanager
def department_shut(run, port):
    Department.objects.filter(code=stage.CODE).update(is_active=False)
    yield run.server
    Department.objects.filter(code=stage.CODE).update(is_active=True)


@contextmanager
def supplier_blocked(run, port):
    Supplier.objects.filter(code=stage.CODE).update(status="blocked")
    yield run.server
    Supplier.objects.filter(code=stage.CODE).update(status="approved")


def tampered(part, *, status=None, body=None, without=""):
    """Answers of one path are changed on their way."""

    @contextmanager
    def fault(run, port):
        def tamper(path, real, headers, content):
            if part not in path:
                return real, headers, content
            kept = {name: text for name, text in headers.items() if name.lower() != without}
            new = status(real) if callable(status) else status
            return new or real, kept, content if body is None else body(content)

        with tampering(port, tamper) as url:
            yield Server(url)

    return fault


@contextmanager
def untrusted(run, port):
    chain = self_signed(run.folder / "untrusted.pem", 90)
    with tampering(port, lambda _path, *rest: rest, chain=chain) as url:
        yield Server(url)


BROKEN = [
    ("login", password_changed),
    ("login", tampered("/api/auth/me", body=lambda _b: b'{"username": "somebody"}')),
    ("requisition", department_shut),
    ("order", supplier_blocked),
    ("endpoints", tampered("/api/health/auth", status=503)),
    ("endpoints", tampered("search=", status=200, body=lambda _b: b'{"results": [1]}')),
    ("endpoints", tampered("/api/v1/users", status=200)),
    ("endpoints", tampered("/api/v1/suppliers", status=500)),
    ("transactions", tampered("/api/v1/req", status=lambda s: 200 if s in {409, 412} else s)),
    ("transactions", table_away),
    ("metrics", tampered("/metrics", status=403)),
    ("metrics", tampered("/metrics", body=lambda _b: b"# EOF\n")),
    ("log", table_away),
    ("tls", untrusted),
    ("web", tampered(".css", status=404)),
    ("web", tampered("/login", body=lambda b: b.replace(b"<title>", b"<b>"))),
    ("web", tampered("/login", without="content-security-policy")),
    ("web", tampered(".js", body=lambda b: b + b"structuredClone(1)")),
]


@pytest.fixture(scope="module")
def scene(running):
    """One round that is set up, so that each line can be asked by itself."""
    site, port = running
    run = Round(Server(f"http://127.0.0.1:{port}"), stage.Stage(stage.operator()))
    with context.working(channel=context.Channel.COMMAND):
        run.stage.set_up(with_company=True)
    run.folder = site.folder
    assert _look(LINES["login"], run)["green"]
    yield run, port
    run.stage.clear()
    assert run.stage.left == []
    assert left_open() == []


@pytest.mark.parametrize(("name", "fault"), BROKEN)
def test_line_is_red_when_it_is_broken(scene, name, fault):
    run, port = scene
    if name == "order":
        assert _look(LINES["requisition"], run)["green"]
    lines.begin(run)
    healthy = run.server
    with fault(run, port) as server:
        run.server = server
        if name == "log":
            server.ask("/api/v1/items", token=run.tokens["smoke-engineer"])
            server.ask("/api/v1/units", token=run.tokens["smoke-engineer"])
            _look(LINES["transactions"], run)
        row = _look(LINES[name], run)
        run.server = healthy

    assert not row["green"], row
    assert row["said"]
    lines.begin(run)
    if name != "order":
        assert _look(LINES[name], run)["green"]


def test_serious_line_in_the_log_is_red(scene, settings, tmp_path):
    run, _port = scene
    path = tmp_path / "erp.log"
    path.write_text("old CRITICAL\n")
    settings.OPERATING = type(settings.OPERATING)(
        **{**vars(settings.OPERATING), "log_file": str(path)}
    )
    lines.begin(run)
    assert _look(LINES["log"], run)["green"]
    with path.open("a") as log:
        log.write('{"time": "2026", "level": "CRITICAL", "message": "on fire"}\n')

    assert not _look(LINES["log"], run)["green"]


@pytest.mark.parametrize(("days", "green"), [(22, True), (20, False), (-2, False)])
def test_certificate(scene, tmp_path, monkeypatch, days, green):
    _run, port = scene
    chain = self_signed(tmp_path / "own.pem", days)
    monkeypatch.setenv("SSL_CERT_FILE", str(chain))
    hsts = {"Strict-Transport-Security": "max-age=63072000"}
    add = lambda _path, status, headers, body: (status, {**headers, **hsts}, body)  # noqa: E731
    with tampering(port, add, chain=chain) as url:
        row = _look(LINES["tls"], Round(Server(url), None))
    assert row["green"] is green, row


def test_plain_http_is_red_in_production(scene):
    run, _port = scene
    with override_settings(DEBUG=False, ALLOWED_HOSTS=["127.0.0.1"]):
        assert not _look(LINES["tls"], run)["green"]


@pytest.mark.parametrize("why", ["no administrator", "unknown administrator", "read only"])
def test_refused_where_nothing_could_be_cleaned(running, why):
    _site, port = running
    admins = list(User.objects.filter(groups__name="admin", is_active=True))
    before = User.objects.count()
    options = ["--by", "nobody"] if why == "unknown administrator" else []
    name = connection.settings_dict["NAME"]
    read_only = {"OPTIONS": {"options": "-c default_transaction_read_only=on"}}
    if connection.vendor == "sqlite":
        read_only = {"NAME": f"file:{name}?mode=ro"}
    if why == "no administrator":
        User.objects.filter(pk__in=[one.pk for one in admins]).update(is_active=False)
    try:
        with (
            pointed_at(**(read_only if why == "read only" else {})),
            pytest.raises(CommandError) as refused,
        ):
            call_command("erp_smoke", "--url", f"http://localhost:{port}", *options)
    finally:
        User.objects.filter(pk__in=[one.pk for one in admins]).update(is_active=True)

    assert refused.value.returncode == 2
    assert User.objects.count() == before


@pytest.mark.parametrize("url", ["ftp://x", "localhost:5000", "file:///etc/passwd"])
def test_address_that_is_none(url):
    with pytest.raises(CommandError) as refused:
        call_command("erp_smoke", "--url", url)

    assert refused.value.returncode == 2


@pytest.mark.django_db  # without a test that asks for it, no database is made at all
def test_no_password_on_the_command_line():
    parser = load_command_class("apps.operations", "erp_smoke").create_parser("manage.py", "x")

    options = [name for action in parser._actions for name in action.option_strings]
    assert [name for name in options if "pass" in name] == []
