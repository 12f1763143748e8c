"""Quantities and prices in templates: `{% load procurement %}`."""

from django import template

from apps.catalog import price_sources
from apps.common.templatetags import figures
from apps.procurement.admin import columns

register = template.Library()
register.filter("money", figures.money)
register.filter("price", figures.priced)
register.filter("price_source", price_sources.words)
register.filter("quantity", columns.quantity)
