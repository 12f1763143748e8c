"""Who may do what with requisitions: the engineer asks, the manager decides, the buyer buys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from apps.accounts.models import User
from apps.approvals.models import ApprovalRule
from apps.budgets.models import CostCentre
from apps.common.services import attachments, comments
from apps.requisitions import services
from apps.requisitions.models import Requisition
from tests.architecture.permission_table import (
    EVERYBODY,
    World,
    model_admin,
    route,
    to,
)
from tests.catalog.factories import make_currency, make_unit
from tests.requisitions.factories import rule_for_head

ASKS = to("engineer", "manager", "procurement", "admin")
SEEN = to("engineer", "manager", "procurement", "admin", "auditor", hidden="ops")
COPIES = to("engineer", "manager", "procurement", "admin", hidden="ops")
OWNS = to("engineer", hidden="ops")
AUTHOR = to("engineer")
DECIDES = to("manager", "procurement", hidden="ops")  # procurement stands in for the manager
BUYS = to("engineer", "procurement", hidden="ops")
# A draft is private: besides its author only those who may see all requisitions find it.
DRAFTS = to("engineer", hidden="manager procurement ops")
DRAFT_SEEN = to("engineer", "admin", "auditor", hidden="manager procurement ops")


def file_of_draft(world: World) -> Mapping[str, Any]:
    """A file with the document it is on."""
    return {"pk": world.objects["draft"].pk, "attachment_pk": world.objects["attachment"].pk}


def moving(name: str, of: str) -> Callable[[World], Mapping[str, Any]]:
    """A move of a document in the workspace."""
    return lambda world: {"pk": world.objects[of].pk, "name": name}


ROWS = [
    route("requisition-list", GET=EVERYBODY, POST=ASKS),
    route("requisition-detail", of="requisition", GET=SEEN, PATCH=AUTHOR, DELETE=AUTHOR),
    route("requisition-submit", of="draft", POST=DRAFTS),
    route("requisition-withdraw", of="requisition", POST=OWNS),
    route("requisition-approve", of="requisition", POST=DECIDES),
    route("requisition-reject", of="requisition", body={"comment": "no"}, POST=DECIDES),
    route("requisition-return", of="requisition", body={"comment": "why?"}, POST=DECIDES),
    route("requisition-cancel", of="requisition", body={"comment": "no"}, POST=OWNS),
    route("requisition-close", of="approved", body={"comment": "enough"}, POST=BUYS),
    route("requisition-reopen", of="closed", body={"comment": "more"}, POST=BUYS),
    route("requisition-copy", of="requisition", POST=ASKS),
    route("requisition-preview", of="requisition", GET=SEEN),
    route("requisition-history", of="requisition", GET=SEEN),
    route("requisition-lines", of="requisition", GET=SEEN),
    route("attachment-list", GET=EVERYBODY, POST=EVERYBODY),
    route("attachment-detail", of="attachment", GET=DRAFT_SEEN, DELETE=DRAFTS),
    route("attachment-content", of="attachment", GET=DRAFT_SEEN),
    route("comment-list", GET=EVERYBODY, POST=EVERYBODY),
    route("comment-detail", of="comment", GET=DRAFT_SEEN),
    route("common:download", of="attachment", GET=DRAFT_SEEN),
    route("requisitions:list", GET=EVERYBODY),
    route("requisitions:create", GET=ASKS, POST=ASKS),
    route("requisitions:detail", of="requisition", GET=SEEN),
    route("requisitions:edit", of="draft", GET=DRAFTS, POST=DRAFTS),
    route("requisitions:copy", of="requisition", POST=COPIES),
    route("requisitions:delete", of="draft", POST=DRAFTS),
    route("requisitions:watch", of="requisition", body={"on": "1"}, POST=SEEN),
    route("requisitions:share", of="requisition", body={"person": "colleague"}, POST=OWNS),
    route("requisitions:comment", of="requisition", body={"text": "Hm"}, POST=COPIES),
    route("requisitions:attach", of="draft", POST=DRAFTS),
    route("requisitions:remove_attachment", arguments=file_of_draft, POST=DRAFTS),
    route(
        "requisitions:action",
        arguments=moving("approve", "requisition"),
        POST=DECIDES,
    ),
    route("requisitions:lookup_items", GET=EVERYBODY),
    route("requisitions:lookup_suppliers", GET=EVERYBODY),
    route("requisitions:lookup_categories", GET=EVERYBODY),
    route("requisitions:lookup_people", GET=EVERYBODY),
    *model_admin("requisitions.requisition", of="requisition", add=to("procurement", "admin")),
]


def populate(world: World) -> None:
    """One of the engineer's requisitions in each state that matters, all of them version 1."""
    if not ApprovalRule.objects.filter(document_kind="requisition", is_active=True).exists():
        rule_for_head()
    engineer = User.objects.get(pk=world.people["engineer"].pk)
    department = world.objects["department"]
    centre = CostCentre.objects.create(code="CC-R", name_en="R", department=department)
    data = {
        "title": "Things",
        "department": department,
        "cost_centre": centre,
        "currency": make_currency("CNY"),
    }
    line = {
        "description": "A thing",
        "quantity": Decimal(1),
        "unit": make_unit(),
        "estimated_price": Decimal(10),
    }

    def draft() -> Requisition:
        return services.create(by=engineer, data=data, lines=[line])

    world.objects["draft"] = draft()
    upload = SimpleUploadedFile("a.txt", b"text")
    world.objects["attachment"] = attachments.attach(
        world.objects["draft"], upload=upload, by=engineer
    )
    world.objects["comment"] = comments.comment(world.objects["draft"], text="Hm", by=engineer)
    world.objects["requisition"] = services.submit(draft(), by=engineer)
    for name in ("approved", "closed"):
        sent = services.submit(draft(), by=engineer)
        Requisition.objects.filter(pk=sent.pk).update(status="approved")
        world.objects[name] = sent
    services.close(world.objects["closed"], by=engineer, comment="enough")
    Requisition.objects.update(version=1)  # the version every row is asked with
