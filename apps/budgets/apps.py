"""Configuration of the budgets app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BudgetsConfig(AppConfig):
    """Cost centres and projects; the budgets' ledger stands on them."""

    name = "apps.budgets"
    verbose_name = _("Budgets")
    default_auto_field = "django.db.models.BigAutoField"
