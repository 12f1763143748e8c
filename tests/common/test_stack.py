"""Room for deep calls: nothing of a call changes, however deep it goes."""

from __future__ import annotations

import pytest
from django.conf import settings

from apps.common.stack import CLAIMED, with_room


def halved(number: int, *, steps: int = 1) -> int:
    """Halve a number some times; an odd one is refused."""
    if number % 2:
        raise ValueError(number)
    return halved(number // 2, steps=steps - 1) if steps > 1 else number // 2


def endless(depth: int) -> int:
    return endless(depth + 1)


def test_what_goes_in_and_comes_out_is_the_same() -> None:
    roomy = with_room(halved)

    assert roomy(8, steps=3) == 1
    assert roomy.__name__ == "halved"
    with pytest.raises(ValueError, match="3"):
        roomy(6, steps=2)


def test_a_frame_is_claimed_that_gets_a_chunk_of_its_own() -> None:
    assert with_room(halved).__code__.co_stacksize == CLAIMED


def test_calls_without_an_end_end_as_they_did() -> None:
    with pytest.raises(RecursionError):
        with_room(endless)(0)


def test_room_within_room() -> None:
    call = halved
    for _layer in range(50):
        call = with_room(call)

    assert call(4, steps=2) == 1


def test_it_is_around_all_of_a_request() -> None:
    assert settings.MIDDLEWARE[0] == "apps.common.stack.with_room"
