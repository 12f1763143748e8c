"""Questions about people: who was trained, who answers, when, and how fast."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.operations.readiness.facts import all_there
from apps.operations.readiness.findings import Finding, failed, passed
from apps.operations.readiness.looking import Surroundings
from apps.support.models import (
    CalendarEntry,
    IssueType,
    SupportContact,
    SupportLevel,
    TrainingCourse,
    TrainingRecord,
)
from apps.support.services import oncall
from apps.support.states import EntryKind, Role

LEVELS = 4
WEEKS = 4


def courses(_around: Surroundings) -> Finding:
    """Each role has a course that ends with questions."""
    found = TrainingCourse.objects.filter(is_active=True, questions__isnull=False)
    roles = {str(role.value) for role in Role}
    missing = roles - set(found.values_list("role", flat=True))
    return all_there(_("Courses with a quiz"), roles, missing, "courses_missing")


def trained(around: Surroundings) -> Finding:
    """In each role somebody has passed the course and may still say so."""
    roles = {str(role.value) for role in Role}
    valid = TrainingRecord.objects.valid(timezone.localdate(around.now))
    found = set(
        valid.filter(person__is_active=True, course__is_active=True).values_list(
            "course__role", flat=True
        )
    )
    return all_there(_("Roles with trained people"), roles, roles - found, "nobody_trained")


def administrators_trained(around: Surroundings) -> Finding:
    """Everybody who administers has passed the course for it."""
    people = User.objects.filter(is_active=True, groups__name="admin")
    people = people.exclude(username__startswith="smoke-")
    valid = TrainingRecord.objects.valid(timezone.localdate(around.now))
    passed_it = valid.filter(course__role=Role.ADMIN).values_list("person", flat=True)
    wanted = set(people.values_list("username", flat=True))
    trained_ones = set(people.filter(pk__in=passed_it).values_list("username", flat=True))
    what = _("Administrators who passed their course")
    return all_there(what, wanted, wanted - trained_ones, "administrators_untrained")


def levels(around: Surroundings) -> Finding:
    """Four levels, each with somebody who answers."""
    found = oncall.levels()
    named = {str(level.number) for level in found if _answers(level, around.now)}
    wanted = {str(number + 1) for number in range(LEVELS)} | {str(one.number) for one in found}
    return all_there(_("Levels somebody answers for"), wanted, wanted - named, "levels_empty")


def _answers(level: SupportLevel, at: dt.datetime) -> bool:
    person = oncall.person_of(level, at)
    return person is not None and _is_reachable(person)


def _is_reachable(contact: SupportContact) -> bool:
    """Somebody in person, with a number or an address."""
    return bool(contact.person and (contact.mail or contact.telephone))


def escalation(_around: Surroundings) -> Finding:
    """Every kind of issue goes on to somebody when nobody answers."""
    types = IssueType.objects.filter(is_active=True)
    wanted = set(types.values_list("code", flat=True))
    without = set(types.filter(escalation_steps=None).values_list("code", flat=True))
    return all_there(_("Kinds of issues that escalate"), wanted, without, "escalation_missing")


def contacts(around: Surroundings) -> Finding:
    """Behind every kind of issue stands a person with a number or an address."""
    types = list(IssueType.objects.filter(is_active=True).select_related("primary_contact__user"))
    missing = [
        one.code
        for one in types
        if not any(
            _is_reachable(person) for person in oncall.people_of(one.primary_contact, around.now)
        )
    ]
    codes = [one.code for one in types]
    return all_there(_("Kinds of issues with a person to call"), codes, missing, "contacts_missing")


def response_times(_around: Surroundings) -> Finding:
    """Every kind of issue has its time to answer and to be solved."""
    types = IssueType.objects.filter(is_active=True)
    figures = {
        one.code: f"{one.code} {one.response_minutes}/{one.resolution_minutes}" for one in types
    }
    missing = [one.code for one in types if not 0 < one.response_minutes <= one.resolution_minutes]
    return all_there(_("Kinds of issues with times"), figures, missing, "times_missing")


def on_call(around: Surroundings) -> Finding:
    """Somebody who can be reached is on call today and in each of the next four weeks."""
    uncovered = []
    weeks = [around.now + dt.timedelta(weeks=number) for number in range(WEEKS + 1)]
    for at in weeks:
        found = oncall.who_is_on_call(at)
        if found is None or not _is_reachable(found.primary):
            uncovered.append(f"{timezone.localdate(at):%Y-%m-%d}")
    days = [f"{timezone.localdate(at):%Y-%m-%d}" for at in weeks]
    return all_there(_("Weeks with somebody on call"), days, uncovered, "nobody_on_call")


def training_dates(around: Surroundings) -> Finding:
    """At least one lesson is still to come."""
    coming = CalendarEntry.objects.filter(kind=EntryKind.TRAINING, starts_at__gt=around.now)
    newest = coming.order_by("starts_at").first()
    if newest is None:
        return failed("no_lesson", _("No lesson is planned."))
    local = timezone.localtime(newest.starts_at)
    return passed(_("The next lesson: %(day)s.") % {"day": f"{local:%Y-%m-%d %H:%M}"})
