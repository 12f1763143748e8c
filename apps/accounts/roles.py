"""The matrix of roles, read from its one file and checked against what the product knows."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

# The titles of the roles, for the translators: the file they stand in is not theirs to read.
TITLES = (
    _("Engineer"),
    _("Procurement"),
    _("Finance"),
    _("Administration"),
    _("Audit"),
    _("Operations"),
)
KEYS = frozenset({"title", "staff", "view", "write", "delete", "permissions", "scope", "grants"})
WRITES = ("view", "add", "change")
ADMIN = "admin"


class MatrixError(Exception):
    """The file of roles says something that cannot be; `problems` lists all of it."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(self.problems))


@dataclass(frozen=True)
class Role:
    """One role: a group of people with the same rights. Never who decides on a document."""

    name: str
    title: str
    is_staff: bool
    permissions: frozenset[str]
    scope: frozenset[str]
    grants: frozenset[str]


def title_of(group: Any) -> Any:
    """A role's name in words, in the reader's language; a group no role stands for keeps its own.

    Given where a group is shown to people; its name is for files and programs.
    """
    role = matrix().get(group.name) if group else None
    return _(role.title) if role else group


def path() -> Path:
    """Where the matrix is kept."""
    return Path(settings.BASE_DIR) / "fixtures" / "roles.toml"


@lru_cache(maxsize=1)
def matrix() -> Mapping[str, Role]:
    """All roles by name, read once. Raises MatrixError."""
    return parse(path().read_text(encoding="utf-8"))


def parse(text: str) -> dict[str, Role]:
    """Roles from the text of a matrix. Raises MatrixError naming everything that is wrong."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MatrixError([str(error)]) from error
    problems: list[str] = []
    roles = {name: _role(name, table, problems) for name, table in tables.items()}
    for role in roles.values():
        problems += [f"{role.name}: grants an unknown role {g}" for g in role.grants - set(roles)]
    if ADMIN not in roles:
        problems.append(f"there is no role {ADMIN}, so nobody could give roles to anybody")
    if problems:
        raise MatrixError(problems)
    return roles


def _role(name: str, table: Mapping[str, Any], problems: list[str]) -> Role:
    problems += [f"{name}: unknown key {key}" for key in sorted(set(table) - KEYS)]
    permissions = set(table.get("permissions", ()))
    for verbs, key in ((("view",), "view"), (WRITES, "write"), (("delete",), "delete")):
        for model in _models(name, table.get(key, ()), problems):
            given = {verb for verb in verbs if verb in model._meta.default_permissions}
            permissions |= {f"{model._meta.app_label}.{v}_{model._meta.model_name}" for v in given}
    return Role(
        name=name,
        title=str(table.get("title", name)),
        is_staff=bool(table.get("staff", False)),
        permissions=frozenset(permissions),
        scope=frozenset(table.get("scope", ())),
        grants=frozenset(table.get("grants", ())),
    )


def _models(role: str, labels: Iterable[str], problems: list[str]) -> Iterable[type[models.Model]]:
    for label in labels:
        app_label, _dot, model_name = label.partition(".")
        try:
            if model_name == "*":
                yield from apps.get_app_config(app_label).get_models()
            else:
                yield apps.get_model(app_label, model_name)
        except (LookupError, ValueError):
            problems.append(f"{role}: there is no model {label}")
