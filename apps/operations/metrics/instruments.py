"""The instruments of prometheus_client, made from the list of names.

Several processes serve one machine, so each writes its figures to files in a folder of their own,
and whoever is asked adds them up. The library decides between files and memory when it is first
imported, which is why that happens here, and nowhere earlier.
"""

from __future__ import annotations

import logging
import os
import threading
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from apps.operations.metrics.names import METRICS, Kind, Metric

FOLDER = "PROMETHEUS_MULTIPROC_DIR"

_making = threading.RLock()
logger = logging.getLogger(__name__)


def choose_folder() -> None:
    """Name the folder before anybody imports the library; at start, when nothing else has."""
    os.environ[FOLDER] = str(settings.OPERATING.metrics_dir)


@cache
def library() -> Any:
    """Import the library, with its folder made."""
    try:
        folder = Path(os.environ[FOLDER])
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "lock").touch()
    except OSError:
        logger.warning("The folder of the metrics cannot be written: each process counts alone.")
        del os.environ[FOLDER]
    import prometheus_client

    return prometheus_client


def shares_files() -> bool:
    """Whether the processes of this machine are added up: the library knows what it chose."""
    return bool(library().values.ValueClass._multiprocess)  # noqa: SLF001  # it says so nowhere else


@cache
def registry() -> Any:
    """Holds the instruments of this process."""
    return library().CollectorRegistry()


def instrument(name: str) -> Any:
    """The instrument of a metric; made once, whichever thread comes first."""
    with _making:
        return _made(name)


@cache
def _made(name: str) -> Any:
    metric: Metric = METRICS[name]
    made = library()
    common = {"labelnames": metric.labels, "registry": registry()}
    if metric.kind is Kind.COUNTER:
        return made.Counter(metric.name, metric.help, **common)
    if metric.kind is Kind.HISTOGRAM:
        return made.Histogram(metric.name, metric.help, buckets=metric.buckets, **common)
    mode = "livesum" if metric.per_process else "mostrecent"
    return made.Gauge(metric.name, metric.help, multiprocess_mode=mode, **common)


@cache
def child(name: str, labels: tuple[str, ...]) -> Any:
    """The instrument for these values of its labels; looking it up each time costs more."""
    found = instrument(name)
    return found.labels(*labels) if labels else found
