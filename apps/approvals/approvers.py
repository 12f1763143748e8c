"""From what a rule names (head, owner, group, person) to the people who may really decide.

Left out are people who asked for or edited the document, whoever stands in for them, and people who
have left. When nobody remains, the answer is a named blocker.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.accounts import roles
from apps.accounts.models import Delegation, Department, User
from apps.approvals.matching import Parents, ancestry
from apps.approvals.models import ApprovalExclusion, ApprovalRuleApprover
from apps.approvals.registry import Facts
from apps.approvals.states import ApproverKind
from apps.approvals.words import Phrase

Reason = ApprovalExclusion.Reason


@dataclass(frozen=True)
class Blocker:
    """Why no route can be built, with a code for machines."""

    code: str
    message: Any


@dataclass(frozen=True)
class PlannedApprover:
    """A person or a group that will be asked, and why it is them."""

    why: Any
    user: Any = None
    group: Any = None

    @property
    def label(self) -> str:
        """The name to show."""
        return str(self.user or roles.title_of(self.group))

    @property
    def key(self) -> tuple[str, int]:
        """What makes two of them the same."""
        return ("user", self.user.pk) if self.user else ("group", self.group.pk)


def exclusions(facts: Facts) -> dict[int, str]:
    """Who may not decide, each with the strongest reason."""
    found: dict[int, str] = {}
    for person, reason in (
        (facts.requester, Reason.REQUESTER),
        (facts.on_behalf_of, Reason.ON_BEHALF_OF),
        (facts.submitted_by, Reason.SUBMITTER),
    ):
        if person is not None:
            found.setdefault(person.pk, reason)
    for pk in sorted(facts.editors):
        found.setdefault(pk, Reason.EDITOR)
    return found


def substitutes(people: Collection[int]) -> set[int]:
    """Who stands in for any of these people now; they are kept apart like them."""
    return set(
        Delegation.objects.current().filter(delegator__in=people).values_list("delegate", flat=True)
    )


class Directory:
    """The company as one route needs it: heads, limits, groups, and who is kept apart."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.excluded = exclusions(facts)
        self.kept_apart = set(self.excluded) | substitutes(self.excluded)
        self._members: dict[int, set[int]] = {}

    @cached_property
    def departments(self) -> Mapping[int, Department]:
        """The whole tree with its heads: it is small, and the walk is ours."""
        return {row.pk: row for row in Department.objects.select_related("head").order_by()}

    @cached_property
    def parents(self) -> Parents:
        """Each department's parent."""
        return {pk: department.parent_id for pk, department in self.departments.items()}

    def may_decide(self, user: User | None) -> bool:
        """Whether a person can be asked at all."""
        return user is not None and user.is_active and user.pk not in self.kept_apart

    def members(self, group_pk: int) -> set[int]:
        """The active members of a group who are not kept apart."""
        if group_pk not in self._members:
            rows = User.objects.filter(groups=group_pk, is_active=True).order_by()
            self._members[group_pk] = set(rows.values_list("pk", flat=True)) - self.kept_apart
        return self._members[group_pk]

    def eligible(self, approver: PlannedApprover) -> set[int]:
        """The people behind a planned approver."""
        if approver.user is not None:
            return {approver.user.pk}
        return self.members(approver.group.pk)

    def head_from(
        self, department: Department | None, total: Decimal, *, but: Iterable[int] = ()
    ) -> tuple[Department, User] | None:
        """The first head up the tree who may decide and whose limit is not below the total."""
        skipped = set(but)
        for pk in ancestry(department.pk if department else None, self.parents):
            row = self.departments[pk]
            limit = row.approval_limit
            if row.head is None or not self.may_decide(row.head) or row.head.pk in skipped:
                continue
            if limit is None or total <= limit:
                return row, row.head
        return None


def resolve(named: ApprovalRuleApprover, directory: Directory) -> PlannedApprover | Blocker:
    """Who that is for this document, or why there is nobody."""
    if named.kind == ApproverKind.DEPARTMENT_HEAD:
        return _department_head(directory)
    if named.kind == ApproverKind.COST_CENTRE_OWNER:
        return _cost_centre_owner(directory)
    if named.kind == ApproverKind.GROUP:
        return _group(named, directory)
    return _person(named, directory)


def _department_head(directory: Directory) -> PlannedApprover | Blocker:
    facts = directory.facts
    if facts.department is None:
        return Blocker("no_department", _("The document names no department."))
    found = directory.head_from(facts.department, facts.base_total)
    if found is None:
        return Blocker(
            "no_department_head",
            Phrase(
                _(
                    "From %(department)s upwards there is no head who may decide on this amount: "
                    "heads are missing, have left, have a lower limit or asked for it themselves."
                ),
                {"department": facts.department},
            ),
        )
    department, head = found
    return PlannedApprover(Phrase(_("head of %(department)s"), {"department": department}), head)


def _cost_centre_owner(directory: Directory) -> PlannedApprover | Blocker:
    """The owner; for what an owner asked for or left behind, the heads above the cost centre."""
    centre = directory.facts.cost_centre
    if centre is None:
        return Blocker("no_cost_centre", _("The document names no cost centre."))
    if directory.may_decide(centre.owner):
        why = Phrase(_("owner of cost centre %(cost_centre)s"), {"cost_centre": centre})
        return PlannedApprover(why, centre.owner)
    above = directory.departments.get(centre.department_id)
    found = directory.head_from(above, directory.facts.base_total)
    if found is None:
        message = _("Cost centre %(cost_centre)s has no owner who may decide, nor a head above it.")
        return Blocker("no_cost_centre_owner", Phrase(message, {"cost_centre": centre}))
    why = Phrase(
        _("head of %(department)s, for the owner of cost centre %(cost_centre)s"),
        {"department": found[0], "cost_centre": centre},
    )
    return PlannedApprover(why, found[1])


def _group(named: ApprovalRuleApprover, directory: Directory) -> PlannedApprover | Blocker:
    if named.group is None or not directory.members(named.group.pk):
        message = _("Nobody in group %(group)s may decide on this document.")
        return Blocker("empty_group", Phrase(message, {"group": roles.title_of(named.group)}))
    why = Phrase(_("member of %(group)s"), {"group": roles.title_of(named.group)})
    return PlannedApprover(why, group=named.group)


def _person(named: ApprovalRuleApprover, directory: Directory) -> PlannedApprover | Blocker:
    if named.user is None or not named.user.is_active:
        message = _("%(person)s is named by the rule but has left.")
        return Blocker("approver_inactive", Phrase(message, {"person": named.user}))
    if not directory.may_decide(named.user):
        message = _(
            "%(person)s is named by the rule but asked for or edited the document, "
            "or stands in for somebody who did."
        )
        return Blocker("approver_kept_apart", Phrase(message, {"person": named.user}))
    return PlannedApprover(_("named by the rule"), named.user)
