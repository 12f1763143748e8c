"""Entry point of WSGI servers (granian in production)."""

import os

from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "erp.settings")


def served() -> WSGIHandler:
    """Set Django up, and refuse to serve where everybody knows a password."""
    handler = get_wsgi_application()
    from apps.accounts import demo

    demo.refuse_in_production()
    return handler


application = served()
