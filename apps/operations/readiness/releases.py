"""Releases: assessed, signed by twelve roles, certified for ninety days, withdrawn.

A signature stands under the evidence hash of its day. When the evidence changes a new round begins
and the signatures of the old one are void. The certificate is made by the last signature, and only
over evidence in which every obligatory line is shown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from apps.common import events, workflow
from apps.common.errors import (
    ConflictError,
    InvalidInputError,
    SegregationOfDutiesError,
    StaleVersionError,
)
from apps.common.workflow import Table, Transition
from apps.operations import policies
from apps.operations.models import Release, ReleaseSignature, Role
from apps.operations.readiness import sealing

KIND = "release"
VALID_FOR = dt.timedelta(days=90)
CONFIRMED_WITHIN = dt.timedelta(hours=26)
ROLES = tuple(Role)

Status = Release.Status
ALL = frozenset(Status)


def signatures(release: Release) -> dict[str, ReleaseSignature]:
    """The signatures that count, by role: of this round and under this evidence."""
    rows = ReleaseSignature.objects.filter(
        release=release, round=release.round, evidence_hash=release.evidence_hash
    )
    return {row.role: row for row in rows.select_related("person")}


def voided(release: Release) -> list[ReleaseSignature]:
    """Signatures under evidence that has changed since."""
    counting = [row.pk for row in signatures(release).values()]
    rows = ReleaseSignature.objects.filter(release=release).exclude(pk__in=counting)
    return list(rows.select_related("person").order_by("-signed_at", "-pk"))


def _signing(role: Role) -> Transition:
    def allows(user: Any, release: Release) -> bool:
        return policies.may_sign(user, role, release)

    def add(release: Release, *, by: Any, comment: str) -> None:
        _sign(release, role, by=by, comment=comment)

    return Transition(
        f"sign_{role.value}",
        format_lazy("{}: {}", _("Sign"), role.label),
        frozenset({Status.OPEN}),
        Status.OPEN,
        allows,
        effect=add,
        asks=True,
        tone="primary",
    )


def _sign(release: Release, role: Role, *, by: Any, comment: str) -> None:
    """Add one signature under the lock of the release."""
    if sealing.hash_of(release.evidence) != release.evidence_hash:
        raise ConflictError(
            _("The kept evidence is not what its checksum says: record it anew."),
            code="evidence_damaged",
        )
    given = signatures(release)
    if role in given:
        raise ConflictError(_("This role has signed already."), code="already_signed")
    if any(row.person_id == by.pk and row.group == role.group for row in given.values()):
        raise SegregationOfDutiesError(_("Nobody signs for two roles of one circle."))
    row = ReleaseSignature(
        release=release,
        role=role,
        group=role.group,
        person=by,
        evidence_hash=release.evidence_hash,
        round=release.round,
        signed_at=timezone.now(),
        comment=comment,
    )
    row.full_clean(validate_unique=False, validate_constraints=False)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        row.validate_constraints()
        raise ConflictError from error
    events.record(*events.created([row], "release.signature"))


def _is_complete(_user: Any, release: Release) -> bool:
    """Every role has signed, over evidence in which nothing obligatory is open."""
    return release.is_ready and set(signatures(release)) == set(ROLES)


def _certify(release: Release, *, by: Any, comment: str) -> None:
    release.certified_at = timezone.now()
    release.expires_at = release.certified_at + VALID_FOR


def _end(release: Release, *, by: Any, comment: str) -> None:
    """What comes after needs new signatures."""
    release.certified_at = release.expires_at = None
    release.round += 1


def _is_command(user: Any, _release: Release) -> bool:
    """Evidence is recorded by `erp_readiness`, by nobody's hand."""
    return user is None


TABLE = Table.of(
    KIND,
    (
        *(_signing(role) for role in ROLES),
        Transition(
            "certify",
            _("Certify"),
            frozenset({Status.OPEN}),
            Status.CERTIFIED,
            _is_complete,
            effect=_certify,
            offered=False,
        ),
        Transition(
            "assess",
            _("Assess anew"),
            ALL,
            Status.OPEN,
            _is_command,
            effect=_end,
            offered=False,
        ),
        Transition(
            "withdraw",
            _("Withdraw"),
            frozenset({Status.OPEN, Status.CERTIFIED}),
            Status.WITHDRAWN,
            policies.may_withdraw_release,
            effect=_end,
            needs_reason=True,
            tone="danger",
        ),
    ),
)


