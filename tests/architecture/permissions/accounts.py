"""Log-in, people, departments and rights."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from apps.accounts.models import Delegation, Department, DepartmentScope
from tests.architecture.permission_table import (
    ANYBODY,
    EVERYBODY,
    STAFF,
    World,
    master_viewset,
    model_admin,
    route,
    to,
)

ADMIN = to("admin")
READERS = to("admin", "auditor")
PAGE = ("GET", "POST")  # Django's own form pages take every other verb for one of these


def link(_world: World) -> dict[str, str]:
    """A link to choose a password that does not work."""
    return {"uidb64": "MQ", "token": "not-a-token"}


ROWS = [
    route("api-login", POST=ANYBODY),
    route("api-refresh", POST=ANYBODY),
    route("api-logout", POST=ANYBODY),
    route("api-me", GET=EVERYBODY),
    route("user-list", GET=EVERYBODY, POST=ADMIN),
    route("user-me", GET=EVERYBODY),
    route("user-detail", of="user", body={"job_title": "Chief"}, GET=EVERYBODY, PATCH=ADMIN),
    route("user-deactivate", of="user", POST=ADMIN),
    route("user-reactivate", of="user", POST=ADMIN),
    route("user-reset", of="user", POST=ADMIN),
    route("user-roles", of="user", PUT=ADMIN),
    *master_viewset("department", of="department", write=ADMIN),
    route("login", GET=ANYBODY, POST=ANYBODY, verbs=PAGE),
    route("logout", POST=EVERYBODY),
    route("password_change", GET=EVERYBODY, POST=EVERYBODY, verbs=PAGE),
    route("password_change_done", GET=EVERYBODY),
    route("password_reset", GET=ANYBODY, POST=ANYBODY, verbs=PAGE),
    route("password_reset_done", GET=ANYBODY),
    route("password_reset_confirm", arguments=link, GET=ANYBODY, POST=ANYBODY, verbs=PAGE),
    route("password_reset_complete", GET=ANYBODY),
    route("profile", GET=EVERYBODY, POST=EVERYBODY),
    route("delegation_create", POST=EVERYBODY),
    route(
        "delegation_revoke",
        of="delegation",
        POST=to("manager", "procurement", "admin", hidden="engineer ops"),
    ),
    *model_admin("accounts.user", of="user", view=STAFF, add=ADMIN, change=ADMIN),
    *model_admin("accounts.department", of="department", view=STAFF, add=ADMIN, change=ADMIN),
    *model_admin("accounts.delegation", of="delegation", view=READERS, add=ADMIN),
    *model_admin("accounts.departmentscope", of="scope", view=READERS, add=ADMIN, delete=ADMIN),
    *model_admin("auth.group", of="group", view=READERS),
]


def populate(world: World) -> None:
    """Somebody stands in for the manager, and somebody has a scope."""
    now = timezone.now()
    world.objects["delegation"] = Delegation.objects.create(
        delegator=world.people["manager"],
        delegate=world.people["procurement"],
        starts_at=now,
        ends_at=now + timedelta(days=7),
    )
    content_type = ContentType.objects.get_for_model(Department)
    world.objects["scope"] = DepartmentScope.objects.create(
        user=world.objects["user"],
        permission=Permission.objects.get(codename="buy_for"),
        content_type=content_type,
        object_pk=str(world.objects["department"].pk),
    )
    world.objects["group"] = Group.objects.get(name="engineer")
