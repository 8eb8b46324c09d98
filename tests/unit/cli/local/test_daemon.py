from pathlib import Path

import pytest

from quotewire.local.daemon import launch
from quotewire.local.errors import PartFailed
from quotewire.local.home import Home
from quotewire.local.state import PartState, StreamState, SupervisorPhase


def test_a_failed_start_does_not_report_the_error_of_an_earlier_one(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.create()
    before = PartState(name="supervisor", pid=1, started=1.0)
    home.write_state(StreamState(supervisor=before, phase=SupervisorPhase.FAILED, error="what went wrong last week"))
    with home.lock(), pytest.raises(PartFailed, match="another `quotewire up` runs on"):
        launch(home, lambda state: None)
