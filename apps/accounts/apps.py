"""Configuration of the accounts app."""

from django.apps import AppConfig
from django.contrib.auth import signals
from django.core.checks import Tags, register
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Users, the department tree, roles and delegation."""

    name = "apps.accounts"
    verbose_name = _("People & access")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Write log-ins down, whichever door they come through."""
        from axes.signals import user_locked_out

        from apps.accounts import checks, receivers
        from apps.common import history

        register(checks.no_demo_passwords, Tags.security, deploy=True)
        register(checks.roles_can_be, Tags.security)
        signals.user_logged_in.connect(receivers.on_login, dispatch_uid="accounts.login")
        signals.user_logged_out.connect(receivers.on_logout, dispatch_uid="accounts.logout")
        signals.user_login_failed.connect(receivers.on_failure, dispatch_uid="accounts.failure")
        user_locked_out.connect(receivers.on_lockout, dispatch_uid="accounts.lockout")
        history.label_events(receivers.EVENTS)
