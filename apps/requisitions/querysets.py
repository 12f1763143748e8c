"""Questions about requisitions: who sees which, what is open; never a write."""

from __future__ import annotations

from typing import Any

from django.apps import apps as registry
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from apps.accounts.scopes import department_scope
from apps.approvals.querysets import decides_on
from apps.common import search
from apps.requisitions.states import LineStatus, Status

HEADER_RECORDS = (
    "requester",
    "on_behalf_of",
    "department",
    "cost_centre",
    "project",
    "currency",
)

PERSON_SHOWN = frozenset(("id", "username", "name", "first_name", "last_name"))
NAMED = frozenset(("id", "code", "name", "name_en", "name_zh_hans"))


class RequisitionQuerySet(models.QuerySet[Any]):
    """What people asked for."""

    def visible_to(self, user: Any) -> RequisitionQuerySet:
        """Own ones, watched ones, those to decide on, and those of the departments in one's scope.

        Drafts are private: departments' scopes begin at submission. Fails closed.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.has_perm("requisitions.view_all_requisitions"):
            return self
        own = Q(requester=user) | Q(on_behalf_of=user) | Q(created_by=user)
        watched = Exists(
            self.model.watchers.through.objects.filter(requisition=OuterRef("pk"), user=user)
        )
        decides = decides_on("requisition", user)
        scope = department_scope(user, "view_documents", "buy_for")
        in_scope = Q(department__in=scope) & ~Q(status=Status.DRAFT)
        # The cheap ones first: a row that is visible by them is not looked up in approvals.
        return self.filter(own | in_scope | Q(watched) | Q(decides))

    def with_header(self) -> RequisitionQuerySet:
        """With all that a list or page shows of the header, in one statement."""
        return self.select_related(*HEADER_RECORDS)

    def with_names(self) -> RequisitionQuerySet:
        """With what a list shows of the header: of its records, their codes and names only."""
        shown = {
            "requester": PERSON_SHOWN,
            "on_behalf_of": PERSON_SHOWN,
            **dict.fromkeys(("department", "cost_centre", "project", "currency"), NAMED),
        }
        skipped = [
            f"{name}__{field.attname}"
            for name, kept in shown.items()
            for field in self.model._meta.get_field(name).related_model._meta.concrete_fields
            if field.attname not in kept
        ]
        return self.with_header().defer(*skipped)

    def search(self, text: str) -> RequisitionQuerySet:
        """By number, title, or what is asked for."""
        found: RequisitionQuerySet = search.containing(
            self, text, "number", "title", "lines__description"
        )
        return found

    def with_lines(self) -> RequisitionQuerySet:
        """With all lines as `shown_lines`, in one more statement for any number of documents."""
        lines = registry.get_model("requisitions", "RequisitionLine").objects
        related = ("item", "category", "unit", "preferred_supplier")
        rows = lines.select_related(*related).order_by("line_no")
        return self.prefetch_related(models.Prefetch("lines", rows, to_attr="shown_lines"))


class RequisitionLineQuerySet(models.QuerySet[Any]):
    """Lines of requisitions."""

    def open_to_order(self) -> RequisitionLineQuerySet:
        """Approved lines with something left to order: the buyer's worklist."""
        return self.filter(
            requisition__status=Status.APPROVED,
            status=LineStatus.OPEN,
            ordered_quantity__lt=F("quantity"),
        )

    def to_buy_for(self, user: Any) -> RequisitionLineQuerySet:
        """Open lines of the departments this person buys for."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if not user.has_perm("procurement.add_purchaseorder"):
            return self.none()
        scope = department_scope(user, "buy_for")
        return self.open_to_order().filter(requisition__department__in=scope)


RequisitionManager = models.Manager.from_queryset(RequisitionQuerySet)
RequisitionLineManager = models.Manager.from_queryset(RequisitionLineQuerySet)