@transaction.atomic
def sign(
    release: Release,
    role: str,
    *,
    by: Any,
    comment: str = "",
    expected_version: int | None = None,
    seen_hash: str = "",
) -> Release:
    """Sign for a role; the last signature makes the certificate.

    Raises TransitionError, NotPermittedError, StaleVersionError, SegregationOfDutiesError,
    ConflictError.
    """
    if seen_hash and seen_hash != Release.objects.values_list("evidence_hash", flat=True).get(
        pk=release.pk
    ):
        raise StaleVersionError(current=release.version)
    signed = workflow.run(
        TABLE[f"sign_{role}"], release, by=by, comment=comment, expected_version=expected_version
    )
    if _is_complete(by, signed):
        return workflow.run(TABLE["certify"], signed, by=by)
    return signed


def withdraw(
    release: Release, *, by: Any, comment: str = "", expected_version: int | None = None
) -> Release:
    """Take the certificate back. Raises what the runner raises."""
    return workflow.run(
        TABLE["withdraw"], release, by=by, comment=comment, expected_version=expected_version
    )


def service_of(name: str) -> Callable[..., Release]:
    """The service of a move of the table."""
    if name == "withdraw":
        return withdraw
    role = name.removeprefix("sign_")

    def service(release: Release, **more: Any) -> Release:
        return sign(release, role, **more)

    return service


@transaction.atomic
def record(evidence: Mapping[str, Any], *, now: dt.datetime | None = None) -> Release:
    """Keep an assessment. Evidence that says the same only confirms what is signed.

    Raises InvalidInputError when it cannot be kept.
    """
    now = now or timezone.now()
    changes = {
        "evidence": dict(evidence),
        "evidence_hash": sealing.hash_of(evidence),
        "score": evidence["score"],
        "is_ready": evidence["is_ready"],
        "assessed_at": now,
    }
    found = Release.objects.filter(app_version=evidence["version"]).first()
    try:
        if found is None:
            return _first(Release(app_version=evidence["version"], **changes))
        fresh = workflow.lock(found)
        if _still_stands(fresh, changes["evidence_hash"], now):
            return _confirm(fresh, changes)
        return workflow.run_locked(TABLE["assess"], fresh, by=None, changes=changes)
    except ValidationError as error:
        raise InvalidInputError(errors=error.message_dict) from error


def _first(release: Release) -> Release:
    release.full_clean()
    release.save(force_insert=True)
    events.record(*events.created([release], "release.assess"))
    return release


def _still_stands(release: Release, found: str, now: dt.datetime) -> bool:
    """The same evidence under a release that is open or certified and has not run out."""
    if release.status == Status.WITHDRAWN or release.evidence_hash != found:
        return False
    return release.expires_at is None or now < release.expires_at


def _confirm(release: Release, changes: Mapping[str, Any]) -> Release:
    for name, value in changes.items():
        setattr(release, name, value)
    workflow.save(release, by=None)
    events.happened(release, "release.confirmed", evidence=release.evidence_hash)
    return release


def standing(release: Release, now: dt.datetime | None = None) -> str:
    """Whether the certificate holds now, and if not, the first reason why."""
    now = now or timezone.now()
    if sealing.hash_of(release.evidence) != release.evidence_hash:
        return "damaged"
    if release.status == Status.WITHDRAWN:
        return "withdrawn"
    if release.status == Status.OPEN:
        return "collecting" if release.is_ready else "not_ready"
    if release.expires_at is None or now >= release.expires_at:
        return "expired"
    if now - release.assessed_at > CONFIRMED_WITHIN:
        return "unconfirmed"
    return "valid"


STANDINGS = {
    "valid": (_("Valid"), "success"),
    "collecting": (_("Ready; signatures are missing"), "warning"),
    "not_ready": (_("Not ready"), "danger"),
    "expired": (_("Expired: assess and sign anew"), "danger"),
    "unconfirmed": (_("Not confirmed since yesterday: record the evidence"), "warning"),
    "withdrawn": (_("Withdrawn"), "neutral"),
    "damaged": (_("The kept evidence was changed: nothing here counts"), "danger"),
}


def can_still_sign(release: Release, name: str, user: Any) -> bool:
    """Whether a signature by this person would be taken: for what is offered on a page."""
    if not name.startswith("sign_"):
        return True
    role, given = Role(name.removeprefix("sign_")), signatures(release)
    mine = [row for row in given.values() if row.person_id == user.pk]
    return role not in given and all(row.group != role.group for row in mine)


def newest() -> Release | None:
    """The release that was assessed last."""
    return Release.objects.order_by("-assessed_at", "-pk").first()
