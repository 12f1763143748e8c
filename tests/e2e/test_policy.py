"""Pages live under the strict policy: the browser itself refuses nothing of ours."""

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def complaints(page):
    """What the browser says while the test runs: errors of scripts, refusals of the policy."""
    said: list[str] = []
    page.on("console", lambda message: message.type == "error" and said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


@pytest.mark.parametrize("address", ["/admin/login/", "/api/docs/"])
def test_browser_refuses_nothing(live_server, page, complaints, address):
    response = page.goto(f"{live_server.url}{address}", wait_until="networkidle")

    assert response.status == 200
    assert complaints == []


def test_policy_is_in_force(live_server, page, complaints):
    """The negative control: what the policy forbids is refused and heard of."""
    page.goto(f"{live_server.url}/admin/login/")

    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color:red\">x</p>')")

    assert any("style" in said for said in complaints)
