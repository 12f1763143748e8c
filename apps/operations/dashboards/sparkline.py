"""A line without axes: points for an SVG, made here because pages allow no inline styles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, MARGIN = 160.0, 36.0, 3.0


@dataclass(frozen=True)
class Sparkline:
    """Pieces of a line; where nothing was measured there is a gap, and a lone value is a dot."""

    lines: list[str]
    areas: list[str]
    dots: list[tuple[str, str]]
    width: int = int(WIDTH)
    height: int = int(HEIGHT)


def draw(values: Sequence[float | None], *, from_zero: bool = True) -> Sparkline | None:
    """The line of these values; None when there is not even one.

    It begins at zero, so that what is small looks small; shares near one do not, or no loss of
    them would be seen.
    """
    known = [value for value in values if value is not None]
    if not known:
        return None
    least, most = min(known), max(known)
    if from_zero:
        least, most = min(0.0, least), max(0.0, most)
    runs = _runs(values)
    lines = [run for run in runs if len(run) > 1]
    at = [[_point(x, y, len(values), least, most) for x, y in run] for run in lines]
    lone = [_point(*run[0], len(values), least, most) for run in runs if len(run) == 1]
    floor = f"{HEIGHT - 1:g}"
    return Sparkline(
        lines=[" ".join(f"{x},{y}" for x, y in run) for run in at],
        areas=[
            " ".join(
                [f"{run[0][0]},{floor}", *(f"{x},{y}" for x, y in run), f"{run[-1][0]},{floor}"]
            )
            for run in at
        ],
        dots=lone,
    )


def _runs(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """Neighbours that were measured, together."""
    runs: list[list[tuple[int, float]]] = []
    before: float | None = None
    for place, value in enumerate(values):
        if value is not None:
            if before is None:
                runs.append([])
            runs[-1].append((place, value))
        before = value
    return runs


def _point(place: int, value: float, number: int, least: float, most: float) -> tuple[str, str]:
    """Signs a browser reads the same in every language."""
    x = MARGIN + (WIDTH - 2 * MARGIN) * place / max(1, number - 1)
    span = most - least
    height = (value - least) / span if span else 0.5 * bool(value)
    y = HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * height
    return f"{x:.1f}", f"{y:.1f}"
