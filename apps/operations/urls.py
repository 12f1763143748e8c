"""What machines ask, and the pages about operation. No path has a slash at its end: a contract."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path

from apps.operations.dashboards.views import executive, technical
from apps.operations.metrics.views import metrics
from apps.operations.probes import views
from apps.operations.status.views import status, status_json

app_name = "operations"

PROBES = (
    ("livez", "live", views.Live),
    ("readyz", "ready", views.Ready),
    ("startupz", "started", views.Started),
    ("api/health", "health", views.Health),
    ("api/health/database", "health_database", views.DatabaseHealth),
    ("api/health/auth", "health_auth", views.AuthHealth),
)
urlpatterns = [
    path(address, login_not_required(probe.as_view()), name=name) for address, name, probe in PROBES
]
urlpatterns.append(path("metrics", login_not_required(metrics), name="metrics"))
urlpatterns += [
    path("dashboard/executive", executive, name="dashboard_executive"),
    path("dashboard/technical", technical, name="dashboard_technical"),
    path("status", login_not_required(status), name="status"),
    path("status.json", login_not_required(status_json), name="status_json"),
]
PATHS = frozenset({"/metrics", *(f"/{address}" for address, _name, _probe in PROBES)})
