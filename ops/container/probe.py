"""Health check of a service's container: ask ``/ready`` (or the path given) and leave with 0 if it says yes.

Prints what the service answered, so that ``docker inspect`` shows why it is not ready. Started as ``python -I -S``:
the standard library alone, some 30 ms, since Docker runs it for every container every few seconds.
"""

import os
import sys
from http.client import HTTPConnection, HTTPException

TIMEOUT_S = 3
"""Below the health check's own limit of 5 s, so that a silent service is reported by a sentence."""


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
