"""Whether the work behind the pages gets done: jobs, messages, mail."""

from __future__ import annotations

import smtplib
import socket
from typing import Any

from django.conf import settings
from django.core.mail import mailers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.operations.doctor.answers import Answer, check, fault, first_line, warn, well
from apps.operations.metrics import gauges, names

LATE_SECONDS = 300
STUCK_SECONDS = 900


@check("queue.worker", "queue", "slow", label=gettext_lazy("background jobs"))
def worker() -> Answer:
    """Jobs that are due are begun; otherwise the worker is dead or drowned."""
    figures = _figures("tasks")
    if figures["oldest_seconds"] > LATE_SECONDS:
        said = _("%(waiting)d background jobs wait, the oldest for %(oldest_seconds)d s.")
        cause = "worker_busy" if figures["running"] else "worker_dead"
        return fault(cause, said % figures, "systemctl status erp-worker", **figures)
    if figures["failed"]:
        said = _("%(failed)d background jobs have failed.") % figures
        step = "journalctl -u erp-worker --since -24h --priority warning"
        return warn("jobs_failed", said, step, **figures)
    return well(_("No job waits for long."), **figures)


@check("queue.outbox", "queue", "mail", label=gettext_lazy("outgoing messages"))
def outbox() -> Answer:
    """Messages leave soon after what caused them."""
    figures = _figures("outbox")
    if figures["oldest_seconds"] > STUCK_SECONDS:
        said = _("%(waiting)d messages wait to be sent, the oldest for %(oldest_seconds)d s.")
        return fault("outbox_stuck", said % figures, "manage.py erp_send_outbox", **figures)
    if figures["failed"]:
        said = _("%(failed)d messages were given up.") % figures
        return warn("messages_failed", said, "manage.py erp_check --topic mail", **figures)
    return well(_("No message waits for long."), **figures)


def _figures(about: str) -> dict[str, int]:
    """The figures of the metrics that begin with this word."""
    found = gauges.of_database()
    if any(metric is names.DATABASE_UP and not value for metric, _label, value in found):
        raise OSError("the database does not answer")
    start = f"erp_{about}_"
    return {
        metric.name.removeprefix(start): int(value)
        for metric, _label, value in found
        if metric.name.startswith(start)
    }


@check("mail.server", "mail", label=gettext_lazy("mail server"), asks_database=False)
def mail_server() -> Answer:
    """Log in to the mail server and say goodbye; no mail is sent."""
    configured: Any = settings.MAILERS["default"]
    if not configured["BACKEND"].endswith("smtp.EmailBackend"):
        kind = str(configured["BACKEND"]).split(".")[-2]
        return well(_("Mails are not sent by a server here."), kind=kind)
    options = configured.get("OPTIONS", {})
    figures = {"host": options.get("host", "localhost"), "port": options.get("port", 25)}
    connection: Any = mailers["default"]
    connection.timeout = 5
    try:
        connection.open()
        connection.close()
    except smtplib.SMTPAuthenticationError:
        said = _("The mail server refuses the user or password of ERP_MAIL_URL.")
        return fault("mail_refused", said, "ERP_MAIL_URL", **figures)
    except (OSError, smtplib.SMTPException, socket.gaierror) as error:
        said = _("The mail server does not answer: %(why)s") % {"why": first_line(error)}
        return fault("mail_unreachable", said, "ERP_MAIL_URL", **figures)
    return well(_("It answers."), **figures)
