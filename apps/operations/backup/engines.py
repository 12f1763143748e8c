"""What is asked of either database: one moment of it, a new one beside it, and the exchange."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from django.db import connection

from apps.operations.backup.postgres import Postgres
from apps.operations.backup.sqlite import Sqlite


class Engine(Protocol):
    """The database our settings name."""

    vendor: str

    def version(self) -> str: ...

    def size(self) -> int: ...

    def beside(self, word: str, stamp: str) -> str: ...

    def moment(self, scratch: Path) -> AbstractContextManager[Iterator[bytes]]: ...

    def exists(self, name: str | None = None) -> bool: ...

    def load(self, name: str, blocks: Iterable[bytes]) -> None: ...

    def drop(self, name: str) -> None: ...

    def family(self) -> list[str]: ...

    def sessions(self) -> list[str]: ...

    def stop_sessions(self) -> None: ...

    def welcome(self) -> None: ...

    def exchange(self, new: str, kept: str) -> None: ...


def current() -> Engine:
    """The engine of our database."""
    return Postgres() if connection.vendor == "postgresql" else Sqlite()
