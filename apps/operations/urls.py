"""What machines ask: probes and metrics. The paths are a contract, with no slash at their end."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path

from apps.operations.metrics.views import metrics
from apps.operations.probes import views

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
PATHS = frozenset({"/metrics", *(f"/{address}" for address, _name, _probe in PROBES)})
