from prometheus_client import CollectorRegistry

from kit.builders import enriched
from quotewire_extract.service import metrics
from quotewire_runtime.observability import metrics as catalogue


def sample(registry: CollectorRegistry, name: str, **labels: str) -> float:
    return registry.get_sample_value(name, {"stage": "extract", **labels}) or 0.0


def test_quotations_speakers_and_confidence_are_counted() -> None:
    article = enriched()
    quote = article.quotes[0]
    kind, speaker = str(quote.kind), str(quote.speakers[0].kind)
    before = [
        sample(catalogue.REGISTRY, "quotewire_quotations_total", kind=kind),
        sample(catalogue.REGISTRY, "quotewire_speakers_total", kind=speaker),
        sample(catalogue.REGISTRY, "quotewire_quotation_confidence_count"),
    ]

    metrics.record(metrics.count_quotes(article))

    after = [
        sample(catalogue.REGISTRY, "quotewire_quotations_total", kind=kind),
        sample(catalogue.REGISTRY, "quotewire_speakers_total", kind=speaker),
        sample(catalogue.REGISTRY, "quotewire_quotation_confidence_count"),
    ]
    assert [now - then for now, then in zip(after, before, strict=True)] == [1, 1, 1]


def test_all_kinds_are_exported_before_any_is_found() -> None:
    metrics.export_zeros()

    for kind in ("direct", "indirect", "mixed"):
        found = catalogue.REGISTRY.get_sample_value("quotewire_quotations_total", {"stage": "extract", "kind": kind})
        assert found is not None
