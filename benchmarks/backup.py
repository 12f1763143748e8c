"""What a backup of 100,000 requisitions costs: made, restored, compared, checked.

Fills a throw-away database of each kind by bulk inserts (REQUISITIONS of three lines each, with the
history the audit would have), backs it up, restores it, compares and runs every check. The bar:
backup, restore and comparison together take less than ten minutes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
REQUISITIONS = int(os.environ.get("REQUISITIONS", "100000"))
BATCH = 2000
BAR = 600.0
LINES = 3


def fill(count: int) -> None:
    """Load so many submitted and closed requisitions with lines, history and their numbers."""
    from django.contrib.contenttypes.models import ContentType
    from django.utils import timezone

    from apps.accounts.models import User
    from apps.budgets.models import CostCentre
    from apps.catalog.models import Currency, Unit
    from apps.common.models import NumberSequence
    from apps.requisitions.models import Requisition

    cost_centre = CostCentre.objects.select_related("department").order_by("pk")[0]
    now = timezone.now()
    common = {
        "requester": User.objects.get(username="engineer"),
        "department": cost_centre.department,
        "cost_centre": cost_centre,
        "currency": Currency.objects.get(code="CNY"),
        "exchange_rate": 1,
        "status": "closed",
        "submitted_at": now,
        "closed_at": now,
    }
    kind = ContentType.objects.get_for_model(Requisition)
    unit = Unit.objects.get(code="C62")
    sequence = NumberSequence.objects.create(kind="requisition", year=2020, prefix="PR")
    for start in range(1, count + 1, BATCH):
        numbers = range(start, min(start + BATCH, count + 1))
        load(numbers, common, kind, unit)
    NumberSequence.objects.filter(pk=sequence.pk).update(next_value=count + 1)
    Requisition.objects.filter(number__startswith="PR-2020-").update(
        created_at=now - timedelta(days=1)
    )


def load(numbers: range, common: dict[str, Any], kind: Any, unit: Any) -> None:
    """One batch: headers, lines, and what the history would say of them."""
    from auditlog import get_logentry_model
    from django.db import transaction

    from apps.requisitions.models import Requisition, RequisitionLine

    entry_model = get_logentry_model()
    with transaction.atomic():
        documents = Requisition.objects.bulk_create(
            Requisition(
                number=f"PR-2020-{number:05d}",
                title=f"Bench {number} 采购",
                estimated_total=total_of(number),
                base_total=total_of(number),
                **common,
            )
            for number in numbers
        )
        lines = lines_of(zip(numbers, documents, strict=True), unit)
        RequisitionLine.objects.bulk_create(lines, batch_size=BATCH)
        entry_model.objects.bulk_create(
            entry_model(
                content_type=kind,
                object_pk=str(document.pk),
                object_id=document.pk,
                object_repr=str(document),
                action=1,
                event="requisition.close",
                changes={"status": ["approved", "closed"]},
                actor_name="bench",
            )
            for document in documents
        )


def figures_of(number: int) -> list[tuple[int, int, int]]:
    """Line number, quantity and price of each line of a requisition."""
    return [(line, number % 90 + line, 10 * line) for line in range(1, LINES + 1)]


def total_of(number: int) -> int:
    """What the lines of a requisition come to."""
    return sum(quantity * price for _line, quantity, price in figures_of(number))


def lines_of(documents: Iterable[tuple[int, Any]], unit: Any) -> Iterator[Any]:
    """The lines of each document."""
    from apps.requisitions.models import RequisitionLine

    for number, document in documents:
        for line_no, quantity, price in figures_of(number):
            yield RequisitionLine(
                requisition=document,
                line_no=line_no,
                description=f"Thing {number}.{line_no}",
                quantity=quantity,
                estimated_price=price,
                amount=quantity * price,
                unit=unit,
            )


@contextmanager
def timed(report: dict[str, Any], name: str) -> Iterator[None]:
    """Take the time of a block."""
    begun = time.perf_counter()
    yield
    report[name] = round(time.perf_counter() - begun, 1)


def measure() -> dict[str, Any]:
    """Fill the database and measure each step."""
    from apps.common import integrity
    from apps.operations.backup import making, rehearsal, restoring
    from apps.operations.backup.steps import Steps

    report: dict[str, Any] = {}
    with timed(report, "fill"):
        fill(REQUISITIONS)
    with timed(report, "backup"):
        made = making.make()
    steps = Steps()
    restored = restoring.restore(made.path, making.ours(), steps=steps)
    restored.remove()
    report |= dict(steps.done)
    report["size_mb"] = round(made.size / 2**20, 1)
    seconds: dict[str, float] = {}
    findings = 0
    with timed(report, "verify"):
        begun = time.perf_counter()
        for check, found in integrity.run():
            took = time.perf_counter() - begun
            seconds[check.name] = round(seconds.get(check.name, 0) + took, 1)
            findings += len(found)
            begun = time.perf_counter()
    report["verify_by_check"] = seconds
    report["findings"] = findings
    for scenario in rehearsal.LIMITS:
        run = rehearsal.rehearse(scenario)
        report[f"drill_{scenario}"] = float(str(run.seconds))
        report[f"drill_{scenario}_passed"] = run.has_passed or run.error
    return report


def child() -> None:
    """Set the database up, measure, print JSON."""
    import django
    from django.core.management import call_command

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "erp.settings")
    django.setup()
    from django.conf import settings

    call_command("migrate", verbosity=0)
    call_command("erp_seed", without_documents=True, verbosity=0, stdout=sys.stderr)
    settings.DEBUG = False  # Django keeps no list of statements then
    sys.stdout.write(json.dumps(measure()))


def show(database: str, url: str, folder: str) -> bool:
    """Measure in a process of its own, print the figures, and tell whether the bar is kept."""
    from cryptography.fernet import Fernet

    environment = {
        **os.environ,
        "ERP_DEBUG": "1",
        "DATABASE_URL": url,
        "ERP_BACKUP_DIR": f"{folder}/backups",
        "ERP_BACKUP_KEY": Fernet.generate_key().decode(),
        "ERP_MEDIA_ROOT": f"{folder}/media",
        "ERP_LOG_LEVEL": "WARNING",
    }
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.backup", "child"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    report = json.loads(done.stdout)
    total = sum(report[name] for name in ("backup", "check", "restore", "compare"))
    print(f"\n{database}: {REQUISITIONS} requisitions, {LINES} lines each")
    for name, value in report.items():
        print(f"  {name:<24}{value}")
    verdict = "kept" if total < BAR else "MISSED"
    print(f"  backup + restore + compare: {total:.1f} s (bar {BAR:.0f} s): {verdict}")
    return total < BAR


def main() -> None:
    """Measure on each database there is."""
    from tests.postgres import Cluster, available

    with tempfile.TemporaryDirectory() as folder:
        kept = show("SQLite", f"sqlite:///{folder}/bench.sqlite3", folder)
    missing = available()
    if missing:
        print(f"\nPostgreSQL: skipped ({missing})")
        sys.exit(not kept)
    cluster = Cluster.start(durable=True)
    try:
        with tempfile.TemporaryDirectory() as folder:
            kept &= show("PostgreSQL", cluster.url, folder)
    finally:
        cluster.stop()
    sys.exit(not kept)


if __name__ == "__main__":
    child() if sys.argv[1:] == ["child"] else main()
