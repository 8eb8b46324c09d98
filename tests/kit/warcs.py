"""WARC files with invented pages, as crawlers write them."""

import gzip
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from kit.harbour_post import article


def page(number: int) -> bytes:
    """Return an invented article, different for every number."""
    return article(number).encode()


def archived_text(folder: Path) -> str:
    """Return everything that the archive in a folder holds, without what was destroyed."""
    return "".join(gzip.decompress(path.read_bytes()).decode() for path in sorted(folder.glob("quotewire-*.warc.gz")))


def write_warc(
    path: Path, pages: Sequence[bytes], host: str = "harbour-post.example", packed: bool = True,
    status: str = "200 OK", headers: Sequence[tuple[str, str]] = (("Content-Type", "text/html; charset=utf-8"),),
) -> Path:  # fmt: skip
    """Write each page as request and response, after a `warcinfo` record."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=packed)
        writer.write_record(writer.create_warcinfo_record(path.name, {"software": "invented"}))
        for number, body in enumerate(pages):
            url = f"https://{host}/{number}"
            asked = StatusAndHeaders("GET / HTTP/1.1", [("Host", host)], is_http_request=True)
            writer.write_record(writer.create_warc_record(url, "request", http_headers=asked))
            answer = StatusAndHeaders(status, list(headers), protocol="HTTP/1.1")
            writer.write_record(
                writer.create_warc_record(
                    url, "response", payload=BytesIO(body), length=len(body), http_headers=answer,
                    warc_headers_dict={"WARC-Date": "2026-03-02T10:00:00Z"},
                )
            )  # fmt: skip
    return path
