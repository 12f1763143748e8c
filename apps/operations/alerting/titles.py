"""What people call the metrics and alerts of the rules; a rule without a title is refused."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

METRICS = {
    "response_time": _("Response time"),
    "error_rate": _("Error rate"),
    "uptime": _("Uptime"),
    "query_time": _("Query time"),
    "connections": _("Database connections"),
    "disk": _("Disk usage"),
}
ALERTS = {
    "application_down": _("The application does not answer"),
    "database_failures": _("The database cannot be reached"),
    "security_breach": _("Signs of a security breach"),
    "error_rate_critical": _("More than 10 percent of requests fail"),
    "disk_critical": _("A disk is more than 90 percent full"),
    "burn_fast": _("Failures use up the month's allowance within two days"),
    "burn_steady": _("Failures use up the month's allowance within five days"),
    "response_time": _("Answers take more than 5 seconds"),
    "error_rate": _("More than 5 percent of requests fail"),
    "disk": _("A disk is more than 80 percent full"),
    "processor": _("The processor is more than 80 percent busy"),
    "burn_slow": _("Failures use up the month's allowance too early"),
    "database_load": _("The database is close to its limits"),
    "performance_trend": _("Performance gets worse"),
    "adoption": _("Fewer trained people work with the system than planned"),
    "backup": _("No proved backup of the last 26 hours"),
}
# What only somebody outside can see: an alert of Prometheus, and of nobody here.
OUTSIDE = {"monitor_silent": _("The monitor does not watch")}
