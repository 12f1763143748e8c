"""Configuration of the common ground."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommonConfig(AppConfig):
    """Numbers, idempotency, attachments, comments, imports: what every document stands on."""

    name = "apps.common"
    verbose_name = _("System")
    default_auto_field = "django.db.models.BigAutoField"
