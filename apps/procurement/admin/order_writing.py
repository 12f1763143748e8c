"""How the order's page is written: through the services, with their refusals shown in the form."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from apps.common.admin import ERPModelAdmin
from apps.common.errors import DomainError
from apps.common.services import attachments
from apps.procurement import policies, services
from apps.procurement.admin.inlines import ShownLines, WrittenLines


class WrittenThroughServices(ERPModelAdmin):
    """Header, lines and a file are one piece of work: all of it is saved or nothing."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Buyers."""
        return policies.may_create(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The form is open while the order is with its buyers."""
        if obj is None:
            return bool(super().has_change_permission(request))
        return policies.may_change(request.user, obj)

    def may_write(self, request: HttpRequest, obj: Any) -> bool:
        """Whether the page is a form for this person."""
        if obj is None:
            return self.has_add_permission(request)
        return self.has_change_permission(request, obj)

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT001, FBT002 - Django's signature
        **kwargs: Any,
    ) -> Any:
        """Hand on what the service refused a moment ago."""
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.refusal = getattr(request, "order_refusal", None)
        return form

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A buyer orders for the own department, in the own name."""
        user: Any = request.user
        return {
            "buyer": user.pk,
            "department": user.department_id,
            **super().get_changeform_initial_data(request),
        }

    def get_inline_instances(self, request: HttpRequest, obj: Any = None) -> Any:
        """Lines to write, or lines to read: never both."""
        wanted = WrittenLines if self.may_write(request, obj) else ShownLines
        return [
            inline
            for inline in super().get_inline_instances(request, obj)
            if isinstance(inline, wanted)
        ]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """What the service refuses is shown in the form, with everything that was typed."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except DomainError as refusal:
            # The first pass was rolled back; the second one finds the refusal while validating.
            request.order_refusal = refusal  # type: ignore[attr-defined]  # our own mark
            return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        """Header and lines are one piece of work: see `save_related`."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        """Hand the page to the service that writes orders."""
        payloads = [payload for formset in formsets for payload in formset.payloads()]
        if change:
            services.update(
                form.instance,
                by=request.user,
                data=form.values(),
                lines=payloads,
                expected_version=form.cleaned_data["expected_version"],
            )
        else:
            order = services.create(by=request.user, data=form.values(), lines=payloads)
            form.instance.pk = order.pk
        form.instance.refresh_from_db()
        if form.cleaned_data.get("upload"):
            attachments.attach(form.instance, upload=form.cleaned_data["upload"], by=request.user)
        for formset in formsets:
            formset.new_objects = formset.changed_objects = formset.deleted_objects = []
