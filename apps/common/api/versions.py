"""Versions as ETags: a change says which version it is based on, and a stale one is refused."""

from __future__ import annotations

import re

from rest_framework.request import Request
from rest_framework.response import Response

from apps.common.api.errors import PreconditionRequiredError
from apps.common.errors import StaleVersionError

_TAG = re.compile(r'^(?:W/)?"(\d{1,9})"$')


def expected_version(request: Request) -> int:
    """The version in If-Match. Raises 428 when it is missing, 412 when it cannot be one of ours."""
    header = request.headers.get("If-Match", "").strip()
    if not header:
        raise PreconditionRequiredError
    match = _TAG.match(header)
    if match is None:
        raise StaleVersionError
    return int(match.group(1))


def tag(response: Response, version: int) -> Response:
    """Put the version on a reply."""
    response["ETag"] = f'"{version}"'
    return response
