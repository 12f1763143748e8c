"""Configuration of the audit app."""

from django.apps import AppConfig
from django.db.models.signals import pre_save
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    """Append-only history; observes, nobody imports it."""

    name = "apps.audit"
    verbose_name = _("Audit")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to services and to saves, and offer the history to pages."""
        from apps.audit import checks, history, receivers, registration
        from apps.common import events
        from apps.common import history as common_history

        events.recorded.connect(receivers.on_recorded, dispatch_uid=checks.RECORDED)
        pre_save.connect(
            receivers.on_entry_saved, sender=self.get_model("Entry"), dispatch_uid=checks.SAVED
        )
        registration.register_all()
        common_history.register(history.rows)
        common_history.label_events({"audit.export": _("audit entries exported")})
