"""Every route of the product, by interface: back office, API, workspace."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from apps.common.views.pages import set_language

type Routes = list[URLPattern | URLResolver]

version_1: Routes = [
    path("", include("apps.accounts.api.urls")),
    path("", include("apps.catalog.api.urls")),
    path("", include("apps.budgets.api.urls")),
    path("", include("apps.approvals.api.urls")),
    path("", include("apps.requisitions.api.urls")),
    path("", include("apps.procurement.api.urls")),
    path("", include("apps.support.api.urls")),
    path("", include("apps.audit.api.urls")),
    path("", include("apps.common.api.urls")),
]
api: Routes = [
    path("auth/", include("apps.accounts.api.auth_urls")),
    path("v1/", include(version_1)),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
]

handler400 = "apps.common.views.pages.bad_request"
handler403 = "apps.common.views.pages.permission_denied"
handler404 = "apps.common.views.pages.page_not_found"
handler500 = "apps.common.views.pages.server_error"

urlpatterns: Routes = [
    path("admin/", admin.site.urls),
    path("api/", include(api)),
    # Whoever is about to log in chooses a language, too.
    path("i18n/setlang/", set_language, name="set_language"),
    path("", include("apps.accounts.urls")),
    path("", include("apps.common.urls")),
    path("", include("apps.approvals.urls")),
    path("", include("apps.requisitions.urls")),
    path("", include("apps.support.urls")),
    path("", include("apps.operations.urls")),
]
