"""The page Prometheus reads."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.operations.metrics.exposition import exposition
from apps.operations.probes.views import may_see_inside


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """All figures, for whoever has the token or comes from a named network."""
    if may_see_inside(request):
        content, content_type = exposition(request.headers.get("Accept", ""))
        response = HttpResponse(content, content_type=content_type)
    else:
        response = HttpResponse("Forbidden.\n", "text/plain", HTTPStatus.FORBIDDEN)
    response.headers["Cache-Control"] = "no-store"
    return response
