"""Conditions that are written once and asked with other values ever after.

Who may see or decide what is asked of the database at every call, in conditions of some thousand
characters. Django takes far longer to write such a condition than the database to answer it, and
writes the same one every time. Here it is written by the ORM, once per process, and kept as text;
only values and the row it is asked about change.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.db import connections, models, router
from django.db.models.expressions import Combinable
from django.db.models.sql import Query

ALIAS = re.compile(r'"([A-Z]+\d+)"')


class Slot(models.Expression):
    """A place for a value that is given when the condition is asked."""

    def __init__(self, name: str, output_field: models.Field[Any, Any]) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """A placeholder, and itself as the one to be replaced."""
        return "%s", (self,)

    def value(self, values: Mapping[str, Any], connection: Any) -> Any:
        """What the driver gets in its place."""
        return self.output_field.get_db_prep_value(values[self.name], connection)


class Outer(models.Expression):
    """A column of the row the condition is asked about."""

    def __init__(self, name: str, output_field: models.Field[Any, Any]) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    @property
    def mark(self) -> str:
        """What stands in the text until the column is known."""
        return f"<outer {self.name}>"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """The mark."""
        return self.mark, ()


PERSON = Slot("person", models.BigIntegerField())
NOW = Slot("now", models.DateTimeField())


class Shape:
    """One condition on the rows of a model, as text.

    `build` gives it with slots for values and `Outer` for the columns named in `outers`.
    """

    shapes: ClassVar[dict[str, Shape]] = {}

    def __init__(self, name: str, build: Callable[[], Any], outers: tuple[str, ...]) -> None:
        if name in self.shapes:
            raise ValueError(f"there are two shapes {name}")
        self.shapes[name] = self
        self.name, self.build, self.outers = name, build, outers
        self._texts: dict[str, tuple[str, list[Any]]] = {}

    def text(self, connection: Any) -> tuple[str, list[Any]]:
        """The SQL with marks, and the parameters with slots among them."""
        found = self._texts.get(connection.vendor)
        if found is None:
            found = self._texts[connection.vendor] = self._written(connection)
        return found

    def _written(self, connection: Any) -> tuple[str, list[Any]]:
        """Let the ORM write it, with aliases nobody around it uses."""
        from django.contrib.contenttypes.models import ContentType

        # A query is needed to resolve in; nothing of it but the connection gets into the text.
        query = Query(ContentType)
        compiler = query.get_compiler(connection=connection)
        sql, parameters = compiler.compile(self.build().resolve_expression(query))
        return ALIAS.sub(rf'"{self.name}_\1"', sql), list(parameters)

    def asked(self, **values: Any) -> Condition:
        """The condition with these values."""
        return Condition(self.name, tuple(values.items()), *self.outers)


class Statement:
    """A question that is asked at every call, as text: `build` gives its queryset, with slots."""

    def __init__(self, build: Callable[[], models.QuerySet[Any, Any]]) -> None:
        self.build = build
        self._texts: dict[str, tuple[str, list[Any]]] = {}

    def ask(self, model: type[models.Model], **values: Any) -> tuple[str, list[Any], str]:
        """The SQL, its parameters, and the database where this model is read."""
        alias = router.db_for_read(model)
        connection = connections[alias]
        found = self._texts.get(connection.vendor)
        if found is None:
            sql, parameters = self.build().query.get_compiler(connection=connection).as_sql()
            found = self._texts[connection.vendor] = (sql, list(parameters))
        sql, parameters = found
        return sql, [_given(p, values, connection) for p in parameters], alias

    def rows(self, model: type[models.Model], **values: Any) -> list[Any]:
        """The rows as the driver gives them; for columns that need no reading by a field."""
        sql, parameters, alias = self.ask(model, **values)
        with connections[alias].cursor() as cursor:
            cursor.execute(sql, parameters)
            return list(cursor.fetchall())

    def first[M: models.Model](self, model: type[M], **values: Any) -> M | None:
        """The first record."""
        sql, parameters, alias = self.ask(model, **values)
        return next(iter(model._default_manager.using(alias).raw(sql, parameters)), None)


def _given(parameter: Any, values: Mapping[str, Any], connection: Any) -> Any:
    return parameter.value(values, connection) if isinstance(parameter, Slot) else parameter


class Condition(models.Expression):
    """A prepared condition, used like any other in filters and annotations."""

    conditional = True

    def __init__(self, shape: str, values: tuple[tuple[str, Any], ...], *outers: Any) -> None:
        super().__init__(output_field=models.BooleanField())
        self.shape, self.values = Shape.shapes[shape], values
        self.columns: list[Any] = [
            outer if isinstance(outer, Combinable) else models.F(outer) for outer in outers
        ]

    def get_source_expressions(self) -> list[Any]:
        """The columns it is asked about; they move with the query it stands in."""
        return self.columns

    def set_source_expressions(self, exprs: Any) -> None:
        """See `get_source_expressions`."""
        self.columns = list(exprs)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """The text with columns and values put in."""
        sql, parameters = self.shape.text(connection)
        for name, column in zip(self.shape.outers, self.columns, strict=True):
            written, more = compiler.compile(column)
            if more:
                raise ValueError(f"{name} has to be a column")
            sql = sql.replace(f"<outer {name}>", written)
        values = dict(self.values)
        return sql, tuple(_given(parameter, values, connection) for parameter in parameters)
