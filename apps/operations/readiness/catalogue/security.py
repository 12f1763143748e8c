"""Security: who gets in, and what is done with data."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.operations.readiness import facts
from apps.operations.readiness.catalogue.lines import Component, Section, line
from apps.operations.readiness.looking import Asked, Doctor, Later, Smoke, Tests

ACCESS = Section(
    "access",
    _("Authentication and authorization"),
    Component.SECURITY,
    (
        line(
            "access.tokens",
            _("API tokens: short-lived, rotated, revocable"),
            Doctor(("auth.tokens",)),
            Tests(("tests/accounts/test_login.py",)),
        ),
        line(
            "access.passwords",
            _("Passwords: kept by bcrypt"),
            Asked(facts.hashing),
            Doctor(("auth.hashes",)),
        ),
        line(
            "access.roles",
            _("Roles: as the matrix says, on every route"),
            Doctor(("auth.roles",)),
            Tests(("tests/architecture/test_permissions.py", "tests/accounts/test_roles.py")),
        ),
        line(
            "access.sessions",
            _("Sessions: end by themselves"),
            Doctor(("auth.sessions",)),
            Tests(("tests/project/test_middleware.py",)),
        ),
        line(
            "access.defaults",
            _("Default passwords: none works"),
            Doctor(("security.passwords", "auth.people"), in_production=True),
        ),
        line(
            "access.mfa",
            _("Second factor"),
            Later(_("log-in with a second factor (TOTP and recovery codes)"), package="django_otp"),
        ),
        line(
            "access.api",
            _("API: nothing without a log-in"),
            Smoke(("endpoints",)),
            Tests(("tests/architecture/test_permissions.py",)),
        ),
        line(
            "access.origins",
            _("Other origins: none but those named"),
            Tests(
                (
                    "tests/operations/readiness/test_document_commands.py",
                    "tests/architecture/test_settings.py",
                )
            ),
        ),
    ),
)
DATA = Section(
    "data",
    _("Data protection"),
    Component.SECURITY,
    (
        line(
            "data.validation",
            _("Input: checked, and what is wrong is named"),
            Tests(("tests/requisitions/test_form_page.py", "tests/requisitions/test_api.py")),
        ),
        line(
            "data.injection",
            _("SQL injection: a search is a search, with a log-in too"),
            Smoke(("endpoints",)),
            Tests(("tests/accounts/test_api_people.py",)),
        ),
        line(
            "data.scripts",
            _("Scripts of strangers: refused by policy"),
            Tests(
                (
                    "tests/e2e/test_policy.py",
                    "tests/architecture/test_templates.py",
                    "tests/accounts/test_pages.py",
                )
            ),
        ),
        line(
            "data.forgery",
            _("Forged requests: refused"),
            Tests(("tests/requisitions/test_form_page.py", "tests/accounts/test_login.py")),
        ),
        line(
            "data.encryption",
            _("Encryption: secrets, backups, and keys that can be changed"),
            Doctor(("security.secrets",)),
            Tests(("tests/operations/backup/test_container.py",)),
            Later(_("changing keys without logging everybody out"), command="erp_rotate_keys"),
        ),
        line(
            "data.audit",
            _("Audit: complete, guarded, sealed"),
            Doctor(("security.guards",)),
            Tests(("tests/audit/test_append_only.py", "tests/audit/test_recording.py")),
            Later(_("the seal over the audit (hash chain)"), command="erp_audit_verify"),
        ),
        line(
            "data.messages",
            _("Error messages: no internals"),
            Tests(("tests/common/test_pages.py", "tests/operations/probes/test_details.py")),
        ),
        line(
            "data.headers",
            _("Security headers"),
            Smoke(("web",)),
            Tests(("tests/project/test_middleware.py",)),
        ),
    ),
)
