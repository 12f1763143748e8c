"""Recovery after an outage or a corruption: the steps of the emergency plan, timed and said."""

from __future__ import annotations

import os
import shutil
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from apps.common import integrity
from apps.common.services import attachments
from apps.operations.backup import folder, making, records, restoring, swapping
from apps.operations.backup.errors import BackupError
from apps.operations.backup.looking import let_go
from apps.operations.backup.services import APPLICATION, Services
from apps.operations.backup.steps import Say, Steps
from apps.requisitions.models import Requisition

WAIT = 60.0
FULL = 98
SHOWN = 20


@dataclass
class Recovery:
    """One emergency: what may be done, and what was found and done so far."""

    say: Say
    services: Services
    steps: Steps
    url: str = ""
    file: Path | None = None
    may_swap: bool = False
    stop_sessions: bool = False
    damage: list[integrity.Finding] = field(default_factory=list)
    restored: dict[str, object] = field(default_factory=dict)


def outage(plan: Recovery) -> None:
    """Assess, bring the database back, then the application, and see that it works.

    Raises BackupError at the step that does not succeed.
    """
    with plan.steps.step("assess", _("1. Assess: what is down?")):
        answers = _assess(plan)
    with plan.steps.step("database", _("2. Database")):
        if answers:
            plan.say(_("  it answers and is left alone"))
        else:
            plan.services.drive("database", "restart")
            _wait_for_database(plan)
    with plan.steps.step("application", _("3. Application")):
        for name in APPLICATION:
            plan.services.drive(name, "restart")
    with plan.steps.step("verify", _("4. Verify")):
        _verify(plan)


def corruption(plan: Recovery) -> None:
    """Stop everything, find the damage, restore the newest proved backup, and start again.

    Raises BackupError at the step that does not succeed.
    """
    with plan.steps.step("stop", _("1. Stop, so that nothing is built on wrong data")):
        for name in reversed(APPLICATION):
            plan.services.drive(name, "stop")
    with plan.steps.step("verify", _("2. Find the damage")):
        plan.damage = _damage()
        for finding in plan.damage[:SHOWN]:
            plan.say(f"  {finding.table} {finding.pk or ''}: {finding.what}")
        plan.say(_("  findings: %(count)d") % {"count": len(plan.damage)})
    with plan.steps.step("restore", _("3. Restore")):
        if plan.damage or plan.file is not None:
            _restore(plan)
        else:
            plan.say(_("  nothing is damaged, so nothing is restored; --file does it anyway"))
    with plan.steps.step("restart", _("4. Restart and verify")):
        for name in APPLICATION:
            plan.services.drive(name, "start")
        _verify(plan)
        _refuse_damage(plan)


def newest() -> Path:
    """The backup to restore: the newest that was proved, else the newest there is.

    Raises BackupError when there is none.
    """
    found = folder.archives()
    if not found:
        raise BackupError(_("There is no backup in ERP_BACKUP_DIR."), code="no_backup")
    try:
        proved = records.newest_verified()
    except Error:  # the damage may be right there
        proved = None
    named = {path.name: path for path in found}
    return named.get(proved.file_name, found[0]) if proved else found[0]


def _assess(plan: Recovery) -> bool:
    why = _why_silent()
    plan.say(_("  database: %(what)s") % {"what": why or _("answers")})
    stored = attachments.stored_folder()
    if stored:
        writable = Path(stored).is_dir() and os.access(stored, os.W_OK)
        what = _("can be written") if writable else _("cannot be written")
        plan.say(_("  files: %(what)s") % {"what": what})
        usage = shutil.disk_usage(stored if writable else "/")
        used = round(100 * usage.used / usage.total)
        plan.say(_("  disk: %(used)d %% full") % {"used": used})
        if used >= FULL:
            raise BackupError(
                _("The disk is full, so nothing will start. Make room first."), code="disk_full"
            )
    if plan.url:
        plan.say(_("  application: %(what)s") % {"what": _why_no_page(plan.url) or _("answers")})
    return not why


def _why_silent() -> str:
    let_go()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except Error as error:
        return str(error).strip().splitlines()[0]
    return ""


def _wait_for_database(plan: Recovery) -> None:
    deadline = time.monotonic() + WAIT
    why = _why_silent()
    while why and time.monotonic() < deadline and not plan.services.left:
        time.sleep(0.2)
        why = _why_silent()
    if why:
        raise BackupError(
            _("The database does not answer: %(why)s. Restore a backup: erp_restore FILE --swap.")
            % {"why": why},
            code="database_down",
        )
    plan.say(_("  it answers again"))


def _verify(plan: Recovery) -> None:
    why = _why_silent()
    if why:
        raise BackupError(
            _("The database does not answer: %(why)s") % {"why": why}, code="database_down"
        )
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise BackupError(_("Migrations are missing: run migrate."), code="not_migrated")
    newest_one = Requisition.objects.order_by("-pk").first()
    plan.say(_("  newest requisition: %(what)s") % {"what": newest_one or "-"})
    if plan.url:
        deadline = time.monotonic() + WAIT
        why = _why_no_page(plan.url)
        while why and time.monotonic() < deadline and not plan.services.left:
            time.sleep(0.5)
            why = _why_no_page(plan.url)
        if why:
            raise BackupError(
                _("The application does not answer: %(why)s") % {"why": why}, code="no_answer"
            )
        plan.say(_("  the application answers"))


def _why_no_page(url: str) -> str:
    request = urllib.request.Request(url, headers={"X-Forwarded-Proto": "https"})  # noqa: S310 - the operator's own address
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - the same
            return "" if answer.status < 400 else str(answer.status)
    except (urllib.error.URLError, OSError, ValueError) as error:
        return str(error)


def _damage() -> list[integrity.Finding]:
    return [finding for _check, found in integrity.run() for finding in found]


def _restore(plan: Recovery) -> None:
    path = plan.file or newest()
    if not plan.may_swap:
        plan.say(_("  not run, say --yes: erp_restore %(file)s --swap --yes") % {"file": path.name})
        return
    restored = restoring.restore(path, making.ours(), steps=Steps(plan.say))
    lost = swapping.lost_window(restored.archive.manifest).as_dict()
    try:
        swapping.swap(restored, stop_sessions=plan.stop_sessions)
    except BackupError:
        restored.remove()
        raise
    records.restored(restored.archive, lost, restored.kept)
    plan.restored = {"file": path.name, "kept": restored.kept, "lost": lost}
    plan.say(_("  restored from %(file)s; what was there is kept as %(kept)s") % plan.restored)
    plan.damage = _damage()


def _refuse_damage(plan: Recovery) -> None:
    if plan.damage:
        first = plan.damage[0]
        raise BackupError(
            _("The data is still damaged: %(table)s %(pk)s: %(what)s")
            % {"table": first.table, "pk": first.pk or "", "what": first.what},
            code="still_damaged",
        )
