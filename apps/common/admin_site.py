"""The back office's site: named after the product, sorted the way the business works."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.i18n import JavaScriptCatalog

from apps.common import dashboard
from apps.common.navigation import GROUPS, Group
from apps.common.templatetags.erp import address_of

REST = GROUPS[-1]


@dataclass(frozen=True)
class Link:
    """A page of the back office that is no model's list, such as the buyer's worklist."""

    group: str
    label: Any
    url_name: str
    icon: str
    allowed: Callable[[HttpRequest], bool]


_links: list[Link] = []


def register_link(link: Link) -> None:
    """Put a page at the head of its group; shown to those it allows."""
    if link not in _links:
        _links.append(link)


class Words(JavaScriptCatalog):
    """What scripts of the admin say."""

    packages = ["django.contrib.admin"]

    def get_paths(self, packages: list[str]) -> list[str]:
        return [*super().get_paths(packages), *map(str, settings.LOCALE_PATHS)]


class ERPAdminSite(admin.AdminSite):
    """One site for procurement and administrators; everybody logs in at the same door."""

    site_title = _("Back office")
    site_header = _("Procurement ERP")
    index_title = _("Open work")
    empty_value_display = "–"

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """There is one page and one service for that, and it is not Django's."""
        return redirect("password_change")

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Add the navigation in business order; `available_apps` stays what the admin expects."""
        context: dict[str, Any] = super().each_context(request)
        context["nav_groups"] = grouped(request, context["available_apps"])
        return context

    def i18n_javascript(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Django's words in scripts, and ours where it has none yet."""
        return Words.as_view()(request)

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        """Put names in as plain words: sorting lazy ones asks for a translation per comparison."""
        apps: dict[str, dict[str, Any]] = self._build_app_dict(request, app_label)
        for app in apps.values():
            app["name"] = str(app["name"])
            for model in app["models"]:
                model["name"] = str(model["name"])
            app["models"].sort(key=itemgetter("name"))
        return sorted(apps.values(), key=lambda app: app["name"].lower())

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Open with the work that waits, then the way to everything else."""
        context = {
            "dashboard": dashboard.tiles(request),
            "charts": dashboard.charts(request),
            **(extra_context or {}),
        }
        return super().index(request, context)

    @method_decorator(never_cache)
    @login_not_required
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Send who is not logged in to the one log-in page; tell who is that this is not theirs."""
        # Here because this module is loaded before the models, as the admin's app configuration.
        from django.contrib.auth.views import redirect_to_login

        if request.method == "GET" and not request.user.is_authenticated:
            target = request.GET.get("next") or address_of("admin:index")
            return redirect_to_login(target, settings.LOGIN_URL)
        return super().login(request, extra_context)


def grouped(request: HttpRequest, apps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The models a person may see, under the headings of the business."""
    groups = []
    for group in GROUPS:
        entries = [*links_of(request, group), *models_of(group, apps, request.path)]
        if entries:
            current = any(entry["current"] for entry in entries)
            groups.append(
                {
                    "key": group.key,
                    "label": group.label,
                    "entries": entries,
                    "open": current or not group.folded,
                }
            )
    return groups


def links_of(request: HttpRequest, group: Group) -> list[dict[str, Any]]:
    """The registered pages of a group this person may open."""
    return [
        {
            "label": link.label,
            "icon": link.icon,
            "url": url,
            "add_url": "",
            "current": request.path == url,
        }
        for link in _links
        if link.group == group.key and (url := address_of(link.url_name)) and link.allowed(request)
    ]


def models_of(group: Group, apps: list[dict[str, Any]], path: str) -> list[dict[str, Any]]:
    """The model lists of a group: those it names first, others after them by name."""
    order = {name: position for position, (name, _icon) in enumerate(group.models)}
    icons = dict(group.models)
    found = []
    for app in apps:
        if home_of(app["app_label"]) is not group:
            continue
        for model in app["models"]:
            name = model["object_name"].lower()
            entry = {
                "label": model["name"],
                "icon": icons.get(name, group.icon),
                "url": model["admin_url"] or "",
                "add_url": model["add_url"] or "",
                "current": bool(model["admin_url"]) and path.startswith(model["admin_url"]),
            }
            found.append((order.get(name, len(order)), str(model["name"]), entry))
    return [entry for _position, _name, entry in sorted(found, key=lambda row: row[:2])]


def home_of(app_label: str) -> Group:
    """The group an app belongs to; one nobody has placed is the system's."""
    return next((group for group in GROUPS if app_label in group.apps), REST)


class ERPAdminConfig(AdminConfig):
    """Makes `django.contrib.admin.site` the site above; takes the admin's place in the settings."""

    default_site = "apps.common.admin_site.ERPAdminSite"
