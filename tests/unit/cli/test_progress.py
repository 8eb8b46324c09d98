import io

from quotewire.local.state import PartState, StreamState
from quotewire.progress import PlainProgress


def test_plain_progress_prints_what_is_new_and_no_flood() -> None:
    out, now = io.StringIO(), [0.0]
    shown = PlainProgress(out, clock=lambda: now[0])
    for received in range(10):
        now[0] += 0.5
        shown.show(StreamState(parts=[PartState(name="kafka", doing=f"downloading Kafka, {received} of 44 MB")]))
    ready = StreamState(
        parts=[PartState(name="kafka", doing="ready")], services=[PartState(name="store", doing="ready", restarts=2)]
    )
    shown.show(ready)
    shown.show(ready)
    lines = out.getvalue().splitlines()
    assert [line for line in lines if "downloading" in line] == [
        "   0.5 s  kafka     downloading Kafka, 0 of 44 MB",
        "   2.5 s  kafka     downloading Kafka, 4 of 44 MB",
        "   4.5 s  kafka     downloading Kafka, 8 of 44 MB",
    ]
    assert lines[3:] == ["   5.0 s  kafka     ready", "   5.0 s  store     ready (restarts: 2)"]
