"""Sign-offs: twelve roles, distinct people, void when evidence changes, ninety days."""

from __future__ import annotations

import datetime as dt

import pytest
from auditlog import get_logentry_model
from django.core.exceptions import ValidationError
from django.db import Error, IntegrityError, connection, transaction

from apps.common import integrity
from apps.common.errors import (
    ConflictError,
    NotPermittedError,
    SegregationOfDutiesError,
    StaleVersionError,
    TransitionError,
)
from apps.operations.models import EvidenceRun, Release, ReleaseSignature, Role, Signatory
from apps.operations.readiness import releases
from apps.operations.readiness.findings import Result
from tests.factories import make_user
from tests.operations.readiness import triggers_down
from tests.operations.readiness.conftest import DAY, HOUR, evidence, sign_all, smoke

PRODUCT, QUALITY = Role.STAKEHOLDER_PRODUCT.value, Role.STAKEHOLDER_QUALITY.value
READY = {"first": Result.PASS, "second": Result.PASS}


def reread(release):
    return Release.objects.get(pk=release.pk)


def state():
    return (
        list(Release.objects.values_list("status", "version", "round", "evidence_hash")),
        ReleaseSignature.objects.count(),
        get_logentry_model().objects.count(),
    )


def test_twelve_signatures_make_the_certificate(release, signers, clock):
    but_one = sign_all(release, signers, but=QUALITY)
    assert (but_one.status, releases.standing(but_one)) == ("open", "collecting")

    done = releases.sign(but_one, QUALITY, by=signers[QUALITY], comment="Looked at all of it.")

    assert (done.status, releases.standing(done)) == ("certified", "valid")
    assert done.expires_at - done.certified_at == 90 * DAY
    events = get_logentry_model().objects.filter(event__startswith="release.")
    assert events.filter(event__startswith="release.sign_").count() == 12
    assert events.filter(event="release.certify").count() == 1
    assert events.get(event=f"release.sign_{QUALITY}").actor == signers[QUALITY]
    given = releases.signatures(done)[QUALITY]
    assert (given.evidence_hash, given.comment) == (done.evidence_hash, "Looked at all of it.")


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (0 * DAY, "valid"),
        (26 * HOUR, "valid"),
        (27 * HOUR, "unconfirmed"),
        (90 * DAY - HOUR, "unconfirmed"),
        (90 * DAY, "expired"),
        (400 * DAY, "expired"),
    ],
)
def test_certificate_runs_out(release, signers, clock, after, expected):
    done = sign_all(release, signers)

    clock.now += after

    assert releases.standing(done) == expected


def test_daily_evidence_that_says_the_same_keeps_signatures(release, signers, clock):
    sign_all(release, signers)
    clock.now += 89 * DAY

    confirmed = releases.record(evidence(**READY))

    assert (confirmed.round, releases.standing(confirmed)) == (1, "valid")
    assert len(releases.signatures(confirmed)) == 12


def test_expired_certificate_needs_new_signatures(release, signers, clock):
    sign_all(release, signers)
    clock.now += 90 * DAY

    again = releases.record(evidence(**READY))

    assert (again.status, again.round, again.expires_at) == ("open", 2, None)
    assert releases.signatures(again) == {}
    assert len(releases.voided(again)) == 12
    assert releases.standing(sign_all(again, signers)) == "valid"


@pytest.mark.parametrize(
    "changed",
    [
        {"first": Result.PASS, "second": Result.UNKNOWN},
        {"first": Result.PASS},
        {**READY, "third": Result.PASS},
    ],
)
def test_signatures_are_void_when_evidence_changes(release, signers, clock, changed):
    before = sign_all(release, signers)

    after = releases.record(evidence(**changed))

    assert (after.status, after.round) == ("open", before.round + 1)
    assert releases.signatures(after) == {}
    assert releases.standing(after) in {"not_ready", "collecting"}
    # What once said the same is not signed again by coming back.
    assert releases.signatures(releases.record(evidence(**READY))) == {}


def test_what_is_not_ready_is_not_certified(db, signers, clock):
    found = releases.record(evidence(first=Result.PASS, second=Result.UNKNOWN))

    signed = sign_all(found, signers)

    assert len(releases.signatures(signed)) == 12
    assert (signed.status, releases.standing(signed)) == ("open", "not_ready")


def test_nobody_signs_for_two_roles_of_one_circle(release, signers):
    both = signers[PRODUCT]
    Signatory.objects.create(role=QUALITY, person=both)
    signed = releases.sign(release, PRODUCT, by=both)
    before = state()

    with pytest.raises(SegregationOfDutiesError, match="two roles"):
        releases.sign(signed, QUALITY, by=both)

    assert state() == before
    assert not releases.can_still_sign(signed, f"sign_{QUALITY}", both)


def test_one_person_may_sign_in_each_circle(release, signers):
    both = signers[PRODUCT]
    Signatory.objects.create(role=Role.EXECUTIVE_PRODUCT, person=both)

    signed = releases.sign(release, PRODUCT, by=both)
    signed = releases.sign(signed, Role.EXECUTIVE_PRODUCT.value, by=both)

    assert len(releases.signatures(signed)) == 2


