"""Questions about master data; never a write."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.common import search


class MasterQuerySet(models.QuerySet[Any]):
    """Master data, known to everybody who may log in."""

    def active(self) -> MasterQuerySet:
        """Records that new documents may use."""
        return self.filter(is_active=True)

    def visible_to(self, user: Any) -> MasterQuerySet:
        """All records for people who may log in, none for anybody else."""
        return self if user.is_authenticated and user.is_active else self.none()

    def search(self, text: str) -> MasterQuerySet:
        """Every word is in the code or in the name, in either language."""
        found: MasterQuerySet = self._search(text, "code", "name_en", "name_zh_hans")
        return found

    def _search(self, text: str, *fields: str) -> Any:
        found = self
        for word in text.split()[: search.MOST_WORDS]:
            found = search.containing(found, word, *fields)
        return found


class ItemQuerySet(MasterQuerySet):
    """Items of the catalogue."""

    def search(self, text: str) -> ItemQuerySet:
        """By code, name in either language, manufacturer's part number or the category's code."""
        found: ItemQuerySet = self._search(
            text, "code", "name_en", "name_zh_hans", "manufacturer_part_number", "category__code"
        )
        return found


class SupplierQuerySet(MasterQuerySet):
    """Suppliers by what may be done with them."""

    def orderable(self) -> SupplierQuerySet:
        """Suppliers an order may be issued to."""
        return self.filter(status="approved", is_active=True)

    def search(self, text: str) -> SupplierQuerySet:
        """By code, name in either language, or tax number."""
        found: SupplierQuerySet = self._search(
            text, "code", "name_en", "name_zh_hans", "tax_number"
        )
        return found


class DatedQuerySet(models.QuerySet[Any]):
    """Records valid from a date (rates, prices)."""

    def on(self, day: date | None = None) -> DatedQuerySet:
        """What is in force on a day (today by default), the newest first."""
        day = day or timezone.localdate()
        return self.filter(valid_from__lte=day).order_by("-valid_from", "-pk")

    def visible_to(self, user: Any) -> DatedQuerySet:
        """All records for people who may log in, none for anybody else."""
        return self if user.is_authenticated and user.is_active else self.none()


class SupplierPriceQuerySet(DatedQuerySet):
    """What suppliers ask, with validity and breaks."""

    def on(self, day: date | None = None) -> SupplierPriceQuerySet:
        """Prices in force on a day."""
        day = day or timezone.localdate()
        return self.filter(
            Q(valid_until=None) | Q(valid_until__gte=day), valid_from__lte=day, is_active=True
        ).order_by("-valid_from", "-pk")


DatedManager = models.Manager.from_queryset(DatedQuerySet)
ItemManager = models.Manager.from_queryset(ItemQuerySet)
MasterManager = models.Manager.from_queryset(MasterQuerySet)
SupplierManager = models.Manager.from_queryset(SupplierQuerySet)
SupplierPriceManager = models.Manager.from_queryset(SupplierPriceQuerySet)
