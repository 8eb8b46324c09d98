"""What paths and addresses stand for in the queue."""

from pathlib import Path

from quotewire_ingest.queue.client import items_of
from quotewire_ingest.queue.inputs import ADDRESS, FILE, Order
from quotewire_ingest.rejection import RejectedInput, RejectionReason


def test_a_list_of_addresses_is_each_of_them(tmp_path: Path) -> None:
    path = tmp_path / "harbour.urls"
    path.write_text(
        "# ours\nhttps://harbour-post.example/a\n\n  https://harbour-post.example/b?x=1 \nnews.html\n", "utf-8"
    )
    assert list(items_of([path], "harbour-post")) == [
        Order(ADDRESS, "https://harbour-post.example/a", "harbour-post"),
        Order(ADDRESS, "https://harbour-post.example/b?x=1", "harbour-post"),
        RejectedInput(f"{path}:5", RejectionReason.BAD_ADDRESS, "no address: news.html"),
    ]


def test_a_list_that_is_not_there_is_told(tmp_path: Path) -> None:
    [item] = items_of([tmp_path / "none.urls"])
    assert isinstance(item, RejectedInput)
    assert item.reason is RejectionReason.MISSING


def test_a_warc_file_goes_by_its_place_and_an_address_by_itself(tmp_path: Path) -> None:
    warc = tmp_path / "crawl.warc.gz"
    warc.write_bytes(b"")
    found = list(items_of([warc, "https://harbour-post.example/a"]))
    assert found == [Order(FILE, str(warc)), Order(ADDRESS, "https://harbour-post.example/a")]
