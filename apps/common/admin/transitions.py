"""Moves of a document as Django's own change-form actions, offered by the transition table."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import Action
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from apps.common.errors import DomainError
from apps.common.views.answers import texts_of, version_of
from apps.common.workflow import Table, Transition

Service = Callable[..., Any]
PREFIX = "move_"


class TransitionActionsMixin:
    """Buttons for the moves this person may make on this document now.

    Subclasses set `transitions` and answer `service_of(name)` with the service of a move:
    `service(document, by=…, comment=…, expected_version=…)`. Moves in `bulk_moves` are offered for
    selected rows of the list as well, with a message per row that is refused.
    """

    transitions: Table
    bulk_moves: tuple[str, ...] = ()

    def service_of(self, name: str) -> Service:
        """The service that makes a move."""
        raise LookupError(name)

    def get_actions(
        self,
        request: HttpRequest,
        action_location: admin.ActionLocation = admin.ActionLocation.CHANGE_LIST,
    ) -> dict[str, Any]:
        """The other actions, and a move for each button to show."""
        actions: dict[str, Any] = super().get_actions(request, action_location=action_location)  # type: ignore[misc]  # of ModelAdmin
        if action_location == admin.ActionLocation.CHANGE_LIST:
            moves = [self.transitions[name] for name in self.bulk_moves]
        else:
            moves = self.offered(request)
        for move in moves:
            name = f"{PREFIX}{move.name}"
            label = str(move.label)
            actions[name] = Action(
                func=partial(_run, move=move),
                name=name,
                description=label,
                plural_description=label,
                locations=[action_location],
            )
        return actions

    def offered(self, request: HttpRequest) -> list[Transition]:
        """The moves of the document the page is about."""
        kwargs = request.resolver_match.kwargs if request.resolver_match else {}
        object_id = kwargs.get("object_id")
        if object_id is None:
            return []
        document = self.get_object(request, object_id)  # type: ignore[attr-defined]  # of ModelAdmin
        return [] if document is None else self.transitions.available(request.user, document)


def _run(
    model_admin: Any, request: HttpRequest, queryset: Any, *, move: Transition
) -> HttpResponse | None:
    """Make one move on each selected document; ask for the reason first where one is needed."""
    documents = list(queryset[:200])
    if not documents:
        raise PermissionDenied
    is_weighty = move.asks or move.needs_reason or move.tone == "danger"
    if is_weighty and "move_confirmed" not in request.POST:
        return _ask(model_admin, request, documents, move)
    if move.needs_reason and not request.POST.get("comment", "").strip():
        return _ask(model_admin, request, documents, move, error=_("Give a reason."))
    done = sum(
        _make(model_admin, request, document, move, len(documents)) for document in documents
    )
    if done:
        text = _("%(move)s: %(count)d done.") % {"move": move.label, "count": done}
        model_admin.message_user(request, text, messages.SUCCESS)
    return None


def _make(
    model_admin: Any, request: HttpRequest, document: Any, move: Transition, total: int
) -> bool:
    """Make one move on one document; say what was refused."""
    try:
        model_admin.service_of(move.name)(
            document,
            by=request.user,
            comment=request.POST.get("comment", "").strip(),
            expected_version=version_of(request, "_version") if total == 1 else None,
        )
    except DomainError as error:
        for text in dict.fromkeys([str(error), *texts_of(error)]):
            model_admin.message_user(request, f"{document}: {text}", messages.ERROR)
        return False
    return True


def _ask(
    model_admin: Any, request: HttpRequest, documents: list[Any], move: Transition, error: str = ""
) -> HttpResponse:
    # The selection stands in the page by itself; twice it would be that of two documents.
    kept = (k for k in request.POST if k.endswith("action") or k in {"index", "_version"})
    keys = [k for k in kept if k != ACTION_CHECKBOX_NAME]
    context = {
        **model_admin.admin_site.each_context(request),
        "title": move.label,
        "opts": model_admin.opts,
        "documents": documents,
        "move": move,
        "error": error,
        "comment": request.POST.get("comment", ""),
        "kept": [(key, value) for key in keys for value in request.POST.getlist(key)],
        "selected": request.POST.getlist(ACTION_CHECKBOX_NAME),
        "media": model_admin.media,
    }
    return TemplateResponse(request, "admin/move_confirmation.html", context)
