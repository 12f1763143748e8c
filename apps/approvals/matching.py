"""Which rules apply to a document: empty conditions match all, amounts are in base currency."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from apps.approvals.models import ApprovalRule
from apps.approvals.registry import Facts

Parents = Mapping[int, int | None]
Condition = ApprovalRule.SupplierCondition
_APPROVED = "approved"
_BLOCKED = "blocked"


def candidates(kind: str) -> list[ApprovalRule]:
    """The active rules of a kind of document in their order, with steps and approvers at hand."""
    return list(
        ApprovalRule.objects.filter(document_kind=kind, is_active=True)
        .select_related("department", "category", "cost_centre", "project")
        .prefetch_related("steps__approvers__user", "steps__approvers__group")
        .order_by("priority", "pk")
    )


def matching(rules: Iterable[ApprovalRule], facts: Facts, parents: Parents) -> list[ApprovalRule]:
    """The rules that apply, in the order in which their steps are worked."""
    return [rule for rule in rules if matches(rule, facts, parents)]


def matches(rule: ApprovalRule, facts: Facts, parents: Parents) -> bool:
    """Whether every condition of a rule is met."""
    return (
        _amount_fits(rule, facts)
        and _department_fits(rule, facts, parents)
        and _category_fits(rule, facts)
        and _is(rule.cost_centre_id, facts.cost_centre)
        and _is(rule.project_id, facts.project)
        and _supplier_fits(rule, facts)
        and _coverage_fits(rule, facts)
    )


def ancestry(department_pk: int | None, parents: Parents) -> list[int]:
    """A department and those above it, from the bottom up; a circle in the data ends the walk."""
    chain: list[int] = []
    while department_pk is not None and department_pk not in chain:
        chain.append(department_pk)
        department_pk = parents.get(department_pk)
    return chain


def _amount_fits(rule: ApprovalRule, facts: Facts) -> bool:
    if facts.base_total < rule.minimum_amount:
        return False
    return rule.maximum_amount is None or facts.base_total < rule.maximum_amount


def _department_fits(rule: ApprovalRule, facts: Facts, parents: Parents) -> bool:
    if rule.department_id is None:
        return True
    return facts.department is not None and rule.department_id in ancestry(
        facts.department.pk, parents
    )


def _category_fits(rule: ApprovalRule, facts: Facts) -> bool:
    if rule.category is None:
        return True
    branch = rule.category.path or f"{rule.category.code}/"
    return any(path.startswith(branch) for path in facts.category_paths)


def _is(wanted: int | None, found: object) -> bool:
    return wanted is None or getattr(found, "pk", None) == wanted


def _supplier_fits(rule: ApprovalRule, facts: Facts) -> bool:
    if rule.supplier_condition == Condition.NOT_APPROVED:
        return any(supplier.status != _APPROVED for supplier in facts.suppliers)
    if rule.supplier_condition == Condition.BLOCKED:
        return any(supplier.status == _BLOCKED for supplier in facts.suppliers)
    return True


def _coverage_fits(rule: ApprovalRule, facts: Facts) -> bool:
    if rule.coverage == ApprovalRule.Coverage.ANY:
        return True
    return facts.is_covered == (rule.coverage == ApprovalRule.Coverage.WITHIN)
