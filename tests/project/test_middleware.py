"""What every page carries, and how long a log-in lasts."""

import pytest
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpResponse
from django.test import RequestFactory

from apps.common.middleware import security

NOON = 1_800_000_000


def answer(request):
    return HttpResponse("ok")


@pytest.fixture
def clock(monkeypatch):
    """A clock the test turns."""

    class Clock:
        now = NOON

        def time(self):
            return self.now

    turned = Clock()
    monkeypatch.setattr(security, "time", turned)
    return turned


@pytest.fixture
def visit(db, clock):
    """Visit a page with the session of one person, some seconds later."""
    store = SessionStore()
    store[SESSION_KEY] = "1"
    store.save()
    key = store.session_key

    def visit(after=0):
        clock.now += after
        request = RequestFactory().get("/")
        request.session = SessionStore(key)
        security.SessionLifeMiddleware(answer)(request)
        session = request.session
        if session.modified and not session.is_empty():
            session.save()
        return session

    return visit


def test_first_visit_begins_the_session(visit):
    session = visit()

    assert session.modified
    assert session[security.BEGAN] == NOON


@pytest.mark.parametrize(("after", "written"), [(0, False), (59, False), (60, True), (600, True)])
def test_use_is_written_once_a_minute(visit, after, written):
    visit()

    assert visit(after).modified is written


def test_log_in_ends_after_the_longest_time_however_busy(visit):
    visit()

    for _quarter in range(settings.SESSION_LONGEST // 900):
        assert SESSION_KEY in visit(900)
    assert SESSION_KEY not in visit(900)


def test_idle_session_ends_by_its_age():
    assert settings.SESSION_COOKIE_AGE == 30 * 60


def test_visitor_without_a_session_costs_nothing(db, django_assert_num_queries):
    request = RequestFactory().get("/")
    request.session = SessionStore()

    with django_assert_num_queries(0):
        security.SessionLifeMiddleware(answer)(request)

    assert request.session.is_empty()


def test_page_cannot_be_embedded_and_uses_no_device():
    response = security.IsolationHeadersMiddleware(answer)(RequestFactory().get("/"))

    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]


def test_view_may_set_its_own():
    def shared(request):
        return HttpResponse(headers={"Cross-Origin-Resource-Policy": "cross-origin"})

    response = security.IsolationHeadersMiddleware(shared)(RequestFactory().get("/"))

    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_policy_allows_nothing_unsafe():
    words = {word for values in settings.SECURE_CSP.values() for word in values}

    assert not {word for word in words if "unsafe" in word or "*" in word}
    assert settings.SECURE_CSP["default-src"] == ["'none'"]
