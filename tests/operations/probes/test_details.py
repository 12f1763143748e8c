"""Who is told which check failed: whoever has the token or comes from a named network."""

import dataclasses
import ipaddress

import pytest

TOKEN = "a-token-of-more-than-24-signs"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _operating(settings):
    settings.OPERATING = dataclasses.replace(
        settings.OPERATING,
        metrics_token=TOKEN,
        metrics_allow=[ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("10.9.0.0/16")],
    )


def told(client, path="/readyz", **more):
    return "checks" in client.get(path, **more).json()


BY_TOKEN = [
    (f"Bearer {TOKEN}", True),
    (f"Bearer {TOKEN} ", True),
    ("Bearer wrong", False),
    ("Bearer ", False),
    (TOKEN, False),
    (f"Basic {TOKEN}", False),
    ("Bearer ümläut", False),
    ("", False),
]


@pytest.mark.parametrize(("header", "allowed"), BY_TOKEN)
@pytest.mark.parametrize("path", ["/readyz", "/readyz?verbose"])
def test_by_token(client, path, header, allowed):
    more = {"headers": {"authorization": header}, "REMOTE_ADDR": "203.0.113.9"}

    assert told(client, path, **more) is allowed


BY_ADDRESS = [
    ("127.0.0.1", 0, {}, True),
    ("10.9.1.2", 0, {}, True),
    ("::ffff:10.9.1.2", 0, {}, True),
    ("203.0.113.9", 0, {}, False),
    ("", 0, {}, False),
    ("127.0.0.1", 0, {"X-Forwarded-For": "127.0.0.1"}, False),
    ("127.0.0.1", 0, {"X-Forwarded-For": "203.0.113.9"}, False),
    ("127.0.0.1", 0, {"X-Real-IP": "203.0.113.9"}, False),
    ("127.0.0.1", 0, {"Forwarded": "for=203.0.113.9"}, False),
    ("127.0.0.1", 1, {"X-Forwarded-For": "203.0.113.9"}, False),
    ("127.0.0.1", 1, {"X-Forwarded-For": "127.0.0.1, 203.0.113.9"}, False),
    ("127.0.0.1", 1, {"X-Forwarded-For": "203.0.113.9, 10.9.1.2"}, True),
]


@pytest.mark.parametrize(("address", "proxies", "headers", "allowed"), BY_ADDRESS)
def test_by_address(client, settings, address, proxies, headers, allowed):
    settings.PROXIES = proxies

    assert told(client, "/readyz?verbose", REMOTE_ADDR=address, headers=headers) is allowed


def test_address_alone_is_not_asking(client):
    assert not told(client, "/readyz")


def test_no_token_in_the_settings_opens_nothing(client, settings):
    settings.OPERATING = dataclasses.replace(settings.OPERATING, metrics_token="")

    more = {"headers": {"authorization": "Bearer "}, "REMOTE_ADDR": "203.0.113.9"}
    assert not told(client, "/readyz?verbose", **more)


def test_details_name_the_check_and_the_reason(client, broken_database):
    body = client.get("/api/health", headers={"authorization": f"Bearer {TOKEN}"}).json()

    assert body["checks"]["keys"]["status"] == "healthy"
    assert body["checks"]["database"]["status"] == "unhealthy"
    assert body["checks"]["database"]["reason"]
