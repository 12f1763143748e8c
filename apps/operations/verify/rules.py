"""Are the rules kept? Keys that lead somewhere, and every constraint asked again of every row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.models import (
    BooleanField,
    CheckConstraint,
    Count,
    ExpressionWrapper,
    UniqueConstraint,
)
from django.utils.translation import gettext as _

from apps.common.integrity import Place, place

MOST = 1000


def tables() -> list[Any]:
    """All models with a table, those between two others among them."""
    found = apps.get_models(include_auto_created=True)
    there = set(connection.introspection.table_names())
    kept = [m for m in found if m._meta.managed and not m._meta.proxy]
    return [model for model in kept if model._meta.db_table in there]


def keys() -> Iterator[Place]:
    """Every foreign key leads to a row that exists."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for model in tables():
            for field in model._meta.concrete_fields:
                if not isinstance(field, models.ForeignKey):
                    continue
                target = field.target_field.model._meta.db_table
                cursor.execute(
                    _DANGLING.format(
                        pk=quote(str(model._meta.pk.column)),
                        column=quote(str(field.column)),
                        table=quote(model._meta.db_table),
                        target=quote(target),
                        key=quote(str(field.target_field.column)),
                        most=MOST,
                    )
                )
                for pk, value in cursor.fetchall():
                    what = _("%(field)s leads to %(value)s, which is not in %(target)s")
                    values = {"field": field.name, "value": value, "target": target}
                    yield place(model, pk, what % values)


_DANGLING = """
    SELECT child.{pk}, child.{column} FROM {table} child
    WHERE child.{column} IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM {target} parent WHERE parent.{key} = child.{column})
    ORDER BY 1 LIMIT {most}"""


def constraints() -> Iterator[Place]:
    """Every rule of the models holds for every row, whatever the database was told meanwhile."""
    for model in tables():
        for constraint in model._meta.constraints:
            if isinstance(constraint, CheckConstraint):
                yield from _checked(model, constraint)
            elif isinstance(constraint, UniqueConstraint):
                yield from _unique(model, constraint)
        for names in model._meta.unique_together:
            yield from _doubles(model, _all(model), names, ", ".join(names))
        for field in model._meta.concrete_fields:
            if field.unique and not field.primary_key:
                yield from _doubles(model, _all(model), (field.name,), field.name)
            yield from _values(model, field)


def _checked(model: Any, constraint: CheckConstraint) -> Iterator[Place]:
    """A check is broken where it is false; where it is unknown, databases let it pass."""
    condition: Any = constraint.condition
    holds: Any = ExpressionWrapper(condition, output_field=BooleanField())
    broken = _all(model).annotate(erp_holds=holds).filter(erp_holds=False)
    for pk in broken.values_list("pk", flat=True)[:MOST]:
        yield place(model, pk, _("it breaks %(rule)s") % {"rule": constraint.name})


def _unique(model: Any, constraint: UniqueConstraint) -> Iterator[Place]:
    rows = _all(model)
    if constraint.condition is not None:
        rows = rows.filter(constraint.condition)
    names = list(constraint.fields)
    for number, expression in enumerate(constraint.expressions):
        names.append(f"erp_part{number}")
        rows = rows.annotate(**{names[-1]: getattr(expression, "expression", expression)})
    yield from _doubles(model, rows, names, constraint.name)


def _doubles(model: Any, rows: Any, names: Any, rule: str) -> Iterator[Place]:
    """Rows beyond the first of those that agree in all these values; nothing equals nothing."""
    filled = rows.filter(**{f"{name}__isnull": False for name in names})
    groups = (
        filled.order_by().values(*names).annotate(erp_count=Count("pk")).filter(erp_count__gt=1)
    )
    for group in groups[:MOST]:
        same = rows.filter(**{name: group[name] for name in names}).order_by("pk")
        first, *others = same.values_list("pk", flat=True)[:MOST]
        for pk in others:
            what = _("it breaks %(rule)s: %(first)s says the same")
            yield place(model, pk, what % {"rule": rule, "first": first})


def _values(model: Any, field: Any) -> Iterator[Place]:
    """A column holds what its field allows: something, one of its choices, a number."""
    rows = _all(model)
    if not field.null:
        for pk, _nothing in _where(model, field, "{column} IS NULL"):
            yield place(model, pk, _("%(field)s is empty") % {"field": field.name})
    if field.choices and isinstance(field, models.CharField) and not field.null:
        known = {*(value for value, _label in field.flatchoices), *([""] if field.blank else [])}
        strange = rows.exclude(**{f"{field.name}__in": known})
        for pk, value in strange.values_list("pk", field.name)[:MOST]:
            what = _("%(field)s is %(value)r, which it cannot be")
            yield place(model, pk, what % {"field": field.name, "value": value})
    if connection.vendor == "sqlite" and isinstance(field, _NUMBERS):
        yield from _numbers(model, field)


_NUMBERS = (models.DecimalField, models.IntegerField)


def _numbers(model: Any, field: Any) -> Iterator[Place]:
    """SQLite takes a word where a number belongs."""
    for pk, value in _where(model, field, "typeof({column}) NOT IN ('integer', 'real', 'null')"):
        what = _("%(field)s is %(value)r, which is no number")
        yield place(model, pk, what % {"field": field.name, "value": value})


def _where(model: Any, field: Any, condition: str) -> list[tuple[Any, Any]]:
    """Keys and values of a column as it is stored: translated fields would ask their language."""
    quote = connection.ops.quote_name
    column, pk = quote(field.column), quote(model._meta.pk.column)
    table, where = quote(model._meta.db_table), condition.format(column=column)
    query = f"SELECT {pk}, {column} FROM {table} WHERE {where} LIMIT {MOST}"  # noqa: S608 - our own
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def _all(model: Any) -> Any:
    return model._base_manager.order_by("pk")
