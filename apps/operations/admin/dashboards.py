"""The dashboards in the navigation of the back office."""

from django.utils.translation import gettext_lazy as _

from apps.common.admin_site import Link, register_link
from apps.operations import policies

register_link(
    Link(
        "operations",
        _("Executive dashboard"),
        "operations:dashboard_executive",
        "speedometer2",
        lambda request: policies.may_see_executive(request.user),
    )
)
register_link(
    Link(
        "operations",
        _("Technical dashboard"),
        "operations:dashboard_technical",
        "bar-chart-line",
        lambda request: policies.may_see_technical(request.user),
    )
)
