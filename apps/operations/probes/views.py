"""The probes: short answers for machines, 503 within two seconds when something is broken.

By the views of django-health-check with answers of our own: theirs are pages, its failures are
500 and name the check. A result is good for a second, so that nobody can make the system busy by
asking; the checks run on a few threads of their own, so that a database that hangs holds up those
threads and nothing else.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from http import HTTPStatus
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from health_check.base import HealthCheckResult
from health_check.views import HealthCheckView

from apps.common.middleware.request import vouched_addr_of
from apps.operations import policies
from apps.operations.probes import checks

FRESH_SECONDS = 1.0
THREADS = 8


class Probe(HealthCheckView):  # type: ignore[misc]  # the library has no types
    """Answers in JSON whatever is asked for, and is never kept by anybody in between."""

    http_method_names = ["get", "head", "options"]
    checks: Sequence[type[checks.Check]] = ()
    recent: ClassVar[dict[type[Probe], tuple[float, list[HealthCheckResult]]]] = {}

    async def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = await super().dispatch(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        del response.headers["Vary"]
        return response

    async def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.results = await self.fresh_results()
        is_healthy = not any(result.error for result in self.results)
        body = {"status": "healthy" if is_healthy else "unhealthy", **self.more(is_healthy)}
        if wants_details(request):
            body["checks"] = {result.check.name: described(result) for result in self.results}
        status = HTTPStatus.OK if is_healthy else HTTPStatus.SERVICE_UNAVAILABLE
        return JsonResponse(body, status=status, json_dumps_params={"separators": (",", ":")})

    async def fresh_results(self) -> list[HealthCheckResult]:
        """Look, or say what was seen less than a second ago."""
        until, results = self.recent.get(type(self), (0.0, []))
        if time.monotonic() < until:
            return results
        with self.get_executor() as executor:
            waiting = (check.get_result(executor) for check in self.get_checks())
            results = list(await asyncio.gather(*waiting))
        self.recent[type(self)] = (time.monotonic() + FRESH_SECONDS, results)
        return results

    def get_executor(self) -> AbstractContextManager[ThreadPoolExecutor]:
        """Threads that outlive the request: waiting for one that hangs would break the limit."""
        return nullcontext(threads())

    def more(self, is_healthy: bool) -> dict[str, Any]:  # noqa: FBT001  # the one fact all answers share
        """What this probe says besides its status."""
        return {}


class Live(Probe):
    """The process answers. It asks no database: a short outage must not restart every process."""


class Ready(Probe):
    """This process may be sent work."""

    checks = (checks.DatabaseWrites, checks.Migrations, checks.DiskSpace, checks.Audit)


class Started(Probe):
    """The process has come up; once it has, it is never asked again."""

    checks = (checks.DatabaseReads, checks.Migrations, checks.Keys)
    has_started: ClassVar[bool] = False

    async def fresh_results(self) -> list[HealthCheckResult]:
        if Started.has_started:
            return []
        results = await super().fresh_results()
        Started.has_started = not any(result.error for result in results)
        return results


class Health(Probe):
    """The application as its users depend on it: database and log-in."""

    checks = (checks.DatabaseReads, checks.Keys)

    def more(self, is_healthy: bool) -> dict[str, Any]:  # noqa: FBT001  # see Probe.more
        message = "ERP System API is running" if is_healthy else "ERP System API is impaired"
        now = timezone.now().isoformat(timespec="milliseconds")
        return {"message": message, "timestamp": now.replace("+00:00", "Z")}


class DatabaseHealth(Probe):
    """The database, how many are connected to it and how long one query took, in seconds."""

    checks = (checks.DatabaseReads,)

    def more(self, is_healthy: bool) -> dict[str, Any]:  # noqa: FBT001  # see Probe.more
        seen: Any = self.results[0].check
        if not is_healthy:
            return {"connections": None, "query_time": None}
        return {"connections": seen.connections, "query_time": seen.query_time}


class AuthHealth(Probe):
    """Log-in: the key of the tokens works."""

    checks = (checks.Keys,)

    def more(self, is_healthy: bool) -> dict[str, Any]:  # noqa: FBT001  # see Probe.more
        return {"jwt_valid": is_healthy}


def may_see_inside(request: HttpRequest) -> bool:
    """Whether whoever asks may see metrics and details."""
    return policies.may_read_metrics(
        authorization=request.headers.get("Authorization", ""), address=vouched_addr_of(request)
    )


def wants_details(request: HttpRequest) -> bool:
    """Whether details are asked for, by `?verbose` or by showing the token, and may be told."""
    authorization = request.headers.get("Authorization", "")
    if "verbose" not in request.GET and not policies.has_token(authorization):
        return False
    return may_see_inside(request)


@cache
def threads() -> ThreadPoolExecutor:
    """The threads of all probes of this process."""
    return ThreadPoolExecutor(THREADS, thread_name_prefix="probe")


def described(result: HealthCheckResult) -> dict[str, Any]:
    """One check for the eyes of an operator."""
    found: dict[str, Any] = {
        "status": "unhealthy" if result.error else "healthy",
        "seconds": round(result.time_taken, 4),
    }
    if result.error:
        found["reason"] = result.error.message
    return found
