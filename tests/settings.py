"""The product's settings with what tests need: fast, on this machine only, on either database."""

import os

from tests import databases

os.environ["ERP_DEBUG"] = "1"
os.environ["DATABASE_URL"] = databases.url(os.environ.get("TEST_DATABASE", "sqlite"))
os.environ["ERP_DATABASE_POOL"] = "0"  # a pool would hold the test database against its removal
# Workers of one run count for themselves: a test sees what it caused and nothing else.
os.environ["ERP_METRICS_DIR"] = str(
    databases.scratch() / "metrics" / os.environ.get("PYTEST_XDIST_WORKER", "only")
)
os.environ["ERP_METRICS_STORE"] = "0"  # nobody writes figures into the middle of a test

from erp.settings import *  # noqa: F403  # the environment above decides what is read
from erp.settings import DATABASES, REST_FRAMEWORK

DATABASES["default"]["TEST"] = {"NAME": databases.test_name()}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
TASKS = {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}
REST_FRAMEWORK = {
    **REST_FRAMEWORK,
    "DEFAULT_THROTTLE_RATES": dict.fromkeys(["anon", "user", "login"]),
}
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = databases.scratch() / "media"
STATIC_ROOT = databases.scratch() / "static"
