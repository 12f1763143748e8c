"""The catalogue in the back office."""

from apps.catalog.admin import dashboard as dashboard
from apps.catalog.admin import items as items
from apps.catalog.admin import reference as reference
from apps.catalog.admin import suppliers as suppliers
