from prometheus_client import CollectorRegistry

from kit.builders import enriched
from quotewire_extract import tally
from quotewire_runtime import metrics


def sample(registry: CollectorRegistry, name: str, **labels: str) -> float:
    return registry.get_sample_value(name, {"stage": "extract", **labels}) or 0.0


def test_quotations_speakers_and_confidence_are_counted() -> None:
    article = enriched()
    quote = article.quotes[0]
    kind, speaker = str(quote.kind), str(quote.speakers[0].kind)
    before = [
        sample(metrics.REGISTRY, "quotewire_quotations_total", kind=kind),
        sample(metrics.REGISTRY, "quotewire_speakers_total", kind=speaker),
        sample(metrics.REGISTRY, "quotewire_quotation_confidence_count"),
    ]

    tally.tell(tally.tally_of(article))

    after = [
        sample(metrics.REGISTRY, "quotewire_quotations_total", kind=kind),
        sample(metrics.REGISTRY, "quotewire_speakers_total", kind=speaker),
        sample(metrics.REGISTRY, "quotewire_quotation_confidence_count"),
    ]
    assert [now - then for now, then in zip(after, before, strict=True)] == [1, 1, 1]


def test_all_kinds_are_exported_before_any_is_found() -> None:
    tally.zero()

    for kind in ("direct", "indirect", "mixed"):
        found = metrics.REGISTRY.get_sample_value("quotewire_quotations_total", {"stage": "extract", "kind": kind})
        assert found is not None
