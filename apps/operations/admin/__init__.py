"""Operation in the back office."""

from apps.operations.admin import alerts as alerts  # registers itself
from apps.operations.admin import backups as backups
from apps.operations.admin import dashboards as dashboards
from apps.operations.admin import incidents as incidents
from apps.operations.admin import jobs as jobs
from apps.operations.admin import releases as releases
