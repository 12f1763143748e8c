"""Asking routes as people: a world with one of everything, and what each answer means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max
from django.http import HttpResponse
from django.test import Client
from django.test.client import ClientHandler
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts import services
from apps.audit.models import Entry
from apps.audit.registration import tracked_models
from apps.common.middleware.request import channel_of
from tests import factories as make
from tests.architecture import permission_table as table
from tests.architecture.permission_table import KNOWN, PEOPLE, Row, World

HANDLER = ClientHandler(enforce_csrf_checks=False)
REFUSED = {401, 403, 405}
CLIENT_ERRORS = {400, 409, 410, 411, 412, 413, 415, 422, 428, 429, 503}
# Log-ins: who somebody is stands at their end, and the time of the last one is not history.
OF_STRANGERS = {"user.login_failed", "user.locked_out", "user.password_link_asked"}
WRITE = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')


def build() -> World:
    """A person of each kind, an object of each model, and what opens the doors for each person."""
    world = World()
    top = make.make_department("TOP")
    world.objects["department"] = department = make.make_department("ENG", parent=top)
    services.set_up_roles()  # gives the roles the scope of the departments made since
    for name in KNOWN:
        role = "engineer" if name == "manager" else name
        world.people[name] = make.make_user(name, role, department=department)
    department.head = world.people["manager"]
    department.save()
    world.objects["user"] = make.make_user("colleague", "engineer")
    for module in table.modules():
        if hasattr(module, "populate"):
            module.populate(world)
    world.objects["doors"] = {name: _doors(world, name) for name in PEOPLE}
    return world


def _doors(world: World, name: str) -> tuple[dict[str, str], str]:
    """What opens the API (headers) and the pages (a session) for somebody."""
    if name == "anonymous":
        return {}, ""
    person = world.people[name]
    web = Client()
    web.force_login(person)
    headers = {"Authorization": make.authorization(person)}
    return headers, web.cookies[settings.SESSION_COOKIE_NAME].value


@dataclass
class Answer:
    """What came back, in the words of the table, and what was written without being signed."""

    outcome: str
    status: int
    unsigned: list[str]


def read(world: World, row: Row, person: str, verb: str = "get") -> Answer:
    """Look at a route as one person; what that writes is named as wrong.

    A session's time of use may move on, and an entry may say that somebody looked.
    """
    newest = Entry.objects.aggregate(newest=Max("id"))["newest"] or 0
    with CaptureQueriesContext(connection) as queries:
        response = _call(world, row, verb, person)
    statements = (WRITE.match(query["sql"]) for query in queries)
    tables = {match.group(1) for match in statements if match} - {"django_session"}
    if not Entry.objects.filter(id__gt=newest).exclude(action=Entry.Action.ACCESS).exists():
        tables.discard("audit_entry")
    found = [f"reading writes to {name}" for name in sorted(tables)]
    return Answer(outcome(response, "GET"), response.status_code, found)


def write(world: World, row: Row, verb: str, person: str) -> Answer:
    """Act on a route as one person, and take back whatever it did."""
    newest = Entry.objects.aggregate(newest=Max("id"))["newest"] or 0
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        response = _call(world, row, verb.lower(), person)
        entries = list(Entry.objects.filter(id__gt=newest).exclude(event__in=OF_STRANGERS))
        transaction.set_rollback(True)
    found = _unsigned(queries, entries, channel_of(response.wsgi_request.path), person)  # type: ignore[attr-defined]  # of test responses
    return Answer(outcome(response, verb), response.status_code, found)


def _call(world: World, row: Row, verb: str, person: str) -> HttpResponse:
    path = row.path or reverse(row.route, kwargs=dict(row.arguments(world)))
    is_api = path.startswith("/api/")
    headers, session = world.objects["doors"][person]
    client = Client(headers=headers) if is_api else Client()
    client.handler = HANDLER  # one chain of middleware for thousands of calls
    if session and not is_api:
        client.cookies[settings.SESSION_COOKIE_NAME] = session
    options: dict[str, Any] = {"HTTP_IF_MATCH": '"1"'} if is_api else {}
    if verb not in {"get", "head"}:
        options["data"] = dict(row.body)
        if is_api:
            options["content_type"] = "application/json"
    response: HttpResponse = getattr(client, verb)(path, **options)
    if getattr(response, "streaming", False):
        b"".join(response.streaming_content)  # type: ignore[attr-defined]  # just checked
    return response


def outcome(response: HttpResponse, verb: str) -> str:
    """What happened, in the words of the table."""
    status = response.status_code
    if 300 <= status < 400:
        address = response.headers.get("Location", "")
        doors = (reverse(settings.LOGIN_URL), reverse("admin:login"))
        return "refused" if address.startswith(doors) else "let in"
    if status in REFUSED:
        return "refused"
    if status == 404:
        return "hidden"
    if status < 300 or (verb != "GET" and status in CLIENT_ERRORS):
        return "let in"
    return "broken"


def _unsigned(queries: Any, entries: list[Any], channel: str, person: str) -> list[str]:
    """Entries without their person or door, and business tables written without any entry."""
    found = [
        f"{entry.event}: {entry.actor_name} through {entry.channel}"
        for entry in entries
        if entry.channel != channel or (entry.actor_id is None and person != "anonymous")
    ]
    statements = (WRITE.match(query["sql"]) for query in queries)
    tables = {match.group(1) for match in statements if match} & _business_tables()
    if tables and not entries:
        found.append(f"nothing says that {', '.join(sorted(tables))} changed")
    return found


@cache
def _business_tables() -> frozenset[str]:
    """Tables whose every change is history: master data and documents."""
    documents = [
        model
        for label in ("requisitions", "procurement", "approvals", "support")
        for model in apps.get_app_config(label).get_models()
    ]
    return frozenset(model._meta.db_table for model in (*tracked_models(), *documents))
