"""The ModelAdmin all others stand on."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import DataError, models
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from apps.common import history, search


class CappedPaginator(Paginator):  # type: ignore[type-arg]  # generic only in the stubs
    """Counts no further than people page, so that a table of millions opens like a small one."""

    cap = 20_000

    @cached_property
    def count(self) -> int:
        """The number of rows, or the cap; what lies beyond is reached by filters and search."""
        rows = self.object_list
        if isinstance(rows, models.QuerySet):
            return rows.order_by()[: self.cap].count()
        return len(rows)


class CarefulList(ChangeList):
    """A list that goes back to its first page over a filter nobody could have chosen.

    Numbers no column holds and years no calendar has are refused by Python or the database. Raises
    IncorrectLookupParameters, as Django does for other things it cannot look up.
    """

    def get_filters(self, request: HttpRequest) -> Any:
        """What is asked for in the address."""
        try:
            return super().get_filters(request)
        except OverflowError as error:
            raise IncorrectLookupParameters(error) from error

    def get_results(self, request: HttpRequest) -> None:
        """The rows of the page."""
        try:
            super().get_results(request)
        except (DataError, OverflowError, ValueError) as error:
            raise IncorrectLookupParameters(error) from error


# How a search field of the admin says that the word is at the start, or is all there is.
_MARKS = {"^": "istartswith", "=": "iexact"}


def _lookup_of(name: str) -> str:
    """The lookup a search field stands for."""
    return f"{name[1:]}__{_MARKS[name[0]]}" if name[0] in _MARKS else f"{name}__icontains"


class ERPModelAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic only in the stubs
    """Shows what is visible to the person, stamps who saved, deletes nothing unless told otherwise.

    Set `deletable = True` only where nothing is lost by a deletion.
    """

    deletable = False
    empty_text: StrOrPromise = ""  # what an empty list says beside "nothing here yet"
    empty_command = ""  # and what to type to fill it
    show_full_result_count = False
    paginator = CappedPaginator
    list_per_page = 50
    list_max_show_all = 200
    save_on_top = False
    view_on_site = False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """The careful one."""
        return CarefulList

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Visible rows, with a net under lists that forget a select_related."""
        manager = self.model._default_manager
        if hasattr(manager, "visible_to"):
            queryset = manager.visible_to(request.user)
        else:
            queryset = manager.get_queryset()
        ordering = self.get_ordering(request)
        queryset = queryset.order_by(*ordering) if ordering else queryset
        fetched: models.QuerySet[Any] = queryset.fetch_mode(models.FETCH_PEERS)
        return fetched

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        """Every word is in one of the fields; each table is asked for its own (see `search`)."""
        fields = [_lookup_of(str(name)) for name in self.get_search_fields(request)]
        for word in search.typed(search_term).split()[: search.MOST_WORDS] if fields else ():
            queryset = search.anywhere(queryset, dict.fromkeys(fields, word))
        return queryset, False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Records are retired, not deleted."""
        return self.deletable and super().has_delete_permission(request, obj)

    def get_actions(
        self,
        request: HttpRequest,
        action_location: admin.ActionLocation = admin.ActionLocation.CHANGE_LIST,
    ) -> dict[str, Any]:
        """Without the bulk deletion."""
        actions: dict[str, Any] = super().get_actions(request, action_location=action_location)
        if not self.deletable:
            actions.pop("delete_selected", None)
        return actions

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        """Save with the names of who made and who changed the record."""
        stamp(obj, request.user)
        super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        """Save inlines with the same names."""
        for row in formset.save(commit=False):
            stamp(row, request.user)
            row.save()
        for row in formset.deleted_objects:
            row.delete()
        formset.save_m2m()

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """History is the audit's; a second log would be one nobody can trust."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """See `log_addition`."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """See `log_addition`."""

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What happened to the record, from the audit."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        obj = self.get_object(request, object_id)
        if obj is None:
            raise Http404
        if not self.has_view_or_change_permission(request, obj):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("History: %(object)s") % {"object": obj},
            "subtitle": None,
            "opts": self.opts,
            "object": obj,
            "module_name": str(self.opts.verbose_name_plural),
            "rows": history.of(obj),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/history_entries.html", context)


class ReadOnlyAdmin(ERPModelAdmin):
    """Shown, never written: ledgers, running approvals, history."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes by hand."""
        return False


class ReadOnlyInline(admin.TabularInline):  # type: ignore[type-arg]  # generic only in the stubs
    """Rows shown inside their document, never written there."""

    extra = 0
    can_delete = False
    show_change_link = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody adds by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes by hand."""
        return False


def stamp(obj: Any, user: Any) -> None:
    """Name who made and who changed a record."""
    if hasattr(obj, "created_by_id") and obj._state.adding and obj.created_by_id is None:
        obj.created_by = user
    if hasattr(obj, "updated_by_id"):
        obj.updated_by = user
