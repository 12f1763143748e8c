"""Who may do what with cost centres and projects."""

from __future__ import annotations

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType

from apps.budgets.models import CostCentre, CostCentreGrant, Project
from tests.architecture.permission_table import World, master_viewset, model_admin, to

ADMIN = to("admin")
READERS = to("admin", "auditor", "procurement")

ROWS = [
    *master_viewset("cost-centre", of="costcentre", write=ADMIN),
    *master_viewset("project", of="project", write=ADMIN),
    *model_admin("budgets.costcentre", of="costcentre", add=ADMIN, change=ADMIN),
    *model_admin("budgets.project", of="project", add=ADMIN, change=ADMIN),
    *model_admin("budgets.costcentregrant", of="grant", view=READERS, add=ADMIN, delete=ADMIN),
]


def populate(world: World) -> None:
    """A cost centre and a project."""
    world.objects["costcentre"] = CostCentre.objects.create(
        code="CC-100", name_en="Laboratory", department=world.objects["department"]
    )
    world.objects["grant"] = CostCentreGrant.objects.create(
        user=world.objects["user"],
        permission=Permission.objects.get(codename="charge"),
        content_type=ContentType.objects.get_for_model(CostCentre),
        object_pk=str(world.objects["costcentre"].pk),
    )
    world.objects["project"] = Project.objects.create(code="P-1", name_en="New line")
