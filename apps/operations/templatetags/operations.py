"""Figures of the status page: `{% load operations %}`."""

from __future__ import annotations

from django import template

from apps.operations.dashboards import figures

register = template.Library()


@register.filter
def fine_percent(share: float) -> str:
    """99.98%."""
    return figures.percent(share, 2)


@register.filter
def scaled(number: int, step: int) -> str:
    """A place in a drawing, with signs a browser reads in every language."""
    return str(number * step)
