"""An outage is logged when it begins, once a minute, and when it is over."""

import structlog
from structlog.testing import capture_logs

from kit.clock import ManualClock
from quotewire_runtime.observability.outage_log import OutageLog


def test_one_line_when_it_begins_one_a_minute_one_at_the_end() -> None:
    clock = ManualClock()
    with capture_logs() as lines:
        outage = OutageLog(structlog.get_logger(), clock=clock)
        outage.recovered()
        for _ in range(1300):
            outage.report("Kafka is unavailable")
            clock.now += 0.1
        outage.recovered()
        outage.recovered()
    began, *ongoing, ended = [line["event"] for line in lines]
    assert (began, ended) == ("waiting_for_dependency", "dependency_recovered")
    assert ongoing == ["still_waiting_for_dependency"] * 2
    assert lines[2]["waited_s"] == 120
