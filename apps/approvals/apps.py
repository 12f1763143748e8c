"""Configuration of the approvals app."""

from django.apps import AppConfig
from django.db.models.signals import post_delete, post_migrate, post_save, pre_migrate
from django.utils.translation import gettext_lazy as _


class ApprovalsConfig(AppConfig):
    """Rules, requests, steps and decisions for any kind of document."""

    name = "apps.approvals"
    verbose_name = _("Approvals")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Deliver notices, and guard the decisions on SQLite around migrations."""
        from apps.approvals import checks, integrity, notices, querysets, triggers
        from apps.common import integrity as register
        from apps.common import outbox

        del checks  # registered by being imported
        outbox.register(notices.TOPIC, notices.deliver, atomic=True)
        label = _("what was approved")
        for find in (integrity.contents, integrity.documents):
            register.register("approvals", label, find)
        register.register("guards", _("what the database refuses"), integrity.guards)
        pre_migrate.connect(triggers.GUARD.before_migrations, sender=self)
        post_migrate.connect(triggers.GUARD.after_migrations, sender=self)
        for changed in (post_save, post_delete):
            changed.connect(querysets.forget_calendar, sender=self.get_model("Holiday"))
