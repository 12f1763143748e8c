"""Who a requisition is for and who pays: what this person may name, and what still exists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from apps.budgets.models import CostCentre
from apps.requisitions import policies
from apps.requisitions.models import Requisition

ASKED = frozenset({"department", "cost_centre", "project", "currency", "on_behalf_of"})
Errors = dict[str, list[str]]


def check(requisition: Requisition, *, by: Any, given: Mapping[str, Any]) -> Errors:
    """What this person may not name, by field; asked only when one of the fields is given."""
    if not ASKED & set(given):
        return {}
    errors = _check_person(requisition, by=by)
    department, cost_centre = requisition.department, requisition.cost_centre
    if not policies.may_use_department(by, department, requisition.on_behalf_of):
        errors["department"] = [
            _("You cannot ask for things for the department %(code)s.") % {"code": department.code}
        ]
    if not policies.may_charge(by, cost_centre, department):
        errors["cost_centre"] = [
            _("You cannot charge the cost centre %(code)s.") % {"code": cost_centre.code}
        ]
    if requisition.project is not None and not requisition.project.is_active:
        errors["project"] = [_("%(record)s is no longer in use.") % {"record": requisition.project}]
    if not requisition.currency.is_active:
        errors["currency"] = [
            _("%(record)s is no longer in use.") % {"record": requisition.currency}
        ]
    return errors


def _check_person(requisition: Requisition, *, by: Any) -> Errors:
    person = requisition.on_behalf_of
    if person is not None and person.pk == requisition.requester_id:
        requisition.on_behalf_of = person = None
    if person is None:
        return {}
    if not policies.may_request_for_others(by):
        return {"on_behalf_of": [_("You cannot ask for things on behalf of others.")]}
    if not person.is_active:
        return {"on_behalf_of": [_("%(record)s is no longer in use.") % {"record": person}]}
    return {}


def usable(by: Any, source: Requisition) -> dict[str, Any]:
    """Department and cost centre for a copy: the source's, or one's own where it has to be."""
    if policies.may_use_department(by, source.department, source.on_behalf_of):
        if policies.may_charge(by, source.cost_centre, source.department):
            return {}
        department: Any = source.department
    else:
        department = by.department
    if department is None:
        return {}
    own = CostCentre.objects.active().filter(department=department).first()
    return {"department": department, **({"cost_centre": own} if own else {})}
