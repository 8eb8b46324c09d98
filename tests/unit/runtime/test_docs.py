"""Generated pages are fresh."""

from pathlib import Path

from quotewire_runtime import metrics

DOCS = Path(__file__).parents[3] / "docs"


def test_metrics_page_is_fresh() -> None:
    page = (DOCS / "metrics.md").read_text("utf-8")
    assert page == metrics.documentation(), "run: python -m quotewire_runtime.metrics > docs/metrics.md"
