"""What stands in the way of submitting, named one by one, so that nothing crashes at the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from apps.approvals import services as approvals
from apps.approvals.approvers import Blocker
from apps.approvals.routes import Route
from apps.catalog import services as catalog
from apps.common.errors import InvalidInputError, RouteError
from apps.requisitions import policies
from apps.requisitions.models import Requisition, RequisitionLine
from apps.requisitions.services import content


def preview(requisition: Requisition, *, by: Any) -> Route:
    """Who will decide, in which order and why, and what stands in the way. Changes nothing."""
    found = blockers(requisition, by=by)
    try:
        route = approvals.preview(requisition, by=by)
    except InvalidInputError as error:
        return Route(blockers=found or [Blocker(error.code, str(error))])
    route.blockers = [*found, *route.blockers]
    return route


def route_error(found: Sequence[Blocker]) -> RouteError:
    """The refusal that names all that stands in the way."""
    named = [{"code": blocker.code, "message": str(blocker.message)} for blocker in found]
    return RouteError("\n".join(blocker["message"] for blocker in named), blockers=named)


def blockers(requisition: Requisition, *, by: Any) -> list[Blocker]:
    """What the document itself is missing; whether a route can be built is asked elsewhere."""
    lines = content.lines_of(requisition)
    found = list(_of_header(requisition, by))
    if not lines:
        found.append(Blocker("no_lines", _("Add at least one line.")))
    for line in lines:
        found += _of_line(line)
    return found


def warnings(lines: Sequence[RequisitionLine]) -> list[str]:
    """What whoever submits or decides should know, though it stops nobody."""
    texts = []
    for line in lines:
        if line.preferred_supplier is not None:
            control, message = catalog.order_control(line.preferred_supplier)
            if control == "warn":
                texts.append(_numbered(line, str(message)))
    return texts


def _of_header(requisition: Requisition, by: Any) -> Iterator[Blocker]:
    missing_rate = content.check_rate(requisition)
    if missing_rate is not None:
        yield Blocker(missing_rate.code, str(missing_rate))
    records = (requisition.department, requisition.cost_centre, requisition.project)
    for record in records:
        if record is not None and not record.is_active:
            message = _("%(record)s is no longer in use.") % {"record": record}
            yield Blocker("record_inactive", message)
    if not policies.may_charge(by, requisition.cost_centre, requisition.department):
        message = _("You cannot charge the cost centre %(code)s.") % {
            "code": requisition.cost_centre.code
        }
        yield Blocker("cost_centre_not_allowed", message)


def _of_line(line: RequisitionLine) -> Iterator[Blocker]:
    if line.estimated_price is None:
        message = _("The line has no estimated price, and the amount decides who approves.")
        yield Blocker("price_missing", _numbered(line, message))
    if line.item is not None and not line.item.is_active:
        message = _("%(record)s is no longer in use.") % {"record": line.item}
        yield Blocker("record_inactive", _numbered(line, message))
    if line.preferred_supplier is not None:
        control, message = catalog.order_control(line.preferred_supplier)
        if control == "prevent":
            yield Blocker("supplier_blocked", _numbered(line, str(message)))


def _numbered(line: RequisitionLine, message: str) -> str:
    return _("Line %(line)s: %(message)s") % {"line": line.line_no, "message": message}
