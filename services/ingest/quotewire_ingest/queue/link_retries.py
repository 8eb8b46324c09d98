"""SQL over the URLs that feeds have named and that failed for now: the feed may name them again, a few times."""

from __future__ import annotations

from quotewire_ingest.urls import url_key
from quotewire_runtime.postgres.connection import Connection
from quotewire_runtime.postgres.text import is_storable

# After the last attempt of a URL its feed may name it again after an hour, then after four times as long, and so on:
# an outage of a day is bridged, and a page that never answers costs its server no more than fifteen requests.
_FIRST_RETRY_S = 3600.0
_FACTOR = 4
_MAX_FAILURES = 4


async def retry_later(connection: Connection, url: str) -> None:
    """Let feeds name a URL again whose failure may pass; without effect where no feed has named it."""
    try:
        link = url_key(url)
    except ValueError:
        return
    if is_storable(link):
        await connection.execute(
            "UPDATE ingest.links SET failures = failures + 1,"
            " retry_at = now() + make_interval(secs => %s * (%s ^ failures)::float8)"
            " WHERE link = %s AND failures < %s",
            (_FIRST_RETRY_S, _FACTOR, link, _MAX_FAILURES),
        )
