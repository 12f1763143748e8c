"""Checks of records that Django leaves to forms or asks the database about, one by one."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

Errors = dict[str, list[str]]


def field_errors(instance: models.Model, *, exclude: tuple[str, ...] = ()) -> Errors:
    """What the fields and `clean()` of a record refuse, by field, without a single statement.

    Records it points at and constraints are left to the database; long texts, whose length Django
    checks in forms only, are counted here.
    """
    related = [f.name for f in instance._meta.concrete_fields if f.is_relation]
    errors: Errors = {}
    try:
        instance.full_clean(
            exclude=[*related, *exclude], validate_unique=False, validate_constraints=False
        )
    except ValidationError as error:
        errors = {name: [str(m) for m in found] for name, found in error.message_dict.items()}
    return errors | _long_texts(instance)


def _long_texts(instance: Any) -> Errors:
    errors: Errors = {}
    for field in instance._meta.concrete_fields:
        if isinstance(field, models.TextField) and field.max_length:
            length = len(getattr(instance, field.attname) or "")
            if length > field.max_length:
                errors[field.name] = [
                    _("The text has %(count)s characters, %(limit)s are allowed.")
                    % {"count": length, "limit": field.max_length}
                ]
    return errors
