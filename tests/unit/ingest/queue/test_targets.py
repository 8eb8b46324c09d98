"""The inputs of paths and URLs."""

from pathlib import Path

from quotewire_ingest.queue.kinds import FileInput, UrlInput
from quotewire_ingest.queue.targets import iter_items
from quotewire_ingest.rejection import RejectedInput, RejectionReason


def test_a_list_of_urls_gives_an_input_per_url(tmp_path: Path) -> None:
    path = tmp_path / "harbour.urls"
    path.write_text(
        "# ours\nhttps://harbour-post.example/a\n\n  https://harbour-post.example/b?x=1 \nnews.html\n", "utf-8"
    )
    assert list(iter_items([path], "harbour-post")) == [
        UrlInput("https://harbour-post.example/a", "harbour-post"),
        UrlInput("https://harbour-post.example/b?x=1", "harbour-post"),
        RejectedInput(f"{path}:5", RejectionReason.BAD_ADDRESS, "no address: news.html"),
    ]


def test_a_missing_list_is_rejected(tmp_path: Path) -> None:
    [item] = iter_items([tmp_path / "none.urls"])
    assert isinstance(item, RejectedInput)
    assert item.reason is RejectionReason.MISSING


def test_a_warc_file_goes_by_its_path_and_a_url_by_itself(tmp_path: Path) -> None:
    warc = tmp_path / "crawl.warc.gz"
    warc.write_bytes(b"")
    found = list(iter_items([warc, "https://harbour-post.example/a"]))
    assert found == [FileInput(str(warc)), UrlInput("https://harbour-post.example/a")]
