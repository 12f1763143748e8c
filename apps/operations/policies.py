"""Who may look into the running system from outside."""

from __future__ import annotations

import ipaddress
from typing import Any

from django.conf import settings
from django.utils.crypto import constant_time_compare

from apps.operations.models import Signatory
from apps.support import policies as support

SCHEME = "Bearer "


def may_read_metrics(*, authorization: str, address: str | None) -> bool:
    """Read metrics and the details of probes: with the token, or from a network that is named.

    An address nobody can vouch for (None) opens nothing.
    """
    return has_token(authorization) or is_allowed(address)


def has_token(authorization: str) -> bool:
    """Whether the header shows the token; without one in the settings no header does."""
    expected: str = settings.OPERATING.metrics_token
    if not expected or not authorization.startswith(SCHEME):
        return False
    return constant_time_compare(authorization.removeprefix(SCHEME).strip(), expected)


def is_allowed(address: str | None) -> bool:
    """Whether the address belongs to one of the networks of the settings."""
    if not address:
        return False
    found = ipaddress.ip_address(address)
    mapped = getattr(found, "ipv4_mapped", None) or found
    return any(mapped in network for network in settings.OPERATING.metrics_allow)


def may_see_backups(user: Any) -> bool:
    """See what was saved and rehearsed: who operates the system, and who has to prove it."""
    return support.is_known(user) and bool(user.has_perm("operations.view_backuprun"))


def may_work_on_incident(user: Any, _incident: Any) -> bool:
    """Answer for an incident: who operates the system, and everybody on call at the help desk."""
    if not support.is_known(user):
        return False
    return bool(user.has_perm("operations.change_incident")) or support.is_helper(user)


def may_see_executive(user: Any) -> bool:
    """The business view: figures of the whole company, no amounts, no documents."""
    return support.is_known(user) and bool(user.has_perm("operations.view_executive_dashboard"))


def may_see_technical(user: Any) -> bool:
    """The operations view: who keeps the system up, who governs it, and who audits both."""
    return support.is_known(user) and bool(user.has_perm("operations.view_technical_dashboard"))


def may_see_releases(user: Any) -> bool:
    """Read evidence and certificates: who may by role, and whoever signs them."""
    if not support.is_known(user):
        return False
    return bool(user.has_perm("operations.view_release") or signing_roles(user))


def may_withdraw_release(user: Any, _release: Any) -> bool:
    """Take a certificate back: who operates the system."""
    return support.is_known(user) and bool(user.has_perm("operations.change_release"))


def may_sign(user: Any, role: str, release: Any) -> bool:
    """Sign for a role: only whom the list of signatories names, and only in person.

    A page asks for twelve roles at once, so the answer stays with the release that was read; moves
    read it afresh under its lock.
    """
    if not support.is_known(user) or not user.is_staff:
        return False
    known: dict[Any, frozenset[str]] = release.__dict__.setdefault("_roles_of_signatories", {})
    if user.pk not in known:
        known[user.pk] = signing_roles(user)
    return role in known[user.pk]


def signing_roles(user: Any) -> frozenset[str]:
    """The roles somebody signs for."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    return frozenset(Signatory.objects.filter(person=user).values_list("role", flat=True))
