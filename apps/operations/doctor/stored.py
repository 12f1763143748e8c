"""Would the data come back: backups, and what the database refuses."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.common import integrity
from apps.operations.backup import records
from apps.operations.doctor.answers import Answer, check, fault, warn, well
from apps.operations.models import BackupRun

OLDEST = timedelta(hours=26)
STEP = "manage.py erp_backup --verify"


@check("backup.newest", "backup", "data", label=gettext_lazy("the newest proved backup"))
def newest() -> Answer:
    """A backup counts once it was restored and compared, and is there, and is of today."""
    proved = records.newest_verified()
    if proved is None:
        made = BackupRun.objects.filter(outcome=BackupRun.Outcome.COMPLETE).exists()
        cause, said = ("backup_missing", _("There is no backup."))
        if made:
            cause, said = ("backup_unverified", _("There is a backup, and none was ever proved."))
        return fault(cause, said, STEP)
    hours = round((timezone.now() - proved.started_at) / timedelta(hours=1), 1)
    figures = {"file": proved.file_name, "hours": hours}
    if not (settings.OPERATING.backup_dir / proved.file_name).is_file():
        said = _("The newest proved backup, %(file)s, is not in its folder.") % figures
        return fault("backup_file_missing", said, STEP, **figures)
    if hours > OLDEST / timedelta(hours=1):
        said = _("The newest proved backup is %(hours)d hours old.") % figures
        return fault("backup_old", said, STEP, **figures)
    return well(_("It is %(hours)d hours old.") % figures, **figures)


@check("backup.last", "backup", label=gettext_lazy("the last run of backups"))
def last() -> Answer:
    """What the last run said, and whether it can encrypt."""
    if not settings.OPERATING.backup_keys:
        said = _("There is no key for backups: they cannot be encrypted.")
        return warn("backup_key_missing", said, "ERP_BACKUP_KEY")
    run = BackupRun.objects.order_by("-started_at", "-pk").first()
    if run is not None and run.outcome == BackupRun.Outcome.FAILED:
        said = _("The last backup failed: %(why)s") % {"why": run.error.splitlines()[0][:200]}
        return fault("backup_failed", said, STEP)
    return well(_("The last run did not fail."))


@check("data.rules", "data", label=gettext_lazy("what the database refuses"))
def rules() -> Answer:
    """The quick part of `erp_verify`: what guards the data is in place."""
    found = [one for _check, rows in integrity.run(["guards"]) for one in rows]
    if found:
        said = _("The database does not refuse what it has to: %(table)s: %(what)s")
        said %= {"table": found[0].table, "what": found[0].what}
        return fault("guards_missing", said, "manage.py erp_verify", findings=len(found))
    return well(_("It refuses what it has to; erp_verify looks at every row."))
