"""Room for deep calls: what each page pays without it on a CPython older than March 2026.

Python keeps the frames of a thread in chunks of 16 KiB and maps a new one whenever a call does not
fit into the last; when the call returns, the chunk is unmapped. A request passes a chain of
middleware, views and templates a hundred calls deep, and wherever a loop of it happens to stand at
the end of a chunk, each of its calls costs two system calls: up to a third of a page's time. A
function that claims a large frame gets a large chunk, and everything it calls fits in behind it.

See https://github.com/python/cpython/issues/142183.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from types import CodeType
from typing import Any, cast

# Slots of 8 bytes: a little more than half of 512 KiB, so that the other half is for those called.
# Memory nobody writes to is only reserved.
CLAIMED = 40_000


def with_room[**P, R](call: Callable[P, R]) -> Callable[P, R]:
    """Let everything below a call share one piece of stack; what it does stays the same.

    Can be named as a middleware: the outermost gives room to all others.
    """

    @wraps(call)
    def roomy(*args: P.args, **kwargs: P.kwargs) -> R:
        return call(*args, **kwargs)

    function = cast("Any", roomy)
    code: CodeType = function.__code__
    function.__code__ = code.replace(co_stacksize=CLAIMED)
    return roomy
