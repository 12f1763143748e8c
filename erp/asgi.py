"""Entry point of ASGI servers, for whoever runs the product under one."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "erp.settings")

application = get_asgi_application()
