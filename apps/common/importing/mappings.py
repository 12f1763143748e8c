"""Mappings: what somebody said about a file layout, as data, read strictly."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from apps.common.errors import InvalidInputError
from apps.common.importing.kinds import ImportField, ImportKind
from apps.common.importing.layout import Plan, Source
from apps.common.models import ImportMapping
from apps.common.numbers import whole_number
from apps.common.tabular.figures import NumberFormat
from apps.common.tabular.headers import key_of

FILE_OPTIONS = {"sheet": (str, int), "header_row": (int,), "encoding": (str,), "delimiter": (str,)}
PLACES = frozenset({"column", "value", "default", "blanks", "on_error", "map"})
READINGS = frozenset({"formats", "whole_month", "number", "factor"})
CODES = "%Y %y %m %d %b %B"
_FORMAT = re.compile(r"(?:%[YymdbB]|[^%])+")


def plan_for(kind: ImportKind, name: str = "", fixed: Mapping[str, str] | None = None) -> Plan:
    """What the stored mapping of that name and the fixed values say.

    Raises InvalidInputError when the mapping is not there, is another kind's, or is wrong.
    """
    plan = Plan({})
    if name:
        mapping = ImportMapping.objects.filter(name=name).first()
        if mapping is None or mapping.kind != kind.name:
            raise InvalidInputError(
                _("There is no mapping “%(name)s” for %(kind)s.")
                % {"name": name, "kind": kind.name},
                code="unknown_mapping",
            )
        plan = read(kind, mapping.columns, mapping.options)
    return _with_fixed(kind, plan, fixed or {})


def read(kind: ImportKind, columns: Any, options: Any) -> Plan:
    """Check a mapping and make a plan of it. Raises InvalidInputError saying what is wrong."""
    if not isinstance(columns, Mapping) or not isinstance(options, Mapping):
        raise _bad("columns", _("Columns and options are objects: {name: …}."))
    sources = {name: _source(kind, name, said) for name, said in columns.items()}
    checked = {name: _option(kind, name, value) for name, value in options.items()}
    return Plan(sources, checked, by_name=not sources)


def fixed_values(said: Iterable[str]) -> dict[str, str]:
    """Fixed values from texts like `currency=USD`. Raises InvalidInputError for any other text."""
    found = {}
    for text in said:
        name, sign, value = text.partition("=")
        if not sign or not name.strip() or not value.strip():
            message = _("“%(text)s” is not of the form name=value.") % {"text": text[:64]}
            raise InvalidInputError(message, code="bad_fixed_value")
        found[name.strip()] = value.strip()
    return found


def _with_fixed(kind: ImportKind, plan: Plan, fixed: Mapping[str, str]) -> Plan:
    """Values that are the same for all rows, said beside the mapping; they go before it."""
    sources, options = dict(plan.sources), dict(plan.options)
    for name, value in fixed.items():
        target = kind.field_named(name)
        if target is not None:
            sources[name] = Source(target, value=value)
        else:
            whole = whole_number(value) if name in FILE_OPTIONS else None
            options[name] = _option(kind, name, value if whole is None else whole)
    return Plan(sources, options, by_name=plan.by_name)


def _source(kind: ImportKind, name: str, said: Any) -> Source:
    target = kind.field_named(name)
    if target is None:
        raise _bad(name, _("There is no such field."))
    if isinstance(said, str):
        said = {"column": said}
    if not isinstance(said, Mapping):
        raise _bad(name, _("This is the name of a column, or an object."))
    unknown = set(said) - PLACES - READINGS
    if unknown:
        raise _bad(name, _("Not known: %(names)s.") % {"names": ", ".join(sorted(unknown))})
    if bool(said.get("column")) == ("value" in said):
        raise _bad(name, _("Give a column, or a value that is the same for every row."))
    return Source(
        target=target,
        column=str(said.get("column", "")),
        value=said.get("value"),
        default=said.get("default"),
        blanks=frozenset(key_of(str(blank)) for blank in _list(name, said.get("blanks", []))),
        lenient=_lenient(target, said.get("on_error", "refuse")),
        translate=_translations(name, said.get("map", {})),
        options=_readings(name, said),
    )


def _lenient(target: ImportField, on_error: Any) -> bool:
    if on_error not in {"refuse", "empty"}:
        raise _bad(target.name, _("on_error is “refuse” or “empty”."))
    if on_error == "empty" and target.required:
        raise _bad(target.name, _("A required field cannot be left empty."))
    return bool(on_error == "empty")


def _translations(name: str, said: Any) -> dict[str, str]:
    if not isinstance(said, Mapping):
        raise _bad(name, _("map is an object: {text: other text}."))
    return {key_of(str(key)): str(value) for key, value in said.items()}


def _readings(name: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """How the cells of a column are to be read."""
    found: dict[str, Any] = {}
    if "formats" in said:
        found["formats"] = tuple(map(str, _list(name, said["formats"])))
        if not found["formats"] or not all(map(_FORMAT.fullmatch, found["formats"])):
            raise _bad(name, _("A form is made of %(codes)s and signs.") % {"codes": CODES})
    if "whole_month" in said:
        if said["whole_month"] not in {"first", "last"}:
            raise _bad(name, _("whole_month is “first” or “last”."))
        found["whole_month"] = said["whole_month"]
    if "number" in said:
        found["number"] = _number_format(name, said["number"])
    if "factor" in said:
        found["factor"] = _factor(name, said["factor"])
    return found


def _number_format(name: str, said: Any) -> NumberFormat:
    marks = dict(said) if isinstance(said, Mapping) else {}
    known = NumberFormat(str(marks.pop("decimal", ".")), str(marks.pop("group", "")))
    if marks or not isinstance(said, Mapping) or len(known.decimal) != 1 or len(known.group) > 1:
        raise _bad(name, _("number is an object like {decimal: “,”, group: “.”}."))
    return known


def _factor(name: str, said: Any) -> Decimal:
    try:
        factor = Decimal(str(said))
    except InvalidOperation:
        factor = Decimal(0)
    if isinstance(said, bool) or not factor.is_finite() or not 0 < factor <= 10**9:
        raise _bad(name, _("A factor is a number above zero."))
    return factor


def _list(name: str, said: Any) -> list[Any]:
    if not isinstance(said, list):
        raise _bad(name, _("This is a list."))
    return said


def _option(kind: ImportKind, name: str, value: Any) -> Any:
    if name in FILE_OPTIONS:
        if isinstance(value, bool) or not isinstance(value, FILE_OPTIONS[name]):
            raise _bad(name, _("This option has another kind of value."))
        return value
    option = kind.option_named(name)
    if option is None:
        known = ", ".join([*FILE_OPTIONS, *(o.name for o in kind.options)])
        raise _bad(
            name, _("There is no such field or option; options are: %(names)s.") % {"names": known}
        )
    if isinstance(value, bool):
        value = "yes" if value else "no"
    if value not in option.choices:
        raise _bad(name, _("Choose one of: %(names)s.") % {"names": ", ".join(option.choices)})
    return value


def _bad(name: str, message: str) -> InvalidInputError:
    text = _("Mapping, %(name)s: %(message)s") % {"name": name[:64], "message": message}
    return InvalidInputError(text, code="bad_mapping", field=name)
