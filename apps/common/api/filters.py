"""Allow-listed filters, search and ordering; anything else in the query is a 400 naming it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend, MultipleChoiceFilter
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request

PAGING = {"cursor", "page_size", "count", "search", "ordering", "format"}


class AnyOfFilter(MultipleChoiceFilter):
    """Several values of a row's own field. No row comes twice, so none is looked for twice.

    django-filter's DISTINCT would gather and sort all rows for the sake of one page of them.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"distinct": False, **kwargs})


class StrictFilters(DjangoFilterBackend):
    """django-filter, refusing parameters it does not know."""

    def filter_queryset(
        self, request: Request, queryset: QuerySet[Any], view: Any
    ) -> QuerySet[Any]:
        """Refuse unknown parameters before filtering by the known ones."""
        filterset = self.get_filterset_class(view, queryset)
        known = PAGING | (set(filterset.base_filters) if filterset else set())
        unknown = sorted(set(request.query_params) - known)
        if unknown:
            raise ValidationError({name[:64]: [_("This filter is not known.")] for name in unknown})
        found: QuerySet[Any] = super().filter_queryset(request, queryset, view)
        return found


class SearchFilter(BaseFilterBackend):
    """`search=` through the view's own `search(queryset, text)`."""

    def filter_queryset(
        self, request: Request, queryset: QuerySet[Any], view: Any
    ) -> QuerySet[Any]:
        """Search for one text; it is data, whatever it looks like."""
        text = request.query_params.get("search", "").strip()
        if not text:
            return queryset
        if len(text) > 200 or "\x00" in text:
            raise ValidationError({"search": [_("At most 200 characters.")]})
        found: QuerySet[Any] = view.search(queryset, text)
        return found

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """The parameter in the OpenAPI document."""
        if not hasattr(view, "search"):
            return []
        return [{"name": "search", "in": "query", "schema": {"type": "string", "maxLength": 200}}]


class OrderingFilter(BaseFilterBackend):
    """`ordering=` from the view's `orderings`, an allow-list of single fields."""

    def filter_queryset(
        self, request: Request, queryset: QuerySet[Any], view: Any
    ) -> QuerySet[Any]:
        """Order by one allowed field."""
        wanted = request.query_params.get("ordering", "")
        if not wanted:
            return queryset
        if wanted.lstrip("-") not in getattr(view, "orderings", ()) or wanted.startswith("--"):
            raise ValidationError({"ordering": [_("This order is not offered.")]})
        return queryset.order_by(wanted)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """The parameter in the OpenAPI document."""
        names = [f"{sign}{name}" for name in getattr(view, "orderings", ()) for sign in ("", "-")]
        if not names:
            return []
        return [{"name": "ordering", "in": "query", "schema": {"type": "string", "enum": names}}]
