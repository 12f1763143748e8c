"""Pages of no app: refusals, log-in, the choice of language, the frame of the back office."""

import re

import pytest
from django.template.loader import get_template
from django.test import Client, RequestFactory, override_settings
from django.urls import reverse

from apps.accounts.models import User
from apps.common import context
from apps.common.navigation import GROUPS
from apps.common.views import pages
from tests.factories import make_user


@pytest.fixture
def staff(db):
    return make_user("boss", is_staff=True, is_superuser=True, language="en")


@pytest.fixture
def office(staff):
    client = Client()
    client.force_login(staff)
    return client


@pytest.mark.parametrize("status", [400, 403, 404, 500])
def test_refusal_needs_nothing_that_may_have_failed(status):
    """No database (this test has none), no request, no context processors."""
    page = get_template(f"{status}.html").render({"request_id": "abc-1"})

    assert str(status) in page
    assert "abc-1" in page
    assert 'href="/"' in page


@pytest.mark.parametrize(
    ("status", "view"),
    [(400, pages.bad_request), (403, pages.permission_denied), (404, pages.page_not_found)],
)
def test_refusal_of_a_page(status, view, rf):
    request = rf.get("/somewhere")
    request.user = User(username="x")
    with context.working(request_id="abc-2"):
        response = view(request, Exception("secret"))

    assert response.status_code == status
    assert b"abc-2" in response.content
    assert b"secret" not in response.content


def test_500_renders_when_the_database_is_gone():
    request = RequestFactory().get("/somewhere")

    response = pages.server_error(request)

    assert response.status_code == 500
    assert b"<h1>" in response.content


@pytest.mark.django_db
@pytest.mark.parametrize(("demo", "shown"), [(True, True), (False, False)])
def test_demo_log_ins_are_offered_in_the_demo_only(client, demo, shown):
    with override_settings(ERP_DEMO_LOGINS=demo):
        page = client.get(reverse("login")).content.decode()

    assert ("engineer123" in page) is shown
    assert ("demo_login.js" in page) is shown


@pytest.mark.django_db
def test_log_in_that_fails_says_so_beside_the_field(client):
    page = client.post(reverse("login"), {"username": "nobody", "password": "wrong"})

    assert page.status_code == 200
    assert 'role="alert"' in page.content.decode()
    assert "wrong" not in page.content.decode()


@pytest.mark.django_db
def test_everybody_logs_in_at_one_door(client):
    response = client.get("/admin/login/?next=/admin/")

    assert response.status_code == 302
    assert response.url == f"{reverse('login')}?next=/admin/"


def test_who_may_not_enter_the_back_office_is_told(client, db):
    client.force_login(make_user("engineer"))

    page = client.get("/admin/", follow=True)

    assert page.redirect_chain
    assert "engineer" in page.content.decode()
    assert 'id="admin-nav"' not in page.content.decode()


@pytest.mark.django_db
def test_visitor_chooses_a_language(client):
    client.post(reverse("set_language"), {"language": "zh-hans", "next": reverse("login")})

    assert '<html lang="zh-hans"' in client.get(reverse("login")).content.decode()


@pytest.mark.parametrize(
    ("method", "language", "kept"),
    [("post", "zh-hans", "zh-hans"), ("post", "tlh", "en"), ("get", "zh-hans", "en")],
)
def test_chosen_language_stays_with_the_person(office, staff, method, language, kept):
    getattr(office, method)(reverse("set_language"), {"language": language, "next": "/"})

    staff.refresh_from_db()
    assert staff.language == kept


def test_back_office_is_grouped_by_the_business(office):
    groups = [group["key"] for group in office.get("/admin/").context["nav_groups"]]

    order = [group.key for group in GROUPS]
    assert groups == [key for key in order if key in groups]
    assert {"procurement", "catalogue", "budgets", "people", "audit", "system"} <= set(groups)


def test_navigation_marks_where_one_is(office):
    page = office.get(reverse("admin:accounts_department_changelist"))

    current = [e for g in page.context["nav_groups"] for e in g["entries"] if e["current"]]
    assert [entry["url"] for entry in current] == [reverse("admin:accounts_department_changelist")]


def test_first_submit_of_a_form_is_save(office):
    """Enter presses the first one: a move of the document there would be a trap."""
    page = office.get(reverse("admin:catalog_unit_add"))

    submits = re.findall(r'<(?:input|button) type="submit"[^>]*name="(\w+)"', page.content.decode())
    assert submits[0] == "_save"


def test_workspace_frame_offers_what_the_person_may(client, office, db):
    client.force_login(make_user("plain"))

    assert reverse("admin:index") not in client.get(reverse("profile")).content.decode()
    assert reverse("admin:index") in office.get(reverse("profile")).content.decode()
