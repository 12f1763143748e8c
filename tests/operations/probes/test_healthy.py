"""What the probes answer while all is well: exactly the paths and bodies of the contract."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

PATHS = {
    "/livez": {"status"},
    "/readyz": {"status"},
    "/startupz": {"status"},
    "/api/health": {"status", "message", "timestamp"},
    "/api/health/database": {"status", "connections", "query_time"},
    "/api/health/auth": {"status", "jwt_valid"},
}

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("path", "names"), PATHS.items(), ids=PATHS)
def test_answer_is_exactly_the_contract(client, path, names):
    response = client.get(path)

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in response.headers
    assert response.json().keys() == names
    assert response.json()["status"] == "healthy"


def test_health_says_what_the_document_expects(client):
    body = client.get("/api/health").json()

    assert body["message"] == "ERP System API is running"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", body["timestamp"])
    assert abs(datetime.fromisoformat(body["timestamp"]) - datetime.now(UTC)) < timedelta(minutes=1)


def test_database_counts_connections_and_measures_in_seconds(client, on_postgres):
    body = client.get("/api/health/database").json()

    assert body["connections"] >= (2 if on_postgres else 1)  # the test's own and the probe's
    assert 0 < body["query_time"] < 1


def test_auth_says_that_the_key_works(client):
    assert client.get("/api/health/auth").json() == {"status": "healthy", "jwt_valid": True}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("accept", ["*/*", "text/html", "text/plain", "application/rss+xml"])
def test_answer_is_json_whatever_is_asked_for(client, path, accept):
    response = client.get(path, {"format": "text"}, headers={"accept": accept})

    assert response.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_only_looking_is_possible(client, path, method):
    response = getattr(client, method)(path)

    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert response.content == b""


@pytest.mark.parametrize("path", PATHS)
def test_head_answers_like_get(client, path):
    response = client.head(path)

    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize("path", PATHS)
def test_path_has_no_slash_at_its_end_and_is_not_moved(client, path):
    assert client.get(path).status_code == 200
    assert client.get(f"{path}/", HTTP_HOST="localhost").status_code == 404


def test_names_lead_to_the_paths():
    names = ("live", "ready", "started", "health", "health_database", "health_auth")

    assert [reverse(f"operations:{name}") for name in names] == list(PATHS)


@pytest.mark.parametrize("path", PATHS)
def test_production_does_not_send_probes_to_https(client, path, settings):
    settings.SECURE_SSL_REDIRECT = True

    assert client.get(path).status_code == 200


def test_probes_are_not_throttled(client):
    answers = {client.get("/api/health").status_code for _number in range(200)}

    assert answers == {200}


def test_asking_often_asks_the_database_once(client, django_assert_num_queries):
    client.get("/api/health/database")
    first = client.get("/api/health/database").json()

    assert all(client.get("/api/health/database").json() == first for _number in range(20))
