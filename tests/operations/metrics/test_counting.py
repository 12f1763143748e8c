"""What is counted: requests by template, business events after their commit, failures by kind."""

import pytest
from django.db import OperationalError, transaction
from django.test import Client
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from apps.common import events
from apps.operations.metrics import names, receivers
from apps.operations.metrics.exposition import exposition
from apps.operations.metrics.tally import tally
from tests import factories as make
from tests.architecture.files import files, text
from tests.operations.metrics.conftest import exposed, value

pytestmark = pytest.mark.django_db
WHOLE = ""


def counted(metric, label=WHOLE):
    """What a metric counted since the test began."""
    rows = tally.take()
    tally.put_back(rows)
    return sum(row.total for key, row in rows.items() if key[:2] == (metric.name, label))


def number(metric, label=WHOLE):
    """How often it was measured."""
    rows = tally.take()
    tally.put_back(rows)
    return sum(row.count for key, row in rows.items() if key[:2] == (metric.name, label))


ROUTES = [
    ("/login", "/login", 200),
    ("/attachments/7", "/attachments/<pk>", 302),
    ("/api/v1/requisitions/4711", "/api/v1/requisitions/<pk>", 401),
    ("/nothing/here/1", "unknown", 404),
    ("/nothing/here/2", "unknown", 404),
    ("/admin/nothing/here/3", "/admin/<url>", 302),
]


@pytest.mark.parametrize(("path", "route", "status"), ROUTES)
def test_route_is_a_template(path, route, status):
    before = exposed()
    labels = {"method": "GET", "route": route, "status": str(status)}

    Client().get(path)

    after = exposed()
    grown = {key for key in after if after[key] > before.get(key, 0) and "_http_requests" in key[0]}
    assert grown == {("erp_http_requests_total", frozenset(labels.items()))}
    bucket = {"route": route, "le": "30.0"}
    assert value(after, "erp_http_request_duration_seconds_bucket", **bucket) >= 1
    assert number(names.REQUEST_SECONDS) == number(names.REQUEST_SECONDS, route) == 1


def test_method_nobody_knows_is_one_label():
    Client().generic("BREW", "/login")

    assert value(exposed(), "erp_http_requests_total", method="OTHER", route="/login", status="405")


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/api/health", "/metrics", "/static/no.css"])
def test_what_watches_is_not_counted_with_what_works(path):
    Client().get(path)

    assert number(names.REQUEST_SECONDS) == counted(names.REQUESTS) == 0


CLIENT_ERRORS = [
    ("post", "/api/auth/login", {}, "validation"),
    ("get", "/api/v1/requisitions", None, "authentication"),
    ("get", "/nothing", None, "not_found"),
    ("post", "/api/schema/", {}, "other"),
]


@pytest.mark.parametrize(("method", "path", "body", "reason"), CLIENT_ERRORS)
def test_client_errors_by_reason(method, path, body, reason):
    getattr(Client(), method)(path, body, content_type="application/json")

    assert counted(names.CLIENT_ERRORS) == counted(names.CLIENT_ERRORS, reason) == 1
    assert counted(names.SERVER_ERRORS) == 0


def broken(error):
    def view(*args, **kwargs):
        raise error

    return view


@pytest.mark.parametrize(
    ("error", "of_database"), [(OperationalError("gone"), 1), (ValueError("ours"), 0)]
)
def test_server_errors_and_those_of_the_database(monkeypatch, error, of_database):
    monkeypatch.setattr("django.contrib.auth.views.LoginView.get", broken(error))

    response = Client(raise_request_exception=False).get("/login")

    assert response.status_code == 500
    assert counted(names.SERVER_ERRORS) == 1
    assert counted(names.DATABASE_FAILURES) == of_database
    assert counted(names.CLIENT_ERRORS) == 0


def test_statements_of_a_request_are_counted_and_timed():
    client = Client()
    client.force_login(make.make_user("reader", "engineer"))
    tally.take()
    client.get("/profile")

    assert number(names.REQUEST_QUERIES) == 1
    assert counted(names.REQUEST_QUERIES) == number(names.QUERY_TIME) > 0
    assert 0 < counted(names.QUERY_TIME) < counted(names.REQUEST_SECONDS)


def test_nothing_is_in_flight_when_all_is_done(monkeypatch):
    monkeypatch.setattr("django.contrib.auth.views.LoginView.get", broken(ValueError()))
    before = value(exposed(), names.IN_FLIGHT.name)

    Client().get("/nothing")
    Client(raise_request_exception=False).get("/login")

    assert value(exposed(), names.IN_FLIGHT.name) == before


def test_every_event_that_counts_is_one_services_record():
    """A renamed event would stop being counted without anybody noticing."""
    code = "\n".join(text(name) for name in files(".py", "apps") if "operations" not in name)
    verbs = {"requisition.submit", "requisition.approve", "purchaseorder.issue"}  # of the runner
    missing = [e for e in receivers.EVENTS if f'"{e}"' not in code and e not in verbs]

    assert missing == []


def test_business_counts_when_it_is_committed(django_capture_on_commit_callbacks):
    user = make.make_user("somebody")
    with django_capture_on_commit_callbacks(execute=True):
        events.happened(user, "requisition.created")
        events.happened(user, "requisition.created")
        events.happened(user, "approvaldecision.reject")
        assert counted(names.REQUISITIONS_CREATED) == 0

    assert counted(names.REQUISITIONS_CREATED) == 2
    assert counted(names.APPROVALS_DECIDED) == counted(names.APPROVALS_DECIDED, "reject") == 1


@pytest.mark.django_db(transaction=True)
def test_business_that_is_taken_back_does_not_count():
    user = make.make_user("somebody")
    with pytest.raises(ValueError, match="back"), transaction.atomic():  # noqa: PT012 - one step
        events.happened(user, "requisition.created")
        raise ValueError("back")

    assert counted(names.REQUISITIONS_CREATED) == 0


@pytest.mark.django_db(transaction=True)
def test_log_ins_failures_and_lockouts(settings):
    settings.AXES_FAILURE_LIMIT = 3
    make.make_user("careful")
    client = Client()
    for password in (make.PASSWORD, "no", "no", "no"):
        body = {"username": "careful", "password": password}
        client.post("/api/auth/login", body, content_type="application/json")

    assert counted(names.LOGINS) == 1
    assert counted(names.LOGINS_FAILED) == 3
    assert counted(names.LOCKOUTS) == 1


def test_page_holds_only_what_the_list_names():
    text, content_type = exposition("application/openmetrics-text")

    families = list(text_string_to_metric_families(text.decode()))
    known = {metric.name.removesuffix("_total") for metric in names.METRICS.values()}
    assert content_type.startswith("application/openmetrics-text; version=1.0.0")
    assert {family.name for family in families} <= known
    assert all(family.documentation for family in families)
