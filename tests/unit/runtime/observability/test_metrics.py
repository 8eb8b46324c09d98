"""The catalogue is complete, and its series exist from the start."""

from quotewire_runtime.observability import metrics
from quotewire_runtime.outcomes import OUTCOMES


def test_known_label_values_exist_from_the_start() -> None:
    for stage in ("ingest", "extract", "store"):
        metrics.initialise(stage)
        for outcome in OUTCOMES[stage]:
            labels = {"stage": stage, "outcome": outcome}
            assert metrics.REGISTRY.get_sample_value("quotewire_articles_total", labels) is not None
    assert b"quotewire_build_info" in metrics.exposition()
    assert b"_created" not in metrics.exposition()


def test_the_documentation_lists_every_metric() -> None:
    text = metrics.documentation()
    for family in metrics.REGISTRY.collect():
        if family.name.startswith("quotewire"):
            assert f"`{family.name}" in text
    assert all(entry.help.endswith(".") for entry in metrics.CATALOGUE)
