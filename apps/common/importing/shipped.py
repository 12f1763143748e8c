"""The mappings every installation starts with: fixtures/mappings/*.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from apps.common.importing import mappings
from apps.common.importing.kinds import kind_named
from apps.common.models import ImportMapping
from apps.common.shipped import Outcome


def shipped() -> Iterator[dict[str, Any]]:
    """The mappings as they are shipped, checked. Raises InvalidInputError for a wrong one."""
    for path in sorted((Path(settings.BASE_DIR) / "fixtures" / "mappings").glob("*.toml")):
        said = tomllib.loads(path.read_text(encoding="utf-8"))
        said.setdefault("options", {})
        mappings.read(kind_named(said["kind"]), said["columns"], said["options"])
        yield said


@transaction.atomic
def set_up(*, dry_run: bool = False) -> Outcome:
    """Create the mappings that are missing; what somebody changed since is theirs."""
    done = Outcome()
    existing = {mapping.name: mapping for mapping in ImportMapping.objects.all()}
    for said in shipped():
        mapping = existing.get(said["name"])
        if mapping is None:
            if not dry_run:
                ImportMapping.objects.create(**said)
            done.created.append(said["name"])
        elif any(getattr(mapping, name) != value for name, value in said.items()):
            done.kept.append(said["name"])
        else:
            done.unchanged += 1
    return done
