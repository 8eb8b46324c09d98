"""Supervises the stream of a home: starts it, restarts parts that end, records what runs, stops every process."""

import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from quotewire.local.home import Home
from quotewire.local.part import Part, truncate_log
from quotewire.local.processes import ProcessIdentity, processes_of_home, terminate
from quotewire.local.service import Service, ServiceSpec
from quotewire.local.settings import CommandSettings
from quotewire.local.startup import LocalStream
from quotewire.local.state import PartState, StreamState, SupervisorPhase
from quotewire_runtime.errors import QuotewireError

FIRST_BACKOFF_S = 0.5  # before the first restart of a part; doubled with each restart that follows soon
MAX_BACKOFF_S = 30.0  # a part that cannot run is tried twice a minute, so it comes back soon after a repair
STABLE_AFTER_S = 60.0  # a part that ran this long was healthy: its next restart begins again at FIRST_BACKOFF_S
POLL_INTERVAL_S = 0.1  # between two checks of the processes
READY_INTERVAL_S = 1.0  # between two requests to /ready
LOG_INTERVAL_S = 30.0  # between two checks of the sizes of the logs


class Supervisor:
    """The process that starts and stops the others. `run` blocks until `stop` is called (by a signal or a thread)."""

    def __init__(
        self,
        home: Home,
        settings: CommandSettings,
        services: Sequence[ServiceSpec],
        report: Callable[[StreamState], None] = lambda state: None,
    ) -> None:
        self._home, self._settings, self._services, self._report = home, settings, services, report
        self._stop = threading.Event()
        self._doing: dict[str, str] = {}
        self._ready: set[str] = set()
        self._due: dict[str, float] = {}
        self._backoff: dict[str, float] = {}
        self._began: dict[str, float] = {}
        self._lock = threading.RLock()
        self._state = StreamState()
        self._stream: LocalStream | None = None

    def run(self) -> StreamState:
        """Run the stream until `stop` is called; return the last record.

        Raises LocalError when the home cannot be used or the stream does not start; nothing is left running then.
        """
        self._home.create()
        with self._home.lock():
            before = self._home.read_state()
            stop_leftovers(self._home, before)
            me = ProcessIdentity.of(os.getpid())
            self._state = StreamState(
                supervisor=PartState(name="supervisor", pid=me.pid, started=me.started), ports=before.ports
            )
            self._stream = LocalStream(self._home, self._settings, self._services, before, self._set_doing)
            self._publish(SupervisorPhase.STARTING)
            try:
                self._start_and_watch(self._stream)
            except QuotewireError as error:
                self._close(SupervisorPhase.FAILED, error)
                raise
            except BaseException:
                self._close(SupervisorPhase.FAILED, QuotewireError("a defect of ours in the supervisor; see its log"))
                raise
            self._close(SupervisorPhase.STOPPED, None)
        return self._state

    def stop(self) -> None:
        """Request an orderly stop; the second call kills the parts. Safe in a signal handler."""
        if self._stop.is_set():
            for process in processes_of_home(self._home.root):
                process.signal(signal.SIGKILL)
        self._stop.set()
        if self._stream is not None:
            self._stream.abort()

    def stop_on_signals(self) -> None:
        """Stop on Ctrl-C, on `quotewire down` and when the terminal closes."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda _number, _frame: self.stop())

    def _start_and_watch(self, stream: LocalStream) -> None:
        began = time.monotonic()
        try:
            stream.start()
        except QuotewireError:
            if self._stop.is_set():
                return
            raise
        stream.took["all"] = round(time.monotonic() - began, 2)
        now = time.monotonic()
        for part in self._all():
            self._began[part.name] = now
            self._ready.add(part.name)
        self._publish(SupervisorPhase.RUNNING)
        ready_checked = logs_checked = now
        while not self._stop.wait(POLL_INTERVAL_S):
            changed = self._restart_ended(time.monotonic())
            if time.monotonic() - ready_checked >= READY_INTERVAL_S:
                changed |= self._check_ready()
                ready_checked = time.monotonic()
            if time.monotonic() - logs_checked >= LOG_INTERVAL_S:
                for part in self._all():
                    truncate_log(part.log)
                logs_checked = time.monotonic()
            if changed:
                self._publish(SupervisorPhase.RUNNING)

    def _restart_ended(self, now: float) -> bool:
        """Restart the parts that have ended and whose backoff is over; return whether anything changed."""
        changed = False
        for part in self._all():
            code = part.exit_code()
            if code is None:
                continue
            if part.name not in self._due:
                self._ready.discard(part.name)
                ran = now - self._began.get(part.name, now)
                backoff = FIRST_BACKOFF_S if ran >= STABLE_AFTER_S else self._backoff.get(part.name, FIRST_BACKOFF_S)
                self._backoff[part.name] = min(2 * backoff, MAX_BACKOFF_S)
                self._due[part.name] = now + backoff
                self._doing[part.name] = f"ended with {code}, restart in {backoff:g} s"
                _kill_process_group(part, self._home)
                changed = True
            elif now >= self._due[part.name]:
                del self._due[part.name]
                part.restarts += 1
                self._began[part.name] = now
                self._doing[part.name] = "restarting"
                with suppress(QuotewireError):  # the program cannot be run now: tried again after the next backoff
                    part.start()
                changed = True
        return changed

    def _check_ready(self) -> bool:
        """Check every running part for readiness; return whether anything changed."""
        before = (set(self._ready), dict(self._doing))
        for part in self._all():
            if part.exit_code() is not None:
                continue
            if part.is_ready():
                self._ready.add(part.name)
                self._doing[part.name] = "ready"
            else:
                self._ready.discard(part.name)
                self._doing[part.name] = part.doing if isinstance(part, Service) else "not ready"
        return before != (self._ready, self._doing)

    def _close(self, phase: SupervisorPhase, error: QuotewireError | None) -> None:
        stream = self._stream
        if stream is not None:
            self._publish(SupervisorPhase.STOPPING)
            stream.stop()
        terminate(processes_of_home(self._home.root), within=0)
        self._ready.clear()
        for part in self._all():
            self._doing[part.name] = "stopped"
        self._state.error = None if error is None else str(error)
        self._state.exit_code = 0 if error is None else error.exit_code
        self._publish(phase)

    def _set_doing(self, name: str, doing: str) -> None:
        with self._lock:
            if self._doing.get(name) != doing:
                self._doing[name] = doing
                (self._ready.add if doing == "ready" else self._ready.discard)(name)
                self._publish(self._state.phase)

    def _publish(self, phase: SupervisorPhase) -> None:
        with self._lock:
            state, stream = self._state, self._stream
            state.phase = phase
            if stream is not None:
                state.kafka, state.postgres, state.took = stream.kafka, stream.postgres, dict(stream.took)
                state.ports = stream.ports()
                state.parts = [self._describe(part) for part in list(stream.parts)]
                state.services = [self._describe(part) for part in list(stream.services)]
                known = {part.name for part in (*state.parts, *state.services)}
                # Steps without a process (or none yet: a download) are shown as well.
                state.parts += [
                    PartState(name=name, doing=doing, ready=name in self._ready)
                    for name, doing in self._doing.items()
                    if name not in known
                ]
            self._home.write_state(state)
        self._report(state.model_copy(deep=True))

    def _describe(self, part: Part) -> PartState:
        who = part.identity
        return PartState(
            name=part.name,
            pid=None if who is None else who.pid,
            started=0.0 if who is None else who.started,
            ready=part.name in self._ready,
            restarts=part.restarts,
            doing=self._doing.get(part.name, ""),
            log=str(part.log),
            metrics_url=part.metrics_url if isinstance(part, Service) else None,
            health_url=part.health_url if isinstance(part, Service) else None,
        )

    def _all(self) -> list[Part]:
        return [] if self._stream is None else [*self._stream.parts, *self._stream.services]


def stop_leftovers(home: Home, state: StreamState, within: float = 10.0) -> int:
    """Stop the processes that an earlier supervisor left running; return how many there were.

    The record names them by pid and start time; HOME_VARIABLE in their environment finds those that it does not name.
    """
    left = {*state.running(), *processes_of_home(home.root)}
    terminate(left, within)
    terminate(processes_of_home(home.root), within=0)  # children in sessions of their own
    return len(left)


def _kill_process_group(part: Part, home: Home) -> None:
    """Kill the workers that a part which has ended left in its process group."""
    if part.identity is None:
        return
    for process in processes_of_home(home.root):
        with suppress(ProcessLookupError):
            if os.getpgid(process.pid) == part.identity.pid:
                process.signal(signal.SIGKILL)
