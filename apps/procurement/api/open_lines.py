"""The buyer's worklist over the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from apps.common.api.permissions import Rule
from apps.common.api.viewsets import ERPViewSet
from apps.procurement import policies, services
from apps.procurement.api.filters import OpenLineFilter
from apps.procurement.api.serializers import OpenLineSerializer
from apps.procurement.models import OpenLine


class OpenLineViewSet(ERPViewSet):
    """Approved lines with something left to order, of the departments this person buys for."""

    queryset = OpenLine.objects.none()
    serializer_class = OpenLineSerializer
    filterset_class = OpenLineFilter
    policies: ClassVar[Mapping[str, Rule]] = {
        "list": policies.may_convert,
        "retrieve": policies.may_convert,
    }

    def visible(self) -> QuerySet[OpenLine]:
        """The lines, with all that is shown of them."""
        return OpenLine.objects.visible_to(self.request.user).with_worklist().order_by("pk")

    def search(self, queryset: Any, text: str) -> Any:
        """By what is asked for, or by the requisition."""
        return queryset.search(text)

    def paginate_queryset(self, queryset: Any) -> Any:
        """A page with what is proposed, in the same statements for one line and for many."""
        return self._proposed(super().paginate_queryset(queryset) or [])

    def retrieve(self, request: Request, pk: str) -> Response:
        """One line."""
        (line,) = self._proposed([self.get_object()])
        return self.reply(line)

    def _proposed(self, lines: Any) -> list[Any]:
        proposals = services.propose(lines)
        for line in lines:
            line.proposal = proposals[line.pk]
            line.due = line.needed_by or line.requisition.needed_by
        return list(lines)
