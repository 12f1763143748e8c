"""Configuration of the support app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SupportConfig(AppConfig):
    """Who helps whom and how fast: contacts, levels, on-call, escalation, issues, training."""

    name = "apps.support"
    verbose_name = _("Support")
    default_auto_field = "django.db.models.BigAutoField"
