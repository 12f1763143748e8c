"""From single calls to what one says about them, and whether it got worse."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

OPERATIONS = ("list", "read", "create", "approve")
WORSE = 1.20  # a fifth more than the baseline is a step back
SMALLEST = 20  # calls below which a percentile says nothing
# Beside an exact machine: what one user waited for Odoo and what fifty got through (docs).
ODOO = {"list": "13–17", "read": "11–17", "create": "80–146", "approve": "31–41"}
ODOO_MIX = "40–52"


def summary(calls: Sequence[Sequence[Any]], *, warm_up: float, seconds: float) -> dict[str, Any]:
    """Rates, percentiles and errors of the calls that ended after the warm-up."""
    counted = [call for call in calls if call[1] >= warm_up]
    lasted = max(0.001, min(seconds, max((call[1] for call in counted), default=0)) - warm_up)
    operations = {name: _row([c for c in counted if c[0] == name], lasted) for name in OPERATIONS}
    return {
        "operations": operations,
        "mix": _row([c for c in counted if c[0] in OPERATIONS], lasted),
        "seconds": round(lasted, 1),
    }


def _row(calls: Sequence[Sequence[Any]], lasted: float) -> dict[str, Any]:
    good = sorted(call[2] for call in calls if 200 <= call[3] < 400)
    failed = len(calls) - len(good)
    row: dict[str, Any] = {"calls": len(calls), "errors": failed, "per_second": 0.0}
    if len(good) > 1:
        row["per_second"] = round(len(good) / lasted, 1)
        row["p50_ms"] = round(statistics.median(good), 1)
        row["p95_ms"] = round(statistics.quantiles(good, n=20)[-1], 1)
    return row


def table(level: dict[str, Any]) -> str:
    """What one level of load looked like."""
    head = f"\n{level['users']} people, {level['seconds']} s, memory {level['rss_mb']} MB"
    head += f", processor of the server {level['cpu_ms_per_call']} ms a call\n"
    lines = [f"{'operation':<10}{'calls':>8}{'per s':>9}{'p50 ms':>10}{'p95 ms':>10}{'errors':>8}"]
    for name, row in (*level["operations"].items(), ("mix", level["mix"])):
        lines.append(
            f"{name:<10}{row['calls']:>8}{row['per_second']:>9}"
            f"{row.get('p50_ms', '–'):>10}{row.get('p95_ms', '–'):>10}{row['errors']:>8}"
        )
    return head + "\n".join(lines)


def regressions(now: dict[str, Any], before: dict[str, Any]) -> list[str]:
    """What is worse than the baseline by more than a fifth, level by level.

    Rates and percentiles are compared where both say something; an error is always worse than none.
    """
    found = []
    former = {level["users"]: level for level in before["levels"]}
    for level in now["levels"]:
        old = former.get(level["users"])
        if old is None:
            continue
        where = f"{level['users']} people"
        if level["mix"]["per_second"] * WORSE < old["mix"]["per_second"]:
            rates = f"{old['mix']['per_second']} to {level['mix']['per_second']}"
            found.append(f"{where}: the mix fell from {rates} per second")
        for name, row in level["operations"].items():
            was = old["operations"][name]
            if min(row["calls"], was["calls"]) < SMALLEST:
                continue
            if row["p95_ms"] > was["p95_ms"] * WORSE:
                found.append(
                    f"{where}: p95 of {name} rose from {was['p95_ms']} to {row['p95_ms']} ms"
                )
        if level["mix"]["errors"] > old["mix"]["errors"]:
            found.append(f"{where}: {level['mix']['errors']} errors, {old['mix']['errors']} before")
    return found
