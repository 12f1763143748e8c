"""Checks of stored evidence: guarded, and still what its checksums say."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection
from django.utils.translation import gettext as _

from apps.common.integrity import Place, place
from apps.operations.models import EvidenceRun, Release
from apps.operations.readiness import sealing, triggers


def guards() -> Iterator[Place]:
    """The database itself keeps evidence and signatures as they were written."""
    for lost in triggers.GUARD.missing(connection):
        said = _("the trigger %(name)s is missing") % {"name": lost.name}
        yield Place(lost.table, None, said)


def contents() -> Iterator[Place]:
    """What was seen, and what was signed, has the checksum it names."""
    for run in EvidenceRun.objects.order_by("pk").iterator(100):
        if not sealing.is_intact(run):
            yield place(EvidenceRun, run.pk, _("its content is not what its checksum says"))
    for release in Release.objects.order_by("pk").iterator(100):
        if sealing.hash_of(release.evidence) != release.evidence_hash:
            yield place(Release, release.pk, _("its content is not what its checksum says"))
