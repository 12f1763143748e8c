"""The page between choosing lines and having orders: quantities, suppliers, prices, a preview."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.catalog.models import Currency, Supplier
from apps.common.errors import DomainError
from apps.common.numbers import whole_number
from apps.procurement import policies, services
from apps.procurement.admin import links
from apps.procurement.admin.columns import quantity, unit_price
from apps.procurement.admin.widgets import KnownSelect
from apps.procurement.forms import MOST_ROWS, ConversionFormSet
from apps.procurement.models import OpenLine, PurchaseOrder

if TYPE_CHECKING:
    from apps.procurement.admin.worklist import OpenLineAdmin


def convert_view(model_admin: OpenLineAdmin, request: HttpRequest) -> HttpResponse:
    """Show, preview or convert. What was typed stays, whatever is refused."""
    if not policies.may_convert(request.user):
        raise PermissionDenied
    data = _split(request) if request.method == "POST" else None
    rows = _rows(request, data, model_admin)
    if not rows.total_form_count():
        text = _("None of these lines is open for you to order any more.")
        model_admin.message_user(request, text, messages.WARNING)
        return HttpResponseRedirect(reverse("admin:procurement_openline_changelist"))
    plan, refusals = None, []
    acknowledged = request.POST.get("acknowledge_warnings") == "on"
    if data is None or rows.is_valid():
        try:
            if "_convert" in request.POST:
                orders = services.convert(
                    rows.wishes(), by=request.user, acknowledge_warnings=acknowledged
                )
                return _done(model_admin, request, orders)
            plan = services.plan(_proposed(rows, data), by=request.user)
        except services.WarningsError as refusal:
            refusals = [str(refusal)]
            plan = services.plan(rows.wishes(), by=request.user)
        except DomainError as refusal:
            refusals = _shown(rows, refusal, is_bound=data is not None)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Convert to purchase orders"),
        "opts": model_admin.opts,
        "media": model_admin.media + rows.media,
        "rows": rows,
        "plan": plan,
        "refusals": refusals,
        "acknowledged": acknowledged,
    }
    return TemplateResponse(request, "admin/procurement/convert.html", context)


def _split(request: HttpRequest) -> Any:
    """The data posted, with a row doubled or taken out where a button asked for it."""
    data = request.POST.copy()
    for name in list(data):
        verb, _separator, number = name.partition("-")
        at = whole_number(number)
        if verb in {"_double", "_drop"} and at is not None:
            _move_rows(data, verb, at)
    return data


def _move_rows(data: Any, verb: str, at: int) -> None:
    count = min(whole_number(data.get("form-TOTAL_FORMS", "")) or 0, MOST_ROWS)
    rows = [
        {name: data.get(f"form-{index}-{name}", "") for name in _NAMES} for index in range(count)
    ]
    if at >= count:
        return
    if verb == "_double":
        rows.insert(at + 1, {**rows[at], "quantity": "", "supplier": ""})
    else:
        rows.pop(at)
    data["form-TOTAL_FORMS"] = str(len(rows))
    for index, row in enumerate(rows):
        for name, value in row.items():
            data[f"form-{index}-{name}"] = value


_NAMES = ("line", "quantity", "supplier", "unit_price", "currency")


def _rows(request: HttpRequest, data: Any, model_admin: OpenLineAdmin) -> Any:
    """The formset with everything its rows refer to, looked up once for all of them."""
    pks = _numbers(data, "line") if data is not None else _asked(request)
    lines = {
        line.pk: line
        for line in OpenLine.objects.visible_to(request.user).with_worklist().filter(pk__in=pks)
    }
    proposals = services.propose(lines.values())
    initial = [
        {
            "line": pk,
            "quantity": services.plain(lines[pk].open_quantity),
            "supplier": getattr(proposals[pk].supplier, "pk", ""),
        }
        for pk in dict.fromkeys(pks)
        if pk in lines
    ]
    chosen = _numbers(data, "supplier") if data is not None else []
    suppliers = {p.supplier.pk: p.supplier for p in proposals.values() if p.supplier is not None}
    suppliers |= Supplier.objects.in_bulk([pk for pk in chosen if pk not in suppliers])
    by_key = {str(pk): supplier for pk, supplier in suppliers.items()}
    currencies = {str(c.pk): c for c in Currency.objects.active().order_by("code")}
    rows = ConversionFormSet(
        data,
        initial=None if data is not None else initial,
        form_kwargs={"lines": lines, "suppliers": by_key, "currencies": currencies},
    )
    for form in rows.forms:
        form.fields["supplier"].widget = supplier_select(model_admin, by_key)
        line = form.open_line
        if line is not None:
            form.left = quantity(line.open_quantity, line.unit)
            form.proposed_price = unit_price(proposals[line.pk], line.unit)
    return rows


def supplier_select(model_admin: OpenLineAdmin, records: Mapping[str, Supplier]) -> KnownSelect:
    """The type-ahead for suppliers; those chosen were looked up for all rows at once."""
    field = PurchaseOrder._meta.get_field("supplier")
    widget = KnownSelect(field, model_admin.admin_site)
    widget.looks_up = False
    widget.known = {key: str(record) for key, record in records.items()}
    return widget


def _asked(request: HttpRequest) -> list[int]:
    return _readable(request.GET.get("lines", "").split(",")[:MOST_ROWS])


def _numbers(data: Any, name: str) -> list[int]:
    return _readable(data.get(f"form-{index}-{name}", "") for index in range(MOST_ROWS))


def _readable(texts: Iterable[str]) -> list[int]:
    return [number for number in map(whole_number, texts) if number is not None]


def _proposed(rows: Any, data: Any) -> list[services.ConversionLine]:
    """The rows as first shown are a wish as well, as far as there is a supplier for them."""
    if data is not None:
        wishes: list[services.ConversionLine] = rows.wishes()
        return wishes
    return [
        services.ConversionLine(
            requisition_line=form.open_line,
            quantity=form.open_line.open_quantity,
            supplier=form.fields["supplier"].records[str(form.initial["supplier"])],
        )
        for form in rows.forms
        if form.initial["supplier"]
    ]


def _shown(rows: Any, refusal: DomainError, *, is_bound: bool) -> list[str]:
    """A page nobody has typed into yet says what is missing without pointing at fields."""
    if is_bound:
        found: list[str] = rows.show(refusal)
        return found
    texts = [str(text) for found in refusal.errors.values() for text in found]
    return list(dict.fromkeys(texts)) or [str(refusal)]


def _done(
    model_admin: OpenLineAdmin, request: HttpRequest, orders: list[PurchaseOrder]
) -> HttpResponse:
    made = format_html_join(
        ", ",
        '<a href="{}">{}</a>',
        (
            (
                links.order(order.pk),
                order.supplier_name,
            )
            for order in orders
        ),
    )
    text = ngettext(
        "%(count)d purchase order was drafted:",
        "%(count)d purchase orders were drafted:",
        len(orders),
    ) % {"count": len(orders)}
    model_admin.message_user(request, format_html("{} {}", text, made), messages.SUCCESS)
    worklist = reverse("admin:procurement_openline_changelist")
    return HttpResponseRedirect(links.order(orders[0].pk) if len(orders) == 1 else worklist)
