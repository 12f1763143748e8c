"""Files and comments over the API, on any document."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from apps.common.models import Attachment
from apps.requisitions.models import Requisition
from tests.common.test_attachments import PDF, received, upload
from tests.factories import authorization
from tests.requisitions.factories import Company, make_company


@pytest.fixture
def company(db: None) -> Company:
    return make_company()


@pytest.fixture
def requisition(company: Company) -> Requisition:
    return company.requisition()


def test_files_over_the_api(company: Company, requisition: Requisition) -> None:
    client = Client(headers={"Authorization": authorization(company.requester)})
    url, reference = "/api/v1/attachments", f"requisition:{requisition.pk}"

    made = client.post(url, {"document": reference, "file": upload("a.pdf")})
    assert made.status_code == 201, made.content
    pk = made.json()["id"]
    assert client.get(url, {"document": reference}).json()["results"] == [made.json()]
    got = client.get(f"{url}/{pk}/content")
    assert received(got) == PDF
    stranger = Client(headers={"Authorization": authorization(company.colleague)})
    for address in (f"{url}/{pk}", f"{url}/{pk}/content", f"{url}?document={reference}"):
        assert stranger.get(address).status_code == 404
        assert Client().get(address).status_code == 401
    assert stranger.delete(f"{url}/{pk}").status_code == 404
    assert client.delete(f"{url}/{pk}").status_code == 204
    assert client.get(f"{url}/{pk}").status_code == 404


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"document": "requisition:{pk}"}, 400),
        ({"document": "nonsense", "file": "a.pdf"}, 400),
        ({"document": "requisition:999999", "file": "a.pdf"}, 404),
        ({"document": "requisition:{pk}", "file": "a.html"}, 400),
        ({"document": "requisition:{pk}", "file": "a.pdf", "nonsense": "1"}, 400),
    ],
)
def test_bad_uploads_over_the_api(
    company: Company, requisition: Requisition, data: dict[str, Any], status: int
) -> None:
    client = Client(headers={"Authorization": authorization(company.requester)})
    body: dict[str, Any] = {k: v.replace("{pk}", str(requisition.pk)) for k, v in data.items()}
    if "file" in body:
        body["file"] = upload(body["file"])

    assert client.post("/api/v1/attachments", body).status_code == status
    assert not Attachment.objects.exists()


def test_too_large_over_the_api(company: Company, requisition: Requisition, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 10
    client = Client(headers={"Authorization": authorization(company.requester)})
    reference = f"requisition:{requisition.pk}"

    answer = client.post("/api/v1/attachments", {"document": reference, "file": upload("a.pdf")})

    assert answer.status_code == 413


def test_comments_over_the_api(company: Company, requisition: Requisition) -> None:
    client = Client(headers={"Authorization": authorization(company.requester)})
    url, reference = "/api/v1/comments", f"requisition:{requisition.pk}"
    body = {"document": reference, "text": "one two \u200b"}

    made = client.post(url, body, "application/json")

    assert made.status_code == 201, made.content
    assert made.json()["text"] == "one two"
    assert client.get(url, {"document": reference}).json()["results"] == [made.json()]
    assert client.get(url).json()["results"] == [made.json()]
    hidden = client.post(url, {**body, "text": "one\u200btwo"}, "application/json")
    assert "U+200B" in hidden.json()["errors"]["text"][0]
    for bad in ({**body, "text": ""}, {**body, "text": {}}, {**body, "x": 1}, {"text": "x"}):
        assert client.post(url, bad, "application/json").status_code == 400
    stranger = Client(headers={"Authorization": authorization(company.colleague)})
    assert stranger.post(url, body, "application/json").status_code == 404
    assert stranger.get(url).json()["results"] == []
