"""Readiness in the back office: the certificate with its signatures, the evidence, who may sign."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.common import workflow
from apps.common.admin import ERPModelAdmin, ReadOnlyAdmin, TransitionActionsMixin
from apps.common.admin.masters import STAMPS
from apps.common.look import status_pill
from apps.operations import policies
from apps.operations.models import EvidenceRun, Release, Signatory
from apps.operations.readiness import pdf, releases, sealing, shown


@admin.register(Release)
class ReleaseAdmin(TransitionActionsMixin, ReadOnlyAdmin):
    """A release with its certificate. Evidence comes from the command; signing is a move."""

    transitions = releases.TABLE
    change_form_template = "admin/operations/release/change_form.html"
    list_display = ("app_version", "holds", "score", "signed", "assessed_at", "expires_at")
    fields = ("app_version",)

    def service_of(self, name: str) -> Callable[..., Any]:
        """The service of a move."""
        return releases.service_of(name)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As the policies say: signatories read what they sign."""
        return policies.may_see_releases(request.user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whoever may see releases finds them."""
        return policies.may_see_releases(request.user)

    def offered(self, request: HttpRequest) -> list[workflow.Transition]:
        """The moves that would be taken: nobody is offered to sign twice."""
        moves = super().offered(request)
        kwargs = request.resolver_match.kwargs if request.resolver_match else {}
        release = self.get_object(request, str(kwargs.get("object_id"))) if moves else None
        if release is None:
            return []
        return [m for m in moves if releases.can_still_sign(release, m.name, request.user)]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """With the certificate in place of a form."""
        context = dict(extra_context or {})
        release = self.get_object(request, object_id)
        if release is not None and self.has_view_permission(request):
            context["certificate"] = shown.certificate(release.evidence, release)
        return super().change_view(request, object_id, form_url, context)

    def get_urls(self) -> list[Any]:
        """The certificate as a file."""
        view = self.admin_site.admin_view(self.pdf_page)
        name = "operations_release_pdf"
        return [path("<int:object_id>/pdf/", view, name=name), *super().get_urls()]

    def pdf_page(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """The certificate as PDF, in the reader's language."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        release = self.get_object(request, str(object_id))
        if release is None:
            raise Http404
        made = pdf.certificate(release.evidence, release, get_language() or "en")
        name = f"readiness-{release.app_version}.pdf"
        return HttpResponse(
            made.content,
            content_type="application/pdf",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    @admin.display(description=_("certificate"))
    def holds(self, release: Release) -> SafeString:
        """Whether it holds now, as a pill."""
        standing = releases.standing(release)
        label, tone = releases.STANDINGS[standing]
        return status_pill(standing, label, tone)

    @admin.display(description=_("signatures"))
    def signed(self, release: Release) -> str:
        """How many of twelve count."""
        return f"{len(releases.signatures(release))}/{len(releases.ROLES)}"


@admin.register(EvidenceRun)
class EvidenceRunAdmin(ReadOnlyAdmin):
    """What was seen, as it was recorded."""

    list_display = ("what", "state", "source", "app_version", "finished_at")
    list_filter = ("kind", "has_passed")
    search_fields = ("source", "sha256")
    date_hierarchy = "finished_at"
    fields = (
        *(("what", "state", "app_version"), "source", ("started_at", "finished_at")),
        *("sha256", "intact", "seen"),
    )
    readonly_fields = ("what", "state", "intact", "seen")

    @admin.display(description=_("kind"), ordering="kind")
    def what(self, run: EvidenceRun) -> str:
        """In words."""
        return run.get_kind_display()

    @admin.display(description=_("result"), ordering="has_passed")
    def state(self, run: EvidenceRun) -> SafeString:
        """As a pill."""
        label = _("passed") if run.has_passed else _("not passed")
        return status_pill(run.has_passed, label, "success" if run.has_passed else "danger")

    @admin.display(description=_("unchanged"), boolean=True)
    def intact(self, run: EvidenceRun) -> bool:
        """Whether it is still what its checksum says."""
        return sealing.is_intact(run)

    @admin.display(description=_("what was seen"))
    def seen(self, run: EvidenceRun) -> SafeString:
        """All of it, as it is kept."""
        text = json.dumps(run.content, ensure_ascii=False, indent=2)
        return format_html('<pre class="evidence" tabindex="0">{}</pre>', text)


@admin.register(Signatory)
class SignatoryAdmin(ERPModelAdmin):
    """Who may sign for which role; what they signed stays when they go from this list."""

    deletable = True
    list_display = ("role", "person", "created_at")
    list_filter = ("role",)
    list_select_related = ("person",)
    search_fields = ("person__username", "person__name")
    autocomplete_fields = ("person",)
    readonly_fields = STAMPS
    fields = ("role", "person", *STAMPS)
