"""Requisitions in the back office: read, decided on, closed; written in the workspace."""

from apps.requisitions.admin import dashboard
from apps.requisitions.admin import requisitions as requisitions  # registers itself

dashboard.register()
