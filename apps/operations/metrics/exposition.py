"""What Prometheus gets: the figures of all processes of this machine, and what is looked at now.

A process that has ended must not take its counts along, or sums would fall and a rate would leap:
its files are added to one that belongs to nobody, and removed.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from apps.common.numbers import whole_number
from apps.operations.metrics import gauges
from apps.operations.metrics.host import Host
from apps.operations.metrics.instruments import FOLDER, library, registry, shares_files

NOBODY = 0  # no process of ours has this number
OPENMETRICS = "application/openmetrics-text"

_host = Host()


def exposition(accepts: str) -> tuple[bytes, str]:
    """Everything as text, and its content type; OpenMetrics unless the older form is asked for."""
    made = library()
    wanted = accepts if "text/plain" in accepts else f"{OPENMETRICS}; version=1.0.0"
    encode, content_type = made.exposition.choose_encoder(wanted)
    everything = made.CollectorRegistry()
    if not shares_files():
        return encode(_Several([registry(), Looked()])), content_type
    folder = Path(os.environ[FOLDER])
    everything.register(Looked())
    with locked(folder):
        sweep(folder)
        multiprocess().MultiProcessCollector(everything, path=str(folder))
        return encode(everything), content_type


class Looked:
    """The gauges that are read at the moment somebody asks."""

    def describe(self) -> list[Any]:
        """Nothing is read only to be registered."""
        return []

    def collect(self) -> Iterator[Any]:
        """All of them, each family once."""
        from prometheus_client.core import GaugeMetricFamily

        families: dict[str, Any] = {}
        looked = (*_host.readings(), *gauges.of_database(), *gauges.of_records())
        for metric, label, value in looked:
            if metric.name not in families:
                families[metric.name] = GaugeMetricFamily(
                    metric.name, metric.help, labels=metric.labels
                )
            families[metric.name].add_metric([label] if metric.labels else [], value)
        yield from families.values()


class _Several:
    """Several sources as one, for a process that counts alone."""

    def __init__(self, sources: list[Any]) -> None:
        self.sources = sources

    def collect(self) -> Iterator[Any]:
        """What all of them have."""
        for source in self.sources:
            yield from source.collect()


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One process at a time moves files; the lock goes with whoever held it."""
    with (folder / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def sweep(folder: Path) -> int:
    """Take over what ended processes counted; returns how many files. Must hold the lock."""
    files = multiprocess().MmapedDict
    swept = 0
    for path in sorted(folder.glob("*.db")):
        kind, _sign, number = path.stem.rpartition("_")
        process = whole_number(number)
        if process in {None, NOBODY} or psutil.pid_exists(process):
            continue
        if not kind.startswith("gauge"):
            kept = files(str(folder / f"{kind}_{NOBODY}.db"))
            for key, value, _stamp, _place in files.read_all_values_from_file(str(path)):
                kept.write_value(key, kept.read_value(key)[0] + value, 0.0)
            kept.close()
        path.unlink()
        swept += 1
    return swept


def multiprocess() -> Any:
    """The part of the library about files: without types, and not to be imported first."""
    library()
    from prometheus_client import multiprocess as part

    return part
