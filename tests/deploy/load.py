"""Callers as a good client is: they name each write, ask again after a failure, and count."""

from __future__ import annotations

import http.client
import json
import ssl
import threading
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

ATTEMPTS = 40
PAUSE = 0.15
AGAIN = {409, 429, 502, 503, 504}


class Caller:
    """One client with a connection of its own, kept open while it works."""

    def __init__(self, port: int, trust: ssl.SSLContext | None, token: str = "") -> None:
        self.port, self.trust, self.token = port, trust, token
        self.connection: http.client.HTTPConnection | None = None

    def connect(self) -> http.client.HTTPConnection:
        if self.connection is None:
            if self.trust:
                self.connection = http.client.HTTPSConnection(
                    "localhost", self.port, context=self.trust, timeout=30
                )
            else:
                self.connection = http.client.HTTPConnection("localhost", self.port, timeout=30)
        return self.connection

    def once(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Call once; a broken connection is an error of this call."""
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        if self.token:
            named["Authorization"] = f"Bearer {self.token}"
        content = None
        if body is not None:
            content, named["Content-Type"] = json.dumps(body).encode(), "application/json"
        connection = self.connect()
        try:
            connection.request(method, path, content, named)
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise

    def close(self) -> None:
        """Hang up; a server that was killed has hung up already."""
        connection, self.connection = self.connection, None
        if connection:
            with suppress(OSError):
                connection.close()


@dataclass
class Outcome:
    """What the callers saw."""

    written: dict[str, int] = field(default_factory=dict)  # title, and the key it was given
    reads: int = 0
    first_failures: list[str] = field(default_factory=list)  # asked again, then answered
    lost: list[str] = field(default_factory=list)  # asked again and again in vain
    write_seconds: list[float] = field(default_factory=list)
    read_seconds: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Load:
    """Some callers at once, each writing and reading by turns until told to stop."""

    def __init__(self, callers: list[Caller], body: dict[str, Any]) -> None:
        self.outcome, self.body = Outcome(), body
        self.stopped = threading.Event()
        self.threads = [
            threading.Thread(target=self.work, args=(caller,), daemon=True) for caller in callers
        ]

    def __enter__(self) -> Load:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stopped.set()
        for thread in self.threads:
            thread.join(ATTEMPTS * 2)

    def wait_for(self, writes: int, *, seconds: float = 60) -> None:
        """Return when so many more writes were acknowledged."""
        goal = len(self.outcome.written) + writes
        deadline = time.monotonic() + seconds
        while len(self.outcome.written) < goal:
            assert time.monotonic() < deadline, self.outcome.first_failures[-5:]
            time.sleep(0.05)

    def work(self, caller: Caller) -> None:
        """Work until told to stop; what breaks besides an answer is a loss, and not a traceback."""
        try:
            self.write_and_read(caller)
        except (OSError, http.client.HTTPException, ValueError) as error:
            with self.outcome.lock:
                self.outcome.lost.append(f"{type(error).__name__}: {error}")
        caller.close()

    def write_and_read(self, caller: Caller) -> None:
        while not self.stopped.is_set():
            title = f"Load {uuid.uuid4()}"
            answer = self.ask(caller, "POST", {**self.body, "title": title}, key=title)
            if answer is not None:
                with self.outcome.lock:
                    self.outcome.written[title] = json.loads(answer)["id"]
            if self.ask(caller, "GET", None) is not None:
                with self.outcome.lock:
                    self.outcome.reads += 1

    def ask(self, caller: Caller, method: str, body: Any, *, key: str = "") -> bytes | None:
        """Ask until there is an answer."""
        headers = {"Idempotency_Key": key} if key else {}
        for _attempt in range(ATTEMPTS):
            began = time.monotonic()
            try:
                status, _headers, content = caller.once(
                    method, "/api/v1/requisitions", body, **headers
                )
                said = f"{method} {status} {content[:200]!r}"
            except (OSError, http.client.HTTPException) as error:
                status, content, said = 0, b"", f"{method} {type(error).__name__}: {error}"
            if 200 <= status < 300:
                seen = self.outcome.write_seconds if key else self.outcome.read_seconds
                seen.append(time.monotonic() - began)
                return content
            with self.outcome.lock:
                if status and status not in AGAIN:
                    self.outcome.lost.append(said)
                    return None
                self.outcome.first_failures.append(said)
            time.sleep(PAUSE)
        with self.outcome.lock:
            self.outcome.lost.append(f"{method}: no answer")
        return None
