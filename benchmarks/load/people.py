"""What each of the callers does, as locust runs it. Knows the API only, nothing of the product.

Reads the plan from BENCH_PLAN and writes every call to BENCH_CALLS: operation, seconds
since the start, milliseconds, status.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import time
from pathlib import Path
from typing import Any

from locust import FastHttpUser, constant, events, task

PLAN = json.loads(Path(os.environ["BENCH_PLAN"]).read_text(encoding="utf-8"))
ROUND = int(os.environ.get("BENCH_ROUND", "0"))  # approvals of one round are gone for the next
CALLS: list[tuple[str, float, float, int]] = []
STARTED = time.perf_counter()
_numbers = itertools.count()


@events.request.add_listener
def _note(name: str, response_time: float, response: Any, **_more: Any) -> None:
    status = getattr(response, "status_code", 0) or 0
    CALLS.append((name, time.perf_counter() - STARTED, response_time, status))


@events.quitting.add_listener
def _write(**_more: Any) -> None:
    Path(os.environ["BENCH_CALLS"]).write_text(json.dumps(CALLS), encoding="utf-8")
    # The next level goes on with the tokens this one got last.
    Path(os.environ["BENCH_PLAN"]).write_text(json.dumps(PLAN), encoding="utf-8")


class Person(FastHttpUser):
    """Somebody with an account, a token and a connection of their own, who never pauses."""

    wait_time = constant(0)
    connection_timeout = network_timeout = 60.0

    def on_start(self) -> None:
        """Take the next account; a hundred people share fifty, from two places each."""
        number = next(_numbers)
        self.me = number % len(PLAN["pending"])
        self.place = number // len(PLAN["pending"])
        self.tokens = PLAN["people"][number % len(PLAN["people"])]
        self.chance = random.Random(number)  # noqa: S311 - which document to look at is no secret
        self.waiting = self._approvals()

    def _approvals(self) -> Any:
        """Documents of the next person that nobody else decides on, in this round."""
        pending = PLAN["pending"][(self.me + 1) % len(PLAN["pending"])]
        of_round = PLAN["clones"] // 8
        first = 1 + (ROUND * 2 + self.place) % 8 * of_round
        return iter([pending + PLAN["stride"] * copy for copy in range(first, first + of_round)])

    def ask(self, name: str, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """One call with the token; when it has run out, with the next one."""
        with self.client.request(
            method,
            path,
            name=name,
            json=body,
            headers={"Authorization": f"Bearer {self.tokens['access']}", **headers},
            catch_response=True,
        ) as response:
            if response.status_code == 401:
                self._refresh()
            if response.status_code < 400:
                response.success()
            else:
                response.failure(f"{response.status_code} {(response.text or '')[:200]}")
            return response

    def _refresh(self) -> None:
        answer = self.client.post(
            "/api/auth/refresh", json={"refresh": self.tokens["refresh"]}, name="refresh"
        )
        if answer.status_code == 200:
            self.tokens.update(answer.json())

    @task(60)
    def list_by_state(self) -> None:
        """The newest fifty of a state."""
        state = self.chance.choice(("pending_approval", "approved"))
        self.ask("list", "GET", f"/api/v1/requisitions?status={state}")

    @task(20)
    def read(self) -> None:
        """One document with its lines."""
        pk = self.chance.choice(PLAN["readable"])
        pk += PLAN["stride"] * self.chance.randint(0, PLAN["clones"])
        self.ask("read", "GET", f"/api/v1/requisitions/{pk}")

    @task(15)
    def create(self) -> None:
        """A new draft of five lines."""
        self.ask("create", "POST", "/api/v1/requisitions", PLAN["body"])

    @task(5)
    def approve(self) -> None:
        """The consent to what somebody else asked for."""
        pk = next(self.waiting)
        version = f'"{PLAN["pending_version"]}"'
        path = f"/api/v1/requisitions/{pk}/approve"
        self.ask("approve", "POST", path, {}, **{"If-Match": version})
