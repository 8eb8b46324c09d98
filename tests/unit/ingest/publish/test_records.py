"""The fingerprint by which a record is known again."""

from datetime import UTC, datetime

from quotewire_ingest.model import ParsedArticle
from quotewire_ingest.publish.records import record_hash
from quotewire_schemas.article import Change, Origin, Precision, RawRef

DAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
LATER = datetime(2026, 4, 5, 6, tzinfo=UTC)
SHORT = ParsedArticle("a" * 32, "harbour-post", "The ferry was late — again.", DAY)
FULL = ParsedArticle(
    "b" * 32, "harbour-post", "Text “quoted”.", DAY, url="https://h.example/a?b=1",
    canonical_url="https://h.example/a", syndicated_from="https://o.example/x", outlet="Harbour Post", title="Ferry",
    authors=["Runa Veld", "X"], published_at=DAY, published_precision=Precision.SECOND, modified_at=DAY,
    language="en", captions=["c"], provenance={"title": "html"},
)  # fmt: skip


def test_the_hash_is_that_of_former_releases() -> None:
    """Rows hold it: another value would publish every article again when it is parsed again."""
    assert record_hash(SHORT.article()) == "47d641d68f00ffb82229336b19e9e6c18f46523e04ed7e1f98eb9195441627b8"
    assert record_hash(FULL.article()) == "2e28e7d3d33a19451b7c0692281c5a26d6ca85f75df61ec7b3b97fb9b58c88c8"


def test_how_a_record_came_about_does_not_matter() -> None:
    raw_ref = RawRef(sha256="a" * 64, file="f.warc.gz", offset=7)
    again = FULL.article(9, Change.REREAD, Origin.REPLAY, raw_ref, LATER)
    assert record_hash(again) == record_hash(FULL.article())


def test_what_it_says_matters() -> None:
    article = FULL.article()
    for field, value in {"title": "Pier", "authors": [], "published_at": LATER, "language": "de"}.items():
        assert record_hash(article.model_copy(update={field: value})) != record_hash(article)
