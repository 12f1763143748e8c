"""Configuration of the audit app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_save
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    """Append-only history; observes, nobody imports it."""

    name = "apps.audit"
    verbose_name = _("Audit")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to services and to saves, and offer the history to pages."""
        from apps.audit import checks, history, integrity, receivers, registration, triggers
        from apps.common import events
        from apps.common import history as common_history
        from apps.common import integrity as register

        events.recorded.connect(receivers.on_recorded, dispatch_uid=checks.RECORDED)
        pre_save.connect(
            receivers.on_entry_saved, sender=self.get_model("Entry"), dispatch_uid=checks.SAVED
        )
        post_migrate.connect(triggers.GUARD.after_migrations, sender=self)
        registration.register_all()
        common_history.register(history.rows)
        register.register("guards", _("what the database refuses"), integrity.guards)
        register.register("audit", _("the history and where it left documents"), integrity.numbers)
        register.register("audit", _("the history and where it left documents"), integrity.statuses)
        common_history.label_events({"audit.export": _("audit entries exported")})
