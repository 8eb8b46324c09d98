"""HTTP requests to services on loopback."""

import urllib.error
import urllib.request

from kit.ports import LOOPBACK

TIMEOUT_S = 5


def get(port: int, path: str) -> tuple[int, str]:
    """Request a path and return status and body; (0, "") if nothing responds."""
    try:
        with urllib.request.urlopen(f"http://{LOOPBACK}:{port}{path}", timeout=TIMEOUT_S) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""
