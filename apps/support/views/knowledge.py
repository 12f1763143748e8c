"""The articles of the help centre: searched, and read."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from apps.support import policies
from apps.support.services import articles, knowledge, runbooks


def readable(user: Any) -> tuple[str, ...]:
    """What somebody may read: guides everybody, what names commands only those who run it."""
    if policies.may_read_runbooks(user):
        return (*articles.SLUGS, *runbooks.SLUGS)
    return articles.GUIDES


def address_of(slug: str) -> str:
    """The page of an article or runbook, or nothing."""
    if slug in runbooks.SLUGS:
        return reverse("support:runbook", args=[slug])
    return reverse("support:article", args=[slug]) if slug in articles.SLUGS else ""


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What answers a question, the best first; without a question, all there is."""
    slugs = readable(request.user)
    text = request.GET.get("q", "").replace("\x00", "").strip()[: knowledge.LONGEST_QUERY]
    hits = [
        (hit, f"{address_of(hit.section.slug)}#{hit.section.place}".rstrip("#"))
        for hit in (knowledge.search(text, slugs=slugs) if text else ())
    ]
    pages = [(title, address_of(slug)) for slug, title in articles.overview(slugs)]
    return render(request, "support/search.html", {"text": text, "hits": hits, "pages": pages})


@require_safe
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """One article."""
    if not policies.is_known(request.user):
        raise PermissionDenied
    if slug not in readable(request.user):
        raise Http404
    found = articles.find(slug, address=address_of)
    if found is None:
        raise Http404
    return render(request, "support/article.html", {"article": found})
