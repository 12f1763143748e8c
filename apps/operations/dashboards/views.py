"""The two dashboards, in the look of the back office."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.admin import site
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_stubs_ext import StrOrPromise

from apps.common import replica
from apps.operations import policies
from apps.operations.dashboards import executive as executive_figures
from apps.operations.dashboards import technical as technical_figures
from apps.operations.dashboards.tile import Tile

type Tiles = Callable[[Any, datetime], list[Tile]]


@require_safe
@never_cache
def executive(request: HttpRequest) -> HttpResponse:
    """The business view."""
    if not policies.may_see_executive(request.user):
        raise PermissionDenied
    blocks = (
        (gettext_lazy("ERP system health overview"), 0, 5),
        (gettext_lazy("Business process"), 5, 10),
    )
    title = _("Executive dashboard")
    return _page(request, title, _read(request, executive_figures.tiles), blocks)


@require_safe
@never_cache
def technical(request: HttpRequest) -> HttpResponse:
    """The operations view."""
    if not policies.may_see_technical(request.user):
        raise PermissionDenied
    blocks = (
        (gettext_lazy("Technical performance overview"), 0, 5),
        (gettext_lazy("Application"), 5, 10),
    )
    title = _("Technical dashboard")
    return _page(request, title, _read(request, technical_figures.tiles), blocks)


def _read(request: HttpRequest, tiles: Tiles) -> list[Tile]:
    """From the copy of the database where there is one, as all dashboards do."""
    return replica.read(lambda: tiles(request.user, timezone.now()))


def _page(
    request: HttpRequest,
    title: str,
    tiles: list[Tile],
    blocks: tuple[tuple[StrOrPromise, int, int], ...],
) -> HttpResponse:
    if request.GET.get("format") == "json":
        return JsonResponse({"tiles": [tile.as_dict() for tile in tiles]})
    context = {
        **site.each_context(request),
        "title": title,
        "now": timezone.now(),
        "zone": timezone.get_current_timezone_name(),
        "blocks": [(label, tiles[first:last]) for label, first, last in blocks],
        "others": _others(request),
    }
    return TemplateResponse(request, "admin/operations/dashboard.html", context)


def _others(request: HttpRequest) -> list[tuple[str, str, bool]]:
    """The way from one to the other, for those who may see both."""
    pages = (
        (_("Executive"), "operations:dashboard_executive", policies.may_see_executive),
        (_("Technical"), "operations:dashboard_technical", policies.may_see_technical),
    )
    here = request.resolver_match.view_name if request.resolver_match else ""
    found = [(label, name, name == here) for label, name, may in pages if may(request.user)]
    return found if len(found) > 1 else []
