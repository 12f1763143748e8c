"""What has happened in this process and is not in the store yet, by metric, label and minute.

Adding costs about a microsecond and waits for nobody. The minute is that of the event, so it does
not matter how late the tally is written away.
"""

from __future__ import annotations

import threading
import time
from bisect import bisect_left
from dataclasses import dataclass, field

from apps.operations.metrics.names import Kind, Metric

MINUTE = 60
HOUR = 3600
LONGEST_LABEL = 160
MOST_ROWS = 5000  # some hours of a system whose database is away

type Key = tuple[str, str, int]  # metric, label, beginning of the minute as seconds of the epoch


@dataclass(slots=True)
class Row:
    """Measurements added up."""

    count: int = 0
    total: float = 0.0
    minimum: float = 0.0
    maximum: float = 0.0
    buckets: list[int] = field(default_factory=list)

    def add(self, value: float, edges: tuple[float, ...]) -> None:
        """Add one measurement; a value on an edge belongs below it, as with Prometheus."""
        self.minimum = value if not self.count else min(self.minimum, value)
        self.maximum = value if not self.count else max(self.maximum, value)
        self.count += 1
        self.total += value
        if edges:
            place = bisect_left(edges, value)
            self.buckets.extend([0] * (place + 1 - len(self.buckets)))
            self.buckets[place] += 1

    def merge(self, other: Row) -> None:
        """Add the measurements of another row."""
        if not other.count:
            return
        self.minimum = other.minimum if not self.count else min(self.minimum, other.minimum)
        self.maximum = other.maximum if not self.count else max(self.maximum, other.maximum)
        self.count += other.count
        self.total += other.total
        self.buckets.extend([0] * (len(other.buckets) - len(self.buckets)))
        for place, number in enumerate(other.buckets):
            self.buckets[place] += number


class Tally:
    """Rows of one process, shared by its threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: dict[Key, Row] = {}

    def add(self, metric: Metric, value: float, label: str = "", now: float | None = None) -> None:
        """Add one measurement to the whole, and to its label where the metric is kept by one."""
        seconds = int(time.time() if now is None else now)
        minute = seconds - seconds % MINUTE
        with self._lock:
            self._row((metric.name, "", minute)).add(value, metric.buckets)
            if label and metric.by:
                span = HOUR if metric.kind is Kind.HISTOGRAM else MINUTE
                key = (metric.name, label[:LONGEST_LABEL], seconds - seconds % span)
                self._row(key).add(value, metric.buckets)

    def _row(self, key: Key) -> Row:
        row = self._rows.get(key)
        if row is None:
            if len(self._rows) >= MOST_ROWS:  # rather lose the oldest than the memory
                del self._rows[min(self._rows, key=lambda known: known[2])]
            row = self._rows[key] = Row()
        return row

    def take(self) -> dict[Key, Row]:
        """Take everything out."""
        with self._lock:
            rows, self._rows = self._rows, {}
        return rows

    def put_back(self, rows: dict[Key, Row]) -> None:
        """Take back what could not be written."""
        with self._lock:
            for key, row in rows.items():
                self._row(key).merge(row)


tally = Tally()
