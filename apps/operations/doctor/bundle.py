"""What somebody far away needs to help: how it is set up and what it says, and no secret."""

from __future__ import annotations

import json
import platform
import re
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import Error
from django.db.migrations.recorder import MigrationRecorder

from apps.common.redaction import HIDDEN, redacted
from apps.operations.backup.version import app_version
from apps.operations.doctor import answers
from apps.operations.doctor.tables import shape
from apps.operations.doctor.topics import MODULES
from apps.operations.metrics import gauges
from apps.operations.short_connection import short_transaction

LOG_BYTES = 512 * 1024
PRIVATE = re.compile(r"secret|key|token|password|databases|mailers|caches|sentry", re.IGNORECASE)


def parts() -> Iterator[tuple[str, str]]:
    """Each file of the bundle with its text; every text loses its secrets before it is written."""
    about = {"version": app_version(), "python": platform.python_version()}
    about |= {"system": platform.platform(), "looks_at": str(len(MODULES))}
    yield "about.json", _json(about)
    yield "packages.json", _json({one.name: one.version for one in metadata.distributions()})
    yield "settings.json", _json(dict(_settings()))
    yield "checks.json", _json([_checked(one, answer) for one, answer in answers.run()])
    yield "migrations.json", _json(_migrations())
    yield "database.json", _json(shape())
    yield "metrics.json", _json([(m.name, label, value) for m, label, value in _figures()])
    yield "log.txt", redacted(_log())


def write(path: Path) -> list[str]:
    """Write the bundle, readable by its owner only; says what is in it."""
    names = []
    path.touch(mode=0o600, exist_ok=False)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, text in parts():
            bundle.writestr(name, text)
            names.append(name)
    return names


def _settings() -> Iterator[tuple[str, Any]]:
    """Every setting by its name; what may hold a secret is not shown at all."""
    for name in sorted(dir(settings)):
        if name.isupper():
            value = getattr(settings, name)
            shown = name != "OPERATING" and not PRIVATE.search(name)
            yield name, redacted(str(value)) if shown else HIDDEN


def _checked(one: answers.Check, answer: answers.Answer) -> dict[str, Any]:
    figures = {"state": answer.state, "cause": answer.cause, "said": answer.said}
    return {"name": one.name, **figures, "figures": answer.figures}


def _migrations() -> list[str]:
    try:
        with short_transaction() as wrapper:
            return sorted(".".join(key) for key in MigrationRecorder(wrapper).applied_migrations())
    except Error:
        return []


def _figures() -> list[gauges.Reading]:
    return [*gauges.of_database(), *((metric, "", value) for metric, value in gauges.of_process())]


def _log() -> str:
    """The newest lines of the log, where it goes to a file."""
    path = Path(settings.OPERATING.log_file or "-")
    if not settings.OPERATING.log_file or not path.is_file():
        return "The log goes to the journal: journalctl -u erp-web --since -1h\n"
    with path.open("rb") as source:
        source.seek(max(0, path.stat().st_size - LOG_BYTES))
        return source.read().decode("utf-8", "replace")


def _json(data: Any) -> str:
    return json.dumps(_clean(data), ensure_ascii=False, indent=1)


def _clean(data: Any) -> Any:
    """Every text by itself without secrets: taken out of the whole, quotes would go with them."""
    if isinstance(data, dict):
        return {str(name): _clean(value) for name, value in data.items()}
    if isinstance(data, list | tuple):
        return [_clean(value) for value in data]
    return data if isinstance(data, bool | int | float | None) else redacted(str(data))
