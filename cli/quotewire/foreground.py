"""What `quotewire up` shows and does in the foreground, beside its supervisor."""

import threading
from collections.abc import Sequence

from quotewire.ingest_client import submit_with_progress
from quotewire.local.home import Home
from quotewire.local.state import StreamState, SupervisorPhase
from quotewire.progress import Progress, startup_summary
from quotewire.stream_counts import stored_summary
from quotewire_runtime.errors import QuotewireError

COUNT_INTERVAL_S = 2.0  # between two counts of what is stored


class ForegroundSession:
    """Shows the supervisor's records; once the stream runs, submits the inputs, then shows what is stored."""

    def __init__(self, home: Home, inputs: Sequence[str], progress: Progress) -> None:
        self._home, self._inputs, self._progress = home, inputs, progress
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def show(self, state: StreamState) -> None:
        """Show a record; the supervisor calls it with every new one."""
        self._progress.show(state)
        if state.phase is SupervisorPhase.RUNNING and self._thread is None:
            self._progress.note(f"{self._home.root}: {startup_summary(state)}; Ctrl-C stops it")
            # A daemon thread: submitting must not delay Ctrl-C, and what is in the queue stays there.
            self._thread = threading.Thread(target=self._submit_and_count, name="submit", daemon=True)
            self._thread.start()
        elif state.phase is not SupervisorPhase.RUNNING and self._thread is not None:
            self._stopping.set()

    def _submit_and_count(self) -> None:
        try:
            submit_with_progress(self._home, self._inputs, self._progress)
        except QuotewireError as error:
            self._progress.note(f"quotewire: {error}")
        while not self._stopping.wait(COUNT_INTERVAL_S):
            if (line := stored_summary(self._home)) is not None:
                self._progress.status(line)
