"""What the load run says about its calls, and when it calls a run a step back."""

import copy

import pytest

from benchmarks.load import report


def calls(count: int, milliseconds: float, *, name: str = "list", status: int = 200, at: float = 9):
    return [(name, at + n / 100, milliseconds, status) for n in range(count)]


def level(made, users: int = 50):
    row = report.summary(made, warm_up=8, seconds=18)
    return {"users": users, "rss_mb": 300, "cpu_ms_per_call": 10.0, **row}


def test_the_warm_up_does_not_count():
    found = report.summary([*calls(50, 900, at=1), *calls(40, 100)], warm_up=8, seconds=18)

    assert found["operations"]["list"]["calls"] == 40
    assert found["operations"]["list"]["p95_ms"] == 100
    assert found["mix"]["calls"] == 40


def test_errors_are_counted_and_are_not_fast_answers():
    made = [*calls(30, 100), *calls(10, 1, status=503), *calls(5, 1, status=0)]

    row = report.summary(made, warm_up=8, seconds=18)["operations"]["list"]

    assert (row["calls"], row["errors"], row["p50_ms"]) == (45, 15, 100)


def test_the_table_names_what_was_not_called():
    said = report.table(level(calls(30, 100)))

    assert "50 people" in said
    assert "approve          0      0.0         –" in said


WORSE = [
    (calls(100, 119), 0, ""),
    (calls(100, 121), 1, "p95 of list rose from 100"),
    (calls(60, 100), 1, "the mix fell"),
    ([*calls(100, 100), *calls(1, 1, status=500)], 1, "1 errors, 0 before"),
    (calls(10, 500), 1, "the mix fell"),  # too few calls for a percentile to say anything
]


@pytest.mark.parametrize(("made", "count", "said"), WORSE)
def test_a_fifth_worse_is_a_step_back(made, count, said):
    before = {"levels": [level(calls(100, 100))]}
    now = {"levels": [level(made)]}
    # Calls come a hundred a second, whatever their number: rates follow from how many there are.
    now["levels"][0]["mix"]["per_second"] = float(len(made))
    before["levels"][0]["mix"]["per_second"] = 100.0

    found = report.regressions(now, before)

    assert len(found) == count
    assert said in "\n".join(found)


def test_a_level_the_baseline_does_not_know_is_not_compared():
    before = {"levels": [level(calls(100, 100))]}
    now = copy.deepcopy(before)
    now["levels"][0]["users"] = 100
    now["levels"][0]["mix"]["per_second"] = 0.1

    assert report.regressions(now, before) == []