def signature(release, person, role=PRODUCT, group="stakeholder", **more):
    return ReleaseSignature(
        release=release,
        role=role,
        group=group,
        person=person,
        round=1,
        evidence_hash=release.evidence_hash,
        signed_at=release.assessed_at,
        **more,
    )


@pytest.mark.parametrize(
    ("role", "group", "same_person"),
    [
        (QUALITY, "stakeholder", True),  # two roles of one circle
        (PRODUCT, "stakeholder", False),  # one role twice
        (QUALITY, "executive", False),  # a role of the other circle
    ],
)
def test_the_database_refuses_it_as_well(release, signers, role, group, same_person):
    signature(release, signers[PRODUCT]).save()
    person = signers[PRODUCT if same_person else QUALITY]

    with pytest.raises(IntegrityError), transaction.atomic():
        signature(release, person, role, group).save()

    assert ReleaseSignature.objects.count() == 1


REFUSALS = {
    "not a signatory": (lambda s: make_user("stranger", is_staff=True), PRODUCT, NotPermittedError),
    "administrator without being named": (
        lambda s: make_user("boss", "admin", is_staff=True, is_superuser=True),
        PRODUCT,
        NotPermittedError,
    ),
    "of another role": (lambda s: s[QUALITY], PRODUCT, NotPermittedError),
    "nobody": (lambda s: None, PRODUCT, NotPermittedError),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_who_may_not_sign(release, signers, name):
    who, role, error = REFUSALS[name]
    person = who(signers)
    before = state()

    with pytest.raises(error):
        releases.sign(release, role, by=person)

    assert state() == before


def test_who_left_signs_nothing(release, signers):
    person = signers[PRODUCT]
    person.is_active = False
    person.save()

    with pytest.raises(NotPermittedError):
        releases.sign(release, PRODUCT, by=person)


def test_a_role_signs_once(release, signers):
    other = make_user("other", is_staff=True)
    Signatory.objects.create(role=PRODUCT, person=other)
    signed = releases.sign(release, PRODUCT, by=signers[PRODUCT])

    with pytest.raises(ConflictError, match="already"):
        releases.sign(signed, PRODUCT, by=other)


@pytest.mark.parametrize("seen", [{"expected_version": 7}, {"seen_hash": "0" * 64}])
def test_what_was_not_seen_is_not_signed(release, signers, seen):
    before = state()

    with pytest.raises(StaleVersionError):
        releases.sign(release, PRODUCT, by=signers[PRODUCT], **seen)

    assert state() == before


def test_evidence_that_was_changed_is_not_signed(release, signers):
    better = {**release.evidence, "version": "0.1.0-final"}
    Release.objects.filter(pk=release.pk).update(evidence=better)

    with pytest.raises(ConflictError, match="checksum"):
        releases.sign(release, PRODUCT, by=signers[PRODUCT])
    assert releases.standing(reread(release)) == "damaged"
    assert [one.table for _check, rows in integrity.run(["evidence"]) for one in rows] == [
        "operations_release"
    ]


def test_withdrawing(release, signers, clock):
    done = sign_all(release, signers)
    operator = make_user("operator", "ops", is_staff=True)

    with pytest.raises(NotPermittedError):
        releases.withdraw(done, by=signers[PRODUCT], comment="No.")
    gone = releases.withdraw(done, by=operator, comment="A fault was found.")

    assert (releases.standing(gone), gone.reason) == ("withdrawn", "A fault was found.")
    with pytest.raises(TransitionError):
        releases.sign(gone, PRODUCT, by=signers[PRODUCT])
    assert releases.standing(releases.record(evidence(**READY))) == "collecting"


def test_only_the_command_assesses(release, signers):
    moves = {move.name for move in releases.TABLE.available(signers[PRODUCT], release)}

    assert moves == {f"sign_{PRODUCT}"}


CERTIFIED = {
    "not ready": {"is_ready": False},
    "without an end": {"expires_at": None},
    "ends before it begins": {"expires_at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)},
}


@pytest.mark.parametrize("name", CERTIFIED)
def test_no_certificate_by_writing_to_the_table(release, clock, name):
    values = {
        "status": "certified",
        "certified_at": clock.now,
        "expires_at": clock.now + 90 * DAY,
        **CERTIFIED[name],
    }

    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.filter(pk=release.pk).update(**values)


@pytest.mark.parametrize("table", ["operations_evidencerun", "operations_releasesignature"])
@pytest.mark.parametrize("statement", ["UPDATE {0} SET id = id", "DELETE FROM {0}"])
def test_records_are_final(release, signers, table, statement):
    smoke(login=True)
    releases.sign(release, PRODUCT, by=signers[PRODUCT])

    with (
        pytest.raises(Error, match="readiness_record_is_final"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table))


def test_records_are_final_for_the_code_too(db):
    run = smoke(login=True)

    with pytest.raises(ValidationError):
        run.save()
    with pytest.raises(ValidationError):
        run.delete()
    assert EvidenceRun.objects.count() == 1


def test_missing_guards_are_found(db):
    def found():
        return {one.table for _check, rows in integrity.run(["guards"]) for one in rows}

    assert found() == set()
    with triggers_down():
        assert found() == {"operations_evidencerun", "operations_releasesignature"}


def test_signatories_work_in_the_back_office(db):
    row = Signatory(role=PRODUCT, person=make_user("engineer"))

    with pytest.raises(ValidationError, match="back office"):
        row.full_clean()
