"""Production's settings without what a proxy with TLS does: callers speak plain HTTP to us."""

from erp.settings import *  # noqa: F403 - the same, with three differences

DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
SECURE_SSL_REDIRECT = False
