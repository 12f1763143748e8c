"""Pages of the back office itself, the API's description, files, comments and plumbing."""

from __future__ import annotations

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from apps.accounts.models import User
from apps.common.models import ImportMapping, ImportRun, NumberSequence, OutboxMessage
from tests.architecture.permission_table import (
    ANYBODY,
    EVERYBODY,
    NOBODY,
    STAFF,
    World,
    model_admin,
    route,
    to,
)

OFFICE = to("procurement", "admin", "auditor", "ops")
READERS = to("admin", "auditor")
IMPORTERS = to("procurement", "admin")
PAGE = ("GET", "POST")
PICKER = "?app_label=accounts&model_name=department&field_name=head"


def shown(world: World) -> dict[str, int]:
    """A person, who has no page of their own outside the back office."""
    return {
        "content_type_id": ContentType.objects.get_for_model(User).pk,
        "object_id": world.objects["user"].pk,
    }


ROWS = [
    route("set_language", POST=ANYBODY, GET=ANYBODY, verbs=PAGE),
    route("schema", GET=ANYBODY),
    route("docs", GET=ANYBODY),
    route("admin:index", GET=OFFICE, verbs=("GET",)),
    route("admin:login", GET=EVERYBODY, POST=ANYBODY, verbs=PAGE),
    route("admin:logout", GET=to("engineer", "manager"), POST=EVERYBODY, verbs=PAGE),
    route("admin:password_change", GET=OFFICE, POST=OFFICE, verbs=PAGE),
    route("admin:password_change_done", GET=OFFICE, verbs=("GET",)),
    route("admin:autocomplete", path=f"/admin/autocomplete/{PICKER}", GET=STAFF, verbs=("GET",)),
    route("admin:jsi18n", GET=OFFICE, verbs=("GET",)),
    route(
        "admin:view_on_site",
        arguments=shown,
        GET=to(hidden="procurement admin auditor ops"),
        verbs=("GET",),
    ),
    route(
        "admin:app_list",
        arguments=lambda world: {"app_label": "accounts"},
        GET=to("procurement", "admin", "auditor", hidden="ops"),
        verbs=("GET",),
    ),
    route(
        "/admin/(?P<url>.*)$",
        path="/admin/nothing/here/",
        GET=to(hidden="procurement admin auditor ops"),
        verbs=("GET",),
    ),
    *model_admin("common.numbersequence", of="sequence", view=READERS),
    *model_admin("common.outboxmessage", of="message", view=READERS),
    *model_admin(
        "common.importmapping",
        of="mapping",
        view=STAFF,
        add=to("procurement", "admin"),
        change=to("procurement", "admin"),
        delete=to("admin"),
    ),
    *model_admin("common.importrun", of="run", view=STAFF),
    route("admin:common_importrun_import", GET=IMPORTERS, POST=IMPORTERS, verbs=PAGE),
    route("admin:common_importrun_guide", GET=IMPORTERS, verbs=("GET",)),
    route(
        "admin:common_importrun_template",
        arguments=lambda world: {"kind": "items"},
        GET=IMPORTERS,
        verbs=("GET",),
    ),
    route(
        "admin:common_importrun_errors",
        arguments=lambda world: {"object_id": world.objects["run"].pk},
        GET=STAFF,
        verbs=("GET",),
    ),
    *model_admin("django_tasks_database.dbtaskresult", of="task", view=NOBODY),
]


def populate(world: World) -> None:
    """A counter and a layout of columns."""
    world.objects["sequence"] = NumberSequence.objects.create(kind="x", year=2026, prefix="X")
    world.objects["mapping"] = ImportMapping.objects.create(kind="items", name="ours")
    world.objects["message"] = OutboxMessage.objects.create(topic="x", available_at=timezone.now())
    world.objects["run"] = ImportRun.objects.create(kind="items", file_name="items.csv")
    world.objects["task"] = DBTaskResult.objects.create(
        args_kwargs={}, task_path="x", backend_name="default", run_after=timezone.now()
    )
