"""Imports in the back office: what each run did, and how known files are laid out."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy

from apps.common import look
from apps.common.admin import importing
from apps.common.admin.base import ERPModelAdmin, ReadOnlyAdmin
from apps.common.admin.import_form import MappingForm
from apps.common.importing import journal, kinds_of, known_kinds
from apps.common.models import ImportMapping, ImportRun

SHOWN, GROUPS = 50, 10
FIGURES = (
    ("rows", gettext_lazy("rows read")),
    ("created", gettext_lazy("created")),
    ("updated", gettext_lazy("updated")),
    ("unchanged", gettext_lazy("unchanged")),
    ("skipped", gettext_lazy("written by an earlier run")),
    ("refused_rows", gettext_lazy("rows refused")),
    ("errors", gettext_lazy("values refused")),
    ("warnings", gettext_lazy("values left empty")),
    ("notices", gettext_lazy("values taken, but odd")),
)


@admin.register(ImportMapping)
class ImportMappingAdmin(ERPModelAdmin):
    """How the columns of somebody's file map to our fields."""

    form = MappingForm
    deletable = True
    list_display = ("name", "kind", "description")
    list_filter = ("kind",)
    search_fields = ("name", "description")


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnlyAdmin):
    """What each import did."""

    list_display = (
        "started_at",
        "kind_name",
        "file_name",
        "state",
        "rows_read",
        "refused",
        "created_by",
    )
    list_filter = ("status", "kind")
    search_fields = ("file_name", "file_sha256")
    date_hierarchy = "started_at"
    list_select_related = ("created_by",)
    fields = readonly_fields = (
        "state",
        "kind_name",
        "file_name",
        "mapping",
        "created_by",
        "started_at",
        "finished_at",
        "figures",
        "listing",
        "file_sha256",
    )

    def get_urls(self) -> list[URLPattern]:
        """The page that asks, the guide, empty tables, and the list of one run."""
        views: dict[str, tuple[str, Any]] = {
            "import": ("import/", partial(importing.import_view, self)),
            "guide": ("guide/", partial(importing.guide_view, self)),
            "template": ("template/<slug:kind>/", importing.template_view),
            "errors": ("<int:object_id>/errors/", partial(importing.errors_view, self)),
        }
        own = [
            path(route, self.admin_site.admin_view(view), name=f"common_importrun_{name}")
            for name, (route, view) in views.items()
        ]
        return [*own, *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ImportRun]:
        """Without the long list of refusals, which only the run's own page shows."""
        rows: QuerySet[ImportRun] = super().get_queryset(request)
        return rows.defer("errors")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Offer the import to those who may."""
        allowed = request.user.has_perm("common.add_importrun") and bool(kinds_of(request.user))
        return super().changelist_view(request, {"may_import": allowed, **(extra_context or {})})

    @admin.display(description=gettext_lazy("kind"), ordering="kind")
    def kind_name(self, run: ImportRun) -> str:
        """The kind, as people call it."""
        kind = known_kinds().get(run.kind)
        return str(kind.label) if kind else run.kind

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def state(self, run: ImportRun) -> str:
        """How it ended."""
        tone = "info" if run.status == ImportRun.Status.DRY_RUN else ""
        return look.status_pill(run.status, ImportRun.Status(run.status).label, tone)

    @admin.display(description=gettext_lazy("rows refused"))
    def refused(self, run: ImportRun) -> str:
        """How many rows were refused."""
        return str(run.summary.get("refused_rows", "–"))

    @admin.display(description=gettext_lazy("result"))
    def figures(self, run: ImportRun) -> str:
        """Counts and sums, and what else there is to say."""
        summary = run.summary
        rows = [(label, summary[name]) for name, label in FIGURES if summary.get(name)]
        rows += [(name, _grouped(value)) for name, value in summary.get("totals", {}).items()]
        context = {
            "rows": rows,
            "notes": summary.get("notes", []),
            "broken_off": summary.get("broken_off", ""),
            "again": importing.again(run),
        }
        return render_to_string("admin/common/importrun/figures.html", context)

    @admin.display(description=gettext_lazy("refused and left empty"))
    def listing(self, run: ImportRun) -> str:
        """The first lines of the list, and the way to all of it."""
        lines = [{**e, "said": journal.OUTCOMES[e["outcome"]]} for e in run.errors[:SHOWN]]
        told = sum(run.summary.get(name, 0) for name in ("errors", "warnings", "notices"))
        context = {
            "run": run,
            "lines": lines,
            "groups": _groups(run.errors),
            "kept": len(run.errors),
            "total": max(told, len(run.errors)),
        }
        return render_to_string("admin/common/importrun/listing.html", context)


def _groups(entries: list[journal.Entry]) -> list[dict[str, Any]]:
    """What is wrong, most frequent first, each with its first place."""
    counted = Counter((e["outcome"], e["column"], e["code"]) for e in entries)
    first: dict[tuple[str, str, str], journal.Entry] = {}
    for entry in entries:
        first.setdefault((entry["outcome"], entry["column"], entry["code"]), entry)
    return [
        {**first[key], "said": journal.OUTCOMES[key[0]], "count": count}
        for key, count in counted.most_common(GROUPS)
    ]


def _grouped(value: str) -> str:
    """A sum with its thousands apart."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    return number_format(number, force_grouping=True)
