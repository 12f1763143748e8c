"""Texts of Django that have no Chinese in Django itself; named here so that ours is collected."""

from django.utils.translation import gettext_noop

TEXTS = (
    gettext_noop("- Select an option -"),
    gettext_noop("Filter by %(field_name)s"),
    gettext_noop("Logout"),
)
