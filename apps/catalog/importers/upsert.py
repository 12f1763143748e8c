"""Writing rows as records: new ones made, known ones changed, in few statements, all in history."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.catalog import policies
from apps.common import events
from apps.common.importing.kinds import ImportWork, Outcome, ParsedRow

CHUNK = 500
Resolve = Callable[[ParsedRow, dict[str, Any]], list[Any]]


@dataclass
class Change:
    """A known record with what it was before."""

    record: Any
    before: dict[str, Any]


@dataclass
class Upsert:
    """One batch of rows of one model, found by `code`.

    A blank cell leaves what is there. A code that comes twice in a file is refused the second time:
    which of the two is meant cannot be known.
    """

    model: type[models.Model]
    work: ImportWork
    outcome: Outcome = field(default_factory=Outcome)
    new: list[Any] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)

    def read(self, rows: Sequence[ParsedRow], resolve: Resolve) -> None:
        """Turn rows into new and changed records; what is wrong goes to the outcome."""
        existing = self._existing(rows)
        seen: set[str] = self.work.memory.setdefault("codes", set())
        for row in rows:
            code = row.values["code"]
            if code in seen:
                message = _("The code “%(code)s” comes twice in the file.") % {"code": code}
                self.outcome.errors.append(row.error("code", "repeated_code", message))
                continue
            seen.add(code)
            values = {name: value for name, value in row.values.items() if value is not None}
            errors = resolve(row, values)
            if not errors:
                errors = self._take(row, existing.get(code), values)
            self.outcome.errors += errors

    def write(self) -> None:
        """Write what was read, with its history."""
        self.create(self.new)
        names = self._columns()
        records = [change.record for change in self.changed]
        for start in range(0, len(records), CHUNK):
            self.model._default_manager.bulk_update(records[start : start + CHUNK], names)
        kind = self.model._meta.model_name
        events.record(
            *(
                events.Record(
                    change.record,
                    events.Action.UPDATE,
                    f"{kind}.imported",
                    events.difference(change.before, events.snapshot(change.record)),
                    data={"file": self.work.file_name},
                    actor=self.work.by,
                )
                for change in self.changed
            )
        )
        self.outcome.updated += len(records)

    def create(self, records: Sequence[Any]) -> None:
        """Write new records, with their history."""
        self.model._default_manager.bulk_create(records, batch_size=CHUNK)
        kind = self.model._meta.model_name
        events.record(*events.created(records, f"{kind}.imported", file=self.work.file_name))
        self.outcome.created += len(records)

    def _existing(self, rows: Sequence[ParsedRow]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        codes = [row.values["code"] for row in rows]
        for start in range(0, len(codes), CHUNK):
            records: Any = self.model._default_manager.select_for_update(of=("self",)).order_by(
                "pk"
            )
            some = records.filter(code__in=codes[start : start + CHUNK])
            found |= {record.code: record for record in some}
        return found

    def _take(self, row: ParsedRow, record: Any, values: Mapping[str, Any]) -> list[Any]:
        """Set the values on a new or a known record and check them."""
        by = self.work.by
        if record is None:
            record = self.model(**values, created_by=by, updated_by=by)
            errors = self._errors(row, record)
            if not errors:
                self.new.append(record)
            return errors
        before = events.snapshot(record)
        for name, value in values.items():
            setattr(record, name, value)
        if not events.difference(before, events.snapshot(record)):
            self.outcome.unchanged += 1
            return []
        if not policies.may_change(by, self.model):
            message = _("You may add records but not change those that are there.")
            return [row.error("code", "not_permitted", message)]
        errors = self._errors(row, record)
        if not errors:
            record.updated_by, record.updated_at = by, timezone.now()
            if hasattr(record, "version"):
                record.version += 1
            self.changed.append(Change(record, before))
        return errors

    def _errors(self, row: ParsedRow, record: Any) -> list[Any]:
        """What the model itself has against the values. References were looked up already."""
        related = [f.name for f in self.model._meta.concrete_fields if f.is_relation]
        try:
            record.clean_fields(exclude=related)
        except ValidationError as error:
            return [
                row.error("name_en" if name == "name" else name, "invalid", message)
                for name, messages in error.message_dict.items()
                for message in messages
            ]
        return []

    def _columns(self) -> list[str]:
        kept = {"id", "code", "created_at", "created_by", "status"}
        return [f.name for f in self.model._meta.concrete_fields if f.name not in kept]
