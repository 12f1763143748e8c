"""Configuration of the operations app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OperationsConfig(AppConfig):
    """What an operator runs and watches: probes, metrics, demo data."""

    name = "apps.operations"
    verbose_name = _("Operations")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Count what happens, name the checks of every table and what backups leave in history."""
        self._count()
        self._check()
        self._alert()
        self._certify()

    def _count(self) -> None:
        from django.contrib.auth import get_user_model
        from django.core.signals import got_request_exception
        from django.db.models.signals import m2m_changed

        from apps.common import events, measuring
        from apps.operations.metrics import instruments, receivers

        instruments.choose_folder()
        for signal, receiver in (
            (measuring.request_begun, receivers.on_begun),
            (measuring.request_measured, receivers.on_measured),
            (got_request_exception, receivers.on_exception),
            (events.recorded, receivers.on_recorded),
        ):
            signal.connect(receiver, dispatch_uid=f"operations.{receiver.__name__}")
        user = get_user_model()
        for through in (user.groups.through, user.user_permissions.through):
            m2m_changed.connect(
                receivers.on_rights_changed,
                sender=through,
                dispatch_uid=f"operations.{through.__name__}",
            )

    def _check(self) -> None:
        from apps.common import history, integrity
        from apps.operations.verify import alerting, rules, states, storage

        files = _("the database's own files")
        integrity.register("storage", files, storage.readable, is_of_one_moment=False)
        integrity.register("keys", _("foreign keys"), rules.keys)
        integrity.register("constraints", _("rules of the records"), rules.constraints)
        integrity.register("states", _("states of documents"), states.states)
        integrity.register("alerts", _("alerts and incidents"), alerting.alerts)
        integrity.register("alerts", _("alerts and incidents"), alerting.of_incidents)
        history.label_events(
            {
                "backup.made": _("backup made"),
                "backup.failed": _("backup failed"),
                "backup.verified": _("backup restored and compared"),
                "backup.restored": _("restored from this backup"),
                "backup.rotated": _("backup rotated away"),
                "drill.done": _("drill done"),
            }
        )

    def _alert(self) -> None:
        """Deliver alerts, and name what happens to incidents."""
        from apps.common import history, outbox
        from apps.operations.alerting import notices

        outbox.register(notices.MAIL, notices.deliver_mail, atomic=True)
        outbox.register(notices.OUTSIDE, notices.deliver_outside)
        outbox.register(notices.CHANNEL, notices.deliver_channel)
        history.label_events(
            {
                "incident.opened": _("opened"),
                "incident.acknowledge": _("acknowledged"),
                "incident.resolve": _("resolved"),
                "incident.reopen": _("opened again"),
                "incident.clear": _("fine again by itself"),
                "incident.fire_again": _("fired again"),
                "incident.escalated": _("gone to the next level"),
                "incident.post_mortem": _("post-mortem written"),
                "incident.published": _("said on the status page"),
            }
        )

    def _certify(self) -> None:
        """Guard evidence and signatures, and name what happens to releases."""
        from django.db.models.signals import post_migrate, pre_migrate
        from django.utils.text import format_lazy

        from apps.common import history, integrity
        from apps.operations.models import Role
        from apps.operations.readiness import guarding, triggers

        pre_migrate.connect(triggers.GUARD.before_migrations, sender=self)
        post_migrate.connect(triggers.GUARD.after_migrations, sender=self)
        integrity.register("guards", _("what the database refuses"), guarding.guards)
        integrity.register("evidence", _("evidence and signatures"), guarding.contents)
        history.label_events(
            {
                "evidence.recorded": _("evidence recorded"),
                "release.assess": _("assessed anew"),
                "release.confirmed": _("evidence confirmed"),
                "release.signature": _("signed"),
                "release.certify": _("certified"),
                "release.withdraw": _("withdrawn"),
                **{
                    f"release.sign_{role.value}": format_lazy("{}: {}", _("signed"), role.label)
                    for role in Role
                },
            }
        )
