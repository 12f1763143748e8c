"""Lists as tables: the chosen rows as CSV or as a workbook, safe in a spreadsheet."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.common import replica
from apps.common.tabular.write import csv_lines, write_xlsx

EXPORTS = ("export_csv", "export_xlsx")
MOST_ROWS = 50_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ExportActionsMixin:
    """Two actions of a list: `actions = EXPORTS`.

    `export_columns` are attributes, through references by a dot.
    The columns have the names an import of the same kind knows, so that what was exported can be
    changed in a spreadsheet and loaded again.
    """

    export_columns: ClassVar[tuple[str, ...]] = ()

    @admin.action(description=_("Export as CSV"), permissions=["view"])
    def export_csv(
        self, _request: HttpRequest, queryset: models.QuerySet[Any]
    ) -> StreamingHttpResponse:
        """Send the rows as they are read."""
        content = csv_lines(self.export_names(), self.export_rows(queryset))
        response = StreamingHttpResponse(content, content_type="text/csv; charset=utf-8")
        return named(response, queryset.model, "csv")

    @admin.action(description=_("Export as Excel workbook"), permissions=["view"])
    def export_xlsx(self, _request: HttpRequest, queryset: models.QuerySet[Any]) -> HttpResponse:
        """Write the workbook in memory and send it."""
        target = io.BytesIO()
        title = str(queryset.model._meta.verbose_name_plural)
        write_xlsx(target, self.export_names(), self.export_rows(queryset), title=title)
        return named(HttpResponse(target.getvalue(), content_type=XLSX), queryset.model, "xlsx")

    def export_names(self) -> list[str]:
        """The heading: `category` for what is read from `category.code`."""
        return [path.removesuffix(".code").replace(".", "_") for path in self.export_columns]

    def export_rows(self, queryset: models.QuerySet[Any]) -> Iterator[list[Any]]:
        """One row after the other, in the order of the list."""
        references = {path.split(".")[0] for path in self.export_columns if "." in path}
        if references:
            queryset = queryset.select_related(*references)
        for record in replica.bound(queryset)[:MOST_ROWS].iterator(chunk_size=500):
            yield [value_at(record, path) for path in self.export_columns]


def value_at(record: Any, path: str) -> Any:
    """The value behind `category.code`; nothing when there is no category."""
    for name in path.split("."):
        if record is None:
            return None
        record = getattr(record, name)
    return record


def named[R: HttpResponse | StreamingHttpResponse](
    response: R, model: type[models.Model], ending: str
) -> R:
    """Give the file a name with the day on it."""
    day: date = timezone.localdate()
    name = f"{model._meta.model_name}-{day:%Y-%m-%d}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
