"""Configuration of the catalog app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    """Units, currencies, taxes, categories, items, suppliers and their prices."""

    name = "apps.catalog"
    verbose_name = _("Catalogue")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say what can be imported."""
        from apps.catalog import importers

        importers.register()
