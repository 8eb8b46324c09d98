"""A response, and what its status means: which are accepted, and how the others are described."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from quotewire_ingest.fetch.headers import retry_after
from quotewire_ingest.fetch.validators import NO_VALIDATORS, Validators
from quotewire_ingest.rejection import Rejected, RejectionReason

# A proxy that has changed a page says 203: browsers show it like any other.
_ACCEPTED = (HTTPStatus.OK, HTTPStatus.NON_AUTHORITATIVE_INFORMATION)


@dataclass(frozen=True, slots=True)
class FetchResponse:
    """A response: final URL after redirects, headers as received (names in lower case), decoded body."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    fetched_at: datetime
    validators: Validators = NO_VALIDATORS
    redirected_from: tuple[str, ...] = ()
    """The URLs that were requested before the final one, in order."""

    @property
    def charset(self) -> str | None:
        """The charset parameter of the Content-Type header."""
        for part in self.headers.get("content-type", "").split(";")[1:]:
            name, _, value = part.partition("=")
            if name.strip().lower() == "charset":
                return value.strip().strip("\"'") or None
        return None

    @property
    def media_type(self) -> str:
        """The Content-Type header without its parameters, in lower case; empty where there is none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def is_accepted(self) -> bool:
        """Whether the status says that the body is what was asked for."""
        return self.status in _ACCEPTED

    def check_status(self) -> None:
        """Raise ``Rejected`` (``status``) where the body is not what was asked for."""
        if not self.is_accepted:
            raise Rejected(
                RejectionReason.STATUS,
                f"the server answers {describe_status(self.status)}",
                self.status,
                retry_after(self.headers, self.fetched_at),
            )


def describe_status(status: int) -> str:
    """Return a status with its phrase: `404 Not Found`."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
