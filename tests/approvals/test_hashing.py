"""One fingerprint per content, whatever wrote it."""

import datetime as dt
import json
from decimal import Decimal

import pytest

from apps.approvals.hashing import canonical, canonical_json, content_hash
from apps.requisitions.states import Status

ZONE = dt.timezone(dt.timedelta(hours=8))


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (Decimal("1.50"), "1.5"),
        (Decimal("15E-1"), "1.5"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.000"), "0"),
        (Decimal("-0.0"), "0"),
        (Decimal("-1.10"), "-1.1"),
        (Decimal("100"), "100"),
        (Decimal("12345678901234567890.123456"), "12345678901234567890.123456"),
        ("e\u0301", "é"),
        (Status.DRAFT, "draft"),
        (dt.date(2026, 11, 22), "2026-11-22"),
        (dt.datetime(2026, 11, 22, 9, tzinfo=ZONE), "2026-11-22T01:00:00Z"),
        (None, None),
        (True, True),
        (3, 3),
        ((1, Decimal("2.0")), [1, "2"]),
        ({"b": 1, "a": {"d": (), "c": "x"}}, {"a": {"c": "x", "d": []}, "b": 1}),
    ],
)
def test_each_value_has_one_form(value, wanted):
    assert canonical(value) == wanted
    assert json.dumps(canonical(value)) == json.dumps(wanted)


@pytest.mark.parametrize(
    "value",
    [1.5, Decimal("NaN"), Decimal("Infinity"), {1, 2}, object(), b"x", {"é": 1, "e\u0301": 2}],
)
def test_what_has_no_exact_form_is_refused(value):
    with pytest.raises(TypeError):
        canonical(value)


def test_order_of_keys_and_form_of_numbers_do_not_matter():
    one = {"lines": [{"price": Decimal("1.50"), "no": 1}], "title": "Caf\u00e9"}
    other = {"title": "Cafe\u0301", "lines": [{"no": 1, "price": Decimal("1.500")}]}

    assert content_hash(one) == content_hash(other)


@pytest.mark.parametrize(
    "changed",
    [
        {"title": "A ", "lines": [{"no": 1}]},
        {"title": "A", "lines": [{"no": 2}]},
        {"title": "A", "lines": []},
        {"title": "A", "lines": [{"no": "1"}]},
        {"title": "A", "lines": [{"no": 1}], "more": None},
    ],
)
def test_every_change_shows(changed):
    assert content_hash(changed) != content_hash({"title": "A", "lines": [{"no": 1}]})


def test_the_text_survives_storage_as_json():
    content = {"price": Decimal("1.10"), "day": dt.date(2026, 1, 1), "名称": "圆珠笔"}
    stored = json.loads(json.dumps(canonical(content)))

    assert canonical_json(stored) == canonical_json(content)
