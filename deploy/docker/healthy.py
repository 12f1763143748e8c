"""Ask this container's own web process a probe; 0 when it says it is well. For HEALTHCHECK."""

import http.client
import os
import sys

PORT = 8000
SECONDS = 2


def main() -> int:
    """Ask under a name the application answers to, as if by HTTPS."""
    host = os.environ.get("ERP_ALLOWED_HOSTS", "localhost").split(",")[0].strip()
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=SECONDS)
    try:
        connection.request("GET", sys.argv[1], headers={"Host": host, "X-Forwarded-Proto": "https"})
        return int(connection.getresponse().status != http.client.OK)
    except OSError:
        return 1
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
