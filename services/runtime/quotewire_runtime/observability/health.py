"""Liveness, readiness and metrics over HTTP, in threads of their own, so that they answer while the event loop is busy.

``/live``: 200 while the event loop runs. ``/ready``: 200 when every part is ready, else 503. Both answer with JSON:
what is checked, its state, and since when. ``/metrics``: Prometheus' text format.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

from quotewire_runtime.config.settings import HttpSettings
from quotewire_runtime.errors import SettingsError
from quotewire_runtime.observability.metrics import READY, exposition

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
JSON_TYPE = "application/json"


@dataclass(frozen=True, slots=True)
class Check:
    """State of one part of liveness or readiness."""

    ok: bool
    detail: str
    """One line for the operator: the state if ``ok`` ("model en_wire 7 loaded"), what to do if not."""
    since: float | None = None
    """Seconds since 1970; None: since the health server first saw this state."""


Checks = Callable[[], Mapping[str, Check]]


class HealthServer:
    """Serves the health and metrics of one service.

    Args:
        service: the name in the answers.
        live: parts of liveness; called from the server's threads, so they must only read state.
        ready: parts of readiness; likewise.
    """

    def __init__(self, service: str, *, live: Checks, ready: Checks, wall: Callable[[], float] = time.time) -> None:
        self._service = service
        self._parts = {"/live": live, "/ready": ready}
        self._wall = wall
        self._since: dict[tuple[str, str], tuple[bool, float]] = {}
        self._lock = threading.Lock()
        self._server: ThreadingHTTPServer | None = None

    def start(self, settings: HttpSettings) -> str:
        """Start listening; return the address as ``http://host:port``.

        Raises:
            SettingsError: cannot listen on this address.
        """
        handler = type("Handler", (_Handler,), {"health": self})
        try:
            server = _Server((settings.host, settings.port), handler)
        except OSError as error:
            raise SettingsError(
                f"cannot listen on {settings.host}:{settings.port} ({error.strerror}): set QUOTEWIRE_HTTP__PORT"
            ) from error
        threading.Thread(target=server.serve_forever, name="health", daemon=True).start()
        self._server = server
        return f"http://{settings.host}:{server.server_address[1]}"

    def stop(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def report(self, path: str) -> tuple[bool, dict[str, object]]:
        """Run the checks of a path; return whether all are ok, and the body of the answer."""
        try:
            checks = self._parts[path]()
        except Exception as error:  # the probe needs an answer even if a check raises
            checks = {"checks": Check(False, f"cannot be made: {type(error).__name__}: {error}")}
        parts = {
            name: {"ok": check.ok, "detail": check.detail, "since": self._state_since(path, name, check)}
            for name, check in checks.items()
        }
        ok = all(check.ok for check in checks.values())
        why = "; ".join(f"{name}: {check.detail}" for name, check in checks.items() if not check.ok)
        body: dict[str, object] = {"service": self._service, path.strip("/"): ok, "checks": parts}
        if not ok:
            body["why"] = why
        return ok, body

    def export_readiness(self) -> None:
        """Set the readiness gauge."""
        ready, _ = self.report("/ready")
        READY.labels(self._service).set(ready)

    def _state_since(self, path: str, name: str, check: Check) -> str:
        with self._lock:
            known, since = self._since.get((path, name), (None, 0.0))
            if known is not check.ok:
                since = self._wall()
                self._since[path, name] = (check.ok, since)
        since = since if check.since is None else check.since
        return datetime.fromtimestamp(since, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True


class _Handler(BaseHTTPRequestHandler):
    health: ClassVar[HealthServer]
    timeout = 10  # seconds: a silent client must not block a thread

    def do_GET(self) -> None:
        path = self.path.split("?", 1)[0]
        if path == "/metrics":
            self.health.export_readiness()
            self._answer(200, METRICS_TYPE, exposition())
        elif path in ("/live", "/ready"):
            ok, body = self.health.report(path)
            self._answer(200 if ok else 503, JSON_TYPE, json.dumps(body, ensure_ascii=False, indent=1).encode() + b"\n")
        else:
            self._answer(404, JSON_TYPE, b'{"paths": ["/live", "/ready", "/metrics"]}\n')

    do_HEAD = do_GET

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the client has disconnected

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: probes come every few seconds."""
