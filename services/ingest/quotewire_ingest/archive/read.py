"""Read documents from the archive, to parse them again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from quotewire_ingest.archive.warc import read_record
from quotewire_ingest.hints import NO_HINTS, Hints
from quotewire_ingest.model import Document, DocumentKind
from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_schemas.article import RawRef


@dataclass(frozen=True, slots=True)
class ArchivedDocument:
    """Where the raw bytes of one revision are archived, and what was known of the document beside them."""

    article_id: str
    source_id: str
    url: str | None
    file: str
    start: int
    length: int
    sha256: str
    kind: DocumentKind | None
    """None for what early releases archived: the WARC record says it."""
    hints: Hints = NO_HINTS

    @property
    def raw_ref(self) -> RawRef:
        """The reference that records of the article carry."""
        return RawRef(sha256=self.sha256, file=self.file, offset=self.start)


def read_archived(archived: ArchivedDocument, folder: Path, max_bytes: int) -> Document:
    """Read a document as it was when it was archived; blocking.

    Raises ``Rejected``: ``missing`` or ``unreadable_file`` where the bytes cannot be had, and as ``read_record``.
    """
    path = folder / Path(archived.file).name
    try:
        found = read_record(path, archived.start, archived.length, archived.source_id, max_bytes)
    except FileNotFoundError as error:
        raise Rejected(RejectionReason.MISSING, f"its raw bytes are not in {folder}: {path.name}") from error
    except OSError as error:
        raise Rejected(RejectionReason.UNREADABLE_FILE, f"{path}: {error.strerror}") from error
    return replace(
        found, name=archived.article_id, kind=archived.kind or found.kind, url=archived.url, hints=archived.hints
    )
