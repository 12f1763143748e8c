"""Approvals in the back office: rules, what runs, and the calendar."""

from apps.approvals.admin import dashboard
from apps.approvals.admin import holidays as holidays  # registers itself
from apps.approvals.admin import requests as requests
from apps.approvals.admin import rules as rules

dashboard.register()
