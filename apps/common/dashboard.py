"""Open work on the first page of the back office: apps register what they want shown there.

A provider is asked on every visit; it answers for the person of the request, with rows that person
may see, by one cheap statement, or with None when it has nothing to say to them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.functional import Promise

from apps.common import replica

Text = str | Promise


@dataclass(frozen=True)
class Tile:
    """One figure with its meaning, and where to go from it."""

    label: Text
    value: Text | int
    url: str = ""
    tone: str = "neutral"
    hint: Text = ""


@dataclass(frozen=True)
class Series:
    """One row of values of a chart, in the order of its labels; tones colour single bars."""

    label: Text
    values: list[float]
    tone: str = ""
    tones: list[str] = field(default_factory=list)
    places: int = 0  # decimals people read


@dataclass(frozen=True)
class Chart:
    """A figure and a table: `bar` has things beside their names, `column` goes with time."""

    key: str
    title: Text
    kind: str
    labels: list[str]
    series: list[Series]

    @property
    def data_id(self) -> str:
        """The id of the JSON block the browser draws from."""
        return f"chart-{self.key}"

    @property
    def data(self) -> dict[str, Any]:
        """What the browser draws from."""
        return asdict(self)

    @property
    def rows(self) -> list[tuple[str, list[str]]]:
        """The same as a table: a label and its value in each series, as people write it."""
        columns = [
            [number_format(value, series.places, force_grouping=True) for value in series.values]
            for series in self.series
        ]
        return [(label, list(values)) for label, *values in zip(self.labels, *columns, strict=True)]


TileProvider = Callable[[HttpRequest], Tile | None]
ChartProvider = Callable[[HttpRequest], Chart | None]

_tiles: list[tuple[int, TileProvider]] = []
_charts: list[tuple[int, ChartProvider]] = []


def register(provider: TileProvider, *, order: int = 100) -> TileProvider:
    """Show a tile; lower orders stand first. Registering again changes nothing."""
    _add(_tiles, provider, order)
    return provider


def register_chart(provider: ChartProvider, *, order: int = 100) -> ChartProvider:
    """Show a chart; lower orders stand first. Registering again changes nothing."""
    _add(_charts, provider, order)
    return provider


def tiles(request: HttpRequest) -> list[Tile]:
    """The tiles for the person of the request."""
    return replica.read(
        lambda: [tile for _, provider in _tiles if (tile := provider(request)) is not None]
    )


def charts(request: HttpRequest) -> list[Chart]:
    """The charts for the person of the request."""
    return replica.read(
        lambda: [chart for _, provider in _charts if (chart := provider(request)) is not None]
    )


def _add(registry: list[tuple[int, Any]], provider: Any, order: int) -> None:
    if all(known is not provider for _, known in registry):
        registry.append((order, provider))
        registry.sort(key=lambda entry: entry[0])
