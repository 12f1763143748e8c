"""The seven checks of the day before a release, each of them done and not remembered."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import psutil
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from apps.operations import certificates
from apps.operations.alerting import shapes, webhooks
from apps.operations.doctor import topics
from apps.operations.doctor.answers import State, first_line
from apps.operations.models import AlertChannel
from apps.operations.readiness import facts
from apps.operations.readiness.findings import (
    Finding,
    Result,
    elsewhere,
    failed,
    passed,
    unknown,
    worst,
)
from apps.operations.readiness.looking import Doctor, Surroundings
from apps.operations.smoke.asking import Red, Server

CONNECT_SECONDS = 5
ASKED_TIMES = 5
LOOPBACK = {"localhost", "testserver"}


@dataclass(frozen=True)
class Target:
    """What is about to go live: its outer address, and what stands behind it."""

    url: str
    addresses: tuple[str, ...] = ()
    instances: tuple[str, ...] = ()

    @property
    def host(self) -> str:
        """The name in the outer address."""
        return str(urlsplit(self.url).hostname or "")


type Step = Callable[[Target], Finding]


def run(target: Target) -> Iterator[tuple[str, StrOrPromise, Finding]]:
    """Do the seven checks, one after the other."""
    for name, (label, step) in STEPS.items():
        yield name, label, step(target)


def _doctor(*names: str) -> Finding:
    around = Surroundings(timezone.now(), dict(topics.named(names)))
    return Doctor(names).look(around)


def backup(_target: Target) -> Finding:
    """The newest backup was restored and compared, and is there."""
    return _doctor("backup.newest", "backup.last")


def services(target: Target) -> Finding:
    """The application has started, and behind it the database; jobs are begun."""
    server = Server(target.url)
    try:
        for path in ("/startupz", "/readyz"):
            server.ask(path).expect(200, path)
    except Red as error:
        return failed("service_down", str(error))
    found = _doctor("queue.worker", "database.writable", "database.migrations")
    if found.result is not Result.PASS:
        return found
    return passed(_("Web, database and worker are up."))


def certificate(target: Target) -> Finding:
    """The certificate is trusted, of this name, and good for three weeks and more."""
    if urlsplit(target.url).scheme != "https":
        return elsewhere(_("The outer address is not https: there is no certificate to look at."))
    port = urlsplit(target.url).port or 443
    try:
        found = certificates.shown(target.host, port, CONNECT_SECONDS)
    except ssl.SSLCertVerificationError as error:
        return failed("certificate_not_trusted", error.verify_message)
    except OSError as error:
        return failed("certificate_not_seen", first_line(error))
    said = _("The certificate ends in %(days)d days.") % {"days": found.days}
    is_short = found.days < certificates.FEWEST_DAYS
    return failed("certificate_ends", said) if is_short else passed(said)


def dns(target: Target) -> Finding:
    """The name leads to the addresses that were named, or to this very machine."""
    if not target.host or target.host in LOOPBACK or _is_address(target.host):
        return elsewhere(_("The outer address has no name that could lead anywhere."))
    try:
        rows = socket.getaddrinfo(target.host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        return failed("name_unknown", f"{target.host}: {error.strerror or error}")
    found = {str(row[4][0]) for row in rows}
    said = _("%(host)s leads to %(addresses)s.")
    said %= {"host": target.host, "addresses": ", ".join(sorted(found))}
    if target.addresses:
        return passed(said) if found == {*target.addresses} else failed("name_elsewhere", said)
    if found <= _own_addresses():
        return passed(said)
    step = _("Name the addresses it has to lead to: --address.")
    return unknown("addresses_not_named", f"{said} {step}")


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _own_addresses() -> set[str]:
    rows = (row for rows in psutil.net_if_addrs().values() for row in rows)
    return {str(row.address).partition("%")[0] for row in rows}


def load_balancer(target: Target) -> Finding:
    """Every process behind the proxy answers, and the proxy answers each time it is asked."""
    if not settings.PROXIES:
        return elsewhere(_("There is no proxy in front (ERP_PROXIES): nothing to balance."))
    if not target.instances:
        said = _("Name the processes behind the proxy: --instance.")
        return unknown("instances_not_named", said)
    try:
        for url in target.instances:
            Server(url).ask("/readyz").expect(200, url)
        for _time in range(ASKED_TIMES):
            Server(target.url).ask("/readyz").expect(200, target.url)
    except Red as error:
        return failed("instance_down", str(error))
    said = _("%(count)d processes answer, and the proxy %(times)d of %(times)d times.")
    return passed(said % {"count": len(target.instances), "times": ASKED_TIMES})


def monitoring(_target: Target) -> Finding:
    """Figures come in and are judged."""
    around = Surroundings(timezone.now(), {})
    looked = (facts.application_measured, facts.database_measured, facts.host_measured)
    found = [look(around) for look in (*looked, facts.monitor_beats)]
    decides = worst(one.result for one in found)
    return next(one for one in found if one.result is decides)


def alerts(_target: Target) -> Finding:
    """Every channel takes a message that says it is a test; the mail server lets us in."""
    channels = list(AlertChannel.objects.filter(is_active=True).order_by("name"))
    if not channels:
        return failed("no_channel", _("No alert channel is set up."))
    silent = [channel.name for channel in channels if not _takes_a_test(channel)]
    found = facts.all_there(
        _("Channels that took a test message"),
        [channel.name for channel in channels],
        silent,
        "channel_silent",
    )
    mail = dict(topics.named(("mail.server",)))["mail.server"]
    if mail.state is not State.OK:
        return failed(mail.cause, mail.said)
    return found


def _takes_a_test(channel: AlertChannel) -> bool:
    text = _("Test of the alert channel “%(name)s” before a release. Nothing is wrong.")
    news = shapes.News(text % {"name": channel.name}, "TEST", "info", "test")
    message = shapes.message(
        channel.kind, str(channel.url), str(channel.secret), news, now=timezone.now()
    )
    try:
        shapes.check(channel.kind, webhooks.post(message.url, message.body))
    except (webhooks.WebhookError, OSError):
        return False
    return True


STEPS: dict[str, tuple[StrOrPromise, Step]] = {
    "backup": (gettext_lazy("Database backup completed"), backup),
    "services": (gettext_lazy("All services start cleanly"), services),
    "certificate": (gettext_lazy("TLS certificates valid and installed"), certificate),
    "dns": (gettext_lazy("The name leads to the production servers"), dns),
    "load_balancer": (gettext_lazy("Load balancer tested"), load_balancer),
    "monitoring": (gettext_lazy("Monitoring receives data"), monitoring),
    "alerts": (gettext_lazy("Alert channels tested"), alerts),
}
