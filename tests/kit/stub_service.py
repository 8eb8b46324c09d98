"""A service that does nothing: `python -m kit.stub_service`, with STUB in its environment.

STUB is `well`, `unready` (always answers 503), `broken` (exits at once with an error), or `stubborn` (ignores SIGTERM).
Each has a worker process, as real services do.
"""

import http.server
import json
import os
import signal
import subprocess
import sys


class Health(http.server.BaseHTTPRequestHandler):
    """Answers every path with the readiness."""

    def do_GET(self) -> None:
        ready = os.environ["STUB"] != "unready"
        body = json.dumps({"ready": ready, "why": "" if ready else "model: it is still being carved"}).encode()
        self.send_response(200 if ready else 503)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


def main() -> None:
    """Serve until SIGTERM."""
    if os.environ["STUB"] == "broken":
        sys.exit("the model is not there: pip install it")
    signal.signal(signal.SIGTERM, signal.SIG_IGN if os.environ["STUB"] == "stubborn" else lambda *_: os._exit(0))
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    with http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["QUOTEWIRE_HTTP__PORT"])), Health) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()
