"""Configuration of the operations app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OperationsConfig(AppConfig):
    """What an operator runs: demo data and imports over all apps."""

    name = "apps.operations"
    verbose_name = _("Operations")
    default_auto_field = "django.db.models.BigAutoField"
