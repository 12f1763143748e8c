"""Rules said in words, in the reader's language; what is stored is said in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from apps.accounts import roles
from apps.approvals.models import ApprovalRule, ApprovalRuleStep
from apps.approvals.states import ApproverKind, Mode

LONGEST = 255
COMMA = _(", ")


@dataclass(frozen=True)
class Phrase:
    """A sentence with its values, translated each time it is read."""

    text: StrOrPromise
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return str(self.text) % self.values if self.values else str(self.text)


@dataclass(frozen=True)
class Listing:
    """Phrases in a row."""

    parts: tuple[Any, ...]
    separator: StrOrPromise = COMMA

    def __str__(self) -> str:
        return str(self.separator).join(str(part) for part in self.parts)


@dataclass(frozen=True)
class Said:
    """A sentence put together anew each time it is read."""

    say: Callable[[], str]

    def __str__(self) -> str:
        return self.say()


def in_each_language(**texts: Any) -> dict[str, str]:
    """The texts in every language of the installation, by column (`why_en`, `why_zh_hans`)."""
    columns: dict[str, str] = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            for name, text in texts.items():
                columns[f"{name}_{code.replace('-', '_')}"] = str(text)[:LONGEST]
    return columns


def amount(value: Decimal) -> str:
    """An amount in base currency, without decimals it does not have."""
    places = 0 if value == value.to_integral_value() else 2
    figure = number_format(value, decimal_pos=places, force_grouping=True)
    return f"{figure} {settings.BASE_CURRENCY}"


def conditions(rule: ApprovalRule) -> Listing:
    """When the rule applies."""
    return Listing(tuple(_conditions(rule)) or (_("always"),))


def _conditions(rule: ApprovalRule) -> Iterable[Any]:
    if rule.minimum_amount:
        yield Phrase(_("from %(amount)s"), {"amount": Said(lambda: amount(rule.minimum_amount))})
    if rule.maximum_amount is not None:
        most = rule.maximum_amount
        yield Phrase(_("below %(amount)s"), {"amount": Said(lambda: amount(most))})
    if rule.department:
        yield Phrase(_("in %(department)s or below it"), {"department": rule.department})
    if rule.category:
        yield Phrase(_("with a line of %(category)s"), {"category": rule.category})
    if rule.cost_centre:
        yield Phrase(_("on cost centre %(cost_centre)s"), {"cost_centre": rule.cost_centre})
    if rule.project:
        yield Phrase(_("for project %(project)s"), {"project": rule.project})
    if rule.supplier_condition != ApprovalRule.SupplierCondition.ANY:
        label = ApprovalRule.SupplierCondition(rule.supplier_condition).label
        yield Phrase(_("with %(supplier)s"), {"supplier": label})


def reason(rule: ApprovalRule) -> Phrase:
    """Why a step is there: the rule's name and when it applies."""
    return Phrase(
        _("Rule “%(rule)s”: %(conditions)s"),
        {"rule": Said(lambda: rule.name), "conditions": conditions(rule)},
    )


def sentence(rule: ApprovalRule) -> str:
    """The whole rule in one sentence."""
    steps = [step_in_words(step) for step in rule.steps.all()]
    return gettext("%(document)s, %(conditions)s: %(steps)s.") % {
        "document": rule.get_document_kind_display(),
        "conditions": conditions(rule),
        "steps": gettext("; then ").join(steps) if steps else gettext("nobody decides yet"),
    }


def step_in_words(step: ApprovalRuleStep) -> str:
    """Who decides in a step, how many of them, and within which time."""
    hours = ngettext(
        "within %(count)s business hour", "within %(count)s business hours", step.hours
    ) % {"count": step.hours}
    return f"{_people(step)}, {hours}"


def _people(step: ApprovalRuleStep) -> str:
    found = tuple(approver_in_words(a) for a in step.approvers.all())
    people = str(Listing(found)) or gettext("(nobody)")
    if step.mode == Mode.ALL:
        return gettext("all of: %(people)s") % {"people": people}
    if step.mode == Mode.NUMBER:
        values = {"count": step.required_count, "people": people}
        return gettext("%(count)s people of: %(people)s") % values
    return gettext("one of: %(people)s") % {"people": people} if len(found) > 1 else people


def approver_in_words(approver: Any) -> Any:
    """The position, group or person a rule names."""
    if approver.kind == ApproverKind.GROUP:
        return Phrase(_("a member of %(group)s"), {"group": roles.title_of(approver.group)})
    if approver.kind == ApproverKind.USER:
        return approver.user
    return ApproverKind(approver.kind).label
