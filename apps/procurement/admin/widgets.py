"""Widgets of procurement's pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.admin.widgets import AutocompleteSelect

Group = tuple[str | None, list[dict[str, Any]], int | None]


class KnownSelect(AutocompleteSelect):
    """The admin's type-ahead, told the labels of what is chosen: no row looks up its own."""

    known: Mapping[str, str] = {}
    looks_up = True

    def optgroups(
        self, name: str, value: Sequence[str], attrs: dict[str, Any] | None = None
    ) -> list[Group]:
        """An empty choice and the chosen one; what is not known is looked up as usual."""
        chosen = [str(key) for key in value if str(key)]
        if self.looks_up and any(key not in self.known for key in chosen):
            found: list[Group] = super().optgroups(name, value, attrs)
            return found
        choices = [("", ""), *((key, self.known[key]) for key in chosen if key in self.known)]
        options = [
            self.create_option(name, key, label, key in chosen, index)
            for index, (key, label) in enumerate(choices)
        ]
        return [(None, options, 0)]
