"""Background jobs: the package's own page, on the ground all our lists stand on."""

from __future__ import annotations

from django.contrib import admin
from django_tasks_db.admin import DBTaskResultAdmin
from django_tasks_db.models import DBTaskResult

from apps.common.admin import ReadOnlyAdmin

admin.site.unregister(DBTaskResult)


@admin.register(DBTaskResult)
class JobAdmin(ReadOnlyAdmin, DBTaskResultAdmin):  # type: ignore[misc]  # theirs takes an object too
    """What the worker did and what waits for it."""
