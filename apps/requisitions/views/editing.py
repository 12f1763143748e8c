"""Writing a requisition: the header as a form, the lines as a grid. What was typed is never lost.

Rows can be added, copied, taken away and pasted without JavaScript too: such a button sends the
form, and the page comes back as it was with the rows changed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.catalog.models import Unit
from apps.common.errors import DomainError, InvalidInputError, StaleVersionError
from apps.common.numbers import whole_number
from apps.common.services import attachments, media_types
from apps.common.views.answers import NEVER, take_files, version_of
from apps.requisitions import policies, services
from apps.requisitions.forms import Grid, HeaderForm, pasted_rows
from apps.requisitions.forms.grid import Row, blank_row
from apps.requisitions.forms.header import initial_for, initial_of
from apps.requisitions.models import Requisition
from apps.requisitions.states import EDITABLE
from apps.requisitions.views import once

REFUSED, STALE = 422, 409
SAVING = ("save", "review", "overwrite")


@dataclass
class Sheet:
    """One filling-in of the form: what it is about and what was typed into it."""

    request: HttpRequest
    form: HeaderForm
    grid: Grid
    requisition: Requisition | None = None
    version: str = ""
    pasted: str = ""
    stale: Requisition | None = None
    status: int = 200

    @property
    def draft_key(self) -> str:
        """Under which name the browser keeps what was typed."""
        name = self.requisition.pk if self.requisition else "new"
        return f"requisition-{self.request.user.pk}-{name}"


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Ask for something new."""
    if not policies.may_create(request.user):
        raise PermissionDenied
    if request.method == "POST":
        return _posted(request, None)
    form = HeaderForm(user=request.user, initial=initial_for(request.user))
    return _page(Sheet(request, form, Grid.empty()))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a draft, or what was returned."""
    visible = Requisition.objects.visible_to(request.user)
    requisition = get_object_or_404(visible.with_header().with_lines(), pk=pk)
    if not policies.may_edit(request.user, requisition):
        raise PermissionDenied
    if request.method == "POST":
        return _posted(request, requisition)
    if requisition.status not in EDITABLE:
        return redirect("requisitions:detail", pk=pk)
    form = HeaderForm(user=request.user, requisition=requisition, initial=initial_of(requisition))
    grid = Grid.of(requisition.shown_lines)
    return _page(Sheet(request, form, grid, requisition, str(requisition.version)))


def _posted(request: HttpRequest, requisition: Requisition | None) -> HttpResponse:
    form = HeaderForm(request.POST, user=request.user, requisition=requisition)
    sheet = Sheet(
        request, form, Grid.posted(request.POST), requisition, request.POST.get("version", "")
    )
    operation, _separator, argument = request.POST.get("op", "save").partition(":")
    if operation not in SAVING:
        return _rearranged(sheet, operation, argument)
    payloads = sheet.grid.payloads()
    if not form.is_valid() or sheet.grid.has_errors:
        sheet.status = REFUSED
        return _page(sheet)
    try:
        saved, is_new = _save(sheet, payloads, overwrite=operation == "overwrite")
    except StaleVersionError as error:
        messages.error(request, str(error))
        assert requisition is not None  # noqa: S101  # a new one has no version to be stale
        sheet.stale, sheet.status = requisition, STALE
        return _page(sheet)
    except DomainError as error:
        return _refused(sheet, error)
    return _done(sheet, saved, operation, is_new=is_new)


def _save(
    sheet: Sheet, payloads: list[dict[str, Any]], *, overwrite: bool
) -> tuple[Requisition, bool]:
    request, data = sheet.request, dict(sheet.form.cleaned_data)
    by = request.user
    if sheet.requisition is None:
        return once.once(request, lambda: services.create(by=by, data=data, lines=payloads))
    version = version_of(request, "current_version" if overwrite else "version") or NEVER
    saved = services.update(
        sheet.requisition, by=by, data=data, lines=payloads, expected_version=version
    )
    return saved, False


def _refused(sheet: Sheet, error: DomainError) -> HttpResponse:
    """The page with what the service refused, where it belongs, and all that was typed."""
    others = sheet.grid.take_errors(error.errors)
    for name, found in others.items():
        sheet.form.add_error(name if name in sheet.form.fields else None, found)
    if not error.errors:
        sheet.form.add_error(None, str(error))
    sheet.status = REFUSED
    return _page(sheet)


def _done(sheet: Sheet, saved: Requisition, operation: str, *, is_new: bool) -> HttpResponse:
    request = sheet.request
    take_files(request, saved)
    messages.success(request, _("Saved."))
    page = "detail" if operation == "review" else "edit"
    return redirect(f"{reverse(f'requisitions:{page}', args=[saved.pk])}?saved={sheet.draft_key}")


# ---------------------------------------------------------------- rows without JavaScript
def _rearranged(sheet: Sheet, operation: str, argument: str) -> HttpResponse:
    """The page as it was typed, with its rows changed; nothing is checked or saved."""
    change = _CHANGES.get(operation)
    if change is not None:
        row = whole_number(argument, digits=5)
        change(sheet, -1 if row is None else row)
    sheet.form = HeaderForm(
        user=sheet.request.user, requisition=sheet.requisition, initial=sheet.request.POST.dict()
    )
    return _page(sheet)


def _add(sheet: Sheet, index: int) -> None:
    sheet.grid.rows.extend(blank_row() for _number in range(5))


def _remove(sheet: Sheet, index: int) -> None:
    if 0 <= index < len(sheet.grid.rows):
        del sheet.grid.rows[index]


def _copy(sheet: Sheet, index: int) -> None:
    if 0 <= index < len(sheet.grid.rows):
        values = {**sheet.grid.rows[index].values, "id": ""}
        sheet.grid.rows.insert(index + 1, Row(values))


def _paste(sheet: Sheet, index: int) -> None:
    text = sheet.request.POST.get("pasted", "")
    try:
        rows = pasted_rows(text)
    except InvalidInputError as error:
        sheet.grid.errors.append(str(error))
        sheet.pasted = text
        return
    sheet.grid.rows = [*sheet.grid.filled(), *rows, blank_row()]
    problems = [row.errors for row in rows]
    sheet.grid.payloads()  # marks the cells that cannot be read
    for row, found in zip(rows, problems, strict=True):
        row.errors |= found


_CHANGES: dict[str, Callable[[Sheet, int], None]] = {
    "add": _add,
    "remove": _remove,
    "copy": _copy,
    "paste": _paste,
}


# ---------------------------------------------------------------- the page
def _page(sheet: Sheet) -> HttpResponse:
    requisition = sheet.requisition
    units = Unit.objects.active().order_by("code")
    context = {
        "form": sheet.form,
        "grid": sheet.grid,
        "requisition": requisition,
        "version": sheet.version,
        "stale": sheet.stale,
        "pasted": sheet.pasted,
        "draft_key": sheet.draft_key,
        "form_token": sheet.request.POST.get(once.FIELD) or once.new_token(),
        "units": units,
        "currencies": {
            str(row.pk): {"code": row.code, "minor_units": row.minor_units}
            for row in sheet.form.fields["currency"].queryset  # type: ignore[attr-defined]  # a ModelChoiceField
        },
        "blank": blank_row(),
        "most_lines": services.MOST_LINES,
        "attachments": attachments.of(requisition) if requisition else [],
        "accepted": ",".join(media_types.endings()),
        "upload_limit": settings.UPLOAD_MAX_BYTES // (1024 * 1024),
        "cancel_url": (
            reverse("requisitions:detail", args=[requisition.pk])
            if requisition
            else reverse("requisitions:list")
        ),
    }
    return render(sheet.request, "requisitions/edit.html", context, status=sheet.status)
