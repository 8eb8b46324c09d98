"""Health check of a service's container: request ``/ready`` (or the given path) and exit with 0 if the status is 200.

Prints the response, so that ``docker inspect`` shows why the service is not ready. It is started as ``python -I -S``
with the standard library only, which takes 30 ms: Docker runs it for every container every few seconds.
"""

import os
import sys
from http.client import HTTPConnection, HTTPException

TIMEOUT_S = 3
"""Below the limit of the health check, 5 s, so that a service without a response gets a message."""


def main() -> int:
    """Return the exit code of the probe."""
    path = sys.argv[1] if len(sys.argv) > 1 else "/ready"
    port = int(os.environ.get("QUOTEWIRE_HTTP__PORT") or 9400)
    connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        print(answer.read().decode("utf-8", "replace"))
    except (OSError, HTTPException) as error:
        print(f"no answer from port {port}: {error}")
        return 1
    return 0 if answer.status == 200 else 1


if __name__ == "__main__":
    sys.exit(main())
