"""Bringing tables in from the back office: the page that asks, and the pages of what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.common.admin.export import named
from apps.common.admin.import_form import ImportForm
from apps.common.errors import DomainError
from apps.common.importing import ImportKind, Job, Mode, journal, kinds_of, run_import
from apps.common.models import ImportRun
from apps.common.tabular.write import csv_lines

if TYPE_CHECKING:
    from apps.common.admin.import_runs import ImportRunAdmin

OF_FILE = frozenset({"missing_columns", "no_rows"})
CSV = "text/csv; charset=utf-8"


def allowed_kinds(request: HttpRequest) -> dict[str, ImportKind]:
    """The kinds this person may import here. Raises PermissionDenied when there is none."""
    kinds = kinds_of(request.user) if request.user.has_perm("common.add_importrun") else {}
    if not kinds:
        raise PermissionDenied
    return kinds


def import_view(model_admin: ImportRunAdmin, request: HttpRequest) -> HttpResponse:
    """Ask, run, and show what came of it. What was chosen stays when the file is refused."""
    kinds = allowed_kinds(request)
    if request.method == "POST":
        form = ImportForm(request.POST, request.FILES, kinds=kinds)
        if form.is_valid():
            run = _run(model_admin, request, form, kinds)
            if run is not None:
                return HttpResponseRedirect(reverse("admin:common_importrun_change", args=[run.pk]))
    else:
        known = {
            name: request.GET[name] for name in ("kind", "mapping", "fixed") if name in request.GET
        }
        form = ImportForm(initial=known, kinds=kinds)
    chosen = kinds.get(str(form["kind"].value())) or next(iter(kinds.values()))
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Import a table"),
        "opts": model_admin.opts,
        "form": form,
        "kinds": kinds.values(),
        "chosen": chosen,
        "upload_limit": settings.UPLOAD_MAX_BYTES // (1024 * 1024),
    }
    return TemplateResponse(request, "admin/common/importrun/import.html", context)


def _run(
    model_admin: ImportRunAdmin,
    request: HttpRequest,
    form: ImportForm,
    kinds: dict[str, ImportKind],
) -> ImportRun | None:
    """Run the import; a file that cannot be read at all is said where it was chosen."""
    said = form.cleaned_data
    upload = said["file"]
    mode = Mode(said["mode"])
    job = Job(kinds[said["kind"]], said["mapping"], mode, said["fixed"])
    try:
        report = run_import(job, upload, file_name=upload.name or "", by=request.user)
    except DomainError as error:
        of_mapping = error.code in {"unknown_mapping", "bad_mapping"}
        form.add_error("mapping" if of_mapping else "file", str(error))
        return None
    tell(model_admin, request, report.run)
    return report.run


def tell(model_admin: ImportRunAdmin, request: HttpRequest, run: ImportRun) -> None:
    """Say in one sentence how it ended."""
    level, text = {
        ImportRun.Status.DONE: (messages.SUCCESS, _("Everything is in.")),
        ImportRun.Status.PARTIAL: (
            messages.WARNING,
            _("The good rows are in. Mend the refused ones and import the file again."),
        ),
        ImportRun.Status.DRY_RUN: (messages.INFO, _("Nothing was written: this was a trial.")),
    }.get(
        ImportRun.Status(run.status),
        (messages.ERROR, _("Nothing was written. Mend the refused rows and import it again.")),
    )
    model_admin.message_user(request, text, level)


def errors_view(
    model_admin: ImportRunAdmin, request: HttpRequest, object_id: int
) -> StreamingHttpResponse:
    """Everything that was refused or left empty, as a table to mend the file by."""
    run = _visible(model_admin, request, object_id)
    return named(
        StreamingHttpResponse(journal.csv_of(run.errors), content_type=CSV), ImportRun, "csv"
    )


def template_view(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty table with the columns of a kind."""
    found = allowed_kinds(request).get(kind)
    if found is None:
        raise Http404
    content = b"".join(csv_lines([field.name for field in found.fields], []))
    response = HttpResponse(content, content_type=CSV)
    response["Content-Disposition"] = f'attachment; filename="{found.name}.csv"'
    return response


def guide_view(model_admin: ImportRunAdmin, request: HttpRequest) -> HttpResponse:
    """The import guide in the reader's language."""
    allowed_kinds(request)
    folder = "zh" if (get_language() or "").startswith("zh") else "en"
    path = Path(settings.BASE_DIR) / "docs" / folder / "import.md"
    if not path.exists():
        raise Http404
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Import guide"),
        "opts": model_admin.opts,
        "text": path.read_text(encoding="utf-8"),
    }
    return TemplateResponse(request, "admin/common/importrun/guide.html", context)


def again(run: ImportRun) -> str:
    """The address of the page that asks, with what was chosen for this run."""
    fixed = "\n".join(f"{name}={value}" for name, value in run.summary.get("fixed", {}).items())
    said = {"kind": run.kind, "mapping": run.mapping, "fixed": fixed}
    query = urlencode({name: value for name, value in said.items() if value})
    return f"{reverse('admin:common_importrun_import')}?{query}"


def _visible(model_admin: ImportRunAdmin, request: HttpRequest, object_id: int) -> ImportRun:
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    run: Any = model_admin.get_object(request, str(object_id))
    if run is None:
        raise Http404
    found: ImportRun = run
    return found
