"""The certificate a server shows: whether it is trusted, and for how long it is still good."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime

# Renewal is tried a month ahead, once a day: at three weeks it has failed for days and nobody else
# has noticed yet.
FEWEST_DAYS = 21


@dataclass(frozen=True)
class Shown:
    """What a trusted server showed."""

    ends: datetime
    version: str  # of TLS, as agreed

    @property
    def days(self) -> int:
        """Whole days left."""
        return (self.ends - datetime.now(UTC)).days


def shown(host: str, port: int, seconds: float) -> Shown:
    """Ask like a browser does.

    Raises ssl.SSLCertVerificationError for one that is not trusted or of another name, OSError
    where nobody answers in time.
    """
    with (
        socket.create_connection((host, port), seconds) as raw,
        ssl.create_default_context().wrap_socket(raw, server_hostname=host) as secured,
    ):
        certificate, version = secured.getpeercert() or {}, secured.version() or ""
    ends = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
    return Shown(datetime.fromtimestamp(ends, UTC), version)
