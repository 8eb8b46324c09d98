"""Keeps a home's stream running: starts it, restarts what dies, writes down what runs, stops it to the last process."""

import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from quotewire.local.home import Home, PartState, Phase, State
from quotewire.local.part import Part, cut_log
from quotewire.local.process import Identity, end, marked
from quotewire.local.service import Service, ServiceSpec
from quotewire.local.settings import CommandSettings
from quotewire.local.stream import Stream
from quotewire_runtime.errors import QuotewireError

FIRST_PAUSE = 0.5  # seconds before the first restart of a part; doubled with each one that follows closely
LONGEST_PAUSE = 30.0  # a service that cannot run at all is tried twice a minute: seen soon once the fault is mended
STEADY = 60.0  # a part that ran this long was well: its next restart starts again at FIRST_PAUSE
LOOK_EVERY = 0.1  # seconds between two looks at the processes
READY_EVERY = 1.0  # seconds between two questions to /ready
CUT_EVERY = 30.0  # seconds between two looks at the sizes of the logs


class Supervisor:
    """The one process that starts and ends the others. `run` blocks until `stop` is called (signal or thread)."""

    def __init__(
        self,
        home: Home,
        settings: CommandSettings,
        services: Sequence[ServiceSpec],
        report: Callable[[State], None] = lambda state: None,
    ) -> None:
        self._home, self._settings, self._services, self._report = home, settings, services, report
        self._stop = threading.Event()
        self._doing: dict[str, str] = {}
        self._ready: set[str] = set()
        self._due: dict[str, float] = {}
        self._pause: dict[str, float] = {}
        self._began: dict[str, float] = {}
        self._lock = threading.RLock()
        self._state = State()
        self._stream: Stream | None = None

    def run(self) -> State:
        """Run the stream until it is told to stop; return the last record.

        Raises LocalError when the home cannot be used or the stream does not come up; nothing is left running then.
        """
        self._home.make()
        with self._home.held():
            before = self._home.state()
            sweep(self._home, before)
            me = Identity.of(os.getpid())
            self._state = State(
                supervisor=PartState(name="supervisor", pid=me.pid, started=me.started), ports=before.ports
            )
            self._stream = Stream(self._home, self._settings, self._services, before, self._tell)
            self._publish(Phase.STARTING)
            try:
                self._start_and_watch(self._stream)
            except QuotewireError as error:
                self._close(Phase.FAILED, error)
                raise
            except BaseException:
                self._close(Phase.FAILED, QuotewireError("the supervisor met a defect of ours; see its log"))
                raise
            self._close(Phase.STOPPED, None)
        return self._state

    def stop(self) -> None:
        """Ask for an orderly end; asked twice, the parts are killed. Safe in a signal handler."""
        if self._stop.is_set():
            for process in marked(self._home.root):
                process.signal(signal.SIGKILL)
        self._stop.set()
        if self._stream is not None:
            self._stream.abandon()

    def stop_on_signals(self) -> None:
        """Stop on Ctrl-C, on `quotewire down` and when the terminal closes."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda _number, _frame: self.stop())

    def _start_and_watch(self, stream: Stream) -> None:
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
        self._publish(Phase.RUNNING)
        asked = cut = now
        while not self._stop.wait(LOOK_EVERY):
            changed = self._look(time.monotonic())
            if time.monotonic() - asked >= READY_EVERY:
                changed |= self._ask()
                asked = time.monotonic()
            if time.monotonic() - cut >= CUT_EVERY:
                for part in self._all():
                    cut_log(part.log)
                cut = time.monotonic()
            if changed:
                self._publish(Phase.RUNNING)

    def _look(self, now: float) -> bool:
        """Restart what has ended, when its pause is over; return whether anything changed."""
        changed = False
        for part in self._all():
            code = part.exit_code()
            if code is None:
                continue
            if part.name not in self._due:
                self._ready.discard(part.name)
                ran = now - self._began.get(part.name, now)
                pause = FIRST_PAUSE if ran >= STEADY else self._pause.get(part.name, FIRST_PAUSE)
                self._pause[part.name] = min(2 * pause, LONGEST_PAUSE)
                self._due[part.name] = now + pause
                self._doing[part.name] = f"ended with {code}, restart in {pause:g} s"
                _end_the_rest_of(part, self._home)
                changed = True
            elif now >= self._due[part.name]:
                del self._due[part.name]
                part.restarts += 1
                self._began[part.name] = now
                self._doing[part.name] = "restarting"
                with suppress(QuotewireError):  # its program is gone for the moment: tried again like any other end
                    part.start()
                changed = True
        return changed

    def _ask(self) -> bool:
        """Ask every running part whether it is ready; return whether an answer is new."""
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

    def _close(self, phase: Phase, error: QuotewireError | None) -> None:
        stream = self._stream
        if stream is not None:
            self._publish(Phase.STOPPING)
            stream.stop()
        end(marked(self._home.root), within=0)
        self._ready.clear()
        for part in self._all():
            self._doing[part.name] = "stopped"
        self._state.error = None if error is None else str(error)
        self._state.exit_code = 0 if error is None else error.exit_code
        self._publish(phase)

    def _tell(self, name: str, doing: str) -> None:
        with self._lock:
            if self._doing.get(name) != doing:
                self._doing[name] = doing
                (self._ready.add if doing == "ready" else self._ready.discard)(name)
                self._publish(self._state.phase)

    def _publish(self, phase: Phase) -> None:
        with self._lock:
            state, stream = self._state, self._stream
            state.phase = phase
            if stream is not None:
                state.kafka, state.postgres, state.took = stream.kafka, stream.postgres, dict(stream.took)
                state.ports = stream.ports()
                state.parts = [self._describe(part) for part in list(stream.parts)]
                state.services = [self._describe(part) for part in list(stream.services)]
                known = {part.name for part in (*state.parts, *state.services)}
                # Steps that are no process (or none yet: a download) are shown, too.
                state.parts += [
                    PartState(name=name, doing=doing, ready=name in self._ready)
                    for name, doing in self._doing.items()
                    if name not in known
                ]
            self._home.write(state)
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


def sweep(home: Home, state: State, within: float = 10.0) -> int:
    """End what an earlier supervisor left running; return how many processes that were.

    The record names them by pid and start time; the mark in their environment finds those that were never written down.
    """
    left = {*state.running(), *marked(home.root)}
    end(left, within)
    end(marked(home.root), within=0)  # what the ended ones had started in sessions of their own
    return len(left)


def _end_the_rest_of(part: Part, home: Home) -> None:
    """Kill the workers that an ended part has left in its process group."""
    if part.identity is None:
        return
    for process in marked(home.root):
        with suppress(ProcessLookupError):
            if os.getpgid(process.pid) == part.identity.pid:
                process.signal(signal.SIGKILL)
