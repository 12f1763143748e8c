"""Configuration of the common ground."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommonConfig(AppConfig):
    """Numbers, idempotency, attachments, comments, imports: what every document stands on."""

    name = "apps.common"
    verbose_name = _("System")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Measure statements, write a line for each request, name the checks of attachments."""
        from django.db.backends.signals import connection_created

        from apps.common import access_log, integrity, measuring, stored

        connection_created.connect(measuring.install, dispatch_uid="common.measuring")
        measuring.request_measured.connect(access_log.write, dispatch_uid="common.access_log")
        integrity.register("attachments", _("files and what they are on"), stored.attachments)
        integrity.register("attachments", _("files and what they are on"), stored.targets)
