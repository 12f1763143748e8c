"""The machine: processor, memory, disks, network. Rates are measured between two looks."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
from django.conf import settings
from django.db import connection

from apps.operations.metrics import names
from apps.operations.metrics.names import Metric

type Reading = tuple[Metric, str, float]

ASSUMED_BITS_PER_SECOND = 1_000_000_000
FIRST_LOOK_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Look:
    """Counters of the machine at one moment; what is missing on a machine is 0."""

    at: float
    cpu_busy: float
    cpu_all: float
    disk_read: int
    disk_written: int
    disk_busy: float
    received: int
    sent: int


class Host:
    """Remembers the last look of its asker, so that each asker gets rates of its own span."""

    def __init__(self) -> None:
        self._last: Look | None = None

    def readings(self) -> Iterator[Reading]:
        """Everything about the machine now."""
        if self._last is None:
            self._last = look()
            time.sleep(FIRST_LOOK_SECONDS)
        before, self._last = self._last, look()
        yield from ((metric, "", value) for metric, value in _rates(before, self._last))
        yield names.HOST_MEMORY, "", psutil.virtual_memory().percent / 100
        yield names.HOST_LOAD, "", psutil.getloadavg()[0]
        for label, folder in watched_folders().items():
            usage = psutil.disk_usage(str(folder))
            yield names.HOST_DISK, label, usage.percent / 100
            yield names.HOST_DISK_FREE, label, float(usage.free)


def look() -> Look:
    """Read the counters."""
    cpu, disk = psutil.cpu_times(), psutil.disk_io_counters()
    links = [link for name, link in psutil.net_io_counters(pernic=True).items() if name != "lo"]
    waiting = cpu.idle + getattr(cpu, "iowait", 0.0)
    return Look(
        at=time.monotonic(),
        cpu_busy=_whole(cpu) - waiting,
        cpu_all=_whole(cpu),
        disk_read=disk.read_bytes if disk else 0,
        disk_written=disk.write_bytes if disk else 0,
        disk_busy=getattr(disk, "busy_time", 0) / 1000 if disk else 0.0,
        received=sum(link.bytes_recv for link in links),
        sent=sum(link.bytes_sent for link in links),
    )


def watched_folders() -> dict[str, Path]:
    """The folders whose disks must not fill up, by what they hold; the nearest one that is there.

    `data` holds attachments, and the database where that is a file; `backups` holds backups.
    """
    database = settings.DATABASES["default"]
    holds_file = connection.vendor == "sqlite"
    data = Path(str(database["NAME"])).absolute().parent if holds_file else settings.MEDIA_ROOT
    folders = {"data": Path(data), "backups": Path(settings.OPERATING.backup_dir)}
    return {
        label: next(path for path in (folder, *folder.parents) if path.exists())
        for label, folder in folders.items()
    }


def _whole(cpu: object) -> float:
    """All processor time; on Linux that of guests is in that of users already."""
    parts = cpu._asdict()  # type: ignore[attr-defined]  # a named tuple
    return float(sum(v for k, v in parts.items() if not k.startswith("guest")))


def _rates(before: Look, now: Look) -> Iterator[tuple[Metric, float]]:
    span = max(now.at - before.at, 0.001)
    received, sent = (now.received - before.received) / span, (now.sent - before.sent) / span
    cpu = now.cpu_all - before.cpu_all
    yield names.HOST_CPU, _share((now.cpu_busy - before.cpu_busy) / cpu if cpu > 0 else 0.0)
    yield names.HOST_DISK_READ, (now.disk_read - before.disk_read) / span
    yield names.HOST_DISK_WRITTEN, (now.disk_written - before.disk_written) / span
    yield names.HOST_DISK_BUSY, _share((now.disk_busy - before.disk_busy) / span)
    yield names.HOST_NETWORK_IN, received
    yield names.HOST_NETWORK_OUT, sent
    yield names.HOST_NETWORK, _share(max(received, sent) * 8 / _bits_per_second())


def _bits_per_second() -> int:
    """What the fastest link carries in one direction."""
    speeds = [link.speed for link in psutil.net_if_stats().values() if link.isup]
    return max(speeds, default=0) * 1_000_000 or ASSUMED_BITS_PER_SECOND


def _share(value: float) -> float:
    """Counters of a machine are read one after another; a share stays one all the same."""
    return min(1.0, max(0.0, value))
