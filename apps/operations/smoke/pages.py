"""What browsers get: the title, the styles and scripts, the headers, the certificate."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.operations import certificates
from apps.operations.smoke.asking import PATIENCE, Red
from apps.operations.smoke.lines import Line, Round

TITLE = re.compile(r"<title>([^<]*\S[^<]*)</title>")
ASSET = re.compile(r'(?:href|src)="([^"]+\.(?:css|js)(?:\?[^"]*)?)"')
HEADERS = ("Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options")
MODERN_ONLY = re.compile(rb":has\(|@container|@layer|\.at\(|structuredClone|Object\.hasOwn")


def page(run: Round) -> str:
    """The log-in page with its title, and each style and script it names, with safe headers."""
    seen = run.server.ask("/login").expect(200, "/login")
    title = TITLE.search(seen.text)
    if title is None:
        raise Red(_("the page has no title"))
    missing = [name for name in HEADERS if not seen.headers.get(name)]
    if missing:
        raise Red(_("headers are missing: %(names)s") % {"names": ", ".join(missing)})
    assets = sorted(set(ASSET.findall(seen.text)))
    if not any(".css" in name for name in assets) or not any(".js" in name for name in assets):
        raise Red(_("the page names no styles or no scripts"))
    for name in assets:
        content = run.server.ask(name).expect(200, name).content
        found = MODERN_ONLY.search(content)
        if not content or found:
            why = found[0].decode() if found else _("empty")
            raise Red(f"{name}: {why}")
    return _("“%(title)s”, %(count)d styles and scripts, nothing newer than the oldest browser") % {
        "title": title[1].strip(),
        "count": len(assets),
    }


def certificate(run: Round) -> str:
    """The certificate is trusted, of this host and good for weeks; plain HTTP leads to it."""
    if not run.server.is_secure:
        if not settings.DEBUG:
            raise Red(_("the address is not https: name the outer one by --url"))
        return _("no TLS on one's own machine")
    address = urlsplit(run.server.url)
    host, port = str(address.hostname), address.port or 443
    try:
        found = certificates.shown(host, port, PATIENCE)
    except OSError as error:
        raise Red(str(error)) from error
    if found.days < certificates.FEWEST_DAYS:
        raise Red(_("the certificate ends in %(days)d days") % {"days": found.days})
    if not run.server.ask("/login").headers.get("Strict-Transport-Security"):
        raise Red(_("browsers are not told to stay with https"))
    return _("%(version)s, %(days)d days left") % {"version": found.version, "days": found.days}


WEB = Line("web", gettext_lazy("Browsers get pages, styles and scripts"), page)
TLS = Line("tls", gettext_lazy("The certificate is valid"), certificate)
