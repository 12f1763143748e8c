"""Why a backup, a restore or a drill was refused or failed; the code is for machines."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.common.errors import DomainError


class BackupError(DomainError):
    """Something stands in the way; nothing that was there before has been changed."""

    code = "backup_failed"
    message = _("The backup failed.")


class ArchiveError(BackupError):
    """The file cannot be used as a backup of this system."""

    code = "unusable_archive"
    message = _("This file cannot be restored here.")
