"""How tests of parsing ask: what was read, or the code of the refusal."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from apps.common.tabular import Cell, CellError, Kind


def figure(value: str, note: str = "") -> Cell:
    return Cell(Decimal(value), Kind.NUMBER, note)


def code_of(parse: Callable[[Any], object], cell: Any) -> str:
    with pytest.raises(CellError) as caught:
        parse(cell)
    assert str(caught.value)
    return caught.value.code


def outcome(parse: Callable[[str], object], text: str) -> tuple[object, str]:
    """Return what was read, or the code of the refusal."""
    try:
        return parse(text), ""
    except CellError as error:
        error.value.encode()
        return None, error.code
