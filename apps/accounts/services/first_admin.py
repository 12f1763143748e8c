"""The first administrator of an installation, made by whoever runs the machine."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.roles import ADMIN
from apps.accounts.services.roles import assign_roles
from apps.accounts.services.users import MANAGED, fill
from apps.common import context
from apps.common.errors import ConflictError


@transaction.atomic
def create_first_admin(data: Mapping[str, Any], *, another: bool = False) -> tuple[User, str]:
    """Make an administrator with a password for one log-in, which has to be changed there.

    Raises ConflictError when there is an administrator already and `another` is not asked for,
    when the roles are not set up, and Django's ValidationError.
    """
    group = Group.objects.select_for_update().filter(name=ADMIN).first()
    if group is None:
        raise ConflictError(_("Set up the roles first: erp_setup_roles."), code="no_roles")
    if not another and group.user_set.filter(is_active=True).exists():
        text = _("There is an administrator already, who can make others in the back office.")
        raise ConflictError(text, code="admin_exists")
    person, password = User(), secrets.token_urlsafe(15)
    fill(person, data, MANAGED)
    person.set_password(password)
    person.must_change_password = True
    person.full_clean(exclude=["password"])
    with context.working(event="user.create"):
        person.save()
        assign_roles(person, {ADMIN})
    return person, password
