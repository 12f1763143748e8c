"""Spans of time: one unit, in words of the reader."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from apps.common.templatetags.times import distance

MINUTES, HOURS, DAYS = (timedelta(**{unit: 1}) for unit in ("minutes", "hours", "days"))


@pytest.mark.parametrize(
    ("span", "english", "chinese"),
    [
        (timedelta(), "0 minutes", "0 分钟"),
        (1.5 * MINUTES, "1 minute", "1 分钟"),
        (59.5 * MINUTES, "59 minutes", "59 分钟"),
        (1.9 * HOURS, "1 hour", "1 小时"),
        (23.5 * HOURS, "23 hours", "23 小时"),
        (1.5 * DAYS, "1 day", "1 天"),
        (83.2 * DAYS, "83 days", "83 天"),
    ],
)
@pytest.mark.parametrize("sign", [1, -1])
def test_distance_is_said_in_one_unit(monkeypatch, span, english, chinese, sign):
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)

    assert distance(now + sign * span) == english
    with translation.override("zh-hans"):
        assert distance(now + sign * span) == chinese
