"""Whether anything is open that should be shut: settings, secrets, certificates, guards."""

from __future__ import annotations

import socket
import ssl
from datetime import UTC, datetime
from urllib.parse import urlsplit

from cryptography import x509
from django.apps import apps
from django.conf import settings
from django.core import checks
from django.db import DEFAULT_DB_ALIAS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.catalog.fields import EncryptedCharField, Unreadable
from apps.operations.certificates import FEWEST_DAYS
from apps.operations.doctor.answers import Answer, check, fault, first_line, unsure, warn, well

CONNECT_SECONDS = 3
MOST = 200


@check("security.debug", "security", label=gettext_lazy("debugging"), asks_database=False)
def debug() -> Answer:
    """Error pages with source belong on one's own machine, and so do its host names."""
    hosts = {"localhost", "127.0.0.1", "[::1]", "testserver"}
    answers_to = sorted({*settings.ALLOWED_HOSTS} - hosts)
    if settings.DEBUG and (answers_to or settings.BASE_URL.startswith("https:")):
        said = _("ERP_DEBUG is on, and this installation answers to others: %(hosts)s.")
        said %= {"hosts": ", ".join(answers_to) or settings.BASE_URL}
        return fault("debug_on", said, "ERP_DEBUG=0", hosts=answers_to)
    if settings.DEBUG:
        return well(_("On one's own machine it may be on."))
    return well(_("It is off."))


@check("security.settings", "security", label=gettext_lazy("settings"), asks_database=False)
def hardened() -> Answer:
    """What Django says of the settings before they meet the world."""
    if settings.DEBUG:
        return well(_("On one's own machine they may be lax."))
    found = [
        message
        for message in checks.run_checks(
            tags=[checks.Tags.security], include_deployment_checks=True
        )
        if message.level >= checks.WARNING and not message.is_silenced()
    ]
    if found:
        names = [str(message.id) for message in found]
        said = _("Settings are not safe: %(what)s") % {"what": found[0].msg}
        return fault("settings_unsafe", said, "manage.py check --deploy", checks=names)
    return well(_("They are safe."))


@check("security.secrets", "security", "data", label=gettext_lazy("stored secrets"))
def stored_secrets() -> Answer:
    """The field key opens what is stored encrypted."""
    figures = {"read": 0, "unreadable": 0}
    for model in apps.get_models():
        names = [f.name for f in model._meta.concrete_fields if isinstance(f, EncryptedCharField)]
        for name in names:
            rows = model._base_manager.exclude(**{f"{name}__exact": ""}).order_by("-pk")
            for value in rows.values_list(name, flat=True)[:MOST]:
                figures["unreadable" if isinstance(value, Unreadable) else "read"] += 1
    if figures["unreadable"]:
        said = _("The field key does not open %(unreadable)d stored secrets.") % figures
        return fault("field_key_wrong", said, "ERP_FIELD_KEY", **figures)
    return well(_("All %(read)d that were tried can be opened.") % figures, **figures)


@check("security.guards", "security", "data", "database", label=gettext_lazy("guards of history"))
def guards() -> Answer:
    """The database itself refuses to change history, and services are heard."""
    found = checks.run_checks(tags=[checks.Tags.database], databases=[DEFAULT_DB_ALIAS])
    found += checks.run_checks(tags=[checks.Tags.security])
    broken = [
        one for one in found if str(one.id).startswith("audit.") and one.level >= checks.ERROR
    ]
    if broken:
        said = _("History is not guarded: %(what)s") % {"what": broken[0].msg}
        step = str(broken[0].hint or "manage.py check --database default")
        return fault("audit_guards_missing", said, step, checks=[str(one.id) for one in broken])
    return well(_("History can be added to and not changed."))


@check(
    "security.certificate",
    "security",
    "web",
    label=gettext_lazy("certificate"),
    asks_database=False,
)
def certificate() -> Answer:
    """The certificate of the outer address is there, trusted by its dates, and not about to end."""
    address = urlsplit(settings.BASE_URL)
    if address.scheme != "https":
        return well(_("The outer address has no TLS, as on one's own machine."))
    host, port = str(address.hostname), address.port or 443
    try:
        ends = _ends_at(host, port)
    except (OSError, ValueError) as error:
        said = _("The outer address could not be asked for its certificate: %(why)s")
        step = f"openssl s_client -connect {host}:{port} -servername {host}"
        return unsure("certificate_not_seen", said % {"why": first_line(error)}, step)
    days = (ends - datetime.now(UTC)).days
    figures = {"days": days, "ends": ends.date().isoformat()}
    if days < 0:
        said = _("The certificate ended on %(ends)s.") % figures
        return fault("certificate_expired", said, "certbot renew", **figures)
    if days < FEWEST_DAYS:
        said = _("The certificate ends in %(days)d days.") % figures
        return warn("certificate_ends", said, "certbot renew", **figures)
    return well(_("The certificate ends in %(days)d days.") % figures, **figures)


def _ends_at(host: str, port: int) -> datetime:
    """When the certificate ends; whether it is trusted is the browser's question, not this one."""
    lax = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    lax.check_hostname = False
    lax.verify_mode = ssl.CERT_NONE
    with (
        socket.create_connection((host, port), CONNECT_SECONDS) as raw,
        lax.wrap_socket(raw, server_hostname=host) as secured,
    ):
        shown = secured.getpeercert(binary_form=True)
    if not shown:
        raise ValueError("no certificate was shown")
    return x509.load_der_x509_certificate(shown).not_valid_after_utc
