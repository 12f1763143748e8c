"""Who may do what on which route: helpers to write rows, and all rows of all apps.

One row per route of the URLconf; test_permissions.py fails for a route without one and executes
each row for each kind of person and each verb. Rows stand in tests/architecture/permissions/, one
module per app, with `ROWS` and, where rows need objects, `populate(world)`:

    ROWS = [
        route("requisition-list", GET=EVERYBODY, POST=to("engineer", "procurement")),
        route("requisition-submit", of="requisition", POST=to("engineer", hidden="ops")),
        *master_viewset("item", of="item", write=to("procurement", "admin")),
        *model_admin("catalog.item", of="item", view=STAFF, change=to("procurement", "admin")),
    ]

    def populate(world):
        world.objects["item"] = make_item()

`to("admin")` lets administrators in and refuses everybody else (401, 403, 405 or the log-in page);
`hidden="engineer ops"` wants 404 for those instead. Verbs that are not named are refused to all.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

PEOPLE = ("anonymous", "engineer", "procurement", "manager", "admin", "auditor", "ops")
KNOWN = PEOPLE[1:]
VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True)
class Gate:
    """Who is let in by one verb of one route, and to whom the object does not exist."""

    people: frozenset[str]
    hidden: frozenset[str] = frozenset()

    def wants(self, person: str) -> str:
        """What has to happen to somebody."""
        if person in self.people:
            return "let in"
        return "hidden" if person in self.hidden else "refused"


def to(*people: str, hidden: str = "") -> Gate:
    """Let these people in; to the hidden ones the object does not exist."""
    names = frozenset(people), frozenset(hidden.split())
    for name in names[0] | names[1]:
        assert name in PEOPLE, f"who is {name}?"
    return Gate(*names)


ANYBODY = to(*PEOPLE)
EVERYBODY = to(*KNOWN)
STAFF = to("procurement", "admin", "auditor")
NOBODY = to()


@dataclass
class World:
    """One of everything: a person of each kind and an object of each model, by name."""

    people: dict[str, Any] = field(default_factory=dict)
    objects: dict[str, Any] = field(default_factory=dict)


RETIRE = {"is_active": False}  # a change every master record knows, to see that it is recorded
Arguments = Callable[[World], Mapping[str, Any]]


@dataclass(frozen=True)
class Row:
    """One route and its gates. Admin pages answer every verb like GET, so only two are asked."""

    route: str
    gates: Mapping[str, Gate]
    arguments: Arguments
    path: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)
    verbs: tuple[str, ...] = VERBS


def route(
    name: str,
    *,
    of: str = "",
    arguments: Arguments | None = None,
    path: str = "",
    body: Mapping[str, Any] | None = None,
    verbs: tuple[str, ...] = VERBS,
    **gates: Gate,
) -> Row:
    """The row of a route by its name (`namespace:name`), or by its pattern where it has none.

    `of` names the object whose pk the route takes. `path` is needed where there is no name.
    """
    assert set(gates) <= set(VERBS), f"{name}: unknown verb"
    if arguments is None:
        arguments = (lambda world: {"pk": world.objects[of].pk}) if of else (lambda world: {})
    return Row(name, gates, arguments, path, body or {}, verbs)


def master_viewset(
    basename: str, *, of: str, read: Gate = EVERYBODY, write: Gate = NOBODY
) -> list[Row]:
    """The routes of a MasterViewSet."""
    return [
        route(f"{basename}-list", GET=read, POST=write),
        route(f"{basename}-detail", of=of, body=RETIRE, GET=read, PATCH=write),
    ]


def model_admin(
    label: str,
    *,
    of: str = "",
    view: Gate = STAFF,
    add: Gate = NOBODY,
    change: Gate = NOBODY,
    delete: Gate = NOBODY,
) -> list[Row]:
    """The routes of a ModelAdmin. `view` are those who may look or change.

    Without `of` the routes of one object are asked with a number: nobody gets as far as looking.
    """
    name = "admin:" + label.replace(".", "_")

    def one(world: World) -> Mapping[str, Any]:
        return {"object_id": world.objects[of].pk if of else 1}

    web = ("GET", "POST")
    return [
        route(f"{name}_changelist", GET=view, POST=view, verbs=web),
        route(f"{name}_add", GET=add, POST=add, verbs=web),
        route(f"{name}_change", arguments=one, GET=view, POST=change, verbs=web),
        route(f"{name}_delete", arguments=one, GET=delete, POST=delete, verbs=web),
        route(f"{name}_history", arguments=one, GET=view, POST=view, verbs=web),
    ]


def modules() -> Iterable[Any]:
    """The modules of rows, one per app."""
    package = importlib.import_module("tests.architecture.permissions")
    for found in sorted(pkgutil.iter_modules(package.__path__), key=lambda m: m.name):
        yield importlib.import_module(f"{package.__name__}.{found.name}")


def rows() -> list[Row]:
    """All rows of all apps."""
    return [row for module in modules() for row in module.ROWS]
