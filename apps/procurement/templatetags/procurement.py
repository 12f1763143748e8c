"""Quantities and prices in templates: `{% load procurement %}`."""

from django import template

from apps.procurement.admin import columns

register = template.Library()
register.filter("money", columns.money)
register.filter("price", columns.price)
register.filter("quantity", columns.quantity)
