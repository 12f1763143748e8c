"""Whether people can log in: keys, tokens, the table of people, passwords, locks, roles."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from auditlog import get_logentry_model
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.hashers import identify_hasher
from django.core.cache import cache
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts import demo, roles, services
from apps.accounts.backends import RoleBackend
from apps.accounts.models import User
from apps.common import context
from apps.operations.doctor.answers import Answer, check, fault, warn, well
from apps.operations.probes.checks import Keys

RUNBOOK = "docs/en/operations/runbooks/login-failure.md"
WINDOW = timedelta(minutes=15)
MANY_FAILURES = 20
SHORTEST_SECRET = 50
FEWEST_SIGNS = 5


@check("auth.tokens", "auth", "security", label=gettext_lazy("API tokens"), asks_database=False)
def tokens() -> Answer:
    """The live key signs, accepts its own, and refuses what is old or forged."""
    life: Any = settings.SIMPLE_JWT["ACCESS_TOKEN_LIFETIME"]
    figures = {"access_minutes": life.total_seconds() / 60}
    try:
        Keys().run()
    except Exception as error:  # noqa: BLE001  # whatever it is, it is the answer
        said = _("Tokens of the API do not work: %(why)s") % {"why": error}
        return fault("tokens_broken", said, f"ERP_JWT_KEY; {RUNBOOK}", **figures)
    if not timedelta(minutes=1) <= life <= timedelta(hours=1):
        said = _("Access tokens live %(access_minutes)d minutes.") % figures
        return warn("token_life", said, "SIMPLE_JWT", **figures)
    return well(_("The key signs and verifies; old and forged tokens are refused."), **figures)


@check("auth.people", "auth", "database", label=gettext_lazy("the table of people"))
def people() -> Answer:
    """People can be read, and somebody can let others in."""
    active = User.objects.filter(is_active=True)
    figures = {
        "people": User.objects.count(),
        "active": active.count(),
        "administrators": active.filter(groups__name=roles.ADMIN).count(),
    }
    if not figures["administrators"]:
        said = _("There is no active administrator: nobody can let people in.")
        return fault("no_administrator", said, "manage.py erp_setup_admin --email …", **figures)
    return well(_("%(active)d of %(people)d accounts are open.") % figures, **figures)


@check("auth.login", "auth", label=gettext_lazy("a log-in with a known password"))
def login() -> Answer:
    """Somebody new logs in with the right and with a wrong password; nothing of it is kept."""
    name, password = f"doctor-{get_random_string(12).lower()}", get_random_string(24)
    with context.working(channel=context.Channel.COMMAND):
        User.objects.create_user(name, email=f"{name}@localhost.invalid", password=password)
    backend = RoleBackend()
    right = backend.authenticate(None, username=name, password=password)
    wrong = backend.authenticate(None, username=name, password=password[::-1])
    if right is None or wrong is not None:
        said = _("Log-in with a password that was just set does not work.")
        return fault("login_broken", said, RUNBOOK, accepted=right is not None)
    return well(_("The right password is accepted, a wrong one refused."))


@check("auth.hashes", "auth", label=gettext_lazy("stored passwords"))
def hashes() -> Answer:
    """Every stored password is in a form this release reads."""
    stored = User.objects.filter(is_active=True).values_list("username", "password")
    unread = [name for name, text in stored if not text.startswith("!") and not _reads(text)]
    if unread:
        said = _("%(count)d passwords are stored in a form nobody reads: %(names)s.")
        said %= {"count": len(unread), "names": ", ".join(unread[:5])}
        return fault("password_unreadable", said, RUNBOOK, accounts=unread[:20])
    return well(_("All can be read."))


def _reads(text: str) -> bool:
    try:
        identify_hasher(text)
    except ValueError:
        return False
    return True


@check("auth.failures", "auth", "security", label=gettext_lazy("what log-ins said lately"))
def failures() -> Answer:
    """Failed log-ins of the last quarter of an hour, out of the history."""
    since = timezone.now() - WINDOW
    recent = get_logentry_model().objects.filter(timestamp__gte=since)
    figures = {
        "failed": recent.filter(event="user.login_failed").count(),
        "locked_out": recent.filter(event="user.locked_out").count(),
        "logged_in": recent.filter(event="user.login").count(),
    }
    said = _("Last 15 minutes: %(logged_in)d log-ins, %(failed)d failed.") % figures
    if figures["failed"] >= MANY_FAILURES:
        step = "journalctl -u erp-web --since -15min --grep 'login|401|locked'"
        return warn("many_failed_logins", said, step, **figures)
    return well(said, **figures)


@check("auth.locked", "auth", label=gettext_lazy("accounts that are locked"))
def locked() -> Answer:
    """Who is shut out after too many wrong passwords, and how long for."""
    names = locked_names()
    if names:
        said = _("Locked after wrong passwords: %(names)s.") % {"names": ", ".join(names[:5])}
        return warn("user_locked", said, f"manage.py erp_unlock {names[0]}", accounts=names[:20])
    return well(_("Nobody is locked out."))


def locked_names() -> list[str]:
    """Log-in names nobody can use at some address now."""
    since = timezone.now() - settings.AXES_COOLOFF_TIME
    rows = AccessAttempt.objects.filter(
        failures_since_start__gte=settings.AXES_FAILURE_LIMIT, attempt_time__gte=since
    )
    return sorted({str(name) for name in rows.values_list("username", flat=True) if name})


@check("auth.roles", "auth", "security", label=gettext_lazy("roles"))
def matrix() -> Answer:
    """Groups, rights and scopes are as the file of roles says."""
    try:
        outcome = services.set_up_roles(dry_run=True)
    except roles.MatrixError as error:
        said = _("The file of roles cannot be: %(why)s") % {"why": error.problems[0]}
        return fault("roles_unreadable", said, "fixtures/roles.toml")
    if outcome.changed:
        said = _("The rights of roles are not as the matrix says: %(what)s.")
        said %= {"what": outcome.changed[0]}
        step = "manage.py erp_setup_roles"
        return fault("roles_changed", said, step, differences=outcome.changed[:20])
    return well(_("They are as the matrix says."))


@check("auth.sessions", "auth", "cache", label=gettext_lazy("cache"), asks_database=False)
def shared_cache() -> Answer:
    """Sessions and throttles live in the cache where several processes share one."""
    backend = str(settings.CACHES["default"]["BACKEND"]).rpartition(".")[2]
    key = f"doctor:{get_random_string(12)}"
    try:
        cache.set(key, "here", 10)
        found = cache.get(key)
        cache.delete(key)
    except Exception as error:  # noqa: BLE001  # each kind of cache has errors of its own
        said = _("The cache does not answer: %(why)s") % {"why": type(error).__name__}
        return fault("cache_unreachable", said, "systemctl status redis-server", backend=backend)
    if found != "here":
        said = _("The cache forgets what it was told.")
        return fault("cache_forgets", said, "systemctl status redis-server", backend=backend)
    return well(_("It keeps what it is told."), backend=backend)


@check("security.passwords", "security", "auth", label=gettext_lazy("passwords everybody knows"))
def known_passwords() -> Answer:
    """The passwords of the documentation open nothing."""
    names = demo.working()
    if names and not settings.DEBUG:
        said = _("Demo passwords work in production: %(names)s.") % {"names": ", ".join(names)}
        return fault("demo_passwords", said, RUNBOOK, accounts=names)
    if names:
        return well(_("Demo passwords work, as they may on one's own machine."), accounts=names)
    return well(_("None of them works."))


@check("security.keys", "security", "auth", label=gettext_lazy("secret keys"), asks_database=False)
def keys() -> Answer:
    """No key is known to everybody or easy to guess."""
    given: dict[str, Any] = {
        "ERP_SECRET_KEY": settings.SECRET_KEY,
        "ERP_JWT_KEY": settings.SIMPLE_JWT["SIGNING_KEY"],
    }
    weak = sorted(name for name, key in given.items() if _is_weak(str(key)))
    if weak and not settings.DEBUG:
        said = _("%(name)s is too easy to guess or known to everybody.") % {"name": weak[0]}
        return fault("weak_key", said, f".env.example; {RUNBOOK}", names=weak)
    if weak:
        return well(_("Keys everybody knows are used, as they may on one's own machine."))
    return well(_("They are long and random."))


def _is_weak(key: str) -> bool:
    """Start-up refuses the same by name; a process that runs may have been given one since."""
    is_known = key.startswith(("local-only", "django-insecure", "change", "replace-me"))
    return is_known or len(key) < SHORTEST_SECRET or len(set(key)) < FEWEST_SIGNS
