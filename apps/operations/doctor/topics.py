"""Everything the doctor looks at, and the immediate actions of the runbooks as questions."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

# Each of them adds its checks to the register; the order is that of the report.
from apps.operations.doctor import database  # isort: skip
from apps.operations.doctor import load  # isort: skip
from apps.operations.doctor import host  # isort: skip
from apps.operations.doctor import access  # isort: skip
from apps.operations.doctor import background  # isort: skip
from apps.operations.doctor import security  # isort: skip
from apps.operations.doctor import stored  # isort: skip
from apps.operations.doctor import answers

MODULES = (database, load, host, access, background, security, stored)


@dataclass(frozen=True)
class Action:
    """One immediate action of the readiness document, and the checks that answer it."""

    asked: StrOrPromise
    checks: tuple[str, ...]


ACTIONS: dict[str, tuple[Action, ...]] = {
    "slow": (
        Action(_("Check CPU and memory usage"), ("host.processor", "host.memory")),
        Action(_("Review slow query logs"), ("slow.statements", "database.long")),
        Action(_("Check database connection pool"), ("database.pool", "database.connections")),
        Action(_("Review recent code deployments"), ("release.recent",)),
    ),
    "auth": (
        Action(_("Verify JWT secret configuration"), ("auth.tokens", "security.keys")),
        Action(_("Check database user table accessibility"), ("auth.people",)),
        Action(_("Review authentication service logs"), ("auth.failures", "auth.locked")),
        Action(_("Test with known good credentials"), ("auth.login",)),
    ),
    "database": (
        Action(_("Check database service status"), ("database.reachable",)),
        Action(_("Verify network connectivity to database"), ("database.network",)),
        Action(_("Check connection pool configuration"), ("database.pool", "database.connections")),
        Action(_("Review database logs for errors"), ("database.errors", "database.locks")),
    ),
}


def named(names: Collection[str]) -> Iterator[tuple[str, answers.Answer]]:
    """Ask some checks by their names; all are registered for whoever asks here."""
    return answers.named(names)
