"""Who and what the smoke test works with: made before, shut afterwards, the same every time.

People and documents are never deleted here, so nothing is: the same few accounts are opened with
new passwords that nobody sees, and shut again; documents say what they are, and are cancelled.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

from django.db import Error
from django.utils.translation import gettext as _

from apps.accounts import roles, services
from apps.accounts.models import Department, User
from apps.budgets import services as budgets
from apps.budgets.models import CostCentre
from apps.catalog import services as catalog
from apps.catalog.models import Supplier
from apps.common import context
from apps.common.errors import DomainError
from apps.operations.probes import checks
from apps.procurement import services as ordering
from apps.procurement.models import PurchaseOrder
from apps.requisitions import services as asking
from apps.requisitions.models import Requisition

CODE = "SMOKE-TEST"
TITLE = "Smoke test, cancelled by itself"
ROLES = {
    "smoke-admin": {"admin"},
    "smoke-procurement": {"procurement"},
    "smoke-engineer": {"engineer"},
    "smoke-head": {"engineer", "finance", "procurement"},
}


class CannotCleanError(Exception):
    """This database would keep what the test makes."""


@dataclass
class Stage:
    """Everything that is there while the test runs."""

    by: User
    people: dict[str, User] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)

    def set_up(self, *, with_company: bool) -> None:
        """Open the accounts, and what a requisition needs."""
        for name, wanted in ROLES.items():
            self.people[name] = self._open(name, wanted)
        if with_company:
            self._company()

    def _open(self, name: str, wanted: set[str]) -> User:
        person = User.objects.filter(username=name).first()
        if person is None:
            data = {"username": name, "name": f"{TITLE} ({name})"}
            person = services.create_user(by=self.by, data=data, roles=wanted)
        elif not person.is_active:
            person = services.reactivate(person, by=self.by, comment=TITLE)
        services.set_roles(person, wanted, by=self.by, comment=TITLE)
        self.passwords[name] = secrets.token_urlsafe(24)
        # Read again: rights were given to the row, not to this object.
        person = User.objects.get(pk=person.pk)
        return services.set_password(person, self.passwords[name], by=person)

    def _company(self) -> None:
        """A department below the company's top with a cost centre, and a supplier nobody is."""
        top = Department.objects.filter(parent=None, is_active=True).exclude(code=CODE)
        department = Department.objects.filter(code=CODE).first() or Department(code=CODE)
        data = {
            "name": TITLE,
            "parent": top.order_by("pk").first(),
            "head": self.people["smoke-head"],
            "is_active": True,
        }
        department = services.save_department(department, by=self.by, data=data)
        for name, person in self.people.items():
            if name != "smoke-admin":
                services.update_user(person, by=self.by, data={"department": department})
        centre = CostCentre.objects.filter(code=CODE).first() or CostCentre(code=CODE)
        data = {"name": TITLE, "department": department, "is_active": True}
        budgets.save(centre, by=self.by, data=data)
        supplier = Supplier.objects.filter(code=CODE).first() or Supplier(code=CODE)
        data = {"name": TITLE, "is_active": True}
        supplier = catalog.save_supplier(supplier, by=self.by, data=data)
        if supplier.status != Supplier.Status.APPROVED:
            buyer = User.objects.get(username="smoke-procurement")
            catalog.decide("approve", supplier, by=buyer, comment=TITLE)

    def clear(self) -> None:
        """Cancel documents, then shut everything; what cannot be is named and does not stop it."""
        with context.working(channel=context.Channel.COMMAND, comment=TITLE):
            self._cancel()
            self._shut_company()
            for person in User.objects.filter(username__in=ROLES, is_active=True):
                self._try(services.deactivate, person, by=self.by, comment=TITLE)

    def _cancel(self) -> None:
        buyer = User.objects.filter(username="smoke-procurement").first()
        orders = PurchaseOrder.objects.filter(department__code=CODE)
        for order in orders.exclude(status__in=("cancelled", "closed", "rejected")):
            self._try(ordering.cancel, order, by=buyer, comment=TITLE)
        documents = Requisition.objects.filter(department__code=CODE).select_related("requester")
        for one in documents.exclude(status__in=("cancelled", "closed", "rejected")):
            if one.status == "draft":
                self._try(asking.delete, one, by=one.requester)
            else:
                self._try(asking.cancel, one, by=one.requester, comment=TITLE)

    def _shut_company(self) -> None:
        buyer = User.objects.filter(username="smoke-procurement").first()
        for supplier in Supplier.objects.filter(code=CODE, status=Supplier.Status.APPROVED):
            self._try(catalog.decide, "suspend", supplier, by=buyer, comment=TITLE)
        for supplier in Supplier.objects.filter(code=CODE, is_active=True):
            self._try(catalog.save_supplier, supplier, by=self.by, data={"is_active": False})
        for centre in CostCentre.objects.filter(code=CODE, is_active=True):
            self._try(budgets.save, centre, by=self.by, data={"is_active": False})
        for department in Department.objects.filter(code=CODE, is_active=True):
            self._try(services.save_department, department, by=self.by, data={"is_active": False})

    def _try(self, act: Any, *given: Any, **options: Any) -> None:
        try:
            act(*given, **options)
        except (Error, DomainError, ValueError, TypeError, AttributeError) as error:
            self.left.append(f"{given[-1]}: {error}")


def operator(name: str = "") -> User:
    """In whose name people are made: this administrator, or the one who has been there longest.

    Raises CannotCleanError where the database takes no changes, is of another release, or has
    nobody who may shut accounts again.
    """
    for look in (checks.DatabaseReads, checks.DatabaseWrites, checks.Migrations):
        try:
            look().run()
        except Exception as error:
            raise CannotCleanError(str(error)) from error
    people = User.objects.filter(is_active=True, groups__name=roles.ADMIN)
    people = people.exclude(username__in=ROLES)
    found = people.filter(username=name) if name else people
    person: User | None = found.order_by("pk").first()
    if person is None:
        raise CannotCleanError(_("There is no active administrator to make and shut accounts."))
    return person
