"""The audit: read by administrators and auditors, written by nobody."""

from __future__ import annotations

from apps.audit.models import Entry
from tests.architecture.permission_table import World, model_admin, route, to

READERS = to("admin", "auditor")

ROWS = [
    route("audit-entry-list", GET=READERS),
    route("audit-entry-detail", of="entry", GET=READERS),
    route("audit-entry-export", POST=to("auditor")),
    *model_admin("audit.entry", of="entry", view=READERS),
]


def populate(world: World) -> None:
    """The newest entry."""
    world.objects["entry"] = Entry.objects.latest("id")
