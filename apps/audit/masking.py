"""What history must not show: that a secret changed is history, what it is stays out."""

from __future__ import annotations

from typing import Any

from django.db import models

MASKED = "••••••"
SECRETS = frozenset({"password", "account_number", "token", "secret"})


def mask(value: Any) -> str:
    """Hide a value, but not whether there was one."""
    return "" if value in ("", None, "None") else MASKED


def is_secret(name: str, field: models.Field[Any, Any] | None = None) -> bool:
    """Whether a field holds a secret, by its name or because it is encrypted at rest."""
    return name in SECRETS or type(field).__name__.startswith("Encrypted")


def secrets_of(model: type[models.Model]) -> list[str]:
    """The fields of a model that history masks."""
    return [field.name for field in model._meta.concrete_fields if is_secret(field.name, field)]
